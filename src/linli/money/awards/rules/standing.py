"""How an award stands on a day: what was recorded of it, and what its first and last day say by themselves."""

from datetime import date

UPCOMING, ACTIVE, SUSPENDED, EXPIRED, ENDED = "UPCOMING", "ACTIVE", "SUSPENDED", "EXPIRED", "ENDED"


def standing(state: str, *, valid_from: date, valid_until: date, on: date) -> str:
    """UPCOMING, ACTIVE, SUSPENDED, EXPIRED or ENDED. ``valid_until`` is the first day no longer covered.

    What somebody ended is ended, whatever the day. Nobody has to record that an award ran out: it says so from the
    first day that it no longer covers.
    """
    if state == ENDED:
        return ENDED
    if state == EXPIRED or on >= valid_until:
        return EXPIRED
    if state == ACTIVE and on < valid_from:
        return UPCOMING
    return state
