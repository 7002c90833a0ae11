"""A policy pack in memory: everything frozen, every label in both languages, every figure with its basis."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from linli.kernel.bilingual import Text
from linli.kernel.marks import Listed
from linli.kernel.period import Month
from linli.law.policies.engine.graph import Graph
from linli.law.policies.engine.problems import GroupUnknown, ParameterOutOfRange, ParameterUndated, ParameterUnknown
from linli.law.policies.engine.rulebook import Scalar
from linli.law.policies.engine.units import fits


@dataclass(frozen=True)
class Basis:
    """What a figure or an arrangement rests on. Confidence A (text read) … D (derived or assumed)."""

    legal_basis: str = ""
    confidence: str = ""
    assumption: bool = False
    why: Text | None = None


@dataclass(frozen=True)
class FactSpec:
    """A fact that rules may ask for: of a PERSON or the HOUSEHOLD, with its unit and bounds.

    ``register``: what in a household register answers it, SPOUSE, CHILD or ALONE ("" none). ``from_age``: full years
    below which it is always its lowest value, as nobody of five is registered as unemployed.
    """

    name: str
    label: Text
    level: str
    unit: str
    low: int
    high: int
    register: str = ""
    from_age: int | None = None


@dataclass(frozen=True)
class DatedValue:
    """A value from a day on, until the next value or ``valid_until`` (exclusive)."""

    valid_from: date
    value: Scalar
    valid_until: date | None = None


@dataclass(frozen=True)
class Parameter:
    """An amount, threshold, frequency or period with its values by effective date (ascending)."""

    name: str
    label: Text
    unit: str
    low: int
    high: int
    basis: Basis
    values: tuple[DatedValue, ...]

    def value_on(self, on: date) -> Scalar | None:
        """The value in force that day, or None."""
        current = [v for v in self.values if v.valid_from <= on]
        if not current or (current[-1].valid_until is not None and on >= current[-1].valid_until):
            return None
        return current[-1].value


@dataclass(frozen=True)
class Group:
    """People or households the scheme is for. ``rule`` decides membership; ``papers`` prove it."""

    code: str
    label: Text
    definition: Text
    unit: str
    rule: str
    papers: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True)
class Paper:
    """A paper 证明材料: demanded ALWAYS, with a PROXY, or because of a GROUP; ``valid_months`` after its issue."""

    code: str
    label: Text
    demanded: str
    valid_months: int | None
    waivable: bool
    promisable: bool
    basis: Basis


@dataclass(frozen=True)
class Programme:
    """A monthly payment: unit HOUSEHOLD or PERSON, months first to last (inclusive).

    ``starts`` is DECISION_MONTH, NEXT_MONTH or APPLICATION_MONTH; ``overpayment`` RECEIVABLE or WAIVED; ``term`` and
    ``review`` name parameters in MONTHS. ``rehoused`` says what becomes of a person's payment when the person joins
    another household of the community: it FOLLOWS, or ENDS and is applied for anew.
    """

    code: str
    label: Text
    unit: str
    group: str
    eligible_rule: str
    amount_rule: str
    budget_line: str
    first_month: Month
    last_month: Month
    starts: str
    term: str
    review: str
    overpayment: str
    basis: Basis
    rehoused: str = "FOLLOWS"


@dataclass(frozen=True)
class ServiceItem:
    """A kind of help within a service."""

    code: str
    label: Text


@dataclass(frozen=True)
class Service:
    """A service owed: delivery HOME or EVENT; ``frequency`` names a PER_WEEK, PER_MONTH or PER_YEAR parameter."""

    code: str
    label: Text
    delivery: str
    due_rule: str
    groups: tuple[str, ...]
    frequency: str
    budget_line: str
    items: tuple[ServiceItem, ...]
    basis: Basis


@dataclass(frozen=True)
class ClassSpec:
    """A kind of class: ``seats`` and ``share`` (percent of the fee borne) name parameters."""

    code: str
    label: Text
    due_rule: str
    groups: tuple[str, ...]
    seats: str
    share: str
    budget_line: str
    basis: Basis


@dataclass(frozen=True)
class BudgetLine:
    """A line of the budget."""

    code: str
    label: Text


@dataclass(frozen=True)
class FundSource:
    """Where money comes from and the budget lines it may pay: no other, whoever gives it.

    ``donor_restricted`` says that a donor named the purposes, so that only he may widen them.
    """

    code: str
    label: Text
    donor_restricted: bool
    purposes: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True)
class DeadlineSpec:
    """A time limit: ``days`` and ``amber`` name parameters in DAYS or WORKING_DAYS."""

    code: str
    label: Text
    days: str
    amber: str | None


@dataclass(frozen=True)
class Intake:
    """After the missing papers the clock RESUMEs or RESTARTs; whether publication counts in the decision's time."""

    clock_after_supplement: str
    publication_counts_in_decision: bool
    basis: Basis


