"""Between the visit and the decision a household changes: every step says so in a sentence, and the case goes on."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

import pytest

from linli.aid.assistance.codes import ApplicationState, EventKind, Proposal, Step
from linli.aid.assistance.models import Application, ApplicationEvent, Assessment, Decision, Publication
from linli.aid.assistance.operations import (
    complete,
    discard,
    form_team,
    give_opinion,
    grant,
    post,
    prepare,
    refuse,
    review,
    sign,
    withdraw,
)
from linli.aid.assistance.operations.common import PublicationOutdated
from linli.aid.assistance.queries.detail import application_detail
from linli.aid.assistance.queries.standing import changes_of
from linli.aid.assistance.queries.worklist import work_items
from linli.aid.assistance.refusals import HouseholdChanged
from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of
from linli.kernel.steps import StepNotPossible
from linli.money.awards.models import Award
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household
from linli.registry.residents.operations import (
    NewFact,
    add_member,
    correct_departure,
    leave,
    move_household,
    move_resident,
    record_circumstances,
    record_death,
)
from tests.assistance.world import LOW_INCOME, NEEDY, World, fresh
from tests.conftest import MONDAY
from tests.layers import layer
from tests.residents.people import person

TUESDAY = MONDAY + timedelta(days=1)
STEPS = ("sign", "complete", "opinion", "review", "publish", "post", "grant", "refuse")
Happening = Callable[[World, Household], str]


def two(world: World) -> Household:
    """A poor couple: the man earns less than his wife, and both count."""
    man = person("赵大山", birth=date(1950, 5, 1))
    wife = person("钱小兰", Relation.SPOUSE, date(1952, 5, 1), order=2, male=False)
    family = world.family(man, wife, facts={**NEEDY, "has_spouse": 1})
    world.accounts(family)
    return family


class Visited(NamedTuple):
    """The couple's case, whose household was visited on Monday."""

    family: Household
    application: Application
    sheet: Assessment


@layer
def visited(world: World) -> Visited:
    family = two(world)
    application = world.accepted(family, LOW_INCOME)
    sheet = world.formed(application)
    return Visited(family, application, world.visited(sheet))


def at(world: World, step: str, visited: Visited) -> Callable[[date], object]:
    """Lead the case to where the step waits, on Monday, and say how the step is taken."""
    _family, application, sheet = visited
    ids = [application.pk]
    if step == "sign":
        version = Assessment.objects.get(pk=sheet.pk).version
        return lambda day: sign(world.act(world.staff.clerk, day, 14), assessment_id=sheet.pk, version=version)
    world.signed(sheet)
    if step == "complete":
        return lambda day: complete(world.act(world.staff.clerk, day, 15), assessment_id=sheet.pk)
    complete(world.act(world.staff.clerk, MONDAY, 15), assessment_id=sheet.pk)
    if step == "opinion":
        return lambda day: give_opinion(
            world.act(world.staff.director, day, 16), application_ids=ids, proposal=Proposal.GRANT, text="属实"
        )
    world.opined(application)
    if step == "review":
        return lambda day: review(world.act(world.staff.street_officer, day, 16), application_ids=ids, agreed=True)
    world.reviewed(application)
    if step == "publish":
        return lambda day: prepare(world.act(world.staff.clerk, day, 16), application_ids=ids)
    if step == "refuse":
        return lambda day: refuse(world.act(world.staff.second_officer, day, 17), application_ids=ids, reason="不符")
    if step == "post":
        publication = prepare(world.act(world.staff.clerk, MONDAY, 16), application_ids=ids)
        return lambda day: post(
            world.act(world.staff.director, day, 17), publication_id=publication.pk, proof_note="公告栏"
        )
    world.published(application)
    return lambda day: grant(world.act(world.staff.second_officer, day, 18), application_ids=ids)


def the_only_one_dies(world: World, family: Household) -> str:
    everybody = [one.pk for one in world.people(family)]
    record_death(world.act(world.staff.clerk, TUESDAY), resident_ids=everybody, died_date=TUESDAY)
    return "家庭已没有成员"


def the_applicant_dies(world: World, family: Household) -> str:
    record_death(world.act(world.staff.clerk, TUESDAY), resident_ids=[world.people(family)[0].pk], died_date=TUESDAY)
    return "赵大山"


def the_earner_dies(world: World, family: Household) -> str:
    record_death(world.act(world.staff.clerk, TUESDAY), resident_ids=[world.people(family)[1].pk], died_date=TUESDAY)
    return "钱小兰"


def one_leaves(world: World, family: Household) -> str:
    leave(world.act(world.staff.clerk, TUESDAY), resident_ids=[world.people(family)[1].pk], left_date=TUESDAY)
    return "钱小兰"


def one_moves_in_with_others(world: World, family: Household) -> str:
    other = world.family(person("孙一", birth=date(1980, 1, 1), order=9))
    move_resident(
        world.act(world.staff.clerk, TUESDAY),
        resident_id=world.people(family)[1].pk,
        household_id=other.pk,
        relation=Relation.PARENT,
        moved_date=TUESDAY,
    )
    return "钱小兰"


