"""The pages of the yearly review: from the list in November to the decision in December."""

import re
import secrets
from datetime import date

import pytest
from django.conf import LazySettings

from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.models import Application, Renewal
from linli.foundation.screens.texts import money_text
from linli.foundation.screens.work import waiting
from linli.ground.notifications.models import Letter
from linli.ground.users.queries import authority_of
from linli.money.awards.models import Award
from linli.registry.residents.codes import Relation
from linli.registry.residents.operations import record_death
from tests.assistance.renewals import DEC_1, NOV_9, granted, next_fund, next_plan, opened, reapplied
from tests.assistance.test_renewal import earn
from tests.assistance.world import World
from tests.browser import LogIn, live_on
from tests.layers import layer
from tests.residents.people import person
from tests.sets import confirm, is_receipt

CONFIRM = {"deed": "confirm", "checked_date": "2026-11-09", "method": "PHONE", "note": ""}


def key() -> dict[str, str]:
    return {"act_key": secrets.token_hex(16)}


@pytest.fixture(autouse=True)
def november(settings: LazySettings) -> None:
    live_on(settings, NOV_9)


@layer
def two(world: World) -> list[Application]:
    """Two families under review, next year's plan and fund in place."""
    families = [granted(world), granted(world)]
    next_plan()
    next_fund(world)
    opened()
    return families


class TestList:
    def test_says_who_runs_out_and_that_nothing_is_new(
        self, world: World, two: list[Application], log_in: LogIn
    ) -> None:
        page = log_in(world.staff.clerk).get("/renewals/").text
        assert all(one.household.number in page for one in two)
        assert page.count('name="row"') == 2
        assert "没有新情况" in page

    def test_says_where_the_last_facts_come_from_in_the_reader_s_language(
        self, world: World, two: list[Application], log_in: LogIn
    ) -> None:
        renewal = Renewal.objects.order_by("pk")[0]
        client, address = log_in(world.staff.clerk), f"/renewals/{renewal.pk}/"
        chinese = client.get(address).text
        client.cookies["django_language"] = "en"
        english = client.get(address).text
        assert re.search(r"登记的出生日期 · 20\d\d年\d+月\d+日", chinese)
        assert re.search(r"Registered birth date · \d+ [A-Z][a-z]+ 20\d\d", english)
        assert "登记的" not in english

    def test_the_last_facts_are_of_people_by_name_and_of_who_is_gone_by_number(
        self, world: World, log_in: LogIn
    ) -> None:
        man = person("王建新", birth=date(1950, 5, 7))
        brother = person("王建成", Relation.OTHER_RELATIVE, date(1952, 5, 7))
        application, day = world.at_decision(household=world.family(man, brother))
        world.granted(application, day=day)
        opened()
        there, gone = world.people(application.household)
        record_death(world.act(world.staff.clerk, NOV_9), resident_ids=[gone.pk], died_date=date(2026, 11, 2))

        page = log_in(world.staff.clerk).get(f"/renewals/{Renewal.objects.get().pk}/").text
        whose = set(re.findall(r'<td class="at-title"\s+data-label="谁">([^<]*)</td>', page))
        assert whose == {there.name, gone.number}

    def test_a_family_with_news_is_not_offered_together(
        self, world: World, two: list[Application], log_in: LogIn
    ) -> None:
        earn(world, two[0], 95_000, NOV_9)
        page = log_in(world.staff.clerk).get("/renewals/").text
        assert page.count('name="row"') == 1
        assert "月收入 由" in page

    def test_unchanged_families_are_confirmed_in_three_fields(
        self, world: World, two: list[Application], log_in: LogIn
    ) -> None:
        ids = [str(one.pk) for one in Renewal.objects.all()]
        page = confirm(log_in(world.staff.clerk), "/renewals/", {**CONFIRM, **key(), "row": ids})
        assert is_receipt(page)
        assert {one.state for one in Renewal.objects.all()} == {RenewalState.CONFIRMED}

    def test_nothing_chosen_is_said_and_what_was_typed_is_kept(
        self, world: World, two: list[Application], log_in: LogIn
    ) -> None:
        page = log_in(world.staff.clerk).post("/renewals/", {**CONFIRM, **key(), "note": "都在家"})
        assert (page.status_code, "请至少选择一项" in page.text, "都在家" in page.text) == (422, True, True)

    @pytest.mark.parametrize(("deed", "who"), [("end", "director"), ("reapply", "clerk")])
    def test_what_needs_a_reason_is_not_done_from_here(
        self, world: World, two: list[Application], log_in: LogIn, deed: str, who: str
    ) -> None:
        ids = [str(one.pk) for one in Renewal.objects.all()]
        page = log_in(getattr(world.staff, who)).post("/renewals/", {"deed": deed, **key(), "row": ids})
        assert (page.status_code, {one.state for one in Renewal.objects.all()}) == (403, {RenewalState.OPEN})

    def test_another_person_decides_them_together(
        self, world: World, two: list[Application], log_in: LogIn, settings: LazySettings
    ) -> None:
        ids = [str(one.pk) for one in Renewal.objects.all()]
        confirm(log_in(world.staff.clerk), "/renewals/", {**CONFIRM, **key(), "row": ids})
        live_on(settings, DEC_1)
        officer = log_in(world.staff.street_officer)
        assert officer.get("/renewals/").text.count('name="row"') == 2
        assert is_receipt(confirm(officer, "/renewals/", {"deed": "decide", **key(), "row": ids}))
        assert Award.objects.filter(valid_from=date(2027, 1, 1)).count() == 4

    def test_what_was_ended_is_found_among_all(self, world: World, two: list[Application], log_in: LogIn) -> None:
        row = Renewal.objects.get(application=two[0])
        officer = log_in(world.staff.street_officer)
        officer.post(f"/renewals/{row.pk}/", {"deed": "end", "reason": "已迁走", **key()})
        found = [
            two[0].household.number in officer.get(address).text for address in ("/renewals/", "/renewals/?state=")
        ]
        assert found == [False, True]

    def test_who_may_not_confirm_is_refused(self, world: World, two: list[Application], log_in: LogIn) -> None:
        ids = [str(one.pk) for one in Renewal.objects.all()]
        page = log_in(world.staff.director).post("/renewals/", {**CONFIRM, **key(), "row": ids})
        assert page.status_code == 403


