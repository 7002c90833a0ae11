"""Random deeds on one fund against a model of plain integers; every invariant after every step."""

from typing import ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import FundingSource
from linli.money.ledger.operations import Flow, Promise, Spending
from tests.conftest import system_act
from tests.ledger.world import World, by, inside

FEN = st.integers(1, 60_00)
PROGRAMMES = st.sampled_from(["BASE_AWARD", "ELDER_SUPPLEMENT", "TRAINING"])
CODES = st.sampled_from(["GOV", "DON", "OWN"])


class FundMachine(RuleBasedStateMachine):
    """Deeds on the fund of ``world``, set for the run; each example is rolled back."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        own = FundingSource.objects.filter(pk=self.world.source("OWN").pk)
        inside(system_act(), step=lambda _act: own.update(restricted_to=["TRAINING"]))
        self.line_id = self.world.line().pk
        self.source_ids = {code: self.world.source(code).pk for code in ("GOV", "DON", "OWN")}
        self.line = {"available": queries.available(self.line_id), "committed": 0}
        self.sources = {
            code: {"spendable": self.world.balance(AccountKind.SPENDABLE, code), "payable": 0, "transit": 0, "paid": 0}
            for code in self.source_ids
        }

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def attempt(self, help_: object, allowed: bool, **arguments: object) -> bool:
        """Run the help; it must be refused exactly when the model says so, and then change nothing."""

        def step(act: Act) -> None:
            help_(act, fund_id=self.world.fund.pk, subject="test", **arguments)  # type: ignore[operator]  # any help

        before = queries.ledger_digest(self.world.fund.pk)
        try:
            inside(by(self.world.staff.maker), step=step)
        except DomainError:
            assert not allowed
            assert queries.ledger_digest(self.world.fund.pk) == before
            return False
        assert allowed
        return True

    @rule(fen=FEN, code=CODES)
    def receive(self, fen: int, code: str) -> None:
        self.world.receive(code, fen)
        self.sources[code]["spendable"] += fen

    @rule(fen=st.integers(1, 700_000_00))
    def commit(self, fen: int) -> None:
        if self.attempt(operations.commit, fen <= self.line["available"], promises=[Promise(self.line_id, fen)]):
            self.line["available"] -= fen
            self.line["committed"] += fen

    @rule(fen=FEN)
    def take_back(self, fen: int) -> None:
        if self.attempt(
            operations.release_commitment, fen <= self.line["committed"], promises=[Promise(self.line_id, fen)]
        ):
            self.line["available"] += fen
            self.line["committed"] -= fen

    @precondition(lambda self: self.line["committed"])
    @rule(
        fen=st.integers(1, 60_000_00),
        code=CODES,
        programme=st.sampled_from(["BASE_AWARD", "ELDER_SUPPLEMENT", "TRAINING"]),
    )
    def accrue(self, fen: int, code: str, programme: str) -> None:
        purse = self.sources[code]
        allowed = fen <= self.line["committed"] and fen <= purse["spendable"]
        allowed = allowed and code != "OWN" and programme != "TRAINING"
        spending = Spending(self.line_id, self.source_ids[code], programme, fen)
        if self.attempt(operations.accrue, allowed, spendings=[spending]):
            self.line["committed"] -= fen
            purse["spendable"] -= fen
            purse["payable"] += fen

    @rule(code=CODES, share=st.integers(1, 120))
    def reverse(self, code: str, share: int) -> None:
        purse = self.sources[code]
        fen = purse["payable"] * share // 100
        if fen and self.attempt(
            operations.reverse_accrual,
            fen <= purse["payable"],
            spendings=[Spending(self.line_id, self.source_ids[code], "BASE_AWARD", fen)],
        ):
            self.line["committed"] += fen
            purse["spendable"] += fen
            purse["payable"] -= fen

    @rule(code=CODES, share=st.integers(1, 120), step=st.sampled_from(["send", "settle", "return_"]))
    def bank(self, code: str, share: int, step: str) -> None:
        purse = self.sources[code]
        origin, target = {
            "send": ("payable", "transit"),
            "settle": ("transit", "paid"),
            "return_": ("transit", "payable"),
        }[step]
        fen = purse[origin] * share // 100
        flows = [Flow(self.source_ids[code], fen)]
        if fen and self.attempt(getattr(operations, step), fen <= purse[origin], flows=flows):
            purse[origin] -= fen
            purse[target] += fen

    @invariant()
    def books_say_what_the_model_says(self) -> None:
        assert self.world.balance(AccountKind.AVAILABLE, "AID") == self.line["available"]
        assert self.world.balance(AccountKind.COMMITTED, "AID") == self.line["committed"]
        kinds = {
            "spendable": AccountKind.SPENDABLE,
            "payable": AccountKind.PAYABLE,
            "transit": AccountKind.IN_TRANSIT,
        }
        for code, purse in self.sources.items():
            assert {key: self.world.balance(kind, code) for key, kind in kinds.items()} == {
                key: purse[key] for key in kinds
            }

    @invariant()
    def all_invariants_hold(self) -> None:
        assert queries.invariants() == []


@pytest.mark.faults
def test_any_order_of_deeds_keeps_the_books_whole(world: World) -> None:
    machine = type("Machine", (FundMachine,), {"world": world})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # Hypothesis leaves it untyped
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
