"""Months of awards: what is due, what batches took up, what was paid too much."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q, Sum

from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Claim
from linli.money.awards.codes import MonthState, ReceivableState
from linli.money.awards.models import Award, AwardChange, AwardMonth, Receivable
from linli.money.awards.rules.schedule import NOTHING, Event, Taken, due_months, kept_months, promises_by_month, rest

TakenMonths = Mapping[tuple[int, Month], Taken]


def events(award_ids: Iterable[int]) -> dict[int, list[Event]]:
    """The life of each award in the order recorded: one query."""
    return _lives(Q(award_id__in=set(award_ids)))


def event_of(change: AwardChange) -> Event:
    """The change as the schedule reads it."""
    return Event(change.kind, change.effective_date, change.amount_fen, change.until_date)


def schedules(award_ids: Iterable[int]) -> dict[int, dict[Month, int]]:
    """Fen due by month of each award."""
    return {award_id: due_months(life) for award_id, life in events(award_ids).items()}


def settled_months(award_id: int) -> frozenset[Month]:
    """Months of the award that a batch took up: nobody changes anything about them by hand any more."""
    rows = AwardMonth.objects.filter(award_id=award_id).exclude(state=MonthState.VOIDED)
    return frozenset(Month.of(day) for day in rows.values_list("month_date", flat=True))


def taken_months(award_ids: Iterable[int]) -> TakenMonths:
    """What batches took up of each month of the awards: one query."""
    return _taken(Q(award_id__in=set(award_ids)))


@dataclass(frozen=True, kw_only=True)
class DueMonth(Claim):
    """A month of an award that no batch has taken up yet, or the rest of it: ``part`` above 0 is a supplement.

    The day of the decision stands for that of the application, which these rooms do not know.
    """

    award: Award
    part: int = 0


def due_of_fund(fund_id: int, until: Month) -> list[DueMonth]:
    """Months due up to ``until`` in the fund's year that no live batch holds: three queries whatever the number."""
    return due_of_funds([fund_id], until)


def due_of_funds(fund_ids: Collection[int], until: Month) -> list[DueMonth]:
    """The same of several funds, each in its own year, in order of the awards' numbers: the same three queries."""
    rows = list(Award.objects.filter(line__fund_id__in=fund_ids).select_related("line__fund").order_by("pk"))
    which = Q(award__line__fund_id__in=fund_ids)
    return _dues(rows, _lives(which), _taken(which), until)


def dues_of(awards: Collection[Award]) -> list[DueMonth]:
    """All that is due of the awards (line and fund loaded), each in its fund's year, and not taken up: two queries."""
    ids = {award.pk for award in awards}
    return _dues(awards, events(ids), taken_months(ids), Month.of(date.max))


def _dues(
    rows: Iterable[Award], lives: Mapping[int, Iterable[Event]], taken: TakenMonths, until: Month
) -> list[DueMonth]:
    return [
        _due(row, month, left, held.parts)
        for row in rows
        for month, fen in due_months(lives.get(row.pk, ())).items()
        if month <= until and month.year == row.line.fund.year
        for held in (taken.get((row.pk, month), NOTHING),)
        for left in (rest(fen, held),)
        if left
    ]


def _due(award: Award, month: Month, fen: int, part: int) -> DueMonth:
    return DueMonth(
        programme=award.programme,
        month=month,
        amount_fen=fen,
        since=award.valid_from,
        applied=award.granted_date,
        number=award.number,
        line=award.line.code,
        award=award,
        part=part,
    )


def promised(awards: Collection[Award]) -> dict[int, int]:
    """Fen still promised to each award (line and fund loaded): of its fund's year, not yet taken up by a batch.

    A suspended award keeps its promise until it is resumed or ended.
    """
    taken = taken_months(award.pk for award in awards)
    lives = events(award.pk for award in awards)
    return {
        award.pk: sum(
            rest(fen, taken.get((award.pk, month), NOTHING))
            for month, fen in promises_by_month(lives.get(award.pk, [])).items()
            if month.year == award.line.fund.year
        )
        for award in awards
    }


