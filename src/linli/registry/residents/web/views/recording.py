"""Record what is known: facts, how somebody was found, who acts for whom and until when, who is related."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.screens.acting import filled
from linli.foundation.screens.pages import there
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.registry.residents.codes import GuardianshipKind, IdentifiedHow, KinRelation
from linli.registry.residents.operations import (
    NewFact,
    NewIdentification,
    add_guardian,
    add_kinship,
    end_guardian,
    identify,
    record_circumstances,
)
from linli.registry.residents.queries import HouseholdDetail, resident_detail
from linli.registry.residents.queries.vocabulary import words
from linli.registry.residents.web.forms import EndForm, FactForm, GuardianForm, IdentificationForm, KinshipForm
from linli.registry.residents.web.views.desk import home_act, household_or_404, registering


@registering
def fact_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A fact of the household or of a member, with its source and date."""
    household = household_or_404(request, desk, number, to_change=True)
    form = filled(request, FactForm, subjects=_subjects(household), words=words(), initial={"as_of": desk.on})

    def deed(act: Act) -> object:
        fact = NewFact(**_data(form, household))
        return record_circumstances(act, facts=[fact])

    title, submit, done = gettext("记录情况"), gettext("记录"), gettext("已记录情况")
    return home_act(request, form, deed, number=number, title=title, submit=submit, done=done)


@registering
def identification_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """How and by whom the household or a member was found."""
    household = household_or_404(request, desk, number, to_change=True)
    form = filled(request, IdentificationForm, subjects=_subjects(household), initial={"identified_date": desk.on})

    def deed(act: Act) -> object:
        data = _data(form, household)
        found = NewIdentification(**data | {"how": IdentifiedHow(data["how"])})
        return identify(act, identifications=[found])

    title, submit, done = gettext("记录识别途径"), gettext("记录"), gettext("已记录识别途径")
    return home_act(request, form, deed, number=number, title=title, submit=submit, done=done)


@registering
def guardian_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Who acts for a member."""
    household = household_or_404(request, desk, number, to_change=True)
    form = filled(request, GuardianForm, wards=_members(household), initial={"valid_from": desk.on})
    guardian_id = _resident_id(desk, form, "guardian_number")

    def deed(act: Act) -> object:
        data = form.cleaned_data
        return add_guardian(
            act,
            ward_id=data["ward"],
            kind=GuardianshipKind(data["kind"]),
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            document=data["document"],
            guardian_id=guardian_id,
            guardian_name=data["guardian_name"],
        )

    title, submit, done = gettext("登记监护或代理"), gettext("登记"), gettext("已登记监护或代理")
    return home_act(request, form, deed, number=number, title=title, submit=submit, done=done)


@registering
def guardian_end(request: HttpRequest, desk: Desk, number: str, guardianship_id: int) -> HttpResponse:
    """A guardianship of a member ends on a day."""
    household = household_or_404(request, desk, number, to_change=True)
    tie = there(next((one for one in household.guardians if one.guardianship_id == guardianship_id), None))
    form = filled(request, EndForm, initial={"valid_until": desk.on})
    title = gettext("结束监护或代理：%(guardian)s") % {"guardian": tie.guardian_name}
    return home_act(
        request,
        form,
        lambda act: end_guardian(act, guardianship_id=guardianship_id, **form.cleaned_data),
        number=number,
        title=title,
        submit=gettext("结束"),
        done=gettext("监护或代理已结束"),
    )


@registering
def kinship_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A relative of a member: kin may not assess each other."""
    household = household_or_404(request, desk, number, to_change=True)
    form = filled(request, KinshipForm, members=_members(household))
    kin_id = _resident_id(desk, form, "kin_number") or 0

    def deed(act: Act) -> object:
        data = form.cleaned_data
        return add_kinship(act, a_id=data["member"], b_id=kin_id, relation=KinRelation(data["relation"]))

    title, submit, done = gettext("登记亲属"), gettext("登记"), gettext("已登记亲属")
    return home_act(request, form, deed, number=number, title=title, submit=submit, done=done)


def _resident_id(desk: Desk, form: forms.Form, field: str) -> int | None:
    """Whom a number in the form names; None where it is empty, the form's error where nobody in reach has it."""
    number = str(form.cleaned_data[field]).strip().upper() if form.is_bound and form.is_valid() else ""
    found = resident_detail(desk.reads, number, on=desk.on) if number else None
    if number and found is None:
        form.add_error(field, gettext("本辖区没有这个居民编号"))
    return found.person.resident_id if found else None


def _members(household: HouseholdDetail) -> list[tuple[int, str]]:
    return [(member.person.resident_id, member.person.name) for member in household.members]


def _subjects(household: HouseholdDetail) -> list[tuple[str, str]]:
    members = [(member.person.number, member.person.name) for member in household.members]
    return [(household.number, gettext("全户")), *members]


def _data(form: forms.Form, household: HouseholdDetail) -> dict[str, Any]:
    """The form's fields, its subject as an id: it offers the household and its members alone."""
    data = dict(form.cleaned_data)
    number = data.pop("subject")
    if number == household.number:
        return data | {"household_id": household.household_id}
    return data | {"resident_id": next(m.person.resident_id for m in household.members if m.person.number == number)}
