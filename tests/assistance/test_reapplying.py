"""A family that has to apply again is told so, and its new award joins the old one: no month twice, no gap unsaid."""

from datetime import date
from pathlib import Path

import pytest

from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.models import Application, Renewal
from linli.aid.assistance.operations import ask_to_reapply, end_renewals
from linli.aid.assistance.queries.renewals import renewal_work, renewals
from linli.aid.assistance.queries.screens import budget_outlook
from linli.ground.notifications.models import Letter
from linli.ground.users.queries import authority_of
from linli.kernel.period import Month
from linli.law.policies.engine.next_year import write_next_year
from linli.law.policies.operations import install_pack
from linli.money.awards.models import Award, AwardMember
from linli.money.awards.operations import AwardOverlapping, expire_awards
from linli.money.awards.queries import invariants, schedules
from linli.money.ledger.queries import invariants as ledger_invariants
from tests.assistance.renewals import (
    DEC_1,
    JAN_1,
    NOV_9,
    OCT_3,
    confirmed,
    decided,
    granted,
    next_fund,
    next_plan,
    opened,
    reapplied,
)
from tests.assistance.world import World
from tests.conftest import system_act
from tests.layers import layer
from tests.pack_variants import install_variant

JAN_11 = date(2027, 1, 11)
ALL_ANEW = (
    ("scheme.toml", 'version = "1.0"', 'version = "1.1"'),
    ("scheme.toml", 'confirm = "BULK"', 'confirm = "APPLICATION"'),
)


@layer
def family(world: World) -> Application:
    """A base award and a supplement, both to the last day of the year."""
    return granted(world)


@layer
def turned(world: World, family: Application) -> World:
    """The same with next year's plan and fund in place, and the review open."""
    next_plan()
    next_fund(world)
    opened()
    return world


def asked(world: World, day: date = NOV_9) -> Renewal:
    row = Renewal.objects.get()
    [row] = ask_to_reapply(world.act(world.staff.clerk, day), renewal_ids=[row.pk], reason="家庭成员变化较大")
    return row


def new_awards() -> list[Award]:
    return list(Award.objects.filter(valid_until__gt=JAN_1).order_by("number"))


class TestLetter:
    def test_says_why_until_when_and_what_to_bring(self, turned: World, family: Application) -> None:
        asked(turned)
        letter = Letter.objects.get(kind="REAPPLY")
        body = letter.content["zh"]["body"]
        assert letter.subject == family.subject
        assert all(text in body for text in ("2026年12月31日", "家庭成员变化较大", "2026年12月17日", "居民身份证"))
        assert "by 17 Dec 2026" in letter.content["en"]["body"]

    def test_says_whom_to_call(self, turned: World) -> None:
        asked(turned)
        contact = turned.pack.contact
        closing = "".join(Letter.objects.get(kind="REAPPLY").content["zh"]["closing"])
        assert contact is None or contact.telephone in closing

    @pytest.mark.parametrize(
        ("day", "by"),
        [
            (date(2026, 12, 17), "2026年12月17日"),
            (date(2026, 12, 18), "2026年12月31日"),
            (date(2027, 1, 4), "2027年1月4日"),
        ],
    )
    def test_never_names_a_day_that_is_over(self, turned: World, day: date, by: str) -> None:
        asked(turned, day)
        assert f"请在 {by} 前" in Letter.objects.get(kind="REAPPLY").content["zh"]["body"]

    def test_where_all_apply_anew_it_goes_out_with_the_review(self, world: World, tmp_path: Path) -> None:
        install_variant(tmp_path, *ALL_ANEW)
        granted(world)
        [row] = opened()
        assert row.state == RenewalState.REAPPLY
        assert [one.kind for one in Letter.objects.filter(kind__in=("REAPPLY", "RENEWAL_DUE"))] == ["REAPPLY"]
        assert "按规定待遇期满须重新申请" in Letter.objects.get(kind="REAPPLY").content["zh"]["body"]


class TestRemembering:
    def test_who_was_asked_stays_on_the_list_until_the_family_applies(self, turned: World, family: Application) -> None:
        asked(turned)
        clerk = authority_of(turned.staff.clerk, NOV_9)
        assert [one.state for one in renewals(clerk.scope())] == [RenewalState.REAPPLY]
        assert [(one.state, one.number) for one in renewal_work(clerk, NOV_9)] == [(RenewalState.REAPPLY, 1)]
        turned.received(family.household, day=NOV_9)
        assert list(renewals(clerk.scope())) == []
        assert renewal_work(clerk, NOV_9) == []

    def test_another_family_that_applies_is_not_taken_for_it(self, turned: World) -> None:
        asked(turned)
        turned.received(day=NOV_9)
        assert renewals(authority_of(turned.staff.clerk, NOV_9).scope()).count() == 1

    def test_who_does_not_apply_is_ended_with_a_letter(self, turned: World) -> None:
        row = asked(turned)
        end_renewals(turned.act(turned.staff.street_officer, DEC_1), renewal_ids=[row.pk], reason="本人不再申请")
        assert Renewal.objects.get().state == RenewalState.ENDED
        assert Letter.objects.filter(kind="ENDED").count() == 2


