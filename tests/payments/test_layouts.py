"""Bank files as data: both layouts of the product, and every way a file is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from linli.law.policies.engine import BankLayout, BankLayoutInvalid, load_bank_layout
from linli.money.payments import refusals
from linli.money.payments.engine.layouts import Header, PaymentLine, file_name, read_return, write_file
from tests.foundation.files.warm import Warm

BANKS = Path(settings.PACKS_DIR, "bank")
HEADER = Header("FF-2026-03-1", date(2026, 3, 16), 2, 80_050)
LINES = [
    PaymentLine("FF-2026-03-1-0001", "6222000012345678", "王建国", 50_000, "BASE_AWARD 2026-03"),
    PaymentLine("FF-2026-03-1-0002", "6222000087654321", "欧阳秀英", 30_050, "ELDER 2026-03"),
]
FILE = """
code = "B"
label = { zh = "银行", en = "Bank" }
encoding = "UTF-8"
line_end = "LF"
amount_unit = "YUAN"
date_form = "YYYYMMDD"
[payment]
form = "DELIMITED"
delimiter = ","
file_name = "%(batch_number)s.csv"
header = []
lines = [{ field = "REFERENCE" }, { field = "BANK_NAME" }, { field = "AMOUNT" }]
trailer = [{ field = "TOTAL" }]
[return]
form = "DELIMITED"
delimiter = ","
header = [{ field = "BATCH_NUMBER" }, { field = "DATE" }]
lines = [{ field = "REFERENCE" }, { field = "AMOUNT" }, { field = "RESULT_CODE" }]
trailer = [{ field = "TOTAL" }]
[[return.codes]]
value = "0"
meaning = "PAID"
label = { zh = "成功", en = "Paid" }
[[return.codes]]
value = "1"
meaning = "RETURNED"
label = { zh = "失败", en = "Failed" }
"""


@pytest.fixture(scope="module")
def river() -> BankLayout:
    return load_bank_layout(BANKS / "river_bank.toml")


@pytest.fixture(scope="module")
def hill() -> BankLayout:
    return load_bank_layout(BANKS / "hill_bank.toml")


@pytest.fixture
def own(tmp_path: Path) -> BankLayout:
    path = tmp_path / "own.toml"
    path.write_text(FILE)
    return load_bank_layout(path)


class TestLoadLayout:
    def test_refuses_what_is_no_layout(self, tmp_path: Path) -> None:
        path = tmp_path / "bad.toml"
        path.write_text(FILE.replace('amount_unit = "YUAN"', 'amount_unit = "JIAO"'))
        with pytest.raises(BankLayoutInvalid) as refusal:
            load_bank_layout(path)
        assert [(one.file, one.line) for one in refusal.value.problems] == [("bad.toml", 6)]

    def test_takes_no_delimiter_where_widths_are_fixed(self, hill: BankLayout) -> None:
        assert (hill.payment.delimiter, hill.returned.delimiter) == ("", "")


class TestWriteFile:
    def test_delimited_in_gbk_with_a_header(self, river: BankLayout) -> None:
        assert write_file(river, HEADER, LINES).decode("GBK").split("\r\n") == [
            "H|FF-2026-03-1|20260316|2|80050",
            "D|1|FF-2026-03-1-0001|6222000012345678|王建国|50000|BASE_AWARD 2026-03",
            "D|2|FF-2026-03-1-0002|6222000087654321|欧阳秀英|30050|ELDER 2026-03",
            "",
        ]

    def test_fixed_widths_in_bytes_with_a_trailer(self, hill: BankLayout) -> None:
        rows = write_file(hill, HEADER, LINES).split(b"\n")
        assert ([len(row) for row in rows], rows[2][-18:]) == ([206, 206, 74, 0], b"            800.50")

    def test_is_named_as_the_bank_wants(self, river: BankLayout, hill: BankLayout) -> None:
        assert (file_name(river, HEADER), file_name(hill, HEADER)) == (
            "DF20260316FF-2026-03-1.txt",
            "FF-2026-03-1.PAY",
        )

    def test_refuses_a_name_longer_than_its_column(self, hill: BankLayout) -> None:
        with pytest.raises(refusals.FieldTooLong):
            write_file(hill, HEADER, [replace(LINES[0], payee_name="王" * 21), LINES[1]])

    @pytest.mark.parametrize("name", ["王|建国", "王\n建国", "王\r建国"])
    def test_refuses_a_text_that_would_break_the_row(self, river: BankLayout, name: str) -> None:
        with pytest.raises(refusals.FieldTooLong):
            write_file(river, HEADER, [replace(LINES[0], payee_name=name), LINES[1]])

    def test_refuses_a_character_the_bank_does_not_know(self, river: BankLayout) -> None:
        with pytest.raises(refusals.TextNotEncodable) as refusal:
            write_file(river, HEADER, [replace(LINES[0], payee_name="王𠮷"), LINES[1]])
        assert refusal.value.details == {"text": "王𠮷", "encoding": "GBK"}

    def test_cuts_a_purpose_to_its_column(self, hill: BankLayout) -> None:
        rows = write_file(hill, HEADER, [replace(LINES[0], purpose="补" * 30), LINES[1]]).split(b"\n")
        assert rows[0][-60:].decode() == "补" * 20

    def test_keeps_the_delimiter_out_of_a_purpose(self, river: BankLayout) -> None:
        rows = write_file(river, HEADER, [replace(LINES[0], purpose="补助|三月\n"), LINES[1]]).split(b"\r\n")
        assert rows[1].decode("GBK").split("|")[-1] == "补助 三月"

    def test_refuses_a_header_that_does_not_add_up(self, river: BankLayout) -> None:
        with pytest.raises(refusals.ReturnTotalsDiffer):
            write_file(river, replace(HEADER, total_fen=1), LINES)


def answer(*rows: str, date_: str = "20260317", total: str = "800.50") -> bytes:
    return "\n".join([f"FF-2026-03-1,{date_}", *rows, total, ""]).encode()


class TestReadReturn:
    def test_says_what_was_paid_and_what_came_back(self, own: BankLayout) -> None:
        found = read_return(own, answer("FF-2026-03-1-0001,500.00,0", "FF-2026-03-1-0002,300.50,1"))
        assert [(line.row, line.reference, line.amount_fen, line.paid) for line in found.lines] == [
            (2, "FF-2026-03-1-0001", 50_000, True),
            (3, "FF-2026-03-1-0002", 30_050, False),
        ]

    def test_says_which_batch_and_day(self, own: BankLayout) -> None:
        found = read_return(own, answer("A,800.50,0"))
        assert (found.batch_number, found.date) == ("FF-2026-03-1", date(2026, 3, 17))

    def test_counts_the_rows_before_it_makes_a_list_of_them(self, own: BankLayout) -> None:
        with pytest.raises(refusals.ReturnMalformed) as refusal:
            read_return(own, b"\n" * 200_001)
        assert refusal.value.details["row"] == 200_001

    def test_reads_windows_line_ends(self, own: BankLayout) -> None:
        assert len(read_return(own, answer("A,800.50,0").replace(b"\n", b"\r\n")).lines) == 1

    @pytest.mark.parametrize(
        "end", [b"", b"\n", b"\r\n\r\n\r\n", b"   \r\n", b"\x1a", b"\r\n\x1a", b" \n\t\n\x1a\x1a\n", b"  "]
    )
    def test_nothing_but_white_space_and_ctrl_z_behind_the_last_row_is_the_end(
        self, own: BankLayout, river: BankLayout, hill: BankLayout, end: bytes
    ) -> None:
        of_hill = b"A".ljust(32) + b"62220001".ljust(32) + b"500.00".rjust(16) + b"S ".ljust(62)
        trailer = b"TOTAL " + b"FF-2026-03-1".ljust(32) + b"2026-03-17" + b"00000001"
        for layout, data in (
            (own, answer("A,800.50,0").rstrip(b"\n")),
            (river, b"R|FF-2026-03-1|20260317|1\r\nD|A|62220001|1|0000|"),
            (hill, of_hill + b"\n" + trailer),
        ):
            assert [line.row for line in read_return(layout, data + end).lines] == [1 if layout is hill else 2]

    @pytest.mark.parametrize("between", [b"\n", b"   \n", b"\x1a\n"])
    def test_refuses_by_its_row_what_is_no_row_between_others(self, own: BankLayout, between: bytes) -> None:
        first, second, last = answer("A,800.50,0").splitlines(keepends=True)
        with pytest.raises(refusals.ReturnMalformed) as refusal:
            read_return(own, first + second + between + last)
        assert refusal.value.details["row"] == 3

    @pytest.mark.parametrize("end", [b"x", b"\n.", b"\x00", b"\x1ax"])
    def test_refuses_anything_else_behind_the_last_row(self, own: BankLayout, end: bytes) -> None:
        with pytest.raises(refusals.ReturnMalformed):
            read_return(own, answer("A,800.50,0").rstrip(b"\n") + end)

    @pytest.mark.parametrize(
        ("data", "row"),
        [
            (b"", 1),
            (b"\x1a", 1),
            (b"  \n", 1),
            (b"only one row", 1),
            (answer("A,800.50,7"), 2),
            (answer("A,800.50"), 2),
            (answer("A,eight,0"), 2),
            (answer("A,800.50,0", date_="16.3.2026"), 1),
            (answer("A,800.50,0", total="?"), 3),
            (b"\xff\xfe\x00,20260317\n1\n", 1),
        ],
    )
    def test_names_the_row_it_cannot_read(self, own: BankLayout, data: bytes, row: int) -> None:
        with pytest.raises(refusals.ReturnMalformed) as refusal:
            read_return(own, data)
        assert refusal.value.details["row"] == row

    def test_refuses_a_total_that_differs(self, own: BankLayout) -> None:
        with pytest.raises(refusals.ReturnTotalsDiffer):
            read_return(own, answer("A,800.50,0", total="800.51"))

    def test_refuses_a_count_that_differs(self, river: BankLayout) -> None:
        with pytest.raises(refusals.ReturnTotalsDiffer):
            read_return(river, b"R|FF-2026-03-1|20260317|2\r\nD|A|62220001|1|0000|\r\n")

    def test_refuses_a_count_that_is_no_number(self, river: BankLayout) -> None:
        with pytest.raises(refusals.ReturnMalformed):
            read_return(river, b"R|FF-2026-03-1|20260317|two\r\nD|A|62220001|1|0000|\r\n")

    def test_refuses_a_row_that_begins_otherwise(self, river: BankLayout) -> None:
        with pytest.raises(refusals.ReturnMalformed):
            read_return(river, b"X|FF-2026-03-1|20260317|0\r\n")

    def test_refuses_a_row_of_another_width(self, hill: BankLayout) -> None:
        with pytest.raises(refusals.ReturnMalformed):
            read_return(hill, b"short\n" + b"TOTAL ".ljust(56, b" "))

    def test_refuses_a_character_cut_in_two(self, hill: BankLayout) -> None:
        with pytest.raises(refusals.ReturnMalformed):
            read_return(hill, "王".encode()[:2].ljust(142, b" ") + b"\n" + b"TOTAL ".ljust(56, b" "))

    @given(st.binary(max_size=200))
    def test_never_fails_in_any_other_way(self, warm: Warm, data: bytes) -> None:
        layout = load_bank_layout(BANKS / "river_bank.toml")
        warm.take(lambda: read_return(layout, data))
