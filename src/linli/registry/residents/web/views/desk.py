"""What every view of the registry begins with, and how every act of it ends: what the page shows, where it leads."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from linli.foundation.screens.acting import Deed, act_page
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import add_refusal, found_or_404
from linli.foundation.screens.reads import note_read
from linli.foundation.trail.acts import ActRepeated
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.errors import DomainError
from linli.registry.residents.operations import RegistrationRefused
from linli.registry.residents.permissions import REGISTRARS, can_register
from linli.registry.residents.queries import HouseholdDetail, ResidentDetail, household_detail, resident_detail

T = TypeVar("T")

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


def home_act(
    request: HttpRequest,
    form: forms.BaseForm,
    deed: Deed[T],
    *,
    number: str,
    title: str,
    done: str,
    submit: str = "",
    lead: str = "",
    version: int | None = None,
    tells: bool = False,
) -> HttpResponse:
    """An act on a household or one of its people; then back to it, or to the list where it is out of sight now."""
    home = reverse("household_detail", args=[number]) if number else reverse("resident_list")
    return act_page(
        request,
        form,
        deed,
        head=Head(title, lead, [(number, home)] if number else []),
        submit=submit,
        done=done,
        to=home,
        version=version,
        attempt=partial(attempt, telling=request if tells else None),
    )


def attempt(
    form: forms.BaseForm, deed: Callable[[], T], *, telling: HttpRequest | None = None
) -> tuple[bool, T | None]:
    """Run an act for a form: (done, result). Every fault goes to its field, those of members to their rows.

    A repeat counts as done, without a result. ``telling``: the request to whose page a refusal tells who has the number
    that was typed; that is noted as a search.
    """
    rows = getattr(form, "filled_rows", ())
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
