"""A workflow of a door, as the kernel sees it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pytest

from linli.kernel import steps
from linli.kernel.errors import DomainError
from linli.kernel.steps import SamePerson, Step, StepNotPossible, StepTaken, Workflow, diagram, table

DAY = date(2026, 3, 9)
ANNA, BELA = 1, 2


class State(StrEnum):
    OPEN = "OPEN"
    SHUT = "SHUT"
    LOCKED = "LOCKED"

    @property
    def label(self) -> str:
        return self.lower()


class Elsewhere(DomainError):
    code = "test.elsewhere"


class Raining(DomainError):
    code = "test.raining"


@dataclass
class Door:
    number: str = "D-1"
    state: str = "OPEN"
    stamp: str = "here"
    shut_by: int | None = None
    locked_by: int | None = None
    wet: bool = False


@dataclass
class Person:
    user_id: int = ANNA
    held: tuple[str, ...] = ("porter",)

    others: frozenset[int] = frozenset()

    def accounts(self, on: date) -> frozenset[int]:
        return self.others | {self.user_id}

    def unless(self, stamps: list[str], *roles: str) -> DomainError | None:
        return None if set(roles) & set(self.held) and set(stamps) == {"here"} else Elsewhere()


def _dry(door: Door, _hand: int | None, _on: date) -> DomainError | None:
    """It does not rain in."""
    return Raining() if door.wet else None


BUILD = Step("build", "build", (), ("OPEN",), ("porter",))
SHUT = Step("shut", "shut", ("OPEN",), ("SHUT",), ("porter",), hand="shut_by", main=True)
LOCK = Step("lock", "lock", ("SHUT",), ("LOCKED",), ("porter",), hand="locked_by", barred=("shut_by",), main=True)
PAINT = Step("paint", "paint", ("OPEN", "SHUT"), (), ("porter",), needs=(_dry,), danger=True)
OPEN = Step("open", "open", ("SHUT", "LOCKED"), ("OPEN",), ("porter",))


@pytest.fixture(autouse=True)
def _declared_here_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_flows", {})


@pytest.fixture
def flow() -> Workflow:
    return Workflow("test.door", "doors", State, (BUILD, PAINT, SHUT, LOCK, OPEN))


class TestDeclared:
    @pytest.mark.parametrize(
        "wrong",
        [
            Step("x", "x", ("AJAR",), ("OPEN",)),
            Step("x", "x", ("OPEN",), ("AJAR",)),
            Step("x", "x", ("OPEN",), ("SHUT",), barred=("painted_by",)),
            Step("shut", "x", ("OPEN",), ("SHUT",)),
        ],
        ids=["source", "target", "hand", "code"],
    )
    def test_with_what_is_not_there_is_told(self, wrong: Step) -> None:
        with pytest.raises(ValueError, match="door: "):
            Workflow("test.door", "doors", State, (BUILD, SHUT, wrong))

    def test_twice_is_told(self, flow: Workflow) -> None:
        with pytest.raises(ValueError, match="door: "):
            Workflow("test.door", "doors", State, (BUILD,))

    def test_says_where_rows_begin_and_how_they_go_on(self, flow: Workflow) -> None:
        legal = (("LOCKED", "OPEN"), ("OPEN", "SHUT"), ("SHUT", "LOCKED"), ("SHUT", "OPEN"))

        assert (flow.begins, flow.edges) == (("OPEN",), legal)

    def test_is_known(self, flow: Workflow) -> None:
        assert steps.workflows() == [flow]


class TestRefusal:
    def test_of_who_has_no_role_here(self, flow: Workflow) -> None:
        assert isinstance(flow.refusal(Person(held=()), "shut", Door(), DAY), Elsewhere)
        assert isinstance(flow.refusal(Person(), "shut", [Door(), Door(stamp="there")], DAY), Elsewhere)

    def test_of_a_state_names_it(self, flow: Workflow) -> None:
        refusal = flow.refusal(Person(), "lock", Door(), DAY)

        assert str(refusal) == "D-1 当前为“open”，不能办理“lock”"

    def test_says_who_was_faster(self, flow: Workflow) -> None:
        refusal = flow.refusal(Person(), "shut", Door(state="LOCKED", shut_by=BELA), DAY)

        assert isinstance(refusal, StepTaken)
        assert (refusal.by, refusal.state) == (BELA, "locked")

    def test_says_what_the_faster_one_did(self) -> None:
        """Agreeing and refusing are one hand's."""
        yes = Step("agree", "agree", ("OPEN",), ("LOCKED",), hand="shut_by")
        no = Step("refuse", "refuse", ("OPEN",), ("SHUT",), hand="shut_by")
        flow = Workflow("test.asked", "doors", State, (Step("ask", "ask", (), ("OPEN",)), yes, no))
        told = [flow.passed("refuse", Door(state=state, shut_by=BELA)) for state in ("LOCKED", "SHUT", "OPEN")]

        assert [getattr(one, "step", "") for one in told] == ["agree", "refuse", "refuse"]
        assert [type(one) for one in told] == [StepTaken, StepTaken, StepNotPossible]

    def test_of_the_same_person_names_the_earlier_step(self, flow: Workflow) -> None:
        refusal = flow.refusal(Person(), "lock", Door(state="SHUT", shut_by=ANNA), DAY)

        assert isinstance(refusal, SamePerson)
        assert (refusal.before, refusal.step) == ("shut", "lock")
        assert flow.allows(Person(BELA), "lock", Door(state="SHUT", shut_by=ANNA), DAY)

    def test_of_the_same_person_by_another_account(self, flow: Workflow) -> None:
        """Who took an earlier step is asked of the person, not of the account."""
        door = Door(state="SHUT", shut_by=ANNA)
        refusal = flow.refusal(Person(BELA, others=frozenset({ANNA})), "lock", door, DAY)

        assert isinstance(refusal, SamePerson)
        assert (refusal.before, refusal.step) == ("shut", "lock")
        assert flow.allows(Person(BELA, others=frozenset({9})), "lock", door, DAY)

    def test_asks_for_other_accounts_only_where_a_hand_is_known(self) -> None:
        """Nothing is read for a row that nobody has touched, or for one's own hand."""

        class Known(Person):
            def accounts(self, on: date) -> frozenset[int]:
                raise AssertionError("asked")

        hand = steps.Hand(Known(BELA), DAY)
        assert (hand.is_one_of([]), hand.is_one_of([None]), hand.is_one_of([None, BELA])) == (False, False, True)

    def test_of_what_a_step_needs(self, flow: Workflow) -> None:
        assert isinstance(flow.refusal(Person(), "paint", Door(wet=True), DAY), Raining)

    def test_of_one_row_is_that_of_the_set(self, flow: Workflow) -> None:
        refusal = flow.refusal(Person(), "shut", [Door(), Door("D-2", "SHUT")], DAY)

        assert isinstance(refusal, StepNotPossible)
        assert refusal.number == "D-2"

    def test_asks_no_role_for_one_s_own(self, flow: Workflow) -> None:
        assert flow.refusal(Person(held=()), "shut", Door(), DAY, own=True) is None

    def test_asks_no_hand_of_the_product(self, flow: Workflow) -> None:
        door = Door(state="SHUT", shut_by=ANNA)

        assert flow.refusal(Person(held=()), "lock", door, DAY, product=True) is None

    def test_of_a_beginning_asks_for_no_state(self, flow: Workflow) -> None:
        assert flow.allows(Person(), "build", Door(state="LOCKED"), DAY)


