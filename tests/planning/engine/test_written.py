"""What the checker offers can be written into a pack: written, loaded and checked, its finding is gone."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from linli.config.cli_plan import run_plan_check
from linli.law.policies.engine import load_pack
from linli.law.policies.engine.versioning import write_version
from linli.overview.planning.engine import Remedy, check, fatal, plan_from_pack, propose_variant
from tests.planning.engine.plans import FOLDERS, FOREIGN, pack_in

CHECKED = {name: check(plan_from_pack(pack_in(folder))) for name, folder in FOLDERS.items()}
WAYS = [
    pytest.param(FOLDERS[name], finding.key, way, id=f"{name}-{finding.code}-{finding.subject}-{number}")
    for name, findings in CHECKED.items()
    for finding in findings
    for number, way in enumerate(finding.remedies)
]


@pytest.mark.parametrize("name", FOREIGN)
def test_the_command_prints_the_list_that_was_written_by_hand(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = tomllib.loads(FOREIGN[name].read_text(encoding="utf-8"))

    run_plan_check(FOLDERS[name], as_json=True, language="en")
    printed = {
        f"{row['code']} {row['subject']}": row["arithmetic"] for row in json.loads(capsys.readouterr().out)["findings"]
    }

    assert list(printed) == expected["findings"]
    assert {name: printed[name] for name in expected["arithmetic"]} == expected["arithmetic"]


@pytest.mark.parametrize(("folder", "key", "way"), WAYS)
def test_every_way_out_written_and_checked_removes_its_finding(
    folder: Path, key: tuple[str, str], way: Remedy, tmp_path: Path
) -> None:
    changes = {change.path: change.value for change in way.changes}

    written = load_pack(write_version(folder, tmp_path / "next", changes=changes, version="way-out"))

    assert key not in {finding.key for finding in check(plan_from_pack(written))}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_variant_written_and_checked_has_nothing_fatal(name: str, tmp_path: Path) -> None:
    variant = propose_variant(plan_from_pack(pack_in(FOLDERS[name])))
    assert variant is not None
    changes = {change.path: change.value for change in variant.changes}

    written = load_pack(write_version(FOLDERS[name], tmp_path / "next", changes=changes, version="variant"))

    assert fatal(check(plan_from_pack(written))) == ()


# A plan as short as a plan may be: bare numbers, and the rest left to the loader.
_SHORT = """
year = 2026
population = { residents = 260, households = 100 }
[[programmes]]
programme = "BROTH_BASKET"
recipients = 60
monthly_amount = "broth_monthly_fen"
[[programmes]]
programme = "SATCHEL"
recipients = 24
monthly_amount = "satchel_monthly_fen"
[[budget_lines]]
budget_line = "BROTH"
amount = 20_000_000
[[budget_lines]]
budget_line = "SATCHELS"
amount = 12_096_000
[[sources]]
source = "TOWNSHIP"
amount = 7_440_000
[[sources]]
source = "COOPERATIVE"
amount = 15_000_000
"""


def test_ways_out_of_a_short_plan_can_be_written_too(tmp_path: Path) -> None:
    short = tmp_path / "short"
    shutil.copytree(FOLDERS["orchard_purse"], short)
    (short / "plan.toml").write_text(_SHORT, encoding="utf-8")
    ways = [(found.key, way) for found in check(plan_from_pack(load_pack(short))) for way in found.remedies]

    assert len(ways) > 10
    for number, (key, way) in enumerate(ways):
        changes = {change.path: change.value for change in way.changes}
        written = load_pack(write_version(short, tmp_path / str(number), changes=changes, version="way-out"))
        assert key not in {finding.key for finding in check(plan_from_pack(written))}, way.label.en
