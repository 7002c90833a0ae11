"""Who may record that a letter arrived: whoever deals with families. Reading is for the registry roles."""

from collections.abc import Iterable

from linli.ground.notifications.models import Delivery
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, NotPermitted, held, one_rule
from linli.kernel.errors import DomainError

CORRECTORS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
DELIVERERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)


def _undo(person: Authority, rows: Iterable[Delivery]) -> DomainError | None:
    """A delivery is undone by whoever recorded it, or by who answers for the place: that person may have left."""
    theirs = (row.recorded_by_id == person.user_id or person.may(row.letter.stamp, *CORRECTORS) for row in rows)
    return None if all(theirs) else NotPermitted()


can_deliver, check_deliver = one_rule(
    held("Community workers, the director and street officers, over the place of every letter.", *DELIVERERS)
)
can_undo, check_undo = one_rule(_undo)
