"""Who is told when time runs out.

Amber warns the community, red goes to the street; the street's own late steps go to the district.
"""

from linli.assistance.rules.clocks import AMBER, RED

COMMUNITY, STREET, DISTRICT = "COMMUNITY", "STREET", "DISTRICT"
# States in which the street office has the case in hand.
STREET_STATES = frozenset({"OPINION_GIVEN", "REVIEWED", "PUBLISHED"})


def level(colour: str, state: str) -> str | None:
    """The level to report to, or None while there is time."""
    if colour == RED:
        return DISTRICT if state in STREET_STATES else STREET
    if colour == AMBER:
        return STREET if state in STREET_STATES else COMMUNITY
    return None
