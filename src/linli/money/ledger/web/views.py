"""Look: the funds, a statement, balances, and the records behind every figure."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.files.documents import render_sheet, sheet_table
from linli.foundation.files.tables import Column, Value
from linli.foundation.screens import listings
from linli.foundation.screens.cells import chip, linked, masked
from linli.foundation.screens.exporting import PDF, Sheet, answer, download, reach_of, whole
from linli.foundation.screens.heads import Action, Head, button
from linli.foundation.screens.pages import found_or_404, render_page
from linli.foundation.screens.texts import day_text, money_text, month_text, time_text
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.kernel.money import capital_amount, yuan
from linli.kernel.period import Month
from linli.money.ledger import operations, queries
from linli.money.ledger.models import Fund, Journal
from linli.money.ledger.permissions import can_receive
from linli.money.ledger.queries import Statement
from linli.money.ledger.steps import EXCESS, INFLOW
from linli.money.ledger.web.desk import months_of, reading
from linli.money.ledger.web.lists import (
    TRANSFERS,
    locked_columns,
    months_of_year,
    statement_columns,
    trail,
)
from linli.money.ledger.web.presenters import MEMO, amount_text, leading_fen, subject_of

# --- the statement as a workbook and as a document, one journal as a voucher -----------------------


_NAMES = {"part": _("部分"), "name": _("名称")}
# A workbook has one table for sources and lines: what a figure is of a line stands second.
_FIGURES = {
    "opening": _("期初余额或预算（元）"),
    "received": _("到账或可用（元）"),
    "paid": _("付出或已列支（元）"),
    "recovered": _("收回或已承诺（元）"),
    "closing": _("期末余额（元）"),
}


def statement_sheet(desk: Desk, statement: Statement, first: Month, last: Month) -> Sheet:
    """The statement as Excel."""
    at_end = (
        (gettext("银行存款"), statement.closing_fen),
        (gettext("待付"), statement.payable_fen),
        (gettext("在途"), statement.in_transit_fen),
        (gettext("应收回"), statement.receivable_fen),
    )
    rows: list[tuple[Value, ...]] = [
        *((gettext("资金来源"), row.source.name, *_of_source(row)) for row in statement.sources),
        *((gettext("预算科目"), row.line.name, *_of_line(row), None) for row in statement.lines),
        *((gettext("期末"), name, None, None, None, None, fen) for name, fen in at_end),
    ]
    keys = (*_NAMES, *_FIGURES)
    return Sheet(
        f"fund:{statement.fund.code}:{first}:{last}",
        f"{statement.fund.name} {first}–{last}",
        [Column(key, (str(label),)) for key, label in _NAMES.items()]
        + [Column(key, (str(label),), kind="YUAN") for key, label in _FIGURES.items()],
        whole([dict(zip(keys, row, strict=True)) for row in rows]),
        reach_of(desk),
    )


@reading
def statement_document(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The statement as PDF, for signing and posting."""
    fund = found_or_404(queries.fund, desk.reads, code)
    first, last = months_of(request, fund, desk.on)
    statement = queries.statement(desk.reads, fund.pk, first.first_day, last.plus(1).first_day)
    sources, lines = statement_columns(statement, first, last)
    data = render_sheet(
        gettext("资金收支表"),
        code,
        fund.name,
        day_text(desk.on),
        [
            (gettext("期间"), f"{month_text(first)} – {month_text(last)}"),
            (gettext("应收回"), money_text(statement.receivable_fen)),
            (gettext("待付"), money_text(statement.payable_fen)),
            (gettext("在途"), money_text(statement.in_transit_fen)),
            (gettext("期末银行存款"), money_text(statement.closing_fen)),
            (gettext("大写"), capital_amount(statement.closing_fen)),
        ],
        [
            _table(gettext("按资金来源"), sources, statement.sources),
            _table(gettext("按预算科目"), lines[:-1], statement.lines),
        ],
        [_sum_note(statement)] if statement.is_whole else [],
    )
    return download(data, f"{code}-{first}-{last}.pdf", PDF)


