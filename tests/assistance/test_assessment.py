"""The home visit: three different people, no kin, one sheet, one report."""

import json
from datetime import date, timedelta

import pytest

from linli.aid.assistance.codes import AssessorCapacity, Step
from linli.aid.assistance.models import Application, Assessment, Assessor
from linli.aid.assistance.operations import (
    Visit,
    change_team,
    complete,
    declare_no_kinship,
    form_team,
    record_visit,
    sign,
    take_objection,
    withdraw,
)
from linli.aid.assistance.operations.assess import (
    FactsMissing,
    KinshipUndeclared,
    MemberUnknown,
    SignaturesMissing,
    VisitDateImpossible,
    VisitUnrecorded,
)
from linli.aid.assistance.operations.common import ApplicationNotFound
from linli.aid.assistance.operations.team import AssessorKin, AssessorUnqualified, TeamIncomplete, TeamUnchanged
from linli.aid.assistance.queries.facts import FactOutOfRange
from linli.aid.assistance.queries.invariants import invariants
from linli.aid.assistance.queries.steps import waiting, with_steps
from linli.aid.assistance.queries.turns import kept_step, sheets_of, with_kept_step
from linli.aid.assistance.refusals import HouseholdChanged
from linli.aid.assistance.rules.results import Departure, DepartureNegative, DepartureUnexplained, DepartureUnknown
from linli.foundation.data.locks import FormStale
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.steps import StepNotPossible
from linli.law.policies.models import Determination
from linli.registry.residents.codes import KinRelation
from linli.registry.residents.models import Circumstance, Membership, ResidentAccount
from linli.registry.residents.operations import add_kinship, link_account, register_households
from tests.assistance.world import LOW_INCOME, NEEDY, Decidable, World, fresh, not_refused
from tests.conftest import MONDAY, at, system_act
from tests.layers import layer
from tests.residents.people import person, single

TUESDAY = MONDAY + timedelta(days=1)


def make_kin(world: World, application: Application) -> None:
    """The volunteer lives next door and is the applicant's daughter."""
    own = world.people(world.family())[0]
    clerk = world.act(world.staff.clerk)
    link_account(clerk, user_id=world.staff.volunteer.pk, resident_id=own.pk)
    add_kinship(clerk, a_id=application.applicant_id, b_id=own.pk, relation=KinRelation.CHILD)


def record(
    world: World,
    assessment: Assessment,
    *,
    visited: date = MONDAY,
    version: int | None = None,
    observed: dict[str, dict[str, int | bool | None]] | None = None,
) -> Assessment:
    visit = Visit(visited, "需要陪伴", "独居", observed or {})
    return record_visit(
        world.act(world.staff.clerk, hour=15), assessment_id=assessment.pk, visit=visit, version=version
    )


@layer
def application(world: World) -> Application:
    return world.accepted()


@pytest.fixture
def member(world: World, application: Application) -> str:
    """The number of the one person of the household."""
    return world.people(application.household)[0].number


