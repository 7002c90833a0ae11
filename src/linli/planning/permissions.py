"""Who may do what with a plan.

Whoever works for the community, decides about its aid or its money, or audits it, reads its plan. The people of the
community and its street save versions. A street officer or the community's director adopts one.
"""

from linli.foundation.data.scope import Scope, Stamp
from linli.kernel.act import Act
from linli.users.codes import FINANCE_ROLES, Role
from linli.users.queries import Authority, authority

WRITERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
ADOPTERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
READERS = (*WRITERS, *FINANCE_ROLES, Role.SOCIAL_WORKER, Role.DISTRICT_OFFICER, Role.AUDITOR)


def plans_scope(person: Authority) -> Scope:
    """The places whose plans, and the figures behind them, the person may read."""
    return person.scope(*READERS)


def can_save(person: Authority, stamp: Stamp) -> bool:
    """Whether the person may keep a version of the community's plan."""
    return person.may(stamp, *WRITERS)


def check_save(act: Act, stamp: Stamp) -> None:
    """Raises NotPermitted unless the actor writes plans there."""
    authority(act).check(stamp, *WRITERS)


def can_adopt(person: Authority, stamp: Stamp) -> bool:
    """Whether the person may put a version in force."""
    return person.may(stamp, *ADOPTERS)


def check_adopt(act: Act, stamp: Stamp) -> None:
    """Raises NotPermitted unless the actor is the director of the community or an officer of its street."""
    authority(act).check(stamp, *ADOPTERS)