class TestOffered:
    def test_are_main_steps_first_and_dangers_last(self, flow: Workflow) -> None:
        assert flow.offered(Person(), Door(), DAY) == [SHUT, PAINT]

    def test_is_nothing_to_a_stranger(self, flow: Workflow) -> None:
        assert flow.offered(Person(held=()), Door(), DAY) == []


class TestAwaited:
    def test_is_the_first_main_step_whosever_it_is(self, flow: Workflow) -> None:
        assert flow.awaited(Door(state="SHUT", shut_by=ANNA), DAY) == LOCK

    def test_is_nothing_where_none_leads_on(self, flow: Workflow) -> None:
        assert flow.awaited(Door(state="LOCKED"), DAY) is None

    def test_is_no_step_that_leaves_it_where_it_is(self) -> None:
        """A closed batch takes a late answer of the bank, and waits for none."""
        bolt = Step("bolt", "bolt", ("SHUT", "LOCKED"), ("LOCKED",), ("porter",), main=True)
        flow = Workflow("test.bolted", "test_door", State, (BUILD, SHUT, bolt))
        assert [flow.awaited(Door(state=state), DAY) for state in ("SHUT", "LOCKED")] == [bolt, None]


class TestDrawn:
    def test_as_mermaid(self, flow: Workflow) -> None:
        lines = [line.strip() for line in diagram(flow).splitlines()]

        assert {"[*] --> OPEN: build", "SHUT --> LOCKED: lock", 'state "shut" as SHUT'} <= set(lines)

    def test_as_a_table(self, flow: Workflow) -> None:
        rows = {row[0]: row[1:] for row in table(flow, str.title)}

        assert rows["`lock` lock"] == ("SHUT → LOCKED", "Porter", "shut", "", "")
        assert rows["`paint` paint"] == ("OPEN, SHUT → =", "Porter", "", "It does not rain in.", "")


class TestPublic:
    TOLD = (
        Step("build", "build", (), ("OPEN",), public="built"),
        Step("shut", "shut", ("OPEN",), ("SHUT",)),
        Step("lock", "lock", ("SHUT",), ("LOCKED",), public="locked"),
    )

    def test_are_the_steps_that_people_outside_are_told_of(self, flow: Workflow) -> None:
        assert flow.public == ()
        assert [step.public for step in Workflow("test.told", "doors", State, self.TOLD).public] == ["built", "locked"]

    @pytest.mark.parametrize(("state", "passed"), [("OPEN", 1), ("SHUT", 1), ("LOCKED", 2)])
    def test_a_row_has_passed_those_that_led_to_it(self, state: str, passed: int) -> None:
        """A state to which an inner step leads stands where it came from; where none leads on, all are over."""
        assert Workflow("test.told", "doors", State, self.TOLD).passed_in(state) == passed
