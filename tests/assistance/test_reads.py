"""What waits, what is listed, what one page shows: in scope, and as cheap for many rows as for few."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.aid.assistance.codes import Proposal, Step
from linli.aid.assistance.models import Application, Objection
from linli.aid.assistance.operations import (
    accept,
    answer_objection,
    ask_for_supplement,
    discard,
    form_team,
    post,
    prepare,
    receive,
    take_objection,
    withdraw,
)
from linli.aid.assistance.permissions import READ
from linli.aid.assistance.queries import (
    ApplicationFilter,
    ApplicationRow,
    application_detail,
    applications,
    own_applications,
    publication_detail,
    publication_page,
    publications,
    sheet,
    work_items,
)
from linli.aid.assistance.queries.listing import application_rows
from linli.aid.assistance.queries.notices import publication_rows
from linli.aid.assistance.steps import CASE
from linli.foundation.data.scope import NOWHERE, Scope
from linli.ground.notifications.models import Letter
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, create_user
from linli.ground.users.queries import NotPermitted, authority_of
from linli.registry.residents.codes import GuardianshipKind, Relation
from linli.registry.residents.models import Household
from linli.registry.residents.operations import (
    add_guardian,
    add_member,
    link_account,
    move_resident,
    record_death,
    state_relations,
)
from tests.assistance.world import LOW_INCOME, SCHEME, UNEMPLOYED, Decidable, World, fresh
from tests.conftest import MONDAY, system_act
from tests.residents.people import person

CANARY = "金丝雀"


def scope_of(who: User, on: date = MONDAY) -> Scope:
    return authority_of(who, on).scope(*READ)


def steps_of(who: User, on: date = MONDAY) -> list[Step]:
    return [item.step for item in work_items(authority_of(who, on), on)]


def statements(read: Callable[[], object]) -> int:
    """How many it takes when packs and calendar are already in memory."""
    read()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        read()
    return len(seen)


class TestWorkItems:
    def test_a_new_application_waits_for_the_community_worker(self, world: World) -> None:
        world.received()

        assert steps_of(world.staff.clerk) == [Step.ANSWER]

    @pytest.mark.parametrize("role", ["director", "street_officer", "volunteer", "auditor", "social_worker", "maker"])
    def test_a_new_application_waits_for_nobody_else(self, world: World, role: str) -> None:
        world.received()

        assert steps_of(getattr(world.staff, role)) == []

    def test_missing_papers_wait_for_the_family(self, world: World) -> None:
        application = world.received(without=["IDENTITY_CARD"])
        ask_for_supplement(world.act(world.staff.clerk), application_id=application.pk)

        assert steps_of(world.staff.clerk) == []

    def test_an_accepted_application_waits_for_its_team(self, world: World) -> None:
        world.accepted()

        assert steps_of(world.staff.clerk) == [Step.FORM_TEAM]

    @pytest.mark.parametrize("seat", ["clerk", "social_worker", "volunteer"])
    def test_a_seat_waits_for_its_assessor(self, world: World, seat: str) -> None:
        assessment = world.formed(world.accepted())
        who = getattr(world.staff, seat)

        [item] = work_items(authority_of(who, MONDAY), MONDAY)

        assert (item.step, item.assessment_id) == (Step.ASSESS, assessment.pk)

    def test_a_sheet_signed_by_all_waits_for_the_workers_alone(self, world: World) -> None:
        assessment = world.formed(world.accepted())
        world.visited(assessment)
        world.signed(assessment)

        assert steps_of(world.staff.volunteer) == []
        assert steps_of(world.staff.social_worker) == [Step.COMPLETE]

    def test_a_seat_of_somebody_who_lost_the_role_waits_no_more(self, world: World) -> None:
        world.formed(world.accepted())

        assert work_items(authority_of(world.staff.volunteer, date(2024, 1, 1)), MONDAY) == []

    def test_an_assessed_application_waits_for_the_director(self, world: World) -> None:
        world.assessed(world.accepted())

        assert steps_of(world.staff.director) == [Step.GIVE_OPINION]

    def test_an_opinion_waits_for_the_street(self, world: World) -> None:
        application = world.accepted()
        world.assessed(application)
        world.opined(application)

        assert steps_of(world.staff.street_officer) == [Step.REVIEW]

    def test_a_reviewed_grant_waits_to_be_prepared(self, world: World) -> None:
        world.at_review()

        assert steps_of(world.staff.clerk) == [Step.PUBLISH]

    def test_a_prepared_publication_waits_for_another_person(self, world: World) -> None:
        application = world.at_review()
        prepare(world.act(world.staff.director), application_ids=[application.pk])

        assert (steps_of(world.staff.director), steps_of(world.staff.street_officer)) == ([], [Step.PUBLISH])

    def test_a_proposed_refusal_waits_for_another_officer(self, world: World) -> None:
        application = world.accepted()
        world.assessed(application)
        world.opined(application, proposal=Proposal.REFUSE)
        world.reviewed(application)

        assert (steps_of(world.staff.street_officer), steps_of(world.staff.second_officer)) == ([], [Step.DECIDE])

    def test_a_running_publication_waits_for_nobody(self, world: World) -> None:
        world.at_decision()

        assert steps_of(world.staff.second_officer) == []

    def test_a_publication_that_is_over_waits_for_the_decision(self, world: World) -> None:
        _application, day = world.at_decision()

        assert steps_of(world.staff.second_officer, day) == [Step.DECIDE]

    def test_an_objection_waits_for_the_street_after_the_second_visit(self, world: World, decidable: Decidable) -> None:
        application, _day = decidable
        take_objection(world.act(world.staff.clerk), application_id=application.pk, content="另有收入")
        assert steps_of(world.staff.clerk) == [Step.FORM_TEAM]
        world.assessed(application)

        assert Step.ANSWER_OBJECTION in steps_of(world.staff.street_officer)

    def test_closed_cases_wait_for_nobody(self, world: World, decidable: Decidable) -> None:
        application, day = decidable
        world.granted(application, day=day)

        assert steps_of(world.staff.clerk, day) == steps_of(world.staff.second_officer, day) == []

    def test_the_most_urgent_comes_first(self, world: World) -> None:
        late = world.received(day=MONDAY)
        world.received(day=MONDAY + timedelta(days=3))
        who = world.staff.clerk
        day = MONDAY + timedelta(days=3)

        items = work_items(authority_of(who, day), day)

        assert [item.colour for item in items] == ["AMBER", "GREEN"]
        assert (items[0].number, items[0].days_left, items[0].article) == (late.number, 2, "《方案》三.3")

    def test_many_rows_take_as_few_statements_as_one(self, world: World) -> None:
        who = world.staff.clerk

        def read() -> object:
            return work_items(right, MONDAY)

        right = authority_of(who, MONDAY)
        world.formed(world.accepted())
        world.received()
        few = statements(read)
        for _ in range(3):
            world.received()
            world.formed(world.accepted())

        assert statements(read) == few <= 8

    def test_another_street_sees_nothing(self, world: World) -> None:
        world.received()

        assert steps_of(world.staff.outsider) == []


def listed(scope: Scope, filters: ApplicationFilter, *, on: date) -> list[ApplicationRow]:
    """What the list shows, newest first."""
    return list(application_rows(applications(scope, filters, on=on).order_by("-pk"), on))


class TestApplications:
    def test_newest_first_with_step_and_place(self, world: World) -> None:
        first, second = world.received(), world.accepted()

        rows = listed(scope_of(world.staff.clerk), ApplicationFilter(), on=MONDAY)

        assert [row.number for row in rows] == [second.number, first.number]
        assert [row.step for row in rows] == [Step.FORM_TEAM, Step.ANSWER]
        assert {row.place for row in rows} == {"和平里 1 号楼"}

    def test_people_are_named(self, world: World) -> None:
        world.received(world.family(person("欧阳建国")))

        [row] = listed(scope_of(world.staff.clerk), ApplicationFilter(), on=MONDAY)

        assert row.applicant == "欧阳建国"

    def test_a_household_without_a_building_is_placed_in_its_community(self, world: World) -> None:
        world.received(world.family(area_id=world.community.community.pk))

        [row] = listed(scope_of(world.staff.clerk), ApplicationFilter(), on=MONDAY)

        assert row.place == "幸福里社区"

    def test_filters_by_state_and_group(self, world: World) -> None:
        world.received(None, UNEMPLOYED)
        wanted = world.accepted(None, LOW_INCOME)
        scope = scope_of(world.staff.clerk)

        by_state = listed(scope, ApplicationFilter(state="ACCEPTED"), on=MONDAY)
        by_group = listed(scope, ApplicationFilter(group="LOW_INCOME"), on=MONDAY)

        assert [row.number for row in by_state] == [row.number for row in by_group] == [wanted.number]

    @pytest.mark.parametrize("group", ["EMPLOYED", "LOW", "INCOME", "NOBODY"])
    def test_a_part_of_a_group_code_finds_nothing(self, world: World, group: str) -> None:
        world.received(None, LOW_INCOME, UNEMPLOYED)

        assert listed(scope_of(world.staff.clerk), ApplicationFilter(group=group), on=MONDAY) == []

    @pytest.mark.parametrize(
        ("days", "colour"), [(0, "GREEN"), (2, "GREEN"), (3, "AMBER"), (7, "AMBER"), (8, "RED"), (30, "RED")]
    )
    def test_the_colour_filter_says_what_the_chip_says(self, world: World, days: int, colour: str) -> None:
        world.received()
        on = MONDAY + timedelta(days=days)
        scope = scope_of(world.staff.clerk)

        found = {
            wanted: listed(scope, ApplicationFilter(colour=wanted), on=on)
            for wanted in ("GREEN", "AMBER", "RED", "PAUSED")
        }

        assert [wanted for wanted, rows in found.items() if rows] == [colour]
        assert [row.clock.colour for row in found[colour] if row.clock] == [colour]

    def test_paused_cases_are_found_as_such(self, world: World) -> None:
        application = world.received(without=["IDENTITY_CARD"])
        ask_for_supplement(world.act(world.staff.clerk), application_id=application.pk)

        rows = listed(scope_of(world.staff.clerk), ApplicationFilter(colour="PAUSED"), on=MONDAY)

        assert [row.number for row in rows] == [application.number]

    def test_finds_by_case_household_or_name(self, world: World) -> None:
        wanted = world.received(world.family(person("欧阳建国")))
        world.received()
        scope = scope_of(world.staff.clerk)
        texts = [wanted.number.lower(), wanted.household.number, "欧阳", " 欧阳建国 "]

        found = [listed(scope, ApplicationFilter(text=text), on=MONDAY) for text in texts]

        assert [[row.number for row in rows] for rows in found] == [[wanted.number]] * 4

    def test_many_rows_take_as_few_statements_as_one(self, world: World) -> None:
        scope = scope_of(world.staff.clerk)
        world.received()

        def read() -> object:
            return listed(scope, ApplicationFilter(colour="GREEN", text="王"), on=MONDAY)

        few = statements(read)
        for _ in range(4):
            world.received()

        assert statements(read) == few <= 12

    def test_an_empty_scope_lists_nothing(self, world: World) -> None:
        world.received()

        assert listed(NOWHERE, ApplicationFilter(), on=MONDAY) == []


class TestApplicationDetail:
    def test_shows_the_whole_story(self, world: World, decidable: Decidable) -> None:
        application, day = decidable
        world.granted(application, day=day)

        detail = application_detail(scope_of(world.staff.clerk), application.number, day)

        assert detail is not None
        assert (detail.state, detail.step, detail.clock) == ("GRANTED", None, None)
        assert [one.kind for one in detail.answers] == ["ACCEPTED"]
        assert [seat.name for seat in detail.assessments[0].seats] == ["王丽", "李明", "赵芳"]
        assert [result.amount_fen for result in detail.assessments[0].results] == [50_000, 30_000]
        assert not any(result.departed for result in detail.assessments[0].results)
        assert detail.assessments[0].determination is not None
        assert [(str(one.signed_by), str(one.reviewed_by), one.agreed) for one in detail.opinions] == [
            ("周建国", "陈静", True)
        ]
        assert [one.state for one in detail.publications] == ["POSTED"]
        assert detail.decision is not None
        assert (str(detail.decision.decided_by), str(detail.decision.reviewed_by)) == ("孙伟", "陈静")
        assert len(detail.awards) == 2
        assert [letter.kind for letter in detail.letters] == ["ACCEPTED", "GRANTED"]
        assert detail.events[0].by == "王丽"
        assert {paper.state for paper in detail.papers} == {"PRESENT"}
        assert [clock.colour for clock in detail.clocks] == ["DONE", "DONE"]

    def test_shows_who_may_do_the_next_step(self, world: World) -> None:
        application = world.accepted()
        world.assessed(application)
        world.opined(application)

        detail = application_detail(scope_of(world.staff.clerk), application.number, MONDAY)

        assert detail is not None
        assert (detail.step, detail.step_roles) == (Step.REVIEW, (Role.STREET_OFFICER,))
        assert CASE.barred(CASE.step("review"), detail.standing) == {world.staff.director.pk}
        assert detail.decision is None

    def test_an_objection_is_shown_without_the_objector(self, world: World, decidable: Decidable) -> None:
        application, _day = decidable
        clerk = world.act(world.staff.clerk)
        take_objection(clerk, application_id=application.pk, content="另有收入", objector=CANARY)
        world.assessed(application)
        objection = Objection.objects.get()
        officer = world.act(world.staff.street_officer, hour=18)
        answer_objection(officer, objection_id=objection.pk, upheld=False, answer="情况属实")

        detail = application_detail(scope_of(world.staff.clerk), application.number, MONDAY)

        assert detail is not None
        assert [(one.state, str(one.answered_by)) for one in detail.objections] == [("REJECTED", "陈静")]
        assert CANARY not in repr(detail)

    def test_a_proxy_is_named_and_a_place_without_building_is_the_community(self, world: World) -> None:
        family = world.family(area_id=world.community.community.pk)
        helper = world.people(world.family(person("欧阳建国")))[0]
        papers = tuple(world.papers([LOW_INCOME], proxy=True))
        new = world.new(family, LOW_INCOME, proxy_id=helper.pk, papers=papers)
        [application] = receive(world.act(world.staff.clerk), scheme=SCHEME, applications=[new])
        detail = application_detail(scope_of(world.staff.clerk), application.number, MONDAY)

        assert detail is not None
        assert (detail.proxy, detail.place) == ("欧阳建国", "幸福里社区")
        assert any("somebody applies" in reason.en for paper in detail.papers for reason in paper.because_of)

    def test_out_of_scope_is_not_there(self, world: World) -> None:
        application = world.received()

        assert application_detail(scope_of(world.staff.outsider), application.number, MONDAY) is None

    def test_takes_twenty_statements_however_long_it_is(self, world: World, decidable: Decidable) -> None:
        application, day = decidable
        scope = scope_of(world.staff.clerk)

        def read() -> object:
            return application_detail(scope, application.number, day)

        few = statements(read)
        take_objection(world.act(world.staff.clerk), application_id=application.pk, content="另有收入")
        world.assessed(application)

        assert statements(read) == few <= 20


class TestOwnApplications:
    @pytest.fixture
    def resident(self, world: World) -> User:
        return create_user(system_act(), username="old-wang", name="王建国")

    def test_shows_the_own_case_with_what_is_missing_and_written(self, world: World, resident: User) -> None:
        family = world.family()
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=world.people(family)[0].pk)
        application = world.received(family, without=["IDENTITY_CARD"])
        ask_for_supplement(world.act(world.staff.clerk), application_id=application.pk)
        world.received()

        [own] = own_applications(resident.pk, MONDAY)

        assert own.number == application.number
        assert [paper.code for paper in own.missing] == ["IDENTITY_CARD"]
        assert [letter.kind for letter in own.letters] == ["INCOMPLETE"]
        assert [event.kind for event in own.events] == ["RECEIVED", "SUPPLEMENT_ASKED"]
        assert own.clock is not None
        assert (own.clock.colour, own.withdrawable) == ("PAUSED", True)

    def test_a_closed_case_cannot_be_withdrawn(self, world: World, resident: User) -> None:
        family = world.family()
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=world.people(family)[0].pk)
        application = world.received(family)
        withdraw(world.act(resident), application_id=application.pk)

        [own] = own_applications(resident.pk, MONDAY)

        assert (own.state, own.withdrawable, own.clock) == ("WITHDRAWN", False, None)

    def comes(self, world: World, user: User, relation: Relation) -> tuple[Application, Application]:
        """Two families apply; the first moves into the home of the second: both applications, the own one first."""
        family, others = world.family(), world.family()
        link_account(world.act(world.staff.clerk), user_id=user.pk, resident_id=world.people(family)[0].pk)
        first, second = world.received(family), world.received(others)
        move_resident(
            world.act(world.staff.clerk, MONDAY + timedelta(days=1), 9),
            resident_id=first.applicant_id,
            household_id=others.pk,
            relation=relation,
            moved_date=MONDAY + timedelta(days=1),
        )
        return first, second

    @pytest.mark.parametrize("relation", [Relation.OTHER_RELATIVE, Relation.NON_RELATIVE])
    def test_who_comes_to_a_family_keeps_the_own_case_and_sees_none_of_theirs(
        self, world: World, resident: User, relation: Relation
    ) -> None:
        first, _second = self.comes(world, resident, relation)

        assert [one.number for one in own_applications(resident.pk, MONDAY + timedelta(days=2))] == [first.number]

    def test_a_relative_sees_what_the_family_applies_for_since_a_lodger_does_not(self, world: World) -> None:
        for relation, seen in ((Relation.OTHER_RELATIVE, 1), (Relation.NON_RELATIVE, 0)):
            user = create_user(system_act(), username=f"new-{relation}", name="王建国")
            others, family = world.family(), world.family()
            person = world.people(family)[0]
            link_account(world.act(world.staff.clerk), user_id=user.pk, resident_id=person.pk)
            move_resident(
                world.act(world.staff.clerk),
                resident_id=person.pk,
                household_id=others.pk,
                relation=relation,
                moved_date=MONDAY,
            )
            world.received(others)
            assert len(own_applications(user.pk, MONDAY)) == seen, relation

    @pytest.fixture
    def three(self, world: World) -> Household:
        wife = person("李秀英", Relation.SPOUSE, date(1952, 6, 1), order=76, male=False)
        return world.family(person(order=75), wife, person("王小明", Relation.CHILD, date(1985, 1, 1), order=77))

    @pytest.mark.parametrize("how", ["head died", "relations said anew"])
    def test_the_family_keeps_its_case_whatever_they_are_to_its_head(
        self, world: World, resident: User, three: Household, how: str
    ) -> None:
        tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
        head, wife, son = world.people(three)
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=wife.pk)
        application = world.accepted(three)
        if how == "head died":
            record_death(world.act(world.staff.clerk, tuesday), resident_ids=[head.pk], died_date=tuesday)
        else:
            told = {head.pk: Relation.SPOUSE, wife.pk: Relation.HEAD, son.pk: Relation.CHILD}
            state_relations(world.act(world.staff.clerk, tuesday), household_id=three.pk, relations=told)

        assert [one.number for one in own_applications(resident.pk, wednesday)] == [application.number]

    def test_a_lodger_who_becomes_a_relative_belongs_from_that_day(
        self, world: World, resident: User, three: Household
    ) -> None:
        tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
        lodger = world.people(world.family())[0]
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=lodger.pk)
        clerk, coming = world.act(world.staff.clerk), {"household_id": three.pk, "moved_date": MONDAY}
        move_resident(clerk, resident_id=lodger.pk, relation=Relation.NON_RELATIVE, **coming)
        world.received(three)
        people = [one for one in world.people(three) if one != lodger]
        told = dict(zip((one.pk for one in people), (Relation.HEAD, Relation.SPOUSE, Relation.CHILD), strict=True))
        told[lodger.pk] = Relation.OTHER_RELATIVE
        state_relations(world.act(world.staff.clerk, tuesday), household_id=three.pk, relations=told)

        assert own_applications(resident.pk, wednesday) == []

    @pytest.mark.parametrize("relation", [Relation.OTHER_RELATIVE, Relation.NON_RELATIVE])
    def test_only_who_applied_withdraws(self, world: World, resident: User, relation: Relation) -> None:
        first, second = self.comes(world, resident, relation)
        wednesday = MONDAY + timedelta(days=2)

        with pytest.raises(NotPermitted):
            withdraw(world.act(resident, wednesday), application_id=second.pk)
        withdraw(world.act(resident, wednesday), application_id=first.pk)

        assert fresh(second).state == "RECEIVED"

    def test_who_applied_is_told_that_their_proxy_has_withdrawn(self, world: World, resident: User) -> None:
        ward, friend = world.family(), world.people(world.family())[0]
        clerk, application = world.act(world.staff.clerk), world.received(ward)
        link_account(clerk, user_id=resident.pk, resident_id=friend.pk)
        add_guardian(
            clerk,
            ward_id=application.applicant_id,
            guardian_id=friend.pk,
            kind=GuardianshipKind.PROXY,
            valid_from=MONDAY,
            document="委托书",
        )

        withdraw(world.act(resident, hour=12), application_id=application.pk)

        letter = Letter.objects.get(subject=application.subject)
        assert (letter.kind, letter.title.zh) == ("WITHDRAWN", "撤回申请告知书")
        assert application.number in letter.words("zh")["body"]

    def test_who_withdraws_for_themselves_is_not_written_to(self, world: World, resident: User) -> None:
        family = world.family()
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=world.people(family)[0].pk)
        application = world.received(family)

        withdraw(world.act(resident, hour=12), application_id=application.pk)

        assert not Letter.objects.filter(subject=application.subject).exists()

    def test_another_of_the_family_sees_it_and_does_not_withdraw_it(self, world: World, resident: User) -> None:
        family = world.family(person(order=75), person("李秀英", Relation.SPOUSE, date(1952, 6, 1), order=76))
        head, spouse = world.people(family)
        link_account(world.act(world.staff.clerk), user_id=resident.pk, resident_id=spouse.pk)
        application = world.received(family)

        [own] = own_applications(resident.pk, MONDAY)

        assert (application.applicant_id, own.under_way, own.withdrawable) == (head.pk, True, False)
        with pytest.raises(NotPermitted):
            withdraw(world.act(resident), application_id=application.pk)

    def test_whom_a_sheet_counts_sees_the_case_from_before_they_came(self, world: World, resident: User) -> None:
        family = world.family()
        application = world.accepted(family)
        tuesday = MONDAY + timedelta(days=1)
        child = person("赵小宝", Relation.GRANDCHILD, MONDAY, order=77)
        added = add_member(world.act(world.staff.clerk, tuesday), household_id=family.pk, member=child, since=tuesday)
        link_account(world.act(world.staff.clerk, tuesday), user_id=resident.pk, resident_id=added.pk)
        assert own_applications(resident.pk, tuesday) == []

        world.visited(world.formed(application, day=tuesday), day=tuesday)

        assert [one.number for one in own_applications(resident.pk, tuesday)] == [application.number]

    def test_staff_without_a_household_own_nothing(self, world: World) -> None:
        world.received()

        assert own_applications(world.staff.clerk.pk, MONDAY) == []


class TestSheet:
    def test_holds_people_facts_and_the_own_seat(self, world: World) -> None:
        assessment = world.formed(world.accepted())

        page = sheet(world.staff.volunteer.pk, assessment.pk, MONDAY)

        assert page is not None
        assert (page.own.capacity, page.may_complete) == ("VOLUNTEER", False)
        [member] = page.members
        assert member.age == 75
        lines = {line.code: (line.known, line.is_observed) for line in member.facts}
        assert lines["monthly_income_fen"] == (80_000, False)
        assert "age" not in lines

    def test_holds_no_number_telephone_address_or_account(self, world: World) -> None:
        family = world.family(person("王建国", phone="13912345678"))
        world.accounts(family)
        assessment = world.formed(world.accepted(family))

        shown = repr(sheet(world.staff.volunteer.pk, assessment.pk, MONDAY))

        assert "13912345678" not in shown
        assert "990101195" not in shown
        assert "2 单元 301" not in shown
        assert "6222" not in shown

    def test_shows_what_was_written_and_who_signed(self, world: World) -> None:
        application = world.accepted()
        assessment = world.formed(application)
        [member] = world.people(application.household)
        world.visited(assessment, observed={member.number: {"lives_alone": True}})
        world.signed(assessment)

        page = sheet(world.staff.clerk.pk, assessment.pk, MONDAY)

        assert page is not None
        assert page.may_complete
        assert page.needs == "日常照料"
        observed = {line.code: line.observed for line in page.members[0].facts if line.is_observed}
        assert observed == {"lives_alone": True}

    def test_is_for_nobody_who_is_not_named(self, world: World) -> None:
        assessment = world.formed(world.accepted())

        assert sheet(world.staff.director.pk, assessment.pk, MONDAY) is None

    def test_is_closed_with_the_report(self, world: World) -> None:
        assessment = world.assessed(world.accepted())

        assert sheet(world.staff.volunteer.pk, assessment.pk, MONDAY) is None

    def test_is_closed_when_the_role_ends(self, world: World) -> None:
        assessment = world.formed(world.accepted())

        assert sheet(world.staff.volunteer.pk, assessment.pk, date(2024, 1, 1)) is None


class TestPublications:
    def test_the_public_page_shows_masked_rows_in_the_packs_columns(self, world: World) -> None:
        application = world.at_review()
        publication = world.published(application)

        page = publication_page(publication.token, MONDAY)

        assert page is not None
        [row] = page.rows
        assert set(row) == {"MASKED_NAME", "HOUSEHOLD_SIZE", "AMOUNT", "COMMUNITY"}
        assert (row["MASKED_NAME"], page.community, page.gone) == ("王*二", "幸福里社区", False)

    def test_the_page_goes_on_its_day_without_any_job(self, world: World) -> None:
        publication = world.published(world.at_review())
        assert publication.expires_date is not None

        before = publication_page(publication.token, publication.expires_date - timedelta(days=1))
        after = publication_page(publication.token, publication.expires_date)

        assert before is not None
        assert after is not None
        assert (before.gone, len(before.rows)) == (False, 1)
        assert (after.gone, after.rows) == (True, ())

    def test_who_withdraws_is_taken_off_the_page(self, world: World) -> None:
        application = world.at_review()
        publication = world.published(application)
        withdraw(world.act(world.staff.clerk, hour=18), application_id=application.pk)

        page = publication_page(publication.token, MONDAY)

        assert page is not None
        assert page.rows == ()

    @pytest.mark.parametrize("token", ["", "0" * 32])
    def test_an_address_that_never_was_has_no_page(self, world: World, token: str) -> None:
        assert publication_page(token, MONDAY) is None

    def test_a_prepared_publication_has_no_page(self, world: World) -> None:
        prepared = prepare(world.act(world.staff.clerk), application_ids=[world.at_review().pk])

        assert publication_page(prepared.token, MONDAY) is None

    def test_the_list_says_who_prepared_and_posted(self, world: World) -> None:
        publication = world.published(world.at_review())

        [row] = publication_rows(publications(scope_of(world.staff.clerk)))

        assert (row.number, row.count) == (publication.number, 1)
        assert (row.prepared_by, row.posted_by, row.community) == ("王丽", "周建国", "幸福里社区")

    def test_the_list_is_filtered(self, world: World) -> None:
        first = prepare(world.act(world.staff.clerk), application_ids=[world.at_review().pk])
        second = prepare(world.act(world.staff.clerk), application_ids=[world.at_review().pk])
        discard(world.act(world.staff.director), publication_id=second.pk, reason="金额写错")
        scope = scope_of(world.staff.clerk)

        assert [row.number for row in publications(scope, state="PREPARED")] == [first.number]

    def test_the_detail_marks_who_is_hidden(self, world: World) -> None:
        staying, leaving = world.at_review(), world.at_review()
        publication = prepare(world.act(world.staff.clerk), application_ids=[staying.pk, leaving.pk])
        withdraw(world.act(world.staff.clerk), application_id=leaving.pk)
        post(world.act(world.staff.director), publication_id=publication.pk, proof_note="公告栏")

        detail = publication_detail(scope_of(world.staff.clerk), publication.number)

        assert detail is not None
        assert {entry.number: entry.hidden for entry in detail.entries} == {
            staying.number: False,
            leaving.number: True,
        }
        assert (detail.proof_note, detail.days) == ("公告栏", 7)

    def test_out_of_scope_is_not_there(self, world: World) -> None:
        publication = world.published(world.at_review())
        scope = scope_of(world.staff.outsider)

        assert list(publications(scope)) == []
        assert publication_detail(scope, publication.number) is None


class TestForeignRows:
    """Everything of another street carries a canary; nobody here may ever read one."""

    @pytest.fixture
    def foreign(self, world: World) -> Application:
        people = {}
        for name, role in (("f-social", Role.SOCIAL_WORKER), ("f-volunteer", Role.VOLUNTEER)):
            people[role] = create_user(system_act(), username=name, name=f"{CANARY}员工")
            area = world.community.foreign.pk
            assign(system_act(), user_id=people[role].pk, role=role, area_id=area, valid_from=date(2025, 1, 1))
        clerk = world.staff.outsider
        family = world.family(person(f"{CANARY}一"), area_id=world.community.foreign.pk, clerk=clerk)
        new = world.new(family, statement=f"{CANARY}陈述")
        [application] = receive(world.act(clerk), scheme=SCHEME, applications=[new])
        accept(world.act(clerk), application_ids=[application.pk])
        team = {
            "COMMUNITY_WORKER": clerk.pk,
            "SOCIAL_WORKER": people[Role.SOCIAL_WORKER].pk,
            "VOLUNTEER": people[Role.VOLUNTEER].pk,
        }
        form_team(world.act(clerk), application_id=application.pk, team=team)  # type: ignore[arg-type]  # codes as text
        return application

    @pytest.mark.parametrize("who", ["clerk", "director", "street_officer", "volunteer", "social_worker"])
    def test_never_show(self, world: World, foreign: Application, who: str) -> None:
        user = getattr(world.staff, who)
        world.received()
        scope, right = scope_of(user), authority_of(user, MONDAY)

        seen = [
            work_items(right, MONDAY),
            listed(scope, ApplicationFilter(), on=MONDAY),
            listed(scope, ApplicationFilter(text=CANARY), on=MONDAY),
            listed(scope, ApplicationFilter(text=foreign.number), on=MONDAY),
            application_detail(scope, foreign.number, MONDAY),
            own_applications(user.pk, MONDAY),
            sheet(user.pk, foreign.assessments.get().pk, MONDAY),
        ]

        shown = repr(seen)
        assert CANARY not in shown
        assert foreign.number not in shown
        assert foreign.household.number not in shown

    def test_change_nothing_in_what_is_shown(self, world: World, foreign: Application) -> None:
        world.received()
        scope = scope_of(world.staff.clerk)
        rows = listed(scope, ApplicationFilter(), on=MONDAY)

        assert len(rows) == 1
