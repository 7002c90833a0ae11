"""The year's report on a terminal speaks one language at a time."""

import re
from datetime import date
from pathlib import Path

import pytest

from linli.config.cli_simulate import BANK_FILE, CALENDAR_FILE, report_text, run_simulate
from linli.payments.engine.layouts import load_layout
from linli.policies.engine.calendar_data import load_calendar

RIVER = Path(__file__).parents[1] / "packs" / "river_living"

REPORT = {
    "title": {"zh": "方案", "en": "Plan"},
    "residents": 1000,
    "households": 400,
    "community": {
        "rows": [
            {
                "code": "groups.LOST.target",
                "label": {"zh": "失业人员", "en": "Unemployed people"},
                "unit": "PERSON",
                "planned": 28,
                "invented": 689,
                "difference": 661,
            },
            {
                "code": "groups.FOUND.target",
                "label": {"zh": "老人", "en": "Elders"},
                "unit": "PERSON",
                "planned": 50,
                "invented": 49,
                "difference": -1,
            },
            {
                "code": "groups.FREE.target",
                "label": {"zh": "船家", "en": "Crews"},
                "unit": "HOUSEHOLD",
                "planned": None,
                "invented": 3,
                "difference": 0,
            },
        ],
        "notes": [{"zh": "未说明", "en": "Not said"}],
    },
    "months": [],
    "targets": [],
    "happened": {"moves": 7, "approvals voided": 0},
    "ledger_digest": "",
    "report_digest": "",
}


def test_the_calendar_and_the_bank_of_a_lived_year_come_with_the_product():
    assert (load_calendar(CALENDAR_FILE).is_published(2026), load_layout(BANK_FILE).code) == (True, "RIVER_BANK")


def test_what_happened_is_said_in_chinese():
    assert "发生的事：迁居 7  作废的复核 0" in report_text(REPORT, "zh")


def test_by_how_much_the_community_differs_is_said_for_each_number():
    told = report_text(REPORT, "zh")

    assert "失业人员：689（方案 28），多 661\n" in told
    assert "老人：49（方案 50），少 1\n" in told
    assert "船家：3（方案没有这个数）\n" in told
    assert "2 个数与方案不同\n  未说明\n" in told
    assert "Unemployed people: 689 (plan 28), 661 too many\n" in report_text(REPORT, "en")


def test_a_community_that_fits_says_so():
    rows = [{**REPORT["community"]["rows"][0], "invented": 28, "difference": 0}]
    fitting = {**REPORT, "community": {"rows": rows, "notes": []}}

    assert "与方案的数都相符" in report_text(fitting, "zh")


def test_no_chinese_stands_in_the_english_report():
    assert re.findall(r"[\u4e00-\u9fff]", report_text(REPORT, "en")) == []


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh", "2027-02-01 不在模拟的时间内（2025-11-01 之后，至 2026-12-31）"), ("en", "2027-02-01 is not lived")],
)
def test_a_version_for_a_day_that_is_not_lived_is_refused_before_anything_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str, told: str
) -> None:
    code = run_simulate(
        RIVER,
        months=12,
        seed=1,
        variant=False,
        data=tmp_path / "year",
        progress=False,
        later={date(2027, 2, 1): RIVER},
        as_json=False,
        language=language,
    )

    assert (code, told in capsys.readouterr().err) == (2, True)
    assert list((tmp_path / "year").iterdir()) == []
