"""The lists of payments: batches, a batch's lines, what came back, what is in arrears, what became of each month."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.cells import Cell, masked
from linli.foundation.screens.filters import Choices, Filter
from linli.foundation.screens.heads import Action, action
from linli.foundation.screens.listings import Column, Listing, nobody
from linli.foundation.screens.pages import found_or_404
from linli.foundation.screens.sets import Deed, together
from linli.foundation.screens.texts import counted, day_text, money_text, month_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.bilingual import Text
from linli.kernel.period import Month
from linli.kernel.tones import Tone
from linli.money.awards.codes import AccountState
from linli.money.awards.models import Due, PayeeAccount
from linli.money.awards.queries import DueTotal, accounts, programme_labels, provisional_holds
from linli.money.ledger.queries import funds
from linli.money.payments import operations, queries
from linli.money.payments.codes import UNDER_WAY, BatchKind, BatchState, ItemState, StaleCode
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.queries import MonthFlow, Outlook, StaleLine
from linli.money.payments.steps import ITEM
from linli.money.payments.web.desk import months_begun
from linli.money.payments.web.forms import CancelForm

R = TypeVar("R")
# Returned payments turn amber after a week and red after a month.
_AMBER, _RED = timedelta(days=7), timedelta(days=30)


def asked_month(text: str) -> Month | None:
    """The month that an address asks for; None for anything else."""
    try:
        return Month.parse(text)
    except ValueError:
        return None


class BatchList(Listing[Desk, PaymentBatch]):
    """Batches newest first: by state, kind and month."""

    name = "batches"
    title = _("资金发放")
    lead = _("经办、复核、放款由三个不同的人办理")
    order = ("-pk",)
    nothing = (_("还没有批次"), _("每月由资金经办编制批次，复核后放款"))
    not_found = _("没有符合条件的批次")

    def batch(self, row: PaymentBatch) -> Cell:
        again = [(row.get_kind_display(), Tone.INFO)] if row.kind == BatchKind.REISSUE else []
        return Cell(row.number, ("batch_detail", row.number), chips=again)

    def waiting(self, row: PaymentBatch) -> int | None:
        return row.waiting_count or None

    def months(self) -> Choices:
        return [(month, month_text(month)) for month in months_begun(self.desk.on, funds(self.desk.reads))]

    filters = (
        Filter("state", _("状态"), BatchState.choices),
        Filter("kind", pgettext_lazy("batch", "类别"), BatchKind.choices),
        Filter("month", _("月份"), months),
    )
    columns = (
        Column("number", _("批次"), cell=batch, phone="title"),
        Column("get_kind_display", pgettext_lazy("batch", "类别"), only="excel"),
        Column("month_date", _("月份"), "MONTH"),
        Column("fund.name", pgettext_lazy("one", "资金")),
        Column("items_count", _("笔数"), "INTEGER"),
        Column("total_fen", _("金额"), "YUAN", total=True),
        Column("waiting", _("未能编入（笔）"), "INTEGER", of=waiting, phone=""),
        Column("waiting_fen", _("未能编入（元）"), "YUAN", only="excel"),
        Column("state", _("状态"), "STATE", codes=BatchState, phone="state"),
        Column("released_at", _("放款日期"), "DATE", only="excel"),
    )

    def query(self) -> QuerySet[PaymentBatch]:
        asked = self.asked
        month = asked_month(asked["month"])
        return queries.batches(self.desk.reads, state=asked["state"], kind=asked["kind"], month=month)

    reading = nobody

    def actions(self) -> Sequence[Action]:
        return [
            *action(self.request, gettext("月末对账"), "reconcile"),
            *action(self.request, gettext("编制本月批次"), "batch_new", main=True),
        ]


class MonthList(Listing[Desk, MonthFlow]):
    """What became of each month's money: sent, paid, on its way, back, given up, and how that adds up."""

    name = "months"
    title = pgettext_lazy("batch", "各月发放")
    lead = _("送银行的钱后来怎样了：到账、在途、退回或不再发放。")
    template = "payments/month_list.html"
    nothing = (_("还没有送银行的款项"), _("批次放款后在此按月汇总"))

    def month(self, row: MonthFlow) -> Cell:
        return Cell(row.month, ("batch_list",), query=f"?month={row.month}")

    def years(self) -> Choices:
        return [(year, year) for year in sorted({fund.year for fund in funds(self.desk.reads)}, reverse=True)]

    def newest(self) -> str:
        years, now = [year for year, _words in self.years()], self.desk.on.year
        return str(now if now in years else max(years, default=now))

    filters = (Filter("year", _("年度"), years, default=newest, fixed=True),)
    columns = (
        Column("month", _("月份"), "MONTH", cell=month, phone="title"),
        Column("items", _("笔数"), "INTEGER"),
        Column("sent_fen", _("送银行"), "YUAN", total=True),
        Column("paid_fen", _("已到账"), "YUAN", total=True),
        Column("in_transit_fen", _("在途"), "YUAN", total=True),
        Column("back_fen", _("退回待办"), "YUAN", total=True),
        Column("written_off_fen", _("不再发放"), "YUAN", total=True),
    )

    @cached_property
    def flows(self) -> list[MonthFlow]:
        """The months of the year that is asked for."""
        return queries.flows_by_month(self.desk.reads, int(self.asked["year"]))

    def query(self) -> Sequence[MonthFlow]:
        return self.flows

    def token(self, row: MonthFlow) -> str:
        return str(row.month)

    reading = nobody

    def subject(self) -> str:
        return f"{self.name}:{self.asked['year']}"

    def summary(self) -> str:
        total = queries.total_of(self.flows)
        return counted("共 %(count)s 笔", total.items) if total else ""

    def more(self, found: Sequence[MonthFlow]) -> dict[str, Any]:
        return {"total": queries.total_of(self.flows)}


