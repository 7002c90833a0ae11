"""Lists as workbooks. Account numbers and holders stay masked; every export is written down."""

from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext

from linli.foundation.files.tables import Column, Value, write_table
from linli.foundation.screens.pages import no_store
from linli.foundation.screens.texts import as_date, month_text, pack_text
from linli.kernel.bilingual import Text
from linli.kernel.masking import mask_name
from linli.money.awards.models import Adjustment, Award, PayeeAccount, Receivable
from linli.money.awards.queries.adjustments import Preview
from linli.money.awards.web.desk import Desk

Labels = Mapping[str, Text]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AWARD = Column("award", ("待遇编号", "Award"))
_UNIT = Column("unit", ("领取单位", "Recipient"))
_PROGRAMME = Column("programme", ("项目", "Programme"))
_HOLDER = Column("holder", ("户名", "Holder"))
_ENDS = Column("account", ("账号尾号", "Account ends in"))
_STATE = Column("state", ("状态", "State"))
_AWARDS = (
    _AWARD,
    _PROGRAMME,
    _UNIT,
    Column("kind", ("户或人", "Household or person")),
    _HOLDER,
    Column("amount", ("每月金额（元）", "Amount per month (yuan)"), kind="YUAN"),
    Column("from", ("起", "From"), kind="DATE"),
    Column("to", ("止", "To"), kind="DATE"),
    Column("application", ("申请编号", "Application")),
    Column("review", ("下次复核", "Next review"), kind="DATE"),
    _STATE,
)
_ACCOUNTS = (
    _UNIT,
    _HOLDER,
    Column("relation", ("与领取人关系", "Relation to the recipient")),
    _ENDS,
    Column("bank", ("开户银行", "Bank")),
    Column("proposed", ("登记日期", "Proposed on"), kind="DATE"),
    Column("confirmed", ("确认日期", "Confirmed on"), kind="DATE"),
    Column("usable", ("启用日期", "Usable from"), kind="DATE"),
    _STATE,
)
_RECEIVABLES = (
    _AWARD,
    _PROGRAMME,
    Column("month", ("月份", "Month")),
    Column("amount", ("金额（元）", "Amount (yuan)"), kind="YUAN"),
    Column("reason", ("原因", "Reason")),
    Column("raised", ("列入日期", "Raised on"), kind="DATE"),
    Column("closed", ("办结日期", "Closed on"), kind="DATE"),
    _STATE,
    Column("note", ("说明", "Note")),
)
_ADJUSTMENTS = (
    _AWARD,
    _UNIT,
    _PROGRAMME,
    Column("cause", ("原因", "Cause")),
    Column("since", ("变化日期", "Changed on"), kind="DATE"),
    Column("month", ("生效月份", "From month")),
    Column("before", ("原金额（元）", "Before (yuan)"), kind="YUAN"),
    Column("after", ("应为（元）", "Should be (yuan)"), kind="YUAN"),
    Column("back", ("补发或多发（元）", "Back pay or overpaid (yuan)"), kind="YUAN"),
    _STATE,
    Column("missing", ("缺少情况", "Missing facts")),
    Column("note", ("说明", "Note")),
)


def wanted(request: HttpRequest) -> bool:
    """Whether the list is asked for as a workbook (``?as=xlsx``, all pages, filters kept)."""
    return request.GET.get("as") == "xlsx"


def awards_workbook(
    desk: Desk, rows: Iterable[Award], payees: Mapping[str, PayeeAccount], labels: Labels
) -> HttpResponse:
    """The awards of the list with the masked holder of each account."""
    values: list[dict[str, Value]] = [
        {
            "award": row.number,
            "programme": pack_text(labels.get(row.programme, row.programme)),
            "unit": row.unit_key,
            "kind": str(row.get_unit_display()),
            "holder": mask_name(payees[row.unit_key].holder_name) if row.unit_key in payees else None,
            "amount": row.amount_fen,
            "from": row.valid_from,
            "to": row.last_date,
            "application": row.application_number,
            "review": row.review_due_date,
            "state": str(row.standing_on(desk.on).label),
        }
        for row in rows
    ]
    return _workbook(desk, _AWARDS, values, gettext("待遇"), "awards")


def accounts_workbook(desk: Desk, rows: Iterable[PayeeAccount]) -> HttpResponse:
    """The account versions of the list, numbers masked."""
    values: list[dict[str, Value]] = [
        {
            "unit": row.unit_key,
            "holder": mask_name(row.holder_name),
            "relation": str(row.get_relation_display()),
            "account": row.account_last4,
            "bank": row.bank_name,
            "proposed": as_date(row.proposed_at),
            "confirmed": as_date(row.confirmed_at) if row.confirmed_at else None,
            "usable": row.usable_date,
            "state": str(row.get_state_display()),
        }
        for row in rows
    ]
    return _workbook(desk, _ACCOUNTS, values, gettext("收款账户"), "accounts")


def receivables_workbook(desk: Desk, rows: Iterable[Receivable], labels: Labels) -> HttpResponse:
    """What was paid too much and what became of it."""
    values: list[dict[str, Value]] = [
        {
            "award": row.award.number,
            "programme": pack_text(labels.get(row.award.programme, row.award.programme)),
            "month": month_text(row.month.month_date),
            "amount": row.amount_fen,
            "reason": str(row.get_reason_display()),
            "raised": row.raised_date,
            "closed": row.closed_date,
            "state": str(row.get_state_display()),
            "note": row.note,
        }
        for row in rows
    ]
    return _workbook(desk, _RECEIVABLES, values, gettext("应收回"), "receivables")


def adjustments_workbook(desk: Desk, rows: Iterable[Adjustment], labels: Labels) -> HttpResponse:
    """Where the rules say another amount, and what became of it."""
    values: list[dict[str, Value]] = [
        {
            "award": row.award.number,
            "unit": row.award.unit_key,
            "programme": pack_text(labels.get(row.award.programme, row.award.programme)),
            "cause": str(row.get_cause_display()),
            "since": row.cause_date,
            "month": month_text(row.effective_date),
            "before": row.before_fen,
            "after": row.after_fen,
            "back": row.back_fen,
            "state": str(row.get_state_display()),
            "missing": row.missing,
            "note": row.note,
        }
        for row in rows
    ]
    return _workbook(desk, _ADJUSTMENTS, values, gettext("重新核定"), "adjustments")


def preview_workbook(desk: Desk, preview: Preview, labels: Labels) -> HttpResponse:
    """What a day will bring, award by award."""
    values: list[dict[str, Value]] = [
        {
            "award": row.award.number,
            "unit": row.award.unit_key,
            "programme": pack_text(labels.get(row.award.programme, row.award.programme)),
            "cause": row.cause_label,
            "since": row.finding.piece.cause_date,
            "month": month_text(row.finding.first.first_day),
            "before": row.finding.before_fen,
            "after": row.finding.fen,
            "back": row.back_fen,
            "state": row.way_label,
            "missing": row.missing,
            "note": "",
        }
        for row in preview.rows
    ]
    return _workbook(desk, _ADJUSTMENTS, values, gettext("重新核定"), "preview")


def _workbook(
    desk: Desk, columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], title: str, name: str
) -> HttpResponse:
    language = get_language() or "zh-hans"
    data = write_table(columns, rows, title=title, sheet=title, created=desk.on, language=language)
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{desk.on.isoformat()}.xlsx"'
    return no_store(response)
