"""Put right a wrong death, departure or move; take back who went away."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.screens.acting import filled
from linli.foundation.screens.pages import version_of
from linli.foundation.screens.texts import day_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.registry.residents.codes import DepartureKind, Relation
from linli.registry.residents.operations import correct_departure, correct_household_move, return_resident
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.queries import (
    last_departure,
    last_household,
    last_move,
    relation_on_return,
    visible_household,
)
from linli.registry.residents.web.forms import DepartureCorrectionForm, ReturnForm
from linli.registry.residents.web.views.desk import home_act, household_or_404, registering, resident_or_404


@registering
def resident_departure(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The last death, departure or move of a person was recorded wrongly. 403 when there is none."""
    person = resident_or_404(request, desk, number, to_change=True).person
    departed = last_departure(person.resident_id)
    if departed is None:
        raise PermissionDenied
    form = filled(request, DepartureCorrectionForm, initial={"day": departed.day})

    def deed(act: Act) -> object:
        day, reason = form.right_day(), form.cleaned_data["reason"]
        return correct_departure(
            act, resident_id=person.resident_id, day=day, reason=reason, version=version_of(request)
        )

    titles = {
        DepartureKind.DIED: gettext("更正 %(name)s 的去世登记"),
        DepartureKind.LEFT: gettext("更正 %(name)s 的迁出登记"),
        DepartureKind.REHOUSED: gettext("更正 %(name)s 转入其他家庭的登记"),
    }
    words = gettext("现登记为 %(day)s。恢复原状后，本人回到原家庭，因此终止的待遇、多付挂账一并恢复。")
    return home_act(
        request,
        form,
        deed,
        number=last_household(person.resident_id),
        title=titles[departed.kind] % {"name": person.name},
        lead=words % {"day": day_text(departed.day)},
        submit=gettext("保存更正"),
        done=gettext("已更正；因此终止的待遇和多付挂账已一并处理"),
        version=person.version,
    )


@registering
def resident_return(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Somebody who left comes back under the old number. 403 for who did not leave."""
    person = resident_or_404(request, desk, number, to_change=True).person
    if person.left_date is None or person.died_date is not None:
        raise PermissionDenied
    home = last_household(person.resident_id)
    initial = {"household_number": home, "returned_date": desk.on, "relation": relation_on_return(person.resident_id)}
    form = filled(request, ReturnForm, initial=initial)

    def deed(act: Act) -> object:
        data = form.cleaned_data
        return return_resident(
            act,
            resident_id=person.resident_id,
            household_id=visible_household(desk.person.scope(*REGISTRARS), data["household_number"]),
            relation=Relation(data["relation"]),
            returned_date=data["returned_date"],
            version=version_of(request),
        )

    words = gettext("%(day)s 迁出。迁回后沿用原编号；迁出时终止的待遇须重新申请。")
    return home_act(
        request,
        form,
        deed,
        number=home,
        title=gettext("%(name)s 迁回") % {"name": person.name},
        lead=words % {"day": day_text(person.left_date)},
        submit=gettext("办理迁回"),
        done=gettext("已办理迁回，沿用原编号"),
        version=person.version,
    )


@registering
def household_move_correct(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A household's last move was recorded wrongly. 403 when it never moved."""
    household = household_or_404(request, desk, number, to_change=True)
    moved = last_move(household.household_id)
    if moved is None:
        raise PermissionDenied
    form = filled(request, DepartureCorrectionForm, initial={"day": moved})

    def deed(act: Act) -> object:
        day, reason = form.right_day(), form.cleaned_data["reason"]
        return correct_household_move(
            act, household_id=household.household_id, moved_date=day, reason=reason, version=version_of(request)
        )

    words = gettext("现登记为 %(day)s 迁移。恢复原状后，全户回到原住址和原社区。")
    return home_act(
        request,
        form,
        deed,
        number=number,
        title=gettext("更正全户迁移的登记"),
        lead=words % {"day": day_text(moved)},
        submit=gettext("保存更正"),
        done=gettext("已更正；因此终止的待遇和多付挂账已一并处理"),
        version=household.version,
    )
