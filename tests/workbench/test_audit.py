"""The auditor's page: acts in words, narrowed to a number or a day, as a workbook."""

import io
import json
import re
from datetime import date

import pytest
from django.test import Client
from openpyxl import load_workbook

from linli.foundation.trail import checks, heads
from linli.foundation.trail.audit import record_read, seal_days
from linli.foundation.trail.checks import Check
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.foundation.trail.words import act_words, subject_words
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign, create_user
from linli.kernel.act import SYSTEM, Act
from tests.assistance.web.reading import text
from tests.browser import LogIn
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.unguarded import switch_off


@pytest.fixture
def looked(community: Community, staff: Staff) -> None:
    """Two looks at two cases on two days."""
    chain = community.community.pk
    record_read(Act(staff.clerk, at(MONDAY)), where=chain, subject="application:JZ-2026-0001")
    record_read(Act(staff.director, at(MONDAY.replace(day=10))), where=chain, subject="award:DY-2026-0002")


@pytest.mark.usefixtures("looked")
class TestTrail:
    def page(self, log_in: LogIn, staff: Staff, **narrowed: str) -> str:
        return log_in(staff.auditor).get("/audit/", narrowed).content.decode()

    def test_says_in_words_what_was_done(self, log_in: LogIn, staff: Staff) -> None:
        assert "查看个人信息" in self.page(log_in, staff)

    def test_says_the_day_once(self, log_in: LogIn, staff: Staff) -> None:
        assert "2026年3月10日 09:00</td>" in self.page(log_in, staff)

    def test_finds_by_the_number_that_people_know(self, log_in: LogIn, staff: Staff) -> None:
        page = self.page(log_in, staff, subject="JZ-2026-0001")
        assert "申请 JZ-2026-0001" in page
        assert "DY-2026-0002" not in page

    def test_finds_by_day(self, log_in: LogIn, staff: Staff) -> None:
        page = self.page(log_in, staff, day="2026-03-10")
        assert "待遇 DY-2026-0002" in page
        assert "申请 JZ-2026-0001" not in page

    @pytest.mark.parametrize("who", ["王丽", "clerk", "CLERK"])
    def test_finds_by_who_did_it(self, log_in: LogIn, staff: Staff, who: str) -> None:
        page = self.page(log_in, staff, who=who, day="2026-03-09", until="2026-03-10")
        assert ("申请 JZ-2026-0001" in page, "待遇 DY-2026-0002" in page) == (True, False)

    def test_finds_what_the_product_did_of_itself(self, log_in: LogIn, staff: Staff, community: Community) -> None:
        record_read(Act(SYSTEM, at(MONDAY)), where=community.community.pk, subject="application:JZ-2026-0003")
        page = self.page(log_in, staff, who="系统")
        assert ("系统</td>" in page, "王丽</td>" in page) == (True, False)

    def test_finds_nothing_of_whom_nobody_knows(self, log_in: LogIn, staff: Staff) -> None:
        assert "没有记录" in self.page(log_in, staff, who="无名氏")

    @pytest.mark.parametrize("act", ["查看个人信息", "个人信息", "read"])
    def test_finds_by_what_was_done(self, log_in: LogIn, staff: Staff, act: str) -> None:
        page = self.page(log_in, staff, act=act, day="2026-03-10")
        assert ("待遇 DY-2026-0002" in page, "登录" in page.partition("<tbody>")[2]) == (True, False)

    def test_finds_nothing_of_an_act_that_is_none(self, log_in: LogIn, staff: Staff) -> None:
        assert "没有记录" in self.page(log_in, staff, act="飞行")

    def test_offers_acts_with_the_text_each_words_once(self, log_in: LogIn, staff: Staff) -> None:
        offered = re.findall('value="([^"]+)"', self.page(log_in, staff, suggest="act", act="追加查看"))
        assert ("申请追加查看" in offered, len(offered) == len(set(offered))) == (True, True)

    @pytest.mark.parametrize(
        ("asked", "days"),
        [
            ({}, None),
            ({"who": "王丽"}, (3, 9)),
            ({"act": "登录"}, (9, 9)),
            ({"act": "登录", "day": "2026-03-05", "until": "2026-03-07"}, (5, 5)),
            ({"act": "登录", "who": "王丽"}, (3, 9)),
            ({"who": "系统"}, (9, 9)),
            # Of one record there are few lines.
            ({"who": "王丽", "subject": "JZ-2026-0001"}, None),
            ({"who": "王丽", "day": "2026-03-05"}, (5, 5)),
            ({"day": "2026-03-05", "until": "2026-03-07"}, (5, 7)),
            ({"day": "2026-03-05", "until": "2026-03-31"}, (5, 11)),
            ({"day": "2026-03-05", "until": "2026-03-01"}, (1, 5)),
            ({"until": "2026-03-09"}, (3, 9)),
        ],
    )
    def test_of_a_person_a_week_is_shown_of_an_act_a_day_and_both_are_said(
        self, asked: dict[str, str], days: tuple[int, int] | None, log_in: LogIn, staff: Staff
    ) -> None:
        """One person does more in a year than a page should walk."""
        page = self.page(log_in, staff, **asked)
        first, last = (f"2026年3月{day}日" for day in days or (0, 0))

        assert (f"显示 {first} 至 {last}。" in page, "一次最多七天" in page) == (bool(days), bool(days))

    @pytest.mark.parametrize(
        ("asked", "first", "last"),
        [
            ({"day": "9999-12-31"}, "9999年12月31日", "9999年12月31日"),
            ({"day": "9999-12-28", "until": "9999-12-31"}, "9999年12月28日", "9999年12月31日"),
            ({"until": "0001-01-01"}, "1年1月1日", "1年1月1日"),
            ({"day": "0001-01-01", "until": "9999-12-31"}, "1年1月1日", "1年1月7日"),
            ({"until": "0001-01-03", "who": "王丽"}, "1年1月1日", "1年1月3日"),
        ],
    )
    def test_the_first_and_the_last_day_that_there_is_are_days_like_others(
        self, asked: dict[str, str], first: str, last: str, log_in: LogIn, staff: Staff
    ) -> None:
        assert f"显示 {first} 至 {last}。" in self.page(log_in, staff, **asked)

    @pytest.mark.parametrize("day", ["2026-02-30", "昨天", ""])
    def test_what_is_no_day_narrows_nothing(self, log_in: LogIn, staff: Staff, day: str) -> None:
        assert "申请 JZ-2026-0001" in self.page(log_in, staff, day=day)

    @pytest.mark.parametrize("after", ["³", "9" * 40, "-1", "x"])
    def test_an_odd_page_number_is_the_first_page(self, log_in: LogIn, staff: Staff, after: str) -> None:
        assert "申请 JZ-2026-0001" in self.page(log_in, staff, after=after)

    def test_goes_out_as_a_workbook_as_narrowed(self, log_in: LogIn, staff: Staff) -> None:
        response = log_in(staff.auditor).get("/audit/", {"as": "xlsx", "subject": "JZ-2026-0001"})
        rows = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(min_row=4, values_only=True))
        assert [row[:5] for row in rows] == [
            ("2026-03-09 09:00:00", "王丽", "查看个人信息", "申请", "application:JZ-2026-0001")
        ]


