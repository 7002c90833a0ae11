"""One spelling of what people type, paste and import."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.text import folded, half_width, kept, latin, plain_name, plain_number, plain_text

INVISIBLE = "\u200b\u200e\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
DOTS = "·•・‧∙⋅．･"
SCRAPS = st.text(st.sampled_from(f"张三买·A1 　\u00a0\t\n１Ａ，{INVISIBLE}{DOTS}⼩"), max_size=20)


class TestPlainText:
    @pytest.mark.parametrize("mark", INVISIBLE)
    def test_invisible_marks_are_no_part_of_a_text(self, mark):
        assert plain_text(f"{mark}王{mark}小明{mark}") == "王小明"

    def test_of_what_nobody_sees_nothing_is_left(self):
        """Every sign that Unicode calls a control, a format, a blank or half of a pair."""
        unseen = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zs"}]
        left = [f"{ord(sign):x}" for sign in unseen if plain_text(sign * 3)]

        assert left == []
        assert plain_name("".join(unseen)) == ""

    @pytest.mark.parametrize("blank", ["\u3000", "\u00a0", "\t", "\u2003", "\u202f", "  "])
    def test_blanks_are_of_one_kind_single_and_never_at_an_end(self, blank):
        assert plain_text(f"{blank}2{blank}单元{blank}") == "2 单元"

    def test_line_ends_and_chinese_punctuation_stay(self):
        assert plain_text("第一行。 \r\n　第二行：完") == "第一行。\r\n 第二行：完"

    def test_an_accent_on_a_wide_letter_is_one_letter(self):
        assert plain_text("Ｅ\u0301") == "\u00c9"

    def test_digits_and_letters_are_half_width(self):
        assert plain_text("３０１Ａ（东）") == "301A（东）"

    def test_a_radical_copied_from_a_pdf_is_the_ideograph(self):
        assert plain_text("李⼩明") == "李小明"

    @given(SCRAPS | st.text(max_size=20))
    def test_what_is_plain_stays(self, text):
        assert plain_text(plain_text(text)) == plain_text(text)


class TestPlainName:
    @pytest.mark.parametrize("typed", ["张　三", "张 三", "张\u00a0三", " 张三 ", "\u202a张三\u202c"])
    def test_tables_pad_names_of_two_characters(self, typed):
        assert plain_name(typed) == "张三"

    @pytest.mark.parametrize("typed", ["王建\n国", "王建\r\n国", "王建\u2028国"])
    def test_a_name_stands_on_one_line(self, typed):
        assert plain_name(typed) == "王建国"

    @pytest.mark.parametrize("dot", [*DOTS, "••", " · ", "."])
    def test_one_dot_stands_between_the_parts(self, dot):
        assert plain_name(f"买买提{dot}艾力") == "买买提·艾力"

    @pytest.mark.parametrize("name", ["Aygul Memet", "J. Smith", "和平里 1 号楼", "买买提·艾力"])
    def test_other_blanks_and_full_stops_stay(self, name):
        assert plain_name(name) == name

    @given(SCRAPS | st.text(max_size=20))
    def test_what_is_plain_stays(self, text):
        assert plain_name(plain_name(text)) == plain_name(text)


def test_a_number_has_no_blanks_marks_or_wide_signs():
    assert plain_number("\u202a１１０１０５ 19491231\u3000002ｘ\ufeff") == "11010519491231002X"


@pytest.mark.parametrize(
    "pasted",
    [
        "'11010519491231002X",
        "‘110105 19491231 002x’",
        "“11010519491231002X”",
        "＂11010519491231002X＂",
        "110105-19491231-002X",
        "110105－19491231—002X",
        "11010519491231002X。",
        "11010519491231002X，",
    ],
)
def test_a_number_sheds_the_marks_that_paste_along(pasted):
    assert plain_number(pasted) == kept("id_number", pasted) == "11010519491231002X"


@pytest.mark.parametrize("text", ["1101**********002X", "1.1E+17", "110105/1949", "张三"])
def test_signs_that_are_no_marks_stay_in_a_number(text):
    assert plain_number(text) == text


@given(SCRAPS | st.text(max_size=20))
def test_a_plain_number_stays(text):
    assert plain_number(plain_number(text)) == plain_number(text)


def test_half_width_reads_wide_signs():
    assert half_width("２０２６－０３－０９") == "2026-03-09"


def test_folded_texts_compare_alike():
    assert folded("Birth　Date（必填）") == folded("birthdate(必填)")


@pytest.mark.parametrize("typed", ["lü", "Lǚ", "LV", "lv", "lu:", "lu\u0308"])
def test_every_way_to_write_the_umlaut_reads_alike(typed):
    assert latin(typed) == "lv"


@pytest.mark.parametrize(
    ("field", "spelling"),
    [("name", "张三"), ("id_number", "张三"), ("reason", "张 三"), ("password", "张　三 ")],
)
def test_a_field_s_name_says_how_its_text_is_kept(field, spelling):
    assert kept(field, "张　三 ") == spelling
