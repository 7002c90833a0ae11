"""The yearly review: opened ninety days before, confirmed by one, decided by another, carried over with a promise."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from linli.aid.assistance.codes import RenewalMethod, RenewalState
from linli.aid.assistance.models import Application, Renewal
from linli.aid.assistance.operations import (
    ask_to_reapply,
    confirm_renewals,
    decide_renewals,
    end_renewals,
    open_renewals,
    renew,
)
from linli.aid.assistance.queries.renewals import known_since, renewal_views, renewal_work
from linli.aid.assistance.refusals import (
    NextPlanMissing,
    RenewalDayWrong,
    RenewalNeedsApplication,
    RenewalNotFound,
    RenewalOneByOne,
    RenewalStale,
    RenewalSuspended,
)
from linli.ground.notifications.models import Letter
from linli.ground.users.models import User
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.errors import DomainError
from linli.kernel.period import Month
from linli.kernel.steps import OwnFamily, SamePerson, StepNotPossible
from linli.money.awards.codes import AwardState
from linli.money.awards.models import Award
from linli.money.awards.operations import end_departed, expire_awards, suspend
from linli.money.awards.queries import invariants, schedules
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import Account
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.registry.residents.codes import KinRelation
from linli.registry.residents.operations import NewFact, add_kinship, link_account, record_circumstances, record_death
from tests.assistance.renewals import DEC_1, JAN_1, NOV_9, OCT_2, OCT_3, confirmed, decided, granted, next_fund, opened
from tests.assistance.renewals import next_plan as install_next_plan
from tests.assistance.world import World, not_refused
from tests.conftest import system_act
from tests.layers import layer


@layer
def family(world: World) -> Application:
    """A base award and a supplement, both to the last day of the year."""
    return granted(world)


@layer
def turned(world: World, family: Application) -> World:
    """The same with next year's plan and fund in place."""
    install_next_plan()
    next_fund(world)
    return world


def earn(world: World, application: Application, fen: int, day: date) -> None:
    resident = world.people(application.household)[0]
    fact = NewFact("monthly_income_fen", fen, "就业核实", day, resident_id=resident.pk)
    record_circumstances(world.act(world.staff.clerk, day), facts=[fact])


def kin_to(world: World, who: User, application: Application) -> None:
    """The person has an account here as somebody, who is the applicant's child."""
    own = world.people(world.family())[0]
    add_kinship(world.act(world.staff.clerk), a_id=application.applicant_id, b_id=own.pk, relation=KinRelation.CHILD)
    link_account(world.act(world.staff.administrator), user_id=who.pk, resident_id=own.pk)


def committed(fund: str) -> int:
    return Account.objects.get(code=f"{fund}:{AccountKind.COMMITTED}:ECONOMIC_AID").balance_fen


