"""Who may look after accounts and territory.

An administrator opens accounts, gives and ends roles, closes accounts and hands out start passwords, within their own
territory: over an account they must hold every place where it was opened or has a role, so that nobody takes over the
account of somebody above. An account that belongs nowhere is looked after by who administers every district. The same
administrators add areas below their own and rename them; districts are added at installation. The product itself may
do all this at installation.
"""

from collections.abc import Sequence
from datetime import date

from linli.areas.codes import AreaKind
from linli.areas.queries import of_kind
from linli.foundation.data.scope import Scope, Stamp
from linli.kernel.act import SYSTEM, Act
from linli.users.codes import Role
from linli.users.models import User
from linli.users.queries import Authority, NotPermitted, authority, places_of


def administered(person: Authority) -> Scope:
    """Where the person is administrator."""
    return person.scope(Role.ADMINISTRATOR)


def can_administer(person: Authority, stamp: Stamp) -> bool:
    """Whether the person is administrator over the place."""
    return person.may(stamp, Role.ADMINISTRATOR)


def check_administer(act: Act, stamp: Stamp) -> None:
    """Raises NotPermitted unless the actor is administrator over the place, or the product itself."""
    if act.by != SYSTEM:
        authority(act).check(stamp, Role.ADMINISTRATOR)


def administers_all(person: Authority) -> bool:
    """Whether the person is administrator over every district there is."""
    scope = administered(person)
    return bool(scope) and all(scope.covers(district.stamp) for district in of_kind(AreaKind.DISTRICT))


def can_manage_account(person: Authority, places: Sequence[Stamp]) -> bool:
    """Whether the person looks after an account with these places (see users.queries.places_of)."""
    if not places:
        return administers_all(person)
    scope = administered(person)
    return all(scope.covers(place) for place in places)


def check_manage_account(act: Act, user: User, on: date) -> None:
    """Raises NotPermitted unless the actor looks after the account, or is the product itself."""
    if act.by != SYSTEM and not can_manage_account(authority(act), places_of(user, on)):
        raise NotPermitted
