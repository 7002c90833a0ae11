"""Who may do what with a fund.

A street or district officer opens a fund; the product itself may at installation. The finance maker (or the product,
from a bank feed) books inflows. A street officer accepts an excess over a budget line. The finance checker corrects a
slip, and never one's own. Whoever works with money there, or is accountable for it, reads the fund.
"""

from linli.foundation.data.scope import Scope, Stamp
from linli.kernel.act import SYSTEM, Act
from linli.users.codes import FINANCE_ROLES, Role
from linli.users.queries import Authority, NotPermitted, authority

MANAGERS = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
READERS = (*FINANCE_ROLES, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR)


def can_manage_fund(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, *MANAGERS)


def check_manage_fund(act: Act, stamp: Stamp) -> None:
    if act.by != SYSTEM:
        authority(act).check(stamp, *MANAGERS)


def can_receive(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, Role.FINANCE_MAKER)


def check_receive(act: Act, stamp: Stamp) -> None:
    if act.by != SYSTEM:
        authority(act).check(stamp, Role.FINANCE_MAKER)


def can_accept_excess(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, Role.STREET_OFFICER)


def check_accept_excess(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, Role.STREET_OFFICER)


def can_correct(person: Authority, stamp: Stamp, booked_by: int) -> bool:
    return person.may(stamp, Role.FINANCE_CHECKER) and person.user_id != booked_by


def check_correct(act: Act, stamp: Stamp, booked_by: int) -> None:
    if not can_correct(authority(act), stamp, booked_by):
        raise NotPermitted


def funds_scope(person: Authority) -> Scope:
    """The places whose funds the person may read."""
    return person.scope(*READERS)
