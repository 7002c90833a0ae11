"""What members are to a new head, as far as it follows from what they were to the one before. Codes in and out.

Only what holds in every family stands here; all else is OTHER_RELATIVE, which is asked. Even what stands here is
worked out, not recorded: a child of the head may be no child of the head's widow.
"""

from collections.abc import Mapping

_OTHER, _NONE = "OTHER_RELATIVE", "NON_RELATIVE"

# What the new head was to the one before → what others were → what they are now.
_ANEW: Mapping[str, Mapping[str, str]] = {
    "SPOUSE": {
        "CHILD": "CHILD",
        "CHILD_IN_LAW": "CHILD_IN_LAW",
        "GRANDCHILD": "GRANDCHILD",
        "PARENT": "PARENT_IN_LAW",
        "PARENT_IN_LAW": "PARENT",
    },
    "CHILD": {"SPOUSE": "PARENT", "CHILD": "SIBLING", "PARENT": "GRANDPARENT", "PARENT_IN_LAW": "GRANDPARENT"},
    "PARENT": {"SPOUSE": "CHILD_IN_LAW", "CHILD": "GRANDCHILD", "SIBLING": "CHILD"},
    "SIBLING": {"SIBLING": "SIBLING", "PARENT": "PARENT", "GRANDPARENT": "GRANDPARENT"},
    "GRANDCHILD": {"SPOUSE": "GRANDPARENT"},
    "GRANDPARENT": {"SIBLING": "GRANDCHILD"},
    "CHILD_IN_LAW": {"SPOUSE": "PARENT_IN_LAW"},
    "PARENT_IN_LAW": {"SPOUSE": "CHILD", "CHILD": "GRANDCHILD"},
}

# What the one before is to who was this to them.
_INVERSE: Mapping[str, str] = {
    "SPOUSE": "SPOUSE",
    "CHILD": "PARENT",
    "PARENT": "CHILD",
    "SIBLING": "SIBLING",
    "GRANDCHILD": "GRANDPARENT",
    "GRANDPARENT": "GRANDCHILD",
    "CHILD_IN_LAW": "PARENT_IN_LAW",
    "PARENT_IN_LAW": "CHILD_IN_LAW",
    _NONE: _NONE,
}


def to_new_head(heir: str, other: str) -> str:
    """What a member is to who was ``heir`` to the head before, and is head now; ``other`` is what the member was.

    Who was no relative stays one; of a head who was none nothing follows, and nobody is called a stranger by guess.
    """
    if heir == _NONE:
        return _OTHER
    return _NONE if other == _NONE else _ANEW.get(heir, {}).get(other, _OTHER)


def inverse(relation: str) -> str:
    """What the head is to a member who is this to the head."""
    return _INVERSE.get(relation, _OTHER)
