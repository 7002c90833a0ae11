"""Who may do what with an award.

A community director or a street officer suspends, resumes, changes and ends awards. A community worker or director
proposes a payee account, a director or street officer confirms it, and never one's own proposal. The finance checker
records that money came back; a street officer gives a claim up. Those who know the family, or answer for the money,
read awards.
"""

from collections.abc import Iterable

from linli.foundation.data.scope import Scope, Stamp
from linli.ground.users.codes import FINANCE_ROLES, REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority, NotPermitted, one_rule
from linli.kernel.errors import DomainError
from linli.money.awards.models import PayeeAccount

CHANGERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
PROPOSERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR)
READERS = (*REGISTRY_ROLES, *FINANCE_ROLES)
# Account numbers are shown in full to those who may change or check them.
UNMASKERS = (*PROPOSERS, Role.STREET_OFFICER, Role.AUDITOR)


def _change(person: Authority, stamps: Stamp | Iterable[Stamp]) -> DomainError | None:
    """The director or a street officer suspends, resumes, changes and ends awards."""
    return person.unless(stamps, *CHANGERS)


def _propose_account(person: Authority, stamp: Stamp) -> DomainError | None:
    """Community worker and director write accounts down."""
    return person.unless(stamp, *PROPOSERS)


def _confirm_account(person: Authority, accounts: PayeeAccount | Iterable[PayeeAccount]) -> DomainError | None:
    """The director or a street officer confirms what somebody else wrote down."""
    rows = [accounts] if isinstance(accounts, PayeeAccount) else list(accounts)
    own = NotPermitted() if any(row.proposed_by_id == person.user_id for row in rows) else None
    return person.unless([row.stamp for row in rows], *CHANGERS) or own


def _unmask(person: Authority, stamp: Stamp) -> DomainError | None:
    """Numbers are shown in full to those who change or check them."""
    return person.unless(stamp, *UNMASKERS)


def _recover(person: Authority, stamp: Stamp) -> DomainError | None:
    """The finance checker records that money came back."""
    return person.unless(stamp, Role.FINANCE_CHECKER)


def _waive(person: Authority, stamp: Stamp) -> DomainError | None:
    """A street officer gives a claim up."""
    return person.unless(stamp, Role.STREET_OFFICER)


can_change, check_change = one_rule(_change)
can_propose_account, check_propose_account = one_rule(_propose_account)
can_confirm_account, check_confirm_account = one_rule(_confirm_account)
can_unmask, check_unmask = one_rule(_unmask)
can_recover, check_recover = one_rule(_recover)
can_waive, check_waive = one_rule(_waive)


def awards_scope(person: Authority) -> Scope:
    """The places whose awards the person may read."""
    return person.scope(*READERS)
