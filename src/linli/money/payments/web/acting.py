"""Act: propose, approve, release, take in the bank's answer, cancel, reconcile."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, perform, render_page, sentence
from linli.foundation.screens.texts import month_text
from linli.ground.users.codes import Role
from linli.kernel.errors import DomainError
from linli.kernel.period import Month
from linli.money.ledger.queries import open_months
from linli.money.payments import operations, queries
from linli.money.payments.codes import ItemState
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.permissions import can_propose, can_reconcile
from linli.money.payments.web.desk import Desk, batch_or_404, months_begun, reading
from linli.money.payments.web.forms import (
    CameBackForm,
    CancelForm,
    FundMonthForm,
    ReconcileForm,
    ReleaseForm,
    ReturnForm,
)
from linli.money.payments.web.presenters import outlooks, possible
from linli.money.payments.web.views import batch_page


@reading
def batch_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose a month's batch."""
    funds = [fund for fund in desk.funds() if can_propose(desk.person, fund.stamp)]
    if not funds:
        raise PermissionDenied
    months = months_begun(desk.on, sorted({fund.year for fund in funds}))
    form = FundMonthForm(request.POST or None, funds=funds, months=months, initial={"month": str(Month.of(desk.on))})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, batch = perform(
            form,
            lambda: operations.propose(act_of(request), fund_id=data["fund"], month=data["month"]),
        )
        if done:
            messages.success(request, gettext("批次已提交复核"))
            return redirect("batch_detail", number=batch.number) if batch else redirect("batch_list")
    return render_page(request, "payments/batch_new.html", {"form": form, "outlooks": outlooks(funds, desk.on)})


@reading
def batch_approve(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Sign the lines that the page showed."""
    batch = _to_act(request, desk, number, "approve")
    return _acted(
        request,
        number,
        lambda: operations.approve(act_of(request), batch_id=batch.pk, digest=request.POST.get("digest", "")),
        gettext("已复核，等待放款"),
    )


@reading
def batch_release(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Let the money go, or learn why the approval is void."""
    batch = _to_act(request, desk, number, "release")
    form = ReleaseForm(request.POST, layouts=queries.layouts())
    if not form.is_valid():
        return batch_page(request, desk, batch, release=form, status=422)
    done, result = perform(
        form,
        lambda: operations.release(
            act_of(request), batch_id=batch.pk, layout=queries.layouts()[form.cleaned_data["layout"]]
        ),
    )
    if not done:
        return batch_page(request, desk, batch, release=form, status=422)
    if result is not None and not result.released:
        messages.warning(
            request, gettext("复核后情况有变，批次已作废并冲回：%(lines)s") % {"lines": result.batch.void_reason}
        )
    else:
        messages.success(request, gettext("已放款，银行文件可以下载"))
    return redirect("batch_detail", number=number)


@reading
def batch_return(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Take in the bank's answer."""
    batch = _to_act(request, desk, number, "answer")
    form = ReturnForm(request.POST, request.FILES)
    if not form.is_valid():
        return batch_page(request, desk, batch, answer=form, status=422)
    layout, data = queries.layouts()[batch.layout_code], form.cleaned_data["file"]

    def take_in() -> object:
        return operations.import_return(act_of(request), batch_id=batch.pk, data=data, layout=layout)

    done, _batch = perform(form, lambda: _by_field("file", take_in))
    if not done:
        return batch_page(request, desk, batch, answer=form, status=422)
    messages.success(request, gettext("回盘已入账"))
    return redirect("batch_detail", number=number)


@reading
def batch_came_back(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Book what came back after the bank had paid it."""
    batch = _to_act(request, desk, number, "came_back")
    form = CameBackForm(request.POST, number=batch.number)
    if not form.is_valid():
        return batch_page(request, desk, batch, came_back=form, status=422)
    data = form.cleaned_data

    def book() -> list[PaymentItem]:
        return operations.take_back(
            act_of(request),
            batch_id=batch.pk,
            seqs=data["lines"],
            bank_date=data["bank_date"],
            reason=data["reason"],
        )

    done, rows = perform(form, book)
    if not done:
        return batch_page(request, desk, batch, came_back=form, status=422)
    settled = [row for row in rows or () if row.state == ItemState.PAID]
    if settled:
        words = gettext("%(count)s 笔已列为多付，退回的钱记为已收回") % {"count": len(settled)}
        messages.success(request, words)
    if len(settled) < len(rows or ()):
        messages.success(request, gettext("退回已入账，可在“退回款项”中办理"))
    return redirect("batch_detail", number=number)


@reading
def batch_cancel(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Take a batch back before its money leaves."""
    batch = _to_act(request, desk, number, "cancel")
    form = CancelForm(request.POST)
    if not form.is_valid():
        return batch_page(request, desk, batch, cancel=form, status=422)
    return _acted(
        request,
        number,
        lambda: operations.cancel(act_of(request), batch_id=batch.pk, reason=form.cleaned_data["reason"]),
        gettext("批次已撤销"),
    )


@reading
def reconcile(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Compare a month with the bank statement and lock it. Offered are the months that are over and open."""
    funds = [fund for fund in desk.funds() if can_reconcile(desk.person, fund.stamp)]
    if not funds:
        raise PermissionDenied
    left = open_months(funds, desk.on)
    states = [(fund, left[fund.pk]) for fund in funds]
    waiting = [fund for fund, months in states if months]
    months = sorted({month for _fund, months in states for month in months})
    form = ReconcileForm(
        request.POST or None,
        request.FILES or None,
        funds=waiting,
        months=months,
        initial={"month": str(months[0]) if months else ""},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _month = perform(
            form,
            lambda: _by_field(
                "statement",
                lambda: operations.reconcile_month(
                    act_of(request),
                    fund_id=data["fund"],
                    month=data["month"],
                    statement=read_statement(data["statement"]),
                ),
            ),
        )
        if done:
            messages.success(request, gettext("对账一致，%(month)s 已锁定") % {"month": month_text(data["month"])})
            return redirect("reconcile")
    context = {"form": form, "states": states, "waiting": waiting}
    return render_page(request, "payments/reconcile.html", context, status=422 if form.errors else 200)


def _by_field(name: str, deed: Callable[[], object]) -> object:
    """Run an act that reads a file: a refusal that names no field is about the file."""
    try:
        return deed()
    except DomainError as error:
        error.field = error.field or name
        raise


def _to_act(request: HttpRequest, desk: Desk, number: str, what: str) -> PaymentBatch:
    """The batch to act on: 404 out of reach, 403 for another hand. What state it is in, the operation judges."""
    batch = batch_or_404(desk, number)
    roles = {
        "approve": (Role.FINANCE_CHECKER,),
        "release": (Role.FINANCE_RELEASER,),
        "answer": (Role.FINANCE_RELEASER,),
        "came_back": (Role.FINANCE_RELEASER,),
        "cancel": (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.FINANCE_RELEASER),
    }[what]
    if request.method != "POST" or not (possible(desk.person, batch)[what] or desk.person.may(batch.stamp, *roles)):
        raise PermissionDenied
    return batch


def _acted(request: HttpRequest, number: str, deed: Callable[[], object], done_text: str) -> HttpResponse:
    """Run an act that has no field of its own: the batch's page says what came of it."""
    try:
        perform(None, deed)
        messages.success(request, done_text)
    except DomainError as error:
        messages.error(request, sentence(error))
    return redirect("batch_detail", number=number)
