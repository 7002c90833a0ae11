"""Next year's pack is this one moved on by a stated rule: no figure of its own, nobody's word taken for it."""

from datetime import date
from pathlib import Path

import pytest

from linli.kernel.period import Month
from linli.law.policies.engine import load_pack
from linli.law.policies.engine.examples import run_examples
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.next_year import next_version, write_next_year
from linli.law.policies.engine.versioning import TargetOccupied
from linli.overview.planning.engine import plan_from_pack
from tests.policies.engine.support import COMMUNITY

RIVER = Path(__file__).parents[2] / "packs" / "river_living"


@pytest.fixture(scope="module")
def following(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return load_pack(write_next_year(COMMUNITY, tmp_path_factory.mktemp("next") / "pack"))


def test_every_month_moves_on_by_twelve(following: Pack) -> None:
    assert {(one.first_month, one.last_month) for one in following.programmes.values()} == {
        (Month(2027, 1), Month(2027, 12))
    }
    plan = plan_from_pack(following)
    months = {str(figure.value) for figure in plan.figures.values() if figure.unit == "MONTH"}
    assert plan.year == 2027
    assert all(month.startswith("2027-") for month in months)


def test_it_is_in_force_from_its_first_day_under_a_number_of_its_own(following: Pack) -> None:
    assert (following.code, following.version, following.valid_from) == (
        load_pack(COMMUNITY).code,
        "1.0-2027",
        date(2027, 1, 1),
    )


def test_figures_stay_and_become_assumptions(following: Pack) -> None:
    before, after = plan_from_pack(load_pack(COMMUNITY)), plan_from_pack(following)
    same = [path for path, figure in before.figures.items() if figure.unit not in ("MONTH", "YEAR")]
    assert [after.figures[path].value for path in same] == [before.figures[path].value for path in same]
    stated = "programmes.BASE_AWARD.recipients"
    assert (before.assumed(stated), after.assumed(stated)) == (False, True)
    assert "2026" in after.figures[stated].why.zh


def test_parameters_and_rules_are_the_same(following: Pack) -> None:
    before = load_pack(COMMUNITY)
    on = date(2027, 3, 1)
    assert dict(following.parameters_on(on)) == dict(before.parameters_on(on))


def test_a_folder_is_never_overwritten(tmp_path: Path) -> None:
    with pytest.raises(TargetOccupied):
        write_next_year(COMMUNITY, tmp_path)


@pytest.mark.parametrize(("version", "expected"), [("1.0", "1.0-2028"), ("1.0-2027", "1.0-2028")])
def test_the_number_names_its_year(version: str, expected: str) -> None:
    assert next_version(version, 2028) == expected


def test_examples_are_answered_by_the_figures_of_the_year_that_comes(tmp_path: Path) -> None:
    """In March the standard is still 910, a year later it is 960: the example is asked on a day of its own year."""
    folder = write_next_year(RIVER, tmp_path / "next")
    text = (folder / "examples" / "01_grandmother_and_child.toml").read_text(encoding="utf-8")

    assert all(outcome.passed for outcome in run_examples(folder, load_pack(folder)))
    assert "on = 2027-03-02" in text
    assert "amount_fen = 90_000 # 1.0-2027: 80_000 in 1.0" in text
