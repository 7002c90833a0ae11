"""First opinion by the community director, review by the street: two people, reasons where somebody says no."""

import pytest

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.models import Application, FirstOpinion
from linli.aid.assistance.operations import give_opinion, review
from linli.aid.assistance.operations.common import TextTooLong
from linli.aid.assistance.operations.opinion import OpinionContradicts, has_anything_due
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.steps import SamePerson, StepNotPossible
from tests.assistance.world import DISABLED, LOW_INCOME, NEEDY, World, fresh, not_refused
from tests.conftest import MONDAY, system_act
from tests.layers import layer


@layer
def application(world: World) -> Application:
    """Assessed: something is due."""
    application = world.accepted()
    world.assessed(application)
    return application


def opine(world: World, application: Application, proposal: Proposal = Proposal.GRANT, text: str = "") -> FirstOpinion:
    director = world.act(world.staff.director)
    return give_opinion(director, application_ids=[application.pk], proposal=proposal, text=text)[0]


def judge(world: World, application: Application, *, agreed: bool, text: str = "") -> Application:
    officer = world.act(world.staff.street_officer)
    return review(officer, application_ids=[application.pk], agreed=agreed, text=text)[0]


class TestGiveOpinion:
    def test_is_signed_and_moves_on(self, world: World, application: Application) -> None:
        opinion = opine(world, application, text=" 情况属实 ")

        assert (opinion.text, opinion.sequence, opinion.signed_by_id) == ("情况属实", 1, world.staff.director.pk)
        assert fresh(application).state == "OPINION_GIVEN"
        assert str(opinion) == f"{application.pk} #1 GRANT"

    def test_many_at_once(self, world: World, application: Application) -> None:
        other = world.accepted()
        world.assessed(other)

        ids = [application.pk, other.pk]
        made = give_opinion(world.act(world.staff.director), application_ids=ids, proposal=Proposal.GRANT)

        assert len(made) == 2

    def test_a_refusal_needs_its_reason(self, world: World, application: Application) -> None:
        with pytest.raises(ReasonMissing) as refusal:
            opine(world, application, Proposal.REFUSE, " ")

        assert refusal.value.field == "text"

    @pytest.mark.parametrize("proposal", list(Proposal))
    def test_a_text_fits(self, world: World, application: Application, proposal: Proposal) -> None:
        with pytest.raises(TextTooLong):
            opine(world, application, proposal, "长" * 401)

    def test_a_grant_where_nothing_is_due_is_refused(self, world: World) -> None:
        rich = world.accepted(world.family(facts={**NEEDY, "monthly_income_fen": 900_000}), LOW_INCOME)
        world.assessed(rich)

        with pytest.raises(OpinionContradicts) as refusal:
            opine(world, rich)

        assert refusal.value.number == rich.number

    def test_recognition_without_money_is_something_due(self, world: World) -> None:
        disabled = world.accepted(world.family(facts={**NEEDY, "disability_grade": 2}), DISABLED)
        world.assessed(disabled)

        assert opine(world, disabled).proposal == "GRANT"

    def test_nothing_is_due_before_the_assessment(self, world: World) -> None:
        assert not has_anything_due(world.accepted(), None)

    def test_a_grant_of_what_is_not_assessed_is_refused(self, world: World) -> None:
        with pytest.raises(StepNotPossible):
            opine(world, world.accepted())

    def test_is_for_the_director_alone(self, world: World, application: Application) -> None:
        def deed(act: Act) -> object:
            return give_opinion(act, application_ids=[application.pk], proposal=Proposal.GRANT)

        assert not_refused(world, deed, allowed="director") == []

    def test_is_refused_twice(self, world: World, application: Application) -> None:
        opine(world, application)

        with pytest.raises(StepNotPossible):
            opine(world, application)


class TestReview:
    def test_agreeing_moves_on(self, world: World, application: Application) -> None:
        opine(world, application)

        judge(world, application, agreed=True)

        opinion = FirstOpinion.objects.get()
        assert fresh(application).state == "REVIEWED"
        assert (opinion.agreed, opinion.reviewed_by_id) == (True, world.staff.street_officer.pk)

    def test_sending_back_lets_the_director_sign_again(self, world: World, application: Application) -> None:
        opine(world, application)
        judge(world, application, agreed=False, text="请说明收入来源")
        assert fresh(application).state == "ASSESSED"

        again = opine(world, application, text="已核实")

        assert (again.sequence, again.round) == (2, 1)
        assert application.events.get(kind="SENT_BACK").note == "请说明收入来源"

    def test_sending_back_needs_a_reason(self, world: World, application: Application) -> None:
        opine(world, application)

        with pytest.raises(ReasonMissing):
            judge(world, application, agreed=False)

    def test_agreeing_words_fit_too(self, world: World, application: Application) -> None:
        opine(world, application)

        with pytest.raises(TextTooLong):
            judge(world, application, agreed=True, text="长" * 401)

    def test_is_for_street_officers_alone(self, world: World, application: Application) -> None:
        opine(world, application)

        def deed(act: Act) -> object:
            return review(act, application_ids=[application.pk], agreed=True)

        assert not_refused(world, deed, allowed="street_officer second_officer") == []

    def test_who_signed_the_opinion_does_not_review_it(self, world: World, application: Application) -> None:
        opine(world, application)
        assign(
            system_act(),
            user_id=world.staff.director.pk,
            role=Role.STREET_OFFICER,
            area_id=world.community.street.pk,
            valid_from=MONDAY,
        )

        with pytest.raises(SamePerson):
            review(world.act(world.staff.director), application_ids=[application.pk], agreed=True)

    def test_is_refused_before_the_opinion(self, world: World, application: Application) -> None:
        with pytest.raises(StepNotPossible):
            judge(world, application, agreed=True)
