"""The demonstration: what it says while its two years are lived and at the end, what it keeps, what it serves."""

import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from linli.config.cli_demo import (
    PACK,
    YEARS,
    Run,
    comparison,
    data_dir,
    draw,
    finish,
    key,
    serve_variant,
    watch,
)
from linli.law.policies.engine import load_pack
from tests.config.command_line import ROOT


def months(*rows: tuple[int, int, int]) -> dict[str, object]:
    """A report of months: award-months that wait, for how much, and what is left, in fen."""
    told = [
        {
            "month": f"2026-{n:02d}",
            "sent_fen": 0,
            "paid_fen": 0,
            "waiting": waiting,
            "waiting_fen": fen,
            "left_fen": left,
        }
        for n, (waiting, fen, left) in enumerate(rows, 1)
    ]
    return {"months": told}


def lines(second: dict[str, object]) -> list[str]:
    return comparison({name: second for name, _label, _english in YEARS}).splitlines()


class TestComparison:
    def test_names_the_first_month_whose_money_does_not_reach(self) -> None:
        told = lines(months((2, 100_00, 500_00), (3, 600_00, 500_00), (9, 900_00, 0)))

        assert "2026-02 起钱不够，最多 9 个待遇月在等（到 2026-03）" in told[0]

    def test_whoever_waits_while_money_is_left_waits_for_something_else(self) -> None:
        told = lines(months((2, 100_00, 500_00), (0, 0, 0)))

        assert "全年没有人因缺钱而等待；账户未办妥等其他原因，月末最多 2 个待遇月在等" in told[0]

    def test_says_nothing_of_waiting_where_nobody_waits(self) -> None:
        assert lines(months((0, 0, 0)))[0].endswith("全年没有人因缺钱而等待。")


