"""A year plan as data: who is to be helped, with what, from which money, and how sure each number is.

Nothing here knows a particular scheme. Structure (codes, labels, links) and numbers are kept apart: every number is a
:class:`Figure` under a dotted path such as ``programmes.GRANT.recipients``, so that a slider, a way out of a
contradiction and a diff between two versions all speak of the same thing.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import ClassVar, TypeAlias, TypeVar, cast

from linli.kernel.bilingual import Text
from linli.kernel.canonical import digest
from linli.kernel.errors import DomainError
from linli.kernel.period import Month
from linli.law.policies.engine.schema import Figure
from linli.law.policies.engine.shortage import Order
from linli.law.policies.engine.units import RANGES
from linli.money.ledger.rules.allocation import serves

HOUSEHOLDS, PERSONS, RESIDENTS, ATTENDANCES = "HOUSEHOLDS", "PERSONS", "RESIDENTS", "ATTENDANCES"

# Any plan is far below this; it keeps products of three figures readable and sums of fen inside int64.
LARGEST_FIGURE = 10**13
PER_WEEK, PER_MONTH, PER_YEAR = "PER_WEEK", "PER_MONTH", "PER_YEAR"
# How a number of people came about: groups summed without a thought, their sum known to be a bound only.
SUMMED, UPPER_BOUND = "SUMMED", "UPPER_BOUND"
# What the months of receipt are: taken for granted, or confirmed by those who give.
TAKEN, CONFIRMED = "TAKEN", "CONFIRMED"
# Whether a programme is only for those who receive another one: nobody said, or what was said.
OPEN, NEEDED, NOT_NEEDED = "OPEN", "NEEDED", "NOT_NEEDED"
# Figures whose value is a code, by the last step of their path.
CHOICES = {
    "of": (RESIDENTS, HOUSEHOLDS),
    "counted": (PERSONS, ATTENDANCES),
    "counting": (SUMMED, UPPER_BOUND),
    "dates": (TAKEN, CONFIRMED),
    "condition": (OPEN, NEEDED, NOT_NEEDED),
}

Value: TypeAlias = int | str
T = TypeVar("T")


class PlanRefused(DomainError):
    """A refusal of the plan engine: the engine is free of Django, so it carries its sentence in both languages."""

    message: ClassVar[Text]

    def in_language(self, language: str | None) -> str:
        """The sentence in a language."""
        return (self.message % self.details).in_language(language)

    def __str__(self) -> str:
        return self.in_language("zh")


class ChangeRefused(PlanRefused):
    """A change names a figure that the plan does not have, or a value that the figure cannot take."""

    message = Text("不能把“%(path)s”改为“%(value)s”：%(reason)s", "“%(path)s” cannot be “%(value)s”: %(reason)s")


@dataclass(frozen=True)
class Change:
    """Another value for one figure. A change is a decision: no longer an assumption, and no reason for one."""

    path: str
    value: Value


@dataclass(frozen=True)
class Part:
    """Something in the plan with a code, a label and figures of its own under ``<section>.<code>``."""

    code: str
    label: Text


@dataclass(frozen=True)
class Group(Part):
    """A group to be helped. Figures: target; ratios.<code>.percent and .of where a share is stated."""

    unit: str = PERSONS


@dataclass(frozen=True)
class Programme(Part):
    """Money paid every month. Figures: recipients, first_month, last_month; the amount (fen) has its own path.

    ``steps`` are the months from which another amount holds, each a figure under ``<amount_path>.<month>``.
    ``term_path`` is the figure that says for how many months an award runs.
    ``needs`` is the programme that recipients may have to receive as well; then there is a figure ``condition`` (OPEN,
    NEEDED or NOT_NEEDED) and, where the plan says how many receive both, ``overlap``.
    """

    amount_path: str = ""
    steps: tuple[str, ...] = ()
    unit: str = PERSONS
    group: str = ""
    line: str = ""
    needs: str = ""
    term_path: str = ""


@dataclass(frozen=True)
class Visit(Part):
    """Visits to homes. Figures: minutes_per_visit, people; hours_per_week, hours_per_year, weeks_per_year if stated."""

    frequency_path: str = ""
    groups: tuple[str, ...] = ()
    line: str = ""


@dataclass(frozen=True)
class Event(Part):
    """Gatherings. Figures: attendance, counted (PERSONS or ATTENDANCES), fee_per_event in fen where it costs."""

    frequency_path: str = ""
    groups: tuple[str, ...] = ()
    line: str = ""


@dataclass(frozen=True)
class Course(Part):
    """Classes. Figures: trainees, fee_per_trainee in fen; seats and the share the fund bears under their own paths."""

    seats_path: str = ""
    share_path: str = ""
    groups: tuple[str, ...] = ()
    line: str = ""


@dataclass(frozen=True)
class Source(Part):
    """Where money comes from. Figures: amount (fen), inflows.N.month and inflows.N.amount for N in range(inflows)."""

    inflows: int = 0
    # Budget lines this money may be used for; none: any.
    purposes: tuple[str, ...] = ()

    def may_pay(self, line: str) -> bool:
        """Whether the money was given for a budget line, as the ledger sees it."""
        return serves(self.purposes, line)


@dataclass(frozen=True)
class Line(Part):
    """What money is set aside for. Figure: amount (fen)."""


@dataclass(frozen=True)
class Target(Part):
    """A result the year is measured by: it points at a figure, no number is written twice."""

    figure: str = ""


@dataclass(frozen=True)
class Plan:
    """A whole plan. Immutable; :meth:`with_changes` makes another one."""

    code: str
    version: str
    label: Text
    figures: Mapping[str, Figure]
    groups: tuple[Group, ...] = ()
    programmes: tuple[Programme, ...] = ()
    visits: tuple[Visit, ...] = ()
    events: tuple[Event, ...] = ()
    classes: tuple[Course, ...] = ()
    sources: tuple[Source, ...] = ()
    budget_lines: tuple[Line, ...] = ()
    targets: tuple[Target, ...] = ()
    shortage: Order = field(default_factory=Order)
    # Names of figures that belong to no part: the pack's parameters.
    names: Mapping[str, Text] = field(default_factory=dict)
    # What was worked out of this very plan before: a changed plan begins with nothing.
    _worked_out: dict[Hashable, object] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """The result of pure work on this plan, done at its first asking: ways out are tried by the dozen."""
        if key not in self._worked_out:
            self._worked_out[key] = work()
        return cast("T", self._worked_out[key])

    def number(self, path: str) -> int:
        """The figure under a path as an integer, in the figure's own unit. KeyError when the plan has none."""
        return int(self.figures[path].value)

    def month(self, path: str) -> Month:
        """The figure under a path as a calendar month. KeyError when the plan has none."""
        return parsed_month(str(self.figures[path].value))

    def word(self, path: str) -> str:
        """The figure under a path as a stored code. KeyError when the plan has none."""
        return str(self.figures[path].value)

    def amount_paths(self, programme: Programme) -> tuple[str, ...]:
        """The figures of a programme's monthly amount, in the order in which they come into force."""
        return (programme.amount_path, *(f"{programme.amount_path}.{step}" for step in programme.steps))

    def optional(self, path: str) -> int | None:
        """Like :meth:`number`, None when the plan does not say."""
        return self.number(path) if path in self.figures else None

    def has(self, *paths: str) -> bool:
        """Whether the plan says all of these."""
        return all(path in self.figures for path in paths)

    def assumed(self, path: str) -> bool:
        """Whether the figure under a path was assumed rather than stated."""
        return self.figures[path].assumed

    @property
    def year(self) -> int:
        """The calendar year that the plan is for."""
        return self.number("year")

    @cached_property
    def digest(self) -> str:
        """SHA-256 over structure and figures: two plans with the same digest say the same."""
        return digest(
            {
                "code": self.code,
                "version": self.version,
                "figures": dict(self.figures),
                "shortage": self.shortage,
                **{name: getattr(self, name) for name in SECTIONS},
            }
        )

    def parts(self, section: str) -> tuple[Part, ...]:
        """All parts of a section, in the plan's order."""
        found: tuple[Part, ...] = getattr(self, section)
        return found

    def part(self, section: str, code: str) -> Part:
        """The part with a code in a section. KeyError when there is none."""
        return {part.code: part for part in self.parts(section)}[code]

    def figure(self, path: str) -> Figure:
        """The figure under a path; nothing for a receipt that another version of the plan has and this one has not."""
        return self.figures.get(path, _NO_MONTH_SAID if path.endswith(".month") else _NO_FEN)

    def takes(self, path: str) -> bool:
        """Whether a change may name this figure: one that is there, or one of a source's next receipt."""
        return path in self.figures or self._next_receipt(path) is not None

    def with_changes(self, changes: Sequence[Change]) -> "Plan":
        """The plan with other values, in order. Raises ChangeRefused for unknown paths and impossible values.

        A change of ``sources.CODE.inflows.N`` for N receipts (they count from 0) adds one: a receipt of nothing in the
        month of the last one, until its month and amount are said.
        """
        figures, sources = dict(self.figures), self.sources
        for change in changes:
            source = replace(self, figures=figures, sources=sources)._next_receipt(change.path)
            if source is not None:
                figures |= _new_receipt(figures, source)
                sources = tuple(replace(s, inflows=s.inflows + 1) if s == source else s for s in sources)
            _refuse_impossible(figures, change)
            old = figures[change.path]
            figures[change.path] = Figure(value=change.value, unit=old.unit, source=old.source)
        return replace(self, figures=figures, sources=sources)

    def _next_receipt(self, path: str) -> Source | None:
        for source in self.sources:
            start = f"sources.{source.code}.inflows."
            if path in {f"{start}{source.inflows}.month", f"{start}{source.inflows}.amount"}:
                return source
        return None

    def differences(self, other: "Plan") -> tuple[Change, ...]:
        """The changes that lead from this plan to another one of the same structure, by path."""
        return tuple(
            Change(path, figure.value)
            for path, figure in sorted(other.figures.items())
            if path not in self.figures or self.figures[path].value != figure.value
        )