class _OfPeople(Listing[Desk, R]):
    """A list of payments, or of what is to be paid: its rows name programmes and months."""

    def programme(self, row: Any) -> object:
        """What the programme of a row is called."""
        return self.labels.get(row.programme, row.programme)

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """What the programmes of the day are called."""
        return programme_labels(self.desk.on)

    def month(self, row: Any) -> Any:
        return row.month_date

    def month_cell(self, row: Any) -> Cell:
        return Cell(self.month(row), chips=[(gettext("补发"), Tone.INFO)] if row.part else [])

    def payee(self, row: Any) -> str:
        return self.desk.person.named(row.account.stamp, row.account.holder_name)

    def payee_cell(self, row: Any) -> Cell:
        return Cell(self.payee(row), meta=(masked(f"**** {row.account.account_last4}"),))

    def reason(self, row: Any) -> str:
        return row.return_text or row.return_code or ""


class LineList(_OfPeople[PaymentItem]):
    """The lines of a batch in order, on the batch's page."""

    name = "lines"
    title = _("发放明细")
    template = "payments/batch_detail.html"
    order = ("seq",)
    nothing = (_("没有符合条件的明细"), "")
    not_found = _("没有符合条件的明细")
    stale: Sequence[StaleLine] = ()
    faults: Mapping[int, StaleCode] = {}

    def __init__(self, request: HttpRequest, desk: Desk, number: str) -> None:
        self.batch = found_or_404(queries.batch, desk.reads, number)
        self.address = reverse("batch_detail", args=[number])
        super().__init__(request, desk)

    def state(self, row: PaymentItem) -> Cell:
        back = row.state == ItemState.RETURNED
        fault = self.faults.get(row.seq)
        said = self.reason(row) if back else fault.label if fault else ""
        return Cell(ItemState(row.state), meta=(said,) if said else ())

    def load(self, found: Sequence[PaymentItem]) -> None:
        """What stands in the way of a line that has not left yet."""
        if self.batch.state in UNDER_WAY:
            self.stale = queries.stale_lines(self.open_yet(found), self.desk.on)
            self.faults = {one.seq: one.code for one in self.stale}

    def open_yet(self, found: Sequence[PaymentItem]) -> Sequence[PaymentItem]:
        """The lines that are asked about: those that are shown."""
        return found

    filters = (
        Filter("q", _("查找"), hint=_("待遇、家庭、居民编号或账号后四位")),
        Filter("state", _("状态"), ItemState.choices),
    )
    columns = (
        Column("seq", _("序号"), "INTEGER", phone=""),
        Column("award.number", pgettext_lazy("one", "待遇"), to="award_detail", meta=("unit_key",), phone="title"),
        Column("unit_key", _("领取单位"), only="excel"),
        Column("programme", _("项目"), of=_OfPeople.programme),
        Column("month", _("月份"), "MONTH", of=_OfPeople.month, cell=_OfPeople.month_cell),
        Column("payee", _("收款人"), of=_OfPeople.payee, cell=_OfPeople.payee_cell),
        Column("account.account_last4", _("账号尾号"), only="excel"),
        Column("source.name", _("来源"), phone=""),
        Column("amount_fen", _("金额"), "YUAN", total=True),
        Column("state", _("状态"), "STATE", cell=state, codes=ItemState, phone="state"),
        Column("settled_date", _("银行日期"), "DATE", only="excel"),
        Column("reason", _("退回原因"), of=_OfPeople.reason, only="excel"),
    )

    def query(self) -> QuerySet[PaymentItem]:
        return queries.items(self.batch.pk, state=self.asked["state"], text=self.asked["q"].upper())

    def reading(self, row: PaymentItem) -> tuple[Stamp, str]:
        return self.batch.stamp, row.award.number

    def subject(self) -> str:
        return f"batch:{self.batch.number}"


