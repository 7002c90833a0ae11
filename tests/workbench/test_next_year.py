"""What the next year needs: one list, and from October on somebody's work; then the turn itself, page by page."""

import secrets
from dataclasses import replace
from datetime import date

import pytest
from django.conf import LazySettings

from linli.aid.assistance.models import Renewal
from linli.foundation.screens.work import piles, waiting
from linli.ground.users.models import User
from linli.ground.users.queries import authority_of
from linli.kernel.calendar import YearTable
from linli.law.policies.operations import load_years
from linli.money.awards.operations import expire_awards
from linli.money.ledger.models import FundingSource
from linli.money.ledger.operations import receive_inflow
from linli.money.payments.models import PaymentBatch
from linli.overview.planning.queries import next_year
from linli.overview.planning.queries.next_year import checklist, year_to_prepare
from tests.assistance.renewals import DEC_1, JAN_1, NOV_9, granted, next_fund, next_plan, opened
from tests.assistance.world import World, make_world
from tests.browser import LogIn, live_on
from tests.conftest import Community, Staff, system_act
from tests.layers import layer
from tests.sets import confirm, is_receipt

SEPTEMBER, JAN_11 = date(2026, 9, 30), date(2027, 1, 11)


@layer
def world(community: Community, staff: Staff) -> World:
    return make_world(community, staff)


def key() -> dict[str, str]:
    return {"act_key": secrets.token_hex(16)}


def open_lines(who: User, on: date) -> list[str]:
    return [str(line.title) for line in checklist(authority_of(who, on), on) if not line.done]


def work(who: User, on: date) -> list[str]:
    return [str(todo.title) for todo in waiting(authority_of(who, on), on) if todo.kind == "NEXT_YEAR"]


class TestTheChip:
    def test_of_all_that_the_next_year_needs_is_one_and_names_none_of_it(self, world: World) -> None:
        """It carried the name of the last of them, and counted the others too."""
        found = [
            (pile.total, str(pile.title))
            for pile in piles(authority_of(world.staff.street_officer, NOV_9), NOV_9)
            if pile.kind == "NEXT_YEAR"
        ]

        assert found == [(len(work(world.staff.street_officer, NOV_9)), "下一年度准备")]
        assert len(set(work(world.staff.street_officer, NOV_9))) > 1


class TestTheList:
    def test_is_about_the_coming_year_and_then_about_the_one_that_has_begun(self) -> None:
        assert [year_to_prepare(day) for day in (NOV_9, JAN_1, date(2027, 4, 1))] == [2027, 2027, 2028]

    def test_names_everything_that_is_missing(self, world: World) -> None:
        assert open_lines(world.staff.street_officer, NOV_9) == [
            "载入放假安排",
            "安装下一年度方案",
            "采用下一年度方案",
            "设立下一年度资金",
        ]

    def test_each_line_has_its_day(self, world: World) -> None:
        granted(world)
        opened()
        found = {str(line.title): line.due_date for line in checklist(authority_of(world.staff.director, NOV_9), NOV_9)}
        assert found == {
            "安装下一年度方案": date(2026, 11, 15),
            "采用下一年度方案": date(2026, 11, 30),
            "设立下一年度资金": date(2026, 11, 30),
            "载入放假安排": date(2026, 12, 15),
            "年度复核": date(2026, 12, 16),
        }

    @pytest.mark.parametrize(("until", "missing"), [(date(2027, 1, 1), True), (date(2027, 1, 2), False), (None, False)])
    def test_a_figure_that_runs_out_is_missing(self, world: World, until: date | None, missing: bool) -> None:
        name, parameter = next(iter(world.pack.parameters.items()))
        ending = replace(parameter, values=(*parameter.values[:-1], replace(parameter.values[-1], valid_until=until)))
        pack = replace(world.pack, parameters={**world.pack.parameters, name: ending})
        found = [(line.subject, line.due_date, line.done) for line in next_year._parameters(pack, 2027)]
        assert found == ([(parameter.label.zh, date(2026, 11, 15), False)] if missing else [])

    def test_what_stands_is_done(self, world: World) -> None:
        next_plan()
        next_fund(world)
        load_years(system_act(NOV_9), tables=[YearTable(2027, frozenset({date(2027, 1, 1)}), frozenset(), "通知")])
        assert open_lines(world.staff.street_officer, NOV_9) == ["采用下一年度方案"]

    def test_is_nobodys_work_before_october(self, world: World) -> None:
        assert work(world.staff.street_officer, SEPTEMBER) == []

    def test_is_the_work_of_whoever_does_it(self, world: World) -> None:
        assert work(world.staff.street_officer, NOV_9) == ["设立下一年度资金", "载入放假安排"]
        assert work(world.staff.director, NOV_9) == ["采用下一年度方案"]
        assert work(world.staff.administrator, NOV_9) == ["安装下一年度方案"]
        assert work(world.staff.clerk, NOV_9) == []

    def test_stands_on_a_page(self, world: World, log_in: LogIn, settings: LazySettings) -> None:
        live_on(settings, NOV_9)
        page = log_in(world.staff.director).get("/next-year/").text
        assert "2027 年准备" in page
        assert "还有 4 项未办" in page

    def test_is_cut_and_says_so_where_somebody_answers_for_many_communities(
        self, world: World, log_in: LogIn, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        live_on(settings, NOV_9)
        monkeypatch.setattr("linli.overview.planning.web.views.opening._MOST", 3)
        page = log_in(world.staff.director).get("/next-year/")
        assert [line.done for line in page.context["lines"]] == [False] * 3
        assert "还有 4 项未办。共 4 项，这里列出未办的前 3 项。" in page.text


class TestTheTurnPageByPage:
    @pytest.fixture
    def families(self, world: World) -> World:
        granted(world)
        granted(world)
        next_plan()
        next_fund(world)
        opened()
        return world

    def test_next_years_plan_is_offered_before_it_is_in_force(
        self, families: World, log_in: LogIn, settings: LazySettings
    ) -> None:
        live_on(settings, NOV_9)
        page = log_in(families.staff.director).get("/plan/?scheme=community_assistance-2027")
        assert (page.status_code, page.context["desk"].written.year) == (200, 2027)

    def test_from_the_list_in_november_to_the_batch_in_january(
        self, families: World, log_in: LogIn, settings: LazySettings
    ) -> None:
        staff = families.staff
        ids = [str(one.pk) for one in Renewal.objects.all()]
        live_on(settings, NOV_9)
        form = {"deed": "confirm", "checked_date": "2026-11-09", "method": "VISIT", "note": "", "row": ids}
        assert is_receipt(confirm(log_in(staff.clerk), "/renewals/", {**form, **key()}))
        live_on(settings, DEC_1)
        decision = {"deed": "decide", "row": ids, **key()}
        assert is_receipt(confirm(log_in(staff.street_officer), "/renewals/", decision))
        expire_awards(system_act(JAN_1), on=JAN_1)
        source = FundingSource.objects.get(fund__code="HX-2027")
        receive_inflow(
            system_act(date(2027, 1, 4)),
            source_id=source.pk,
            amount_fen=10_000_000,
            on=date(2027, 1, 4),
            reference="GOV-2027-01",
        )
        live_on(settings, JAN_11)
        maker = log_in(staff.maker)
        assert "2027年1月" in maker.get("/payments/new/").text
        proposal = {"fund": str(source.fund_id), "month": "2027-01", **key()}
        assert maker.post("/payments/new/", proposal).status_code == 302
        batch = PaymentBatch.objects.get()
        assert (batch.fund.code, batch.items_count, batch.total_fen) == ("HX-2027", 4, 2 * 800_00)
