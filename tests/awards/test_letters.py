"""Whoever receives an award is told in writing, and why, when it is suspended, changed or ended."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from linli.foundation.data.scope import NOWHERE
from linli.ground.notifications.models import Letter
from linli.ground.notifications.queries import addressees_of
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.law.policies.operations import install_pack
from linli.money.awards import operations
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award
from linli.money.awards.operations import Ending
from linli.money.awards.queries import letters_of_award
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Resident
from linli.registry.residents.operations import leave, move_resident, record_death
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import OPENED, World, by

S2 = Path(__file__).resolve().parents[2] / "packs" / "community" / "assistance_plan"
APRIL, JUNE = date(2026, 4, 1), date(2026, 6, 1)
MARCH_15, MARCH_16, TODAY = date(2026, 3, 15), date(2026, 3, 16), date(2026, 3, 20)


@layer
def awards(world: World) -> list[Award]:
    """Two families with a living allowance, the first one's old person with a supplement."""
    install_pack(system_act(OPENED), folder=S2)
    world.register(2)
    first, second = world.families
    return world.grant(world.base(first), world.elder(first), world.base(second))


@pytest.fixture
def director(world: World) -> Act:
    return by(world.staff.director, TODAY)


def people(world: World) -> list[Resident]:
    return [row.resident for row in world.memberships(world.families)]


def told(language: str = "zh") -> Sequence[tuple[str, str]]:
    """Subject and body of every letter."""
    return [(letter.subject, letter.content[language]["body"]) for letter in Letter.objects.order_by("number")]


def test_goes_to_whom_its_first_words_name(world: World, awards: list[Award], director: Act) -> None:
    """It went to who applied, also after their death, though its first words were the heir's name."""
    dead = people(world)[0]
    record_death(by(world.staff.clerk, MARCH_16), resident_ids=[dead.pk], died_date=MARCH_15)
    operations.suspend(director, award_ids=[awards[0].pk, awards[2].pk], effective_date=APRIL, note="复核收入。")
    letters = {one.pk: one.content["zh"]["body"].partition("：")[0] for one in Letter.objects.all()}
    to = addressees_of(Letter.objects.all(), NOWHERE, TODAY)
    assert {pk: one.name for pk, one in to.items()} == letters
    assert dead.name not in letters.values()


class TestByHand:
    def test_a_suspension_is_told_with_its_reason(self, world: World, awards: list[Award], director: Act) -> None:
        operations.suspend(director, award_ids=[awards[0].pk], effective_date=APRIL, note="复核收入。")
        name = people(world)[0].name
        assert told() == [
            (
                "application:JZ-2026-0001",
                f"{name}：自 2026年4月1日 起暂停发放低收入家庭生活补助。理由：复核收入。",
            )
        ]

    def test_every_award_of_the_set_has_its_own_letter(self, awards: list[Award], director: Act) -> None:
        operations.suspend(director, award_ids=[row.pk for row in awards], effective_date=APRIL, note="x")
        assert [letter.content["award"] for letter in Letter.objects.order_by("number")] == [
            row.number for row in awards
        ]

    def test_a_new_amount_is_told(self, world: World, awards: list[Award], director: Act) -> None:
        world.changed(awards[1], 40_000, APRIL, director.on)
        assert told("en")[0][1] == (
            f"{people(world)[0].name}: from 1 Apr 2026, Lone elder supplement is 400.00 yuan a month. Reason: 调整."
        )

    def test_an_amount_that_waits_for_a_second_person_is_told_to_nobody(
        self, awards: list[Award], director: Act
    ) -> None:
        operations.propose_amount(director, award_id=awards[1].pk, amount_fen=40_000, effective_date=APRIL, note="x")
        assert Letter.objects.count() == 0

    def test_a_resumption_is_told_as_a_change(self, world: World, awards: list[Award], director: Act) -> None:
        operations.suspend(director, award_ids=[awards[0].pk], effective_date=APRIL, note="x")
        operations.resume(director, award_ids=[awards[0].pk], effective_date=JUNE, note="收入已核实")
        name = people(world)[0].name
        assert (told()[1][1], told("en")[1][1]) == (
            f"{name}：自 2026年6月1日 起，低收入家庭生活补助调整为每月 500.00 元。理由：恢复发放：收入已核实。",
            f"{name}: from 1 Jun 2026, Living allowance is 500.00 yuan a month. "
            "Reason: Payment is resumed: 收入已核实.",
        )

    def test_an_end_is_told_with_the_kind_of_reason_in_both_languages(self, awards: list[Award], director: Act) -> None:
        operations.end(director, endings=[Ending(awards[2].pk, APRIL, EndReason.INCOME, "月收入已超过标准")])
        reasons = [told()[0][1].partition("理由：")[2], told("en")[0][1].partition("Reason: ")[2]]
        assert reasons == ["收入变化：月收入已超过标准。", "Income changed: 月收入已超过标准."]

    def test_a_programme_that_no_pack_knows_has_no_words(self, world: World, director: Act) -> None:
        world.register()
        award = world.grant(world.base(world.families[0]))[0]
        operations.suspend(director, award_ids=[award.pk], effective_date=APRIL, note="x")
        assert told() == []


