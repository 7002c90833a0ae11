"""Act: propose, take a batch on by its steps, reconcile; what came back."""

from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import found_or_404
from linli.foundation.screens.steps import step_page
from linli.foundation.screens.texts import month_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.law.policies.queries import cited, packs_in_force
from linli.money.ledger.queries import funds, open_months
from linli.money.payments import operations, queries
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.refusals import StatementDiffers
from linli.money.payments.steps import BATCH
from linli.money.payments.web.desk import checking, making, months_begun, reading
from linli.money.payments.web.forms import FundMonthForm, ReconcileForm
from linli.money.payments.web.lists import MISSING, OUTLOOKS
from linli.money.payments.web.steps import BOUND, by_field
from linli.money.payments.web.views import BatchPage, outlooks


@making
def batch_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose a month's batch."""
    mine = funds(desk.reads)
    months, now = months_begun(desk.on, mine), {"month": Month.of(desk.on)}
    form = filled(request, FundMonthForm, funds=mine, months=months, initial=now)
    form.clauses = cited(form.rests_on, packs_in_force(desk.on).values())

    return act_page(
        request,
        form,
        lambda act: operations.propose(act, fund_id=form.cleaned_data["fund"], month=form.cleaned_data["month"]),
        head=Head(gettext("编制批次"), gettext("先补欠付，再发当月；资金不足时按方案规定的先后。")),
        done=gettext("批次已提交复核"),
        to=lambda batch: reverse("batch_detail", args=[batch.number]) if batch else reverse("batch_list"),
        submit=gettext("编制并提交复核"),
        back=reverse("batch_list"),
        template="payments/batch_new.html",
        context={"columns": OUTLOOKS, "outlooks": outlooks(mine, desk.on)},
    )


@reading
def batch_step(request: HttpRequest, desk: Desk, number: str, code: str) -> HttpResponse:
    """Take a step of the workflow, or show the batch with what stands in the way."""
    page = BatchPage(request, desk, found_or_404(queries.batch, desk.reads, number))

    def refused(forms: Mapping[str, Form]) -> HttpResponse:
        page.refused = forms
        return page.response(status=422)

    to, path = reverse("batch_detail", args=[number]), BATCH.step(code).path
    return step_page(request, BATCH, BOUND, desk, page.batch, path, to=to, page=refused)


@checking
def reconcile(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Compare a month with the bank statement and lock it. Offered are the months that are over and open."""
    mine = funds(desk.reads)
    left = open_months(mine, desk.on)
    waiting = [fund for fund in mine if left[fund.pk]]
    months = sorted({month for fund in waiting for month in left[fund.pk]})
    form = filled(request, ReconcileForm, funds=waiting, months=months, initial={"month": next(iter(months), "")})

    missing: list[tuple[object, str, int]] = []

    def deed(act: Act) -> object:
        data = form.cleaned_data
        which = {"fund_id": data["fund"], "month": data["month"]}
        try:
            return operations.reconcile_month(act, statement=read_statement(data["statement"]), **which)
        except StatementDiffers as error:
            sides = (gettext("银行对账单缺少"), gettext("账面缺少"))
            found: tuple[Any, Any] = error.details["missing"]  # type: ignore[assignment]  # a detail of the refusal
            missing.extend((side, *row) for side, rows in zip(sides, found, strict=True) for row in rows)
            raise

    return act_page(
        request,
        form,
        lambda act: by_field("statement", lambda: deed(act)),
        head=Head(gettext("月末对账"), gettext("逐笔与银行对账单核对，一致后锁定该月，不能再记账。")),
        done=lambda _month: gettext("对账一致，%(month)s 已锁定") % {"month": month_text(form.cleaned_data["month"])},
        to=reverse("reconcile"),
        submit=gettext("核对并锁定"),
        back=reverse("batch_list"),
        template="payments/reconcile.html",
        context={
            "states": [(fund, left[fund.pk]) for fund in mine],
            "waiting": waiting,
            "columns": MISSING,
            "missing": missing,
        },
    )