class TestFormTeam:
    def test_names_three_people_and_moves_on(self, world: World, application: Application) -> None:
        assessment = world.formed(application)

        capacities = dict(Assessor.objects.order_by("pk").values_list("capacity", "user__username"))
        assert capacities == {"COMMUNITY_WORKER": "clerk", "SOCIAL_WORKER": "social", "VOLUNTEER": "volunteer"}
        assert (fresh(application).state, assessment.round) == ("ASSESSING", 1)
        assert str(assessment) == f"{application.pk} #1"

    def test_a_second_visit_before_the_opinion_is_a_new_round(self, world: World, application: Application) -> None:
        world.assessed(application)

        assert world.formed(application).round == 2

    def test_a_missing_kind_is_refused(self, world: World, application: Application) -> None:
        team = world.team()
        del team[AssessorCapacity.VOLUNTEER]

        with pytest.raises(TeamIncomplete) as refusal:
            form_team(world.act(world.staff.clerk), application_id=application.pk, team=team)

        assert "社区工作者、社会工作者、志愿者" in str(refusal.value)

    def test_one_person_on_two_seats_is_refused(self, world: World, application: Application) -> None:
        team = {**world.team(), AssessorCapacity.VOLUNTEER: world.staff.clerk.pk}

        with pytest.raises(TeamIncomplete):
            form_team(world.act(world.staff.clerk), application_id=application.pk, team=team)

    def test_one_person_on_two_seats_by_two_accounts_is_refused(self, world: World, application: Application) -> None:
        """Two accounts of one resident, past the act that links them."""
        home = single(application.grid_id, person("孙一人", order=91))
        [household] = register_households(world.act(world.staff.clerk), households=[home])
        resident = Membership.objects.get(household=household).resident
        for account in (world.staff.volunteer, world.staff.clerk):
            told = {"number": f"GL-X-{account.pk}", "linked_by_id": 1, "linked_at": at(MONDAY)}
            told |= {"of_post": True, **resident.stamp.columns()}
            ResidentAccount.objects.create(user=account, resident=resident, **told)

        with pytest.raises(TeamIncomplete):
            form_team(world.act(world.staff.clerk), application_id=application.pk, team=world.team())

    def test_somebody_without_the_role_here_is_refused_by_the_seat(
        self, world: World, application: Application
    ) -> None:
        team = {**world.team(), AssessorCapacity.VOLUNTEER: world.staff.director.pk}

        with pytest.raises(AssessorUnqualified) as refusal:
            form_team(world.act(world.staff.clerk), application_id=application.pk, team=team)

        assert (refusal.value.field, refusal.value.name) == ("VOLUNTEER", "周建国")

    def test_kin_of_the_family_is_refused_by_the_seat(self, world: World, application: Application) -> None:
        make_kin(world, application)

        with pytest.raises(AssessorKin) as refusal:
            world.formed(application)

        assert (refusal.value.field, refusal.value.name) == ("VOLUNTEER", "赵芳")

    def test_is_for_the_community_worker_alone(self, world: World, application: Application) -> None:
        def deed(act: Act) -> object:
            return form_team(act, application_id=application.pk, team=world.team())

        assert not_refused(world, deed, allowed="clerk") == []

    def test_is_refused_before_acceptance(self, world: World) -> None:
        with pytest.raises(StepNotPossible):
            world.formed(world.received())


class TestWhatWaits:
    def next_step(self, application: Application) -> set[Step | None]:
        """What the case waits at, by its page and by the list."""
        [row] = with_steps(Application.objects.filter(pk=application.pk))
        here = waiting([row], MONDAY)[row.pk]
        [kept] = with_kept_step(Application.objects.filter(pk=application.pk), MONDAY)
        return {here.step if here else None, kept_step(kept)}

    def test_a_sheet_that_somebody_has_to_sign_waits_for_the_visit(
        self, world: World, application: Application
    ) -> None:
        sheet = world.formed(application)
        world.visited(sheet)

        assert self.next_step(application) == {Step.ASSESS}

    def test_a_sheet_that_all_have_signed_waits_to_be_closed(self, world: World, application: Application) -> None:
        sheet = world.formed(application)
        world.visited(sheet)
        world.signed(sheet)

        assert self.next_step(application) == {Step.COMPLETE}


