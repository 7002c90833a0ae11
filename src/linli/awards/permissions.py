"""Who may do what with an award.

A community director or a street officer suspends, resumes, changes and ends awards. A community worker or director
proposes a payee account, a director or street officer confirms it, and never one's own proposal. The finance checker
records that money came back; a street officer gives a claim up. Those who know the family, or answer for the money,
read awards.
"""

from collections.abc import Iterable

from linli.awards.models import PayeeAccount
from linli.foundation.data.scope import Scope, Stamp
from linli.kernel.act import Act
from linli.users.codes import FINANCE_ROLES, REGISTRY_ROLES, Role
from linli.users.queries import Authority, NotPermitted, authority

CHANGERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
PROPOSERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR)
READERS = (*REGISTRY_ROLES, *FINANCE_ROLES)
# Account numbers are shown in full to those who may change or check them.
UNMASKERS = (*PROPOSERS, Role.STREET_OFFICER, Role.AUDITOR)


def can_change(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, *CHANGERS)


def check_change(act: Act, stamps: Iterable[Stamp]) -> None:
    authority(act).check(stamps, *CHANGERS)


def can_propose_account(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, *PROPOSERS)


def check_propose_account(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, *PROPOSERS)


def can_confirm_account(person: Authority, account: PayeeAccount) -> bool:
    return person.may(account.stamp, *CHANGERS) and person.user_id != account.proposed_by_id


def check_confirm_account(act: Act, accounts: Iterable[PayeeAccount]) -> None:
    person = authority(act)
    if not all(can_confirm_account(person, account) for account in accounts):
        raise NotPermitted


def can_unmask(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, *UNMASKERS)


def check_unmask(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, *UNMASKERS)


def can_recover(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, Role.FINANCE_CHECKER)


def check_recover(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, Role.FINANCE_CHECKER)


def can_waive(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, Role.STREET_OFFICER)


def check_waive(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, Role.STREET_OFFICER)


def awards_scope(person: Authority) -> Scope:
    """The places whose awards the person may read."""
    return person.scope(*READERS)
