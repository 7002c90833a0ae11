"""The reference of the pack format says what the loader checks, today."""

import re
from pathlib import Path

import pytest

from linli.config import cli
from linli.law.policies.engine.reference import reference_text
from linli.law.policies.engine.sentences import ALL_NOTICES
from linli.law.policies.engine.units import RANGES
from tests.policies.engine.support import ROOT
from tests.policies.engine.test_keys_are_read import keys

DOCUMENT = ROOT / "docs" / "pack-format.md"


def test_the_document_is_current():
    assert DOCUMENT.read_text(encoding="utf-8") == reference_text(), "run: make reference"


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]):
    cli.main(["pack", "format"])

    assert capsys.readouterr().out == reference_text()


def test_every_key_is_in_it():
    written = {key for address in re.findall(r"`([\w.]+)`", reference_text()) for key in address.split(".")}

    assert keys() - written == set()


def test_every_unit_and_letter_is_in_it():
    rows = set(re.findall(r"^\| `(\w+)`", reference_text(), re.MULTILINE))

    assert {*RANGES, *ALL_NOTICES} - rows == set()


@pytest.mark.parametrize(
    "row",
    [
        "| `programmes.starts` | `APPLICATION_MONTH`, `DECISION_MONTH`, `NEXT_MONTH` | `NEXT_MONTH` |",
        "| `papers.valid_months` | whole number, 1 to 1,200 | optional |",
        "| `PERCENT` | 0 to 100 | `…_percent` |",
        "| `decision_days` | 30 WORKING_DAYS |",
    ],
)
def test_types_bounds_and_defaults_are_in_it(row: str):
    assert row in reference_text()


def test_it_names_the_readme_of_packs():
    assert Path(DOCUMENT).name in (ROOT / "README.md").read_text(encoding="utf-8")