class TestChangeTeam:
    def another(self, world: World) -> dict[AssessorCapacity, int]:
        return {**world.team(), AssessorCapacity.VOLUNTEER: world.second_volunteer().pk}

    def test_a_new_team_visits_and_signs_for_itself(self, world: World, application: Application) -> None:
        before = world.formed(application)
        declare_no_kinship(world.act(world.staff.volunteer, hour=12), assessment_id=before.pk)

        sheet = change_team(
            world.act(world.staff.clerk, hour=13), application_id=application.pk, team=self.another(world)
        )

        application.refresh_from_db()
        assert (sheet.round, application.round, application.state) == (2, 2, "ASSESSING")
        assert [(one.user.name, one.declared_at) for one in sheet.assessors.order_by("pk")] == [
            ("王丽", None),
            ("李明", None),
            ("高兰", None),
        ]
        assert invariants() == []

    def test_who_left_the_team_writes_no_more(self, world: World, application: Application) -> None:
        before = world.formed(application)
        change_team(world.act(world.staff.clerk, hour=13), application_id=application.pk, team=self.another(world))

        with pytest.raises(StepNotPossible):
            declare_no_kinship(world.act(world.staff.volunteer, hour=14), assessment_id=before.pk)

    def test_what_the_team_before_wrote_stays_with_its_round(self, world: World, application: Application) -> None:
        before = world.formed(application)
        world.visited(before)
        change_team(world.act(world.staff.clerk, hour=18), application_id=application.pk, team=self.another(world))

        before.refresh_from_db()
        assert (before.visited_date, before.round) == (MONDAY, 1)

    def test_the_sheet_waits_for_the_new_team_alone(self, world: World, application: Application) -> None:
        before = world.formed(application)
        sheet = change_team(
            world.act(world.staff.clerk, hour=13), application_id=application.pk, team=self.another(world)
        )
        other = User.objects.get(username="volunteer2")

        assert sheets_of(world.staff.volunteer.pk, [application.pk]) == {}
        assert sheets_of(other.pk, [application.pk]) == {application.pk: (sheet.pk, Step.ASSESS)}
        assert sheet.pk != before.pk

    def test_the_same_people_are_no_other_team(self, world: World, application: Application) -> None:
        world.formed(application)

        with pytest.raises(TeamUnchanged):
            change_team(world.act(world.staff.clerk, hour=13), application_id=application.pk, team=world.team())

    def test_kin_of_the_family_is_refused_by_the_seat(self, world: World, application: Application) -> None:
        world.formed(application)
        make_kin(world, application)

        with pytest.raises(AssessorKin) as refusal:
            change_team(world.act(world.staff.clerk, hour=13), application_id=application.pk, team=world.team())

        assert refusal.value.field == "VOLUNTEER"

    def test_somebody_without_the_role_here_is_refused(self, world: World, application: Application) -> None:
        world.formed(application)
        team = {**world.team(), AssessorCapacity.VOLUNTEER: world.staff.director.pk}

        with pytest.raises(AssessorUnqualified):
            change_team(world.act(world.staff.clerk, hour=13), application_id=application.pk, team=team)

    def test_one_that_is_short_of_somebody_is_refused(self, world: World, application: Application) -> None:
        world.formed(application)
        team = world.team()
        del team[AssessorCapacity.VOLUNTEER]

        with pytest.raises(TeamIncomplete):
            change_team(world.act(world.staff.clerk, hour=13), application_id=application.pk, team=team)

    def test_the_new_team_closes_its_report(self, world: World, application: Application) -> None:
        world.formed(application)
        other = self.another(world)
        sheet = change_team(world.act(world.staff.clerk, hour=13), application_id=application.pk, team=other)
        hands = [one.user for one in sheet.assessors.select_related("user")]
        for hand in hands:
            declare_no_kinship(world.act(hand, hour=14), assessment_id=sheet.pk)
        visit = Visit(MONDAY, "日常照料", "住房老旧", {}, ())
        written = record_visit(world.act(world.staff.clerk, hour=15), assessment_id=sheet.pk, visit=visit)
        for hand in hands:
            sign(world.act(hand, hour=16), assessment_id=sheet.pk, version=written.version)
        complete(world.act(world.staff.clerk, hour=17), assessment_id=sheet.pk)

        assert fresh(application).state == "ASSESSED"
        assert invariants() == []


