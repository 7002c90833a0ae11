"""What every view of awards begins with: who sits at the desk and what they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404

from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.screens.desks import pages_at
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries import Authority, authority_of
from linli.kernel.act import Actor
from linli.kernel.period import Month
from linli.money.awards import queries
from linli.money.awards.models import Award
from linli.money.awards.permissions import awards_scope, can_change


@dataclass(frozen=True)
class Desk:
    """The person's roles and reach on the day of the request."""

    person: Authority
    reads: Scope
    on: date

    def knows_people(self, stamp: Stamp) -> bool:
        """Whether the person may see names there: finance staff see numbers and masked holders only."""
        return self.person.may(stamp, *REGISTRY_ROLES)


def _desk(somebody: Actor, on: date) -> Desk:
    person = authority_of(somebody, on)
    return Desk(person, awards_scope(person), on)


# A page for whoever may read awards anywhere.
reading = pages_at("awards", _desk, lambda desk: desk.reads)


def award_or_404(desk: Desk, number: str, *, to_change: bool = False) -> Award:
    """An award within reach: out of it is 404; in sight but not to be changed is 403."""
    try:
        found = queries.award(desk.reads, number)
    except Award.DoesNotExist as error:
        raise Http404 from error
    if to_change and not can_change(desk.person, found.stamp):
        raise PermissionDenied
    return found


def open_months(award: Award) -> list[Month]:
    """The months of the award from which on it can still be changed: no batch took up that month or a later one."""
    last_settled = max(queries.settled_months(award.pk), default=None)
    return [month for month in covered_months(award) if last_settled is None or month > last_settled]


def covered_months(award: Award) -> list[Month]:
    """The months of the award, paid or not."""
    first = Month.of(award.valid_from)
    return [first.plus(number) for number in range(first.months_until(Month.of(award.valid_until)))]


def chain_of(stamps: Sequence[Stamp]) -> int:
    """The community of everything shown, 0 when there are several."""
    found = {stamp.chain for stamp in stamps}
    return found.pop() if len(found) == 1 else 0