def all_move_away(world: World, family: Household) -> str:
    move_household(
        world.act(world.staff.clerk, TUESDAY),
        household_id=family.pk,
        area_id=world.community.sibling.pk,
        moved_date=TUESDAY,
    )
    return "全户已迁往其他社区"


def a_child_is_born(world: World, family: Household) -> str:
    child = person("赵小宝", Relation.GRANDCHILD, TUESDAY, order=5)
    add_member(world.act(world.staff.clerk, TUESDAY), household_id=family.pk, member=child, since=TUESDAY)
    return "赵小宝"


EVENTS = (
    the_only_one_dies,
    the_applicant_dies,
    the_earner_dies,
    one_leaves,
    one_moves_in_with_others,
    all_move_away,
    a_child_is_born,
)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_a_step_is_refused_with_who_it_is_about_and_how_to_go_on(
    world: World, visited: Visited, event: Happening, step: str
) -> None:
    family = visited.family
    deed = at(world, step, visited)
    before = fresh(Application.objects.get()).state
    who = event(world, family)
    later = TUESDAY if step != "grant" else world_day_after_publication()

    with pytest.raises(HouseholdChanged) as refusal:
        deed(later)

    said = str(refusal.value)
    assert who in said
    assert ("入户" in said) or ("撤回申请" in said)
    assert Application.objects.get().state == before
    assert not Decision.objects.exists()


def world_day_after_publication() -> date:
    last = Publication.objects.get().last_date
    assert last is not None
    return last + timedelta(days=1)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_where_nothing_changed(world: World, visited: Visited, step: str) -> None:
    deed = at(world, step, visited)

    deed(TUESDAY if step != "grant" else world_day_after_publication())


@pytest.mark.parametrize("step", ["opinion", "review", "publish", "post", "grant", "refuse"])
def test_an_income_that_became_known_since_is_said_with_what_would_be_due_now(
    world: World, visited: Visited, step: str
) -> None:
    family = visited.family
    deed = at(world, step, visited)
    earner = world.people(family)[1]
    fact = NewFact("monthly_income_fen", 900_000, "工资单", TUESDAY, resident_id=earner.pk)
    record_circumstances(world.act(world.staff.clerk, TUESDAY), facts=[fact])

    with pytest.raises(HouseholdChanged) as refusal:
        deed(TUESDAY if step != "grant" else world_day_after_publication())
    assert "按现在的情况没有应发待遇" in str(refusal.value)


def test_a_fact_that_changes_no_result_holds_nobody_up(world: World, visited: Visited) -> None:
    family = visited.family
    deed = at(world, "opinion", visited)
    fact = NewFact("monthly_income_fen", 80_001, "工资单", TUESDAY, resident_id=world.people(family)[1].pk)
    record_circumstances(world.act(world.staff.clerk, TUESDAY), facts=[fact])

    deed(TUESDAY)


def test_what_is_still_due_is_said(world: World, visited: Visited) -> None:
    family = visited.family
    deed = at(world, "grant", visited)
    the_earner_dies(world, family)

    with pytest.raises(HouseholdChanged) as refusal:
        deed(world_day_after_publication())
    assert "按现在的情况应发" in str(refusal.value)
    assert "500.00" in str(refusal.value)


def test_a_death_that_was_corrected_holds_nobody_up(world: World, visited: Visited) -> None:
    family = visited.family
    deed = at(world, "grant", visited)
    the_earner_dies(world, family)
    clerk = world.act(world.staff.clerk, TUESDAY)
    correct_departure(clerk, resident_id=world.people(family)[1].pk, day=None, reason="弄错了人")

    deed(world_day_after_publication())


def test_of_several_cases_each_changed_one_is_named(world: World) -> None:
    first, second = (world.at_review(LOW_INCOME, household=two(world)) for _ in range(2))
    for one in (first, second):
        a_member_leaves(world, one)

    with pytest.raises(HouseholdChanged) as refusal:
        prepare(world.act(world.staff.clerk, TUESDAY, 16), application_ids=[first.pk, second.pk])
    assert first.number in str(refusal.value)
    assert second.number in str(refusal.value)


def a_member_leaves(world: World, application: Application) -> None:
    one_leaves(world, application.household)


