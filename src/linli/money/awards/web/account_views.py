"""Payee accounts: proposed by one person, confirmed by another; the full number only for a purpose."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.pages import act_of, no_store, perform, render_page, sentence, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.ground.users.queries import names
from linli.kernel.errors import DomainError
from linli.money.awards import operations, queries
from linli.money.awards.codes import AccountState
from linli.money.awards.models import PayeeAccount
from linli.money.awards.operations import NewAccount
from linli.money.awards.permissions import PROPOSERS, can_confirm_account, can_unmask
from linli.money.awards.web import exports
from linli.money.awards.web.desk import Desk, chain_of, reading
from linli.money.awards.web.forms import AccountForm, PurposeForm
from linli.registry.residents.queries import household_detail, resident_detail

_STATES = {state.value for state in AccountState}


@reading
def account_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Accounts by state, those that wait for a second person first; by number or last four digits."""
    state, text = request.GET.get("state", AccountState.PROPOSED), request.GET.get("q", "").strip().upper()
    rows = queries.payee_accounts(desk.reads, state=state if state in _STATES else "", text=text)
    if exports.wanted(request):
        everything = list(rows)
        _note(request, everything, "accounts:xlsx")
        return exports.accounts_workbook(desk, everything)
    start = whole_number(request.GET.get("after", "")) or 0
    page, more = cut(list(rows.filter(pk__gt=start)[: queries.PAGE + 1]), queries.PAGE)
    _note(request, page, "accounts")
    sharing = queries.sharings(desk.reads, [row for row in page if row.state in queries.LIVE])
    dead = queries.of_the_dead((row.pk for row in page), desk.on)
    context = {
        "rows": [
            (
                row,
                row.state == AccountState.PROPOSED and can_confirm_account(desk.person, row),
                can_unmask(desk.person, row.stamp),
                sharing.get(row.pk),
                row.pk in dead,
            )
            for row in page
        ],
        "provisional": bool(queries.provisional_holds(page, desk.on)),
        "next": page[-1].pk if more else None,
        "state": state,
        "states": AccountState.choices,
        "by": names([row.proposed_by_id for row in page]),
        "may_propose": desk.person.holds(*PROPOSERS),
    }
    return render_page(request, "awards/account_list.html", context, fragment="awards/_accounts.html")


@reading
def account_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write down an account for a household or a resident within reach."""
    reach = desk.person.scope(*PROPOSERS)
    if not reach:
        raise PermissionDenied
    form = AccountForm(request.POST or None, initial={"unit_key": request.GET.get("unit", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        stamp = _stamp_of(desk, data["unit_key"])
        if stamp is None or not reach.covers(stamp):
            form.add_error("unit_key", gettext("没有找到这个家庭或居民"))
        else:
            account = NewAccount(
                data["unit_key"],
                stamp,
                data["holder_name"],
                data["account_number"],
                data["bank_name"],
                data["relation"],
                data["basis"],
                data["holder_number"],
            )
            done, _rows = perform(form, lambda: operations.propose_account(act_of(request), accounts=[account]))
            if done:
                messages.success(request, gettext("账户已登记，等待另一人确认"))
                return redirect("account_list")
    return no_store(render_page(request, "awards/account_new.html", {"form": form}))


@reading
def account_confirm(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """The second person confirms."""
    account = _account_or_404(desk, account_id)
    if request.method != "POST" or not can_confirm_account(desk.person, account):
        raise PermissionDenied
    try:
        shared = _shown(request, account)
        perform(None, lambda: operations.confirm_account(act_of(request), account_ids=[account.pk], shared=shared))
        messages.success(request, gettext("账户已确认"))
    except DomainError as error:
        messages.error(request, sentence(error))
    return redirect("account_list")


@reading
def account_unmask(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """Ask for the purpose; show the number once, on a page that nothing keeps."""
    account = _account_or_404(desk, account_id)
    if not can_unmask(desk.person, account.stamp):
        raise PermissionDenied
    form, shown = PurposeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        _done, shown = perform(
            form,
            lambda: operations.unmask_account(
                act_of(request), account_id=account.pk, purpose=form.cleaned_data["purpose"]
            ),
        )
    context = {"form": form, "account": account, "shown": shown}
    return no_store(render_page(request, "awards/account_unmask.html", context))


def _shown(request: HttpRequest, account: PayeeAccount) -> dict[int, int]:
    """How many other units the page named beside the number that is confirmed."""
    shown = whole_number(request.POST.get("shared", ""))
    return {} if shown is None else {account.pk: shown}


def _note(request: HttpRequest, rows: Sequence[PayeeAccount], subject: str) -> None:
    if rows:
        shown = [str(row) for row in rows]
        note_read(request, where=chain_of([row.stamp for row in rows]), subject=subject, shown=shown)


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
