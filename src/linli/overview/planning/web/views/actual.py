"""Plan against actual, and the records behind every number."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from linli.foundation.screens.pages import no_store, render_page
from linli.money.ledger.queries import fund_of
from linli.overview.planning.engine import Plan
from linli.overview.planning.queries import Row, money_by_month
from linli.overview.planning.queries.actual import Year, aims, row_of
from linli.overview.planning.queries.export import actual_workbook
from linli.overview.planning.queries.records import records
from linli.overview.planning.web.desk import Desk, reading
from linli.overview.planning.web.presenters import actual_series, amount, bars, month_labels

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@reading
def plan_actual(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every aim of the plan with what the records say, and the money by month."""
    plan = desk.lived()
    fund_id = _fund_id(desk, plan)
    rows = _rows(desk, plan, fund_id)
    months = money_by_month(desk.reads, fund_id=fund_id, plan=plan, on=desk.on) if fund_id else ()
    lived = [month for month in months if month.balance_fen is not None]
    context = {
        **desk.frame(),
        "plan": plan,
        "adopted": desk.adopted,
        "bars": bars(desk, rows),
        "pace": rows[0].pace // 10,
        "months": months,
        "series": actual_series(months),
        "labels": month_labels(month.month for month in lived),
        "export_url": desk.link("plan_actual_export"),
    }
    return render_page(request, "planning/plan_actual.html", context)


@require_safe
@reading
def plan_actual_export(_request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same rows as a workbook."""
    plan = desk.lived()
    data = actual_workbook(
        _rows(desk, plan, _fund_id(desk, plan)),
        title=gettext("计划与实际"),
        created=desk.on,
        language=get_language() or "zh-hans",
    )
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="plan-{plan.year}-{desk.on.isoformat()}.xlsx"'
    return no_store(response)


@require_safe
@reading
def plan_actual_records(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The records behind one number."""
    plan = desk.lived()
    aim = next((aim for aim in aims(desk.pack, plan) if aim.code == code), None)
    if aim is None:
        raise Http404
    year = Year(desk.reads, desk.community.pk, desk.pack, plan, desk.on, _fund_id(desk, plan))
    row = row_of(year, aim)
    page = records(year, code, aim.figure, after=request.GET.get("after", "")) if row.drill else None
    if page is None:
        raise Http404
    context = {
        **desk.frame(),
        "plan": plan,
        "row": row,
        "actual": amount(row.actual, row.unit),
        "target": amount(row.target, row.unit),
        "total": amount(page.total, row.unit),
        "page": page,
        "back": desk.link("plan_actual"),
    }
    return render_page(request, "planning/plan_actual_records.html", context)


def _fund_id(desk: Desk, plan: Plan) -> int | None:
    """The fund of the community, which is in the reader's scope, for the plan's year."""
    fund = fund_of(desk.community.pk, plan.year)
    return fund.pk if fund else None


def _rows(desk: Desk, plan: Plan, fund_id: int | None) -> tuple[Row, ...]:
    # The fund belongs to a community within reach, so it needs no second look.
    year = Year(desk.reads, desk.community.pk, desk.pack, plan, desk.on, fund_id)
    return tuple(row_of(year, aim) for aim in aims(desk.pack, plan))