class TestEndingAlone:
    def test_an_award_that_no_review_decides_on_is_work_for_its_last_month(self, world: World) -> None:
        application = granted(world)

        def kept(day: date) -> list[str]:
            found = waiting(authority_of(world.staff.clerk, day), day)
            return [row.subject for row in found if row.kind == "ENDING"]

        award = Award.objects.get(application_number=application.number, programme="BASE_AWARD")
        assert (kept(date(2026, 11, 30)), award.number in kept(DEC_1)) == ([], False)
        assert award.number in kept(date(2026, 12, 2))
        opened()
        assert kept(date(2026, 12, 2)) == []


class TestOneFamily:
    def test_shows_the_last_facts_and_what_the_new_year_gives(
        self, world: World, two: list[Application], log_in: LogIn
    ) -> None:
        row = Renewal.objects.get(application=two[0])
        page = log_in(world.staff.clerk).get(f"/renewals/{row.pk}/").text
        assert "上次认定的情况" in page
        assert "月收入" in page
        assert f"{money_text(500_00)} → {money_text(500_00)}" in page

    def test_says_what_is_no_longer_due(self, world: World, two: list[Application], log_in: LogIn) -> None:
        earn(world, two[0], 200_000, NOV_9)
        row = Renewal.objects.get(application=two[0])
        assert "不再符合条件" in log_in(world.staff.clerk).get(f"/renewals/{row.pk}/").text

    def test_offers_each_what_is_theirs_at_each_step(self, world: World, two: list[Application], log_in: LogIn) -> None:
        """The worker confirms or asks, the officer decides or ends."""
        row = Renewal.objects.order_by("pk")[0]
        people = {"worker": log_in(world.staff.clerk), "officer": log_in(world.staff.street_officer)}

        def offered() -> dict[str, set[str]]:
            pages = {who: browser.get(f"/renewals/{row.pk}/") for who, browser in people.items()}
            return {who: {offer.step.code for offer in page.context["offers"]} for who, page in pages.items()}

        found = [offered()]
        people["worker"].post(f"/renewals/{row.pk}/", {**CONFIRM, **key()})
        found.append(offered())
        people["worker"].post(f"/renewals/{row.pk}/", {"deed": "reapply", "reason": "情况有变", **key()})
        found.append(offered())

        assert found == [
            {"worker": {"confirm", "reapply"}, "officer": {"end"}},
            {"worker": {"confirm", "reapply", "take_back"}, "officer": {"decide", "end"}},
            {"worker": set(), "officer": {"end"}},
        ]

    def test_confirms_decides_and_says_so(
        self, world: World, two: list[Application], log_in: LogIn, settings: LazySettings
    ) -> None:
        earn(world, two[0], 95_000, NOV_9)
        row = Renewal.objects.get(application=two[0])
        assert log_in(world.staff.clerk).post(f"/renewals/{row.pk}/", {**CONFIRM, **key()}).status_code == 302
        live_on(settings, DEC_1)
        officer = log_in(world.staff.street_officer)
        assert officer.post(f"/renewals/{row.pk}/", {"deed": "decide", **key()}).status_code == 302
        assert "已续发" in officer.get(f"/renewals/{row.pk}/").text

    def test_an_end_without_a_reason_is_refused_by_the_field(
        self, world: World, two: list[Application], log_in: LogIn
    ) -> None:
        row = Renewal.objects.get(application=two[0])
        page = log_in(world.staff.street_officer).post(f"/renewals/{row.pk}/", {"deed": "end", "reason": "", **key()})
        assert (page.status_code, "请写明理由" in page.text) == (422, True)

    def test_asks_for_a_new_application(self, world: World, two: list[Application], log_in: LogIn) -> None:
        row = Renewal.objects.get(application=two[0])
        clerk = log_in(world.staff.clerk)
        clerk.post(f"/renewals/{row.pk}/", {"deed": "reapply", "reason": "成员变化", **key()})
        page = clerk.get(f"/renewals/{row.pk}/").text
        assert f"/cases/new/?household={two[0].household.number}" in page

    def test_the_letter_that_asks_for_it_is_one_click_away(
        self, world: World, two: list[Application], log_in: LogIn
    ) -> None:
        row = Renewal.objects.get(application=two[0])
        clerk = log_in(world.staff.clerk)
        clerk.post(f"/renewals/{row.pk}/", {"deed": "reapply", "reason": "成员变化", **key()})
        letter = Letter.objects.get(kind="REAPPLY")
        assert f"/letters/{letter.number}/" in clerk.get(f"/renewals/{row.pk}/").text
        assert "须重新申请" in clerk.get(f"/letters/{letter.number}/").text
        assert "重新申请告知书" in clerk.get(f"/cases/{two[0].number}/").text

    def test_a_family_that_was_asked_stays_in_sight(self, world: World, two: list[Application], log_in: LogIn) -> None:
        row = Renewal.objects.get(application=two[0])
        clerk = log_in(world.staff.clerk)
        clerk.post(f"/renewals/{row.pk}/", {"deed": "reapply", "reason": "成员变化", **key()})
        assert two[0].household.number in clerk.get("/renewals/").text
        assert "1 户须重新申请，还没有申请" in clerk.get("/work/").text

    def test_without_a_next_plan_it_waits(self, world: World, log_in: LogIn) -> None:
        granted(world)
        [row] = opened()
        clerk = log_in(world.staff.clerk)
        for address in ("/renewals/", f"/renewals/{row.pk}/"):
            page = clerk.get(address).text
            assert "下一年度方案尚未就绪" in page
            assert 'value="confirm"' not in page, "what would be refused is not offered"
            assert "name=row" not in page.replace('"', ""), "neither row by row nor all at once"


class TestDecidingAnew:
    @pytest.mark.parametrize(
        ("day", "said"),
        [
            (date(2026, 11, 10), "从 2027年1月 起接续发放"),
            (date(2027, 1, 11), "从 2027年2月 起发放，中间 1 个月不发放"),
        ],
    )
    def test_the_page_before_the_decision_says_from_when_and_whether_there_is_a_gap(
        self, world: World, two: list[Application], log_in: LogIn, settings: LazySettings, day: date, said: str
    ) -> None:
        row = Renewal.objects.get(application=two[0])
        log_in(world.staff.clerk).post(f"/renewals/{row.pk}/", {"deed": "reapply", "reason": "成员变化", **key()})
        application, decided = reapplied(world, two[0].household, day=day)
        live_on(settings, decided)
        page = log_in(world.staff.second_officer).get(f"/cases/{application.number}/do/grant/")
        assert said in page.text
