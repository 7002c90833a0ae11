"""A policy pack: each section of its files declared once, with its units and bounds, as it is kept in memory.

Everything is frozen, every label in both languages, every figure with its basis. The checks of the loader and the
reference of the format read these declarations (``sections``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any

from linli.kernel.bilingual import NO_TEXT, Text
from linli.kernel.marks import Listed
from linli.kernel.period import Month
from linli.law.policies.engine import crosschecks
from linli.law.policies.engine.graph import Graph
from linli.law.policies.engine.named import (
    AmountRuleName,
    Code,
    GroupCode,
    InDays,
    InMonths,
    InTimes,
    Level,
    LineCode,
    PaperCode,
    RuleName,
    Unit,
    parameter,
)
from linli.law.policies.engine.planfile import PlanFile
from linli.law.policies.engine.problems import GroupUnknown, ParameterOutOfRange, ParameterUndated, ParameterUnknown
from linli.law.policies.engine.rulebook import Scalar
from linli.law.policies.engine.schema import MONTH_TEXT, Choice, Kind, Label, ListOf, Table, Whole
from linli.law.policies.engine.sections import GIVEN, Key, Spread, section, table_of
from linli.law.policies.engine.sentences import ALL_NOTICES, LETTER_TEXT, Sentences
from linli.law.policies.engine.shortage import Order
from linli.law.policies.engine.units import RANGES, fits

# Time limits that acts run; those of the second kind only where a pack has them.
DEADLINES = ("intake_answer", "supplement_lapse", "decision", "payee_hold")
FURTHER_DEADLINES = ("change_review",)
# Once demanded and never run by any act; packs written then still load, and nothing is made of these.
RETIRED_DEADLINES = ("decision_special", "refusal_notice")
# A new amount, threshold or rule by its date; a birthday; something else that became known or lapsed.
PARAMETER, AGE, FACT = "PARAMETER", "AGE", "FACT"
AUTOMATIC, REVIEW = "AUTOMATIC", "REVIEW"
MONTH_OF, MONTH_AFTER, AFTER_DECISION = "MONTH", "NEXT_MONTH", "AFTER_DECISION"


@section(crosschecks.assumption_has_why)
class Basis:
    """What a figure or an arrangement rests on. Confidence A (text read) … D (derived or assumed)."""

    legal_basis: str = ""
    confidence: Annotated[str, Choice(("A", "B", "C", "D"))] = ""
    assumption: bool = False
    why: Text | None = None


# With its article, with a paper's or a team's alone, or an arrangement that may be assumed.
Based = Annotated[Basis, Spread(("legal_basis", "confidence"), ("assumption", "why"))]
Cited = Annotated[Basis, Spread(("legal_basis",))]
Assumable = Annotated[Basis, Spread((), ("assumption", "why"))]


class Bounded:
    """Something in a unit: ``min`` and ``max`` narrow the unit's own range, ``low`` and ``high`` are what holds."""

    unit: str
    min: int | None
    max: int | None

    @cached_property
    def low(self) -> int:
        """The least value."""
        return crosschecks.bounds(self.unit)[0] if self.min is None else self.min

    @cached_property
    def high(self) -> int:
        """The greatest value."""
        return crosschecks.bounds(self.unit)[1] if self.max is None else self.max


@section(crosschecks.name_fits_unit, crosschecks.bounds_fit, crosschecks.register_fits)
class FactSpec(Bounded):
    """A fact that rules may ask for: of a PERSON or the HOUSEHOLD, with its unit and bounds.

    ``register``: what in a household register answers it, a SPOUSE in it, a CHILD in it, nobody else in it ("" none).
    ``from_age``, ``to_age``: full years below and above which it is always its lowest value, as nobody of five or
    ninety is registered as unemployed.
    """

    name: Annotated[str, GIVEN]
    label: Text
    level: Level
    unit: Unit
    min: int | None = None
    max: int | None = None
    register: Annotated[str, Choice(("SPOUSE", "CHILD", "ALONE"))] = ""
    from_age: Annotated[int, Whole(*RANGES["AGE"])] | None = None
    to_age: Annotated[int, Whole(*RANGES["AGE"])] | None = None


