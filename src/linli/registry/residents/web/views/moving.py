"""Moves, departures, deaths, corrections."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.screens.acting import filled
from linli.foundation.screens.pages import version_of
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.registry.residents.codes import Relation
from linli.registry.residents.operations import correct_resident, leave, move_household, move_resident, record_death
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.queries import last_household, visible_household
from linli.registry.residents.web.forms import CorrectionForm, DeathForm, LeaveForm, MoveHouseholdForm, MoveResidentForm
from linli.registry.residents.web.views.desk import home_act, household_or_404, registering, resident_or_404

# What the form begins with; numbers are masked and typed anew or left.
_SHOWN = ("name", "sex", "birth_date", "hukou_kind", "hukou_place", "residence_kind", "residence_place")


@registering
def household_move(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The whole household moves within reach of the person."""
    household = household_or_404(request, desk, number, to_change=True)
    form = filled(request, MoveHouseholdForm, reach=desk.reads, initial={"moved_date": desk.on})

    return home_act(
        request,
        form,
        lambda act: move_household(
            act, household_id=household.household_id, **form.cleaned_data, version=version_of(request)
        ),
        number=number,
        title=gettext("全户迁移"),
        submit=gettext("办理迁移"),
        done=gettext("已办理迁移"),
        version=household.version,
    )


@registering
def resident_move(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One person joins another household."""
    resident = resident_or_404(request, desk, number, to_change=True)
    form = filled(request, MoveResidentForm, initial={"moved_date": desk.on, "relation": Relation.OTHER_RELATIVE})

    def deed(act: Act) -> object:
        data = form.cleaned_data
        return move_resident(
            act,
            resident_id=resident.person.resident_id,
            household_id=visible_household(desk.person.scope(*REGISTRARS), data["household_number"]),
            relation=Relation(data["relation"]),
            moved_date=data["moved_date"],
            version=version_of(request),
        )

    return home_act(
        request,
        form,
        deed,
        number=resident.household_number,
        title=gettext("%(name)s 转入其他家庭") % {"name": resident.person.name},
        submit=gettext("办理转入"),
        done=gettext("已转入新的家庭"),
        version=resident.person.version,
    )


@registering
def resident_leave(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One person leaves the territory."""
    resident = resident_or_404(request, desk, number, to_change=True)
    form = filled(request, LeaveForm, initial={"left_date": desk.on})
    return home_act(
        request,
        form,
        lambda act: leave(act, resident_ids=[resident.person.resident_id], **form.cleaned_data),
        number=resident.household_number,
        title=gettext("%(name)s 迁出") % {"name": resident.person.name},
        submit=gettext("办理迁出"),
        done=gettext("已办理迁出"),
    )


@registering
def resident_death(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One person died."""
    resident = resident_or_404(request, desk, number, to_change=True)
    form = filled(request, DeathForm)
    ids = [resident.person.resident_id]
    return home_act(
        request,
        form,
        lambda act: record_death(act, resident_ids=ids, died_date=form.cleaned_data["died_date"]),
        number=resident.household_number,
        title=gettext("登记 %(name)s 去世") % {"name": resident.person.name},
        submit=gettext("登记去世"),
        done=gettext("已登记去世"),
    )


@registering
def resident_correct(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Typing errors of one person."""
    resident = resident_or_404(request, desk, number, to_change=True)
    person = resident.person
    form = filled(request, CorrectionForm, initial={field: getattr(person, field) for field in _SHOWN})

    return home_act(
        request,
        form,
        lambda act: correct_resident(
            act,
            resident_id=person.resident_id,
            changes=form.changes(),
            reason=form.cleaned_data["reason"],
            version=version_of(request),
            print_as=form.cleaned_data["print_as"],
        ),
        number=resident.household_number or last_household(person.resident_id),
        title=gettext("更正 %(name)s 的信息") % {"name": person.name},
        submit=gettext("保存更正"),
        done=gettext("已更正"),
        version=person.version,
    )
