"""Whatever the acts leave is whole; a bug planted behind the product's back is named."""

from collections.abc import Callable

import pytest
from django.db import connection

from linli.aid.assistance.models import (
    Application,
    ApplicationEvent,
    Assessment,
    Assessor,
    Clock,
    Decision,
    FirstOpinion,
    IntakeAnswer,
    Objection,
    Publication,
)
from linli.aid.assistance.operations import refuse, take_objection, turn_away, withdraw
from linli.aid.assistance.queries import invariants
from linli.config.cli_audit import BROKEN, run_verify
from linli.foundation.data import triggers
from tests.assistance.world import LOW_INCOME, World
from tests.layers import layer

Plant = Callable[[World, Application], object]


def found() -> set[str]:
    return {one.code for one in invariants()}


@layer
def granted(world: World) -> Application:
    application, day = world.at_decision()
    world.granted(application, day=day)
    return application


@pytest.fixture
def unguarded(granted: Application) -> None:
    """Somebody with the database's password switched the room's triggers off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT DISTINCT trigger_name, event_object_table FROM information_schema.triggers")
        for name, table in cursor.fetchall():
            if table.startswith("assistance_"):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER "{name}"{on}')


def _object(world: World, application: Application) -> None:
    Objection.objects.create(
        application=application,
        round=1,
        received_date=application.received_date,
        row_key="1" * 32,
        content="他有存款",
        state="OPEN",
        **application.stamp.columns(),
    )


BUGS: dict[str, Plant] = {
    "state_without_event": lambda _world, _case: ApplicationEvent.objects.filter(kind="GRANTED").delete(),
    "state_without_answer": lambda _world, _case: IntakeAnswer.objects.all().delete(),
    "answer_without_state": lambda _world, _case: Application.objects.update(state="RECEIVED"),
    "state_without_visit": lambda _world, _case: Application.objects.update(round=2),
    "visit_left_open": lambda _world, _case: Assessment.objects.update(completed_date=None),
    "report_unsigned": lambda world, _case: Assessor.objects.filter(user=world.staff.volunteer).update(signed_at=None),
    "state_without_opinion": lambda _world, _case: FirstOpinion.objects.update(round=2),
    "state_without_review": lambda _world, _case: FirstOpinion.objects.update(agreed=None),
    "state_without_publication": lambda _world, _case: Publication.objects.update(state="PREPARED"),
    "state_without_decision": lambda _world, _case: Decision.objects.update(kind="REFUSE"),
    "decision_without_state": lambda _world, _case: Application.objects.update(state="PUBLISHED"),
    "decided_over_objection": _object,
    "decided_by_reviewer": lambda world, _case: FirstOpinion.objects.update(reviewed_by=world.staff.second_officer),
    "clock_not_of_the_state": lambda _world, _case: Clock.objects.filter(kind="DECISION").update(finished_date=None),
}


class TestWhole:
    def test_is_what_the_acts_leave(self, world: World, granted: Application) -> None:
        world.received()
        withdraw(world.act(world.staff.clerk), application_id=world.formed(world.accepted()).application_id)
        turn_away(world.act(world.staff.clerk), application_id=world.received().pk, reason="户籍不在本市")
        objected, day = world.at_decision()
        take_objection(world.act(world.staff.clerk), application_id=objected.pk, content="他有存款")
        world.formed(objected)
        refused = world.at_review(LOW_INCOME)
        refuse(world.act(world.staff.second_officer, day), application_ids=[refused.pk], reason="收入高于标准")

        assert invariants() == []


class TestPlanted:
    @pytest.mark.parametrize("code", sorted(BUGS))
    @pytest.mark.usefixtures("unguarded")
    def test_is_named(self, world: World, granted: Application, code: str) -> None:
        BUGS[code](world, granted)

        assert f"assistance.{code}" in found()

    @pytest.mark.usefixtures("unguarded")
    def test_is_named_by_audit_verify_with_its_number(
        self, granted: Application, capsys: pytest.CaptureFixture[str]
    ) -> None:
        triggers.install(connection)
        Clock.objects.filter(kind="DECISION").update(finished_date=None)

        assert run_verify(as_json=False) == BROKEN
        assert f"assistance.clock_not_of_the_state {granted.number}" in capsys.readouterr().out
