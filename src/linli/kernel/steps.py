"""Workflows, each written down once: which step leads from which state to which, whose it is, whose it is not.

A room declares its workflows in ``steps.py``. Out of a declaration come what a page offers (``offered``), what an act
allows (``refusal``), what the database lets happen to the state (``edges``, see ``foundation.data.triggers``) and the
diagram of the documentation. Nothing of this is written a second time, so what is offered is what is allowed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from linli.kernel.errors import DomainError, gettext_noop
from linli.kernel.marks import listed

# What a step needs besides the state, the roles and the hands: the refusal, or None. It is asked with the row, the hand
# that would take the step (None: nobody yet) and the day; its docstring is read by people.
Need = Callable[[Any, "Hand | None", date], DomainError | None]


class Family(Protocol):
    """How the rows of a workflow concern a person's own family (``registry.residents.queries.Whose``)."""

    def __call__(self, person: "Hands", rows: Sequence[Any], on: date, /) -> str | None:
        """The number of the first row that does, None without one."""

    def others(self, rows: Any, person: "Hands", on: date, /, through: str) -> Any:
        """A query without the rows that do; ``through`` leads from its rows to those of the workflow."""


class Hands(Protocol):
    """Who would take a step: ``users.queries.Authority`` is one."""

    @property
    def user_id(self) -> int: ...

    @property
    def memory(self) -> dict[str, object]: ...

    def unless(self, stamps: Any, *roles: Any) -> DomainError | None: ...

    def accounts(self, on: date) -> frozenset[int]:
        """The ids of all accounts that are the person's on a day, this one among them."""
        ...


class Hand(int):
    """The account (id) by which somebody would take a step on a day. Who took another step is never compared with the
    id but asked of the person (:meth:`is_one_of`): whoever has several accounts is one all the same.
    """

    person: Hands
    on: date

    def __new__(cls, person: Hands, on: date) -> "Hand":
        hand = super().__new__(cls, person.user_id)
        hand.person, hand.on = person, on
        return hand

    def is_one_of(self, accounts: Iterable[int | None]) -> bool:
        """Whether one of the accounts (ids) is the person's; nothing is read where there is none, or it is this one."""
        wanted = {one for one in accounts if one is not None}
        return int(self) in wanted or (bool(wanted) and not wanted.isdisjoint(self.person.accounts(self.on)))


class StepNotPossible(DomainError):
    """The row is in a state from which this step does not lead on."""

    code = "steps.not_possible"
    message = gettext_noop("%(number)s 当前为“%(state)s”，不能办理“%(step)s”")


class StepTaken(StepNotPossible):
    """A double click, or somebody was faster. ``by`` is the id of who it was, until it is shown: then the name."""

    code = "steps.taken"
    message = gettext_noop("%(number)s 的“%(step)s”已由%(by)s办理，当前为“%(state)s”")


class OwnFamily(DomainError):
    """Nobody takes a step on their own family's affairs: household, kin, ward or guardian, proxy."""

    code = "steps.own_family"
    of_access = True
    message = gettext_noop("%(number)s 涉及您本人或亲属的家庭，须由他人办理")


class SamePerson(DomainError):
    """Who took an earlier step does not take this one."""

    code = "steps.same_person"
    of_access = True
    message = gettext_noop("%(number)s 的“%(before)s”是您办理的，“%(step)s”须由另一人办理")


@dataclass(frozen=True)
class Step:
    """One step. ``sources`` are the states it may be taken in; none: it begins the row.

    ``targets`` are the states it may lead to, the usual one first; none: the state stays. ``roles`` hold it over the
    row's place; where there are none, ``by`` says who takes it. ``hand`` names the row's field with the id of who took
    it, ``barred`` the hands of earlier steps that may not be this one's. ``starts`` and ``stops`` are deadlines.
    ``label`` and ``explain`` are shown before, ``button`` on the form, ``done`` after it. Of the steps that are
    ``main`` (some are for some rows) the first that may be taken is what the row waits for; a ``danger`` stands last.
    ``takes_back`` names the step that it undoes until the next one is taken: it is his who took that step as well, and
    leads to where that was taken. ``whose`` names the row's hand whose step it is wherever they work now. ``public`` is
    what people outside are told of it; none: it is nobody's business but the office's.
    """

    code: str
    label: object
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    roles: tuple[Any, ...] = ()
    by: object = ""
    hand: str = ""
    barred: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    explain: object = ""
    button: object = ""
    done: object = ""
    main: bool | Callable[[Any], bool] = False
    danger: bool = False
    takes_back: str = ""
    whose: str = ""
    public: object = ""

    def is_main(self, row: Any) -> bool:
        """Whether the row waits for it, if it may be taken."""
        return self.main(row) if callable(self.main) else self.main

    @property
    def path(self) -> str:
        """The step in an address."""
        return self.code.replace("_", "-")


