"""Who may do what in the registry.

Registering, recording and correcting is the work of community workers and social workers, in the areas they are
assigned to. Reading is for the registry roles (also director, street, district, audit), masked; the full value of a
masked field is an act with a purpose. Accounts are linked by whoever registers or by an administrator.
"""

from collections.abc import Iterable
from datetime import date

from linli.foundation.data.scope import Scope, Stamp
from linli.kernel.act import Act, Actor
from linli.users.codes import REGISTRY_ROLES, Role
from linli.users.queries import Authority, NotPermitted, authority, authority_of

REGISTRARS = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER)


def can_register(person: Authority, stamp: Stamp) -> bool:
    """Whether the person may change records that lie there."""
    return person.may(stamp, *REGISTRARS)


def check_register(act: Act, stamps: Stamp | Iterable[Stamp]) -> Scope:
    """Raises users.queries.NotPermitted unless the actor may change records at every place; returns where they may."""
    actor = authority(act)
    actor.check(stamps, *REGISTRARS)
    return actor.scope(*REGISTRARS)


def can_register_anywhere(person: Authority) -> bool:
    """Whether the person registers in some area: how a sign is printed belongs to no place."""
    return bool(person.scope(*REGISTRARS))


def check_register_anywhere(act: Act) -> None:
    """Raises users.queries.NotPermitted unless the actor registers in some area."""
    if not can_register_anywhere(authority(act)):
        raise NotPermitted


def can_read(person: Authority, stamp: Stamp) -> bool:
    """Whether the person may see records that lie there."""
    return person.may(stamp, *REGISTRY_ROLES)


def check_read(act: Act, stamp: Stamp) -> None:
    """Raises users.queries.NotPermitted unless the actor may see records that lie there."""
    authority(act).check(stamp, *REGISTRY_ROLES)


def check_link(act: Act, stamp: Stamp) -> None:
    """Raises users.queries.NotPermitted unless the actor may link accounts to residents who live there."""
    authority(act).check(stamp, *REGISTRARS, Role.ADMINISTRATOR)


def linking_scope(person: Authority) -> Scope:
    """Where the person may link accounts to residents."""
    return person.scope(*REGISTRARS, Role.ADMINISTRATOR)


def reading_scope(person: Actor, on: date) -> Scope:
    """Where the person may read the registry on a day; one query."""
    return authority_of(person, on).scope(*REGISTRY_ROLES)
