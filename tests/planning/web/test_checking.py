"""The plan check in the browser, without JavaScript and with it."""

import re
from pathlib import Path

import pytest
from django.test import Client

from linli.law.policies.operations import install_pack
from linli.overview.planning.engine import Change, cash_flow, check
from linli.overview.planning.models import Adoption, PlanVersion
from linli.overview.planning.queries import plan_of
from linli.overview.planning.web.controls import control_groups
from linli.overview.planning.web.presenters import balance_series
from linli.overview.planning.web.views import checking
from tests.assistance.world import make_world
from tests.conftest import Community, Staff, system_act
from tests.layers import layer
from tests.pack_variants import install_variant
from tests.planning.conftest import Lived
from tests.planning.engine.plans import community_plan
from tests.planning.web.conftest import LogIn
from tests.policies.engine.support import HARBOUR

FRAGMENT = {"HTTP_HX_REQUEST": "true"}
BASE = "parameters.base_award_monthly_fen"
CHEAPER = {BASE: "36200", "parameters.elder_supplement_monthly_fen": "21700"}


@layer
def lived(community: Community, staff: Staff) -> Lived:
    """The check needs a plan, not a year: nobody has applied yet."""
    return Lived(make_world(community, staff))


def text(response) -> str:
    return response.content.decode()


def findings(response) -> list[str]:
    """The titles of the findings shown."""
    return re.findall(r"</span>\s*<b>(.*?)</b>", text(response))


def ways(response) -> list[str]:
    return [url.replace("&amp;", "&") for url in re.findall(r'class="way" href="(.*?)"', text(response))]


def kept(client: Client, **changes: str) -> str:
    """The number of a version kept through the page."""
    client.post("/plan/versions/new/", {**changes, "note": "试算", "act_key": "a" * 32})
    return PlanVersion.objects.latest("pk").number


