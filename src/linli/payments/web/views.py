"""Look: batches, one batch with its three hands, its bank file, who waits."""

from django.http import Http404, HttpRequest, HttpResponse

from linli.awards.queries import programme_labels
from linli.foundation.screens.pages import no_store, render_page
from linli.foundation.screens.tables import cut
from linli.payments import queries
from linli.payments.codes import BatchState
from linli.payments.models import PaymentBatch
from linli.payments.permissions import can_propose
from linli.payments.web.desk import Desk, batch_or_404, note_read, reading
from linli.payments.web.forms import CancelForm, ReleaseForm, ReturnForm
from linli.payments.web.presenters import hands, possible
from linli.users.codes import Role

_STATES = {state.value for state in BatchState}


@reading
def batch_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Batches newest first."""
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    rows = queries.batches(
        desk.reads,
        state=state if state in _STATES else "",
        before=int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None,
    )
    page, more = cut(list(rows[: queries.PAGE + 1]), queries.PAGE)
    context = {
        "rows": page,
        "next": page[-1].pk if more else None,
        "states": BatchState.choices,
        "may_propose": any(can_propose(desk.person, fund.stamp) for fund in desk.funds()),
        "may_reconcile": desk.person.holds(Role.FINANCE_CHECKER),
    }
    return render_page(request, "payments/batch_list.html", context, fragment="payments/_batches.html")


@reading
def batch_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One batch: where it stands, its lines, and what the reader may do with it."""
    return batch_page(request, desk, batch_or_404(desk, number))


def batch_page(
    request: HttpRequest,
    desk: Desk,
    batch: PaymentBatch,
    *,
    release: ReleaseForm | None = None,
    answer: ReturnForm | None = None,
    cancel: CancelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The batch's page, with a form that was refused in its place."""
    after = request.GET.get("after", "")
    seq = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    lines, more = cut(list(queries.items(batch.pk, after=seq)[: queries.PAGE + 1]), queries.PAGE)
    note_read(request, where=batch.stamp, subject=f"batch:{batch.number}", shown=[line.award.number for line in lines])
    context = {
        "batch": batch,
        "lines": lines,
        "next": lines[-1].seq if more else None,
        "totals": queries.totals_by_state(batch.pk),
        "hands": hands(batch),
        "may": possible(desk.person, batch),
        "labels": programme_labels(desk.on),
        "release_form": release or ReleaseForm(layouts=queries.layouts()),
        "return_form": answer or ReturnForm(),
        "cancel_form": cancel or CancelForm(),
        "errors": next((form for form in (release, answer, cancel) if form is not None), None),
    }
    return render_page(request, "payments/batch_detail.html", context, fragment="payments/_lines.html", status=status)


@reading
def batch_file(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The bank file as it was released; every download is written down."""
    batch = batch_or_404(desk, number)
    if not possible(desk.person, batch)["file"]:
        raise Http404
    name, data = queries.bank_file(desk.reads, number)
    note_read(request, where=batch.stamp, subject=f"batch:{number}:file", shown=[batch.file_digest])
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return no_store(response)


@reading
def arrears_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Months that are due and not yet paid, fund by fund, the oldest first."""
    funds = [fund for fund in desk.funds() if fund.year == desk.on.year]
    rows = [due for fund in funds for due in queries.arrears(desk.reads, fund.pk, desk.on)]
    shown = rows[: queries.PAGE * 4]
    for fund in funds:
        numbers = [due.award.number for due in shown if due.award.line.fund_id == fund.pk]
        note_read(request, where=fund.stamp, subject=f"arrears:{fund.code}", shown=numbers)
    context = {
        "rows": shown,
        "count": len(rows),
        "total_fen": sum(due.amount_fen for due in rows),
        "labels": programme_labels(desk.on),
    }
    return render_page(request, "payments/arrears_list.html", context)