class TestByItself:
    def sweep(self) -> None:
        operations.end_departed(system_act(TODAY), on=TODAY)

    def test_those_who_went_away_are_told(self, world: World, awards: list[Award]) -> None:
        leaver = people(world)[1]
        leave(by(world.staff.clerk, MARCH_16), resident_ids=[leaver.pk], left_date=MARCH_16)
        self.sweep()
        assert told() == [
            (
                "application:JZ-2026-0001",
                f"{leaver.name}：自 2026年3月16日 起停止发放低收入家庭生活补助。理由：迁出。",
            )
        ]

    def test_of_a_death_the_family_is_told(self, world: World, awards: list[Award]) -> None:
        dead, heir = people(world)
        move_resident(
            by(world.staff.clerk, MARCH_15),
            resident_id=heir.pk,
            household_id=world.families[0].pk,
            relation=Relation.NON_RELATIVE,
            moved_date=MARCH_15,
        )
        record_death(by(world.staff.clerk, MARCH_16), resident_ids=[dead.pk], died_date=MARCH_16)
        self.sweep()
        supplement = Letter.objects.exclude(subject="x").order_by("number").first()
        assert supplement is not None
        assert (supplement.content["award"], supplement.content["zh"]["body"]) == (
            awards[1].number,
            f"{heir.name}：自 2026年3月16日 起停止发放孤寡老人额外津贴。理由：死亡。",
        )

    def test_of_a_death_that_leaves_nobody_no_letter_is_written(self, world: World, awards: list[Award]) -> None:
        record_death(by(world.staff.clerk, MARCH_16), resident_ids=[people(world)[0].pk], died_date=MARCH_16)
        self.sweep()
        assert (told(), Award.objects.filter(state="ENDED").count()) == ([], 2)


class TestLettersOfAward:
    def test_lists_those_about_this_award_alone(self, world: World, awards: list[Award], director: Act) -> None:
        operations.suspend(director, award_ids=[row.pk for row in awards], effective_date=APRIL, note="x")
        scope = authority_of(world.staff.director, TODAY).scope()
        found = letters_of_award(scope, awards[1])
        assert [(letter.number, letter.title.en, letter.issued_date, letter.delivery) for letter in found] == [
            ("WS-2026-0002", "Notice of suspension", TODAY, None)
        ]

    def test_shows_none_out_of_reach(self, world: World, awards: list[Award], director: Act) -> None:
        operations.suspend(director, award_ids=[awards[0].pk], effective_date=APRIL, note="x")
        assert letters_of_award(authority_of(world.staff.outsider, TODAY).scope(), awards[0]) == []
