"""Look: batches, one batch with its three hands, its bank file, who waits."""

from collections.abc import Mapping
from types import MappingProxyType

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse

from linli.foundation.screens.pages import no_store, render_page, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.ground.users.codes import Role
from linli.kernel.period import Month
from linli.money.awards.queries import DueMonth, programme_labels
from linli.money.payments import queries
from linli.money.payments.codes import BatchKind, BatchState, ItemState
from linli.money.payments.models import PaymentBatch
from linli.money.payments.permissions import can_take_file
from linli.money.payments.steps import BATCH
from linli.money.payments.web import exports
from linli.money.payments.web.desk import Desk, batch_or_404, months_begun, reading
from linli.money.payments.web.presenters import hands, shared_lines
from linli.money.payments.web.steps import offers

_STATES = {state.value for state in BatchState}
_KINDS = {kind.value for kind in BatchKind}
_ITEM_STATES = {state.value for state in ItemState}


@reading
def batch_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Batches newest first: by state, kind and month."""
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    rows = queries.batches(
        desk.reads,
        state=state if state in _STATES else "",
        kind=kind if kind in _KINDS else "",
        month=_month(request.GET.get("month", "")),
        before=whole_number(request.GET.get("after", "")),
    )
    if exports.wanted(request):
        return exports.batches_workbook(desk, rows)
    page, more = cut(list(rows[: queries.PAGE + 1]), queries.PAGE)
    funds = desk.funds()
    context = {
        "rows": page,
        "next": page[-1].pk if more else None,
        "states": BatchState.choices,
        "kinds": BatchKind.choices,
        "months": months_begun(desk.on, sorted({fund.year for fund in funds})),
        "may_propose": any(BATCH.allows(desk.person, "propose", fund, desk.on) for fund in funds),
        "may_reconcile": desk.person.holds(Role.FINANCE_CHECKER),
    }
    return render_page(request, "payments/batch_list.html", context, fragment="payments/_batches.html")


@reading
def month_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What became of each month's money: sent, paid, on its way, back, given up, and how that adds up."""
    years = sorted({fund.year for fund in desk.funds()}, reverse=True)
    year = whole_number(request.GET.get("year", "")) or (desk.on.year if desk.on.year in years else 0)
    year = year if year in years else years[0] if years else desk.on.year
    rows = queries.flows_by_month(desk.reads, year)
    if exports.wanted(request):
        return exports.months_workbook(desk, year, rows)
    context = {"rows": rows, "total": queries.total_of(rows), "year": year, "years": years}
    return render_page(request, "payments/month_list.html", context)


@reading
def batch_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One batch: where it stands, its lines, and what the reader may do with it."""
    return batch_page(request, desk, batch_or_404(desk, number))


def batch_page(
    request: HttpRequest,
    desk: Desk,
    batch: PaymentBatch,
    *,
    refused: Mapping[str, Form] = MappingProxyType({}),
    status: int = 200,
) -> HttpResponse:
    """The batch's page, with a form that was refused in its place."""
    seq = whole_number(request.GET.get("after", "")) or 0
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip().upper()
    rows = queries.items(batch.pk, after=seq, state=state if state in _ITEM_STATES else "", text=text)
    labels = programme_labels(desk.on)
    if exports.wanted(request):
        everything = list(rows)
        shown = [line.award.number for line in everything]
        note_read(request, where=batch.stamp, subject=f"batch:{batch.number}:xlsx", shown=shown)
        return exports.lines_workbook(desk, batch, everything, labels)
    lines, more = cut(list(rows[: queries.PAGE + 1]), queries.PAGE)
    note_read(request, where=batch.stamp, subject=f"batch:{batch.number}", shown=[line.award.number for line in lines])
    context = {
        "batch": batch,
        "lines": lines,
        "next": lines[-1].seq if more else None,
        "totals": queries.totals_by_state(batch.pk),
        "hands": hands(batch),
        "offers": offers(desk, batch, refused),
        "may_take_file": can_take_file(desk.person, batch),
        "shared": shared_lines(desk, batch),
        "may_repeat": batch.state == BatchState.VOIDED and BATCH.allows(desk.person, "propose", batch, desk.on),
        "item_states": ItemState.choices,
        "labels": labels,
        "errors": next(iter(refused.values()), None),
    }
    return render_page(request, "payments/batch_detail.html", context, fragment="payments/_lines.html", status=status)


@reading
def batch_file(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The bank file as it was released; every download is written down."""
    batch = batch_or_404(desk, number)
    if not can_take_file(desk.person, batch):
        raise Http404
    name, data = queries.bank_file(desk.reads, number)
    note_read(request, where=batch.stamp, subject=f"batch:{number}:file", shown=[batch.file_digest])
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return no_store(response)


@reading
def batch_paper(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The batch on paper, to be signed and filed."""
    return exports.batch_sheet(desk, batch_or_404(desk, number), programme_labels(desk.on))


@reading
def arrears_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Months that are due and not yet paid, the oldest first: by month and programme."""
    funds = [fund for fund in desk.funds() if fund.year == desk.on.year]
    labels = programme_labels(desk.on)
    everything = [due for fund in funds for due in queries.arrears(desk.reads, fund.pk, desk.on)]
    month, programme = _month(request.GET.get("month", "")), request.GET.get("programme", "")
    rows = sorted(
        (due for due in everything if month in (None, due.month) and programme in ("", due.award.programme)),
        key=lambda due: (due.month, due.award.number),
    )
    whole = exports.wanted(request)
    after = request.GET.get("after", "")
    page, more = (rows, False) if whole else cut([due for due in rows if _key(due) > after], queries.PAGE)
    for fund in funds:
        numbers = [due.award.number for due in page if due.award.line.fund_id == fund.pk]
        if numbers:
            note_read(request, where=fund.stamp, subject=f"arrears:{fund.code}", shown=numbers)
    if whole:
        return exports.arrears_workbook(desk, rows, labels)
    context = {
        "rows": page,
        "next": _key(page[-1]) if more else None,
        "count": len(rows),
        "total_fen": sum(due.amount_fen for due in rows),
        "months": sorted({due.month for due in everything}),
        "labels": labels,
    }
    return render_page(request, "payments/arrears_list.html", context)


def _key(due: DueMonth) -> str:
    """Where a row stands in the list."""
    return f"{due.month}_{due.award.number}"


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None
