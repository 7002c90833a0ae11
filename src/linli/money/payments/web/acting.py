"""Act: propose a batch, reconcile a month."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.texts import month_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.law.policies.queries import cited, packs_in_force
from linli.money.ledger.queries import funds, open_months
from linli.money.payments import operations
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.models import PaymentBatch
from linli.money.payments.refusals import StatementDiffers
from linli.money.payments.web.desk import months_begun
from linli.money.payments.web.forms import FundMonthForm, ReconcileForm
from linli.money.payments.web.lists import MISSING, OUTLOOKS
from linli.money.payments.web.views import outlooks


class NewBatch(ActPage[Desk, None]):
    """Propose a month's batch."""

    title, submit, done = _("编制批次"), _("编制并提交复核"), _("批次已提交复核")
    lead = _("先补欠付，再发当月；资金不足时按方案规定的先后。")
    form = FundMonthForm
    operation = operations.propose
    called = {"fund": "fund_id"}
    leads = "batch_list"
    template = "payments/batch_new.html"

    def find(self) -> None:
        self.funds = funds(self.desk.reads)

    def offers(self) -> Mapping[str, Any]:
        names = [(fund.pk, fund.name) for fund in self.funds]
        return {"fund": names, "month": months_begun(self.desk.on, self.funds)}

    def initial(self) -> Mapping[str, Any]:
        return {"month": Month.of(self.desk.on)}

    def fill(self) -> Any:
        form = super().fill()
        form.clauses = cited(form.rests_on, packs_in_force(self.desk.on).values())
        return form

    def to(self, result: PaymentBatch | None) -> str:
        return reverse("batch_detail", args=[result.number]) if result else self.home()

    def more(self) -> Mapping[str, Any]:
        return {"columns": OUTLOOKS, "outlooks": outlooks(self.funds, self.desk.on)}


class Reconcile(ActPage[Desk, None]):
    """Compare a month with the bank statement and lock it. Offered is the oldest open month of each fund."""

    title, submit = _("月末对账"), _("核对并锁定")
    lead = _("逐笔与银行对账单核对，一致后锁定该月，不能再记账。")
    form = ReconcileForm
    about = "statement"
    leads = "batch_list"
    template = "payments/reconcile.html"

    def find(self) -> None:
        self.funds = funds(self.desk.reads)
        self.left = open_months(self.funds, self.desk.on)
        self.missing: list[tuple[object, str, int]] = []

    def offers(self) -> Mapping[str, Any]:
        waiting = [(fund.pk, fund.name) for fund in self.funds if self.left[fund.pk]]
        return {"fund": waiting, "month": sorted({months[0] for months in self.left.values() if months})}

    def initial(self) -> Mapping[str, Any]:
        return {"month": next(iter(self.offers()["month"]), "")}

    def run(self, act: Act, said: Said) -> object:
        which = {"fund_id": said["fund"], "month": said["month"]}
        try:
            return operations.reconcile_month(act, statement=read_statement(said["statement"]), **which)
        except StatementDiffers as error:
            sides = (gettext("银行对账单缺少"), gettext("账面缺少"))
            found: tuple[Any, Any] = error.details["missing"]  # type: ignore[assignment]  # a detail of the refusal
            self.missing += [(side, *row) for side, rows in zip(sides, found, strict=True) for row in rows]
            raise

    def told(self, result: object) -> str:
        return gettext("对账一致，%(month)s 已锁定") % {"month": month_text(self.filled.cleaned_data["month"])}

    def to(self, result: object) -> str:
        return reverse("reconcile")

    def more(self) -> Mapping[str, Any]:
        return {
            "states": [(fund, self.left[fund.pk]) for fund in self.funds],
            "waiting": self.offers()["fund"],
            "columns": MISSING,
            "missing": self.missing,
        }