_flows: dict[str, "Workflow"] = {}


@dataclass(frozen=True)
class Workflow:
    """All steps of one kind of row: ``table`` keeps the state in its column ``state``, ``states`` are its codes."""

    code: str
    table: str
    states: Any  # an enumeration whose members have labels
    steps: tuple[Step, ...]
    family: Family | None = None  # none: its rows are of no family's

    def __post_init__(self) -> None:
        """Raises ValueError for a state, a hand or a code that is not there, or is there twice."""
        known, hands = {str(state) for state in self.states}, {step.hand for step in self.steps}
        codes = [step.code for step in self.steps]
        named = {state for step in self.steps for state in (*step.sources, *step.targets)}
        strange = (named - known) | {field for step in self.steps for field in step.barred if field not in hands}
        strange |= {code for code in codes if codes.count(code) > 1} | ({self.code} & _flows.keys())
        strange |= {step.code for step in self.steps if step.takes_back and not self._turns_back(step)}
        if strange:
            raise ValueError(f"{self.code}: {listed(sorted(strange), 'en')}")
        _flows[self.code] = self

    def _turns_back(self, step: Step) -> bool:
        """Whether it leads from where the step that it takes back led, to where that was taken."""
        taken = next((one for one in self.steps if one.code == step.takes_back and one.hand), None)
        return taken is not None and {*step.sources} <= {*taken.targets} and {*step.targets} <= {*taken.sources}

    def step(self, code: str) -> Step:
        """The step of the code. Raises KeyError."""
        return {step.code: step for step in self.steps}[code]

    @property
    def begins(self) -> tuple[str, ...]:
        """The states in which a row may begin."""
        return tuple(dict.fromkeys(state for step in self.steps if not step.sources for state in step.targets))

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Every change of the state that there is, and no other."""
        found = {(a, b) for step in self.steps for a in step.sources for b in step.targets if a != b}
        return tuple(sorted(found))

    @property
    def public(self) -> tuple[Step, ...]:
        """The steps that people outside are told of, in their order."""
        return tuple(step for step in self.steps if step.public)

    def passed_in(self, state: str) -> int:
        """How many of the public steps lie behind a row in the state; all where none leads on from it.

        A state to which no public step leads stands where the earliest state stands from which it is reached.
        """
        public, forward = self.public, [step for step in self.steps if not step.takes_back]
        if not any(state in step.sources for step in forward):
            return len(public)
        ways = {state}
        for _step in self.steps:
            reached = [
                place for place, step in enumerate(public, start=1) if step.targets[:1] and step.targets[0] in ways
            ]
            if reached:
                return min(reached)
            ways = {source for step in forward if ways & set(step.targets) for source in step.sources}
        return 0

    def refusal(
        self, person: Hands, code: str, rows: Any, on: date, *, own: bool = False, product: bool = False
    ) -> DomainError | None:
        """Why the person may not take the step on the rows (one or many) that day; None when they may.

        ``own``: it is the person's own case, no role is asked for. ``product``: nobody acts, no hand is either.
        """
        found = _listed(rows)
        elsewhere = None if own or product else self.elsewhere(person, code, found)
        if elsewhere:
            return elsewhere
        step = self.step(code)
        hand = None if product else Hand(person, on)
        refused = [no for row in found if (no := self._unfit(step, row, hand, on))]
        if refused:
            return refused[0].with_others(refused[1:])
        return None if own or product else self.of_own_family(person, found, on)

    def of_own_family(self, person: Hands, rows: Sequence[Any], on: date) -> OwnFamily | None:
        """The refusal to whom one of the rows is their own family's, whatever roles they hold."""
        number = self.family(person, rows, on) if self.family else None
        return OwnFamily(number=number) if number is not None else None

    def of_others(self, rows: Any, person: Hands, on: date, through: str = "") -> Any:
        """A query without the rows on which the person takes no step since they are their own family's: what work lists
        and lists for many rows show. ``through`` leads from its rows to those of the workflow.
        """
        return self.family.others(rows, person, on, through) if self.family else rows

    def elsewhere(self, person: Hands, code: str, rows: Any) -> DomainError | None:
        """The refusal to whom holds no role of the step over the place of a row; of one that takes another back whoever
        took that there and still might holds it too; none to whose step it is.
        """
        step, found = self.step(code), _listed(rows)
        taken = self.step(step.takes_back) if step.takes_back else step
        own = [row for row in found if step.takes_back and getattr(row, taken.hand, None) == person.user_id]
        mine = person.unless([row.stamp for row in own], *taken.roles) if own else None
        theirs = [row for row in found if step.whose and getattr(row, step.whose, None) == person.user_id]
        rest = [row.stamp for row in found if row not in own and row not in theirs]
        return mine or (person.unless(rest, *step.roles) if rest else None)

    def check_state(self, code: str, rows: Any) -> None:
        """Raises StepNotPossible where a row is in no state from which the step leads on; nothing else is asked."""
        step = self.step(code)
        for row in _listed(rows):
            if row.state not in step.sources:
                raise self.passed(code, row)

    def allows(self, person: Hands, code: str, rows: Any, on: date) -> bool:
        """Whether the person may take the step."""
        return self.refusal(person, code, rows, on) is None

    def offered(self, person: Hands, row: Any, on: date) -> list[Step]:
        """The steps that the person may take on the row: the main ones first, those that end it last."""
        near = [step for step in self.steps if row.state in step.sources]
        fitting = [step for step in near if not self.refusal(person, step.code, row, on)]
        return sorted(fitting, key=lambda step: (not step.is_main(row), step.danger))

    def awaited(self, row: Any, on: date) -> Step | None:
        """The main step that the row waits for, whosever it is: one that leaves it where it is, it does not need."""
        main = (step for step in self.steps if row.state in step.sources and step.is_main(row))
        main = (step for step in main if row.state not in step.targets)
        return next((step for step in main if not self._unfit(step, row, None, on)), None)

    def barred(self, step: Step, row: Any) -> frozenset[int]:
        """The accounts (ids) that took an earlier step; nobody whose account is one of them may take this one."""
        return frozenset(hand for field in step.barred if (hand := getattr(row, field, None)))

    def _unfit(self, step: Step, row: Any, hand: Hand | None, on: date) -> DomainError | None:
        if step.sources and row.state not in step.sources:
            return self.passed(step.code, row)
        if hand is not None and hand.is_one_of(self.barred(step, row)):
            field = next(field for field in step.barred if hand.is_one_of([getattr(row, field, None)]))
            before = next(one.label for one in self.steps if one.hand == field)
            return SamePerson(number=_name(row), step=step.label, before=before)
        return next((no for need in step.needs if (no := need(row, hand, on))), None)

    def passed(self, code: str, row: Any) -> StepNotPossible:
        """What is said of a step that does not lead on from where the row is; and who was faster with which step, if
        that is known: agreeing and refusing are one hand's.
        """
        step = self.step(code)
        told = {"number": _name(row), "step": step.label, "state": self.states(row.state).label}
        by = getattr(row, step.hand, None) if step.hand else None
        of_hand = [one for one in self.steps if by and one.hand == step.hand]
        taken = next((one for one in of_hand if row.state in one.targets), of_hand[0] if len(of_hand) == 1 else None)
        return StepTaken(**{**told, "step": taken.label}, by=by) if taken else StepNotPossible(**told)


