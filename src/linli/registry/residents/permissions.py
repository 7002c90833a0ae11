"""Who may do what in the registry.

Registering, recording and correcting is the work of community workers and social workers, in the areas they are
assigned to. Reading is for the registry roles (also director, street, district, audit), masked; the full value of a
masked field is an act with a purpose. Accounts are linked by whoever registers or by an administrator.
"""

from collections.abc import Iterable
from datetime import date

from linli.foundation.data.scope import Scope, Stamp
from linli.ground.users.codes import REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority, NotPermitted, authority, authority_of, one_rule
from linli.kernel.act import Act, Actor
from linli.kernel.errors import DomainError

REGISTRARS = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER)


def _register(person: Authority, stamps: Stamp | Iterable[Stamp]) -> DomainError | None:
    """Community and social workers change records that lie in their areas."""
    return person.unless(stamps, *REGISTRARS)


def _read(person: Authority, stamp: Stamp) -> DomainError | None:
    """The registry roles see records that lie in their areas."""
    return person.unless(stamp, *REGISTRY_ROLES)


def _register_anywhere(person: Authority) -> DomainError | None:
    """Whoever registers in some area: how a sign is printed belongs to no place."""
    return None if person.scope(*REGISTRARS) else NotPermitted()


def _link(person: Authority, stamp: Stamp) -> DomainError | None:
    """Whoever registers there, or an administrator, links accounts to residents."""
    return person.unless(stamp, *REGISTRARS, Role.ADMINISTRATOR)


can_register, check_register = one_rule(_register)
can_register_anywhere, check_register_anywhere = one_rule(_register_anywhere)
can_read, check_read = one_rule(_read)
can_link, check_link = one_rule(_link)


def registering_scope(act: Act) -> Scope:
    """Where the actor may change records."""
    return authority(act).scope(*REGISTRARS)


def linking_scope(person: Authority) -> Scope:
    """Where the person may link accounts to residents."""
    return person.scope(*REGISTRARS, Role.ADMINISTRATOR)


def reading_scope(person: Actor, on: date) -> Scope:
    """Where the person may read the registry on a day; one query."""
    return authority_of(person, on).scope(*REGISTRY_ROLES)