class TestAnotherRound:
    @pytest.mark.parametrize("step", ["opinion", "review", "publish", "grant"])
    def test_leads_to_a_decision_on_what_is_now(self, world: World, visited: Visited, step: str) -> None:
        family = visited.family
        at(world, step, visited)
        the_applicant_dies(world, family)
        application = fresh(Application.objects.get())
        day = TUESDAY if step != "grant" else world_day_after_publication()

        sheet = form_team(world.act(world.staff.clerk, day, 11), application_id=application.pk, team=world.team())
        world.visited(sheet, day=day)
        world.signed(sheet, day=day)
        complete(world.act(world.staff.clerk, day, 15), assessment_id=sheet.pk)
        world.opined(application, day=day)
        world.reviewed(application, day=day)
        last = world.published(application, day=day).last_date
        assert last is not None
        world.granted(application, day=last + timedelta(days=1))

        application = fresh(application)
        wife = world.people(family)[1]
        assert (application.state, application.round, application.applicant) == (ApplicationState.GRANTED, 2, wife)
        members = list(Award.objects.get().members.values_list("resident__number", flat=True))
        assert members == [wife.number]

    def test_says_who_applies_on(self, world: World, visited: Visited) -> None:
        family = visited.family
        at(world, "review", visited)
        the_applicant_dies(world, family)
        application = Application.objects.get()
        form_team(world.act(world.staff.clerk, TUESDAY, 11), application_id=application.pk, team=world.team())

        event = ApplicationEvent.objects.get(kind=EventKind.APPLICANT_CHANGED)
        assert event.note == world.people(family)[1].number

    def test_needs_a_reason_where_the_case_has_gone_on(self, world: World, visited: Visited) -> None:
        at(world, "review", visited)

        with pytest.raises(StepNotPossible):
            form_team(
                world.act(world.staff.clerk, TUESDAY), application_id=Application.objects.get().pk, team=world.team()
            )

    def test_is_not_formed_for_nobody(self, world: World, visited: Visited) -> None:
        family = visited.family
        at(world, "review", visited)
        the_only_one_dies(world, family)

        with pytest.raises(HouseholdChanged):
            form_team(
                world.act(world.staff.clerk, TUESDAY), application_id=Application.objects.get().pk, team=world.team()
            )

    def test_of_an_accepted_case_is_not_formed_for_nobody(self, world: World) -> None:
        family = two(world)
        application = world.accepted(family, LOW_INCOME)
        the_only_one_dies(world, family)

        with pytest.raises(HouseholdChanged):
            world.formed(application, day=TUESDAY)

    def test_makes_a_prepared_publication_outdated(self, world: World, visited: Visited) -> None:
        family = visited.family
        deed = at(world, "post", visited)
        the_earner_dies(world, family)
        application = Application.objects.get()
        form_team(world.act(world.staff.clerk, TUESDAY, 11), application_id=application.pk, team=world.team())

        with pytest.raises(PublicationOutdated) as refusal:
            deed(TUESDAY)
        assert application.number in str(refusal.value)
        publication = Publication.objects.get()
        discard(world.act(world.staff.director, TUESDAY), publication_id=publication.pk, reason="重新核实")

    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("event", [the_only_one_dies, all_move_away], ids=lambda event: event.__name__)
    def test_a_case_of_nobody_is_closed_by_withdrawal(
        self, world: World, visited: Visited, event: Happening, step: str
    ) -> None:
        family = visited.family
        at(world, step, visited)
        event(world, family)
        withdraw(world.act(world.staff.clerk, TUESDAY), application_id=Application.objects.get().pk, reason="去世")

        assert Application.objects.get().state == ApplicationState.WITHDRAWN

    def test_a_sheet_is_signed_once_it_is_filled_again(self, world: World, visited: Visited) -> None:
        family = visited.family
        deed = at(world, "complete", visited)
        the_earner_dies(world, family)
        sheet = Assessment.objects.get()
        with pytest.raises(HouseholdChanged):
            deed(TUESDAY)

        world.visited(sheet, day=TUESDAY)
        world.signed(sheet, day=TUESDAY)
        deed(TUESDAY)
        assert Assessment.objects.get().members == world.people(family)[0].number


class TestWork:
    @pytest.mark.parametrize(
        ("event", "step", "roles"),
        [
            (the_earner_dies, Step.ASSESS_AGAIN, {Role.COMMUNITY_WORKER}),
            (the_only_one_dies, Step.CLOSE_CASE, {Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR}),
        ],
        ids=["again", "over"],
    )
    def test_who_must_act_next_finds_it_in_the_work_list(
        self, world: World, visited: Visited, event: Happening, step: Step, roles: set[Role]
    ) -> None:
        family = visited.family
        at(world, "grant", visited)
        event(world, family)
        day = world_day_after_publication()

        mine = work_items(authority_of(world.staff.clerk, day), day)
        officer = authority_of(world.staff.second_officer, day)
        assert [item.step for item in mine] == [step]
        assert [item.step for item in work_items(officer, day)] == []
        assert Role.COMMUNITY_WORKER in mine[0].roles
        assert set(mine[0].roles) & roles

    def test_a_closed_case_has_not_changed(self, world: World) -> None:
        family = two(world)
        application, day = world.at_decision(LOW_INCOME, household=family)
        world.granted(application, day=day)
        record_death(world.act(world.staff.clerk, day), resident_ids=[world.people(family)[1].pk], died_date=day)

        assert changes_of([fresh(application)], day) == {}

    def test_the_detail_tells_what_changed(self, world: World, visited: Visited) -> None:
        family = visited.family
        at(world, "review", visited)
        a_child_is_born(world, family)
        scope = authority_of(world.staff.clerk, TUESDAY).scope()
        case = application_detail(scope, Application.objects.get().number, TUESDAY)

        assert case is not None
        assert "新增成员 赵小宝" in case.change
        assert not case.standing.is_over
