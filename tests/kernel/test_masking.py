"""What is shown of names and numbers when the full value must not be."""

import pytest

from linli.kernel.masking import mask_identity_number, mask_name, mask_phone, surname_of


class TestSurnameOf:
    @pytest.mark.parametrize(
        ("name", "surname"), [("王小明", "王"), ("欧阳娜娜", "欧阳"), ("司马光", "司马"), ("欧阳", "欧"), ("", "")]
    )
    def test_is_two_characters_for_a_compound_one(self, name, surname):
        assert surname_of(name) == surname


class TestMaskName:
    @pytest.mark.parametrize(
        ("name", "masked"),
        [
            ("张三", "张*"),
            ("王小明", "王*明"),
            ("欧阳娜娜", "欧阳*娜"),
            ("司马光", "司马*"),
            ("王", "王*"),
            ("", ""),
            ("Aygul Memet", "A***"),
            ("阿依古丽·买买提", "阿*提"),
        ],
    )
    def test_keeps_the_surname_and_the_last_sign(self, name, masked):
        assert mask_name(name) == masked

    @pytest.mark.parametrize("name", ["张　三", "张 三", "\u202a张三\u202c"])
    def test_a_padded_name_is_no_longer_name(self, name):
        assert mask_name(name) == "张*"

    def test_a_single_letter_shows_only_itself(self):
        assert mask_name("A") == "A*"


class TestMaskIdentityNumber:
    def test_keeps_four_and_four(self):
        assert mask_identity_number("11010519491231002X") == "**************002X"

    def test_a_malformed_number_shows_nothing(self):
        assert mask_identity_number("12345") == "*****"


class TestMaskPhone:
    @pytest.mark.parametrize(
        ("phone", "masked"),
        [("13800138000", "138****8000"), ("63512345", "******45"), ("12", "12"), ("7", "7"), ("", "")],
    )
    def test_keeps_what_tells_two_apart(self, phone, masked):
        assert mask_phone(phone) == masked
