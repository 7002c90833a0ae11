"""Payee accounts: proposed by one person, confirmed by another; the full number only for a purpose."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.acting import act_at_once, act_page, filled
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import act_of, no_store, perform, render_page, whole_number
from linli.foundation.screens.texts import joined_by_dot
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.law.policies.queries import cited
from linli.money.awards import operations, queries
from linli.money.awards.models import PayeeAccount
from linli.money.awards.operations import NewAccount
from linli.money.awards.permissions import can_unmask
from linli.money.awards.steps import ACCOUNT
from linli.money.awards.web.desk import proposing, reading
from linli.money.awards.web.forms import AccountForm, PurposeForm
from linli.money.awards.web.lists import AccountList
from linli.registry.residents.queries import household_detail, resident_detail


@reading
def account_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Accounts, those that wait for a second person first."""
    return AccountList(request, desk).response()


@proposing
def account_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write down an account for a household or a resident within reach."""
    form = filled(request, AccountForm, initial=_known(desk, request.GET.get("unit", "")))
    form.clauses = cited(form.rests_on, queries.packs_in_force(desk.on))
    stamp = _stamp_of(desk, form.cleaned_data["unit_key"]) if form.is_bound and form.is_valid() else None
    if form.is_bound and form.is_valid() and (stamp is None or not desk.reads.covers(stamp)):
        form.add_error("unit_key", gettext("没有找到这个家庭或居民"))

    def deed(act: Act) -> object:
        return operations.propose_account(act, accounts=[_account(form, stamp)])

    return act_page(
        request,
        form,
        deed,
        head=Head(gettext("登记收款账户"), trail=[(gettext("收款账户"), reverse("account_list"))]),
        submit=gettext("登记，等待确认"),
        done=gettext("账户已登记，等待另一人确认"),
        to=reverse("account_list"),
        secret=True,
    )


def _known(desk: Desk, unit_key: str) -> dict[str, str]:
    """What the unit's last account says already, but its number: a correction changes little."""
    last = next(iter(queries.accounts(desk.reads, [unit_key])), None) if unit_key else None
    known = ("holder_name", "relation", "basis", "bank_name")
    return {"unit_key": unit_key, **({field: getattr(last, field) for field in known} if last else {})}


def _account(form: forms.Form, stamp: Any) -> NewAccount:
    return NewAccount(stamp=stamp, **form.cleaned_data)


@reading
def account_confirm(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """The second person confirms."""
    account = _account_or_404(desk, account_id)
    step = ACCOUNT.step("confirm")
    if request.method != "POST" or not desk.person.may(account.stamp, *step.roles):
        raise PermissionDenied

    def deed(act: Act) -> object:
        return operations.confirm_account(act, account_ids=[account.pk], shared=_shown(request, account))

    return act_at_once(request, deed, done=gettext("账户已确认"), to=reverse("account_list"))


@reading
def account_unmask(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """Ask for the purpose; show the number once, on a page that nothing keeps."""
    account = _account_or_404(desk, account_id)
    if not can_unmask(desk.person, account.stamp):
        raise PermissionDenied
    form, shown = filled(request, PurposeForm), None
    if request.method == "POST" and form.is_valid():
        purpose = form.cleaned_data["purpose"]
        _done, shown = perform(
            form, lambda: operations.unmask_account(act_of(request), account_id=account.pk, purpose=purpose)
        )
    head = Head(
        gettext("查看完整账号"),
        joined_by_dot(account.unit_key, account.bank_name),
        [(gettext("收款账户"), reverse("account_list")), (account.unit_key, "")],
    )
    context = {"head": head, "form": form, "shown": shown}
    return no_store(render_page(request, "awards/account_unmask.html", context))


def _shown(request: HttpRequest, account: PayeeAccount) -> dict[int, int]:
    """How many other units the page named beside the number that is confirmed."""
    shown = whole_number(request.POST.get("shared", ""))
    return {} if shown is None else {account.pk: shown}


def _account_or_404(desk: Desk, account_id: int) -> PayeeAccount:
    try:
        return queries.account(desk.reads, account_id)
    except PayeeAccount.DoesNotExist as error:
        raise Http404 from error


def _stamp_of(desk: Desk, unit_key: str) -> Stamp | None:
    """Where the household or resident lies; None when there is none within reach."""
    household = household_detail(desk.reads, unit_key, on=desk.on)
    if household is not None:
        return household.stamp
    resident = resident_detail(desk.reads, unit_key, on=desk.on)
    return None if resident is None else resident.person.stamp