@lru_cache(maxsize=256)
def parsed_month(text: str) -> Month:
    """A month as figures and steps write it ("2026-03"); a plan writes few, and they are asked for by the thousand."""
    return Month.parse(text)


def _new_receipt(figures: Mapping[str, Figure], source: Source) -> dict[str, Figure]:
    start = f"sources.{source.code}.inflows."
    last = figures.get(f"{start}{source.inflows - 1}.month")
    month = last.value if last is not None else f"{figures['year'].value}-01"
    return {
        f"{start}{source.inflows}.month": Figure(month, "MONTH"),
        f"{start}{source.inflows}.amount": Figure(0, "FEN"),
    }


_NO_FEN, _NO_MONTH_SAID = Figure(0, "FEN"), Figure("—", "MONTH")
SECTIONS = ("groups", "programmes", "visits", "events", "classes", "sources", "budget_lines", "targets")


def _refuse_impossible(figures: Mapping[str, Figure], change: Change) -> None:
    reason = _objection(figures.get(change.path), change)
    if reason:
        raise ChangeRefused(field=change.path, path=change.path, value=change.value, reason=reason)


_UNKNOWN = Text("方案中没有这个数字", "the plan has no such figure")
_OTHER_TYPE = Text("类型不同", "it is of another type")
_TOO_LARGE = Text("超出允许范围", "it is out of range")
_NO_MONTH = Text("月份应写作 2026-01", "a month is written 2026-01")
_NO_CHOICE = Text("不在可选范围内", "it is not one of the choices")


def _objection(old: Figure | None, change: Change) -> Text | None:
    if old is None:
        return _UNKNOWN
    if type(change.value) is not type(old.value):
        return _OTHER_TYPE
    if isinstance(change.value, int):
        # A year that no calendar has cannot be reckoned with; any other odd figure is a finding, told in words.
        low, high = RANGES["YEAR"] if old.unit == "YEAR" else (0, LARGEST_FIGURE)
        return None if low <= change.value <= high else _TOO_LARGE
    if old.unit == "MONTH":
        return None if _is_month(change.value) else _NO_MONTH
    return None if change.value in CHOICES.get(change.path.rpartition(".")[2], ()) else _NO_CHOICE


def _is_month(text: str) -> bool:
    try:
        month = Month.parse(text)
        return str(month) == text and RANGES["YEAR"][0] <= month.year <= RANGES["YEAR"][1]
    except ValueError:
        return False
