from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from linli.aid.assistance.models import Application
from linli.aid.assistance.operations import ask_for_supplement
from linli.foundation.screens.texts import day_text
from linli.foundation.trail.drafts import Draft
from linli.ground.notifications.models import Letter
from linli.ground.users.models import User
from linli.ground.users.operations import create_user, record_office
from linli.registry.residents.codes import GuardianshipKind
from linli.registry.residents.models import Household
from linli.registry.residents.operations import add_guardian, doubt_link
from tests.assistance.renewals import DEC_1, JAN_1, confirmed, decided, next_fund, next_plan, opened
from tests.assistance.web.reading import KEY, address, errors, main, text
from tests.assistance.world import World, fresh
from tests.browser import LogIn, live_on
from tests.foundation.files.builders import png
from tests.residents.people import person


def page(browser: Client, code: str, **data: object) -> str:
    """Send one page of the form; returns where it leads."""
    response = browser.post(address("my_apply_step", code), data)
    assert response.status_code == 302, errors(response)
    return str(response["Location"])


def filled(browser: Client, world: World, family: Household) -> None:
    """Every page up to the check."""
    page(browser, "applicant", applicant=world.people(family)[0].pk)
    where = page(browser, "groups", groups=["LOW_INCOME"])
    assert where == address("my_apply_step", "statement")
    where = page(browser, "statement", statement="一个人住，没有收入来源。")
    while "check" not in where:
        where = page(browser, where.rstrip("/").rsplit("/", 1)[-1], state="MISSING")