def _to_batch(batch: PaymentBatch) -> tuple[object, str]:
    return batch.number, reverse("batch_detail", args=[batch.number])


class ReturnedList(_OfPeople[PaymentItem]):
    """What came back, the oldest first: whether it is still due, and where it would go."""

    name = "returned"
    title = _("退回款项")
    lead = _("先核对并更正收款账户，再重新发放；不应再发的请办理“不再发放”。每笔退回只能重发一次。")
    order = ("settled_date", "pk")
    asks = queries.returned
    nothing = (_("没有退回款项"), "")
    faults: Mapping[int, StaleCode]
    newest: Mapping[tuple[str, str], PayeeAccount]

    def age(self, row: PaymentItem) -> Cell:
        age = self.desk.on - (row.settled_date or self.desk.on)
        tone = Tone.LATE if age >= _RED else Tone.SOON if age >= _AMBER else Tone.INFO
        return Cell(chips=[(ngettext("%(days)s 天", "%(days)s 天", age.days) % {"days": age.days}, tone)])

    def award_cell(self, row: PaymentItem) -> Cell:
        return Cell(row.award.number, ("award_detail", row.award.number), meta=(self.programme(row),))

    def due(self, row: PaymentItem) -> Cell:
        fault = self.faults.get(row.pk)
        return Cell(chips=[(_due_words(fault), Tone.LATE if fault else Tone.OK)])

    def account(self, row: PaymentItem) -> Cell:
        now = self.newest.get((row.unit_key, AccountState.CONFIRMED))
        known = masked(f"**** {now.account_last4}") if now else ""
        return Cell(known, chips=[self._known(row, now)])

    def _known(self, row: PaymentItem, now: PayeeAccount | None) -> tuple[str, str]:
        """What to know of the account before the money goes again, with the colour of its chip."""
        proposed = self.newest.get((row.unit_key, AccountState.PROPOSED))
        if now is not None and now.version > row.account.version:
            if now.usable_date is None or now.usable_date > self.desk.on:
                return gettext("%(day)s 起可用") % {"day": day_text(now.usable_date)}, Tone.SOON
            return gettext("已更正，可以重发"), Tone.OK
        if proposed is not None and proposed.version > row.account.version:
            return gettext("新账户待确认"), Tone.SOON
        return gettext("账户未更正"), Tone.LATE

    columns = (
        Column("settled_date", _("退回日期"), "DATE", only="excel"),
        Column("age", _("退回多久"), cell=age, only="page"),
        Column("award.number", pgettext_lazy("one", "待遇"), cell=award_cell, phone="title"),
        Column("unit_key", _("领取单位"), only="excel"),
        Column("programme", _("项目"), of=_OfPeople.programme, only="excel"),
        Column("month", _("月份"), "MONTH", of=_OfPeople.month, cell=_OfPeople.month_cell),
        Column("payee", _("退回的账户"), of=_OfPeople.payee, cell=_OfPeople.payee_cell, phone=""),
        Column("account.account_last4", _("账号尾号"), only="excel"),
        Column("reason", _("银行原因"), of=_OfPeople.reason),
        Column("due", _("是否仍应发"), cell=due, only="page", phone="state"),
        Column("current", _("现用账户"), cell=account, only="page"),
        Column("batch.number", _("批次"), to="batch_detail", phone=""),
        Column("amount_fen", _("金额"), "YUAN", total=True),
    )

    def load(self, found: Sequence[PaymentItem]) -> None:
        self.faults = queries.no_longer_due(found, self.desk.on)
        newest: dict[tuple[str, str], PayeeAccount] = {}
        for account in accounts(self.desk.reads, [row.unit_key for row in found]):
            newest.setdefault((account.unit_key, account.state), account)
        self.newest = newest

    flow = ITEM
    asking = CancelForm
    # One batch of everything that is sent again; each is given up for itself.
    does = (
        Deed(
            "reissue",
            _("重新发放所选"),
            together(operations.reissue, "item_ids"),
            asks=False,
            whole=True,
            then=_to_batch,
        ),
        Deed("write_off", _("所选不再发放"), together(operations.write_off, "item_ids"), main=False),
    )

    def reading(self, row: PaymentItem) -> tuple[Stamp, str]:
        return row.batch.stamp, row.award.number

    def summary(self) -> str:
        sums = queries.returned_sums(self.desk.reads)
        return counted("现有 %(count)s 笔，共 %(fen)s。", sums.number, fen=money_text(sums.fen))

    def more(self, found: Sequence[PaymentItem]) -> dict[str, Any]:
        return {"provisional": bool(provisional_holds(self.newest.values(), self.desk.on))}


