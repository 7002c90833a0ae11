import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from linli.aid.assistance.models import Application
from linli.foundation.files.uploads import store
from linli.foundation.trail.models import AuditEntry
from linli.registry.residents.models import Household
from tests.assistance.web.reading import address, main, text
from tests.assistance.world import DISABLED, LOW_INCOME, NEEDY, World
from tests.browser import LogIn
from tests.conftest import MONDAY
from tests.foundation.files.builders import pdf
from tests.residents.people import person


class TestList:
    def test_shows_the_name_the_groups_and_the_time_left(self, clerk: Client, received: Application) -> None:
        page = main(clerk.get(address("application_list")))

        assert received.number in page
        assert "剩 5 个工作日 · 3月16日" in page
        assert "低收入家庭、孤寡老人" in page
        assert received.applicant.name in page

    @pytest.mark.parametrize(
        ("query", "there"),
        [
            ({"state": "RECEIVED"}, True),
            ({"state": "GRANTED"}, False),
            ({"state": "OPEN"}, True),
            ({"group": "LONE_ELDER"}, True),
            ({"group": "DISABLED"}, False),
            ({"colour": "GREEN"}, True),
            ({"colour": "RED"}, False),
            ({"text": "H-000001"}, True),
            ({"text": "H-999999"}, False),
        ],
    )
    def test_is_filtered(self, clerk: Client, received: Application, query: dict[str, str], *, there: bool) -> None:
        assert (received.number in main(clerk.get(address("application_list", **query)))) is there

    def test_says_what_to_do_when_it_is_empty(self, clerk: Client) -> None:
        assert "没有符合条件的申请 换个条件，或登记一份新申请。" in main(clerk.get(address("application_list")))

    def test_the_fragment_is_part_of_the_page(self, clerk: Client, received: Application) -> None:
        page = clerk.get(address("application_list"))
        fragment = clerk.get(address("application_list"), headers={"HX-Request": "true"})

        assert fragment.content.decode().strip() in page.content.decode()
        assert "HX-Request" in fragment["Vary"]

    def test_leaves_as_excel_with_the_filter_and_names(self, clerk: Client, received: Application) -> None:
        response = clerk.get(address("application_list", state="RECEIVED", **{"as": "xlsx"}))

        cells = [cell for row in load_workbook(BytesIO(response.content)).active.values for cell in row]
        assert received.number in cells
        assert received.applicant.name in cells

    def test_offers_the_file_by_a_plain_link_that_keeps_the_filter(self, clerk: Client, received: Application) -> None:
        for headers in ({}, {"HX-Request": "true"}):
            page = clerk.get(address("application_list", state="RECEIVED"), headers=headers).content.decode()

            assert '<a class="btn quiet" href="?state=RECEIVED&amp;as=xlsx">' in page

    def test_one_line_of_the_trail_for_the_page(self, clerk: Client, received: Application) -> None:
        before = AuditEntry.objects.count()

        clerk.get(address("application_list"))

        assert AuditEntry.objects.count() == before + 1

    def test_offers_new_applications_to_those_who_receive_them(self, director: Client, clerk: Client) -> None:
        assert "登记新申请" in main(clerk.get(address("application_list")))
        assert "登记新申请" not in main(director.get(address("application_list")))


