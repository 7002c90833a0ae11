"""Who may do what with a plan.

Whoever works for the community, decides about its aid or its money, or audits it, reads its plan. The people of the
community and its street save versions. A street officer or the community's director adopts one.
"""

from linli.foundation.data.scope import Scope, Stamp
from linli.ground.users.codes import FINANCE_ROLES, Role
from linli.ground.users.queries import Authority, one_rule
from linli.kernel.errors import DomainError

WRITERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
ADOPTERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
READERS = (*WRITERS, *FINANCE_ROLES, Role.SOCIAL_WORKER, Role.DISTRICT_OFFICER, Role.AUDITOR)


def plans_scope(person: Authority) -> Scope:
    """The places whose plans, and the figures behind them, the person may read."""
    return person.scope(*READERS)


def _save(person: Authority, stamp: Stamp) -> DomainError | None:
    """The people of the community and its street keep versions of its plan."""
    return person.unless(stamp, *WRITERS)


def _adopt(person: Authority, stamp: Stamp) -> DomainError | None:
    """The director of the community or an officer of its street puts a version in force."""
    return person.unless(stamp, *ADOPTERS)


can_save, check_save = one_rule(_save)
can_adopt, check_adopt = one_rule(_adopt)
