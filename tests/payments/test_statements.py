"""Bank statements: pure."""

from datetime import date

import pytest

from linli.payments.engine.statements import read_statement
from linli.payments.refusals import StatementMalformed

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
            ("日期,摘要,收入,支出,余额\n".encode(), 2),
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
