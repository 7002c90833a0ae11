"""Who may do what with a fund.

A street or district officer opens a fund; the product itself may at installation. The finance maker books the bank's
fees. The finance checker corrects a slip, and never one's own. Whoever works with money there, or is accountable for
it, reads the fund. Whose the steps of a carry-over and of a proposal are, stands in ``steps``.
"""

from datetime import date

from linli.foundation.data.scope import Stamp
from linli.ground.users.codes import FINANCE_ROLES, OFFICER_ROLES, Role
from linli.ground.users.queries import Authority, NotPermitted, held, one_rule
from linli.kernel.errors import DomainError

MANAGERS = OFFICER_ROLES
READERS = (*FINANCE_ROLES, *OFFICER_ROLES, Role.COMMUNITY_DIRECTOR, Role.AUDITOR)


def _correct(person: Authority, stamp: Stamp, written_by: int, on: date) -> DomainError | None:
    """The finance checker corrects a slip of somebody else's."""
    own = NotPermitted() if person.is_one_of([written_by], on) else None
    return person.unless(stamp, Role.FINANCE_CHECKER) or own


can_manage_fund, check_manage_fund = one_rule(
    held("A street or district officer opens a fund.", *MANAGERS), system=True
)
can_receive, check_receive = one_rule(held("The finance maker books what the bank took.", Role.FINANCE_MAKER))
can_correct, check_correct = one_rule(_correct)