class TestPlanCheck:
    def test_lists_the_findings_with_their_arithmetic(self, director: Client):
        page = director.get("/plan/")

        assert "200 × 500 × 12 = 1,200,000 &gt; 1,000,000" in text(page)
        assert len(findings(page)) == 16

    def test_says_how_many_would_stop_the_plan(self, director: Client):
        assert '发现 <b>16</b> 处对不上，其中 <b class="late-text">4</b> 处' in text(director.get("/plan/"))

    @pytest.mark.parametrize(("changes", "tone"), [({}, "bad"), (CHEAPER, "main")])
    def test_the_line_of_a_plan_is_red_where_its_money_runs_out_and_only_there(self, changes, tone):
        plan = community_plan().with_changes([Change(path, int(fen)) for path, fen in changes.items()])

        assert [line.tone for line in balance_series(cash_flow(plan), None, "")] == [tone]

    def test_every_way_out_is_one_click_and_removes_its_finding(self, director: Client):
        page = director.get("/plan/")

        first = findings(page)[0]
        tried = director.get(ways(page)[0])

        assert first not in findings(tried)

    def test_the_address_holds_the_figures_tried(self, director: Client):
        page = director.get("/plan/", CHEAPER)

        assert re.search(r"<del>500</del> → <ins>362</ins>", text(page))
        assert not [title for title in findings(page) if "断供" in title and "若" not in title]

    def test_the_fragment_is_part_of_the_page(self, director: Client):
        page, fragment = director.get("/plan/", CHEAPER), director.get("/plan/", CHEAPER, **FRAGMENT)

        def plain(response) -> str:
            return re.sub(r'value="[^"]{32,}"', "", text(response))

        live = plain(fragment).split("<output")[0].strip()
        assert live in plain(page)

    def test_the_fragment_brings_the_sliders_numbers(self, director: Client):
        fragment = director.get("/plan/", CHEAPER, **FRAGMENT)

        output = '<output id="shown-parameters-base_award_monthly_fen" hx-swap-oob="true">362</output>'
        assert output in text(fragment)

    def test_a_restored_page_is_whole(self, director: Client):
        page = director.get("/plan/", CHEAPER, **FRAGMENT, HTTP_HX_HISTORY_RESTORE_REQUEST="true")

        assert "<html" in text(page)
        assert "hx-swap-oob" not in text(page)

    def test_the_pushed_address_keeps_only_what_differs(self, director: Client):
        fragment = director.get("/plan/", {**CHEAPER, "programmes.BASE_AWARD.recipients": "200"}, **FRAGMENT)

        assert "recipients" not in fragment["HX-Push-Url"]

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [("abc", "须为整数，“abc”不是"), ("-5", "不能把"), ("99999999999999999", "超出允许范围")],
    )
    def test_says_what_is_wrong_with_a_figure_and_checks_the_rest(self, director: Client, value: str, sentence: str):
        page = director.get("/plan/", {BASE: value})

        assert (page.status_code, sentence in text(page), len(findings(page))) == (200, True, 16)

    def test_an_empty_figure_and_other_parameters_change_nothing(self, director: Client):
        assert len(findings(director.get("/plan/", {BASE: " ", "utm": "1"}))) == 16

    def test_proposes_a_version_that_works(self, director: Client):
        page = director.get("/plan/")

        url = re.search(r'class="btn" href="(/plan/\?[^"]*)">试用可行版本', text(page))
        assert url is not None
        assert "其中 <b>0</b> 处" in text(director.get(url[1].replace("&amp;", "&")))

    def test_a_plan_that_lasts_is_told_so_and_nothing_else(self, director: Client, tmp_path: Path):
        install_variant(
            tmp_path,
            ("scheme.toml", 'version = "1.0"', 'version = "1.1"'),
            ("parameters.toml", "value = 50_000", "value = 36_200"),
            ("parameters.toml", "value = 30_000", "value = 21_700"),
            ("plan.toml", "registered = { value = 60,", "registered = { value = 600,"),
        )
        page = text(director.get("/plan/"))

        assert "方案原文没有会停摆的地方，不需要另拟版本。" in page
        assert "没有找到可行的改法" not in page

    def test_a_plan_that_nothing_mends_is_told_that_alone(self, director: Client, monkeypatch: pytest.MonkeyPatch):
        # The search finds no way for this plan; that it may find none is tried in tests/planning/engine.
        monkeypatch.setattr(checking, "variant_of", lambda _digest: None)
        page = text(director.get("/plan/"))

        assert "没有找到可行的改法" in page
        assert "方案原文没有会停摆的地方" not in page

    def test_a_change_without_a_slider_is_carried_along(self, director: Client):
        page = director.get("/plan/", {"ratios.LOW_INCOME.of": "HOUSEHOLDS"})

        assert '<input type="hidden" name="ratios.LOW_INCOME.of" value="HOUSEHOLDS">' in text(page)

    def test_in_english_it_is_all_english(self, director: Client):
        director.cookies["django_language"] = "en"
        page = director.get("/plan/", CHEAPER)

        main = text(page).split('<main id="main"')[1].split("</main>")[0]
        # Names that people gave, and the switch to the other language, stay.
        assert set(re.findall(r"[\u4e00-\u9fff]+", main)) <= {"幸福里社区"}

    def test_needs_a_log_in(self, lived: Lived):
        assert Client().get("/plan/").url.startswith("/log-in/")

    @pytest.mark.parametrize("who", ["volunteer", "administrator"])
    def test_is_not_for_everybody(self, log_in: LogIn, lived: Lived, who: str):
        assert log_in(getattr(lived.staff, who)).get("/plan/").status_code == 403

    def test_a_reader_is_not_offered_to_save(self, log_in: LogIn, lived: Lived):
        assert "plan/versions/new" not in text(log_in(lived.staff.auditor).get("/plan/"))


