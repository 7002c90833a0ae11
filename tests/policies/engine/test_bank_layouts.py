import pytest

from linli.law.policies.engine import BankLayoutInvalid, load_bank_layout
from tests.policies.engine.support import ROOT

BANK = ROOT / "packs" / "bank"


class TestLoadBankLayout:
    def test_reads_a_delimited_layout(self):
        layout = load_bank_layout(BANK / "river_bank.toml")

        assert (layout.encoding, layout.amount_unit, layout.payment.delimiter) == ("GBK", "FEN", "|")
        assert [column.field for column in layout.payment.header] == ["FIXED", "BATCH_NUMBER", "DATE", "COUNT", "TOTAL"]

    def test_reads_a_layout_of_fixed_widths(self):
        layout = load_bank_layout(BANK / "hill_bank.toml")

        assert (layout.encoding, layout.amount_unit, layout.payment.form) == ("UTF-8", "YUAN", "FIXED_WIDTH")
        assert sum(column.width for column in layout.payment.lines) == 206

    @pytest.mark.parametrize("bank", ["river_bank", "hill_bank"])
    def test_knows_what_each_result_code_means(self, bank):
        codes = load_bank_layout(BANK / f"{bank}.toml").returned.codes

        assert {code.meaning for code in codes.values()} == {"PAID", "RETURNED"}

    @pytest.mark.parametrize(
        ("bank", "old", "new", "line", "cause"),
        [
            ("river_bank", 'delimiter = "|"\nfile_name', "file_name", 10, "delimiter is missing"),
            ("hill_bank", '{ field = "REFERENCE", width = 32 }', '{ field = "REFERENCE" }', 14, "width is missing"),
            ("hill_bank", '    { field = "RESULT_CODE", width = 2 },\n', "", 33, "RESULT_CODE is missing"),
            ("river_bank", '{ field = "PURPOSE" }', '{ field = "SHOE_SIZE" }', 21, "SHOE_SIZE is not one of "),
            ("hill_bank", 'encoding = "UTF-8"', 'encoding = "UTF-16"', 5, "UTF-16 is not one of GBK, GB18030, UTF-8"),
        ],
    )
    def test_tells_each_mistake_with_its_line(self, tmp_path, bank, old, new, line, cause):
        text = (BANK / f"{bank}.toml").read_text(encoding="utf-8")
        path = tmp_path / "bank.toml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

        with pytest.raises(BankLayoutInvalid) as refusal:
            load_bank_layout(path)

        assert [(p.line, p.cause.en[: len(cause)]) for p in refusal.value.problems] == [(line, cause)]

    def test_wants_lines(self, tmp_path):
        text = (BANK / "river_bank.toml").read_text(encoding="utf-8")
        path = tmp_path / "bank.toml"
        begin = text.index("lines = [")
        path.write_text(text[:begin] + "lines = []\n" + text[text.index("trailer = []") :], encoding="utf-8")

        with pytest.raises(BankLayoutInvalid) as refusal:
            load_bank_layout(path)

        assert [p.cause.en for p in refusal.value.problems] == ["field is missing"]

    def test_tells_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(BankLayoutInvalid):
            load_bank_layout(tmp_path / "none.toml")