def workflows() -> list[Workflow]:
    """Every workflow that was declared, by code."""
    return [_flows[code] for code in sorted(_flows)]


def flow_of(code: str) -> Workflow:
    """The workflow of the code. Raises KeyError."""
    return _flows[code]


def diagram(flow: Workflow) -> str:
    """The workflow as Mermaid draws it."""
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in _arrows(flow))])


def table(flow: Workflow, said: Callable[[str], str] = str) -> list[tuple[str, ...]]:
    """The steps in words: step, from → to, whose, never who, besides, deadlines. ``said`` names a role."""
    by_hand = {step.hand: step.label for step in reversed(flow.steps) if step.hand}
    return [
        (
            f"`{step.code}` {step.label}",
            f"{_row(step.sources) or '·'} → {_row(step.targets) or '='}",
            _row(
                [
                    *map(said, step.roles),
                    *(f"who took {one.label}" for one in flow.steps if one.code == step.takes_back),
                    *([f"who took {by_hand[step.whose]}, wherever they work"] if step.whose else []),
                ]
            )
            or str(step.by),
            _row(dict.fromkeys(by_hand[field] for field in step.barred)),
            " ".join(str(need.__doc__).strip().splitlines()[0] for need in step.needs),
            _row([*(f"starts {one}" for one in step.starts), *(f"stops {one}" for one in step.stops)]),
        )
        for step in flow.steps
    ]


def _arrows(flow: Workflow) -> Iterator[str]:
    for state in flow.states:
        yield f'state "{state.label}" as {state}'
    for step in flow.steps:
        for target in step.targets:
            yield from (f"{source} --> {target}: {step.label}" for source in step.sources or ("[*]",))


def _row(words: Iterable[object]) -> str:
    return listed(words, "en")


def _listed(rows: Any) -> Sequence[Any]:
    return list(rows) if isinstance(rows, Iterable) else [rows]


def _name(row: Any) -> str:
    return str(getattr(row, "number", row))