class TestPlaces:
    def test_a_street_officer_chooses_among_its_communities(self, log_in: LogIn, lived: Lived):
        page = log_in(lived.staff.street_officer).get("/plan/", {"community": lived.community.sibling.code})

        assert "· 槐树街社区</div>" in text(page)
        assert f"community={lived.community.sibling.code}" in ways(page)[0]

    def test_the_other_tab_is_about_the_same_community(self, log_in: LogIn, lived: Lived):
        where = f"?community={lived.community.sibling.code}"

        page = text(log_in(lived.staff.street_officer).get(f"/plan/{where}"))

        assert f'<a href="/plan/actual/{where}">计划与实际</a>' in page

    def test_a_community_out_of_reach_is_not_there(self, director: Client, lived: Lived):
        assert director.get("/plan/", {"community": lived.community.foreign.code}).status_code == 404

    def test_a_second_scheme_can_be_chosen(self, director: Client):
        install_pack(system_act(), folder=HARBOUR)

        page = director.get("/plan/", {"scheme": "harbour_relief"})

        assert "港区风暴救济 2026" in text(page)
        assert "scheme=harbour_relief" in ways(page)[0]

    def test_an_amount_that_changes_in_the_year_has_two_sliders(self, director: Client):
        install_pack(system_act(), folder=HARBOUR)

        page = director.get("/plan/", {"scheme": "harbour_relief"})

        assert 'name="parameters.heating_base_fen.2026-10"' in text(page)

    def test_a_scheme_that_is_not_there(self, director: Client):
        assert director.get("/plan/", {"scheme": "nothing"}).status_code == 404

    def test_without_a_plan_the_page_says_what_to_do(self, log_in: LogIn, staff):
        assert "还没有可以核对的方案" in text(log_in(staff.director).get("/plan/"))

    def test_a_scheme_that_is_not_yet_in_force_is_left_out(self, log_in: LogIn, staff, settings):
        settings.DEMO_TODAY = "2026-01-31"
        install_pack(system_act(), folder=HARBOUR)

        assert "还没有可以核对的方案" in text(log_in(staff.director).get("/plan/"))


class TestVersions:
    def test_keeps_what_was_tried(self, director: Client):
        answer = director.post("/plan/versions/new/", {**CHEAPER, "note": "经费有限", "act_key": "a" * 32}, follow=True)

        assert "已保存版本 FA-2026-001" in text(answer)
        assert "经费有限" in text(answer)
        assert re.search(r"<del>500</del> → <ins>362</ins>", text(answer))

    def test_the_same_form_sent_twice_keeps_one_version(self, director: Client):
        for _ in range(2):
            answer = director.post("/plan/versions/new/", {**CHEAPER, "act_key": "b" * 32})

        assert (PlanVersion.objects.count(), answer.url) == (1, "/plan/versions/FA-2026-001/")

    def test_what_was_kept_already_is_said_and_what_was_typed_stays(self, director: Client):
        kept(director, **CHEAPER)

        answer = director.post("/plan/versions/new/", {**CHEAPER, "note": "再试", "act_key": "c" * 32})

        assert answer.status_code == 422
        assert "内容相同的版本 FA-2026-001 已经保存过" in text(answer)
        assert 'value="再试"' in text(answer)

    def test_an_impossible_figure_is_not_kept(self, director: Client):
        answer = director.post("/plan/versions/new/", {BASE: "abc", "act_key": "d" * 32})

        assert (answer.status_code, PlanVersion.objects.count()) == (422, 0)

    def test_a_note_that_is_too_long_is_refused_by_its_field(self, director: Client):
        answer = director.post("/plan/versions/new/", {"note": "长" * 301, "act_key": "d" * 32})

        assert 'id="id_note-error"' in text(answer)

    def test_a_reader_may_not_keep_one(self, log_in: LogIn, lived: Lived):
        answer = log_in(lived.staff.auditor).post("/plan/versions/new/", {"act_key": "e" * 32})

        assert answer.status_code == 403

    def test_a_version_elsewhere_is_not_there(self, director: Client, log_in: LogIn, lived: Lived):
        number = kept(director)

        assert log_in(lived.staff.outsider).get(f"/plan/versions/{number}/").status_code == 404

    def test_kept_versions_are_listed_and_the_adopted_one_is_marked(self, director: Client):
        number = kept(director)
        adopt(director, number)

        page = director.get("/plan/")

        assert f">{number}</a>" in text(page)
        assert "执行中" in text(page)


def boxes(response) -> list[str]:
    return re.findall(r'name="accepted" value="(.*?)"', text(response))


def adopt(client: Client, number: str):
    accepted = boxes(client.get(f"/plan/versions/{number}/"))
    return client.post(f"/plan/versions/{number}/adopt/", {"accepted": accepted, "act_key": "f" * 32}, follow=True)


