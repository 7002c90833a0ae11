"""Record what is known: facts, how somebody was found, who acts for whom."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, render_page
from linli.registry.residents.codes import GuardianshipKind, IdentifiedHow, KinRelation
from linli.registry.residents.operations import (
    NewFact,
    NewIdentification,
    add_guardian,
    add_kinship,
    identify,
    record_circumstances,
)
from linli.registry.residents.queries import HouseholdDetail, resident_detail
from linli.registry.residents.queries.vocabulary import words
from linli.registry.residents.web.forms import FactForm, GuardianForm, IdentificationForm, KinshipForm
from linli.registry.residents.web.views.desk import Desk, attempt, household_or_404, registering


@registering
def fact_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A fact of the household or of a member, with its source and date."""
    household = household_or_404(request, desk, number, to_change=True)
    form = FactForm(request.POST or None, subjects=_subjects(household), words=words(), initial={"as_of": desk.on})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        fact = NewFact(
            data["code"], data["value"], data["source"], data["as_of"], **_subject(household, data["subject"])
        )
        done, _count = attempt(form, lambda: record_circumstances(act_of(request), facts=[fact]))
        if done:
            return _back(request, number, gettext("已记录情况"))
    context = {"form": form, "number": number, "heading": gettext("记录情况"), "submit": gettext("记录")}
    return render_page(request, "residents/form.html", context)


@registering
def identification_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """How and by whom the household or a member was found."""
    household = household_or_404(request, desk, number, to_change=True)
    form = IdentificationForm(request.POST or None, subjects=_subjects(household), initial={"identified_date": desk.on})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = NewIdentification(
            IdentifiedHow(data["how"]),
            data["identified_date"],
            data["by_name"],
            **_subject(household, data["subject"]),
        )
        done, _count = attempt(form, lambda: identify(act_of(request), identifications=[found]))
        if done:
            return _back(request, number, gettext("已记录识别途径"))
    context = {"form": form, "number": number, "heading": gettext("记录识别途径"), "submit": gettext("记录")}
    return render_page(request, "residents/form.html", context)


@registering
def guardian_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Who acts for a member."""
    household = household_or_404(request, desk, number, to_change=True)
    wards = [(member.person.resident_id, member.person.name) for member in household.members]
    form = GuardianForm(request.POST or None, wards=wards, initial={"valid_from": desk.on})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        guardian_id = None
        if data["guardian_number"]:
            guardian = resident_detail(desk.reads, data["guardian_number"].strip().upper(), on=desk.on)
            guardian_id = guardian.person.resident_id if guardian else 0
        if guardian_id == 0:
            form.add_error("guardian_number", gettext("本辖区没有这个居民编号"))
        else:
            done, _tie = attempt(
                form,
                lambda: add_guardian(
                    act_of(request),
                    ward_id=data["ward"],
                    kind=GuardianshipKind(data["kind"]),
                    valid_from=data["valid_from"],
                    valid_until=data["valid_until"],
                    document=data["document"],
                    guardian_id=guardian_id,
                    guardian_name=data["guardian_name"],
                ),
            )
            if done:
                return _back(request, number, gettext("已登记监护或代理"))
    context = {"form": form, "number": number, "heading": gettext("登记监护或代理"), "submit": gettext("登记")}
    return render_page(request, "residents/form.html", context)


@registering
def kinship_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A relative of a member: kin may not assess each other."""
    household = household_or_404(request, desk, number, to_change=True)
    members = [(member.person.resident_id, member.person.name) for member in household.members]
    form = KinshipForm(request.POST or None, members=members)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kin = resident_detail(desk.reads, data["kin_number"].strip().upper(), on=desk.on)
        if kin is None:
            form.add_error("kin_number", gettext("本辖区没有这个居民编号"))
        else:
            kin_id, relation = kin.person.resident_id, KinRelation(data["relation"])
            done, _tie = attempt(
                form, lambda: add_kinship(act_of(request), a_id=data["member"], b_id=kin_id, relation=relation)
            )
            if done:
                return _back(request, number, gettext("已登记亲属"))
    context = {"form": form, "number": number, "heading": gettext("登记亲属"), "submit": gettext("登记")}
    return render_page(request, "residents/form.html", context)


def _back(request: HttpRequest, number: str, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("household_detail", number=number)


def _subjects(household: HouseholdDetail) -> list[tuple[str, str]]:
    members = [(member.person.number, member.person.name) for member in household.members]
    return [(household.number, gettext("全户")), *members]


def _subject(household: HouseholdDetail, number: str) -> dict[str, int | None]:
    """The form offers the household and its members alone, so the number is one of these."""
    if number == household.number:
        return {"household_id": household.household_id}
    return {"resident_id": next(m.person.resident_id for m in household.members if m.person.number == number)}
