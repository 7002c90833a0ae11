"""Plan against actual: for every aim of a plan, what the records say, and which records.

What the product does not record yet has no number: ``built`` is False and ``actual`` None, never zero.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from linli.foundation.data.scope import Scope
from linli.foundation.files.cells import Column, Value
from linli.foundation.measures import Figure, Lines, Measure, Window, figures_together, measures
from linli.kernel.bilingual import NO_TEXT, Text
from linli.kernel.money import yuan
from linli.law.policies.engine import Pack
from linli.overview.planning.engine import Plan
from linli.overview.planning.engine.cashflow import months_of
from linli.overview.planning.engine.plan import HOUSEHOLDS
from linli.overview.planning.queries.aims import (
    ANSWERS_CODE,
    APPLICATIONS_CODE,
    NOTE_ANSWERED,
    NOTE_BY_STATE,
    NOTE_GROUP,
    NOTE_HOUSEHOLDS,
    NOTE_NOT_YET,
    NOTE_OPENING,
    NOTE_PAID,
    NOTE_RECEIVED,
    NOTE_UNITS,
    Aim,
    aims,
)
from linli.overview.planning.queries.money import check_fund

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
class Taken:
    """A measure as a figure of the plan takes it: the values ``of`` a column that belong to the figure (None: all)."""

    code: str
    by: str
    of: tuple[str, ...] | None
    window: Window
    note: Text
    words: Mapping[str, Mapping[Any, object]] = field(default_factory=dict)

    @property
    def measure(self) -> Measure:
        """What the room says is counted."""
        return measures[self.code]


class _Named(dict[Any, Mapping[Any, Figure]]):
    """Figures that are only named yet: each is there, and nothing."""

    def __contains__(self, key: object) -> bool:
        self.setdefault(key, {})
        return True


@dataclass(frozen=True)
class Year:
    """A plan, and where and by which fund it is lived; each measure is read once, those of :meth:`begin` together."""

    scope: Scope
    community_id: int
    pack: Pack
    plan: Plan
    on: date
    fund_id: int | None
    _read: dict[tuple[str, str, Window], Mapping[Any, Figure]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def window(self) -> Window:
        """This day, within the time from the plan's first month to the end of its year."""
        first = min(date(self.plan.year, 1, 1), months_of(self.plan)[0].first_day)
        until = date(self.plan.year + 1, 1, 1)
        return Window(self.scope, self.community_id, self.on, first, until, self.pack.code, self.fund_id)

    def begin(self, some: Iterable[Aim]) -> None:
        """Read what these aims are measured by, all in one statement."""
        asked = replace(self, _read=_Named())
        for aim in some:
            taken = taken_by(asked, aim)
            if taken:
                asked.figures(taken)
        keys = list(asked._read)
        questions = [(measures[code], window, by) for code, by, window in keys]
        self._read.update(zip(keys, figures_together(questions), strict=True))

    def figures(self, taken: Taken) -> Mapping[Any, Figure]:
        """The measure's figures by the column: one query, however many figures of the plan take it."""
        key = taken.code, taken.by, taken.window
        if key not in self._read:
            self._read.update(zip([key], figures_together([(taken.measure, taken.window, taken.by)]), strict=True))
        return self._read[key]

    def figure(self, taken: Taken) -> Figure:
        """What the records say."""
        found = self.figures(taken)
        some = [found[code] for code in (found if taken.of is None else taken.of) if code in found]
        return Figure(sum(one.value for one in some), sum(one.records for one in some))

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
    return rows_of(Year(scope, community_id, pack, plan, on, fund_id))


def rows_of(year: Year) -> tuple[Row, ...]:
    """The same of a year whose fund is in the scope."""
    some = list(aims(year.pack, year.plan))
    year.begin(some)
    return tuple(row_of(year, aim) for aim in some)


def row_of(year: Year, aim: Aim) -> Row:
    """The row of one aim, in a year whose fund is in the scope."""
    figure, taken = year.plan.figures.get(aim.figure), taken_by(year, aim)
    found = year.figure(taken) if taken else None
    counted = not aim.figure and taken is not None  # applications and answers are no figures of the plan
    target = int(figure.value) if figure else None
    if aim.code == ANSWERS_CODE and found:
        target = found.records or None  # nothing is promised while nobody has to be answered
    # Who is on the books when the year begins is complete on its first day, who was answered every day.
    complete = aim.code == ANSWERS_CODE or aim.figure.endswith(".opening_caseload")
    return Row(
        code=aim.code,
        label=aim.label,
        unit="COUNT" if counted else figure.unit if figure else "",
        target=target,
        actual=found.value if found else None,
        built=found is not None,
        pace=1000 if complete else year.pace,
        source_count=found.records if found else 0,
        drill=Drill(RECORDS_PAGE, {"code": aim.code}) if found else None,
        note=taken.note if taken else NOTE_NOT_YET,
    )


def records(year: Year, aim: Aim, *, after: str = "") -> Lines | None:
    """The records behind a row, after a key; None when there is nothing behind it."""
    taken = taken_by(year, aim)
    if taken is None:
        return None
    return taken.measure.lines(taken.window, taken.by, taken.of, after=after, words=taken.words)