class TestDetail:
    def test_says_where_it_stands_and_what_comes_next(self, clerk: Client, incomplete: Application) -> None:
        page = main(clerk.get(address("application_detail", incomplete.number)))

        assert "待受理答复" in page
        assert "缺 1 项 5 / 6" in page
        assert "低收入证明 因为：低收入家庭" in page
        assert "一次性告知补正" in page
        assert incomplete.applicant.name in page

    def test_offers_nothing_that_the_person_may_not_do(
        self, log_in: LogIn, world: World, received: Application
    ) -> None:
        page = main(log_in(world.staff.auditor).get(address("application_detail", received.number)))

        assert received.number in page
        for word in ("受理通知书", "不予受理", "撤回申请", "登记材料"):
            assert word not in page

    def test_shows_the_reasons_and_what_would_alter_them(
        self, director: Client, world: World, family: Household
    ) -> None:
        application = world.accepted(family)
        world.assessed(application)

        page = main(director.get(address("application_detail", application.number)))

        assert "每月合计 ¥800.00" in page
        assert "由 800.00 元 变为 1,200.00 元，就不再符合“低收入家庭生活补助”" in page

    def test_shows_what_a_family_that_gets_nothing_would_have_to_have(self, director: Client, world: World) -> None:
        application = world.accepted(world.family(facts={**NEEDY, "monthly_income_fen": 1_500_00}))
        world.assessed(application)

        page = main(director.get(address("application_detail", application.number)))

        assert "由 1,500.00 元 变为 1,199.99 元，就符合“低收入家庭生活补助”" in page
        assert "签署初审意见" in page

    def test_says_who_looked(self, clerk: Client, director: Client, received: Application) -> None:
        director.get(address("application_detail", received.number))

        assert "查看 · 周建国" in main(clerk.get(address("application_detail", received.number)))

    def test_leads_the_second_person_to_the_publication(
        self, director: Client, world: World, family: Household
    ) -> None:
        application = world.at_review(household=family)
        from linli.aid.assistance.operations import prepare

        prepare(world.act(world.staff.clerk, hour=17), application_ids=[application.pk])

        assert "核对并张贴公示" in main(director.get(address("application_detail", application.number)))

    def test_shows_award_decision_and_letters_at_the_end(self, clerk: Client, world: World, family: Household) -> None:
        application, day = world.at_decision(household=family)
        world.granted(application, day=day)

        page = main(clerk.get(address("application_detail", application.number)))

        assert "决定 · 批准" in page
        assert "DY-2026-0001" in page
        assert "未送达" in page

    @pytest.mark.parametrize("name", ["application_detail", "application_reasons", "application_papers"])
    def test_out_of_scope_is_not_found(self, log_in: LogIn, world: World, received: Application, name: str) -> None:
        assert log_in(world.staff.outsider).get(address(name, received.number)).status_code == 404

    def test_reads_in_english(self, clerk: Client, received: Application) -> None:
        clerk.post(address("set_language"), {"language": "en", "next": "/"})

        page = text(clerk.get(address("application_detail", received.number)))

        assert "Low-income household" in page
        assert "Complete 6 / 6" in page
        assert "Five" not in page

    def test_stopped_cases_say_where_they_stopped(self, clerk: Client, world: World, received: Application) -> None:
        from linli.aid.assistance.operations import withdraw

        withdraw(world.act(world.staff.clerk), application_id=received.pk)

        page = clerk.get(address("application_detail", received.number)).content.decode()
        assert '<li class="stopped"' in page


class TestPrinted:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("name", ["application_form_pdf", "visit_form_pdf"])
    def test_forms_are_pdfs_in_both_languages(
        self, clerk: Client, received: Application, name: str, language: str
    ) -> None:
        clerk.post(address("set_language"), {"language": language, "next": "/"})

        response = clerk.get(address(name, received.number))

        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")
        assert response["Cache-Control"] == "no-store"

    def test_a_blank_form_for_the_household(self, clerk: Client, family: Household) -> None:
        assert clerk.get(address("application_blank_pdf", family.number)).content.startswith(b"%PDF-")

    def test_no_blank_form_for_a_household_out_of_sight(self, log_in: LogIn, world: World, family: Household) -> None:
        assert log_in(world.staff.outsider).get(address("application_blank_pdf", family.number)).status_code == 404

    def test_reasons_wait_for_the_visit(self, clerk: Client, received: Application) -> None:
        page = text(clerk.get(address("application_reasons", received.number)))

        assert "入户调查完成后才有计算过程" in page


