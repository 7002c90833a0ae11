"""Reads of awards: only what the scope covers, and what packs say."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings

from linli.foundation.data.scope import NOWHERE, Scope
from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Order
from linli.law.policies.operations import install_pack
from linli.law.policies.queries import forget_cached
from linli.money.awards import queries
from linli.money.awards.codes import EndReason, Standing
from linli.money.awards.models import Award, PayeeAccount
from linli.money.awards.operations import Ending, end
from linli.money.payments.queries import shortage_order
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import PAY_DAY, World, by

HARBOUR = Path(__file__).resolve().parents[1] / "packs" / "harbour_relief"


@layer
def family(world: World) -> World:
    world.register()
    world.grant(world.base(world.families[0]), world.elder(world.families[0]))
    return world


@pytest.fixture
def scope(world: World) -> Scope:
    return Scope(communities=frozenset([world.community.community.pk]))


class TestReads:
    def test_by_application(self, family: World, scope: Scope) -> None:
        found = queries.awards_of_application(scope, "JZ-2026-0001")
        assert [row.number for row in found] == ["DY-2026-0001", "DY-2026-0002"]

    def test_by_household(self, family: World, scope: Scope) -> None:
        found = queries.awards_of_household(scope, family.families[0].pk)
        assert [row.number for row in found] == ["DY-2026-0002", "DY-2026-0001"]

    def test_counts(self, family: World, scope: Scope) -> None:
        assert queries.counts(scope, date(2026, 3, 2))["BASE_AWARD", Standing.ACTIVE] == (1, 500_00)

    def test_by_fund(self, family: World, scope: Scope) -> None:
        assert queries.awards(scope, fund_id=family.fund.pk).count() == 2

    def test_detail_has_members_and_due_months(self, family: World, scope: Scope) -> None:
        detail = queries.award_detail(scope, "DY-2026-0001")
        assert (len(detail.members), detail.due[Month(2026, 12)]) == (1, 500_00)

    def test_out_of_scope_is_not_there(self, family: World) -> None:
        with pytest.raises(Award.DoesNotExist):
            queries.award_detail(NOWHERE, "DY-2026-0001")

    def test_an_account_out_of_scope_is_not_there(self, family: World) -> None:
        with pytest.raises(PayeeAccount.DoesNotExist):
            queries.account(NOWHERE, PayeeAccount.objects.earliest("pk").pk)

    def test_due_months_of_a_fund_end_with_the_month_asked_for(self, family: World) -> None:
        found = queries.due_of_fund(family.fund.pk, Month(2026, 4))
        assert [(row.award.number, row.month.month) for row in found] == [
            ("DY-2026-0001", 3),
            ("DY-2026-0001", 4),
            ("DY-2026-0002", 3),
            ("DY-2026-0002", 4),
        ]


class TestPages:
    """A list goes on after what was seen last, and only its own rows stand in it."""

    @pytest.fixture
    def three(self, world: World) -> World:
        world.register(3)
        for order, one in enumerate(world.families, start=1):
            world.grant(world.base(one, application_number=f"JZ-2026-000{order}"))
        return world

    def test_accounts_go_on_after_an_id(self, three: World, scope: Scope) -> None:
        rows = list(queries.payee_accounts(scope))
        assert [list(queries.payee_accounts(scope, after=row.pk)) for row in rows] == [
            rows[place + 1 :] for place in range(len(rows))
        ]

    def test_receivables_go_on_after_an_id(self, three: World, scope: Scope) -> None:
        three.paid()
        awards = Award.objects.order_by("number")
        end(
            by(three.staff.director, date(2026, 3, 20)),
            endings=[Ending(row.pk, date(2026, 3, 1), EndReason.INCOME) for row in awards],
        )
        rows = list(queries.receivables(scope))
        pages = [[one.award.number for one in queries.receivables(scope, after=row.pk)] for row in rows]
        assert pages == [["DY-2026-0002", "DY-2026-0003"], ["DY-2026-0003"], []]

    def test_of_two_applications_each_has_its_awards(self, three: World, scope: Scope) -> None:
        assert [row.number for row in queries.awards_of_application(scope, "JZ-2026-0002")] == ["DY-2026-0002"]
        assert [row.number for row in queries.awards_of_household(scope, three.families[2].pk)] == ["DY-2026-0003"]
        assert [row.number for row in queries.running_until(["JZ-2026-0001"])] == ["DY-2026-0001"]

    def test_awards_are_found_by_what_they_are_of(self, three: World, scope: Scope) -> None:
        unit = three.families[1].number
        found = [
            queries.awards(scope, text="JZ-2026-0003"),
            queries.awards(scope, text=unit),
            queries.awards(scope, units=[unit]),
            queries.awards(scope, programme="ELDER_SUPPLEMENT"),
            queries.awards(scope, fund_id=three.fund.pk + 1),
        ]
        assert [[row.number[-1] for row in rows] for rows in found] == [["3"], ["2"], ["2"], [], []]


class TestPackWords:
    def test_without_a_pack_a_change_is_held_three_days(self, world: World) -> None:
        assert (queries.payee_hold_days(PAY_DAY), dict(queries.programme_labels(PAY_DAY))) == (3, {})

    @pytest.fixture
    def packs(self, world: World, settings: LazySettings, tmp_path: Path) -> None:
        settings.DATA_DIR = tmp_path
        forget_cached()
        for folder in (Path(settings.PACKS_DIR, "community", "assistance_plan"), HARBOUR):
            install_pack(system_act(), folder=folder)

    @pytest.mark.usefixtures("packs")
    def test_programmes_of_all_packs_in_force_have_names(self) -> None:
        assert {"BASE_AWARD", "ELDER_SUPPLEMENT"} < set(queries.programme_labels(PAY_DAY))

    @pytest.mark.usefixtures("packs")
    def test_packs_say_how_long_a_change_is_held(self) -> None:
        assert queries.payee_hold_days(PAY_DAY) >= 3

    @pytest.mark.usefixtures("packs")
    def test_the_pack_whose_programmes_a_fund_pays_says_who_comes_first(self, world: World) -> None:
        order = shortage_order(world.fund.pk, PAY_DAY)
        assert order == Order(("BASE_AWARD", "ELDER_SUPPLEMENT"), arrears_first=True, within="OLDEST_AWARD")

    def test_without_a_pack_the_older_award_comes_first(self, world: World) -> None:
        assert shortage_order(world.fund.pk, PAY_DAY) == Order(())

    @pytest.mark.usefixtures("packs")
    def test_packs_say_where_nothing_is_asked_back(self) -> None:
        waived = queries.waived_programmes(PAY_DAY)
        assert ("STIPEND" in waived, "BASE_AWARD" in waived) == (True, False)

    @pytest.mark.usefixtures("packs")
    def test_packs_that_are_not_in_force_say_nothing(self) -> None:
        assert list(queries.packs_in_force(date(1999, 1, 1))) == []
