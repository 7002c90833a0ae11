"""Ties that end or begin without a household's form: a guardianship ends, a log-in becomes somebody's own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.pages import act_of, actor, perform, render_page, today
from linli.ground.users.queries import User, authority_of, user_by_username
from linli.kernel.masking import mask_name
from linli.registry.residents.operations import end_guardian, link_account
from linli.registry.residents.permissions import linking_scope
from linli.registry.residents.queries import resident_detail
from linli.registry.residents.web.forms import DayField
from linli.registry.residents.web.views.desk import Desk, attempt, household_or_404, registering


class EndForm(forms.Form):
    """The first day without the guardian."""

    valid_until = DayField(label=_("结束日期"), help_text=_("从这一天起不再是监护人或代理人"))


class LinkForm(forms.Form):
    """Whose log-in it is."""

    username = forms.CharField(label=_("用户名"), max_length=40)
    number = forms.CharField(label=_("居民编号"), max_length=16, help_text=_("如 R-000123"))

    def clean_number(self) -> str:
        number: Any = self.cleaned_data["number"]
        return str(number).strip().upper()


@registering
def guardian_end(request: HttpRequest, desk: Desk, number: str, guardianship_id: int) -> HttpResponse:
    """A guardianship of a member ends on a day."""
    household = household_or_404(request, desk, number, to_change=True)
    tie = next((one for one in household.guardians if one.guardianship_id == guardianship_id), None)
    if tie is None:
        raise Http404
    form = EndForm(request.POST or None, initial={"valid_until": desk.on})
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["valid_until"]
        done, _tie = attempt(
            form, lambda: end_guardian(act_of(request), guardianship_id=guardianship_id, valid_until=until)
        )
        if done:
            messages.success(request, gettext("监护或代理已结束"))
            return redirect("household_detail", number=number)
    heading = gettext("结束监护或代理：%(guardian)s") % {"guardian": tie.guardian_name}
    context = {"form": form, "number": number, "heading": heading, "submit": gettext("结束")}
    return render_page(request, "residents/form.html", context)


@login_required
def account_link(request: HttpRequest) -> HttpResponse:
    """Link a log-in to a resident: registrars and administrators, over residents of their areas.

    An administrator reads no registry, so the answer names the resident masked.
    """
    scope = linking_scope(authority_of(actor(request), today()))
    if not scope:
        raise PermissionDenied
    given = {"username": request.GET.get("username", "")[:40], "number": request.GET.get("resident", "")[:16]}
    form = LinkForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        user = _user(form.cleaned_data["username"].strip())
        resident = resident_detail(scope, form.cleaned_data["number"], on=today())
        if user is None:
            form.add_error("username", gettext("没有这个用户名"))
        if resident is None:
            form.add_error("number", gettext("本辖区没有这个居民编号"))
        if user is not None and resident is not None:
            person = resident.person
            done, _link = perform(
                form, lambda: link_account(act_of(request), user_id=user.pk, resident_id=person.resident_id)
            )
            if done:
                words = {"username": user.username, "name": mask_name(person.name), "number": person.number}
                messages.success(request, gettext("账号 %(username)s 已关联 %(name)s（%(number)s）") % words)
                return redirect("account_link")
    context = {"form": form, "number": "", "heading": gettext("关联账号与居民"), "submit": gettext("关联")}
    return render_page(request, "residents/form.html", context)


def _user(username: str) -> User | None:
    try:
        return user_by_username(username)
    except User.DoesNotExist:
        return None