class TestOpening:
    def test_not_a_day_earlier_than_the_pack_says(self, family: Application) -> None:
        assert opened(OCT_2) == []

    def test_ninety_days_before_the_end(self, family: Application) -> None:
        [row] = opened(OCT_3)
        assert (row.application_id, row.until_date, row.due_date) == (family.pk, JAN_1, date(2026, 12, 17))

    def test_once(self, family: Application) -> None:
        opened()
        assert opened(NOV_9) == []

    def test_tells_the_family(self, family: Application) -> None:
        opened()
        letter = Letter.objects.get(kind="RENEWAL_DUE")
        assert "2026年12月31日" in letter.content["zh"]["body"]

    def test_is_the_products_own_act(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            open_renewals(world.act(world.staff.director, OCT_3))

    def test_closes_what_was_ended_meanwhile(self, world: World, family: Application) -> None:
        opened()
        person = world.people(family.household)[0]
        record_death(world.act(world.staff.clerk, NOV_9), resident_ids=[person.pk], died_date=NOV_9)
        end_departed(system_act(NOV_9), on=NOV_9)
        opened(NOV_9)
        assert Renewal.objects.get().state == RenewalState.ENDED


class TestKnownSince:
    def test_nothing_when_nothing_was_recorded(self, family: Application) -> None:
        [row] = opened()
        assert known_since([row], NOV_9)[row.pk] == ()

    def test_an_income_report_with_before_and_after(self, world: World, family: Application) -> None:
        [row] = opened()
        earn(world, family, 95_000, NOV_9)
        [known] = known_since([row], NOV_9)[row.pk]
        assert (known.kind, known.fact, known.before, known.after) == ("FACT", "monthly_income_fen", 80_000, 95_000)

    def test_a_death(self, world: World, family: Application) -> None:
        [row] = opened()
        person = world.people(family.household)[0]
        record_death(world.act(world.staff.clerk, NOV_9), resident_ids=[person.pk], died_date=NOV_9)
        assert [one.kind for one in known_since([row], NOV_9)[row.pk]] == ["DIED"]


class TestConfirming:
    def test_works_out_what_the_new_year_gives(self, turned: World) -> None:
        opened()
        [row] = confirmed(turned)
        assert [(one["was_fen"], one["amount_fen"]) for one in json.loads(row.results)] == [
            (500_00, 500_00),
            (300_00, 300_00),
        ]

    def test_waits_for_the_next_plan(self, world: World, family: Application) -> None:
        opened()
        with pytest.raises(NextPlanMissing):
            confirmed(world)

    @pytest.mark.parametrize("day", [OCT_2, DEC_1 + timedelta(days=1)])
    def test_on_a_day_of_the_review(self, turned: World, day: date) -> None:
        [row] = opened()
        with pytest.raises(RenewalDayWrong):
            confirm_renewals(
                turned.act(turned.staff.clerk, DEC_1),
                renewal_ids=[row.pk],
                checked_date=day,
                method=RenewalMethod.VISIT,
            )

    def test_a_family_with_news_not_among_many(self, turned: World, family: Application) -> None:
        granted(turned)
        opened()
        earn(turned, family, 95_000, NOV_9)
        with pytest.raises(RenewalOneByOne):
            confirmed(turned)

    @pytest.mark.parametrize(
        ("mode", "families", "refusal"),
        [
            ("BULK", 2, None),
            ("SINGLE", 1, None),
            ("SINGLE", 2, RenewalOneByOne),
            ("APPLICATION", 1, RenewalNeedsApplication),
            ("APPLICATION", 2, RenewalNeedsApplication),
        ],
    )
    def test_unchanged_families_as_the_pack_lets(
        self,
        turned: World,
        family: Application,
        monkeypatch: pytest.MonkeyPatch,
        mode: str,
        families: int,
        refusal: type[DomainError] | None,
    ) -> None:
        if families == 2:
            granted(turned)
        opened()
        as_written = renew.rule_of
        monkeypatch.setattr(renew, "rule_of", lambda pack: replace(as_written(pack), confirm=mode))
        with pytest.raises(refusal) if refusal else nullcontext():
            confirmed(turned)
        states = set(Renewal.objects.values_list("state", flat=True))
        assert states == {RenewalState.OPEN if refusal else RenewalState.CONFIRMED}

    def test_by_itself_with_what_was_recorded(self, turned: World, family: Application) -> None:
        opened()
        earn(turned, family, 200_000, NOV_9)
        [row] = confirmed(turned)
        assert [one["amount_fen"] for one in json.loads(row.results) if one["programme"] == "BASE_AWARD"] == [0]

    def test_nobody_but_the_community_worker(self, turned: World) -> None:
        [row] = opened()
        through = not_refused(
            turned,
            lambda act: confirm_renewals(act, renewal_ids=[row.pk], checked_date=NOV_9, method=RenewalMethod.DATA),
            allowed="clerk",
            day=NOV_9,
        )
        assert through == []


class TestOwnFamily:
    """Nobody takes a step on the review of a family that is theirs."""

    @pytest.mark.parametrize("step", ["confirm", "decide", "end", "reapply"])
    def test_is_for_somebody_else(self, turned: World, family: Application, step: str) -> None:
        opened()
        if step == "decide":
            confirmed(turned)
        who = turned.staff.street_officer if step in {"decide", "end"} else turned.staff.clerk
        kin_to(turned, who, family)
        [row] = Renewal.objects.all()
        act, ids = turned.act(who, DEC_1), [row.pk]
        steps = {
            "confirm": lambda: confirmed(turned),
            "decide": lambda: decided(turned),
            "end": lambda: end_renewals(act, renewal_ids=ids, reason="不再符合条件"),
            "reapply": lambda: ask_to_reapply(act, renewal_ids=ids, reason="情况有变"),
        }

        with pytest.raises(OwnFamily):
            steps[step]()


class TestDeciding:
    def test_carries_the_awards_over_with_a_new_promise(self, turned: World) -> None:
        before = committed("HX-2026")
        opened()
        confirmed(turned)
        renewed = decided(turned)
        assert [(one.amount_fen, one.valid_from, one.valid_until, one.line.fund.code) for one in renewed] == [
            (500_00, JAN_1, date(2028, 1, 1), "HX-2027"),
            (300_00, JAN_1, date(2028, 1, 1), "HX-2027"),
        ]
        assert committed("HX-2027") == 12 * 800_00
        assert committed("HX-2026") == before
        assert [*invariants(), *ledger_invariants()] == []

    def test_names_the_award_that_it_goes_on_from(self, turned: World) -> None:
        opened()
        confirmed(turned)
        assert [one.renews.number for one in decided(turned) if one.renews] == ["DY-2026-0001", "DY-2026-0002"]

    def test_needs_another_person(self, turned: World) -> None:
        opened()
        confirmed(turned)
        Renewal.objects.update(confirmed_by=turned.staff.street_officer)
        with pytest.raises(SamePerson):
            decided(turned)

    def test_the_database_needs_another_person_too(self, turned: World) -> None:
        opened()
        confirmed(turned)
        decided(turned)
        with pytest.raises(IntegrityError), transaction.atomic():
            Renewal.objects.update(confirmed_by=turned.staff.street_officer, decided_by=turned.staff.street_officer)

    def test_not_before_it_was_confirmed_and_not_twice(self, turned: World) -> None:
        opened()
        with pytest.raises(StepNotPossible):
            decided(turned)
        confirmed(turned)
        decided(turned)
        with pytest.raises(StepNotPossible):
            decided(turned)

    def test_what_became_known_meanwhile_goes_back(self, turned: World, family: Application) -> None:
        opened()
        confirmed(turned)
        earn(turned, family, 200_000, NOV_9)
        with pytest.raises(RenewalStale):
            decided(turned)
        confirmed(turned)
        assert [one.programme for one in decided(turned)] == ["ELDER_SUPPLEMENT"]

    def test_what_is_not_due_any_more_is_told_and_runs_out(self, turned: World, family: Application) -> None:
        opened()
        earn(turned, family, 200_000, NOV_9)
        confirmed(turned)
        decided(turned)
        expire_awards(system_act(JAN_1), on=JAN_1)
        assert Award.objects.get(number="DY-2026-0001").state == AwardState.EXPIRED
        assert [one.content["award"] for one in Letter.objects.filter(kind="ENDED")] == ["DY-2026-0001"]
        assert Letter.objects.filter(kind="RENEWED").count() == 1

    def test_a_suspended_award_is_resumed_or_ended_first(self, turned: World) -> None:
        opened()
        confirmed(turned)
        award = Award.objects.get(number="DY-2026-0001")
        suspend(
            turned.act(turned.staff.director, NOV_9),
            award_ids=[award.pk],
            effective_date=DEC_1,
            note="联系不上",
        )
        with pytest.raises(RenewalSuspended):
            decided(turned)

    def test_in_january_too_from_the_first_month(self, turned: World) -> None:
        opened()
        expire_awards(system_act(JAN_1), on=JAN_1)
        confirmed(turned, day=date(2027, 1, 4))
        renewed = decided(turned, day=date(2027, 1, 5))
        assert Month(2027, 1) in schedules([renewed[0].pk])[renewed[0].pk]

    def test_somebody_who_dies_before_the_year_begins_is_paid_nothing_of_it(
        self, turned: World, family: Application
    ) -> None:
        opened()
        confirmed(turned)
        renewed = decided(turned)
        day = date(2026, 12, 20)
        person = turned.people(family.household)[0]
        record_death(turned.act(turned.staff.clerk, day), resident_ids=[person.pk], died_date=day)
        end_departed(system_act(day), on=day)
        assert schedules([one.pk for one in renewed]) == {one.pk: {} for one in renewed}
        assert committed("HX-2027") == 0

    def test_nobody_but_a_street_officer(self, turned: World) -> None:
        [row] = opened()
        confirmed(turned)
        through = not_refused(
            turned,
            lambda act: decide_renewals(act, renewal_ids=[row.pk]),
            allowed="street_officer second_officer",
            day=DEC_1,
        )
        assert through == []


class TestOtherEnds:
    def test_ends_with_a_reason_that_the_family_reads(self, turned: World) -> None:
        [row] = opened()
        end_renewals(turned.act(turned.staff.street_officer, DEC_1), renewal_ids=[row.pk], reason="本人声明不再领取")
        bodies = [one.content["zh"]["body"] for one in Letter.objects.filter(kind="ENDED")]
        assert all("本人声明不再领取" in body for body in bodies)
        assert len(bodies) == 2

    def test_the_family_is_told_once(self, turned: World) -> None:
        [row] = opened()
        end_renewals(turned.act(turned.staff.street_officer, DEC_1), renewal_ids=[row.pk], reason="本人声明不再领取")
        expire_awards(system_act(JAN_1), on=JAN_1)
        assert Letter.objects.filter(kind="ENDED").count() == 2

    def test_a_new_application_is_named_once_it_is_there(self, turned: World, family: Application) -> None:
        [row] = opened()
        ask_to_reapply(turned.act(turned.staff.clerk, NOV_9), renewal_ids=[row.pk], reason="家庭成员变化较大")
        assert [one.application_since for one in renewal_views(Renewal.objects.all(), NOV_9)] == [""]
        again = turned.received(family.household, day=NOV_9)
        assert [one.application_since for one in renewal_views(Renewal.objects.all(), NOV_9)] == [again.number]

    def test_what_is_not_there_is_not_found(self, turned: World) -> None:
        with pytest.raises(RenewalNotFound):
            confirm_renewals(
                turned.act(turned.staff.clerk, NOV_9),
                renewal_ids=[4711],
                checked_date=NOV_9,
                method=RenewalMethod.VISIT,
            )


class TestWork:
    def test_waits_for_the_worker_and_then_for_the_officer(self, turned: World) -> None:
        opened()
        clerk = authority_of(turned.staff.clerk, NOV_9)
        officer = authority_of(turned.staff.street_officer, NOV_9)
        assert [(one.state, one.number) for one in renewal_work(clerk, NOV_9)] == [(RenewalState.OPEN, 1)]
        assert renewal_work(officer, NOV_9) == []
        confirmed(turned)
        assert renewal_work(clerk, NOV_9) == []
        assert [(one.state, one.number) for one in renewal_work(officer, NOV_9)] == [(RenewalState.CONFIRMED, 1)]

    def test_a_page_of_many_costs_as_much_as_one(self, turned: World, django_assert_max_num_queries: object) -> None:
        granted(turned)
        opened()
        with django_assert_max_num_queries(16):  # type: ignore[operator]  # a fixture's context
            assert len(renewal_views(Renewal.objects.all(), NOV_9)) == 2
