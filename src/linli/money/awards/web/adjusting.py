"""Where the rules say another amount than awards give: what waits, what was followed, and what a day will bring."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext

from linli.foundation.screens.pages import act_of, perform, render_page, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.money.awards import operations, queries
from linli.money.awards.codes import WAITING_ADJUSTMENTS, AdjustmentState
from linli.money.awards.models import Adjustment
from linli.money.awards.permissions import can_change
from linli.money.awards.queries import adjustments as reads
from linli.money.awards.web import exports
from linli.money.awards.web.desk import Desk, chain_of, reading
from linli.money.awards.web.forms import AdjustForm, DayForm

WAITING = "WAITING"
_STATES = {state.value for state in AdjustmentState} | {WAITING}


@reading
def adjustment_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Adjustments newest first; whoever changes awards follows the rules for those ticked, or leaves them."""
    form = AdjustForm(request.POST or None)
    if request.method == "POST":
        answer = _decided(request, desk, form)
        if answer is not None:
            return answer
    state = request.GET.get("state", WAITING)
    rows = reads.adjustments(desk.reads, state=state if state in _STATES else "")
    labels = queries.programme_labels(desk.on)
    if exports.wanted(request):
        everything = list(rows)
        _note(request, everything, "adjustments:xlsx")
        return exports.adjustments_workbook(desk, everything, labels)
    before = whole_number(request.GET.get("after", "")) or 0
    shown = rows.filter(pk__lt=before) if before else rows
    page, more = cut(list(shown[: queries.PAGE + 1]), queries.PAGE)
    _note(request, page, "adjustments")
    lines = [(row, row.state in WAITING_ADJUSTMENTS and can_change(desk.person, row.award.stamp)) for row in page]
    context = {
        "rows": lines,
        "may_decide": any(may for _row, may in lines),
        "next": page[-1].pk if more else None,
        "sums": reads.adjustment_sums(rows),
        "state": state,
        "states": [(WAITING, gettext("待办的")), *AdjustmentState.choices],
        "labels": labels,
        "form": form,
        "ticked": set(request.POST.getlist("row")),
    }
    return render_page(request, "awards/adjustment_list.html", context, status=422 if form.errors else 200)


@reading
def adjustment_preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What will change for whom by a day, by the law and the birthdays known today; nothing is written."""
    form = DayForm(request.GET if "on" in request.GET else None, initial={"on": desk.on})
    on: date | None = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    preview = reads.preview(desk.reads, max(on, desk.on)) if on is not None else None
    labels = queries.programme_labels(desk.on)
    if preview is not None and exports.wanted(request):
        _note_numbers(request, preview, "preview:xlsx")
        return exports.preview_workbook(desk, preview, labels)
    if preview is not None:
        _note_numbers(request, preview, "preview")
    context = {"form": form, "preview": preview, "labels": labels, "page": queries.PAGE}
    return render_page(request, "awards/adjustment_preview.html", context)


def _decided(request: HttpRequest, desk: Desk, form: AdjustForm) -> HttpResponse | None:
    """The deed done, then back to the list; None when something is wrong with the form."""
    ids = [pk for text in request.POST.getlist("row") if (pk := whole_number(text))]
    rows = list(reads.adjustments(desk.reads).filter(pk__in=ids))
    if not rows:
        messages.error(request, gettext("请先勾选要办理的待遇"))
        return redirect("adjustment_list")
    if not all(can_change(desk.person, row.award.stamp) for row in rows):
        raise PermissionDenied
    if not form.is_valid():
        return None
    adopt = request.POST.get("deed") == "adopt"
    deed = operations.adopt_adjustments if adopt else operations.dismiss_adjustments
    found = [row.pk for row in rows]
    if not perform(form, lambda: deed(act_of(request), adjustment_ids=found, note=form.cleaned_data["note"]))[0]:
        return None
    words = (
        ngettext("已按规则调整 %(count)s 项", "已按规则调整 %(count)s 项", len(found))
        if adopt
        else ngettext("已维持 %(count)s 项不变", "已维持 %(count)s 项不变", len(found))
    )
    messages.success(request, words % {"count": len(found)})
    return redirect("adjustment_list")


def _note(request: HttpRequest, rows: Sequence[Adjustment], subject: str) -> None:
    if rows:
        shown = [row.award.number for row in rows]
        note_read(request, where=chain_of([row.stamp for row in rows]), subject=subject, shown=shown)


def _note_numbers(request: HttpRequest, preview: reads.Preview, subject: str) -> None:
    if preview.rows:
        shown = [row.award.number for row in preview.rows]
        note_read(request, where=chain_of([row.award.stamp for row in preview.rows]), subject=subject, shown=shown)
