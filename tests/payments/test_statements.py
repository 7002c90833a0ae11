"""Bank statements as banks save them."""

from datetime import date, datetime

import pytest

from linli.foundation.files.grids import TableBroken, TableKindRefused
from linli.foundation.files.tables import TableRowsHidden, TableSheetAmbiguous, TableSheetHidden
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.refusals import StatementMalformed
from tests.foundation.files.builders import sheet, workbook

GOOD = "日期,摘要,收入,支出,余额\n2026-03-02,IN-GOV,1000.00,,1000.00\n2026-03-16,FF-2026-03-1-0001,,500.00,500.00\n"


class TestReadStatement:
    def test_signs_what_came_in_and_went_out(self) -> None:
        found = read_statement(GOOD.encode())
        assert [(line.date, line.reference, line.amount_fen) for line in found.lines] == [
            (date(2026, 3, 2), "IN-GOV", 1000_00),
            (date(2026, 3, 16), "FF-2026-03-1-0001", -500_00),
        ]

    def test_knows_the_balance_at_the_end(self) -> None:
        assert read_statement(GOOD.encode()).closing_fen == 500_00

    def test_reads_gbk(self) -> None:
        assert len(read_statement(GOOD.encode("GBK")).lines) == 2

    def test_reads_english_headers_and_skips_blank_rows(self) -> None:
        assert len(read_statement(b"Date,Reference,In,Out,Balance\n\n2026-03-02,x,1,,1\n").lines) == 1

    @pytest.mark.parametrize(
        ("data", "row"),
        [
            (b"", 1),
            (b"a,b\n", 1),
            (GOOD.replace("2026-03-16", "16.3.").encode(), 3),
            (GOOD.replace("500.00,500.00", "abc,500.00").encode(), 3),
            (GOOD.replace("500.00,500.00", "500.00,499.00").encode(), 3),
            (GOOD.replace(",500.00,500.00", ",500.00").encode(), 3),
            (b"\xff\xff\xff", 1),
        ],
    )
    def test_names_the_row_it_cannot_read(self, data: bytes, row: int) -> None:
        with pytest.raises(StatementMalformed) as refusal:
            read_statement(data)
        assert refusal.value.details["row"] == row


HEADER = ["日期", "摘要", "收入", "支出", "余额"]
IN = (date(2026, 3, 2), "IN-GOV", 1000_00, 1000_00)
OUT = (date(2026, 3, 16), "FF-2026-03-1-0001", -500_00, 500_00)


def read(data: bytes) -> list[tuple[date, str, int, int]]:
    return [(line.date, line.reference, line.amount_fen, line.balance_fen) for line in read_statement(data).lines]


def text(*rows: str) -> bytes:
    return "\n".join(["日期,摘要,收入,支出,余额", *rows, ""]).encode()


