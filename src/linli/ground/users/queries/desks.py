"""The desk that most pages are pages of: who sits there, with which roles, where they may read, on which day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ParamSpec

from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.screens.desks import Page, View, pages_at
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import of_kind
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, authority_of
from linli.ground.users.queries.looks import LooksOfDay, looks_of_day
from linli.kernel.act import Actor

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """The person's roles on the day of the request, and where one of the page's roles lets them read."""

    person: Authority
    reads: Scope
    on: date

    def may(self, stamp: Stamp, *roles: Role) -> bool:
        """Whether the person holds one of the roles over the place."""
        return self.person.may(stamp, *roles)

    def looks(self, moment: datetime) -> LooksOfDay:
        """How far the person's looks at what is masked have gone today (``acting.UnmaskPage``)."""
        return looks_of_day(self.person, self.on, moment)

    def places(self, *roles: Role) -> list[tuple[int, str]]:
        """The communities in which the person holds one of the roles, by code: (id, name)."""
        scope = self.person.scope(*roles)
        return [(area.pk, area.name) for area in of_kind(AreaKind.COMMUNITY) if scope.covers(area.stamp)]


def pages_for(nav_key: str, *roles: Role, only: Sequence[Role] = ()) -> Callable[[View[Desk, P]], Page[P]]:
    """A decorator for the pages of whoever holds one of the roles anywhere (see ``screens.desks.pages_at``).

    ``only`` admits none of them but those who hold one of these: who may act, on pages that show what they may read.
    """

    def sit_down(somebody: Actor, on: date) -> Desk:
        person = authority_of(somebody, on)
        return Desk(person, person.scope(*roles), on)

    return pages_at(nav_key, sit_down, lambda desk: desk.person.scope(*only or roles))
