"""Plan against actual in the browser: every number leads to its records."""

import io
import re

import openpyxl
import pytest
from django.test import Client

from linli.foundation import measures as listing
from linli.kernel.act import Act
from linli.overview.planning.engine import Change, check
from linli.overview.planning.operations import adopt, save_version
from linli.overview.planning.queries import plan_of
from tests.conftest import MONDAY, at
from tests.planning.conftest import Lived
from tests.planning.web.conftest import LogIn
from tests.planning.web.test_checking import text


def rows(response) -> list[list[str]]:
    """The cells of the list of records."""
    body = text(response).split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in body.split("</tr>")[:-1]]
    return [[re.sub(r"<.*?>", "", cell) for cell in row] for row in cells]


class TestPlanActual:
    def test_shows_target_and_actual_with_their_units(self, director: Client):
        page = re.sub(r"<.*?>", "", text(director.get("/plan/actual/")))

        assert "2 户 / 200 户" in page
        assert "¥1,600.00 / ¥1,000,000.00" in page

    def test_what_is_not_recorded_says_so_and_has_no_number(self, director: Client):
        page = text(director.get("/plan/actual/"))

        [training] = re.findall(r"<li><div class=\"line\"><span>培训人数</span>(.*?)</li>", page, re.DOTALL)
        assert "尚未建设" in training
        assert re.findall(r"\d+", re.sub(r"<.*?>", "", training)) == ["120"]

    def test_measures_by_the_adopted_version(self, director: Client, lived: Lived):
        found = save_version(
            Act(lived.staff.director, at(MONDAY)),
            community_id=lived.community_id,
            pack_digest=lived.pack.digest,
            changes=[Change("programmes.BASE_AWARD.recipients", 4)],
        )
        accepted = [finding.key for finding in check(plan_of(found))]
        adopt(Act(lived.staff.street_officer, at(MONDAY)), version_id=found.pk, accepted=accepted)

        page = re.sub(r"<.*?>", "", text(director.get("/plan/actual/")))

        assert "按采用的版本 FA-2026-001 核对" in page
        assert "2 户 / 4 户" in page

    def test_shows_the_money_by_month(self, director: Client):
        page = text(director.get("/plan/actual/"))

        assert "¥3,400.00" in page
        assert "<svg" in page

    def test_without_a_fund_it_says_so(self, log_in: LogIn, lived: Lived):
        page = log_in(lived.staff.street_officer).get("/plan/actual/", {"community": lived.community.sibling.code})

        assert "这一年还没有开设资金" in text(page)

    def test_in_english_it_is_all_english(self, director: Client):
        director.cookies["django_language"] = "en"
        page = director.get("/plan/actual/")

        main = text(page).split('<main id="main"')[1].split("</main>")[0]
        assert set(re.findall(r"[\u4e00-\u9fff]+", main)) <= {"幸福里社区"}

    def test_people_reached_later_than_the_year_passes_are_marked(self, director: Client):
        assert 'class="bar soon"' in text(director.get("/plan/actual/"))


class TestRecords:
    @pytest.mark.parametrize(
        ("code", "records", "total"),
        [
            ("HOUSEHOLDS_AIDED", 2, "2 户"),
            ("AID_PAID", 4, "¥1,600.00"),
            ("GROUP_LONE_ELDER", 2, "2 人"),
            ("GROUP_LOW_INCOME", 2, "2 户"),
            ("RECIPIENTS_ELDER_SUPPLEMENT", 2, "2 人"),
            ("INTAKE_ANSWERS", 3, "2 件"),  # the third was never answered
            ("SOURCE_GOVERNMENT", 1, "¥5,000.00"),
            ("APPLICATIONS", 3, "3 件"),
        ],
    )
    def test_the_list_holds_the_same_number(self, director: Client, code: str, records: int, total: str):
        page = director.get(f"/plan/actual/{code}/")

        assert (len(rows(page)), f"合计 {total}" in text(page), f"<b>{total}</b>" in text(page)) == (
            records,
            True,
            True,
        )

    def test_every_number_on_the_page_leads_to_a_page(self, director: Client):
        links = re.findall(r'<a href="(/plan/actual/[^"]+)" class="line"', text(director.get("/plan/actual/")))

        # Four groups recognised, two programmes paid and on the books, aid paid, three sources, answers, applications.
        assert len(links) == 14
        assert {director.get(link).status_code for link in links} == {200}

    def test_money_adds_up_to_the_number(self, director: Client):
        cells = rows(director.get("/plan/actual/AID_PAID/"))

        assert sum(int(row[-1].strip("¥").replace(".", "")) for row in cells) == 160_000

    def test_an_empty_list_says_so(self, director: Client):
        assert "还没有记录" in text(director.get("/plan/actual/GROUP_DISABLED/"))

    def test_who_is_on_the_books_from_the_first_month(self, lived: Lived):
        plan = lived.plan.with_changes([Change("programmes.BASE_AWARD.first_month", "2026-04")])

        assert lived.rows(plan=plan)["OPENING_CASELOAD_BASE_AWARD"].actual == 2

    @pytest.mark.parametrize("code", ["TRAINEES", "NOTHING"])
    def test_what_has_no_records_has_no_page(self, director: Client, code: str):
        assert director.get(f"/plan/actual/{code}/").status_code == 404

    def test_long_lists_have_pages(self, director: Client, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(listing, "PAGE", 2)

        first = director.get("/plan/actual/APPLICATIONS/")
        after = re.search(r'href="(\?after=[^"]+)" rel="next"', text(first))
        assert after is not None
        second = director.get(f"/plan/actual/APPLICATIONS/{after[1]}")

        numbers = [row[0] for page in (first, second) for row in rows(page)]
        assert len(set(numbers)) == 3
        assert "合计 3 件" in text(second)

    def test_the_books_of_another_fund_are_not_listed(self, log_in: LogIn, lived: Lived):
        page = log_in(lived.staff.outsider).get("/plan/actual/HOUSEHOLDS_AIDED/")

        assert "还没有记录" in text(page)


class TestExport:
    def test_the_workbook_holds_the_same_rows(self, director: Client):
        answer = director.get("/plan/actual/?as=xlsx")

        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        cells = {row[0]: row[1:4] for row in sheet.iter_rows(min_row=4, values_only=True)}
        assert cells["经济援助年支出"] == ("元", "1,000,000.00", "1,600.00")
        assert cells["培训人数"] == ("人", "120", "尚未建设")

    def test_in_english_too(self, director: Client):
        director.cookies["django_language"] = "en"
        answer = director.get("/plan/actual/?as=xlsx")

        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        cells = {row[0]: row[3] for row in sheet.iter_rows(min_row=4, values_only=True)}
        assert cells["People trained"] == "not yet"
