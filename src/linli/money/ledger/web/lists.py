"""The lists of the ledger: funds, balances, journals; and the columns of what stands within a record."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.cells import Cell, bar
from linli.foundation.screens.filters import Choices, Filter
from linli.foundation.screens.heads import Head
from linli.foundation.screens.listings import Column, Listing, nobody
from linli.foundation.screens.pages import found_or_404
from linli.foundation.screens.texts import joined_by_dot, money_text, month_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.period import Month
from linli.kernel.tones import Tone
from linli.money.ledger import queries
from linli.money.ledger.codes import AccountKind, CarryOverState, JournalKind
from linli.money.ledger.models import BudgetLine, Fund, FundingSource, Journal
from linli.money.ledger.queries import AccountBalance, Statement
from linli.money.ledger.web.desk import month_of
from linli.money.ledger.web.presenters import Subject, account_name, purpose_of, subject_of

# Balances of nothing are shown of these alone.
_ALWAYS = frozenset({AccountKind.CASH, AccountKind.AVAILABLE})


def trail(fund: Fund) -> list[tuple[object, str]]:
    """The way back from what belongs to a fund."""
    return [(fund.code, reverse("fund_statement", args=[fund.code]))]


class FundList(Listing[Desk, Fund]):
    """The funds within reach, newest year first, each with what it can still pay."""

    name = "funds"
    title = _("资金")
    adds = (_("设立资金"), "fund_open")
    asks = queries.funds
    nothing = (_("还没有资金"), _("由街道或区里设立资金后在此显示"))
    left: Mapping[int, int]

    def spendable(self, row: Fund) -> int:
        return self.left.get(row.pk, 0)

    columns = (
        Column("name", _("资金"), to=("fund_statement", "code"), phone="title"),
        Column("code", _("编号")),
        Column("year", _("年度"), "INTEGER", phone=""),
        Column("spendable", _("尚可支付"), "YUAN", of=spendable),
    )

    def token(self, row: Fund) -> str:
        return f"{9999 - row.year:04}_{row.code}"

    def load(self, found: Sequence[Fund]) -> None:
        self.left = queries.spendable_of([fund.pk for fund in found])

    reading = nobody


class _OfFund(Listing[Desk, Any]):
    """A list of what belongs to one fund."""

    def __init__(self, request: HttpRequest, desk: Desk, code: str) -> None:
        self.of_fund = fund = found_or_404(queries.fund, desk.reads, code)
        self.sources, self.lines = queries.sources(fund.pk), queries.lines(fund.pk)
        super().__init__(request, desk)

    def head(self) -> Head:
        return Head(self.title, joined_by_dot(self.of_fund.name, self.lead), trail(self.of_fund))

    def subject(self) -> str:
        return f"{self.name}:{self.of_fund.code}"

    reading = nobody


class BalanceList(_OfFund):
    """Every account with its balance now, in order of line, source and kind."""

    name = "balances"
    title = _("科目余额")
    lead = _("数字来自每一笔凭证，由数据库自动累计")
    nothing = (_("还没有科目"), "")

    def line(self, row: AccountBalance) -> str | None:
        return next((one.name for one in self.lines if one.code == row.line), None)

    def source(self, row: AccountBalance) -> str | None:
        return next((one.name for one in self.sources if one.code == row.source), None)

    def balance(self, row: AccountBalance) -> Cell:
        query = "&".join(f"{name}={code}" for name, code in (("source", row.source), ("line", row.line)) if code)
        return Cell(row.balance_fen, ("journal_list", self.of_fund.code), query=f"?{query}")

    columns = (
        Column("kind", _("科目"), codes=AccountKind, phone="title"),
        Column("line", _("预算科目"), of=line, cell=lambda one, row: one.line(row) or ""),
        Column("source", _("来源"), of=source, cell=lambda one, row: one.source(row) or ""),
        Column("balance_fen", _("余额"), "YUAN", cell=balance),
    )

    def query(self) -> Sequence[AccountBalance]:
        rows = queries.balances(self.desk.reads, self.of_fund.pk)
        self.places = {row.code: place for place, row in enumerate(rows)}
        return [row for row in rows if row.balance_fen or row.kind in _ALWAYS]

    def token(self, row: AccountBalance) -> str:
        return f"{self.places[row.code]:06}"


class JournalList(_OfFund):
    """The journals behind a figure, newest first: by kind, source, line, month, and what they are about."""

    name = "journals"
    title = _("凭证")
    order = ("-pk",)
    nothing = (_("还没有凭证"), "")
    not_found = _("没有符合条件的凭证")
    amounts: Mapping[int, int]

    def about(self, row: Journal) -> Subject:
        return subject_of(row.subject, self.sources, self.lines)

    def words(self, row: Journal) -> str:
        return self.about(row).text

    def link(self, row: Journal) -> Cell:
        return subject_cell(self.about(row))

    def fen(self, row: Journal) -> int:
        return self.amounts[row.pk]

    def months(self) -> Choices:
        return [(month, month_text(month)) for month in months_of_year(self.of_fund)]

    def source_names(self) -> Choices:
        return [(row.code, row.name) for row in self.sources]

    def line_names(self) -> Choices:
        return [(row.code, row.name) for row in self.lines]

    filters = (
        Filter("q", _("查找"), hint=_("凭证、批次或待遇编号")),
        Filter("kind", _("类型"), JournalKind.choices),
        Filter("source", _("来源"), source_names),
        Filter("line", _("预算科目"), line_names),
        Filter("from", _("从"), months),
        Filter("to", _("到"), months),
    )
    columns = (
        Column("number", _("编号"), to="journal_detail", phone="title"),
        Column("on_date", _("日期"), "DATE"),
        Column("get_kind_display", _("类型"), phone="state"),
        Column("words", _("事项"), of=words, cell=link),
        Column("fen", _("金额"), "YUAN", of=fen),
        Column("reason", _("理由"), only="excel"),
    )

    def query(self) -> QuerySet[Journal]:
        asked = self.asked
        first, last = (month_of(self.of_fund, asked[name]) for name in ("from", "to"))
        return queries.journals(
            self.desk.reads,
            self.of_fund.pk,
            kind=asked["kind"],
            source=asked["source"],
            line=asked["line"],
            text=asked["q"].upper(),
            start=first.first_day if first else None,
            until=last.plus(1).first_day if last else None,
        )

    def load(self, found: Sequence[Journal]) -> None:
        self.amounts = queries.amounts(found)


def months_of_year(fund: Fund) -> list[Month]:
    """The twelve months of the fund's year."""
    return [Month(fund.year, number) for number in range(1, 13)]