class TestWords:
    def test_an_act_without_words_keeps_its_name(self) -> None:
        assert act_words("visits.begin") == "visits.begin"

    def test_a_subject_without_words_keeps_its_key(self) -> None:
        assert subject_words("visits:2026-03-09") == ("", "visits:2026-03-09")

    @pytest.mark.parametrize(
        ("subject", "words"),
        [
            ("application:JZ-2026-0001", "申请 JZ-2026-0001"),
            ("awards:xlsx", "待遇清单 导出"),
            ("applications.xlsx", "申请清单 导出"),
            ("applications.accept", "申请清单 待受理"),
            ("batch:FF-2026-03-1:file", "发放批次 FF-2026-03-1 · 银行文件"),
            ("pack:community_assistance-1.0", "方案规则 community_assistance-1.0"),
        ],
    )
    def test_what_a_subject_says_after_its_kind_is_in_words_too(self, subject: str, words: str) -> None:
        assert " ".join(map(str, subject_words(subject))) == words


@pytest.mark.usefixtures("looked")
class TestKeptElsewhere:
    def test_the_seal_is_printed_with_a_code_to_scan(self, log_in: LogIn, staff: Staff) -> None:
        seal = seal_days(Act(SYSTEM, at(MONDAY.replace(day=11))), before=MONDAY.replace(day=11))[-1]
        page = log_in(staff.auditor).get("/audit/head/").content.decode()

        assert " ".join(f'<span class="masked">{seal.mac[n : n + 8]}</span>' for n in range(0, 64, 8)) in page
        assert page.count("<svg") == 1
        assert "2026年3月10日" in page

    def test_before_the_first_seal_it_says_so(self, log_in: LogIn, staff: Staff) -> None:
        page = log_in(staff.auditor).get("/audit/head/").content.decode()
        assert ("还没有封存过" in page, "<svg" in page) == (True, False)