class TestFollowing:
    def test_shows_the_familys_own_applications(self, home: Client, received: Application) -> None:
        words = main(home.get(address("my_applications")))

        assert received.number in words
        assert "待受理答复" in words

    def test_says_what_to_do_without_any(self, home: Client) -> None:
        assert "还没有申请 可以在这里申请" in main(home.get(address("my_applications")))

    def test_leads_a_new_colleague_to_the_second_factor_without_which_no_role_is_given(
        self, log_in: LogIn, world: World, settings: LazySettings
    ) -> None:
        """It said that one can apply here, where nobody without a family can."""
        settings.SECOND_FACTOR = True
        newcomer = create_user(world.act(world.staff.administrator), username="newcomer", name="钱进")
        answer = log_in(newcomer).get(address("my_applications"))
        words = main(answer)

        assert ("请先登记第二重验证" in words, f'href="{address("enrol")}"' in answer.text) == (True, True)
        assert "可以" not in words

    def test_tells_a_new_colleague_who_has_one_what_comes_next(
        self, log_in: LogIn, world: World, settings: LazySettings
    ) -> None:
        settings.SECOND_FACTOR = False
        newcomer = create_user(world.act(world.staff.administrator), username="newcomer", name="钱进")

        assert "请等系统管理员授予角色" in main(log_in(newcomer).get(address("my_applications")))

    def test_leads_whoever_works_here_to_their_work(self, log_in: LogIn, world: World) -> None:
        answer = log_in(world.staff.clerk).get(address("my_applications"))

        assert ("您的工作在" in main(answer), f'href="{address("my_work")}"' in answer.text) == (True, True)

    def test_says_that_it_is_looked_into_whose_account_it_is(
        self, home: Client, world: World, received: Application, resident: User
    ) -> None:
        doubt_link(world.act(world.staff.clerk), link_id=resident.resident_accounts.get().pk, note="同名同姓，生日不同")

        words = main(home.get(address("my_applications")))

        assert "正在核实这个账户是谁的" in words
        assert received.number not in words

    def test_says_what_to_do_next_and_whom_to_call(self, home: Client, world: World, received: Application) -> None:
        street = world.community.street.pk
        record_office(
            world.act(world.staff.administrator), area_id=street, telephone="0571-5550123", address="和平路 1 号"
        )

        page = home.get(address("my_applications"))

        assert "下一步 现在不用办什么。待受理答复，最迟2026年3月16日答复。" in main(page)
        assert "找谁 幸福里社区 · 王丽 0571-5550123 和平路 1 号" in main(page)
        assert 'href="tel:0571-5550123"' in page.content.decode()

    def test_says_until_when_all_lasts_that_is_granted_and_when_it_begins(
        self, home: Client, world: World, family: Household, settings: LazySettings
    ) -> None:
        """It spoke of the year's end, though what follows without a gap was granted already and stood below."""
        application, day = world.at_decision(household=family)
        world.granted(application, day=day)
        live_on(settings, day)
        words = [main(home.get(address("my_applications")))]
        next_plan()
        next_fund(world)
        confirmed(world, *opened())
        awards = decided(world)
        live_on(settings, DEC_1)
        words.append(main(home.get(address("my_applications"))))

        assert "下一步 现在不用办什么。待遇从2026年4月1日起。" in words[0]
        assert f"下一步 现在不用办什么。待遇到{day_text(awards[0].last_date)}，之前会复核。" in words[1]
        assert {(one.valid_from, one.last_date) for one in awards} == {(JAN_1, date(2027, 12, 31))}

    def test_asks_for_the_papers_first(self, home: Client, incomplete: Application) -> None:
        page = home.get(address("my_applications"))

        assert "下一步 请补交 1 份材料。 补交材料" in main(page)

    def test_shows_the_money_once_there_is_some(self, home: Client, world: World, family: Household) -> None:
        _application, day = world.at_decision(household=family)
        world.granted(_application, day=day)

        words = main(home.get(address("my_applications")))

        assert "每月 ¥500.00" in words
        assert "还没有发过。" in words

    def test_says_what_is_missing_and_leads_there(self, home: Client, incomplete: Application) -> None:
        response = home.get(address("my_applications"))

        assert "还缺：低收入证明" in main(response)
        assert "前补交" not in main(response)
        assert address("application_papers", incomplete.number) in response.content.decode()

    def test_says_until_when_the_missing_papers_are_waited_for(
        self, home: Client, world: World, incomplete: Application
    ) -> None:
        ask_for_supplement(world.act(world.staff.clerk), application_id=incomplete.pk)

        for where in (address("my_applications"), address("my_application", incomplete.number)):
            assert "还缺：低收入证明 请在 2026年4月8日 前补交。" in main(home.get(where))

    def test_shows_the_steps_and_what_happened_but_not_who_did_it(
        self, home: Client, world: World, family: Household
    ) -> None:
        application = world.accepted(family)
        world.assessed(application)

        words = main(home.get(address("my_application", application.number)))

        assert "2026年3月9日 受理" in words
        assert "王丽" not in words
        assert "声明无亲属关系" not in words

    @pytest.mark.parametrize("name", ["my_application", "my_withdraw", "application_papers"])
    def test_others_are_not_found(self, home: Client, world: World, name: str) -> None:
        other = world.received(world.family())

        assert home.get(address(name, other.number)).status_code == 404

    def test_letters_of_others_are_not_found(self, home: Client, world: World, received: Application) -> None:
        world.accepted(world.family())
        letter = Letter.objects.get(kind="ACCEPTED")

        assert home.get(address("my_letter", received.number, letter.number)).status_code == 404
        assert home.get(address("letter_detail", letter.number)).status_code == 403

    def test_reads_its_letter_with_the_reasons(self, home: Client, world: World, family: Household) -> None:
        application, day = world.at_decision(household=family)
        world.granted(application, day=day)
        letter = Letter.objects.get(kind="GRANTED")

        words = main(home.get(address("my_letter", application.number, letter.number)))

        assert "救助决定书" in words
        assert "和平街道" in words
        assert "低收入家庭 是" in words

    def test_its_letter_says_which_office_wrote_it(self, home: Client, world: World, family: Household) -> None:
        application, day = world.at_decision(household=family)
        world.granted(application, day=day)

        letters = Letter.objects.filter(subject=application.subject).order_by("pk")
        heads = {
            letter.kind: main(home.get(address("my_letter", application.number, letter.number))).split(" · ")[0]
            for letter in letters
        }
        assert heads["ACCEPTED"].endswith("幸福里社区")
        assert heads["GRANTED"].endswith("和平街道")

    @pytest.mark.parametrize(("name", "reader"), [("my_letter", "page"), ("my_letter_pdf", "paper")])
    def test_its_decision_says_before_whom_and_how_long_it_can_be_contested(
        self, home: Client, world: World, family: Household, name: str, reader: str
    ) -> None:
        application, day = world.at_decision(household=family)
        world.granted(application, day=day)
        letter = Letter.objects.get(kind="GRANTED")

        answer = home.get(address(name, application.number, letter.number))
        words = main(answer) if reader == "page" else _pdf_words(answer.content)

        for said in ("60日内", "区（县）人民政府申请行政复议", "6个月内", "人民法院提起行政诉讼"):
            assert said in words.replace(" ", "")

    def test_takes_its_letter_home_as_pdf(self, home: Client, world: World, family: Household) -> None:
        application = world.accepted(family)
        letter = Letter.objects.get(kind="ACCEPTED")

        data = home.get(address("my_letter_pdf", application.number, letter.number)).content

        assert "受理通知书" in "".join(PdfReader(BytesIO(data)).pages[0].extract_text().split())

    def test_withdraws_on_a_page_that_says_what_it_means(self, home: Client, received: Application) -> None:
        assert "撤回后不再办理" in main(home.get(address("my_withdraw", received.number)))

        home.post(address("my_withdraw", received.number), {"act_key": KEY, "reason": ""})

        assert fresh(received).state == "WITHDRAWN"

    def test_what_is_closed_is_not_withdrawn(self, home: Client, received: Application) -> None:
        home.post(address("my_withdraw", received.number), {"act_key": KEY})

        assert home.get(address("my_withdraw", received.number)).status_code == 302

    def test_is_kept_by_no_browser(self, home: Client, received: Application) -> None:
        assert home.get(address("my_application", received.number))["Cache-Control"] == "no-store"


