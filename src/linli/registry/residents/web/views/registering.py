"""Register households and members."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.heads import Head
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.registry.residents.models import Household
from linli.registry.residents.operations import add_member, register_households
from linli.registry.residents.permissions import REGISTRARS
from linli.registry.residents.web.forms import HouseholdForm, JoiningForm
from linli.registry.residents.web.views.desk import attempt, home_act, household_or_404, registering


@registering
def household_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One dense page for a household and its members; more rows without losing what was typed."""
    data, reach = request.POST or None, desk.person.scope(*REGISTRARS)
    form = HouseholdForm(data, reach=reach, use_required_attribute=False)
    if data is not None and "more_rows" in data:
        form = form.with_more_rows()

    def home(made: Household | None) -> str:
        return reverse("household_detail", args=[made.number]) if made else reverse("resident_list")

    def done(made: Household | None) -> str:
        return gettext("已登记家庭 %(number)s") % {"number": made.number} if made else gettext("已登记家庭")

    return act_page(
        request,
        form,
        lambda act: register_households(act, households=[form.household()])[0],
        head=Head(gettext("登记家庭"), gettext("第一行填写户主；没有填写的行不会登记。")),
        done=done,
        to=home,
        back=reverse("resident_list"),
        template="residents/household_new.html",
        attempt=partial(attempt, telling=request),
    )


@registering
def member_new(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Somebody joins a household."""
    household = household_or_404(request, desk, number, to_change=True)
    form = filled(request, JoiningForm, initial={"since": desk.on, "relation": "CHILD"})

    def deed(act: Act) -> object:
        since = form.cleaned_data["since"]
        return add_member(act, household_id=household.household_id, member=form.member(), since=since)

    return home_act(
        request,
        form,
        deed,
        number=number,
        title=gettext("添加家庭成员"),
        submit=gettext("加入家庭"),
        done=gettext("已加入家庭 %(number)s") % {"number": number},
        tells=True,
    )