@pytest.mark.usefixtures("looked")
class TestVerify:
    @pytest.mark.parametrize(("where", "told"), [("community", True), ("other_street", False)])
    def test_speaks_of_the_auditors_areas_alone(
        self, log_in: LogIn, staff: Staff, community: Community, where: str, told: bool
    ) -> None:
        record_read(Act(staff.clerk, at(MONDAY)), where=getattr(community, where).pk, subject="x")
        switch_off("foundation_auditentry_no_update", "foundation_auditentry")
        AuditEntry.objects.filter(subject="x").update(actor_id=7)
        auditor = create_user(system_act(), username="hebing", name="何冰")
        assign(
            system_act(),
            user_id=auditor.pk,
            role=Role.AUDITOR,
            area_id=community.street.pk,
            valid_from=date(2025, 1, 1),
        )

        browser = log_in(auditor)
        check(browser)
        page = browser.get("/audit/verify/").content.decode()
        assert ("was altered" in page) is told
        assert ("您的区域之外另有 1 处" in page) is not told

    def test_shows_what_was_said_and_when_and_computes_nothing_itself(
        self, log_in: LogIn, staff: Staff, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = log_in(staff.auditor)
        before = browser.get("/audit/verify/").text
        check(browser)
        monkeypatch.setattr(checks, "look", None)
        after = browser.get("/audit/verify/").text

        assert ("还没有核验过" in before, "还没有核验过" in after) == (True, False)
        assert re.search(r"\d{4}年\d+月\d+日 \d\d:\d\d 完成，用时 \d+ 秒", after)
        assert "没有改动、缺失或截断" in after

    @pytest.mark.parametrize(("full", "words"), [("1", "全部核验"), ("", "上次以来")])
    def test_while_it_runs_the_page_says_how_far_it_is(
        self, log_in: LogIn, staff: Staff, full: str, words: str
    ) -> None:
        browser = log_in(staff.auditor)
        answer = browser.post("/audit/verify/", {"full": full, "act_key": "a" * 32})
        Check.objects.update(done=3, parts=70)
        page = browser.get("/audit/verify/").text

        assert answer.url == "/audit/verify/"
        assert Check.objects.get().full is bool(full)
        assert (words in page, "已核对 3 / 70 部分" in page, 'hx-trigger="every 2s"' in page) == (True, True, True)
        assert "核验全部记录" not in page

    def test_what_broke_off_is_told(self, log_in: LogIn, staff: Staff) -> None:
        browser = log_in(staff.auditor)
        browser.post("/audit/verify/", {"act_key": "a" * 32})
        checks.end_check(system_act(), check_id=Check.objects.get().pk, said="")

        assert "中途出错，没有结果" in browser.get("/audit/verify/").text


class TestCompare:
    """The paper from the cabinet says that its code is typed in when the trail is verified: here."""

    def asked(self, log_in: LogIn, staff: Staff, held: str) -> tuple[int, str]:
        answer = log_in(staff.auditor).post("/audit/verify/", {"held": held})
        return answer.status_code, text(answer)

    def printed(self) -> str:
        mac = AuditSeal.objects.latest("seq").mac
        return " ".join(mac[at : at + 8] for at in range(0, 64, 8))

    @pytest.fixture
    def sealed(self, looked: None) -> None:
        seal_days(Act(SYSTEM, at(MONDAY.replace(day=11))), before=MONDAY.replace(day=11))

    def test_the_code_as_printed_is_there(self, log_in: LogIn, staff: Staff, sealed: None) -> None:
        assert "与留存的封存码相符" in self.asked(log_in, staff, self.printed())[1]

    def test_a_head_as_its_file_has_it_is_there(self, log_in: LogIn, staff: Staff, sealed: None) -> None:
        head = json.dumps(heads.newest(), ensure_ascii=False, indent=1, sort_keys=True)
        status, page = self.asked(log_in, staff, head)

        assert (status, "与留存的封存码相符" in page) == (200, True)

    def test_a_code_that_the_trail_does_not_have_is_told(self, log_in: LogIn, staff: Staff, sealed: None) -> None:
        status, page = self.asked(log_in, staff, "0123abcd " * 8)

        assert (status, "这次封存不在审计链里" in page, "相符" in page) == (200, True, False)

    @pytest.mark.parametrize("held", ["", "0123abcd", "{}"])
    def test_what_is_neither_is_told_by_the_field(self, log_in: LogIn, staff: Staff, sealed: None, held: str) -> None:
        status, page = self.asked(log_in, staff, held)

        assert (status, "相符" in page) == (422, False)

    def test_asks_for_no_check(self, log_in: LogIn, staff: Staff, sealed: None) -> None:
        self.asked(log_in, staff, self.printed())

        assert not Check.objects.exists()


def check(browser: Client) -> None:
    """Press the button, and do what the worker does."""
    browser.post("/audit/verify/", {"full": "1", "act_key": "a" * 32})
    checks.run(Check.objects.get().pk)