@dataclass(frozen=True)
class Publication:
    """Publication 公示: parameters for its days and expiry, and the columns shown."""

    label: Text
    days: str
    expiry: str
    roll_to_working_day: bool
    columns: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True)
class Remedies:
    """What can be done against a decision 救济途径: said at the end of the ``letters`` of these codes.

    How long one may ask the ``authority`` for reconsideration 行政复议 (days), and go to court 行政诉讼 (months);
    ``body`` has both figures and the authority as placeholders.
    """

    letters: tuple[str, ...]
    reconsideration_days: int
    suit_months: int
    authority: Text
    body: Text
    basis: Basis


@dataclass(frozen=True)
class Contact:
    """Where an office is reached that has not entered its own telephone and address (``areas.queries.offices``)."""

    telephone: str
    address: Text


@dataclass(frozen=True)
class Shortage:
    """Who is paid when money is short: arrears first or not, programmes in order, and the order within one."""

    arrears_first: bool
    programmes: tuple[str, ...]
    within: str
    basis: Basis


@dataclass(frozen=True)
class RenewalRule:
    """The yearly review 年度复核 before awards run out.

    ``opens`` and ``decided`` name parameters in DAYS before the end: when the list opens, and by when it should be
    decided. ``confirm`` is how unchanged families are confirmed: BULK, SINGLE, or APPLICATION (all apply anew).
    """

    opens: str
    decided: str
    confirm: str
    basis: Basis


@dataclass(frozen=True)
class ChangeRule:
    """How a change reaches awards that run, by its cause (see engine.following).

    ``upwards`` and ``downwards`` are AUTOMATIC or REVIEW; ``…_from`` MONTH (of the change), NEXT_MONTH or
    AFTER_DECISION (the month after it was decided).
    """

    cause: str
    upwards: str
    upwards_from: str
    downwards: str
    downwards_from: str
    basis: Basis = Basis()


@dataclass(frozen=True)
class Identification:
    """A way people are found 识别途径."""

    code: str
    label: Text


@dataclass(frozen=True)
class Notice:
    """A letter: title and body with named placeholders."""

    code: str
    label: Text
    body: Text
    legal_basis: Text  # the article in words, as the letter cites it


@dataclass(frozen=True)
class Pack:
    """A scheme: its rules, parameters and arrangements. ``plan`` is the plan file as read, or None."""

    code: str
    version: str
    label: Text
    jurisdiction: Text
    source: str
    valid_from: date
    form: Text
    digest: str
    facts: Mapping[str, FactSpec]
    parameters: Mapping[str, Parameter]
    groups: Mapping[str, Group]
    papers: Mapping[str, Paper]
    programmes: Mapping[str, Programme]
    services: Mapping[str, Service]
    classes: Mapping[str, ClassSpec]
    budget_lines: Mapping[str, BudgetLine]
    fund_sources: Mapping[str, FundSource]
    deadlines: Mapping[str, DeadlineSpec]
    intake: Intake
    publication: Publication
    shortage: Shortage
    renewal: RenewalRule | None
    assessment_roles: tuple[str, ...]
    identification: Mapping[str, Identification]
    notices: Mapping[str, Notice]
    graph: Graph
    plan: Mapping[str, Any] | None = field(default=None)
    following: Mapping[str, ChangeRule] = field(default_factory=dict)
    remedies: Remedies | None = None
    contact: Contact | None = None

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

    def dated_values(self) -> Iterator[tuple[Parameter, DatedValue]]:
        """Every value of every parameter, in the order of the pack."""
        for parameter in self.parameters.values():
            for value in parameter.values:
                yield parameter, value

    def _check_override(self, name: str, value: Scalar) -> None:
        parameter = self.parameters.get(name)
        if parameter is None:
            raise ParameterUnknown(name=name)
        if not fits(value, parameter.unit, parameter.low, parameter.high):
            raise ParameterOutOfRange(name=name, value=value)
