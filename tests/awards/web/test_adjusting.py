"""The pages on which somebody sees what the rules say of awards that run, and decides."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings

from linli.foundation.screens.work import waiting
from linli.ground.users.queries import authority_of
from linli.kernel.period import Month
from linli.law.policies.operations import install_pack
from linli.money.awards.codes import AdjustmentState
from linli.money.awards.models import Adjustment
from linli.money.ledger.models import Proposal
from tests.awards.river import River, make_river, next_version
from tests.conftest import Community, Staff, system_act
from tests.ledger.browser import LogIn, book, key, live_on
from tests.paging import assert_turns_over
from tests.sets import confirm

GROWN, GROWN_TOO = date(1980, 3, 3), date(1982, 5, 5)
TODAY = date(2026, 3, 6)


@pytest.fixture
def river(community: Community, staff: Staff, settings: LazySettings) -> River:
    """Two families; of one somebody earns more since yesterday, which the pack leaves to a person."""
    river = make_river(community, staff)
    river.family(GROWN, GROWN_TOO)
    river.family(GROWN, GROWN_TOO)
    river.look(date(2026, 3, 4))
    head = river.people(river.families[0])[0]
    river.know(river.families[0], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 5))
    river.look(TODAY)
    live_on(settings, TODAY)
    return river


class TestList:
    def test_shows_what_waits_with_both_amounts(self, river: River, log_in: LogIn) -> None:
        page = log_in(river.staff.director).get("/awards/adjustments/").text
        assert ("DY-2026-0001" in page, "620.00" in page, "320.00" in page, "待审定" in page) == (True,) * 4

    def test_goes_on_where_its_page_ended(self, river: River, log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
        head = river.people(river.families[1])[0]
        river.know(river.families[1], {head.pk: {"earned_monthly_fen": 150_000}}, date(2026, 3, 5))
        river.look(TODAY)
        director = log_in(river.staff.director)

        assert_turns_over(lambda address: director.get(address).text, "/awards/adjustments/", monkeypatch)

    def test_is_one_line_of_my_work(self, river: River) -> None:
        rows = [row for row in waiting(authority_of(river.staff.director, TODAY), TODAY) if row.kind == "ADJUSTMENTS"]
        assert [(row.subject, row.because) for row in rows] == [("共 1 项", "待审定 1")]

    def test_is_no_work_of_the_finance_office(self, river: River) -> None:
        rows = waiting(authority_of(river.staff.checker, TODAY), TODAY)
        assert [row for row in rows if row.kind == "ADJUSTMENTS"] == []

    def test_follows_those_ticked(self, river: River, log_in: LogIn) -> None:
        row = Adjustment.objects.get()
        form = {"row": row.pk, "deed": "adopt", "note": "已核对收入", **key()}
        confirm(log_in(river.staff.director), "/awards/adjustments/", form)
        row.refresh_from_db()
        assert (row.state, row.decided_by_id) == (AdjustmentState.APPLIED, river.staff.director.pk)

    def test_leaves_those_ticked(self, river: River, log_in: LogIn) -> None:
        row = Adjustment.objects.get()
        form = {"row": row.pk, "deed": "dismiss", "note": "只有这一个月", **key()}
        confirm(log_in(river.staff.director), "/awards/adjustments/", form)
        asked = Proposal.objects.get(kind="KEEP")
        text = log_in(river.staff.street_officer).get(f"/funds/proposals/{asked.number}/").text
        assert ("提出的金额与规则不一致" in text, "只有这一个月" in text, "核对无误，同意" in text) == (
            True,
            True,
            True,
        )
        log_in(river.staff.street_officer).post(f"/funds/proposals/{asked.number}/confirm/", key())
        row.refresh_from_db()
        assert (row.state, row.note) == (AdjustmentState.DISMISSED, "只有这一个月")

    def test_says_that_it_is_proposed_to_stay_and_waits_for_nobody_here(self, river: River, log_in: LogIn) -> None:
        form = {"row": Adjustment.objects.get().pk, "deed": "dismiss", "note": "只有这一个月", **key()}
        director = log_in(river.staff.director)
        confirm(director, "/awards/adjustments/", form)
        page, number = director.get("/awards/adjustments/").text, Proposal.objects.get(kind="KEEP").number
        rows = waiting(authority_of(river.staff.director, TODAY), TODAY)
        assert ("已提出维持不变，待复核" in page, f"/funds/proposals/{number}/" in page) == (True, True)
        assert [one for one in rows if one.kind == "ADJUSTMENTS"] == []

    def test_asks_for_a_reason(self, river: River, log_in: LogIn) -> None:
        form = {"row": Adjustment.objects.get().pk, "deed": "adopt", "note": "", **key()}
        assert log_in(river.staff.director).post("/awards/adjustments/", form).status_code == 422

    def test_says_so_when_nothing_is_ticked(self, river: River, log_in: LogIn) -> None:
        answer = log_in(river.staff.director).post("/awards/adjustments/", {"deed": "adopt", "note": "x"}, follow=True)
        assert "请至少选择一项" in answer.text

    def test_is_decided_by_those_who_change_awards(self, river: River, log_in: LogIn) -> None:
        form = {"row": Adjustment.objects.get().pk, "deed": "adopt", "note": "x", **key()}
        assert log_in(river.staff.clerk).post("/awards/adjustments/", form).status_code == 403

    def test_goes_out_as_a_workbook(self, river: River, log_in: LogIn) -> None:
        sheet = book(log_in(river.staff.director).get("/awards/adjustments/?as=xlsx"))
        assert "DY-2026-0001" in str(sheet)


class TestPreview:
    def test_tells_what_a_day_brings_for_whom(self, river: River, log_in: LogIn) -> None:
        page = log_in(river.staff.director).get("/awards/adjustments/preview/?on=2026-07-01").text
        assert ("DY-2026-0002" in page, "720.00" in page, "自动调整" in page) == (True, True, True)

    def test_tells_what_it_does_to_the_budget(self, river: River, log_in: LogIn) -> None:
        page = log_in(river.staff.director).get("/awards/adjustments/preview/?on=2026-07-01").text
        assert "本年度增加承诺" in page

    def test_writes_nothing(self, river: River, log_in: LogIn) -> None:
        log_in(river.staff.director).get("/awards/adjustments/preview/?on=2026-07-01")
        assert Adjustment.objects.count() == 1

    def test_of_a_quiet_day_says_so(self, river: River, log_in: LogIn) -> None:
        Adjustment.objects.update(state=AdjustmentState.DISMISSED, decided_date=TODAY)
        page = log_in(river.staff.director).get("/awards/adjustments/preview/?on=2026-03-07").text
        assert "到这一天没有待遇会变化" in page

    def test_goes_out_as_a_workbook(self, river: River, log_in: LogIn) -> None:
        sheet = book(log_in(river.staff.director).get("/awards/adjustments/preview/?on=2026-07-01&as=xlsx"))
        assert "DY-2026-0002" in str(sheet)


def test_an_award_page_tells_supplements_apart(
    river: River, log_in: LogIn, tmp_path: Path, settings: LazySettings
) -> None:
    for month in (2, 3, 4):
        river.paid(Month(2026, month), on=date(2026, month, 16))
    adopted = date(2026, 4, 20)
    folder = next_version(tmp_path, version="1.1", valid_from=adopted, head_standard_fen=("2026-04-01", 94_000))
    install_pack(system_act(adopted), folder=folder)
    river.look(adopted)
    live_on(settings, adopted)
    assert "补发" in log_in(river.staff.director).get("/awards/DY-2026-0002/").text


class TestRecalculating:
    """The review's button: what the rules would change for one award from a month on, and then doing it."""

    PAGE = "/awards/DY-2026-0001/recalculate/"

    def test_is_found_from_the_award(self, river: River, log_in: LogIn) -> None:
        director = log_in(river.staff.director)
        assert f'href="{self.PAGE}"' in director.get("/awards/DY-2026-0001/").text

    def test_shows_both_amounts_before_anything_is_done(self, river: River, log_in: LogIn) -> None:
        page = log_in(river.staff.director).get(f"{self.PAGE}?from=2026-03").text
        assert ("620.00" in page, "320.00" in page, "2026年3月" in page) == (True,) * 3
        assert river.awards[0].changes.count() == 1

    def test_does_what_it_showed(self, river: River, log_in: LogIn) -> None:
        form = {"effective_date": "2026-04", "note": "收入已核对", "version": str(version(river)), **key()}
        director = log_in(river.staff.director)
        assert director.post(self.PAGE, form).status_code == 302
        river.awards[0].refresh_from_db()
        assert river.awards[0].amount_fen == 320_00
        assert "从这个月起重新计算，金额没有变化" in director.get(f"{self.PAGE}?from=2026-04").text

    def test_says_when_nothing_changes(self, river: River, log_in: LogIn) -> None:
        other = "/awards/DY-2026-0002/recalculate/"
        director = log_in(river.staff.director)
        assert "金额没有变化" in director.get(other).text
        form = {"effective_date": "2026-04", "note": "核对", "version": "1", **key()}
        assert "重新计算的结果没有变化" in director.post(other, form, follow=True).text

    def test_asks_for_a_reason_and_keeps_the_month(self, river: River, log_in: LogIn) -> None:
        form = {"effective_date": "2026-06", "note": "", "version": str(version(river)), **key()}
        page = log_in(river.staff.director).post(self.PAGE, form)
        assert (page.status_code, '<option value="2026-06" selected>' in page.text) == (422, True)

    def test_is_refused_to_those_who_may_not_change_awards(self, river: River, log_in: LogIn) -> None:
        assert log_in(river.staff.clerk).get(self.PAGE).status_code == 403


def version(river: River) -> int:
    river.awards[0].refresh_from_db()
    return river.awards[0].version


def test_a_review_shows_what_changed_since_the_last_determination(river: River, log_in: LogIn) -> None:
    award = river.awards[0]
    award.refresh_from_db()
    page = log_in(river.staff.director).get(f"/awards/{award.number}/review/").text
    rows = [
        " ".join(one.split())
        for one in re.sub(r"<[^>]+>", " ", page.partition("<tbody>")[2]).split("\n")
        if one.strip()
    ]
    told = " ".join(rows)
    assert "有变化" in told
    assert ("¥1,500.00" in told, "620.00 → ¥320.00" in page) == (True, True)
