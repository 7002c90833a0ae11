"""Papers, publication rows, results, escalation, transitions: each rule by its table."""

from datetime import date, timedelta

import pytest

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState
from linli.aid.assistance.rules.clocks import level
from linli.aid.assistance.rules.papers import PaperFacts, lacking, state_on
from linli.aid.assistance.rules.publication import ColumnNotAllowed, ProposedGrant, row
from linli.aid.assistance.rules.results import (
    Departure,
    DepartureNegative,
    DepartureUnexplained,
    DepartureUnknown,
    ProgrammeResult,
    checked,
    results,
)
from linli.aid.assistance.steps import CASE

TODAY = date(2026, 3, 9)
YESTERDAY = TODAY - timedelta(days=1)


class TestPapers:
    @pytest.mark.parametrize(
        ("paper", "state"),
        [
            (PaperFacts("P", "PRESENT"), "PRESENT"),
            (PaperFacts("P", "PRESENT", expires_date=TODAY), "PRESENT"),
            (PaperFacts("P", "PRESENT", expires_date=YESTERDAY), "EXPIRED"),
            (PaperFacts("P", "PROMISED", promised_date=TODAY), "PROMISED"),
            (PaperFacts("P", "PROMISED", promised_date=YESTERDAY), "MISSING"),
            (PaperFacts("P", "PROMISED"), "MISSING"),
            (PaperFacts("P", "WAIVED", expires_date=YESTERDAY), "WAIVED"),
            (PaperFacts("P", "MISSING"), "MISSING"),
        ],
    )
    def test_are_what_their_dates_make_them(self, paper: PaperFacts, state: str) -> None:
        assert state_on(paper, TODAY) == state

    def test_lacking_names_missing_and_expired_in_order(self) -> None:
        papers = [
            PaperFacts("C", "MISSING"),
            PaperFacts("B", "WAIVED"),
            PaperFacts("A", "PRESENT", expires_date=YESTERDAY),
        ]

        assert lacking(papers, TODAY) == ["C", "A"]


class TestPublicationRow:
    GRANT = ProposedGrant("欧阳娜娜", 45, 3, 50_000, "幸福里社区")

    def test_holds_exactly_the_columns_asked_for(self) -> None:
        assert row(self.GRANT, ["AMOUNT", "MASKED_NAME"]) == {"AMOUNT": "500.00", "MASKED_NAME": "欧阳*娜"}

    @pytest.mark.parametrize(("age", "name"), [(17, "未成年人"), (18, "王*明")])
    def test_names_no_minor(self, age: int, name: str) -> None:
        grant = ProposedGrant("王小明", age, 1, 0, "")

        assert row(grant, ["MASKED_NAME"]) == {"MASKED_NAME": name}

    @pytest.mark.parametrize("column", ["ID_NUMBER", "ACCOUNT", "ADDRESS", "DISABILITY", "PHONE", "NAME"])
    def test_refuses_what_may_not_be_published(self, column: str) -> None:
        with pytest.raises(ColumnNotAllowed) as refusal:
            row(self.GRANT, ["AMOUNT", column])

        assert refusal.value.column == column


class TestResults:
    DETERMINED = (
        ProgrammeResult("BASE", "HOUSEHOLD", "H-1", 50_000, 50_000),
        ProgrammeResult("ELDER", "PERSON", "R-1", 0, None),
    )

    def test_without_departure_are_the_rules(self) -> None:
        assert results(self.DETERMINED, []) == list(self.DETERMINED)

    def test_the_same_amount_is_no_departure(self) -> None:
        assert results(self.DETERMINED, [Departure("BASE", "H-1", 50_000, "")]) == list(self.DETERMINED)

    def test_a_departure_keeps_what_the_rules_said(self) -> None:
        combined = results(self.DETERMINED, [Departure("ELDER", "R-1", 30_000, " 邻居证实 ")])

        assert combined[1] == ProgrammeResult("ELDER", "PERSON", "R-1", 30_000, None, "邻居证实")
        assert [result.departed for result in combined] == [False, True]

    def test_a_departure_without_reason_is_refused(self) -> None:
        with pytest.raises(DepartureUnexplained) as refusal:
            results(self.DETERMINED, [Departure("BASE", "H-1", 0, " ")])

        assert refusal.value.field == "reason-BASE-H-1"

    def test_a_departure_for_somebody_who_is_gone_falls_away(self) -> None:
        assert results(self.DETERMINED, [Departure("ELDER", "R-9", 30_000, "邻居证实")]) == list(self.DETERMINED)


class TestChecked:
    DETERMINED = TestResults.DETERMINED

    def test_keeps_what_differs_from_the_rules(self) -> None:
        same, own = Departure("BASE", "H-1", 50_000, ""), Departure("ELDER", "R-1", 0, " 不符合 ")

        assert checked(self.DETERMINED, [same, own]) == [Departure("ELDER", "R-1", 0, "不符合")]

    def test_refuses_less_than_nothing_by_the_field(self) -> None:
        with pytest.raises(DepartureNegative) as refusal:
            checked(self.DETERMINED, [Departure("BASE", "H-1", -40_000, "多发")])

        assert refusal.value.field == "amount-BASE-H-1"

    @pytest.mark.parametrize(("programme", "unit"), [("BASE", "H-2"), ("RENT", "H-1"), ("ELDER", "H-1")])
    def test_refuses_what_the_case_does_not_claim(self, programme: str, unit: str) -> None:
        with pytest.raises(DepartureUnknown) as refusal:
            checked(self.DETERMINED, [Departure(programme, unit, 100, "另有")])

        assert refusal.value.field == f"amount-{programme}-{unit}"

    def test_refuses_two_for_one(self) -> None:
        with pytest.raises(DepartureUnknown):
            checked(self.DETERMINED, [Departure("BASE", "H-1", 100, "一"), Departure("BASE", "H-1", 200, "二")])

    def test_refuses_one_without_its_reason_by_the_field(self) -> None:
        with pytest.raises(DepartureUnexplained) as refusal:
            checked(self.DETERMINED, [Departure("BASE", "H-1", 100, " ")])

        assert refusal.value.field == "reason-BASE-H-1"


class TestEscalation:
    @pytest.mark.parametrize(
        ("colour", "at_street", "warned", "expected"),
        [
            ("GREEN", False, (), None),
            ("AMBER", False, (), "COMMUNITY"),
            ("RED", False, ("COMMUNITY",), "STREET"),
            ("AMBER", True, (), "STREET"),
            ("RED", True, ("STREET",), "DISTRICT"),
            ("RED", False, ("STREET",), "DISTRICT"),
            ("PAUSED", False, (), None),
        ],
    )
    def test_tells_the_next_level(
        self, colour: str, at_street: bool, warned: tuple[str, ...], expected: str | None
    ) -> None:
        assert level(colour, at_street=at_street, warned=warned) == expected


class TestWorkflow:
    def test_nothing_follows_a_closed_state_but_taking_it_back(self) -> None:
        after = {(step.code, source) for step in CASE.steps for source in step.sources if source in CLOSED_STATES}

        assert after == {(step.code, "WITHDRAWN") for step in CASE.steps if step.takes_back == "withdraw"}

    def test_every_state_is_one_the_room_knows(self) -> None:
        named = {state for step in CASE.steps for state in (*step.sources, *step.targets)}

        assert named == set(ApplicationState.values)
