"""Who is told when time runs out.

Amber warns the community, red goes to the street; the street's own late steps go to the district. Whose step it is goes
by who may take it next: a case that the street has reviewed waits for the community's publication, not for the street.
"""

from collections.abc import Collection

from linli.aid.assistance.rules.clocks import AMBER, RED

COMMUNITY, STREET, DISTRICT = "COMMUNITY", "STREET", "DISTRICT"


def level(colour: str, *, at_street: bool, warned: Collection[str] = ()) -> str | None:
    """The level to report to, or None while there is time; ``at_street`` when only the street can take the next step.

    ``warned`` are the levels told while there was still time: being late is news for one above them.
    """
    if colour == RED:
        return DISTRICT if at_street or STREET in warned else STREET
    if colour == AMBER:
        return STREET if at_street else COMMUNITY
    return None
