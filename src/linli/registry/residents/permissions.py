"""Who may do what in the registry.

Registering, recording and correcting is the work of community workers and social workers, in the areas they are
assigned to, never of their own family. Reading is for the registry roles (also director, street, district, audit),
masked; the full value of a masked field is an act with a purpose. Accounts are linked by whoever registers or by an
administrator.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from linli.foundation.data.scope import Scope, Stamp
from linli.ground.users.codes import REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority, NotPermitted, authority, held, one_rule
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import OwnFamily
from linli.registry.residents.queries.near import own_family
from linli.registry.residents.steps import LINKERS

REGISTRARS = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER)


class Recorded(Protocol):
    """A person or a household that is registered, or a card of one."""

    @property
    def number(self) -> str: ...

    @property
    def stamp(self) -> Stamp: ...


def of_own_family(person: Authority, rows: Iterable[Recorded], on: date) -> OwnFamily | None:
    """The refusal to whom one of them is of their own family."""
    own = own_family(person, on).units
    return next((OwnFamily(number=row.number) for row in rows if row.number in own), None)


def _records(person: Authority, rows: Collection[Recorded], on: date) -> DomainError | None:
    """Whoever registers where each of them lies changes what is recorded of people and households; of their own family
    nothing at all. Incomes, birthdays, deaths and doors decide what money comes to it and from when; and a telephone is
    what the office rings to ask whether it came.
    """
    return person.unless([row.stamp for row in rows], *REGISTRARS) or of_own_family(person, rows, on)


def _register_anywhere(person: Authority) -> DomainError | None:
    """Whoever registers in some area: how a sign is printed belongs to no place."""
    return None if person.scope(*REGISTRARS) else NotPermitted()


can_register, check_register = one_rule(
    held("Community and social workers change records that lie in their areas.", *REGISTRARS)
)
can_change_records, check_change_records = one_rule(_records)
can_register_anywhere, check_register_anywhere = one_rule(_register_anywhere)
can_read, check_read = one_rule(held("The registry roles see records that lie in their areas.", *REGISTRY_ROLES))
can_link, check_link = one_rule(
    held("Whoever registers there, or an administrator, links accounts to residents.", *LINKERS)
)


def registering_scope(act: Act) -> Scope:
    """Where the actor may change records."""
    return authority(act).scope(*REGISTRARS)


def linking_scope(person: Authority) -> Scope:
    """Where the person may link accounts to residents."""
    return person.scope(*LINKERS)