@dataclass(frozen=True)
class Overpaid:
    """A paid month: fen above what it keeps and what came back, and fen of claims that stand for it."""

    over_fen: int
    owed_fen: int


def overpaid_sums(which: Q) -> dict[tuple[int, Month], Overpaid]:
    """Of every paid month of the awards (a condition on rows with an award): three queries."""
    paid: dict[tuple[int, date], int] = defaultdict(int)
    rows = AwardMonth.objects.filter(which, state=MonthState.PAID).order_by()
    for award_id, day, fen in rows.values_list("award_id", "month_date", "amount_fen"):
        paid[award_id, day] += fen
    owed: dict[tuple[int, date], int] = defaultdict(int)
    claims = Receivable.objects.filter(which).exclude(state=ReceivableState.WITHDRAWN).order_by()
    for award_id, day, fen, state in claims.values_list("award_id", "month__month_date", "amount_fen", "state"):
        if state == ReceivableState.RECOVERED:
            paid[award_id, day] -= fen
        else:
            owed[award_id, day] += fen
    keys = {*paid, *owed}
    kept = {pk: kept_months(life) for pk, life in events(pk for pk, _day in keys).items()} if keys else {}
    return {
        (pk, month): Overpaid(max(paid[pk, day] - kept.get(pk, {}).get(month, 0), 0), owed[pk, day])
        for pk, day in keys
        for month in (Month.of(day),)
    }


class ClaimState(StrEnum):
    """How the claim to a payment that came back stands."""

    WHOLE = "WHOLE"  # all of it is claimed back
    SETTLED = "SETTLED"  # some of it is back already


def claims(months: Iterable[tuple[int, Month, int]]) -> dict[tuple[int, Month, int], ClaimState]:
    """Those of the payments (award id, month, part) that are claimed as a whole, or of which something is back."""
    wanted = set(months)
    rows = AwardMonth.objects.filter(award_id__in={award_id for award_id, _month, _part in wanted})
    sums = rows.exclude(state=MonthState.VOIDED).annotate(
        open_fen=Sum("receivables__amount_fen", filter=Q(receivables__state=ReceivableState.OPEN), default=0),
        back_fen=Sum("receivables__amount_fen", filter=Q(receivables__state=ReceivableState.RECOVERED), default=0),
    )
    found = {}
    for row in sums:
        key = (row.award_id, Month.of(row.month_date), row.part)
        if key in wanted and (row.back_fen or row.open_fen == row.amount_fen):
            found[key] = ClaimState.SETTLED if row.back_fen else ClaimState.WHOLE
    return found


def _lives(which: Q) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for change in AwardChange.objects.filter(which).order_by("award_id", "seq"):
        found[change.award_id].append(event_of(change))
    return found


def _taken(which: Q) -> TakenMonths:
    fen: dict[tuple[int, date], int] = defaultdict(int)
    parts: dict[tuple[int, date], set[int]] = defaultdict(set)
    closed = set()
    rows = AwardMonth.objects.filter(which).exclude(state=MonthState.VOIDED)
    # A month comes once for each claim on it.
    claims = ("receivables__amount_fen", "receivables__state")
    for award_id, day, part, amount, state, claimed, claim in rows.values_list(
        "award_id", "month_date", "part", "amount_fen", "state", *claims
    ):
        key = (award_id, day)
        if part not in parts[key]:
            parts[key].add(part)
            fen[key] += amount
        if claim == ReceivableState.RECOVERED:
            fen[key] -= claimed
        if state == MonthState.WRITTEN_OFF:
            closed.add(key)
    return {
        (award_id, Month.of(day)): Taken(total, max(parts[award_id, day]) + 1, (award_id, day) in closed)
        for (award_id, day), total in fen.items()
    }
