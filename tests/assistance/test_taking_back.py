"""A step taken back: the case stands where it stood, with its time limits; the record keeps both."""

from datetime import timedelta

import pytest

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.models import Application, ApplicationEvent, Clock, FirstOpinion
from linli.aid.assistance.operations import give_opinion, review, take_back, withdraw
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.models import User
from linli.ground.users.queries import NotPermitted
from linli.kernel.steps import StepNotPossible
from tests.assistance.world import World, fresh
from tests.conftest import MONDAY


def clocks(application: Application) -> list[tuple[object, ...]]:
    rows = Clock.objects.filter(application=application).order_by("pk")
    return list(rows.values_list("kind", "started_date", "due_date", "paused_date", "finished_date"))


def taken_back(world: World, application: Application, who: User, code: str) -> Application:
    return take_back(world.act(who, hour=20), application_ids=[application.pk], code=code)[0]


@pytest.fixture
def assessed(world: World) -> Application:
    application = world.accepted()
    world.assessed(application)
    return fresh(application)


class TestOpinion:
    def test_is_signed_anew_afterwards_and_both_stay_told(self, world: World, assessed: Application) -> None:
        world.opined(assessed)
        found = taken_back(world, assessed, world.staff.director, "take_back_opinion")
        assert (found.state, found.state_since) == ("ASSESSED", assessed.state_since)
        act = world.act(world.staff.director, hour=21)
        give_opinion(act, application_ids=[assessed.pk], proposal=Proposal.REFUSE, text="收入有变")
        assert list(FirstOpinion.objects.order_by("pk").values_list("proposal", flat=True)) == ["GRANT", "REFUSE"]
        kinds = list(ApplicationEvent.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds[-3:] == ["OPINION_GIVEN", "TAKEN_BACK", "OPINION_GIVEN"]

    def test_both_acts_are_in_the_trail(self, world: World, assessed: Application) -> None:
        world.opined(assessed)
        taken_back(world, assessed, world.staff.director, "take_back_opinion")
        acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
        assert acts[-2:] == ["assistance.give_opinion", "assistance.take_back"]

    def test_is_taken_back_by_the_street_too_and_by_nobody_else(self, world: World, assessed: Application) -> None:
        world.opined(assessed)
        with pytest.raises(NotPermitted):
            taken_back(world, assessed, world.staff.clerk, "take_back_opinion")
        assert taken_back(world, assessed, world.staff.street_officer, "take_back_opinion").state == "ASSESSED"

    def test_stays_once_it_was_reviewed(self, world: World, assessed: Application) -> None:
        world.opined(assessed)
        world.reviewed(assessed)
        with pytest.raises(StepNotPossible):
            taken_back(world, assessed, world.staff.director, "take_back_opinion")


class TestReview:
    def test_is_given_anew_by_whoever_took_it_back(self, world: World, assessed: Application) -> None:
        world.opined(assessed)
        opined = fresh(assessed)
        world.reviewed(assessed)
        found = taken_back(world, assessed, world.staff.street_officer, "take_back_review")
        assert (found.state, found.state_since, found.version) == (
            "OPINION_GIVEN",
            opined.state_since,
            2 + opined.version,
        )
        assert FirstOpinion.objects.get().reviewed_by_id is None
        act = world.act(world.staff.street_officer, hour=21)
        assert review(act, application_ids=[assessed.pk], agreed=False, text="再核")[0].state == "ASSESSED"


class TestWithdrawal:
    @pytest.mark.parametrize("way", ["received", "accepted"])
    def test_the_time_limits_are_as_they_were(self, world: World, way: str) -> None:
        application = fresh(getattr(world, way)())
        before = clocks(application)
        withdraw(world.act(world.staff.clerk, hour=18), application_id=application.pk)
        assert clocks(application) != before
        found = taken_back(world, application, world.staff.clerk, "restore")
        assert (found.state, found.state_since) == (application.state, application.state_since)
        assert clocks(application) == before

    def test_stays_on_another_day(self, world: World) -> None:
        application = world.received()
        withdraw(world.act(world.staff.clerk), application_id=application.pk)
        late = world.act(world.staff.clerk, MONDAY + timedelta(days=1))
        with pytest.raises(StepNotPossible):
            take_back(late, application_ids=[application.pk], code="restore")

    def test_twice(self, world: World) -> None:
        application = world.accepted()
        for _time in range(2):
            withdraw(world.act(world.staff.clerk, hour=18), application_id=application.pk)
            assert taken_back(world, application, world.staff.clerk, "restore").state == "ACCEPTED"