class _InTheUnit(Kind):
    """Checked by the parameter that holds it, which knows the unit."""

    said = "value in the unit"


@section(key="from")
class DatedValue:
    """A value from a day on, until the next value or ``valid_until`` (exclusive)."""

    valid_from: Annotated[date, Key("from")]
    value: Annotated[Scalar, _InTheUnit()]
    valid_until: Annotated[date | None, Key("until")] = None


@section(
    crosschecks.name_fits_unit,
    crosschecks.bounds_fit,
    crosschecks.periods_follow,
    crosschecks.values_fit,
)
class Parameter(Bounded):
    """An amount, threshold, frequency or period with its values by effective date (ascending)."""

    name: Annotated[str, GIVEN]
    label: Text
    unit: Unit
    min: int | None = None
    max: int | None = None
    basis: Based
    values: tuple[DatedValue, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(sorted(self.values, key=lambda dated: dated.valid_from)))

    def value_on(self, on: date) -> Scalar | None:
        """The value in force that day, or None."""
        current = [v for v in self.values if v.valid_from <= on]
        if not current or (current[-1].valid_until is not None and on >= current[-1].valid_until):
            return None
        return current[-1].value


@section(key="code")
class Labelled:
    """Something that a pack names: a budget line, a kind of help, a way people are found 识别途径, and all below."""

    code: Code
    label: Text


@section(crosschecks.rules_fit_level("rule"), key="code")
class Group(Labelled):
    """People or households the scheme is for. ``rule`` decides membership; ``papers`` prove it."""

    definition: Text
    unit: Level
    rule: RuleName
    papers: tuple[PaperCode, ...]
    basis: Based


@section(key="code")
class Paper(Labelled):
    """A paper 证明材料: demanded ALWAYS, with a PROXY, or because of a GROUP; ``valid_months`` after its issue."""

    demanded: Annotated[str, Choice(("ALWAYS", "PROXY", "GROUP"))]
    waivable: bool
    promisable: bool
    basis: Cited
    valid_months: Annotated[int, Whole(1, 1200)] | None = None


@section(crosschecks.months_in_order, crosschecks.rules_fit_level("eligible_rule", "amount_rule"), key="code")
class Programme(Labelled):
    """A monthly payment: unit HOUSEHOLD or PERSON, months first to last (inclusive).

    ``starts`` is DECISION_MONTH, NEXT_MONTH or APPLICATION_MONTH; ``overpayment`` RECEIVABLE or WAIVED; ``term`` and
    ``review`` name parameters in MONTHS. ``rehoused`` says what becomes of a person's payment when the person joins
    another household of the community: it FOLLOWS, or ENDS and is applied for anew.
    """

    unit: Level
    group: GroupCode
    eligible_rule: RuleName
    amount_rule: AmountRuleName
    budget_line: LineCode
    first_month: Annotated[Month, MONTH_TEXT]
    last_month: Annotated[Month, MONTH_TEXT]
    starts: Annotated[str, Choice(("APPLICATION_MONTH", "DECISION_MONTH", "NEXT_MONTH"))]
    term: InMonths
    review: InMonths
    overpayment: Annotated[str, Choice(("RECEIVABLE", "WAIVED"))]
    rehoused: Annotated[str, Choice(("ENDS", "FOLLOWS"))] = "FOLLOWS"
    basis: Based


@section(key="code")
class Service(Labelled):
    """A service owed: delivery HOME or EVENT; ``frequency`` names a PER_WEEK, PER_MONTH or PER_YEAR parameter."""

    delivery: Annotated[str, Choice(("HOME", "EVENT"))]
    due_rule: RuleName
    groups: tuple[GroupCode, ...]
    frequency: InTimes
    budget_line: LineCode
    items: tuple[Labelled, ...] = ()
    basis: Based


@section(key="code")
class ClassSpec(Labelled):
    """A kind of class: ``seats`` and ``share`` (percent of the fee borne) name parameters."""

    due_rule: RuleName
    groups: tuple[GroupCode, ...]
    seats: Annotated[str, parameter("PERSONS")]
    share: Annotated[str, parameter("PERCENT")]
    budget_line: LineCode
    basis: Based


