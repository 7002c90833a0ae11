"""What every view of the registry begins with, and how every act of it ends: what the page shows, where it leads."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse

from linli.foundation.screens.acting import ActPage
from linli.foundation.screens.pages import found_or_404
from linli.foundation.screens.reads import note_read
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.errors import DomainError
from linli.registry.residents.operations import RegistrationRefused
from linli.registry.residents.permissions import REGISTRARS, can_register
from linli.registry.residents.queries import HouseholdDetail, ResidentDetail, household_detail, resident_detail

R = TypeVar("R")

# Pages for whoever may read the registry, and for those of them who register, anywhere.
reading = pages_for("residents", *REGISTRY_ROLES)
registering = pages_for("residents", *REGISTRY_ROLES, only=REGISTRARS)


def household_or_404(request: HttpRequest, desk: Desk, number: str, *, to_change: bool = False) -> HouseholdDetail:
    """A household within reach, the reading of it audited. Out of scope is 404; not to be changed is 403."""
    found = found_or_404(household_detail, desk.reads, number, on=desk.on)
    if to_change and (not can_register(desk.person, found.stamp) or found.closed_date is not None):
        raise PermissionDenied
    note_read(request, where=found.stamp, subject=f"household:{number}")
    return found


def resident_or_404(request: HttpRequest, desk: Desk, number: str, *, to_change: bool = False) -> ResidentDetail:
    """A resident within reach, the reading of it audited. Out of scope is 404; not to be changed is 403."""
    found = found_or_404(resident_detail, desk.reads, number, on=desk.on)
    if to_change and not can_register(desk.person, found.person.stamp):
        raise PermissionDenied
    note_read(request, where=found.person.stamp, subject=f"resident:{number}")
    return found


class HomeAct(ActPage[Desk, R]):
    """An act on a household or one of its people; then back to it, or to the list where it is out of sight now.

    ``tells``: a refusal tells who has the number that was typed, and is noted as a search.
    """

    tells: ClassVar[bool] = False

    def house(self) -> str:
        """The number of the household that it leads to, empty for none."""
        raise NotImplementedError

    def home(self) -> str:
        number = self.house()
        return reverse("household_detail", args=[number]) if number else reverse("resident_list")

    def trail(self) -> Sequence[tuple[object, str]]:
        return [(self.house(), self.home())] if self.house() else []

    def places(self, error: DomainError) -> Sequence[tuple[forms.BaseForm, DomainError]]:
        """Every fault, those of members in their rows."""
        form, rows = self.filled, getattr(self.filled, "filled_rows", ())
        faults = [(form, error)]
        if isinstance(error, RegistrationRefused):
            faults = [(form if at.member is None or not rows else rows[at.member], at.error) for at in error.faults]
        named = sorted({str(fault.details["number"]) for _place, fault in faults if "number" in fault.details})
        if self.tells and named:
            note_read(self.request, where=0, subject="search", shown=named)
        return faults


class HouseholdAct(HomeAct[HouseholdDetail]):
    """An act on a household."""

    def find(self, number: str) -> HouseholdDetail:
        return household_or_404(self.request, self.desk, number, to_change=True)

    def house(self) -> str:
        return self.row.number

    def pk(self) -> int:
        return self.row.household_id


class ResidentAct(HomeAct[ResidentDetail]):
    """An act on one person."""

    def find(self, number: str) -> ResidentDetail:
        return resident_or_404(self.request, self.desk, number, to_change=True)

    def house(self) -> str:
        return self.row.household_number

    def words(self) -> Mapping[str, object]:
        return {"name": self.row.person.name}

    def pk(self) -> int:
        return self.row.person.resident_id

    def version(self) -> int:
        return self.row.person.version
