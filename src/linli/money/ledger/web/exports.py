"""The statement as a workbook and as a document, one journal as a voucher."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.files.documents import render_sheet, sheet_table
from linli.foundation.files.tables import Column, Value
from linli.foundation.screens import listings
from linli.foundation.screens.exporting import Sheet, download, reach_of, whole
from linli.foundation.screens.texts import day_text, money_text, month_text
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.kernel.money import capital_amount, yuan
from linli.kernel.period import Month
from linli.money.ledger import queries
from linli.money.ledger.queries import Statement
from linli.money.ledger.web.desk import fund_or_404, journal_or_404, months_of, reading
from linli.money.ledger.web.lists import TRANSFERS, statement_columns
from linli.money.ledger.web.presenters import MEMO, leading_fen, subject_of

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
    fund = fund_or_404(desk, code)
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
    return download(data, f"{code}-{first}-{last}.pdf", "application/pdf")


@reading
def journal_voucher(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One journal as a voucher: figures and capitals, every entry, who booked it."""
    journal, transfers = journal_or_404(desk, number)
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
    return download(data, f"{number}.pdf", "application/pdf")


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
