"""The workflow as a machine: at every state each act that may not follow is refused and changes nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState, PaperState, Proposal
from linli.aid.assistance.models import Application, Objection, Publication
from linli.aid.assistance.operations import (
    PaperRecord,
    accept,
    answer_objection,
    ask_for_supplement,
    give_opinion,
    grant,
    lapse_overdue,
    post,
    prepare,
    record_papers,
    refuse,
    review,
    take_objection,
    turn_away,
    withdraw,
)
from linli.aid.assistance.refusals import ObjectionOpen, SupplementAlreadyAsked
from linli.aid.assistance.steps import CASE
from linli.ground.notifications.models import Letter
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import StepNotPossible
from linli.money.awards.models import Award
from linli.money.ledger.queries import invariants
from tests.assistance.world import World, fresh
from tests.conftest import MONDAY, system_act

CERTIFICATE = "LOW_INCOME_CERTIFICATE"
# A refusal that the state alone explains; anything else is a fault of the machine.
BY_STATE = (StepNotPossible, SupplementAlreadyAsked, ObjectionOpen)


class Machine:
    """One application and the hands that may move it; every step is an act by the right person."""

    def __init__(self, world: World) -> None:
        self.world, self.day = world, MONDAY
        family = world.family()
        world.accounts(family)
        self.application = world.received(family, without=[CERTIFICATE])
        self.steps: dict[str, Callable[[], object]] = {
            "supplement": self.ask,
            "resume": self.bring_paper,
            "accept": self.accept,
            "turn_away": lambda: turn_away(self.act("clerk"), application_id=self.pk, reason="重复申请"),
            "lapse": self.lapse,
            "withdraw": lambda: withdraw(self.act("clerk"), application_id=self.pk),
            "team": self.visit,
            "opinion": self.opine,
            "review": lambda: review(self.act("street_officer"), application_ids=[self.pk], agreed=True),
            "send_back": lambda: review(
                self.act("street_officer"), application_ids=[self.pk], agreed=False, text="再核"
            ),
            "post": self.publish,
            "object": lambda: take_objection(self.act("clerk"), application_id=self.pk, content="另有收入"),
            "answer": self.answer,
            "grant": self.grant,
            "refuse": lambda: refuse(self.act("second_officer"), application_ids=[self.pk], reason="不符合条件"),
        }

    @property
    def pk(self) -> int:
        return self.application.pk

    @property
    def state(self) -> str:
        return fresh(self.application).state

    def act(self, who: str) -> Act:
        return self.world.act(getattr(self.world.staff, who), self.day, 18)

    def ask(self) -> None:
        ask_for_supplement(self.act("clerk"), application_id=self.pk)

    def bring_paper(self) -> None:
        record = PaperRecord(CERTIFICATE, PaperState.PRESENT, issued_date=self.day)
        record_papers(self.act("clerk"), application_id=self.pk, papers=[record])

    def accept(self) -> None:
        accept(self.act("clerk"), application_ids=[self.pk])

    def lapse(self) -> None:
        lapse_overdue(system_act(self.day + timedelta(days=60)))

    def visit(self) -> None:
        self.world.assessed(self.application, day=self.day)

    def opine(self) -> None:
        give_opinion(self.act("director"), application_ids=[self.pk], proposal=Proposal.GRANT)

    def publish(self) -> None:
        publication = Publication.objects.filter(state="PREPARED", entries__application=self.application).first()
        if publication is None:
            publication = prepare(self.act("clerk"), application_ids=[self.pk])
        post(self.act("director"), publication_id=publication.pk, proof_note="公告栏")

    def answer(self) -> None:
        for objection in Objection.objects.filter(state="OPEN", application=self.application):
            answer_objection(self.act("street_officer"), objection_id=objection.pk, upheld=False, answer="属实")

    def grant(self) -> None:
        # The morning after the last day; later publications take longer.
        self.day += timedelta(days=10)
        grant(self.act("second_officer"), application_ids=[self.pk])


# Sending back is the street's review with the other answer.
CODES = {"send_back": "review"}


def allowed(step: str, state: str) -> bool:
    return step != "answer" and state in CASE.step(CODES.get(step, step)).sources


def counted() -> tuple[int, ...]:
    return Letter.objects.count(), Award.objects.count(), Application.objects.count()


STEPS = (
    "accept",
    "answer",
    "grant",
    "lapse",
    "object",
    "opinion",
    "post",
    "refuse",
    "resume",
    "review",
    "send_back",
    "supplement",
    "team",
    "turn_away",
    "withdraw",
)


class TestWorkflow:
    @pytest.mark.parametrize("way", range(3))
    def test_every_step_that_may_not_follow_is_refused_and_changes_nothing(self, world: World, way: int) -> None:
        machine = Machine(world)
        ways = [
            ["supplement", "resume", "accept", "team", "opinion", "review", "post", "grant"],
            ["resume", "accept", "team", "opinion", "send_back", "opinion", "review", "refuse"],
            ["resume", "accept", "team", "opinion", "review", "post", "object", "team", "withdraw"],
        ]

        for step in ways[way]:
            self.try_all_refused(machine)
            machine.steps[step]()
        self.try_all_refused(machine)

        assert machine.state in CLOSED_STATES

    def try_all_refused(self, machine: Machine) -> None:
        state, before = machine.state, counted()
        day = machine.day
        for step in STEPS:
            if allowed(step, state) or step in ("answer", "lapse", "resume"):
                continue
            with pytest.raises(BY_STATE):
                machine.steps[step]()
            machine.day = day
            assert (machine.state, counted()) == (state, before), step

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    def test_whatever_is_tried_in_whatever_order_states_stay_legal(self, world: World, data: st.DataObject) -> None:
        machine = Machine(world)

        for _ in range(14):
            state = machine.state
            step = data.draw(st.sampled_from(STEPS))
            self.attempt(machine, step, state)

        assert invariants() == []
        assert Award.objects.filter(application_number=machine.application.number).count() in (0, 2)

    def attempt(self, machine: Machine, step: str, state: str) -> None:
        day: date = machine.day
        try:
            machine.steps[step]()
        except DomainError:
            machine.day = day
            assert machine.state == state
            return
        after = machine.state
        legal: set[Any] = {state}
        if allowed(step, state):
            legal |= set(CASE.step(CODES.get(step, step)).targets)
        if step == "team":
            legal.add(ApplicationState.ASSESSED)
        assert after in legal, (step, state, after)