@reading
def journal_voucher(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One journal as a voucher: figures and capitals, every entry, who booked it."""
    journal, transfers = found_or_404(queries.journal, desk.reads, number)
    fund, fen = journal.fund, leading_fen(transfers)
    real = [row for row in transfers if row.debit.kind not in MEMO]
    memo = [row for row in transfers if row.debit.kind in MEMO]
    data = render_sheet(
        gettext("记账凭证"),
        number,
        fund.name,
        day_text(journal.on_date),
        [
            (gettext("日期"), day_text(journal.on_date)),
            (gettext("类型"), str(journal.get_kind_display())),
            (gettext("事项"), subject_of(journal.subject, queries.sources(fund.pk), queries.lines(fund.pk)).text),
            (gettext("记账人"), names([journal.by_id]).get(journal.by_id, gettext("系统"))),
            (gettext("金额（小写）"), money_text(fen)),
            (gettext("金额（大写）"), capital_amount(fen)),
        ],
        [
            _table(title, TRANSFERS, rows)
            for title, rows in ((gettext("分录"), real), (gettext("预算与可用资金"), memo))
            if rows
        ],
        [journal.reason] if journal.reason else [],
    )
    return download(data, f"{number}.pdf", PDF)


def _table(title: str, columns: Sequence[listings.Column], rows: Iterable[object]) -> dict[str, object]:
    """The rows with the columns that the page has."""
    heads, values = [str(one.label) for one in columns], [[one.value(None, row) for one in columns] for row in rows]
    return sheet_table(title, heads, values, [at for at, one in enumerate(columns) if one.kind == "YUAN"])


def _sum_note(statement: Statement) -> str:
    """How what was spent and what the bank paid hang together."""
    return gettext("已列支 %(spent)s = 银行付讫 %(paid)s + 待付 %(payable)s + 在途 %(transit)s − 收回 %(back)s") % {
        "spent": yuan(statement.spent_fen),
        "paid": yuan(statement.paid_fen),
        "payable": yuan(statement.payable_fen),
        "transit": yuan(statement.in_transit_fen),
        "back": yuan(statement.recovered_fen),
    }


def _of_source(row: queries.SourceStatement) -> tuple[int, int, int, int, int]:
    return row.opening_fen, row.received_fen, row.paid_fen, row.recovered_fen, row.closing_fen


def _of_line(row: queries.LineStatement) -> tuple[int, int, int, int]:
    return row.budget_fen, row.available_fen, row.spent_fen, row.committed_fen


@reading
def fund_statement(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """What came in, went out and is left, by source and by budget line."""
    fund = found_or_404(queries.fund, desk.reads, code)
    first, last = months_of(request, fund, desk.on)
    statement = queries.statement(desk.reads, fund.pk, first.first_day, last.plus(1).first_day)
    if request.GET.get("as") == "xlsx":
        return answer(request, statement_sheet(desk, statement, first, last))
    sources, lines = statement_columns(statement, first, last)
    locked = queries.locked_months(fund.pk)
    context = {
        "head": Head(fund.name, gettext("编号 %(code)s") % {"code": code}, [(code, "")], actions=_actions(desk, fund)),
        "fund": fund,
        "statement": statement,
        "first": first,
        "last": last,
        "months": months_of_year(fund),
        "source_columns": sources,
        "line_columns": lines,
        "locked_columns": locked_columns(names([row.by_id for row in locked])),
        "locked": locked,
    }
    return render_page(request, "ledger/fund_statement.html", context, fragment="ledger/_statement.html")


def _actions(desk: Desk, fund: Fund) -> list[Action]:
    def to(label: str, page: str, *, main: bool = False) -> Action:
        return Action(label, reverse(page, args=[fund.code]), main=main)

    found = [to(gettext("科目余额"), "fund_balances"), to(gettext("全部凭证"), "journal_list")]
    found.append(to(gettext("限定用途资金结转"), "carry_over_list"))
    if EXCESS.allows(desk.person, "propose", fund, desk.on):
        found.append(to(gettext("认可超预算"), "excess_new"))
    if INFLOW.allows(desk.person, "propose", fund, desk.on):
        found.append(to(gettext("登记到账"), "inflow_new", main=True))
    if can_receive(desk.person, fund.stamp):
        found.append(to(gettext("登记银行手续费"), "fee_new"))
    return found


@reading
def journal_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One journal with its transfers and what undid it."""
    journal, transfers = found_or_404(queries.journal, desk.reads, number)
    context = {
        "head": _journal_head(request, desk, journal),
        "columns": TRANSFERS,
        "transfers": transfers,
        "facts": _facts(request, journal, leading_fen(transfers)),
    }
    return render_page(request, "ledger/journal_detail.html", context)


def _journal_head(request: HttpRequest, desk: Desk, journal: Journal) -> Head:
    fund, number = journal.fund, journal.number
    about = subject_of(journal.subject, queries.sources(fund.pk), queries.lines(fund.pk))
    words = linked(request, about.page, about.argument, about.text) if about.page else about.text
    undone = getattr(journal, "reversed_by", None) is not None
    lead = format_html(
        "{} · {} {}", day_text(journal.on_date), words, chip(gettext("已冲销"), "paused") if undone else ""
    )
    actions = [button(gettext("打印凭证"), "journal_voucher", number)]
    if not undone and operations.may_undo(desk.person, journal, desk.on):
        actions.append(button(gettext("冲销"), "journal_correct", number, danger=True))
    way = [*trail(fund), (gettext("凭证"), reverse("journal_list", args=[fund.code])), (number, "")]
    return Head(f"{journal.get_kind_display()} {number}", lead, way, actions=actions)


def _facts(request: HttpRequest, journal: Journal, fen: int) -> list[tuple[object, object]]:
    """Labels and values of the journal itself."""
    by = names([journal.by_id]).get(journal.by_id) or gettext("系统")
    other = ((gettext("冲销对象"), journal.reverses), (gettext("冲销凭证"), getattr(journal, "reversed_by", None)))
    return [
        (gettext("金额"), amount_text(fen)),
        (gettext("记账人"), by),
        (gettext("记账时间"), time_text(journal.at)),
        (gettext("理由"), journal.reason),
        *((label, linked(request, "journal_detail", one.number)) for label, one in other if one is not None),
        (gettext("摘要值"), masked(f"{journal.digest[:16]}…")),
    ]