@section(key="code")
class FundSource(Labelled):
    """Where money comes from and the budget lines it may pay: no other, whoever gives it.

    ``donor_restricted`` says that a donor named the purposes, so that only he may widen them.
    """

    donor_restricted: bool
    purposes: tuple[LineCode, ...]
    basis: Assumable


@section()
class DeadlineSpec:
    """A time limit: ``days`` and ``amber`` name parameters in DAYS or WORKING_DAYS."""

    code: Annotated[str, GIVEN]
    label: Text
    days: InDays
    amber: InDays | None = None


class _Deadlines(Table):
    """The time limits by name; nothing is made of those that are retired."""

    def made(self, value: Any, name: str = "") -> Mapping[str, DeadlineSpec]:
        spec = table_of(DeadlineSpec)
        kept = {code: raw for code, raw in value.items() if code not in RETIRED_DEADLINES}
        return MappingProxyType({code: spec.made(raw, code) for code, raw in kept.items()})


@section()
class Intake:
    """After the missing papers the clock RESUMEs or RESTARTs; whether publication counts in the decision's time."""

    clock_after_supplement: Annotated[str, Choice(("RESUME", "RESTART"))]
    publication_counts_in_decision: bool
    basis: Assumable


@section()
class Publication:
    """Publication 公示: parameters for its days and expiry, and the columns shown."""

    label: Text
    days: InDays
    expiry: InDays
    roll_to_working_day: bool
    columns: Annotated[tuple[str, ...], ListOf(Choice(("MASKED_NAME", "HOUSEHOLD_SIZE", "AMOUNT", "COMMUNITY")))]
    basis: Assumable


@section()
class Assessment:
    """Who visits: one of each of these roles."""

    roles: tuple[Code, ...]
    basis: Cited


@section()
class Remedies:
    """What can be done against a decision 救济途径: said at the end of the ``letters`` of these codes.

    How long one may ask the ``authority`` for reconsideration 行政复议 (days), and go to court 行政诉讼 (months);
    ``body`` has both figures and the authority as placeholders.
    """

    letters: Annotated[tuple[str, ...], ListOf(Choice(tuple(ALL_NOTICES)))]
    reconsideration_days: Annotated[int, Whole(60, 366)]
    suit_months: Annotated[int, Whole(6, 12)]
    authority: Text
    body: Annotated[Text, Label(frozenset({"days", "months", "authority"}))]
    basis: Based


@section()
class Contact:
    """Where an office is reached that has not entered its own telephone and address (``areas.queries.offices``)."""

    telephone: str
    address: Text


@section()
class Shortage:
    """Who is paid when money is short, and on what the order rests."""

    order: Annotated[Order, Spread(("arrears_first", "programmes", "within"))]
    basis: Assumable


@section()
class RenewalRule:
    """The yearly review 年度复核 before awards run out.

    ``opens`` and ``decided`` name parameters in DAYS before the end: when the list opens, and by when it should be
    decided. ``confirm`` is how unchanged families are confirmed: BULK, SINGLE, or APPLICATION (all apply anew).
    """

    opens: Annotated[str, parameter("DAYS")]
    decided: Annotated[str, parameter("DAYS")]
    confirm: Annotated[str, Choice(("BULK", "SINGLE", "APPLICATION"))]
    basis: Based


_Way = Annotated[str, Choice((AUTOMATIC, REVIEW))]
_CountsFrom = Annotated[str, Choice((MONTH_OF, MONTH_AFTER, AFTER_DECISION))]


@section(key="cause")
class ChangeRule:
    """How a change reaches awards that run, by its cause (see engine.following).

    ``upwards`` and ``downwards`` are AUTOMATIC or REVIEW; ``…_from`` MONTH (of the change), NEXT_MONTH or
    AFTER_DECISION (the month after it was decided).
    """

    cause: Annotated[str, Choice((PARAMETER, AGE, FACT))]
    upwards: _Way
    upwards_from: _CountsFrom
    downwards: _Way
    downwards_from: _CountsFrom
    basis: Based


