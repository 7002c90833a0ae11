"""Look: households and their people; a household, a resident."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens import finding
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import render_page
from linli.ground.users.queries.desks import Desk
from linli.registry.residents.permissions import can_register
from linli.registry.residents.queries import timeline
from linli.registry.residents.web.lists import HouseholdList, PeopleList
from linli.registry.residents.web.presenters import (
    departed_actions,
    household_actions,
    household_view,
    person_facts,
    timeline_view,
)
from linli.registry.residents.web.views.desk import household_or_404, reading, resident_or_404


@reading
def resident_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Households in order of number; a search text is looked for everywhere."""
    return _searched(request) or HouseholdList(request, desk).response()


@reading
def people_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who lives in the households; a search text is looked for everywhere."""
    return _searched(request) or PeopleList(request, desk).response()


def _searched(request: HttpRequest) -> HttpResponse | None:
    text = request.GET.get("q", "").strip()
    return redirect(f"{reverse(finding.PAGE)}?{urlencode({'q': text})}") if text else None


@reading
def household_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One household: members, facts, guardians, history."""
    found = household_or_404(request, desk, number)
    may_register = can_register(desk.person, found.stamp) and found.closed_date is None
    household = household_view(request, found, may_register=may_register)
    actions = household_actions(found) if may_register else []
    context = {
        "head": Head(household.heading, household.place, [(number, "")], actions=actions),
        "household": household,
        "door": reverse("unmask_field", args=[number, "address"]) if found.has_address else "",
        "events": timeline_view(timeline(desk.reads, number)),
        "may_register": may_register,
    }
    return render_page(request, "residents/household_detail.html", context)


@reading
def resident_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A resident: the household's page at the person's place, or what is left of somebody who died or went away."""
    resident = resident_or_404(request, desk, number)
    if resident.household_number:
        target = redirect("household_detail", number=resident.household_number)
        target["Location"] += f"#{number}"
        return target
    person = resident.person
    actions = departed_actions(person) if can_register(desk.person, person.stamp) else []
    head = Head(person.name, gettext("现在不属于任何家庭"), [(number, "")], actions=actions)
    return render_page(request, "residents/resident_detail.html", {"head": head, "facts": person_facts(person)})