def subject_cell(about: Subject) -> Cell:
    """What a journal is about, with the way there."""
    return Cell(about.text, (about.page, about.argument) if about.page else ())


# --- within a record: rows without a list ---------------------------------------------------------

TRANSFERS = (
    Column("debit", _("借方"), of=lambda _list, row: account_name(row.debit), phone="title"),
    Column("credit", _("贷方"), of=lambda _list, row: account_name(row.credit)),
    Column("reference", _("摘要")),
    Column("amount_fen", _("金额"), "YUAN"),
)
CARRIED = (
    Column("number", _("编号"), to="carry_over_detail", phone="title"),
    Column("source.name", _("来源")),
    Column("source.fund.code", _("从")),
    Column("target.fund.code", _("到")),
    Column("amount_fen", _("金额"), "YUAN"),
    Column("state", _("状态"), "STATE", codes=CarryOverState, phone="state"),
)


def locked_columns(by: Mapping[int, str]) -> Sequence[Column]:
    """A month that was reconciled, and who did it."""
    return (
        Column("first_date", _("月份"), "MONTH", phone="title"),
        Column("bank_balance_fen", _("银行余额"), "YUAN"),
        Column("by", _("对账人"), of=lambda _list, row: by.get(row.by_id)),
        Column("at", _("锁定日期"), "DATE"),
    )


def unspent_columns(next_fund: Fund | None) -> Sequence[Column]:
    """What restricted money comes to that is left, and where it cannot go on."""

    def source(_list: object, row: queries.Unspent) -> Cell:
        stuck = next_fund is not None and not row.target
        return Cell(row.source.name, meta=[gettext("下一年度资金中没有同一来源")] if stuck else ())

    return (
        Column("source", _("来源"), cell=source, phone="title"),
        Column("cash_fen", _("存款"), "YUAN"),
        Column("payable_fen", _("待付"), "YUAN"),
        Column("in_transit_fen", _("在途"), "YUAN"),
        Column("promised_fen", _("尚未发放的承诺"), "YUAN"),
        Column("free_fen", _("可结转"), "YUAN"),
    )


def statement_columns(statement: Statement, first: Month, last: Month) -> tuple[Sequence[Column], Sequence[Column]]:
    """The columns of a statement's sources and of its budget lines: each figure leads to the journals behind it."""
    fund, lines = statement.fund, [row.line for row in statement.lines]

    def figure(path: str, label: object, owner: str, kind: JournalKind) -> Column:
        def cell(_list: object, row: Any) -> Cell:
            query = f"?kind={kind}&{owner}={getattr(row, owner).code}&from={first}&to={last}"
            return Cell(getattr(row, path), ("journal_list", fund.code), query=query)

        return Column(path, label, "YUAN", cell=cell)

    sources = (
        Column("source.name", _("来源"), cell=lambda _list, row: _source(row.source, lines), phone="title"),
        Column("opening_fen", _("期初"), "YUAN"),
        figure("received_fen", _("到账"), "source", JournalKind.INFLOW),
        figure("paid_fen", _("付出"), "source", JournalKind.SETTLEMENT),
        figure("recovered_fen", pgettext_lazy("money", "收回"), "source", JournalKind.RECOVERY),
        Column("closing_fen", _("期末"), "YUAN"),
    )
    return sources, (
        Column("line.name", _("科目"), phone="title"),
        Column("budget_fen", _("预算"), "YUAN"),
        figure("committed_fen", _("已承诺"), "line", JournalKind.COMMITMENT),
        figure("spent_fen", _("已列支"), "line", JournalKind.ACCRUAL),
        Column("available_fen", _("可用"), "YUAN"),
        Column("progress", _("进度"), cell=lambda _list, row: bar(row.spent_fen, row.budget_fen)),
    )


def _source(source: FundingSource, lines: Sequence[BudgetLine]) -> Cell:
    purpose = purpose_of(source, lines)
    only = gettext("只用于 %(purpose)s") % {"purpose": purpose} if purpose else ""
    planned = gettext("计划 %(fen)s") % {"fen": money_text(source.planned_fen)}
    limited = [(gettext("限定用途"), Tone.INFO)] if source.restricted_to else []
    return Cell(source.name, meta=(joined_by_dot(planned, only),), chips=limited)
