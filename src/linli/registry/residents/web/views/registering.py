"""Register households and members."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, render_page, whole_number
from linli.registry.residents.operations import NewHousehold, add_member, register_households
from linli.registry.residents.queries import local_places
from linli.registry.residents.web.forms import (
    FIRST_ROWS,
    MOST_ROWS,
    HouseholdForm,
    JoiningForm,
    MemberForm,
    is_blank,
    member_rows,
)
from linli.registry.residents.web.views.desk import Desk, attempt, household_or_404, registering


@registering
def household_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One dense page for a household and its members; more rows without losing what was typed."""
    data = request.POST if request.method == "POST" else None
    places = local_places(desk.registers)
    form = HouseholdForm(data, places=places, use_required_attribute=False)
    rows = member_rows(data, _row_count(data))
    if data is not None and "more_rows" in data:
        # Only more rows were asked for: what is typed stays, nothing is judged yet.
        form = HouseholdForm(initial=_typed(form, data), places=places, use_required_attribute=False)
        rows = [_unjudged(row, data) for row in rows]
    elif data is not None and _all_valid(form, rows):
        filled = [row for row in rows if not is_blank(row)]
        done, made = attempt(
            form,
            lambda: register_households(act_of(request), households=[_household(form, filled)]),
            rows=filled,
            telling=request,
        )
        if done and made is None:
            return redirect("resident_list")
        if made is not None:
            messages.success(request, gettext("已登记家庭 %(number)s") % {"number": made[0].number})
            return redirect("household_detail", number=made[0].number)
    context: dict[str, Any] = {"form": form, "rows": rows, "row_count": len(rows), "can_grow": len(rows) < MOST_ROWS}
    return render_page(request, "residents/household_new.html", context)


@registering
def member_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Somebody joins a household."""
    household = household_or_404(request, desk, number, to_change=True)
    form = JoiningForm(request.POST or None, initial={"since": desk.on, "relation": "CHILD"})
    if request.method == "POST" and form.is_valid():
        done, _made = attempt(
            form,
            lambda: add_member(
                act_of(request),
                household_id=household.household_id,
                member=form.member(),
                since=form.cleaned_data["since"],
            ),
            telling=request,
        )
        if done:
            messages.success(request, gettext("已加入家庭 %(number)s") % {"number": number})
            return redirect("household_detail", number=number)
    context = {"form": form, "number": number, "heading": gettext("添加家庭成员"), "submit": gettext("加入家庭")}
    return render_page(request, "residents/form.html", context)


def _household(form: HouseholdForm, rows: list[MemberForm]) -> NewHousehold:
    return NewHousehold(
        area_id=form.cleaned_data["area_id"],
        members=[row.member() for row in rows],
        address=form.cleaned_data["address"],
        opened_date=form.cleaned_data["opened_date"],
    )


def _row_count(data: QueryDict | None) -> int:
    if data is None:
        return FIRST_ROWS
    count = whole_number(data.get("rows", "")) or FIRST_ROWS
    return max(1, min(count + (FIRST_ROWS if "more_rows" in data else 0), MOST_ROWS))


def _all_valid(form: HouseholdForm, rows: list[MemberForm]) -> bool:
    """Judge every form, so that all errors show at once."""
    return all([form.is_valid(), *(row.is_valid() for row in rows if not is_blank(row))])


def _typed(form: forms.BaseForm, data: QueryDict) -> dict[str, Any]:
    return {name: data.get(form.add_prefix(name), "") for name in form.fields}


def _unjudged(row: MemberForm, data: QueryDict) -> MemberForm:
    typed = {name: value for name, value in _typed(row, data).items() if value}
    again = MemberForm(initial={**(row.initial or {}), **typed}, prefix=row.prefix, use_required_attribute=False)
    again.whose = row.whose
    return again
