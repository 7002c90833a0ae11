"""What is due and not taken up, kept: a row for each month of an award, and their sums (docs/adr/0044).

What is due is said by the award's history (``rules.schedule``), here as everywhere; whether it could be paid by its
account and by the register. The database marks each award that something was written about (triggers of the models);
who asks next has those reckoned anew (``operations.dues``, behind ``foundation.trail.keeping``).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import Max, Q, QuerySet, Sum

from linli.foundation.data.marks import TOUCHED
from linli.foundation.data.scope import Scope, within
from linli.foundation.trail.keeping import bring_up
from linli.kernel.period import Month
from linli.money.awards.codes import AccountState, AwardState, DueState
from linli.money.awards.models import Award, Due, DueMark, DueSum, PayeeAccount
from linli.money.awards.queries.awards import departed, departures_of, usable_accounts
from linli.money.awards.queries.holders import turning
from linli.money.awards.queries.months import dues_of
from linli.registry.residents.codes import DepartureKind

D = TypeVar("D", Due, DueSum)
DUES = "awards.dues"  # what is kept, on its shelf
_AT_ONCE = 500  # awards


class DueKey(NamedTuple):
    """Everything that a row of what is due says."""

    award_id: int
    fund_id: int
    programme: str
    month_date: date
    part: int
    amount_fen: int
    state: str
    district_id: int
    street_id: int | None
    community_id: int | None
    grid_id: int | None


@dataclass(frozen=True)
class DueTotal:
    """What is due of a fund for a month and programme: how many months of awards, and their fen."""

    fund_id: int
    month: Month
    programme: str
    state: DueState
    number: int
    fen: int


def dues_between(scope: Scope, first: Month, last: Month, *, programme: str = "", on: date) -> QuerySet[Due]:
    """What funds within reach owe awards within reach for these months, by month and award."""
    bring_up(DUES, on)
    rows = _reach(Due.objects.filter(month_date__gte=first.first_day, month_date__lte=last.first_day), scope)
    rows = rows.filter(programme=programme) if programme else rows
    return rows.select_related("award").order_by("month_date", "award_id")


def due_totals(scope: Scope, first: Month, last: Month, on: date) -> list[DueTotal]:
    """The sums of :func:`dues_between` by fund, programme and whether they could be paid on the day."""
    return _totals(_reach(DueSum.objects.all(), scope), first, last, on)


def _reach(rows: QuerySet[D], scope: Scope) -> QuerySet[D]:
    return within(within(rows, scope), scope, prefix="fund__")


def due_totals_of(fund_ids: Collection[int], first: Month, last: Month, on: date) -> list[DueTotal]:
    """The same of funds, wherever their awards lie."""
    return _totals(DueSum.objects.filter(fund_id__in=fund_ids), first, last, on)


def _totals(rows: QuerySet[DueSum], first: Month, last: Month, on: date) -> list[DueTotal]:
    bring_up(DUES, on)
    by = ("fund_id", "month_date", "programme", "state")
    rows = rows.filter(month_date__gte=first.first_day, month_date__lte=last.first_day)
    sums = rows.values_list(*by).annotate(lines=Sum("number"), fen=Sum("amount_fen")).filter(lines__gt=0)
    return [
        DueTotal(fund_id, Month.of(day), programme, DueState(state), lines, fen)
        for fund_id, day, programme, state, lines, fen in sums.order_by(*by)
    ]


def kept_dues(ids: Sequence[int]) -> Iterable[Any]:
    """What is due of the awards as it is kept: the id of each row, then what it says."""
    return Due.objects.filter(award_id__in=ids).values_list("pk", *DueKey._fields)


def reckoned_dues(ids: Sequence[int], on: date) -> tuple[list[DueKey], set[int]]:
    """What is due of the awards, and those of which another day may say otherwise."""
    rows = Award.objects.filter(pk__in=ids).select_related("line__fund", "household").order_by("pk")
    awards = {row.pk: row for row in rows}
    dues = dues_of(awards.values())
    live = [row for row in awards.values() if row.state != AwardState.ENDED]
    units = {due.award.unit_key for due in dues}
    gone, usable = departed(live, on), usable_accounts(units, on)
    found = [
        DueKey(
            due.award.pk,
            due.award.line.fund_id,
            due.programme,
            due.month.first_day,
            due.part,
            due.amount_fen,
            _state(due.award, gone, usable),
            *astuple(due.award.stamp),
        )
        for due in dues
    ]
    held = _held(units, on)
    return found, {due.award.pk for due in dues if due.award.unit_key in held} | _leaving(live, on)


def _state(award: Award, gone: Collection[int], usable: Collection[str]) -> DueState:
    if award.pk in gone:
        return DueState.GONE
    return DueState.READY if award.unit_key in usable else DueState.BLOCKED


def _held(units: Collection[str], on: date) -> set[str]:
    """Units whose account is held beyond the day, or whose holder dies, moves or is guardian otherwise after it."""
    rows = PayeeAccount.objects.filter(unit_key__in=units, state=AccountState.CONFIRMED)
    return set(rows.filter(Q(usable_date__gt=on) | turning(on)).values_list("unit_key", flat=True))


def _leaving(live: Sequence[Award], on: date) -> set[int]:
    """Awards whose people leave after the day, or moved within the community: what follows from that the law says."""
    others = departures_of(live, date.max)
    later = [one for one in others if one.departed_date > on or one.kind == DepartureKind.REHOUSED]
    people = {one.resident_id for one in later if one.resident_id}
    homes = {one.household_id for one in later if one.household_id}
    return {row.pk for row in live if (row.resident_id or 0) in people or row.household_id in homes}


def differing_dues() -> Iterator[str]:
    """Numbers of awards of which what is kept is not what is reckoned; those that wait to be reckoned are left out."""
    last = DueMark.objects.aggregate(last=Max("day"))["last"] or TOUCHED
    on = last if last > TOUCHED else date.max  # where nothing depends on it any later day says the same
    wait = DueMark.objects.exclude(day=on)
    numbers = dict(Award.objects.exclude(pk__in=wait.values("award")).order_by("pk").values_list("pk", "number"))
    ids = list(numbers)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        wrong = set(reckoned_dues(some, on)[0]) ^ {DueKey(*row[1:]) for row in kept_dues(some)}
        yield from sorted({numbers[key.award_id] for key in wrong})
