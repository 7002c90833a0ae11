"""Look: the list of awards, and one award with its history, months and accounts."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from linli.foundation.data.scope import Scope
from linli.foundation.screens.pages import render_page
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries import names
from linli.kernel.period import Month
from linli.money.awards import queries
from linli.money.awards.codes import AwardState, EndReason, MonthState, Standing
from linli.money.awards.models import Award, AwardMonth
from linli.money.awards.permissions import can_change, can_propose_account, can_unmask
from linli.money.awards.queries import AwardDetail
from linli.money.awards.web import exports
from linli.money.awards.web.desk import Desk, chain_of, open_months, reading
from linli.registry.residents.queries import search

_OVER = (AwardState.ENDED, AwardState.EXPIRED)
# So many people may bear the name that was typed.
_NAMED = 200


@reading
def award_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Awards in order of number: by state, programme, open review, and number or name."""
    rows, labels = _filtered(request, desk), queries.programme_labels(desk.on)
    if exports.wanted(request):
        everything = list(rows)
        _note(request, everything, "awards:xlsx")
        payees = queries.payees([award.unit_key for award in everything])
        return exports.awards_workbook(desk, everything, payees, labels)
    after = request.GET.get("after", "")
    page, more = cut(list((rows.filter(number__gt=after) if after else rows)[: queries.PAGE + 1]), queries.PAGE)
    _note(request, page, "awards")
    context = {
        "rows": page,
        "next": page[-1].number if more else None,
        "sums": queries.monthly_sums(rows, desk.on),
        "payees": queries.payees([award.unit_key for award in page]),
        "states": Standing.choices,
        "standings": {award.pk: award.standing_on(desk.on) for award in page},
        "labels": labels,
        "finds_names": bool(desk.person.scope(*REGISTRY_ROLES)),
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
        "standing": award.standing_on(desk.on),
        "months": _months(detail),
        "history": _history(detail),
        "letters": queries.letters_of_award(desk.reads, award),
        "of_the_dead": queries.of_the_dead([account.pk for account in detail.accounts], desk.on),
        "provisional": bool(queries.provisional_holds(detail.accounts, desk.on)),
        "label": queries.programme_labels(desk.on).get(award.programme, award.programme),
        "knows_people": desk.knows_people(award.stamp),
        "may_change": can_change(desk.person, award.stamp) and award.state not in _OVER,
        "may_shift": bool(open_months(award)),
        "may_propose": can_propose_account(desk.person, award.stamp),
        "may_unmask": can_unmask(desk.person, award.stamp),
    }
    return render_page(request, "awards/award_detail.html", context)


def _filtered(request: HttpRequest, desk: Desk) -> QuerySet[Award]:
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    names_of = desk.person.scope(*REGISTRY_ROLES)
    by_name = bool(text and names_of) and not any(letter.isdigit() for letter in text)
    return queries.awards(
        desk.reads,
        standing=(Standing(state), desk.on) if state in Standing.values else None,
        programme=request.GET.get("programme", ""),
        text="" if by_name else text.upper(),
        units=_units_named(names_of, text) if by_name else None,
        review_due=request.GET.get("review") == "due",
    )


def _units_named(scope: Scope, text: str) -> set[str]:
    """Numbers of the residents whom the text names, and of their households."""
    hits = search(scope, text, limit=_NAMED)
    return {number for hit in hits for number in (hit.number, hit.household_number) if number}


def _note(request: HttpRequest, rows: Sequence[Award], subject: str) -> None:
    if rows:
        shown = [award.number for award in rows]
        note_read(request, where=chain_of([award.stamp for award in rows]), subject=subject, shown=shown)


def _months(detail: AwardDetail) -> list[tuple[Month, int, str, str, bool]]:
    """Each payment of each month with fen, state, batch and whether it is a supplement; then what is still due."""
    taken: dict[Month, list[AwardMonth]] = defaultdict(list)
    for row in detail.months:
        if row.state != MonthState.VOIDED:
            taken[Month.of(row.month_date)].append(row)
    lines = []
    for month in sorted({*taken, *detail.due}):
        rows = sorted(taken[month], key=lambda row: row.part)
        lines += [(month, row.amount_fen, _state_text(row), row.batch_number, row.part > 0) for row in rows]
        left = detail.left(month)
        if left:
            lines.append((month, left, "", "", bool(rows)))
    return lines


def _state_text(month: AwardMonth) -> str:
    """Where a month stands, for readers who keep no books."""
    return gettext("已列支，待到账") if month.state == MonthState.ACCRUED else str(month.get_state_display())


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
