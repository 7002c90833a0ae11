"""Who may do what with payments besides the steps of a batch and of its lines (see ``steps``): the checker reconciles
months; whoever works with money there, or is accountable for it, reads them, and the three hands and the auditor take
the bank's file out.
"""

from linli.ground.users.codes import FINANCE_ROLES, Role
from linli.ground.users.queries import Authority, NotPermitted, held, one_rule
from linli.kernel.errors import DomainError
from linli.money.payments.models import PaymentBatch

READERS = (*FINANCE_ROLES, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR)
CHECKERS = (Role.FINANCE_CHECKER,)


def _take_file(person: Authority, batch: PaymentBatch) -> DomainError | None:
    """The bank's file, once there is one, is for the three hands and the auditor."""
    return person.unless(batch.stamp, *FINANCE_ROLES, Role.AUDITOR) if batch.file_digest else NotPermitted()


can_reconcile, check_reconcile = one_rule(held("The checker reconciles months.", *CHECKERS))
can_take_file, check_take_file = one_rule(_take_file)
