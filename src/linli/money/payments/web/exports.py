"""Lists as workbooks and a batch as a sheet to sign. Account numbers stay masked; every export is written down."""

from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext, pgettext

from linli.foundation.files.documents import render_pdf
from linli.foundation.files.tables import Column, Value, write_table
from linli.foundation.screens.pages import no_store
from linli.foundation.screens.texts import as_date, day_text, moment_text, month_text, pack_text
from linli.kernel.bilingual import Text
from linli.kernel.masking import mask_name
from linli.kernel.money import capital_amount, yuan
from linli.money.awards.queries import DueMonth
from linli.money.payments import queries
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.queries import MonthFlow
from linli.money.payments.web.desk import Desk
from linli.money.payments.web.presenters import hands

Labels = Mapping[str, Text]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MONTH = Column("month", ("月份", "Month"))
_AWARD = Column("award", ("待遇编号", "Award"))
_UNIT = Column("unit", ("领取单位", "Recipient"))
_PROGRAMME = Column("programme", ("项目", "Programme"))
_AMOUNT = Column("amount", ("金额（元）", "Amount (yuan)"), kind="YUAN")
_PAYEE = Column("payee", ("收款人", "Payee"))
_ACCOUNT = Column("account", ("账号尾号", "Account ends in"))
_STATE = Column("state", ("状态", "State"))
_BATCH = Column("batch", ("批次", "Batch"))
_BATCHES = (
    _BATCH,
    Column("kind", ("类别", "Kind")),
    _MONTH,
    Column("fund", ("资金", "Fund")),
    Column("count", ("笔数", "Payments"), kind="INTEGER"),
    _AMOUNT,
    Column("waiting", ("未能编入（笔）", "Left out"), kind="INTEGER"),
    Column("waiting_fen", ("未能编入（元）", "Left out (yuan)"), kind="YUAN"),
    _STATE,
    Column("released", ("放款日期", "Released on"), kind="DATE"),
)
_LINES = (
    Column("seq", ("序号", "No."), kind="INTEGER"),
    _AWARD,
    _UNIT,
    _PROGRAMME,
    _MONTH,
    _PAYEE,
    _ACCOUNT,
    Column("source", ("资金来源", "Source")),
    _AMOUNT,
    _STATE,
    Column("settled", ("银行日期", "Bank's day"), kind="DATE"),
    Column("reason", ("退回原因", "Why it came back")),
)
_RETURNED = (
    Column("settled", ("退回日期", "Came back on"), kind="DATE"),
    _BATCH,
    _AWARD,
    _UNIT,
    _PROGRAMME,
    _MONTH,
    _PAYEE,
    _ACCOUNT,
    _AMOUNT,
    Column("reason", ("退回原因", "Why it came back")),
)
_ARREARS = (_MONTH, _AWARD, _UNIT, _PROGRAMME, _AMOUNT)
_MONTHS = (
    _MONTH,
    Column("count", ("笔数", "Payments"), kind="INTEGER"),
    Column("sent", ("送银行（元）", "Sent (yuan)"), kind="YUAN"),
    Column("paid", ("已到账（元）", "Paid (yuan)"), kind="YUAN"),
    Column("transit", ("在途（元）", "In transit (yuan)"), kind="YUAN"),
    Column("back", ("退回待办（元）", "Back, waiting (yuan)"), kind="YUAN"),
    Column("given_up", ("不再发放（元）", "Written off (yuan)"), kind="YUAN"),
)


def wanted(request: HttpRequest) -> bool:
    """Whether the list is asked for as a workbook (``?as=xlsx``, all pages, filters kept)."""
    return request.GET.get("as") == "xlsx"


def batches_workbook(desk: Desk, rows: Iterable[PaymentBatch]) -> HttpResponse:
    """The batches of the list."""
    values: list[dict[str, Value]] = [
        {
            "batch": row.number,
            "kind": str(row.get_kind_display()),
            "month": month_text(row.month_date),
            "fund": row.fund.name,
            "count": row.items_count,
            "amount": row.total_fen,
            "waiting": row.waiting_count,
            "waiting_fen": row.waiting_fen,
            "state": str(row.get_state_display()),
            "released": as_date(row.released_at) if row.released_at else None,
        }
        for row in rows
    ]
    return _workbook(desk, _BATCHES, values, gettext("发放批次"), "batches")


def lines_workbook(desk: Desk, batch: PaymentBatch, rows: Iterable[PaymentItem], labels: Labels) -> HttpResponse:
    """The lines of a batch."""
    values = [
        {**_line(row, labels), "seq": row.seq, "source": row.source.name, "state": str(row.get_state_display())}
        for row in rows
    ]
    return _workbook(desk, _LINES, values, batch.number, batch.number)


