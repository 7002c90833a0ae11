"""What every view of the registry begins with: who sits at the desk, what they may see, what the page shows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.pages import add_refusal
from linli.foundation.screens.reads import note_read
from linli.foundation.trail.acts import ActRepeated
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries import authority_of
from linli.kernel.act import Actor
from linli.kernel.errors import DomainError
from linli.registry.residents.operations import RegistrationRefused
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.queries import HouseholdDetail, ResidentDetail, household_detail, resident_detail

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """Where the person may read and where they may register, on the day of the request."""

    reads: Scope
    registers: Scope
    on: date

    def may_register(self, stamp: Stamp) -> bool:
        """Whether the person may change records that lie there."""
        return self.registers.covers(stamp)


def _desk(somebody: Actor, on: date) -> Desk:
    person = authority_of(somebody, on)
    return Desk(person.scope(*REGISTRY_ROLES), person.scope(*REGISTRARS), on)


# Pages for whoever may read the registry, or register, anywhere.
reading = pages_at("residents", _desk, lambda desk: desk.reads)
registering = pages_at("residents", _desk, lambda desk: desk.registers)


def household_or_404(request: HttpRequest, desk: Desk, number: str, *, to_change: bool = False) -> HouseholdDetail:
    """A household within reach, the reading of it audited. Out of scope is 404; not to be changed is 403."""
    found = household_detail(desk.reads, number, on=desk.on)
    if found is None:
        raise Http404
    if to_change and (not desk.may_register(found.stamp) or found.closed_date is not None):
        raise PermissionDenied
    note_read(request, where=found.stamp, subject=f"household:{number}")
    return found


def resident_or_404(request: HttpRequest, desk: Desk, number: str, *, to_change: bool = False) -> ResidentDetail:
    """A resident within reach, the reading of it audited. Out of scope is 404; not to be changed is 403."""
    found = resident_detail(desk.reads, number, on=desk.on)
    if found is None:
        raise Http404
    if to_change and not desk.may_register(found.person.stamp):
        raise PermissionDenied
    note_read(request, where=found.person.stamp, subject=f"resident:{number}")
    return found


def chain_of(communities: Iterable[int | None]) -> int:
    """The community of everybody shown, 0 when they are of several."""
    found = set(communities)
    return (found.pop() or 0) if len(found) == 1 else 0


def attempt(
    form: forms.BaseForm,
    deed: Callable[[], T],
    *,
    rows: Sequence[forms.BaseForm] = (),
    telling: HttpRequest | None = None,
) -> tuple[bool, T | None]:
    """Run an act for a form: (done, result). Every fault goes to its field, those of members to their rows.

    A repeat counts as done, without a result. ``telling``: the request to whose page a refusal tells who has the number
    that was typed; that is noted as a search.
    """
    try:
        return True, deed()
    except ActRepeated:
        return True, None
    except RegistrationRefused as refused:
        faults = [(form if one.member is None or not rows else rows[one.member], one.error) for one in refused.faults]
    except DomainError as error:
        faults = [(form, error)]
    for place, fault in faults:
        add_refusal(place, fault)
    named = sorted({str(fault.details["number"]) for _place, fault in faults if "number" in fault.details})
    if telling is not None and named:
        note_read(telling, where=0, subject="search", shown=named)
    return False, None
