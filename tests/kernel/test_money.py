"""Yuan in and out of texts, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.money import LARGEST_FEN, MoneyMalformed, capital_amount, parse_yuan, yuan, yuan_short


class TestYuan:
    @pytest.mark.parametrize(
        ("fen", "text"),
        [(0, "0.00"), (5, "0.05"), (120050, "1,200.50"), (-120050, "-1,200.50"), (100_000_000, "1,000,000.00")],
    )
    def test_has_separators_and_two_decimals(self, fen, text):
        assert yuan(fen) == text


class TestYuanShort:
    @pytest.mark.parametrize(("fen", "text"), [(120000, "1,200"), (120050, "1,200.50"), (-100, "-1"), (10, "0.10")])
    def test_leaves_out_decimals_that_are_zero(self, fen, text):
        assert yuan_short(fen) == text


class TestParseYuan:
    @pytest.mark.parametrize(
        ("text", "fen"),
        [
            ("1200", 120000),
            ("1,200.5", 120050),
            ("\u00a51 200.50", 120050),
            ("\uffe5640.00", 64000),
            ("¥1,200.50 元", 120050),
            ("1200.50", 120050),
            ("-0.01", -1),
            ("-3", -300),
            ("0", 0),
        ],
    )
    def test_reads_what_people_write(self, text, fen):
        assert parse_yuan(text) == fen

    @pytest.mark.parametrize("text", ["", "abc", "1.234", "1,20", "1.", ".5", "1e3", "1200元整", "--1", "12,00,000"])
    def test_refuses_anything_else_at_its_field(self, text):
        with pytest.raises(MoneyMalformed) as refusal:
            parse_yuan(text, field="amount")

        assert (refusal.value.field, refusal.value.text) == ("amount", text)

    def test_holds_the_largest_amount(self):
        assert parse_yuan("999,999,999,999.99") == LARGEST_FEN

    def test_refuses_more_than_it_can_hold(self):
        with pytest.raises(MoneyMalformed):
            parse_yuan("1000000000000")

    @given(st.integers(-LARGEST_FEN, LARGEST_FEN))
    def test_reads_back_every_amount_that_is_shown(self, fen):
        assert parse_yuan(yuan(fen)) == fen


class TestCapitalAmount:
    # 支付结算办法 附一: 正确填写票据和结算凭证的基本规定.
    @pytest.mark.parametrize(
        ("fen", "text"),
        [
            (0, "零元整"),
            (50_000, "伍佰元整"),
            (120_000, "壹仟贰佰元整"),
            (100_800_000, "壹佰万零捌仟元整"),
            (140_950, "壹仟肆佰零玖元伍角"),
            (600_714, "陆仟零柒元壹角肆分"),
            (32_504, "叁佰贰拾伍元零肆分"),
        ],
    )
    def test_writes_amounts_as_vouchers_do(self, fen, text):
        assert capital_amount(fen) == text
