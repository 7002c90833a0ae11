"""Moves, departures, deaths, corrections."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, render_page, version_of
from linli.registry.residents.codes import Relation
from linli.registry.residents.operations import correct_resident, leave, move_household, move_resident, record_death
from linli.registry.residents.queries import last_household, local_places, visible_household
from linli.registry.residents.web.forms import CorrectionForm, DeathForm, LeaveForm, MoveHouseholdForm, MoveResidentForm
from linli.registry.residents.web.views.desk import Desk, attempt, household_or_404, registering, resident_or_404


@registering
def household_move(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The whole household moves within reach of the person."""
    household = household_or_404(request, desk, number, to_change=True)
    form = MoveHouseholdForm(request.POST or None, places=local_places(desk.reads), initial={"moved_date": desk.on})

    def deed() -> object:
        return move_household(
            act_of(request),
            household_id=household.household_id,
            area_id=form.cleaned_data["area_id"],
            address=form.cleaned_data["address"],
            moved_date=form.cleaned_data["moved_date"],
            version=version_of(request),
        )

    return form_page(
        request,
        form,
        deed,
        number=number,
        version=household.version,
        heading=gettext("全户迁移"),
        submit=gettext("办理迁移"),
        done=gettext("已办理迁移"),
    )


@registering
def resident_move(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One person joins another household."""
    resident = resident_or_404(request, desk, number, to_change=True)
    form = MoveResidentForm(request.POST or None, initial={"moved_date": desk.on, "relation": Relation.OTHER_RELATIVE})

    def deed() -> None:
        move_resident(
            act_of(request),
            resident_id=resident.person.resident_id,
            household_id=visible_household(desk.registers, form.cleaned_data["household_number"]),
            relation=Relation(form.cleaned_data["relation"]),
            moved_date=form.cleaned_data["moved_date"],
            version=version_of(request),
        )

    return form_page(
        request,
        form,
        deed,
        number=resident.household_number,
        version=resident.person.version,
        heading=gettext("%(name)s 转入其他家庭") % {"name": resident.person.name},
        submit=gettext("办理转入"),
        done=gettext("已转入新的家庭"),
    )


@registering
def resident_leave(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One person leaves the territory."""
    resident = resident_or_404(request, desk, number, to_change=True)
    form = LeaveForm(request.POST or None, initial={"left_date": desk.on})
    ids = [resident.person.resident_id]
    return form_page(
        request,
        form,
        lambda: leave(act_of(request), resident_ids=ids, left_date=form.cleaned_data["left_date"]),
        number=resident.household_number,
        heading=gettext("%(name)s 迁出") % {"name": resident.person.name},
        submit=gettext("办理迁出"),
        done=gettext("已办理迁出"),
    )


@registering
def resident_death(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One person died."""
    resident = resident_or_404(request, desk, number, to_change=True)
    form = DeathForm(request.POST or None)
    ids = [resident.person.resident_id]
    return form_page(
        request,
        form,
        lambda: record_death(act_of(request), resident_ids=ids, died_date=form.cleaned_data["died_date"]),
        number=resident.household_number,
        heading=gettext("登记 %(name)s 去世") % {"name": resident.person.name},
        submit=gettext("登记去世"),
        done=gettext("已登记去世"),
    )


@registering
def resident_correct(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Typing errors of one person."""
    resident = resident_or_404(request, desk, number, to_change=True)
    person = resident.person
    initial: dict[str, Any] = {
        field: getattr(person, field)
        for field in ("name", "sex", "birth_date", "hukou_kind", "hukou_place", "residence_kind", "residence_place")
    }
    form = CorrectionForm(request.POST or None, initial=initial)

    def deed() -> object:
        return correct_resident(
            act_of(request),
            resident_id=person.resident_id,
            changes=form.changes(),
            reason=form.cleaned_data["reason"],
            version=version_of(request),
            print_as=form.cleaned_data["print_as"],
        )

    return form_page(
        request,
        form,
        deed,
        number=resident.household_number or last_household(person.resident_id),
        version=person.version,
        heading=gettext("更正 %(name)s 的信息") % {"name": person.name},
        submit=gettext("保存更正"),
        done=gettext("已更正"),
    )


def form_page(
    request: HttpRequest,
    form: forms.Form,
    deed: Callable[[], object],
    *,
    number: str,
    heading: str,
    submit: str,
    done: str,
    version: int | None = None,
    explain: str = "",
) -> HttpResponse:
    """Show the form, or run the act and go back to the household (to the list when it is out of sight now)."""
    if request.method == "POST" and form.is_valid() and attempt(form, deed)[0]:
        messages.success(request, done)
        return redirect("household_detail", number=number) if number else redirect("resident_list")
    context = {
        "form": form,
        "number": number,
        "heading": heading,
        "submit": submit,
        "version": version,
        "explain": explain,
    }
    return render_page(request, "residents/form.html", context)
