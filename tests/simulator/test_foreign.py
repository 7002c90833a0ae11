"""A plan of anybody's pack can be lived: other groups, units, time limits and months than the seed's."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from linli.simulator.case import applicant_of
from linli.simulator.population import Home, Person
from linli.simulator.report import report_of
from linli.simulator.settle import Settled
from linli.simulator.year import live
from tests.seeds import LONG, rotating
from tests.simulator.support import BANKS, CALENDAR, lived, violations

LAST_DAY = date(2026, 12, 31)


class TestAForeignScheme:
    @pytest.mark.skipif(
        connection.vendor != "sqlite" and not LONG, reason="test_turn: PostgreSQL lives to the same bytes as SQLite"
    )
    @pytest.mark.parametrize("seed", [1 + turn for turn in rotating(1, of=2)])
    def test_lives_its_whole_plan_though_papers_often_come_too_late(
        self, committed_database: str, small_harbour: Path, seed: int
    ) -> None:
        year = live(small_harbour, calendar_file=CALENDAR, bank_file=BANKS[seed % 2], seed=seed)
        report = report_of(year, seed=seed)

        assert violations() == []
        assert report["last_day"] == "2026-12-31"
        assert report["applications"]["LAPSED"] > 0
        # Who was only late came back with everything.
        assert [case.number for case in year.desk.granted if case.papers_at_hand]

    def test_may_begin_with_its_first_month_of_payment(
        self, committed_database: str, small_harbour: Path, tmp_path: Path
    ) -> None:
        late = tmp_path / "late"
        shutil.copytree(small_harbour, late)
        scheme = (late / "scheme.toml").read_text(encoding="utf-8")
        (late / "scheme.toml").write_text(
            scheme.replace("valid_from = 2026-02-01", "valid_from = 2026-04-01"), encoding="utf-8"
        )

        report = lived(late, seed=4, months=2)

        assert report["applications"]["GRANTED"] > 0


def family(*ages: int) -> Settled:
    """A household of these ages on LAST_DAY, with resident ids from 1 on."""
    people = tuple(
        Person(f"甲{n}", "HEAD", True, LAST_DAY.replace(year=LAST_DAY.year - age), "", "", {})
        for n, age in enumerate(ages)
    )
    numbers = tuple(range(1, len(ages) + 1))
    return Settled(Home(0, people, {}), 1, "H-1", numbers, tuple(f"R-{n}" for n in numbers))


class TestApplicant:
    def test_is_the_first_grown_up_who_is_alive(self) -> None:
        assert applicant_of(family(70, 66, 12), {1}, LAST_DAY) == 2

    def test_is_nobody_where_only_children_are_left(self) -> None:
        assert applicant_of(family(70, 12), {1}, LAST_DAY) is None