class TestApplying:
    def test_the_guide_says_who_what_and_how_long(self, home: Client) -> None:
        words = main(home.get(address("my_apply")))

        assert "持有残疾证" in words
        assert "居民身份证" in words
        assert "5 个工作日内" in words
        assert "开始填写" in words

    def test_is_not_there_for_people_who_do_not_live_here(self, log_in: LogIn, world: World) -> None:
        browser = log_in(world.staff.maker)

        assert browser.get(address("my_apply")).status_code == 404
        assert browser.get(address("my_apply_step", "groups")).status_code == 404

    def test_asks_one_thing_on_each_page(self, home: Client, world: World, family: Household) -> None:
        content = home.get(address("my_apply_step", "applicant")).content.decode()

        assert "谁要申请？" in content
        assert 'name="groups"' not in content

    def test_each_page_is_kept_at_once_and_sealed(self, home: Client, world: World, family: Household) -> None:
        page(home, "statement", statement="屋顶漏雨")

        assert "屋顶漏雨" not in Draft.objects.get().envelope
        assert "屋顶漏雨" in home.get(address("my_apply_step", "statement")).content.decode()
        assert "继续填写" in main(home.get(address("my_applications")))

    def test_groups_bring_their_papers(self, home: Client, world: World, family: Household) -> None:
        page(home, "applicant", applicant=world.people(family)[0].pk)
        page(home, "groups", groups=["DISABLED"])

        assert home.get(address("my_apply_step", "DISABILITY_CERTIFICATE")).status_code == 200
        assert home.get(address("my_apply_step", "LOW_INCOME_CERTIFICATE")).status_code == 404

    def test_says_what_the_family_gets_already(self, home: Client, world: World, family: Household) -> None:
        case, day = world.at_decision(household=family)
        world.granted(case, day=day)

        told = main(home.get(address("my_apply_step", "groups")))
        assert "您家正在享受：低收入家庭生活补助（全户，至 2026年12月31日）" in told
        assert "您家正在享受" not in main(home.get(address("my_apply_step", "statement")))

    def test_no_group_is_told_by_the_field(self, home: Client) -> None:
        response = home.post(address("my_apply_step", "groups"), {})

        assert (response.status_code, errors(response)) == (422, ["groups"])

    def test_an_upload_that_lies_is_told_by_the_field(self, home: Client, world: World, family: Household) -> None:
        page(home, "applicant", applicant=world.people(family)[0].pk)
        page(home, "groups", groups=["LOW_INCOME"])
        lie = SimpleUploadedFile("证.png", b"%PDF-1.4", "image/png")

        response = home.post(address("my_apply_step", "IDENTITY_CARD"), {"state": "PRESENT", "file": lie})

        assert errors(response) == ["file"]

    @pytest.mark.parametrize(("state", "field"), [("PRESENT", "file"), ("PROMISED", "promised_date")])
    def test_an_answer_without_its_other_half_is_told(
        self, home: Client, world: World, family: Household, state: str, field: str
    ) -> None:
        page(home, "applicant", applicant=world.people(family)[0].pk)
        page(home, "groups", groups=["LOW_INCOME"])

        assert errors(home.post(address("my_apply_step", "LOW_INCOME_CERTIFICATE"), {"state": state})) == [field]

    def test_the_check_page_waits_for_all_answers(self, home: Client) -> None:
        page(home, "statement", statement="")

        assert home.get(address("my_apply_check"))["Location"] == address("my_apply_step", "applicant")

    def test_shows_the_answers_and_changes_one_of_them(self, home: Client, world: World, family: Household) -> None:
        filled(home, world, family)
        assert "一个人住，没有收入来源。" in main(home.get(address("my_apply_check")))

        where = page(home, "statement", statement="屋顶漏雨", back="check")

        assert where == address("my_apply_check")
        assert "屋顶漏雨" in main(home.get(where))

    def test_a_change_that_opens_questions_leads_to_them(self, home: Client, world: World, family: Household) -> None:
        filled(home, world, family)

        where = page(home, "groups", groups=["LOW_INCOME", "DISABLED"], back="check")

        assert where == address("my_apply_step", "DISABILITY_CERTIFICATE")

    def test_is_handed_in_with_its_papers_once(self, home: Client, world: World, family: Household) -> None:
        filled(home, world, family)
        page(home, "IDENTITY_CARD", state="PRESENT", file=SimpleUploadedFile("证.png", png(), "image/png"))
        page(home, "LOW_INCOME_CERTIFICATE", state="PROMISED", promised_date="2026-03-20")

        for _press in range(2):
            response = home.post(address("my_apply_check"), {"act_key": KEY})

        [made] = Application.objects.all()
        papers = {paper.code: paper for paper in made.papers.all()}
        assert response.status_code == 302
        assert (made.channel, made.identified_how, made.proxy_id) == ("ONLINE", "SELF", None)
        assert (papers["IDENTITY_CARD"].state, papers["IDENTITY_CARD"].file_name) == ("PRESENT", "证.png")
        assert papers["LOW_INCOME_CERTIFICATE"].promised_date == date(2026, 3, 20)
        assert not Draft.objects.exists()

    def test_a_refusal_stands_on_the_check_page_and_keeps_the_draft(
        self, home: Client, world: World, family: Household
    ) -> None:
        filled(home, world, family)
        number = world.received(family).number

        response = home.post(address("my_apply_check"), {"act_key": KEY})

        assert f"该家庭已有办理中的申请 {number}" in text(response)
        assert Draft.objects.exists()

    def test_its_files_lie_aside_until_it_is_handed_in_or_thrown_away(
        self, home: Client, world: World, family: Household
    ) -> None:
        folder = Path(settings.UPLOADS_DIR)
        before = set(folder.rglob("*/*/*"))

        def more() -> list[str]:
            return sorted({path.parts[-3] for path in folder.rglob("*/*/*") if path.is_file() and path not in before})

        filled(home, world, family)
        for height in (2, 3):
            page(home, "IDENTITY_CARD", state="PRESENT", file=SimpleUploadedFile("证.png", png(5, height), "image/png"))
            assert more() == ["unsent"]
            assert len([path for path in (folder / "unsent").rglob("*") if path.is_file()]) == 1
        home.post(address("my_apply_discard"))
        assert more() == []

    def test_is_thrown_away(self, home: Client) -> None:
        page(home, "statement", statement="不要了")

        home.post(address("my_apply_discard"))

        assert not Draft.objects.exists()

    def test_somebody_who_applies_for_a_ward_is_the_proxy(self, home: Client, world: World, family: Household) -> None:
        other = world.family(person("李小花", male=False))
        ward, own = world.people(other)[0], world.people(family)[0]
        add_guardian(
            world.act(world.staff.clerk),
            ward_id=ward.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=date(2026, 1, 1),
            guardian_id=own.pk,
            document="监护证明",
        )
        page(home, "applicant", applicant=ward.pk)
        page(home, "groups", groups=["LOW_INCOME"])

        assert home.get(address("my_apply_step", "PROXY_AUTHORISATION")).status_code == 200


def _pdf_words(data: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages)