class TestAsBanksSaveIt:
    @pytest.mark.parametrize(
        "data",
        [
            GOOD.replace("\n", "\r").encode(),
            GOOD.replace("\n", "\r\n").encode("utf-16"),
            GOOD.replace("2026-03-02", "2026/3/2").replace("2026-03-16", "2026/03/16").encode("gb18030"),
            GOOD.replace("2026-03-02", "20260302").replace("2026-03-16", "2026年3月16日").encode(),
            GOOD.replace("2026-03-02", "2026-03-02 08:30:11").replace("2026-03-16", "20260316083011").encode(),
            text("2026-03-16,FF-2026-03-1-0001,,500.00,500.00", "2026-03-02,IN-GOV,1000.00,,1000.00"),
            text('2026-03-02,IN-GOV,"1,000.00",--,"1,000.00"', "2026-03-16,FF-2026-03-1-0001,-,500.00,500.00"),
            ("某某银行对账单,,,,\n账号:6222,,,,\n" + GOOD + "合计,,1000.00,500.00,\n本单仅供核对,,,,\n").encode(),
            ("账号\t6222\n" + GOOD.replace(",", "\t")).encode(),
            (
                "交易日期,交易时间,交易摘要,借方发生额(元),贷方发生额(元),账户余额(元),附言\n"
                "2026-03-02,083011,拨款,,1000.00,1000.00,\n2026-03-16,101010,代发,500.00,,500.00,FF-2026-03-1-0001\n"
            )
            .replace("拨款", "IN-GOV")
            .encode(),
            (
                "日期,摘要,借贷标志,交易金额,余额\n"
                "2026-03-02,IN-GOV,贷,1000.00,1000.00\n2026-03-16,FF-2026-03-1-0001,借,500.00,500.00\n"
            ).encode(),
            b"date,reference,amount,balance\n2026-03-02,IN-GOV,1000.00,1000.00\n2026-03-16,FF-2026-03-1-0001,-500.00,500.00\n",
            sheet(
                [
                    ["某某银行账户明细"],
                    HEADER,
                    ["2026-03-02", "IN-GOV", 1000, "", 1000],
                    [20260316, "FF-2026-03-1-0001", "", "500.00", "500.00"],
                    ["总计", "2 笔", 1000, 500],
                ]
            ),
        ],
    )
    def test_is_read(self, data: bytes) -> None:
        assert read(data) == [IN, OUT]

    def test_a_month_in_which_nothing_moved_has_no_bookings(self) -> None:
        said = read_statement("日期,摘要,收入,支出,余额\n本月无交易,,,,\n".encode())
        assert (said.lines, said.closing_fen) == ((), None)

    def test_days_and_moments_of_a_workbook_are_days(self) -> None:
        def fill(book, page):
            kind = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            page.write_datetime(1, 0, datetime(2026, 3, 2, 8, 30), kind)  # noqa: DTZ001 - a cell has no zone
            page.write_row(1, 1, ["IN-GOV", 1000, "", 1000])

        assert read(sheet([HEADER], extra=fill)) == [IN]

    def test_a_sum_is_what_its_cell_shows_or_is_refused(self) -> None:
        def fill(form: str):
            def written(book, page):
                page.write_row(1, 0, ["2026-03-02", "", "", "", 1000])
                page.write_number(1, 1, 12, book.add_format({"num_format": "0000"}))
                page.write_number(1, 2, 1000, book.add_format({"num_format": form}))

            return written

        assert read(sheet([HEADER], extra=fill("¥#,##0.00")))[0][1] == "0012"
        with pytest.raises(StatementMalformed):
            read(sheet([HEADER], extra=fill('0"万元"')))

    def test_bookings_of_one_day_are_put_in_order_by_their_balances(self) -> None:
        found = read(text("2026-03-02,c,,1,5", "2026-03-02,b,2,,6", "2026-03-02,a,4,,4"))
        assert [row[1] for row in found] == ["a", "b", "c"]

    @pytest.mark.parametrize("turned", [False, True])
    @pytest.mark.parametrize(
        ("rows", "amounts"),
        [
            # A payment that came back, and a receipt that was booked in error.
            (["贷,1000.00,1000.00", "借,500.00,500.00", "借,-500.00,1000.00"], [1000_00, -500_00, 500_00]),
            (["贷,1000.00,1000.00", "贷,-1000.00,0.00", "借,-1.00,1.00"], [1000_00, -1000_00, 1_00]),
            (["借,-500.00,1500.00", "借,300.00,1200.00"], [500_00, -300_00]),
            # A bank that gives every amount its sign, and says the side too.
            (["贷,1000.00,1000.00", "借,-500.00,500.00", "借,-500.00,0.00"], [1000_00, -500_00, -500_00]),
            (["借,-500.00,500.00", "贷,1.00,501.00"], [-500_00, 1_00]),
        ],
    )
    def test_a_red_figure_takes_back_what_was_on_its_side(
        self, rows: list[str], amounts: list[int], turned: bool
    ) -> None:
        dated = [f"2026-03-{day:02},冲正,{row}" for day, row in enumerate(rows, start=2)]
        data = "\n".join(["日期,摘要,借贷标志,交易金额,余额", *(dated[::-1] if turned else dated), ""])
        assert [row[2] for row in read(data.encode())] == amounts

    @pytest.mark.parametrize("row", ["借,-500.00,0.00", "贷,-500.00,1500.00", "借,-500.00,999.00"])
    def test_a_red_figure_that_its_balance_does_not_follow_is_refused(self, row: str) -> None:
        before = "2026-03-02,a,贷,1000.00,1000.00\n2026-03-03,b,借,500.00,500.00"
        with pytest.raises(StatementMalformed) as refusal:
            read(f"日期,摘要,借贷标志,交易金额,余额\n{before}\n2026-03-04,冲正,{row}\n".encode())
        assert refusal.value.details["row"] == 4

    def test_a_red_figure_in_its_own_column_takes_back_too(self) -> None:
        found = read(text("2026-03-02,a,1000.00,,1000.00", "2026-03-03,冲正,,-500.00,1500.00"))
        assert [row[2] for row in found] == [1000_00, 500_00]

    def test_what_is_left_out_shows_in_the_balances(self) -> None:
        with pytest.raises(StatementMalformed) as refusal:
            read(text("2026-03-02,a,4,,4", "合计,b,2,,6", "2026-03-03,c,1,,7"))
        assert refusal.value.details["row"] == 4

    @pytest.mark.parametrize(
        "row",
        [
            "31.3.,c,1,,5",
            ",c,1,,5",
            "2026-03-03,c,1,,",
            "2026-03-03,c,1.234,,5",
            f"2026-03-03,{'c' * 140_000},1,,5",
        ],
    )
    def test_a_booking_that_cannot_be_read_is_named(self, row: str) -> None:
        with pytest.raises(StatementMalformed) as refusal:
            read(text("2026-03-02,a,4,,4", row))
        assert (refusal.value.details["row"], len(str(refusal.value)) < 300) == (3, True)

    @pytest.mark.parametrize("row", ["2026-03-03,1,,5,c,d", "2026-03-03,c,d,1,,5"])
    def test_a_booking_with_more_cells_than_the_header_is_refused(self, row: str) -> None:
        """A comma in the bank's text: behind the last column it cut the text, before it moved the amounts."""
        with pytest.raises(StatementMalformed) as refusal:
            read(f"日期,收入,支出,余额,摘要\n2026-03-02,4,,4,a\n{row}\n".encode())
        assert (refusal.value.details["row"], "双引号" in str(refusal.value)) == (3, True)

    def test_a_computed_booking_is_refused(self) -> None:
        def fill(_book, page):
            page.write_formula(1, 4, "=C2", None, 1000)

        with pytest.raises(StatementMalformed):
            read(sheet([HEADER, ["2026-03-02", "IN-GOV", 1000]], extra=fill))

    def test_what_is_not_seen_is_refused(self) -> None:
        rows = [HEADER, ["2026-03-02", "a", 1, "", 1], ["2026-03-03", "b", 1, "", 2]]
        with pytest.raises(TableRowsHidden):
            read(sheet(rows, extra=lambda _book, page: page.set_row(1, None, None, {"hidden": True})))

    @pytest.mark.parametrize(("hidden", "refusal"), [(False, TableSheetAmbiguous), (True, TableSheetHidden)])
    def test_two_sheets_are_refused(self, hidden: bool, refusal: type[Exception]) -> None:
        def fill(book):
            for name in ("一月", "二月"):
                page = book.add_worksheet(name)
                page.write_row(0, 0, HEADER)
                page.write_row(1, 0, ["2026-03-02", "a", 1, "", 1])
            if hidden:
                page.hide()

        with pytest.raises(refusal):
            read(workbook(fill))

    @pytest.mark.parametrize(
        ("data", "refusal"),
        [
            (b"%PDF-1.7 x", TableKindRefused),
            (sheet([HEADER])[:-30], TableBroken),
        ],
    )
    def test_what_is_no_table_says_so(self, data: bytes, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            read(data)