class TestNew:
    def test_finds_the_family_first(self, clerk: Client, family: Household) -> None:
        page = main(clerk.get(address("application_new", text=family.number)))

        assert family.number in page
        assert "为这户登记" in page

    def test_says_when_nobody_is_found(self, clerk: Client) -> None:
        assert "没有找到" in main(clerk.get(address("application_new", text="无名氏")))

    def test_says_when_too_many_numbers_of_nobody_were_typed_today(self, clerk: Client) -> None:
        pages = [main(clerk.get(address("application_new", text=f"139{count:08d}"))) for count in range(31)]

        assert "查无此人" not in pages[29]
        assert "今天不再核对" in pages[30]

    def test_receives_with_the_papers_on_the_counter(self, clerk: Client, world: World, family: Household) -> None:
        response = clerk.post(
            address("application_new", household=family.number),
            {**_counter(world, family), "IDENTITY_CARD-state": "PRESENT", "IDENTITY_CARD-day": "2026-03-02"},
        )

        made = Application.objects.get()
        assert response["Location"] == address("application_papers", made.number)
        assert made.papers.get(code="IDENTITY_CARD").state == "PRESENT"
        assert made.papers.get(code="HOUSEHOLD_REGISTER").state == "MISSING"

    def test_leaves_out_papers_that_nobody_demands(self, clerk: Client, world: World, family: Household) -> None:
        given = {**_counter(world, family), "DISABILITY_CERTIFICATE-state": "PRESENT"}

        clerk.post(address("application_new", household=family.number), given)

        assert not Application.objects.get().papers.filter(code="DISABILITY_CERTIFICATE").exists()

    def test_keeps_what_was_typed_and_names_the_field(self, clerk: Client, world: World, family: Household) -> None:
        given = {**_counter(world, family), "groups": [], "statement": "屋顶漏雨"}

        response = clerk.post(address("application_new", household=family.number), given)

        assert response.status_code == 422
        assert "请至少选择一类救助对象" in text(response)
        assert "屋顶漏雨" in response.content.decode()
        assert not Application.objects.exists()

    def test_a_refused_paper_is_marked_in_its_line(self, clerk: Client, world: World, family: Household) -> None:
        given = {**_counter(world, family), "IDENTITY_CARD-state": "PRESENT", "IDENTITY_CARD-day": "2026-05-01"}

        response = clerk.post(address("application_new", household=family.number), given)

        assert response.status_code == 422
        row = response.content.decode().split("居民身份证")[-1].split("</tr>")[0]
        assert "材料日期不合理" in row

    def test_an_unknown_proxy_is_told_by_the_field(self, clerk: Client, world: World, family: Household) -> None:
        given = {**_counter(world, family), "proxy": "R-999999"}

        response = clerk.post(address("application_new", household=family.number), given)

        assert "找不到代办人的登记" in text(response)

    def test_a_proxy_brings_the_authorisation_paper(self, clerk: Client, world: World, family: Household) -> None:
        other = world.people(world.family(person("李小花", male=False)))[0]
        given = {**_counter(world, family), "proxy": other.number.lower()}

        clerk.post(address("application_new", household=family.number), given)

        assert Application.objects.get().papers.filter(code="PROXY_AUTHORISATION").exists()

    def test_the_same_form_twice_is_one_application(self, clerk: Client, world: World, family: Household) -> None:
        for _press in range(2):
            response = clerk.post(address("application_new", household=family.number), _counter(world, family))

        assert response.status_code == 302
        assert Application.objects.count() == 1

    def test_a_second_application_for_the_same_group_is_refused(
        self, clerk: Client, world: World, received: Application
    ) -> None:
        family = received.household

        response = clerk.post(address("application_new", household=family.number), _counter(world, family))

        assert f"该家庭已有办理中的申请 {received.number}" in text(response)

    def test_a_household_of_others_is_not_found(self, log_in: LogIn, world: World, family: Household) -> None:
        browser = log_in(world.staff.outsider)

        assert browser.get(address("application_new", household=family.number)).status_code == 404

    def test_asks_for_the_papers_of_the_chosen_groups_alone(self, clerk: Client, family: Household) -> None:
        page = address("application_new", household=family.number)
        first = clerk.get(page).content.decode()
        asked = clerk.post(page, {"ask": "1", "groups": [LOW_INCOME], "statement": "屋顶漏雨"}).content.decode()

        assert 'name="IDENTITY_CARD-state"' in first
        assert 'name="LOW_INCOME_CERTIFICATE-state"' not in first
        assert 'name="LOW_INCOME_CERTIFICATE-state"' in asked
        assert 'name="DISABILITY_CERTIFICATE-state"' not in asked
        assert "<html" not in asked
        assert not Application.objects.exists()

    def test_keeps_what_was_said_of_a_paper_while_groups_change(self, clerk: Client, family: Household) -> None:
        said = {"ask": "1", "groups": [DISABLED], "IDENTITY_CARD-state": "PRESENT", "IDENTITY_CARD-day": "2026-03-02"}

        asked = clerk.post(address("application_new", household=family.number), said).content.decode()

        assert 'value="2026-03-02"' in asked
        assert '<option value="PRESENT" selected' in _chosen(asked, "IDENTITY_CARD")
        # Of a paper that is asked for now nothing was said: it lacks, it was not seen.
        assert '<option value="MISSING" selected' in _chosen(asked, "DISABILITY_CERTIFICATE")

    def test_what_was_given_before_is_not_asked_again(self, clerk: Client, world: World, received: Application) -> None:
        family, code = received.household, "HOUSEHOLD_REGISTER"
        received.papers.filter(code=code).update(
            file_key=store(pdf()), file_name="户口簿.pdf", file_type="application/pdf"
        )
        given = _counter(world, family) | {"groups": [DISABLED], f"{code}-state": "PRESENT"}
        day = received.papers.get(code=code).issued_date
        given[f"{code}-day"] = day.isoformat() if day else ""

        page = clerk.get(address("application_new", household=family.number)).content.decode()
        clerk.post(address("application_new", household=family.number), given)

        assert f"办理 {received.number} 时已交" in page
        assert '<option value="PRESENT" selected' in _chosen(page, code)
        later = Application.objects.latest("pk").papers.get(code=code)
        assert (later.application_id == received.pk, later.state, later.file_name) == (False, "PRESENT", "户口簿.pdf")

    def test_what_was_given_before_and_has_run_out_is_asked_again(self, clerk: Client, received: Application) -> None:
        received.papers.filter(code="HOUSEHOLD_REGISTER").update(expires_date=MONDAY - timedelta(days=1))

        page = clerk.get(address("application_new", household=received.household.number)).content.decode()

        assert '<option value="MISSING" selected' in _chosen(page, "HOUSEHOLD_REGISTER")

    def test_its_draft_brings_the_papers_back_too(self, clerk: Client, family: Household) -> None:
        page = address("application_new", household=family.number)
        handed = unescape(re.findall(r'name="draft" value="([^"]+)"', clerk.get(page).content.decode())[0])
        code = "DISABILITY_CERTIFICATE"
        said = {"draft": handed, "groups": [DISABLED], "statement": "屋顶漏雨", f"{code}-state": "WAIVED"}

        clerk.post("/drafts/", said, headers={"HX-Request": "true"})

        again = clerk.get(page).content.decode()
        assert "屋顶漏雨" in again
        assert '<option value="WAIVED" selected' in _chosen(again, code)

    def test_has_at_most_35_fields_in_all(self, clerk: Client, family: Household) -> None:
        page = clerk.get(address("application_new", household=family.number)).content.decode()
        form = page[page.index("<main") :]

        names = {part.split('"')[0] for part in form.split('name="')[1:]} - {"csrfmiddlewaretoken", "act_key"}
        assert len(names) <= 35


def _chosen(page: str, paper: str) -> str:
    """What may be said of a paper, with what is chosen."""
    return page.split(f'name="{paper}-state"')[1].split("</select>")[0]


def _counter(world: World, family: Household) -> dict[str, object]:
    """What the page sends with every paper missing."""
    with translation.override("zh-hans"):
        return {
            "applicant": str(world.people(family)[0].pk),
            "groups": ["LOW_INCOME"],
            "channel": "COUNTER",
            "identified_how": "CENSUS",
            "identified_by": "",
            "statement": "收入低",
            "proxy": "",
            "act_key": "b" * 32,
            **{f"{code}-state": "MISSING" for code in world.pack.papers},
        }


def test_groups_of_the_list_come_from_the_pack(clerk: Client, world: World) -> None:
    assert world.pack.groups[DISABLED].label.zh in main(clerk.get(address("application_list")))