class TestDeclareNoKinship:
    def test_is_written_with_its_moment(self, world: World, application: Application) -> None:
        assessment = world.formed(application)

        seat = declare_no_kinship(world.act(world.staff.volunteer), assessment_id=assessment.pk)

        assert seat.declared_at is not None
        assert str(seat) == f"VOLUNTEER {world.staff.volunteer.pk}"

    def test_is_refused_to_kin_that_became_known_later(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        make_kin(world, application)

        with pytest.raises(AssessorKin):
            declare_no_kinship(world.act(world.staff.volunteer), assessment_id=assessment.pk)

    def test_is_for_the_three_alone(self, world: World, application: Application) -> None:
        assessment = world.formed(application)

        def deed(act: Act) -> object:
            return declare_no_kinship(act, assessment_id=assessment.pk)

        assert not_refused(world, deed, allowed="clerk social_worker volunteer") == []

    def test_is_refused_when_the_role_has_ended(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        from linli.ground.users.models import Assignment

        Assignment.objects.filter(user=world.staff.volunteer).update(valid_until=MONDAY)

        with pytest.raises(NotPermitted):
            declare_no_kinship(world.act(world.staff.volunteer), assessment_id=assessment.pk)

    def test_an_assessment_that_is_not_there_is_not_found(self, world: World) -> None:
        with pytest.raises(ApplicationNotFound):
            declare_no_kinship(world.act(world.staff.clerk), assessment_id=0)


class TestKinThatBecameKnownAfterDeclaring:
    """Who declared to be no kin and is linked to the family later is asked again at each act on the sheet."""

    def test_writes_no_more_on_the_sheet(self, world: World, application: Application) -> None:
        assessment = world.visited(world.formed(application))
        make_kin(world, application)
        volunteer = world.act(world.staff.volunteer, hour=16)

        with pytest.raises(AssessorKin):
            record_visit(volunteer, assessment_id=assessment.pk, visit=Visit(MONDAY, "需要陪伴", "独居", {}))
        with pytest.raises(AssessorKin):
            sign(volunteer, assessment_id=assessment.pk, version=2)

    def test_has_signed_nothing_that_counts(self, world: World, application: Application) -> None:
        assessment = world.visited(world.formed(application))
        world.signed(assessment)
        make_kin(world, application)

        with pytest.raises(AssessorKin) as refusal:
            complete(world.act(world.staff.social_worker, hour=17), assessment_id=assessment.pk)

        assert refusal.value.name == world.staff.volunteer.name


class TestRecordVisit:
    def test_takes_back_the_signatures_given_before(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        world.visited(assessment)
        world.signed(assessment)

        record(world, assessment)

        assert not Assessor.objects.filter(signed_at__isnull=False).exists()

    def test_keeps_needs_and_observations(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        world.visited(assessment)

        written = record(world, assessment, version=2)

        assert (written.needs, written.observations, written.version) == ("需要陪伴", "独居", 3)

    def test_is_refused_before_the_declaration(self, world: World, application: Application) -> None:
        assessment = world.formed(application)

        with pytest.raises(KinshipUndeclared):
            record(world, assessment)

    @pytest.mark.parametrize("visited", [MONDAY - timedelta(days=1), TUESDAY])
    def test_a_day_before_the_team_or_after_today_is_refused(
        self, world: World, application: Application, visited: date
    ) -> None:
        assessment = world.formed(application)
        world.visited(assessment)

        with pytest.raises(VisitDateImpossible) as refusal:
            record(world, assessment, visited=visited)

        assert refusal.value.field == "visited_date"
        assert str(refusal.value) == "入户日期应不早于组成小组之日、不晚于今天"  # both days are accepted

    def test_a_stale_sheet_is_refused(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        world.visited(assessment)

        with pytest.raises(FormStale):
            record(world, assessment, version=1)

    @pytest.mark.parametrize(
        ("code", "value"),
        [("monthly_income_fen", -1), ("disability_grade", 5), ("shoe_size", 42)],
    )
    def test_a_fact_the_scheme_cannot_use_is_refused_by_its_name(
        self, world: World, application: Application, member: str, code: str, value: int
    ) -> None:
        assessment = world.formed(application)
        world.visited(assessment)

        with pytest.raises(FactOutOfRange) as refusal:
            record(world, assessment, observed={member: {code: value}})

        assert refusal.value.field == code

    def test_a_fact_of_a_person_is_not_one_of_the_household(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        world.visited(assessment)

        with pytest.raises(FactOutOfRange):
            record(world, assessment, observed={"": {"lives_alone": True}})

    def test_somebody_of_another_household_is_refused(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        world.visited(assessment)
        stranger = world.people(world.family())[0].number

        with pytest.raises(MemberUnknown) as refusal:
            record(world, assessment, observed={stranger: {"lives_alone": True}})

        assert stranger in str(refusal.value)

    def test_nothing_is_written_on_a_withdrawn_case(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        world.visited(assessment)
        withdraw(world.act(world.staff.clerk), application_id=application.pk)

        with pytest.raises(StepNotPossible):
            record(world, assessment)


class TestSign:
    def test_keeps_the_dissent(self, world: World, application: Application) -> None:
        assessment = world.visited(world.formed(application))

        seat = sign(world.act(world.staff.volunteer), assessment_id=assessment.pk, version=2, dissent=" 金额偏低 ")

        assert (seat.dissent, seat.signed_at is not None) == ("金额偏低", True)

    def test_is_refused_before_the_declaration(self, world: World, application: Application) -> None:
        assessment = world.formed(application)

        with pytest.raises(KinshipUndeclared):
            sign(world.act(world.staff.clerk), assessment_id=assessment.pk, version=1)

    def test_is_refused_before_the_visit(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        declare_no_kinship(world.act(world.staff.clerk), assessment_id=assessment.pk)

        with pytest.raises(VisitUnrecorded):
            sign(world.act(world.staff.clerk), assessment_id=assessment.pk, version=1)

    def test_is_refused_for_another_text_than_the_one_read(self, world: World, application: Application) -> None:
        assessment = world.visited(world.formed(application))

        with pytest.raises(FormStale):
            sign(world.act(world.staff.clerk), assessment_id=assessment.pk, version=1)


class TestComplete:
    def test_keeps_what_the_rules_determined(self, world: World, application: Application, member: str) -> None:
        assessment = world.assessed(application)

        results = {result["programme"]: result for result in json.loads(assessment.results)}
        assert results["BASE_AWARD"]["amount_fen"] == results["BASE_AWARD"]["determined_fen"] == 50_000
        assert results["ELDER_SUPPLEMENT"]["unit_key"] == member
        assert fresh(application).state == "ASSESSED"

    def test_only_claimed_groups_programmes_count(self, world: World) -> None:
        assessment = world.assessed(world.accepted(None, LOW_INCOME))

        assert [result["programme"] for result in json.loads(assessment.results)] == ["BASE_AWARD"]

    def test_what_was_seen_counts_more_than_what_was_declared(
        self, world: World, application: Application, member: str
    ) -> None:
        assessment = world.assessed(application, observed={member: {"monthly_income_fen": 300_000}})

        assert {result["programme"]: result["amount_fen"] for result in json.loads(assessment.results)} == {
            "BASE_AWARD": 0,
            "ELDER_SUPPLEMENT": 30_000,
        }

    def test_what_was_seen_is_entered_once_in_the_registry(
        self, world: World, application: Application, member: str
    ) -> None:
        world.assessed(application, observed={member: {"lives_alone": True, "disability_grade": None}})

        seen = Circumstance.objects.filter(source__startswith="入户调查").order_by("code")
        assert [(fact.code, fact.value, fact.as_of) for fact in seen] == [
            ("disability_grade", None, MONDAY),
            ("lives_alone", 1, MONDAY),
        ]

    def test_names_who_has_not_signed(self, world: World, application: Application) -> None:
        assessment = world.visited(world.formed(application))
        sign(world.act(world.staff.clerk), assessment_id=assessment.pk, version=2)

        with pytest.raises(SignaturesMissing) as refusal:
            complete(world.act(world.staff.clerk), assessment_id=assessment.pk)

        assert str(refusal.value.names) == "李明、赵芳"

    def test_a_signature_under_an_older_text_counts_no_more(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        world.visited(assessment)
        world.signed(assessment)
        record(world, assessment)

        with pytest.raises(SignaturesMissing):
            complete(world.act(world.staff.clerk), assessment_id=assessment.pk)

    def test_is_refused_without_a_visit(self, world: World, application: Application) -> None:
        assessment = world.formed(application)

        with pytest.raises(VisitUnrecorded):
            complete(world.act(world.staff.clerk), assessment_id=assessment.pk)

    def test_is_for_the_two_workers_of_the_team(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        world.visited(assessment)
        world.signed(assessment)

        def deed(act: Act) -> object:
            return complete(act, assessment_id=assessment.pk)

        assert not_refused(world, deed, allowed="clerk social_worker") == []
        assert complete(world.act(world.staff.social_worker), assessment_id=assessment.pk).completed_date == MONDAY

    def test_another_worker_of_the_community_cannot(self, world: World, application: Application) -> None:
        assessment = world.formed(application)
        assign(
            system_act(),
            user_id=world.staff.outsider.pk,
            role=Role.COMMUNITY_WORKER,
            area_id=world.community.community.pk,
            valid_from=MONDAY,
        )

        with pytest.raises(NotPermitted):
            complete(world.act(world.staff.outsider), assessment_id=assessment.pk)

    def test_is_refused_twice(self, world: World, application: Application) -> None:
        assessment = world.assessed(application)

        with pytest.raises(StepNotPossible):
            complete(world.act(world.staff.clerk), assessment_id=assessment.pk)

    def test_an_older_round_is_closed_for_good(self, world: World, decidable: Decidable) -> None:
        application, _day = decidable
        first = Assessment.objects.get()
        take_objection(world.act(world.staff.clerk), application_id=application.pk, content="另有收入")
        world.formed(application)

        with pytest.raises(StepNotPossible):
            complete(world.act(world.staff.clerk), assessment_id=first.pk)

    def test_unknown_facts_are_named(self, world: World) -> None:
        application = world.accepted(world.family(facts={"monthly_income_fen": 80_000}))

        with pytest.raises(FactsMissing) as refusal:
            world.assessed(application)

        [member] = world.people(application.household)
        assert str(refusal.value.facts) == f"{member.number} 有子女或其他赡养人、{member.number} 有配偶"
        assert not Determination.objects.exists()

    def test_unknown_facts_are_overcome_with_a_reason(self, world: World) -> None:
        application = world.accepted(world.family(facts={"monthly_income_fen": 80_000}))
        [member] = world.people(application.household)
        departure = Departure("ELDER_SUPPLEMENT", member.number, 30_000, "邻居证实无子女")

        assessment = world.assessed(application, departures=[departure])

        results = {result["programme"]: result for result in json.loads(assessment.results)}
        assert results["ELDER_SUPPLEMENT"]["determined_fen"] is None
        assert results["ELDER_SUPPLEMENT"]["reason"] == "邻居证实无子女"

    def test_departing_needs_a_reason(self, world: World, application: Application) -> None:
        departure = Departure("BASE_AWARD", application.household.number, 60_000, " ")

        with pytest.raises(DepartureUnexplained):
            world.assessed(application, departures=[departure])

    def test_an_amount_below_nothing_is_refused_when_it_is_written(
        self, world: World, application: Application
    ) -> None:
        departure = Departure("BASE_AWARD", application.household.number, -40_000, "多领")

        with pytest.raises(DepartureNegative):
            world.visited(world.formed(application), departures=[departure])

        assert Assessment.objects.get().departures == ""

    def test_an_amount_for_somebody_else_is_refused_when_it_is_written(
        self, world: World, application: Application
    ) -> None:
        departure = Departure("BASE_AWARD", world.family().number, 40_000, "邻居")

        with pytest.raises(DepartureUnknown):
            world.visited(world.formed(application), departures=[departure])

    def test_what_was_signed_is_what_counts(self, world: World, application: Application) -> None:
        departure = Departure("BASE_AWARD", application.household.number, 40_000, "部分自理")

        assessment = world.assessed(application, departures=[departure])

        [base] = [one for one in json.loads(assessment.results) if one["programme"] == "BASE_AWARD"]
        assert (base["amount_fen"], base["determined_fen"], base["reason"]) == (40_000, 50_000, "部分自理")

    def test_an_amount_written_after_signing_takes_the_signatures_back(
        self, world: World, application: Application
    ) -> None:
        assessment = world.formed(application)
        world.visited(assessment)
        world.signed(assessment)
        departure = Departure("BASE_AWARD", application.household.number, 40_000, "部分自理")
        visit = Visit(MONDAY, "日常照料", "住房老旧", departures=[departure])

        record_visit(world.act(world.staff.clerk, hour=15), assessment_id=assessment.pk, visit=visit)

        assert not Assessor.objects.filter(signed_at__isnull=False).exists()
        with pytest.raises(SignaturesMissing):
            complete(world.act(world.staff.clerk, hour=16), assessment_id=assessment.pk)

    def test_a_sheet_that_describes_somebody_who_died_since_is_filled_in_again(self, world: World) -> None:
        from linli.registry.residents.codes import Relation
        from linli.registry.residents.operations import record_death
        from tests.residents.people import person

        family = world.family(
            person("王建国"), person("李秀英", Relation.SPOUSE, date(1953, 8, 12), male=False), facts=NEEDY
        )
        _, wife = world.people(family)
        application = world.accepted(family, LOW_INCOME)
        assessment = world.formed(application)
        world.visited(assessment, observed={wife.number: {"lives_alone": False}})
        world.signed(assessment)
        record_death(world.act(world.staff.clerk, TUESDAY), resident_ids=[wife.pk], died_date=TUESDAY)

        with pytest.raises(HouseholdChanged, match="李秀英"):
            complete(world.act(world.staff.clerk, TUESDAY + timedelta(days=1)), assessment_id=assessment.pk)

        assert not Circumstance.objects.filter(source__startswith="入户调查").exists()
