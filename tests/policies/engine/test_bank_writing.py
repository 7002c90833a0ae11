"""What the two banks' payment files can hold: told by the first bank that cannot."""

from pathlib import Path

import pytest

from linli.law.policies.engine import load_bank_layout, obstacle

BANK = Path(__file__).resolve().parents[3] / "packs" / "bank"
# Texts of its lines between "|", in GBK, of any length; and 60 bytes of UTF-8 for a name.
RIVER, HILL = (load_bank_layout(BANK / f"{name}.toml") for name in ("river_bank", "hill_bank"))


@pytest.mark.parametrize("name", ["王建国", "欧阳·修", "买买提·吐尔逊", "一" * 20, "a" * 60, ""])
def test_a_name_that_fits_meets_none(name: str) -> None:
    assert obstacle([RIVER, HILL], "PAYEE_NAME", name) is None


@pytest.mark.parametrize("name", ["一" * 20 + "a", "a" * 61, "一" * 40])
def test_more_bytes_than_the_field_has_are_too_many(name: str) -> None:
    found = obstacle([RIVER, HILL], "PAYEE_NAME", name)

    assert found is not None
    assert (found.bank, found.width, found.signs) == (HILL.label, 60, "")


def test_a_field_with_delimiters_has_no_width() -> None:
    assert obstacle([RIVER], "PAYEE_NAME", "一" * 200) is None


@pytest.mark.parametrize(("name", "signs"), [("王𠮷", "𠮷"), ("𬎆王䶮𬎆", "𬎆䶮"), ("王\u00e9", "")])
def test_signs_that_the_encoding_lacks_are_named_once_each(name: str, signs: str) -> None:
    found = obstacle([HILL, RIVER], "PAYEE_NAME", name)

    assert (found.signs if found else "") == signs
    assert found is None or (found.bank, found.encoding, found.width) == (RIVER.label, "GBK", 0)
    assert obstacle([HILL], "PAYEE_NAME", name) is None


@pytest.mark.parametrize(("name", "signs"), [("王|国", "|"), ("王\n国\r", "\n\r"), ("||", "|")])
def test_signs_that_would_begin_another_field_are_none_of_a_name(name: str, signs: str) -> None:
    found = obstacle([RIVER], "PAYEE_NAME", name)

    assert found is not None
    assert (found.signs, found.width) == (signs, 0)


def test_what_a_bank_does_not_write_meets_none() -> None:
    assert obstacle([RIVER, HILL], "BRANCH", "𠮷|" * 100) is None
