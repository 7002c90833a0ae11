"""The statement as a workbook and as a document, journals as a workbook, one journal as a voucher."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext

from linli.foundation.files.documents import render_pdf
from linli.foundation.files.tables import Column, Value, write_table
from linli.foundation.screens.pages import no_store
from linli.foundation.screens.texts import day_text, month_text
from linli.ground.users.queries import names
from linli.kernel.money import capital_amount, yuan
from linli.kernel.period import Month
from linli.money.ledger import queries
from linli.money.ledger.models import Fund, Journal
from linli.money.ledger.queries import Statement
from linli.money.ledger.web.desk import Desk, fund_or_404, months_of, reading
from linli.money.ledger.web.presenters import MEMO, account_name, leading_fen, subject_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = (
    Column("part", ("部分", "Part")),
    Column("name", ("名称", "Name")),
    Column("opening", ("期初余额或预算（元）", "Opening or budget (yuan)"), kind="YUAN"),
    Column("received", ("到账或可用（元）", "Received or available (yuan)"), kind="YUAN"),
    Column("paid", ("付出或已列支（元）", "Paid or spent (yuan)"), kind="YUAN"),
    Column("recovered", ("收回或已承诺（元）", "Recovered or committed (yuan)"), kind="YUAN"),
    Column("closing", ("期末余额（元）", "Closing (yuan)"), kind="YUAN"),
)
_JOURNALS = (
    Column("number", ("编号", "Number")),
    Column("on", ("日期", "Date"), kind="DATE"),
    Column("kind", ("类型", "Kind")),
    Column("subject", ("事项", "Subject")),
    Column("amount", ("金额（元）", "Amount (yuan)"), kind="YUAN"),
    Column("reason", ("理由", "Reason")),
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
    rows += [
        {"part": gettext("期末"), "name": name, "closing": fen}
        for name, fen in (
            (gettext("银行存款"), statement.closing_fen),
            (gettext("待付"), statement.payable_fen),
            (gettext("在途"), statement.in_transit_fen),
            (gettext("应收回"), statement.receivable_fen),
        )
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
        [gettext("应收回"), f"¥{yuan(statement.receivable_fen)}"],
        [gettext("待付"), f"¥{yuan(statement.payable_fen)}"],
        [gettext("在途"), f"¥{yuan(statement.in_transit_fen)}"],
        [gettext("期末银行存款"), f"¥{yuan(statement.closing_fen)}"],
        [gettext("大写"), capital_amount(statement.closing_fen)],
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
            "total": [
                gettext("合计"),
                *(
                    yuan(sum(values))
                    for values in zip(
                        *((r.budget_fen, r.committed_fen, r.spent_fen, r.available_fen) for r in statement.lines),
                        strict=True,
                    )
                ),
            ],
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
            "notes": [_sum_note(statement)] if statement.is_whole else [],
            "sender": statement.fund.name,
            "date": day_text(desk.on),
        },
        language=get_language() or "zh-hans",
    )
    return _file(data, "application/pdf", f"{code}-{first}-{last}.pdf")


@reading
def journal_voucher(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One journal as a voucher: figures and capitals, every entry, who booked it."""
    try:
        journal, transfers = queries.journal(desk.reads, number)
    except Journal.DoesNotExist as error:
        raise Http404 from error
    fund, fen = journal.fund, leading_fen(transfers)
    about = subject_of(journal.subject, queries.sources(fund.pk), queries.lines(fund.pk)).text
    real = [row for row in transfers if row.debit.kind not in MEMO]
    memo = [row for row in transfers if row.debit.kind in MEMO]
    parts = [(gettext("分录"), real), (gettext("预算与可用资金"), memo)]
    data = render_pdf(
        "statement_sheet.typ",
        {
            "title": gettext("记账凭证"),
            "subtitle": fund.name,
            "number": journal.number,
            "facts": [
                [gettext("日期"), day_text(journal.on_date)],
                [gettext("类型"), str(journal.get_kind_display())],
                [gettext("事项"), about],
                [gettext("记账人"), names([journal.by_id]).get(journal.by_id, gettext("系统"))],
                [gettext("金额（小写）"), f"¥{yuan(fen)}"],
                [gettext("金额（大写）"), capital_amount(fen)],
            ],
            "tables": [
                {
                    "title": title,
                    "columns": [gettext("借方"), gettext("贷方"), gettext("摘要"), gettext("金额")],
                    "rows": [
                        [account_name(row.debit), account_name(row.credit), row.reference, yuan(row.amount_fen)]
                        for row in rows
                    ],
                    "numeric": [3],
                    "total": [gettext("合计"), "", "", yuan(sum(row.amount_fen for row in rows))],
                }
                for title, rows in parts
                if rows
            ],
            "notes": [journal.reason] if journal.reason else [],
            "sender": fund.name,
            "date": day_text(journal.on_date),
        },
        language=get_language() or "zh-hans",
    )
    return _file(data, "application/pdf", f"{journal.number}.pdf")


def journals_workbook(desk: Desk, fund: Fund, rows: Iterable[tuple[Journal, int, str]]) -> HttpResponse:
    """The journals of the list with their subjects in words."""
    values: list[dict[str, Value]] = [
        {
            "number": row.number,
            "on": row.on_date,
            "kind": str(row.get_kind_display()),
            "subject": about,
            "amount": fen,
            "reason": row.reason,
        }
        for row, fen, about in rows
    ]
    title, language = gettext("凭证"), get_language() or "zh-hans"
    data = write_table(_JOURNALS, values, title=fund.name, sheet=title, created=desk.on, language=language)
    return _file(data, _XLSX, f"{fund.code}-journals-{desk.on.isoformat()}.xlsx")


def _sum_note(statement: Statement) -> str:
    """How what was spent and what the bank paid hang together."""
    return gettext("已列支 %(spent)s = 银行付讫 %(paid)s + 待付 %(payable)s + 在途 %(transit)s − 收回 %(back)s") % {
        "spent": yuan(statement.spent_fen),
        "paid": yuan(statement.paid_fen),
        "payable": yuan(statement.payable_fen),
        "transit": yuan(statement.in_transit_fen),
        "back": yuan(statement.recovered_fen),
    }


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