@section(crosschecks.is_fillable, key="code")
class Notice:
    """A letter: title and body with named placeholders, and the article in words, as the letter cites it."""

    code: Annotated[str, Choice(tuple(ALL_NOTICES))]
    label: Text
    body: Annotated[Text, LETTER_TEXT]
    legal_basis: Text = NO_TEXT


@section(key="article")
class Article:
    """The words of what ``legal_basis`` cites, since when they stand, and where they were read; the Chinese counts."""

    article: str
    label: Text
    since: date
    text: Text
    source: Text


_DEADLINE = table_of(DeadlineSpec)


@section(crosschecks.has_every_letter, crosschecks.every_programme_is_ordered)
class Scheme:
    """The whole of scheme.toml."""

    code: str
    version: str
    label: Text
    jurisdiction: Text
    source: str
    valid_from: date
    form: Text
    facts: Mapping[str, FactSpec]
    groups: Mapping[str, Group]
    papers: Mapping[str, Paper]
    programmes: Mapping[str, Programme]
    budget_lines: Mapping[str, Labelled]
    fund_sources: Mapping[str, FundSource]
    shortage: Shortage
    deadlines: Annotated[
        Mapping[str, DeadlineSpec],
        _Deadlines(
            dict.fromkeys(DEADLINES, _DEADLINE), dict.fromkeys((*FURTHER_DEADLINES, *RETIRED_DEADLINES), _DEADLINE)
        ),
    ]
    intake: Intake
    publication: Publication
    assessment: Assessment
    identification: Mapping[str, Labelled]
    notices: Mapping[str, Notice]
    services: Mapping[str, Service] = field(default_factory=dict)
    classes: Mapping[str, ClassSpec] = field(default_factory=dict)
    renewal: RenewalRule | None = None
    following: Mapping[str, ChangeRule] = field(default_factory=dict)
    sentences: Sentences = field(default_factory=Sentences)
    remedies: Remedies | None = None
    contact: Contact | None = None
    articles: Mapping[str, Article] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pack(Scheme):
    """A scheme with its rules, its parameters and, where there is one, its year plan."""

    digest: str
    parameters: Mapping[str, Parameter]
    graph: Graph
    plan: PlanFile | None = None

    @property
    def year(self) -> int:
        """The plan's year, or the one in which the scheme begins."""
        return int(self.plan.year.value) if self.plan else self.valid_from.year

    @property
    def assessment_roles(self) -> tuple[str, ...]:
        """Who visits: one of each."""
        return self.assessment.roles

    def bound_to(self, source: str) -> tuple[str, ...]:
        """The budget lines that a source may pay and no others; none where it may pay every line. KeyError."""
        purposes = self.fund_sources[source].purposes
        return () if set(self.budget_lines) <= set(purposes) else tuple(purposes)

    def parameters_on(self, on: date, overrides: Mapping[str, Scalar] = MappingProxyType({})) -> Mapping[str, Scalar]:
        """Every parameter's value that day, local overrides first.

        Raises ParameterUndated naming all parameters without a value, ParameterUnknown and ParameterOutOfRange for
        overrides that do not fit.
        """
        for name, value in overrides.items():
            self._check_override(name, value)
        values = {name: overrides.get(name, parameter.value_on(on)) for name, parameter in self.parameters.items()}
        undated = [name for name, value in values.items() if value is None]
        if undated:
            raise ParameterUndated(on=on.isoformat(), names=Listed(undated))
        return {name: value for name, value in values.items() if value is not None}

    def group(self, code: str) -> Group:
        """The group of that code; raises GroupUnknown."""
        if code not in self.groups:
            raise GroupUnknown(group=code)
        return self.groups[code]

    def due_for(self, code: str) -> Service | ClassSpec:
        """The service or class of that code; KeyError."""
        return self.services[code] if code in self.services else self.classes[code]

    def _check_override(self, name: str, value: Scalar) -> None:
        parameter = self.parameters.get(name)
        if parameter is None:
            raise ParameterUnknown(name=name)
        if not fits(value, parameter.unit, parameter.low, parameter.high):
            raise ParameterOutOfRange(name=name, value=value)
