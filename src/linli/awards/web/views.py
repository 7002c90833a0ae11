"""Look: the list of awards, and one award with its history, months and accounts."""

from django.http import Http404, HttpRequest, HttpResponse

from linli.awards import queries
from linli.awards.codes import AwardState, EndReason, MonthState
from linli.awards.models import Award
from linli.awards.permissions import can_change, can_propose_account, can_unmask
from linli.awards.queries import AwardDetail
from linli.awards.web.desk import Desk, chain_of, note_read, reading
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.tables import cut
from linli.kernel.period import Month
from linli.users.queries import names

_STATES = {state.value for state in AwardState}


@reading
def award_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Awards in order of number; by state, programme, and number of award, household or application."""
    state = request.GET.get("state", "")
    rows = queries.awards(
        desk.reads,
        state=state if state in _STATES else "",
        programme=request.GET.get("programme", ""),
        text=request.GET.get("q", "").strip().upper(),
        after=request.GET.get("after", ""),
    )
    page, more = cut(list(rows[: queries.PAGE + 1]), queries.PAGE)
    if page:
        shown = [award.number for award in page]
        note_read(request, where=chain_of([award.stamp for award in page]), subject="awards", shown=shown)
    context = {
        "rows": page,
        "next": page[-1].number if more else None,
        "states": AwardState.choices,
        "labels": queries.programme_labels(desk.on),
    }
    return render_page(request, "awards/award_list.html", context, fragment="awards/_awards.html")


@reading
def award_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One award: what is paid, to whom, and everything that happened to it."""
    try:
        detail = queries.award_detail(desk.reads, number)
    except Award.DoesNotExist as error:
        raise Http404 from error
    award = detail.award
    note_read(request, where=award.stamp, subject=f"award:{number}")
    context = {
        "detail": detail,
        "award": award,
        "months": _months(detail),
        "history": _history(detail),
        "label": queries.programme_labels(desk.on).get(award.programme, award.programme),
        "knows_people": desk.knows_people(award.stamp),
        "may_change": can_change(desk.person, award.stamp) and award.state != AwardState.ENDED,
        "may_propose": can_propose_account(desk.person, award.stamp),
        "may_unmask": can_unmask(desk.person, award.stamp),
    }
    return render_page(request, "awards/award_detail.html", context)


def _months(detail: AwardDetail) -> list[tuple[Month, int, str, str]]:
    """Each month with its fen, state and batch: what was taken up, then what is still due."""
    taken = {Month.of(row.month_date): row for row in detail.months if row.state != MonthState.VOIDED}
    months = sorted({*taken, *detail.due})
    return [
        (month, taken[month].amount_fen, taken[month].get_state_display(), taken[month].batch_number)
        if month in taken
        else (month, detail.due[month], "", "")
        for month in months
    ]


def _history(detail: AwardDetail) -> list[dict[str, object]]:
    """Events newest first for the timeline component."""
    known = names([change.by_id for change in detail.changes])
    reasons = dict(EndReason.choices)
    return [
        {
            "at": change.at,
            "title": change.get_kind_display(),
            "by": known.get(change.by_id, ""),
            "note": change.note,
            "effective": change.effective_date,
            "amount_fen": change.amount_fen,
            "reason": reasons.get(change.reason, ""),
        }
        for change in reversed(detail.changes)
    ]
