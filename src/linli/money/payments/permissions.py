"""Who may do what with payments besides the steps of a batch and of its lines (see ``steps``): the checker reconciles
months; whoever works with money there, or is accountable for it, reads them; who releases takes the file to the bank.
"""

from linli.ground.users.codes import FINANCE_ROLES, Role
from linli.ground.users.queries import Authority, NotPermitted, held, one_rule
from linli.kernel.errors import DomainError
from linli.money.payments.models import PaymentBatch

READERS = (*FINANCE_ROLES, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR)
CHECKERS = (Role.FINANCE_CHECKER,)
RELEASERS = (Role.FINANCE_RELEASER,)


def _take_file(person: Authority, batch: PaymentBatch) -> DomainError | None:
    """The bank's file, once there is one, is for who takes it there: it holds everybody's whole account number."""
    return person.unless(batch.stamp, *RELEASERS) if batch.file_digest else NotPermitted()


can_reconcile, check_reconcile = one_rule(held("The checker reconciles months.", *CHECKERS))
can_take_file, check_take_file = one_rule(_take_file)