# --- one function per kind of figure ----------------------------------------------------------------


def taken_by(year: Year, aim: Aim) -> Taken | None:
    """The measure that an aim is measured by; None when nothing of the kind is recorded yet."""
    for form, function in _TAKEN:
        if aim.recorded and fnmatchcase(aim.figure or aim.code, form):
            return function(year, *aim.figure.split(".")[1:2])
    return None


def _recipients(year: Year, programme: str) -> Taken:
    """Different households or people that the bank paid at least once."""
    return Taken("payments.units_paid", "programme", (programme,), year.window, NOTE_UNITS)


def _opening(year: Year, programme: str) -> Taken:
    """Households or people with an award that covers the first day of the programme's first month."""
    window = replace(year.window, on=year.plan.month(f"programmes.{programme}.first_month").first_day)
    return Taken("awards.on_the_books", "programme", (programme,), window, NOTE_OPENING)


def _group(year: Year, group: str) -> Taken:
    """Different households or people recognised, whichever the target counts; for people the households in words."""
    households = Taken("assistance.households_recognised", "group", (group,), year.window, NOTE_HOUSEHOLDS)
    if year.plan.figures[f"groups.{group}.target"].unit == HOUSEHOLDS:
        return households
    people = replace(households, code="assistance.people_recognised")
    numbers = {"persons": year.figure(people).value, "households": year.figure(households).value}
    return replace(people, note=_filled(NOTE_GROUP, numbers))


def _line(year: Year, line: str) -> Taken | None:
    """Fen that the bank paid for the programmes of a line; lines for services pay nothing yet."""
    codes = tuple(programme.code for programme in year.plan.programmes if programme.line == line)
    names = {code: year.pack.programmes[code].label for code in codes}
    taken = Taken("payments.fen_paid", "programme", codes, year.window, NOTE_PAID, {"programme": names})
    return taken if codes else None


def _source(year: Year, source: str) -> Taken:
    """Fen received from a source."""
    return Taken("ledger.fen_received", "source", (source,), year.window, NOTE_RECEIVED)


def _applications(year: Year) -> Taken:
    taken = Taken("assistance.applications", "state", None, year.window, NOTE_BY_STATE)
    granted = year.figure(replace(taken, of=("GRANTED",))).value
    return replace(taken, note=_filled(taken.note, {"granted": granted}))


def _answers(year: Year) -> Taken:
    """Answered in time, of those that were answered or should have been."""
    taken = Taken("assistance.answered_in_time", "community_id", None, year.window, NOTE_ANSWERED)
    found = year.figure(taken)
    return replace(taken, note=_filled(taken.note, {"due": found.records, "timely": found.value}))


def _filled(words: Text, numbers: Mapping[str, int]) -> Text:
    return Text(words.zh.format(**numbers), words.en.format(**numbers))


_TAKEN: tuple[tuple[str, Callable[..., Taken | None]], ...] = (
    ("programmes.*.recipients", _recipients),
    ("programmes.*.opening_caseload", _opening),
    ("groups.*.target", _group),
    ("budget_lines.*.amount", _line),
    ("sources.*.amount", _source),
    (ANSWERS_CODE, _answers),
    (APPLICATIONS_CODE, _applications),
)


# --- plan against actual as a workbook: numbers as numbers, each with its unit ---------------------


COLUMNS = (
    Column("label", ("项目", "Aim")),
    Column("unit", ("单位", "Unit")),
    Column("target", ("计划", "Plan")),
    Column("actual", ("实际", "Actual")),
    Column("records", ("依据记录数", "Records"), kind="INTEGER"),
    Column("note", ("说明", "Note")),
)
_UNITS = {
    "HOUSEHOLDS": Text("户", "households"),
    "PERSONS": Text("人", "people"),
    "ATTENDANCES": Text("人次", "attendances"),
    "HOURS": Text("小时", "hours"),
    "PERCENT": Text("%", "%"),
    "COUNT": Text("件", "items"),
    "PER_WEEK": Text("次/周", "a week"),
    "PER_MONTH": Text("次/月", "a month"),
    "PER_YEAR": Text("次/年", "a year"),
    "FEN": Text("元", "yuan"),
}
_NOT_YET = Text("尚未建设", "not yet")


def actual_rows(rows: Iterable[Row], language: str) -> list[dict[str, Value]]:
    """The rows of the workbook; what is not recorded says so and has no number."""
    return [
        {
            "label": row.label.in_language(language),
            "unit": _UNITS.get(row.unit, NO_TEXT).in_language(language),
            "target": _number(row.target, row.unit),
            "actual": _number(row.actual, row.unit) if row.built else _NOT_YET.in_language(language),
            "records": row.source_count if row.built else None,
            "note": row.note.in_language(language),
        }
        for row in rows
    ]


def _number(value: int | None, unit: str) -> str:
    if value is None:
        return ""
    return yuan(value) if unit == "FEN" else f"{value:,}"
