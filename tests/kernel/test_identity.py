"""Citizen identity numbers: what they say and every way they are refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.identity import (
    IdentityNumberBirthImpossible,
    IdentityNumberChecksumFailed,
    IdentityNumberCut,
    IdentityNumberMalformed,
    IdentityNumberMangled,
    parse_identity_number,
    with_check_digit,
)

TODAY = date(2026, 3, 9)
# The number printed as the example of GB 11643-1999.
WOMAN = "11010519491231002X"
MAN = "440524188001010014"


class TestParseIdentityNumber:
    def test_reads_birth_date_and_sex(self):
        number = parse_identity_number(WOMAN, on=TODAY)

        assert (number.text, number.birth_date, number.male) == (WOMAN, date(1949, 12, 31), False)

    def test_an_odd_order_number_is_a_man(self):
        assert parse_identity_number(MAN, on=TODAY).male is True

    @pytest.mark.parametrize("text", ["11010519491231002x", " 110105 19491231 002X ", "11010519491231002X"])
    def test_takes_blanks_small_x_and_full_width(self, text):
        assert parse_identity_number(text, on=TODAY).text == WOMAN

    @pytest.mark.parametrize("text", ["", "1101051949123100", "11010519491231002XX", "11010519491231X02X", "not one"])
    def test_refuses_what_is_not_eighteen_signs(self, text):
        with pytest.raises(IdentityNumberMalformed) as refusal:
            parse_identity_number(text, on=TODAY, field="id_number")

        assert refusal.value.field == "id_number"

    @pytest.mark.parametrize("text", ["1.1E+17", "1.10105E+17", "1e17", "1.1e+17"])
    def test_names_what_a_spreadsheet_made_of_it(self, text):
        with pytest.raises(IdentityNumberMangled) as refusal:
            parse_identity_number(text, on=TODAY)

        assert text in str(refusal.value)

    def test_refuses_a_wrong_check_digit(self):
        with pytest.raises(IdentityNumberChecksumFailed):
            parse_identity_number("110105194912310021", on=TODAY)

    def test_says_that_a_spreadsheet_wrote_000_for_the_last_three_digits(self):
        with pytest.raises(IdentityNumberCut) as refusal:
            parse_identity_number("110105194912310000", on=TODAY)

        assert (refusal.value.code, "末三位像是被表格软件改成了 000" in str(refusal.value)) == (
            "identity.mangled",
            True,
        )
        assert "单独录入" not in str(refusal.value)

    def test_a_number_that_ends_so_by_right_is_taken(self):
        assert parse_identity_number("990101195001013000", on=TODAY).text == "990101195001013000"

    @pytest.mark.parametrize("mark", ["\u200b", "\u202c", "\ufeff"])
    def test_marks_that_paste_along_are_no_part_of_a_number(self, mark):
        assert parse_identity_number(f"{mark}{WOMAN}{mark}", on=TODAY).text == WOMAN

    @pytest.mark.parametrize("birth", ["19490230", "19491301", "00000000"])
    def test_refuses_a_day_that_never_was(self, birth):
        with pytest.raises(IdentityNumberBirthImpossible):
            parse_identity_number(with_check_digit(f"110105{birth}002"), on=TODAY)

    def test_refuses_a_birth_in_the_future(self):
        with pytest.raises(IdentityNumberBirthImpossible):
            parse_identity_number(with_check_digit("11010520260310002"), on=TODAY)

    def test_takes_a_child_born_on_the_day(self):
        assert parse_identity_number(with_check_digit("11010520260309002"), on=TODAY).birth_date == TODAY

    def test_a_place_that_no_list_knows_is_no_refusal(self):
        text = with_check_digit("99010119600305002")

        assert parse_identity_number(text, on=TODAY).text == text

    def test_an_unknown_place_does_not_excuse_the_check_digit(self):
        text = with_check_digit("99010119600305002")
        wrong = text[:-1] + ("1" if text[-1] != "1" else "2")

        with pytest.raises(IdentityNumberChecksumFailed):
            parse_identity_number(wrong, on=TODAY)

    @given(
        birth=st.dates(date(1900, 1, 1), TODAY),
        order=st.integers(0, 999),
        position=st.integers(0, 16),
        slip=st.integers(1, 9),
    )
    def test_one_mistyped_digit_never_passes(self, birth, order, position, slip):
        right = with_check_digit(f"110105{birth:%Y%m%d}{order:03d}")
        digit = (int(right[position]) + slip) % 10
        wrong = right[:position] + str(digit) + right[position + 1 :]

        with pytest.raises((IdentityNumberChecksumFailed, IdentityNumberBirthImpossible, IdentityNumberCut)):
            parse_identity_number(wrong, on=TODAY)
