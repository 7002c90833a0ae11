"""Plan against actual: for every aim of a plan, what the records say, and which records.

What the product does not record yet has no number: ``built`` is False and ``actual`` None, never zero.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from linli.aid.assistance.queries.counts import NOBODY, Recognised, application_counts, recognised
from linli.foundation.data.scope import Scope
from linli.kernel.bilingual import Text
from linli.law.policies.engine import Pack
from linli.money.awards.queries import Award, awards
from linli.money.payments.codes import ItemState
from linli.overview.planning.engine import (
    Plan,
)
from linli.overview.planning.engine.cashflow import months_of
from linli.overview.planning.engine.plan import HOUSEHOLDS
from linli.overview.planning.queries.aims import ANSWERS_CODE, APPLICATIONS_CODE, Aim, aims
from linli.overview.planning.queries.answers import IN_TIME, answers_due
from linli.overview.planning.queries.money import check_fund
from linli.overview.planning.queries.receipts import receipts
from linli.overview.planning.queries.texts import (
    NOTE_ANSWERED,
    NOTE_BY_STATE,
    NOTE_GROUP,
    NOTE_HOUSEHOLDS,
    NOTE_NOT_YET,
    NOTE_OPENING,
    NOTE_PAID,
    NOTE_RECEIVED,
    NOTE_UNITS,
)

__all__ = [
    "Aim",
    "Drill",
    "Measured",
    "Paid",
    "Row",
    "Year",
    "aims",
    "measure",
    "plan_versus_actual",
    "row_of",
]

RECORDS_PAGE = "plan_actual_records"


@dataclass(frozen=True)
class Drill:
    """The page that lists the records behind a number: its URL's name and parameters."""

    url_name: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """One aim of the plan, in its own unit (fen, HOUSEHOLDS, PERSONS, PERCENT, HOURS …).

    ``target`` is None for an aim without a number. ``pace`` is how much of the plan's time is over, in thousandths.
    ``source_count`` is how many records (payments, recognitions, awards, applications) the actual number stands on.
    """

    code: str
    label: Text
    unit: str
    target: int | None
    actual: int | None
    built: bool
    pace: int
    source_count: int
    drill: Drill | None
    note: Text


@dataclass(frozen=True)
class Measured:
    """What the records say about one figure."""

    actual: int
    source_count: int
    note: Text


@dataclass(frozen=True)
class Paid:
    """What the bank paid: different households or people, payments, fen."""

    units: int
    payments: int
    fen: int


NOTHING = Paid(0, 0, 0)


