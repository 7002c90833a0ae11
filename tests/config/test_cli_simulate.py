"""The year's report on a terminal speaks one language at a time."""

import json
import re
import sqlite3
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.config import cli_simulate
from linli.config.cli_simulate import BANK_FILE, CALENDAR_FILE, keep_copy, report_text, run_simulate
from linli.law.policies.engine import load_bank_layout, load_pack
from linli.law.policies.engine.calendar_data import load_calendar

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
    assert (load_calendar(CALENDAR_FILE).is_published(2026), load_bank_layout(BANK_FILE).code) == (True, "RIVER_BANK")


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


def test_a_copy_as_of_a_day_holds_the_data_and_what_belongs_to_them(committed_database: str, tmp_path: Path) -> None:
    for name in ("keys.json", "report.part", "linli.sqlite3-wal", "packs/one/scheme.toml", "variant-pack/scheme.toml"):
        (tmp_path / "year" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "year" / name).touch()
    copy = tmp_path / "year" / "busy"

    keep_copy(connection, tmp_path / "year", copy)

    if connection.vendor != "sqlite":
        assert not copy.exists()
        return
    assert {path.name for path in copy.iterdir()} == {"keys.json", "linli.sqlite3", "packs"}
    with closing(sqlite3.connect(copy / "linli.sqlite3")) as kept:
        assert kept.execute("SELECT count(*) FROM users_user").fetchone() == (0,)


class TestRun:
    """What is lived is another test's: here somebody else lives it."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
        """What was asked for; each year that is lived leaves a file in its folder."""
        asked: list[dict[str, Any]] = []

        def live(folder: Path, pack_folder: Path, **options: Any) -> dict[str, Any]:
            (folder / "year").touch()
            asked.append({"folder": folder, "pack": pack_folder, **options})
            if options["counted"] is not None:
                options["counted"](REPORT["community"])
            return REPORT

        monkeypatch.setattr(cli_simulate, "live_into", live)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        return asked

    def run(self, **options: Any) -> int:
        usual = {"months": 12, "seed": 1, "variant": False, "data": None, "progress": False, "later": {}}
        return run_simulate(RIVER, **{**usual, "as_json": False, "language": "en", **options})

    def test_says_first_how_the_community_fits_and_then_the_rest(
        self, capsys: pytest.CaptureFixture[str], asked: list[dict[str, Any]]
    ) -> None:
        assert self.run(seed=4, months=3, progress=True) == 0

        told = capsys.readouterr().out
        assert told.startswith("The invented community and the plan")
        assert told.count("Unemployed people: 689") == 1
        assert told.endswith(report_text({**REPORT, "community": None}, "en"))
        assert [(one["pack"], one["months"], one["seed"], one["progress"]) for one in asked] == [(RIVER, 3, 4, True)]

    def test_says_nothing_but_the_report_to_a_program(
        self, capsys: pytest.CaptureFixture[str], asked: list[dict[str, Any]]
    ) -> None:
        assert self.run(as_json=True) == 0
        assert json.loads(capsys.readouterr().out) == REPORT
        assert asked[0]["counted"] is None

    def test_keeps_the_year_where_it_was_told_to_and_else_throws_it_away(
        self, asked: list[dict[str, Any]], tmp_path: Path
    ) -> None:
        self.run()
        assert (len(asked), list(tmp_path.iterdir())) == (1, [])

        self.run(data=tmp_path / "kept" / "here")
        assert (tmp_path / "kept" / "here" / "year").exists()

    def test_leaves_nothing_behind_when_it_is_refused(self, asked: list[dict[str, Any]], tmp_path: Path) -> None:
        assert self.run(later={date(2027, 2, 1): RIVER}) == 2
        assert (asked, list(tmp_path.iterdir())) == ([], [])

    def test_lives_the_checkers_variant_when_told(self, asked: list[dict[str, Any]], tmp_path: Path) -> None:
        assert self.run(variant=True, data=tmp_path / "kept") == 0
        assert load_pack(asked[0]["pack"]).version == f"{load_pack(RIVER).version}-variant"

    # Families register on 1 November 2025; the plan's year is 2026.
    @pytest.mark.parametrize(
        ("day", "code"), [("2025-11-01", 2), ("2025-11-02", 0), ("2026-12-31", 0), ("2027-01-01", 2)]
    )
    def test_takes_another_version_on_days_that_are_lived(
        self, asked: list[dict[str, Any]], day: str, code: int
    ) -> None:
        assert self.run(later={date.fromisoformat(day): RIVER}) == code
        assert len(asked) == (code == 0)
