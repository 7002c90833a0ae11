"""What was paid too much: listed, recovered, waived."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, perform, render_page, sentence, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.kernel.errors import DomainError
from linli.money.awards import operations, queries
from linli.money.awards.codes import ReceivableState
from linli.money.awards.models import Receivable
from linli.money.awards.permissions import can_recover, can_waive
from linli.money.awards.web import exports
from linli.money.awards.web.desk import Desk, chain_of, reading
from linli.money.awards.web.forms import WaiverForm

_STATES = {state.value for state in ReceivableState}


@reading
def receivable_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was paid too much, the oldest first: what is open, or what became of the rest."""
    state = request.GET.get("state", ReceivableState.OPEN)
    rows = queries.receivables(desk.reads, state=state if state in _STATES else "")
    labels = queries.programme_labels(desk.on)
    if exports.wanted(request):
        everything = list(rows)
        _note(request, everything, "receivables:xlsx")
        return exports.receivables_workbook(desk, everything, labels)
    start = whole_number(request.GET.get("after", "")) or 0
    page, more = cut(list(rows.filter(pk__gt=start)[: queries.PAGE + 1]), queries.PAGE)
    _note(request, page, "receivables")
    context = {
        "rows": [
            (
                row,
                row.state == ReceivableState.OPEN and can_recover(desk.person, row.stamp),
                row.state == ReceivableState.OPEN and can_waive(desk.person, row.stamp),
            )
            for row in page
        ],
        "next": page[-1].pk if more else None,
        "sums": queries.owed(rows),
        "state": state,
        "states": ReceivableState.choices,
        "labels": labels,
    }
    return render_page(request, "awards/receivable_list.html", context)


@reading
def recover(request: HttpRequest, desk: Desk, receivable_id: int) -> HttpResponse:
    """The money came back."""
    row = _row_or_404(desk, receivable_id)
    if request.method != "POST" or not can_recover(desk.person, row.stamp):
        raise PermissionDenied
    return _done(request, lambda: operations.recover(act_of(request), receivable_id=row.pk), gettext("已登记收回"))


@reading
def waive(request: HttpRequest, desk: Desk, receivable_id: int) -> HttpResponse:
    """The claim is given up, with a reason."""
    row = _row_or_404(desk, receivable_id)
    if request.method != "POST" or not can_waive(desk.person, row.stamp):
        raise PermissionDenied
    form = WaiverForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["note"][0]))
        return redirect("receivable_list")
    note = form.cleaned_data["note"]
    return _done(request, lambda: operations.waive(act_of(request), receivable_id=row.pk, note=note), gettext("已免收"))


def _note(request: HttpRequest, rows: Sequence[Receivable], subject: str) -> None:
    if rows:
        shown = [row.award.number for row in rows]
        note_read(request, where=chain_of([row.stamp for row in rows]), subject=subject, shown=shown)


def _row_or_404(desk: Desk, receivable_id: int) -> Receivable:
    try:
        return queries.receivable(desk.reads, receivable_id)
    except Receivable.DoesNotExist as error:
        raise Http404 from error


def _done(request: HttpRequest, deed: Callable[[], object], text: str) -> HttpResponse:
    try:
        perform(None, deed)
        messages.success(request, text)
    except DomainError as error:
        messages.error(request, sentence(error))
    return redirect("receivable_list")