class TestAdopt:
    def test_offers_a_box_for_every_finding_that_must_be_accepted(self, director: Client):
        page = director.get(f"/plan/versions/{kept(director)}/")

        assert len(boxes(page)) == 10

    def test_with_all_boxes_ticked_it_is_in_force(self, director: Client, log_in: LogIn, lived: Lived):
        answer = adopt(log_in(lived.staff.street_officer), kept(director, **CHEAPER))

        assert "已采用版本 FA-2026-001" in text(answer)
        assert '<span class="chip ok">执行中</span></h1>' in text(answer)
        assert Adoption.objects.get().adopted_by_id == lived.staff.street_officer.pk

    def test_figures_of_ones_own_are_put_in_force_by_another(self, director: Client):
        number = kept(director, **CHEAPER)

        page = director.get(f"/plan/versions/{number}/")
        answer = director.post(f"/plan/versions/{number}/adopt/", {"accepted": keys(number), "act_key": "3" * 32})

        assert ("您保存的版本由另一人采用" in text(page), boxes(page)) == (True, [])
        assert ("须由另一人办理" in text(answer), Adoption.objects.count()) == (True, 0)

    def test_names_what_is_missing_and_keeps_what_was_ticked(self, director: Client):
        number = kept(director)
        first, *_ = boxes(director.get(f"/plan/versions/{number}/"))

        answer = director.post(f"/plan/versions/{number}/adopt/", {"accepted": [first], "act_key": "f" * 32})

        assert answer.status_code == 422
        assert "还有 9 处问题没有逐条确认" in text(answer)
        assert f'value="{first}" checked' in text(answer)

    def test_names_them_in_english_for_an_english_reader(self, director: Client):
        number = kept(director)

        director.cookies["django_language"] = "en"
        answer = director.post(f"/plan/versions/{number}/adopt/", {"act_key": "f" * 32})

        assert "10 findings have not been accepted one by one" in text(answer)

    def test_a_box_that_is_none_is_refused(self, director: Client):
        number = kept(director)

        answer = director.post(f"/plan/versions/{number}/adopt/", {"accepted": ["X|y"], "act_key": "f" * 32})

        assert (answer.status_code, Adoption.objects.count()) == (422, 0)

    def test_the_one_in_force_says_so(self, director: Client):
        number = kept(director)
        adopt(director, number)

        answer = director.post(f"/plan/versions/{number}/adopt/", {"accepted": keys(number), "act_key": "1" * 32})

        assert "不必再次采用" in text(answer)

    def test_a_clerk_looks_but_does_not_adopt(self, director: Client, log_in: LogIn, lived: Lived):
        number = kept(director)
        clerk = log_in(lived.staff.clerk)

        assert boxes(clerk.get(f"/plan/versions/{number}/")) == []
        assert clerk.post(f"/plan/versions/{number}/adopt/", {"act_key": "2" * 32}).status_code == 403


def keys(number: str) -> list[str]:
    plan = plan_of(PlanVersion.objects.get(number=number))
    return ["|".join(finding.key) for finding in check(plan)]


class TestControls:
    def test_the_present_value_is_always_one_of_the_steps(self, lived: Lived):
        groups = control_groups(lived.plan, lived.plan)

        ranges = [control for group in groups for control in group.controls if not control.choices]
        assert [c.path for c in ranges if (int(c.value) - c.low) % c.step or not c.low <= int(c.value) <= c.high] == []

    @pytest.mark.parametrize(
        ("path", "written", "span"),
        [
            # (lowest, highest, step): about a thousand steps, whole yuan, and what is written is one of them
            ("parameters.base_award_monthly_fen", 500_00, (0, 1_000_00, 100)),
            ("sources.GOVERNMENT.amount", 600_000_00, (0, 1_200_000_00, 100_000)),
            ("sources.GOVERNMENT.amount", 600_123_45, (123_45 % 100_000, 1_200_246_90, 100_000)),
            ("volunteers.registered", 4, (0, 10, 1)),
            ("volunteers.registered", 60, (0, 120, 1)),
        ],
    )
    def test_are_fine_enough_and_go_to_twice_what_is_written(
        self, lived: Lived, path: str, written: int, span: tuple[int, int, int]
    ):
        plan = lived.plan.with_changes([Change(path, written)])

        [control] = [one for group in control_groups(plan, plan) for one in group.controls if one.path == path]

        assert (control.low, control.high, control.step) == span

    def test_assumptions_say_why(self, lived: Lived):
        [control] = [
            control
            for group in control_groups(lived.plan, lived.plan)
            for control in group.controls
            if control.path == "volunteers.registered"
        ]

        assert control.assumed