@dataclass(frozen=True)
class Year:
    """A plan and the place and fund in which it is lived; each source is read once."""

    scope: Scope
    community_id: int
    pack: Pack
    plan: Plan
    on: date
    fund_id: int | None

    @cached_property
    def paid(self) -> Mapping[str, Paid]:
        """Programme → what the bank paid: one query."""
        rows = self.awards().filter(payments__state=ItemState.PAID).values("programme").order_by("programme")
        counted = rows.annotate(
            units=Count("unit_key", distinct=True), payments_made=Count("payments"), fen=Sum("payments__amount_fen")
        )
        return {row["programme"]: Paid(row["units"], row["payments_made"], row["fen"]) for row in counted}

    @cached_property
    def opened(self) -> Mapping[str, tuple[int, int]]:
        """Programme → different units and awards of those on the books from its first month: one query."""
        wanted = Q(pk__in=[])
        for programme in self.plan.programmes:
            wanted |= Q(programme=programme.code) & self._from_first_month(programme.code)
        rows = self.awards().filter(wanted).values("programme").order_by("programme")
        counted = rows.annotate(units=Count("unit_key", distinct=True), granted=Count("pk"))
        return {row["programme"]: (row["units"], row["granted"]) for row in counted}

    @cached_property
    def recognised(self) -> Mapping[str, Recognised]:
        """Group → different households and people."""
        return recognised(self.scope, self.community_id, self.on, scheme=self.pack.code)

    def awards(self, programme: str = "") -> QuerySet[Award]:
        """Awards on the fund's lines, of one programme where it is named."""
        if self.fund_id is None:
            return awards(self.scope).none()
        return awards(self.scope, programme=programme, fund_id=self.fund_id)

    def opening(self, programme: str) -> QuerySet[Award]:
        """Those of the programme's awards that ran in its first month."""
        return self.awards(programme).filter(self._from_first_month(programme))

    def _from_first_month(self, programme: str) -> Q:
        first = self.plan.month(f"programmes.{programme}.first_month").first_day
        return Q(valid_from__lte=first, valid_until__gt=first)

    def receipts(self, source: str) -> QuerySet[Any, Any]:
        """The journals in which the source's money came in, from the plan's first month to the end of its year."""
        first = min(date(self.plan.year, 1, 1), months_of(self.plan)[0].first_day)
        rows = receipts(self.scope, self.fund_id or 0, source, start=first, until=date(self.plan.year + 1, 1, 1))
        return rows if self.fund_id else rows.none()

    def programmes_on(self, line: str) -> list[str]:
        """Codes of the plan's programmes that the budget line pays."""
        return [programme.code for programme in self.plan.programmes if programme.line == line]

    @property
    def pace(self) -> int:
        """How much of the plan's time is over, in thousandths."""
        months = months_of(self.plan)
        first, until = months[0].first_day, months[-1].plus(1).first_day
        return max(0, min(1000, ((self.on - first).days + 1) * 1000 // (until - first).days))


def plan_versus_actual(
    scope: Scope, *, community_id: int, pack: Pack, plan: Plan, on: date, fund_id: int | None
) -> tuple[Row, ...]:
    """One row for every aim: the plan's targets in their order, then what else it promises and the records tell.

    Numbers are those of the day ``on`` and of what was paid so far. ObjectDoesNotExist when the fund is out of scope.
    """
    if fund_id is not None:
        check_fund(scope, fund_id)
    year = Year(scope, community_id, pack, plan, on, fund_id)
    return tuple(row_of(year, aim) for aim in aims(pack, plan))


def row_of(year: Year, aim: Aim) -> Row:
    """The row of one aim, in a year whose fund is in the scope."""
    special = {APPLICATIONS_CODE: _applications, ANSWERS_CODE: _answers}
    return special[aim.code](year, aim) if aim.code in special else _row(year, aim)


def _row(year: Year, aim: Aim) -> Row:
    figure = year.plan.figures.get(aim.figure)
    measured = measure(year, aim.figure) if aim.recorded else None
    row = Row(
        code=aim.code,
        label=aim.label,
        unit=figure.unit if figure else "",
        target=int(figure.value) if figure else None,
        actual=None,
        built=False,
        # Who is on the books when the year begins is complete on its first day.
        pace=1000 if aim.figure.endswith(".opening_caseload") else year.pace,
        source_count=0,
        drill=None,
        note=NOTE_NOT_YET,
    )
    if measured is None:
        return row
    return replace(
        row,
        actual=measured.actual,
        built=True,
        source_count=measured.source_count,
        drill=Drill(RECORDS_PAGE, {"code": aim.code}),
        note=measured.note,
    )


def _applications(year: Year, aim: Aim) -> Row:
    states = application_counts(year.scope, year.community_id, year.on, scheme=year.pack.code)
    total, granted = sum(states.values()), states.get("GRANTED", 0)
    note = Text(NOTE_BY_STATE.zh.format(granted=granted), NOTE_BY_STATE.en.format(granted=granted))
    return _counted(aim, None, total, total, year.pace, note)


def _answers(year: Year, aim: Aim) -> Row:
    """Answered in time, of those that were answered or should have been; nothing is promised while there are none."""
    rows = answers_due(year.scope, year.community_id, year.on, scheme=year.pack.code)
    numbers = {"due": rows.count(), "timely": rows.filter(IN_TIME).count()}
    note = Text(NOTE_ANSWERED.zh.format(**numbers), NOTE_ANSWERED.en.format(**numbers))
    return _counted(aim, numbers["due"] or None, numbers["timely"], numbers["due"], 1000, note)


def _counted(aim: Aim, target: int | None, actual: int, records: int, pace: int, note: Text) -> Row:
    return Row(
        code=aim.code,
        label=aim.label,
        unit="COUNT",
        target=target,
        actual=actual,
        built=True,
        pace=pace,
        source_count=records,
        drill=Drill(RECORDS_PAGE, {"code": aim.code}),
        note=note,
    )


# --- one function per kind of figure ----------------------------------------------------------------


def measure(year: Year, figure: str) -> Measured | None:
    """What the records say about the figure under a path; None when nothing of the kind is recorded yet."""
    for form, function in _MEASURES:
        if fnmatchcase(figure, form):
            return function(year, figure.split(".")[1])
    return None


def _recipients(year: Year, programme: str) -> Measured:
    """Different households or people that the bank paid at least once."""
    paid = year.paid.get(programme, NOTHING)
    return Measured(paid.units, paid.payments, NOTE_UNITS)


def _opening(year: Year, programme: str) -> Measured:
    """Households or people with an award from the programme's first month on."""
    return Measured(*year.opened.get(programme, (0, 0)), NOTE_OPENING)


def _group(year: Year, group: str) -> Measured:
    """Different households or people recognised, whichever the target counts; for people the households in words."""
    found = year.recognised.get(group, NOBODY)
    if year.plan.figures[f"groups.{group}.target"].unit == HOUSEHOLDS:
        return Measured(found.households, found.records, NOTE_HOUSEHOLDS)
    numbers = {"persons": found.persons, "households": found.households}
    note = Text(NOTE_GROUP.zh.format(**numbers), NOTE_GROUP.en.format(**numbers))
    return Measured(found.persons, found.records, note)


def _line(year: Year, line: str) -> Measured | None:
    """Fen that the bank paid for the programmes of a line; lines for services pay nothing yet."""
    programmes = year.programmes_on(line)
    if not programmes:
        return None
    sums = [year.paid.get(programme, NOTHING) for programme in programmes]
    return Measured(sum(paid.fen for paid in sums), sum(paid.payments for paid in sums), NOTE_PAID)


def _source(year: Year, source: str) -> Measured:
    """Fen received from a source."""
    rows = year.receipts(source)
    return Measured(sum(row.fen for row in rows), len(rows), NOTE_RECEIVED)


_MEASURES: tuple[tuple[str, Callable[[Year, str], Measured | None]], ...] = (
    ("programmes.*.recipients", _recipients),
    ("programmes.*.opening_caseload", _opening),
    ("groups.*.target", _group),
    ("budget_lines.*.amount", _line),
    ("sources.*.amount", _source),
)
