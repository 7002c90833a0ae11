"""Who may do what with a batch: the maker proposes and re-issues, the checker approves, reconciles and writes off, the
releaser releases and takes in the bank's answer; whoever holds one of the three may cancel before the money leaves.
Three different people: the database insists.
"""

from linli.foundation.data.scope import Scope, Stamp
from linli.ground.users.codes import FINANCE_ROLES, Role
from linli.ground.users.queries import Authority, one_rule
from linli.kernel.errors import DomainError
from linli.money.payments.models import PaymentBatch
from linli.money.payments.refusals import SamePerson

READERS = (*FINANCE_ROLES, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR)


def _propose(person: Authority, stamp: Stamp) -> DomainError | None:
    """The maker proposes and re-issues."""
    return person.unless(stamp, Role.FINANCE_MAKER)


def _approve(person: Authority, batch: PaymentBatch) -> DomainError | None:
    """The checker approves what somebody else made."""
    same = SamePerson() if person.user_id == batch.maker_id else None
    return person.unless(batch.stamp, Role.FINANCE_CHECKER) or same


def _release(person: Authority, batch: PaymentBatch) -> DomainError | None:
    """The releaser lets the money go, who neither made nor approved the batch."""
    same = SamePerson() if person.user_id in {batch.maker_id, batch.checker_id} else None
    return person.unless(batch.stamp, Role.FINANCE_RELEASER) or same


def _answer(person: Authority, stamp: Stamp) -> DomainError | None:
    """The releaser takes in what the bank says of payments, and what it sends back later."""
    return person.unless(stamp, Role.FINANCE_RELEASER)


def _cancel(person: Authority, stamp: Stamp) -> DomainError | None:
    """Whoever holds one of the three hands cancels before the money leaves."""
    return person.unless(stamp, *FINANCE_ROLES)


def _check_books(person: Authority, stamp: Stamp) -> DomainError | None:
    """The checker reconciles months and gives up what came back."""
    return person.unless(stamp, Role.FINANCE_CHECKER)


can_propose, check_propose = one_rule(_propose)
can_approve, check_approve = one_rule(_approve)
can_release, check_release = one_rule(_release)
can_answer, check_answer = one_rule(_answer)
can_cancel, check_cancel = one_rule(_cancel)
can_reconcile, check_reconcile = one_rule(_check_books)
can_write_off, check_write_off = one_rule(_check_books)


def payments_scope(person: Authority) -> Scope:
    """The places whose payments the person may read."""
    return person.scope(*READERS)
