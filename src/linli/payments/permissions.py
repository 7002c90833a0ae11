"""Who may do what with a batch: the maker proposes and re-issues, the checker approves, reconciles and writes off, the
releaser releases and takes in the bank's answer; whoever holds one of the three may cancel before the money leaves.
Three different people: the database insists.
"""

from linli.foundation.data.scope import Scope, Stamp
from linli.kernel.act import Act
from linli.payments.models import PaymentBatch
from linli.users.codes import FINANCE_ROLES, Role
from linli.users.queries import Authority, authority

READERS = (*FINANCE_ROLES, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR)


def can_propose(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, Role.FINANCE_MAKER)


def check_propose(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, Role.FINANCE_MAKER)


def can_approve(person: Authority, batch: PaymentBatch) -> bool:
    return person.may(batch.stamp, Role.FINANCE_CHECKER) and person.user_id != batch.maker_id


def check_approve(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, Role.FINANCE_CHECKER)


def can_release(person: Authority, batch: PaymentBatch) -> bool:
    return person.may(batch.stamp, Role.FINANCE_RELEASER) and person.user_id not in {batch.maker_id, batch.checker_id}


def check_release(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, Role.FINANCE_RELEASER)


def can_cancel(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, *FINANCE_ROLES)


def check_cancel(act: Act, stamp: Stamp) -> None:
    authority(act).check(stamp, *FINANCE_ROLES)


def can_reconcile(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, Role.FINANCE_CHECKER)


def can_write_off(person: Authority, stamp: Stamp) -> bool:
    return person.may(stamp, Role.FINANCE_CHECKER)


def payments_scope(person: Authority) -> Scope:
    """The places whose payments the person may read."""
    return person.scope(*READERS)