def returned_workbook(desk: Desk, rows: Iterable[PaymentItem], labels: Labels) -> HttpResponse:
    """What came back and waits."""
    values = [{**_line(row, labels), "batch": row.batch.number} for row in rows]
    return _workbook(desk, _RETURNED, values, gettext("退回款项"), "returned")


def arrears_workbook(desk: Desk, rows: Iterable[DueMonth], labels: Labels) -> HttpResponse:
    """Months due and not yet paid."""
    values: list[dict[str, Value]] = [
        {
            "month": month_text(row.month),
            "award": row.award.number,
            "unit": row.award.unit_key,
            "programme": _label(labels, row.award.programme),
            "amount": row.amount_fen,
        }
        for row in rows
    ]
    return _workbook(desk, _ARREARS, values, gettext("欠付"), "arrears")


def months_workbook(desk: Desk, year: int, rows: Iterable[MonthFlow]) -> HttpResponse:
    """What became of each month's money."""
    values: list[dict[str, Value]] = [
        {
            "month": month_text(row.month),
            "count": row.items,
            "sent": row.sent_fen,
            "paid": row.paid_fen,
            "transit": row.in_transit_fen,
            "back": row.back_fen,
            "given_up": row.written_off_fen,
        }
        for row in rows
    ]
    return _workbook(desk, _MONTHS, values, pgettext("batch", "各月发放"), f"months-{year}")


def batch_sheet(desk: Desk, batch: PaymentBatch, labels: Labels) -> HttpResponse:
    """The batch on paper: sums in figures and capitals, by programme and source, three names to sign beside."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for programme, source, fen in queries.line_sums(batch.pk):
        count, total = sums.get((programme, source), (0, 0))
        sums[programme, source] = (count + 1, total + fen)
    rows = [
        [_label(labels, programme), source, str(count), yuan(fen)]
        for (programme, source), (count, fen) in sorted(sums.items())
    ]
    data = render_pdf(
        "statement_sheet.typ",
        {
            "title": gettext("资金发放审批表"),
            "subtitle": batch.fund.name,
            "number": batch.number,
            "facts": [
                [gettext("发放月份"), month_text(batch.month_date)],
                [pgettext("batch", "类别"), str(batch.get_kind_display())],
                [gettext("金额（小写）"), f"¥{yuan(batch.total_fen)}"],
                [gettext("金额（大写）"), capital_amount(batch.total_fen)],
                [gettext("笔数"), str(batch.items_count)],
                [gettext("状态"), str(batch.get_state_display())],
                *([str(hand["label"]), f"{hand['by']} {_moment(hand['at'])}".strip()] for hand in hands(batch)[:3]),
            ],
            "tables": [
                {
                    "title": gettext("按项目和资金来源"),
                    "columns": [gettext("项目"), gettext("来源"), gettext("笔数"), gettext("金额")],
                    "rows": rows,
                    "numeric": [2, 3],
                    "total": [gettext("合计"), "", str(batch.items_count), yuan(batch.total_fen)],
                },
            ],
            "notes": [
                gettext("签名：经办 __________  复核 __________  放款 __________"),
                gettext("明细摘要 %(digest)s：明细有任何变动，摘要即不同。") % {"digest": batch.lines_digest},
            ],
            "sender": batch.fund.name,
            "date": day_text(desk.on),
        },
        language=get_language() or "zh-hans",
    )
    return _file(data, "application/pdf", f"{batch.number}.pdf")


def _moment(value: object) -> str:
    return moment_text(value) if value else ""  # type: ignore[arg-type]  # a hand's moment


def _line(row: PaymentItem, labels: Labels) -> dict[str, Value]:
    return {
        "award": row.award.number,
        "unit": row.unit_key,
        "programme": _label(labels, row.programme),
        "month": month_text(row.month_date),
        "payee": mask_name(row.account.holder_name),
        "account": row.account.account_last4,
        "amount": row.amount_fen,
        "settled": row.settled_date,
        "reason": row.return_text or row.return_code,
    }


def _label(labels: Labels, programme: str) -> str:
    return pack_text(labels.get(programme, programme))


def _workbook(
    desk: Desk, columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], title: str, name: str
) -> HttpResponse:
    language = get_language() or "zh-hans"
    data = write_table(columns, rows, title=title, sheet=title, created=desk.on, language=language)
    return _file(data, _XLSX, f"{name}-{desk.on.isoformat()}.xlsx")


def _file(data: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return no_store(response)