def _due_words(fault: StaleCode | None) -> str:
    """Whether the money may be sent again, and the way out where it may not."""
    if fault is None:
        return gettext("仍应发放")
    if fault == StaleCode.CHANGED:
        return gettext("金额已调整：办理“不再发放”后按新金额重新列支")
    return gettext("不应再发：%(reason)s") % {"reason": fault.label}


class ArrearsList(_OfPeople[Due]):
    """Months that are due and not yet paid, the oldest first: by month and programme."""

    name = "arrears"
    title = _("欠付")
    lead = _("下一批次最先补发")
    order = ("month_date", "award_id")
    nothing = (_("没有欠付"), "")
    not_found = _("没有符合条件的欠付")

    def months(self) -> Choices:
        return [(month, month_text(month)) for month in sorted({one.month for one in self.totals})]

    def programmes(self) -> Choices:
        return list(self.labels.items())

    filters = (
        Filter("month", _("月份"), months),
        Filter("programme", _("项目"), programmes),
        Filter("batch", _("批次"), hint=_("编号：该批次未能列入、现在仍欠的")),
    )
    columns = (
        Column("month", _("月份"), "MONTH", of=_OfPeople.month, cell=_OfPeople.month_cell),
        Column("award.number", pgettext_lazy("one", "待遇"), to="award_detail", phone="title"),
        Column("award.unit_key", _("领取单位")),
        Column("programme", _("项目"), of=_OfPeople.programme),
        Column("amount_fen", _("金额"), "YUAN", total=True, phone="state"),
    )

    @cached_property
    def totals(self) -> list[DueTotal]:
        """What this year's funds owe, by month and programme."""
        return queries.arrears_totals(self.desk.reads, self.desk.on)

    def query(self) -> QuerySet[Due]:
        asked, month = self.asked, asked_month(self.asked["month"])
        if not asked["batch"]:
            return queries.arrears(self.desk.reads, self.desk.on, month=month, programme=asked["programme"])
        return queries.left_out_of(
            self.desk.reads, self.desk.on, asked["batch"].strip().upper(), month=month, programme=asked["programme"]
        )

    def reading(self, row: Due) -> tuple[Stamp, str]:
        return row.award.stamp, row.award.number

    def summary(self) -> str:
        month, programme = self.asked["month"], self.asked["programme"]
        if self.asked["batch"]:
            sums = self.query().order_by().aggregate(number=Count("pk"), fen=Sum("amount_fen", default=0))
            return counted("%(count)s 笔，共 %(fen)s", sums["number"], fen=money_text(sums["fen"]))
        fits = [one for one in self.totals if month in ("", str(one.month)) and programme in ("", one.programme)]
        fen = money_text(sum(one.fen for one in fits))
        return counted("%(count)s 笔，共 %(fen)s", sum(one.number for one in fits), fen=fen)


def _expected(_list: object, one: Outlook) -> Cell:
    """How a batch would come out that somebody made today."""
    if one.open_batch:
        return Cell(one.open_batch, ("batch_detail", one.open_batch), chips=[(gettext("尚未放款"), Tone.SOON)])
    if not one.ready:
        return Cell(chips=[(gettext("没有可发放的"), Tone.PAUSED)])
    short = (gettext("资金不足，按方案先后发放"), Tone.LATE)
    return Cell(chips=[short if one.is_short else (gettext("资金够"), Tone.OK)])


# What one side has and the other lacks: where, the booking, how much.
MISSING = (
    Column("side", _("缺少的一方"), of=lambda _list, row: row[0]),
    Column("reference", _("摘要或明细编号"), of=lambda _list, row: row[1], phone="title"),
    Column("amount", _("金额"), "YUAN", of=lambda _list, row: row[2], phone="state"),
)

OUTLOOKS = (
    Column("fund.name", pgettext_lazy("one", "资金"), phone="title"),
    Column("month", _("月份"), "MONTH", cell=lambda _list, one: Cell(month_text(one.month))),
    Column("ready", _("可发"), "INTEGER"),
    Column("ready_fen", _("金额"), "YUAN"),
    Column("blocked", _("缺可用账户"), "INTEGER"),
    Column("left_fen", _("可用资金"), "YUAN"),
    Column("expected", _("预计"), cell=_expected, phone="state"),
)
