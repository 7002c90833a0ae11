"""Put right a wrong death, departure or move; take back who went away."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, version_of
from linli.foundation.screens.texts import day_text
from linli.registry.residents.codes import DepartureKind, Relation
from linli.registry.residents.operations import correct_departure, correct_household_move, return_resident
from linli.registry.residents.queries import (
    last_departure,
    last_household,
    last_move,
    relation_on_return,
    visible_household,
)
from linli.registry.residents.web.forms import DepartureCorrectionForm, ReturnForm
from linli.registry.residents.web.views.desk import Desk, household_or_404, registering, resident_or_404
from linli.registry.residents.web.views.moving import form_page


@registering
def resident_departure(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The last death, departure or move of a person was recorded wrongly. 403 when there is none."""
    person = resident_or_404(request, desk, number, to_change=True).person
    departed = last_departure(person.resident_id)
    if departed is None:
        raise PermissionDenied
    form = DepartureCorrectionForm(request.POST or None, initial={"day": departed.day})

    def deed() -> None:
        correct_departure(
            act_of(request),
            resident_id=person.resident_id,
            day=form.right_day(),
            reason=form.cleaned_data["reason"],
            version=version_of(request),
        )

    headings = {
        DepartureKind.DIED: gettext("更正 %(name)s 的去世登记"),
        DepartureKind.LEFT: gettext("更正 %(name)s 的迁出登记"),
        DepartureKind.REHOUSED: gettext("更正 %(name)s 转入其他家庭的登记"),
    }
    return form_page(
        request,
        form,
        deed,
        number=last_household(person.resident_id),
        version=person.version,
        heading=headings[departed.kind] % {"name": person.name},
        submit=gettext("保存更正"),
        done=gettext("已更正；因此终止的待遇和多付挂账已一并处理"),
        explain=gettext("现登记为 %(day)s。恢复原状后，本人回到原家庭，因此终止的待遇、多付挂账一并恢复。")
        % {"day": day_text(departed.day)},
    )


@registering
def resident_return(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Somebody who left comes back under the old number. 403 for who did not leave."""
    person = resident_or_404(request, desk, number, to_change=True).person
    if person.left_date is None or person.died_date is not None:
        raise PermissionDenied
    home = last_household(person.resident_id)
    initial = {"household_number": home, "returned_date": desk.on, "relation": relation_on_return(person.resident_id)}
    form = ReturnForm(request.POST or None, initial=initial)

    def deed() -> None:
        return_resident(
            act_of(request),
            resident_id=person.resident_id,
            household_id=visible_household(desk.registers, form.cleaned_data["household_number"]),
            relation=Relation(form.cleaned_data["relation"]),
            returned_date=form.cleaned_data["returned_date"],
            version=version_of(request),
        )

    return form_page(
        request,
        form,
        deed,
        number=home,
        version=person.version,
        heading=gettext("%(name)s 迁回") % {"name": person.name},
        submit=gettext("办理迁回"),
        done=gettext("已办理迁回，沿用原编号"),
        explain=gettext("%(day)s 迁出。迁回后沿用原编号；迁出时终止的待遇须重新申请。")
        % {"day": day_text(person.left_date)},
    )


@registering
def household_move_correct(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A household's last move was recorded wrongly. 403 when it never moved."""
    household = household_or_404(request, desk, number, to_change=True)
    moved = last_move(household.household_id)
    if moved is None:
        raise PermissionDenied
    form = DepartureCorrectionForm(request.POST or None, initial={"day": moved})

    def deed() -> None:
        correct_household_move(
            act_of(request),
            household_id=household.household_id,
            moved_date=form.right_day(),
            reason=form.cleaned_data["reason"],
            version=version_of(request),
        )

    return form_page(
        request,
        form,
        deed,
        number=number,
        version=household.version,
        heading=gettext("更正全户迁移的登记"),
        submit=gettext("保存更正"),
        done=gettext("已更正；因此终止的待遇和多付挂账已一并处理"),
        explain=gettext("现登记为 %(day)s 迁移。恢复原状后，全户回到原住址和原社区。") % {"day": day_text(moved)},
    )
