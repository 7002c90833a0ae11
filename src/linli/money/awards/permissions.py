"""Who may do what with an award.

A community director or a street officer suspends, resumes, changes and ends awards. Those who know the family, or
answer for the money, read awards. Whose the steps of payee accounts and of claims are, stands in ``steps``.
"""

from linli.foundation.data.scope import Scope
from linli.ground.users.codes import FINANCE_ROLES, REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority, held, one_rule
from linli.money.awards.codes import PROPOSERS

CHANGERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
READERS = (*REGISTRY_ROLES, *FINANCE_ROLES)
# Account numbers are shown in full to those who may change or check them.
UNMASKERS = (*PROPOSERS, Role.STREET_OFFICER, Role.AUDITOR)


can_change, check_change = one_rule(
    held("The director or a street officer suspends, resumes, changes and ends awards.", *CHANGERS)
)
can_unmask, check_unmask = one_rule(held("Numbers are shown in full to those who change or check them.", *UNMASKERS))


def awards_scope(person: Authority) -> Scope:
    """The places whose awards the person may read."""
    return person.scope(*READERS)
