"""The street decides: once, by another officer than the reviewer, with awards, promise, recognition and letter."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from linli.aid.assistance.codes import Proposal
from linli.aid.assistance.models import Application, Clock, Decision, Recognition
from linli.aid.assistance.operations import accept, grant, receive, refuse
from linli.aid.assistance.operations.common import TextTooLong
from linli.aid.assistance.operations.decide import BudgetLineMissing, ProgrammeOver
from linli.aid.assistance.queries.screens import budget_outlook
from linli.aid.assistance.refusals import PublicationRunning
from linli.aid.assistance.rules.results import Departure
from linli.ground.notifications.models import Letter
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.period import Month
from linli.kernel.steps import SamePerson, StepNotPossible
from linli.money.awards.models import Award
from linli.money.awards.operations import AwardOverlapping, PayeeAccountMissing
from linli.money.ledger.codes import AccountKind, SourceKind
from linli.money.ledger.models import Account
from linli.money.ledger.operations import BudgetExhausted, NewLine, NewSource, open_fund
from tests.assistance.renewals import next_fund, next_plan
from tests.assistance.world import (
    DISABLED,
    INSTALLED,
    LONE_ELDER,
    LOW_INCOME,
    NEEDY,
    SCHEME,
    UNEMPLOYED,
    Decidable,
    World,
    fresh,
    not_refused,
)
from tests.conftest import MONDAY, system_act
from tests.pack_variants import install_variant


class TestMonthsPaid:
    @pytest.mark.parametrize("starts", ["DECISION_MONTH", "NEXT_MONTH", "APPLICATION_MONTH"])
    @pytest.mark.parametrize("last_month", ["2026-12", "2027-03"])
    def test_a_grant_promises_what_the_page_before_it_said(
        self, world: World, tmp_path: Path, starts: str, last_month: str
    ) -> None:
        install_variant(
            tmp_path,
            ("scheme.toml", 'version = "1.0"', 'version = "1.1"'),
            ("scheme.toml", 'starts = "NEXT_MONTH"', f'starts = "{starts}"'),
            ("scheme.toml", 'last_month = "2026-12"', f'last_month = "{last_month}"'),
            ("plan.toml", 'last_month = { value = "2026-12"', f'last_month = {{ value = "{last_month}"'),
        )
        application, day = world.at_decision(LOW_INCOME)
        scope = authority_of(world.staff.second_officer, day).scope()
        said = budget_outlook(scope, [application.pk], day).commitments[application.pk]

        world.granted(application, day=day)

        [award] = Award.objects.all()
        paid = Month.of(award.valid_from).months_until(Month.of(award.valid_until))
        promised = Account.objects.get(kind=AccountKind.COMMITTED, line__code="ECONOMIC_AID").balance_fen
        assert (said.total_fen, said.monthly_fen) == (promised, award.amount_fen)
        assert said.months == min(paid, Month.of(award.valid_from).months_until(Month(2027, 1)))


class TestGrant:
    def test_writes_the_reasons_into_the_letter(self, world: World, decidable: Decidable) -> None:
        application, day = decidable

        world.granted(application, day=day)

        content = Letter.objects.get(kind="GRANTED").content
        labels = [reason["label"]["zh"] for reason in content["reasons"]]
        assert {"低收入家庭", "孤寡老人"} <= set(labels)
        assert "500.00 元" in {reason["value"]["zh"] for reason in content["reasons"]}
        assert content["en"]["title"] == "Notice of grant"

    def test_recognises_without_money(self, world: World) -> None:
        family = world.family(facts={**NEEDY, "disability_grade": 2})
        application, day = world.at_decision(DISABLED, household=family)

        world.granted(application, day=day)

        [recognition] = Recognition.objects.all()
        assert (recognition.group, recognition.unit_key) == (DISABLED, world.people(family)[0].number)
        assert str(recognition) == f"DISABLED {recognition.unit_key}"
        assert not Award.objects.exists()
        assert "认定为残疾人士" in Letter.objects.get(kind="RECOGNISED").content["zh"]["body"]

    def test_the_letter_says_which_claimed_group_is_not_met(self, world: World) -> None:
        family = world.family(facts={**NEEDY, "has_spouse": 1})
        application, day = world.at_decision(LOW_INCOME, LONE_ELDER, household=family)

        world.granted(application, day=day)

        content = Letter.objects.get(kind="GRANTED").content
        assert "理由：符合低收入家庭认定条件；不符合孤寡老人认定条件（见后附计算过程）。" in content["zh"]["body"]
        assert (
            "the conditions for Low-income household are met; the conditions for Lone elder are not met "
            "(see the reasons below)." in content["en"]["body"]
        )

    def test_nobody_is_recognised_on_paper_in_a_group_that_is_not_met(self, world: World) -> None:
        family = world.family(facts={**NEEDY, "disability_grade": 2, "registered_unemployed": 0})
        application, day = world.at_decision(DISABLED, UNEMPLOYED, household=family)

        world.granted(application, day=day)

        body = Letter.objects.get(kind="RECOGNISED").content["zh"]["body"]
        assert "起认定为残疾人士，" in body
        assert "不符合失业人员认定条件" in body

    def test_pays_what_people_set_with_their_reason(self, world: World) -> None:
        family = world.family()
        world.accounts(family)
        application = world.accepted(family, LOW_INCOME)
        world.assessed(application, departures=[Departure("BASE_AWARD", family.number, 40_000, "部分自理")])
        world.opined(application)
        world.reviewed(application)
        publication = world.published(application)
        assert publication.last_date is not None

        world.granted(application, day=publication.last_date + timedelta(days=1))

        assert Award.objects.get().amount_fen == 40_000
        content = Letter.objects.latest("pk").content
        assert "金额由评估小组认定" in content["zh"]["body"]
        assert "the assessors set the amount" in content["en"]["body"]
        last = content["reasons"][-1]
        assert (last["label"]["zh"], last["value"]["zh"]) == ("评估小组认定的低收入家庭生活补助", "400.00 元")
        assert [(one["value"]["zh"], one["source"]) for one in last["inputs"]] == [("500.00 元", "部分自理")]

    def test_sets_the_day_of_review(self, world: World, decidable: Decidable) -> None:
        application, day = decidable

        world.granted(application, day=day)

        assert {award.review_due_date for award in Award.objects.all()} == {date(2026, 9, 17)}

    def test_stops_all_clocks(self, world: World, decidable: Decidable) -> None:
        application, day = decidable

        [decision] = world.granted(application, day=day)

        assert not Clock.objects.filter(finished_date__isnull=True).exists()
        assert str(decision) == f"{application.pk} GRANT"

    def test_twenty_at_once_are_one_act(self, world: World) -> None:
        first, day = world.at_decision()
        second, _day = world.at_decision()

        assert len(world.granted(first, second, day=day)) == 2

    def test_before_the_year_it_begins_with_the_first_month(self, world: World) -> None:
        day = date(2025, 12, 1)
        family = world.family()
        world.accounts(family)
        papers = tuple(replace(paper, issued_date=date(2025, 11, 20)) for paper in world.papers([LOW_INCOME]))
        new = world.new(family, LOW_INCOME, papers=papers)
        clerk = world.act(world.staff.clerk, day)
        [application] = receive(clerk, scheme=SCHEME, applications=[new])
        accept(clerk, application_ids=[application.pk])
        world.assessed(application, day=day)
        world.opined(application, day=day)
        world.reviewed(application, day=day)
        publication = world.published(application, day=day)
        assert publication.last_date is not None

        world.granted(application, day=publication.last_date + timedelta(days=1))

        assert Award.objects.get().valid_from == date(2026, 1, 1)


class TestGrantRefuses:
    def test_everybody_but_street_officers(self, world: World, decidable: Decidable) -> None:
        application, day = decidable

        def deed(act: Act) -> object:
            return grant(act, application_ids=[application.pk])

        assert not_refused(world, deed, allowed="street_officer second_officer", day=day) == []

    def test_the_reviewer(self, world: World, decidable: Decidable) -> None:
        application, day = decidable

        with pytest.raises(SamePerson):
            grant(world.act(world.staff.street_officer, day), application_ids=[application.pk])

    def test_who_signed_the_opinion(self, world: World, decidable: Decidable) -> None:
        application, day = decidable
        street = world.community.street.pk
        who = world.staff.director.pk
        assign(system_act(), user_id=who, role=Role.STREET_OFFICER, area_id=street, valid_from=MONDAY)

        with pytest.raises(SamePerson):
            grant(world.act(world.staff.director, day), application_ids=[application.pk])

    def test_a_second_decision(self, world: World, decidable: Decidable) -> None:
        application, day = decidable
        world.granted(application, day=day)

        with pytest.raises(StepNotPossible):
            world.granted(application, day=day)

        assert Decision.objects.count() == 1

    def test_the_last_day_of_publication(self, world: World, decidable: Decidable) -> None:
        application, day = decidable

        with pytest.raises(PublicationRunning) as refusal:
            world.granted(application, day=day - timedelta(days=1))

        assert refusal.value.last == date(2026, 3, 16)

    def test_without_publication(self, world: World) -> None:
        application = world.at_review()

        with pytest.raises(StepNotPossible):
            world.granted(application, day=MONDAY)

    def test_without_an_account(self, world: World) -> None:
        application = world.at_review()
        publication = world.published(application)
        assert publication.last_date is not None

        with pytest.raises(PayeeAccountMissing):
            world.granted(application, day=publication.last_date + timedelta(days=1))
        assert fresh(application).state == "PUBLISHED"

    def test_above_the_budget_all_or_none(self, world: World, decidable: Decidable) -> None:
        application, day = decidable
        big = 100_000_000
        family = world.family()
        world.accounts(family)
        costly = world.accepted(family, LOW_INCOME)
        world.assessed(costly, departures=[Departure("BASE_AWARD", family.number, big, "特殊困难")])
        world.opined(costly)
        world.reviewed(costly)
        world.published(costly)

        with pytest.raises(BudgetExhausted):
            world.granted(application, costly, day=day)

        assert not Award.objects.exists()
        assert fresh(application).state == "PUBLISHED"

    def test_the_same_award_for_a_person_twice(self, world: World) -> None:
        family = world.family()
        first, day = world.at_decision(LOW_INCOME, household=family)
        world.granted(first, day=day)
        again = world.accepted(family, LOW_INCOME, day=day)
        world.assessed(again, day=day)
        world.opined(again, day=day)
        world.reviewed(again, day=day)
        publication = world.published(again, day=day)
        assert publication.last_date is not None

        with pytest.raises(AwardOverlapping):
            world.granted(again, day=publication.last_date + timedelta(days=1))

    def test_a_programme_that_is_over(self, world: World) -> None:
        day = date(2026, 12, 1)
        family = world.family()
        world.accounts(family)
        application = world.accepted(family, LOW_INCOME, day=day)
        world.assessed(application, day=day)
        world.opined(application, day=day)
        world.reviewed(application, day=day)
        publication = world.published(application, day=day)
        assert publication.last_date is not None

        with pytest.raises(ProgrammeOver):
            world.granted(application, day=publication.last_date + timedelta(days=1))

    def december(self, world: World) -> tuple[Application, date]:
        day = date(2026, 12, 1)
        family = world.family()
        world.accounts(family)
        application = world.accepted(family, LOW_INCOME, day=day)
        world.assessed(application, day=day)
        world.opined(application, day=day)
        world.reviewed(application, day=day)
        publication = world.published(application, day=day)
        assert publication.last_date is not None
        return application, publication.last_date + timedelta(days=1)

    def test_waits_in_sight_for_the_next_plan(self, world: World) -> None:
        application, day = self.december(world)
        scope = authority_of(world.staff.second_officer, day).scope()
        assert [label.zh for label in budget_outlook(scope, [application.pk], day).waiting] == ["低收入家庭生活补助"]

    def test_begins_in_january_under_the_next_plan(self, world: World) -> None:
        application, day = self.december(world)
        next_plan()
        next_fund(world)
        world.granted(application, day=day)
        award = Award.objects.get()
        assert (award.valid_from, award.valid_until, award.line.fund.code) == (
            date(2027, 1, 1),
            date(2028, 1, 1),
            "HX-2027",
        )

    def test_waits_for_the_next_fund_too(self, world: World) -> None:
        application, day = self.december(world)
        next_plan()
        with pytest.raises(BudgetLineMissing):
            world.granted(application, day=day)

    def test_a_community_without_a_fund(self, world: World) -> None:
        sibling = world.community.sibling.pk
        people = (
            (world.staff.clerk, Role.COMMUNITY_WORKER),
            (world.staff.director, Role.COMMUNITY_DIRECTOR),
            (world.staff.social_worker, Role.SOCIAL_WORKER),
            (world.staff.volunteer, Role.VOLUNTEER),
        )
        for who, role in people:
            assign(system_act(), user_id=who.pk, role=role, area_id=sibling, valid_from=date(2025, 1, 1))
        application, day = world.at_decision(LOW_INCOME, household=world.family(area_id=sibling))

        with pytest.raises(BudgetLineMissing) as refusal:
            world.granted(application, day=day)

        assert "低收入家庭生活补助" in str(refusal.value)

    def test_a_fund_without_a_line_for_the_programme(self, world: World) -> None:
        # The first fund by code counts, and this one pays supplements only.
        open_fund(
            system_act(INSTALLED),
            code="AA-2026",
            name="津贴专用",
            year=2026,
            community_id=world.community.community.pk,
            sources=[NewSource("GOVERNMENT", SourceKind.GOVERNMENT, "政府拨款")],
            lines=[NewLine("ELDER", "津贴", 100, ("ELDER_SUPPLEMENT",))],
        )
        application, day = world.at_decision(LOW_INCOME)

        with pytest.raises(BudgetLineMissing):
            world.granted(application, day=day)


class TestRefuse:
    @pytest.fixture
    def application(self, world: World) -> Application:
        """Reviewed, with a proposed refusal."""
        application = world.accepted(world.family(facts={**NEEDY, "monthly_income_fen": 900_000}), LOW_INCOME)
        world.assessed(application)
        world.opined(application, proposal=Proposal.REFUSE)
        world.reviewed(application)
        return application

    def test_writes_the_reason_the_chain_and_the_way_to_appeal(self, world: World, application: Application) -> None:
        refuse(world.act(world.staff.second_officer), application_ids=[application.pk], reason=" 收入高于标准 ")

        content = Letter.objects.get(kind="REFUSED").content
        assert "理由：收入高于标准。" in content["zh"]["body"]
        assert "行政复议" in "".join(content["zh"]["closing"])
        low_income = next(r for r in content["reasons"] if r["label"]["zh"] == "低收入家庭")
        assert low_income["value"] == {"zh": "否", "en": "no"}
        assert fresh(application).state == "REFUSED"
        assert Decision.objects.get().reason == "收入高于标准"
        assert not Recognition.objects.exists()

    @pytest.mark.parametrize(("reason", "refusal"), [(" ", ReasonMissing), ("长" * 401, TextTooLong)])
    def test_needs_a_reason_that_fits(
        self, world: World, application: Application, reason: str, refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            refuse(world.act(world.staff.second_officer), application_ids=[application.pk], reason=reason)

    def test_is_refused_to_the_reviewer(self, world: World, application: Application) -> None:
        with pytest.raises(SamePerson):
            refuse(world.act(world.staff.street_officer), application_ids=[application.pk], reason="收入高")

    def test_is_for_street_officers_alone(self, world: World, application: Application) -> None:
        def deed(act: Act) -> object:
            return refuse(act, application_ids=[application.pk], reason="收入高")

        assert not_refused(world, deed, allowed="street_officer second_officer") == []

    def test_is_possible_once(self, world: World, application: Application) -> None:
        officer = world.act(world.staff.second_officer)
        refuse(officer, application_ids=[application.pk], reason="收入高")

        with pytest.raises(StepNotPossible):
            refuse(officer, application_ids=[application.pk], reason="收入高")
