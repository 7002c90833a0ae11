"""Who may look after accounts and territory.

An administrator opens accounts, gives and ends roles, closes accounts and hands out start passwords, within their own
territory: over an account they must hold every place where it was opened or has a role, so that nobody takes over the
account of somebody above. An account that belongs nowhere is looked after by who administers every district. The same
administrators add areas below their own and rename them; districts are added at installation. The product itself may
do all this at installation. What two decide (``operations.access``) is decided by a security administrator.
"""

from collections.abc import Sequence

from linli.foundation.data.scope import Scope, Stamp
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import of_kind
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, NotPermitted, held, one_rule
from linli.kernel.errors import DomainError


def administered(person: Authority) -> Scope:
    """Where the person is administrator."""
    return person.scope(Role.ADMINISTRATOR)


def administers_all(person: Authority) -> bool:
    """Whether the person is administrator over every district there is."""
    scope = administered(person)
    return bool(scope) and all(scope.covers(district.stamp) for district in of_kind(AreaKind.DISTRICT))


def _manage_account(person: Authority, places: Sequence[Stamp]) -> DomainError | None:
    """Who looks after an account with these places (see users.queries.places_of)."""
    if not places:
        return None if administers_all(person) else NotPermitted()
    return person.unless(places, Role.ADMINISTRATOR)


def _secure_account(person: Authority, places: Sequence[Stamp]) -> DomainError | None:
    """Who answers for the security of an account with these places."""
    return person.unless(places, Role.SECURITY_ADMINISTRATOR) if places else NotPermitted()


can_secure_account, check_secure_account = one_rule(_secure_account, system=True)
can_administer, check_administer = one_rule(held("An administrator of the place.", Role.ADMINISTRATOR), system=True)
can_manage_account, check_manage_account = one_rule(_manage_account, system=True)
