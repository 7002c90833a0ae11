"""Which letters there are, and what each of them can say: whoever issues one fills exactly its placeholders."""

from collections.abc import Mapping

from linli.law.policies.engine.schema import Label

_COMMON_PLACES = frozenset({"applicant", "number", "date"})
_AWARD_PLACES = frozenset({"programme", "amount", "reason"})
NOTICES: Mapping[str, frozenset[str]] = {
    code: _COMMON_PLACES | places
    for code, places in {
        "ACCEPTED": {"deadline"},
        "INCOMPLETE": {"papers", "deadline"},
        "NOT_ACCEPTED": {"reason"},
        "LAPSED": {"deadline"},
        "GRANTED": _AWARD_PLACES,
        "RECOGNISED": _AWARD_PLACES,
        "REFUSED": _AWARD_PLACES,
        "CHANGED": _AWARD_PLACES,
        "SUSPENDED": _AWARD_PLACES,
        "ENDED": _AWARD_PLACES,
        "REAPPLY": {"programme", "reason", "deadline", "papers"},
    }.items()
}
# Letters that a scheme may write besides: what it does not write is said in the others, or not sent.
OPTIONAL_NOTICES: Mapping[str, frozenset[str]] = {
    "RENEWAL_DUE": _COMMON_PLACES | {"programme", "deadline"},
    "RENEWED": _COMMON_PLACES | _AWARD_PLACES,
    "ACCOUNT_STOPPED": _COMMON_PLACES | {"programme", "holder"},
}
ALL_NOTICES = {**NOTICES, **OPTIONAL_NOTICES}
LETTER_TEXT = Label(frozenset().union(*ALL_NOTICES.values()))
