"""The statement as a workbook and as a document."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext

from linli.foundation.files.documents import render_pdf
from linli.foundation.files.tables import Column, write_table
from linli.foundation.screens.pages import no_store
from linli.foundation.screens.texts import day_text, month_text
from linli.kernel.money import yuan
from linli.kernel.period import Month
from linli.ledger import queries
from linli.ledger.queries import Statement
from linli.ledger.web.desk import Desk, fund_or_404, months_of, reading

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = (
    Column("part", ("部分", "Part")),
    Column("name", ("名称", "Name")),
    Column("opening", ("期初余额或预算(元)", "Opening or budget (yuan)"), kind="YUAN"),
    Column("received", ("到账或可用(元)", "Received or available (yuan)"), kind="YUAN"),
    Column("paid", ("付出或已列支(元)", "Paid or spent (yuan)"), kind="YUAN"),
    Column("recovered", ("收回或已承诺(元)", "Recovered or committed (yuan)"), kind="YUAN"),
    Column("closing", ("期末余额(元)", "Closing (yuan)"), kind="YUAN"),
)


@reading
def statement_workbook(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The statement as Excel."""
    statement, first, last = _statement(request, desk, code)
    sources, lines = gettext("资金来源"), gettext("预算科目")
    rows: list[dict[str, str | int | None]] = [
        {
            "part": sources,
            "name": row.source.name,
            "opening": row.opening_fen,
            "received": row.received_fen,
            "paid": row.paid_fen,
            "recovered": row.recovered_fen,
            "closing": row.closing_fen,
        }
        for row in statement.sources
    ]
    rows += [
        {
            "part": lines,
            "name": row.line.name,
            "opening": row.budget_fen,
            "received": row.available_fen,
            "paid": row.spent_fen,
            "recovered": row.committed_fen,
        }
        for row in statement.lines
    ]
    data = write_table(
        _COLUMNS,
        rows,
        title=statement.fund.name,
        sheet=f"{first}–{last}",
        created=desk.on,
        language=get_language() or "zh-hans",
    )
    return _file(data, _XLSX, f"{code}-{first}-{last}.xlsx")


@reading
def statement_document(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The statement as PDF, for signing and posting."""
    statement, first, last = _statement(request, desk, code)
    total = [sum(values) for values in zip(*(_source_fen(row) for row in statement.sources), strict=True)]
    facts = [
        [gettext("期间"), f"{month_text(first)} – {month_text(last)}"],
        [gettext("期末银行存款"), yuan(statement.closing_fen)],
        [gettext("待付"), yuan(statement.payable_fen)],
        [gettext("在途"), yuan(statement.in_transit_fen)],
    ]
    tables = [
        {
            "title": gettext("按资金来源"),
            "columns": [
                gettext("来源"),
                gettext("期初"),
                gettext("到账"),
                gettext("付出"),
                gettext("收回"),
                gettext("期末"),
            ],
            "rows": [[row.source.name, *map(yuan, _source_fen(row))] for row in statement.sources],
            "numeric": [1, 2, 3, 4, 5],
            "total": [gettext("合计"), *map(yuan, total)],
        },
        {
            "title": gettext("按预算科目"),
            "columns": [gettext("科目"), gettext("预算"), gettext("已承诺"), gettext("已列支"), gettext("可用")],
            "rows": [
                [row.line.name, *map(yuan, (row.budget_fen, row.committed_fen, row.spent_fen, row.available_fen))]
                for row in statement.lines
            ],
            "numeric": [1, 2, 3, 4],
        },
    ]
    data = render_pdf(
        "statement_sheet.typ",
        {
            "title": gettext("资金收支表"),
            "subtitle": statement.fund.name,
            "number": statement.fund.code,
            "facts": facts,
            "tables": tables,
            "sender": statement.fund.name,
            "date": day_text(desk.on),
        },
        language=get_language() or "zh-hans",
    )
    return _file(data, "application/pdf", f"{code}-{first}-{last}.pdf")


def _statement(request: HttpRequest, desk: Desk, code: str) -> tuple[Statement, Month, Month]:
    fund = fund_or_404(desk, code)
    first, last = months_of(request, fund, desk.on)
    return queries.statement(desk.reads, fund.pk, first.first_day, last.plus(1).first_day), first, last


def _source_fen(row: queries.SourceStatement) -> tuple[int, int, int, int, int]:
    return row.opening_fen, row.received_fen, row.paid_fen, row.recovered_fen, row.closing_fen


def _file(data: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return no_store(response)
