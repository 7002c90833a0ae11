"""异议: it blocks, is looked into at home again, answered, and published again."""

from datetime import timedelta

import pytest

from linli.aid.assistance.models import Application, Assessment, Objection
from linli.aid.assistance.operations import answer_objection, grant, take_objection
from linli.aid.assistance.operations.common import ApplicationNotFound
from linli.aid.assistance.refusals import ObjectionOpen, RecheckMissing
from linli.foundation.data.crypto import open_sealed
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.steps import StepNotPossible
from tests.assistance.world import World, fresh, not_refused
from tests.conftest import MONDAY
from tests.layers import layer


@layer
def application(world: World) -> Application:
    """Published on Monday, with accounts."""
    return world.at_decision()[0]


def objected(world: World, application: Application, content: str = "另有收入", objector: str = "") -> Objection:
    clerk = world.act(world.staff.clerk, hour=18)
    return take_objection(clerk, application_id=application.pk, content=content, objector=objector)


def answered(world: World, objection: Objection, *, upheld: bool = False, answer: str = "情况属实") -> Objection:
    officer = world.act(world.staff.street_officer, hour=19)
    return answer_objection(officer, objection_id=objection.pk, upheld=upheld, answer=answer)


class TestTakeObjection:
    def test_blocks_the_decision(self, world: World, application: Application) -> None:
        objected(world, application)

        with pytest.raises(StepNotPossible, match="有异议"):
            grant(world.act(world.staff.second_officer, MONDAY + timedelta(days=9)), application_ids=[application.pk])
        assert fresh(application).state == "OBJECTED"

    def test_seals_who_objects(self, world: World, application: Application) -> None:
        objection = objected(world, application, objector=" 刘邻居 ")

        assert "刘邻居" not in objection.objector_envelope
        aad = f"assistance_objection|{objection.row_key}|objector"
        assert open_sealed(objection.objector_envelope, aad=aad) == "刘邻居"
        assert str(objection) == application.number

    def test_may_be_anonymous(self, world: World, application: Application) -> None:
        assert objected(world, application).objector_envelope == ""

    def test_a_second_neighbour_is_heard_too(self, world: World, application: Application) -> None:
        objected(world, application)
        objected(world, application, "还有一处房产")

        assert Objection.objects.filter(state="OPEN").count() == 2

    def test_needs_a_content(self, world: World, application: Application) -> None:
        with pytest.raises(ReasonMissing) as refusal:
            objected(world, application, " ")

        assert refusal.value.field == "content"

    def test_is_refused_before_publication(self, world: World) -> None:
        with pytest.raises(StepNotPossible):
            objected(world, world.at_review())

    def test_is_for_community_and_street(self, world: World, application: Application) -> None:
        def deed(act: Act) -> object:
            return take_objection(act, application_id=application.pk, content="另有收入")

        assert not_refused(world, deed, allowed="clerk director street_officer second_officer") == []


class TestAnswerObjection:
    def test_comes_after_a_second_visit(self, world: World, application: Application) -> None:
        objection = objected(world, application)

        with pytest.raises(RecheckMissing):
            answered(world, objection)

    def test_comes_after_a_second_visit_that_is_finished(self, world: World, application: Application) -> None:
        objection = objected(world, application)
        world.visited(world.formed(application))

        with pytest.raises(RecheckMissing):
            answered(world, objection)

    @pytest.mark.parametrize(("upheld", "state"), [(True, "UPHELD"), (False, "REJECTED")])
    def test_is_kept_with_its_reason(self, world: World, application: Application, upheld: bool, state: str) -> None:
        objection = objected(world, application)
        world.assessed(application)

        answer = answered(world, objection, upheld=upheld, answer=" 已核实 ")

        assert (answer.state, answer.answer, answer.answered_by_id) == (state, "已核实", world.staff.street_officer.pk)

    def test_needs_words(self, world: World, application: Application) -> None:
        objection = objected(world, application)
        world.assessed(fresh(application))

        with pytest.raises(ReasonMissing) as refusal:
            answered(world, objection, answer=" ")

        assert refusal.value.field == "answer"

    def test_is_given_once(self, world: World, application: Application) -> None:
        objection = objected(world, application)
        world.assessed(application)
        answered(world, objection)

        with pytest.raises(StepNotPossible):
            answered(world, objection)

    def test_is_for_street_officers_alone(self, world: World, application: Application) -> None:
        objection = objected(world, application)

        def deed(act: Act) -> object:
            return answer_objection(act, objection_id=objection.pk, upheld=False, answer="属实")

        assert not_refused(world, deed, allowed="street_officer second_officer") == []

    def test_one_that_is_not_there_is_not_found(self, world: World) -> None:
        with pytest.raises(ApplicationNotFound):
            answer_objection(world.act(world.staff.street_officer), objection_id=0, upheld=False, answer="属实")


class TestSecondRound:
    def test_is_visited_signed_published_and_decided_again(self, world: World, application: Application) -> None:
        objection = objected(world, application)
        world.assessed(application)
        answered(world, objection)
        world.opined(application)
        world.reviewed(application)
        second = world.published(application)
        assert second.last_date is not None

        [decision] = world.granted(application, day=second.last_date + timedelta(days=1))

        assert fresh(application).round == 2
        assert decision.determination_id == Assessment.objects.get(round=2).determination_id
        assert application.publication_entries.count() == 2

    def test_the_second_publication_runs_its_whole_time(self, world: World, application: Application) -> None:
        from linli.aid.assistance.refusals import PublicationRunning

        objection = objected(world, application)
        world.assessed(application, day=MONDAY + timedelta(days=3))
        answered(world, objection)
        world.opined(application, day=MONDAY + timedelta(days=3))
        world.reviewed(application, day=MONDAY + timedelta(days=3))
        world.published(application, day=MONDAY + timedelta(days=3))

        with pytest.raises(PublicationRunning):
            world.granted(application, day=MONDAY + timedelta(days=8))

    def test_the_review_too_waits_for_the_answer(self, world: World, application: Application) -> None:
        objected(world, application)
        world.assessed(application)
        world.opined(application)

        with pytest.raises(ObjectionOpen):
            world.reviewed(application)