class TestJoining:
    def test_a_decision_before_the_end_begins_where_the_old_award_ends(
        self, turned: World, family: Application
    ) -> None:
        asked(turned)
        application, day = reapplied(turned, family.household, day=date(2026, 11, 10))
        assert day < DEC_1  # so that the month after the decision is December, which the old award pays
        turned.granted(application, day=day)
        assert {(one.valid_from, one.line.fund.code) for one in new_awards()} == {(JAN_1, "HX-2027")}
        assert [*invariants(), *ledger_invariants()] == []

    def test_no_month_is_paid_twice(self, turned: World, family: Application) -> None:
        asked(turned)
        application, day = reapplied(turned, family.household, day=date(2026, 11, 10))
        turned.granted(application, day=day)
        base = [one.pk for one in Award.objects.filter(programme="BASE_AWARD")]
        months = [month for due in schedules(base).values() for month in due]
        assert len(months) == len(set(months))
        assert {Month(2026, 12), Month(2027, 1)} <= set(months)

    def test_goes_on_from_the_old_award_so_that_its_end_is_no_news(self, turned: World, family: Application) -> None:
        asked(turned)
        application, day = reapplied(turned, family.household, day=DEC_1)
        turned.granted(application, day=day)
        assert [one.renews.number for one in new_awards() if one.renews] == ["DY-2026-0001", "DY-2026-0002"]
        expire_awards(system_act(JAN_1), on=JAN_1)
        assert Letter.objects.filter(kind="ENDED").count() == 0

    def test_waits_for_the_next_plan_and_not_for_the_old_award(self, world: World, family: Application) -> None:
        opened()
        asked(world)
        application, day = reapplied(world, family.household, day=date(2026, 11, 10))
        scope = authority_of(world.staff.second_officer, day).scope()
        said = budget_outlook(scope, [application.pk], day)
        assert [label.zh for label in said.waiting] == ["低收入家庭生活补助", "孤寡老人额外津贴"]

    def test_the_page_says_beforehand_what_the_decision_does(self, turned: World, family: Application) -> None:
        asked(turned)
        application, day = reapplied(turned, family.household, day=date(2026, 11, 10))
        scope = authority_of(turned.staff.second_officer, day).scope()
        said = budget_outlook(scope, [application.pk], day)
        assert [(one.first, one.gap) for _label, one in said.follows] == [(Month(2027, 1), ())] * 2
        assert said.commitments[application.pk].months == 12

    def test_a_family_that_applies_by_itself_closes_its_review(self, turned: World, family: Application) -> None:
        application, day = reapplied(turned, family.household, day=date(2026, 11, 10))
        turned.granted(application, day=day)
        assert Renewal.objects.get().state == RenewalState.REAPPLY

    def test_a_review_that_asked_keeps_why_it_did(self, turned: World, family: Application) -> None:
        asked(turned)
        application, day = reapplied(turned, family.household, day=date(2026, 11, 10))
        turned.granted(application, day=day)
        assert Renewal.objects.get().reason == "家庭成员变化较大"

    def test_one_that_the_review_renewed_is_not_granted_a_second_time(self, turned: World, family: Application) -> None:
        confirmed(turned)
        decided(turned)
        application, day = reapplied(turned, family.household, day=date(2026, 12, 2))
        with pytest.raises(AwardOverlapping):
            turned.granted(application, day=day)

    def test_before_any_review_a_second_award_stays_refused(self, world: World, family: Application) -> None:
        application, day = reapplied(world, family.household, day=date(2026, 6, 1))
        with pytest.raises(AwardOverlapping):
            world.granted(application, day=day)


class TestGap:
    def test_a_decision_after_the_end_pays_from_the_month_after_it_and_says_so(
        self, turned: World, family: Application
    ) -> None:
        asked(turned)
        expire_awards(system_act(JAN_1), on=JAN_1)
        application, day = reapplied(turned, family.household, day=JAN_11)
        scope = authority_of(turned.staff.second_officer, day).scope()
        [(_label, one), *_rest] = budget_outlook(scope, [application.pk], day).follows
        assert one.gap == (Month(2027, 1),)
        turned.granted(application, day=day)
        assert {(one.valid_from, one.renews_id) for one in new_awards()} == {(date(2027, 2, 1), None)}
        body = Letter.objects.filter(kind="GRANTED").order_by("pk").last().content["zh"]["body"]  # type: ignore[union-attr]  # there is one
        assert "原待遇到2026年12月31日为止，2027年1月1日至2027年1月31日不发放" in body

    def test_where_payment_begins_with_the_application_the_months_since_the_end_are_made_up(
        self, world: World, tmp_path: Path
    ) -> None:
        install_variant(
            tmp_path,
            ("scheme.toml", 'version = "1.0"', 'version = "1.1"'),
            ("scheme.toml", 'starts = "NEXT_MONTH"', 'starts = "APPLICATION_MONTH"'),
        )
        family = granted(world)
        install_pack(system_act(NOV_9), folder=write_next_year(tmp_path / "pack0", tmp_path / "next"))
        next_fund(world)
        opened(OCT_3)
        asked(world)
        application, _day = reapplied(world, family.household, day=DEC_1)
        expire_awards(system_act(JAN_1), on=JAN_1)
        world.granted(application, day=JAN_11)
        base = Award.objects.get(application_number=application.number, programme="BASE_AWARD")
        assert base.valid_from == JAN_1
        assert AwardMember.objects.filter(award=base, valid_from=JAN_1).count() == 1