class TestPlaces:
    def test_the_plan_that_is_shown_comes_with_the_product(self) -> None:
        assert load_pack(PACK).plan is not None

    def test_years_are_kept_where_the_data_are(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("LINLI_DATA", str(tmp_path))
        assert data_dir() == tmp_path

        monkeypatch.delenv("LINLI_DATA")
        assert data_dir() == ROOT / "var"

    def test_a_stored_year_is_found_again_by_its_number_and_its_length(self) -> None:
        assert len({key(1, 12), key(1, 12), key(2, 12), key(1, 14)}) == 3


class Screen(io.StringIO):
    """What is written to a terminal, or to a file."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def watched(folder: Path, program: str = "") -> Run:
    """A year that was half lived, and what became of it by a process that ran the program."""
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    run = Run("written", "方案原文", folder, process, done=14, total=28, day="2026-03-05")
    watch(run)
    return run


class TestProgress:
    def test_is_one_line_on_a_terminal_drawn_over(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(sys, "stdout", screen := Screen(terminal=True))
        run = Run("written", "方案原文", tmp_path, done=14, total=28, day="2026-03-05")
        draw([run, run], time.monotonic())

        one = f"方案原文 {'█' * 14}{'░' * 14} 2026-03-05"
        assert screen.getvalue() == f"\r  {one}   {one}     0 s"

    def test_is_a_line_a_month_in_a_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(sys, "stdout", screen := Screen(terminal=False))
        run = Run("written", "方案原文", tmp_path)
        for run.day in ("2026-03-05", "2026-03-12", "2026-04-02"):
            draw([run], time.monotonic())

        assert screen.getvalue().splitlines() == ["  方案原文 2026-03     0 s", "  方案原文 2026-04     0 s"]

    def test_is_read_from_the_process_and_what_else_it_says_is_kept(self, tmp_path: Path) -> None:
        line = json.dumps({"day": "2026-05-06", "done": 21, "total": 30, "seconds": 1})
        run = watched(tmp_path, f"import sys; sys.stderr.write({line!r} + chr(10) + 'odd' + chr(10) + '[1]' + chr(10))")

        assert run.process is not None
        assert run.process.wait() == 0
        assert (run.day, run.done, run.total, run.errors) == ("2026-05-06", 21, 30, ["odd\n", "[1]\n"])


class TestTheEndOfAYear:
    def test_that_was_lived_is_its_report(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        (tmp_path / "report.part").write_text("{}")

        assert finish(watched(tmp_path))
        assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
        assert "28 天" in capsys.readouterr().out

    def test_that_broke_off_is_none_and_says_why(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        (tmp_path / "report.part").write_text("{")
        run = watched(tmp_path, "raise SystemExit(3)")
        run.errors = [f"line {n}\n" for n in range(20)]

        assert not finish(run)
        said = capsys.readouterr().err
        assert ("line 7\n" in said, "line 8\n" in said, "line 19\n" in said) == (False, True, True)
        assert [path.name for path in tmp_path.iterdir()] == ["report.part"]


class TestServing:
    @pytest.fixture
    def served(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[int, Mapping[int, Any]]]:
        """What was asked to be served: the port, and what stands beside it."""
        for name in ("LINLI_DATA", "LINLI_DATABASE", "LINLI_TODAY", "LINLI_DEMO", "LINLI_DEMO_OTHER"):
            monkeypatch.setenv(name, str(tmp_path))
        asked: list[tuple[int, Mapping[int, Any]]] = []
        monkeypatch.setattr(
            "linli.config.cli_serve.run_serve", lambda *, port, beside: asked.append((port, beside)) or 0
        )
        return asked

    @pytest.fixture
    def stored(self, tmp_path: Path) -> Path:
        """A year that was lived, with its busy day."""
        stored = tmp_path / "years" / "abc" / "variant"
        (stored / "busy").mkdir(parents=True)
        (stored / "linli.sqlite3").write_text("the end")
        (stored / "busy" / "linli.sqlite3").write_text("the busy day")
        return stored

    def test_begins_on_the_busy_day_and_each_day_leads_to_the_other(
        self,
        served: list[tuple[int, Mapping[int, Any]]],
        capsys: pytest.CaptureFixture[str],
        stored: Path,
        tmp_path: Path,
    ) -> None:
        assert serve_variant(stored, {"last_day": "2026-12-31"}, 8123) == 0

        def variables(folder: str, day: str, other: str) -> dict[str, str]:
            copy = tmp_path / "demo" / "abc" / folder
            database = f"sqlite:///{copy}/linli.sqlite3"
            names = ("LINLI_DATA", "LINLI_DATABASE", "LINLI_TODAY", "LINLI_DEMO", "LINLI_DEMO_OTHER")
            return dict(zip(names, (str(copy), database, day, "1", other), strict=True))

        busy = variables("busy", "2026-06-10", "2026-12-31=http://127.0.0.1:8124/")
        end = variables("end", "2026-12-31", "2026-06-10=http://127.0.0.1:8123/")
        assert served == [(8123, {8124: end})]
        assert {name: os.environ[name] for name in busy} == busy
        assert "2026-06-10 http://127.0.0.1:8123；2026-12-31 http://127.0.0.1:8124" in capsys.readouterr().out
        assert not (Path(end["LINLI_DATA"]) / "busy").exists()

    def test_of_months_that_end_before_the_busy_day_is_their_end_alone(
        self, served: list[tuple[int, Mapping[int, Any]]], stored: Path
    ) -> None:
        shutil.rmtree(stored / "busy")
        serve_variant(stored, {"last_day": "2026-03-31"}, 8123)

        assert served == [(8123, {})]
        assert (os.environ["LINLI_TODAY"], os.environ["LINLI_DEMO_OTHER"]) == ("2026-03-31", "")

    def test_is_of_copies_that_are_gone_on_with(
        self,
        served: list[tuple[int, Mapping[int, Any]]],
        monkeypatch: pytest.MonkeyPatch,
        stored: Path,
        tmp_path: Path,
    ) -> None:
        serve_variant(stored, {"last_day": "2026-12-31"}, 8123)
        copy = tmp_path / "demo" / "abc" / "busy" / "linli.sqlite3"
        copy.write_text("gone on")
        monkeypatch.setenv("LINLI_DATA", str(tmp_path))
        serve_variant(stored, {"last_day": "2026-12-31"}, 8123)

        assert (copy.read_text(), (stored / "busy" / "linli.sqlite3").read_text()) == ("gone on", "the busy day")
