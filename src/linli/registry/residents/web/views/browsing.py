"""Look: households and their people; a family, somebody who went away."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import families, finding
from linli.foundation.screens.acting import Said, UnmaskPage
from linli.foundation.screens.families import Asking, Family, Gathered
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import day_asked, render_page
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import joined_by_dot
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.registry.residents.codes import SealedField
from linli.registry.residents.operations import unmask
from linli.registry.residents.permissions import can_change_records
from linli.registry.residents.queries import HouseholdDetail, ResidentDetail
from linli.registry.residents.web.lists import HouseholdList, PeopleList
from linli.registry.residents.web.presenters import (
    departed_actions,
    household_view,
    person_facts,
    told,
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
    """The page of a family: its people and what every room knows of them, what is next, what happened."""
    found = household_or_404(request, desk, number)
    may_register = can_change_records(desk.person, [found], desk.on) and found.closed_date is None
    people = {one.person.resident_id: (one.person.number, one.person.name) for one in found.members}
    asking = Asking(request, desk.person, Family(found.household_id, number, people, found.stamp), desk.on)
    brought = families.gathered(asking)
    household = household_view(request, found, brought, may_register=may_register)
    context = {
        "head": Head(household.heading, household.place, [(number, "")], actions=household.actions),
        "household": household,
        "door": reverse("unmask_field", args=[number, "address"]) if found.has_address else "",
        "may_register": may_register,
        **_brought(asking, brought),
    }
    note_read(request, where=found.stamp, subject=f"household:{number}", shown=brought.shows)
    return render_page(request, "residents/household_detail.html", context)


@reading
def resident_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A resident: the family's page at the person's place, or the page of somebody who died or went away."""
    resident = resident_or_404(request, desk, number)
    if resident.household_number:
        target = redirect("household_detail", number=resident.household_number)
        target["Location"] += f"#{number}"
        return target
    person = resident.person
    family = Family(0, "", {person.resident_id: (number, person.name)}, person.stamp)
    asking = Asking(request, desk.person, family, desk.on)
    brought = families.gathered(asking)
    actions = departed_actions(person) if can_change_records(desk.person, [person], desk.on) else []
    head = Head(person.name, gettext("现在不属于任何家庭"), [(number, "")], actions=actions)
    context = {"head": head, "facts": person_facts(person), **_brought(asking, brought)}
    note_read(request, where=person.stamp, subject=f"resident:{number}", shown=brought.shows)
    return render_page(request, "residents/resident_detail.html", context)


def _brought(asking: Asking, brought: Gathered) -> dict[str, object]:
    """What other rooms bring, and a page of the history."""
    before = day_asked(asking.request)
    events, earlier = families.history(asking, told, before)
    return {"brought": brought, "events": events, "earlier": earlier, "is_earlier": before is not None}


class UnmaskField(UnmaskPage[Desk, HouseholdDetail | ResidentDetail]):
    """Ask for the purpose; show the value once. Without JavaScript it is a page of its own."""

    title, submit, done = _("查看完整信息"), _("显示完整信息"), _("本次查看已记录。离开本页后不再显示。")

    def find(self, number: str, field: str) -> HouseholdDetail | ResidentDetail:
        if field not in SealedField.values:
            raise Http404
        self.field = SealedField(field)
        if self.field == SealedField.ADDRESS:
            return household_or_404(self.request, self.desk, number)
        return resident_or_404(self.request, self.desk, number)

    def run(self, act: Act, said: Said) -> str:
        row = self.row
        whose: dict[str, Any] = (
            {"household_id": row.household_id}
            if isinstance(row, HouseholdDetail)
            else {"resident_id": row.person.resident_id}
        )
        return unmask(act, field=self.field, **said, **whose).text

    def _house(self) -> str:
        return self.row.number if isinstance(self.row, HouseholdDetail) else self.row.household_number

    def home(self) -> str:
        return reverse("household_detail", args=[self._house()]) if self._house() else reverse("resident_list")

    def head(self) -> Head:
        subject = self.row.number if isinstance(self.row, HouseholdDetail) else self.row.person.name
        way = [(self._house(), self.home())] if self._house() else []
        return Head(self.title, joined_by_dot(subject, self.field.label), way)
