"""Act: propose, take a batch on by its steps, reconcile."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, perform, render_page
from linli.foundation.screens.steps import take
from linli.foundation.screens.texts import month_text
from linli.ground.users.codes import Role
from linli.kernel.period import Month
from linli.money.ledger.queries import open_months
from linli.money.payments import operations
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.permissions import can_reconcile
from linli.money.payments.steps import BATCH
from linli.money.payments.web.desk import Desk, batch_or_404, months_begun, reading
from linli.money.payments.web.forms import FundMonthForm, ReconcileForm
from linli.money.payments.web.presenters import outlooks
from linli.money.payments.web.steps import BOUND, by_field
from linli.money.payments.web.views import batch_page


@reading
def batch_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose a month's batch."""
    funds = [fund for fund in desk.funds() if BATCH.allows(desk.person, "propose", fund, desk.on)]
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
def batch_step(request: HttpRequest, desk: Desk, number: str, code: str) -> HttpResponse:
    """Take a step of the workflow, or show the batch with what stands in the way."""
    batch, step = batch_or_404(desk, number), BATCH.step(code)
    if request.method != "POST" or not desk.person.may(batch.stamp, *map(Role, step.roles)):
        raise PermissionDenied
    form = BOUND[code].form(desk, batch, request.POST, request.FILES)
    if take(request, BOUND[code], step, batch, form):
        return redirect("batch_detail", number=number)
    return batch_page(request, desk, batch, refused={code: form}, status=422)


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
            lambda: by_field(
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
