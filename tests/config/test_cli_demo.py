"""What the demonstration says of its two years at the end."""

from pathlib import Path

import pytest

from linli.config.cli_demo import PACK, YEARS, comparison, data_dir, key
from linli.policies.engine import load_pack
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
