"""The invented bank: what it paid may come back weeks later, once, and its books hold both."""

from datetime import date
from pathlib import Path
from random import Random

import pytest

from linli.kernel.period import Month
from linli.law.policies.engine import load_bank_layout
from linli.money.payments.engine.layouts import Header, PaymentLine, read_return, write_file
from linli.simulator.bank import Bank
from tests.simulator.support import BANKS

PAID, AUGUST_31 = date(2026, 3, 12), date(2026, 8, 31)
LINES = [PaymentLine(f"B-1-{n:05d}", f"62000000000{n:05d}", "江一", 1000 * n, "补助") for n in (1, 2, 3)]


@pytest.fixture(params=BANKS, ids=lambda file: file.stem)
def bank(request: pytest.FixtureRequest) -> Bank:
    """A bank at which every payment arrives first and comes back later."""
    file: Path = request.param
    found = Bank(load_bank_layout(file), Random(1), 0.0, Random(2), 1.0)
    found.receive(date(2026, 3, 2), "GRANT", 100_000)
    header = Header("B-1", PAID, len(LINES), sum(line.amount_fen for line in LINES))
    answer = read_return(found.layout, found.answer(write_file(found.layout, header, LINES), on=PAID))
    assert [line.paid for line in answer.lines] == [True, True, True]
    return found


class TestWhatComesBackLate:
    def test_comes_after_its_month_is_over_and_once(self, bank: Bank) -> None:
        due = bank.late_on(AUGUST_31)

        assert len(due) == 3
        assert min(one.due for one in due) > date(2026, 4, 15)
        assert bank.late_on(AUGUST_31) == []

    def test_is_told_in_a_file_of_its_own_batch(self, bank: Bank) -> None:
        [first, *_others] = sorted(bank.late_on(AUGUST_31), key=lambda one: one.line["REFERENCE"])

        told = read_return(bank.layout, bank.told_late(first, on=AUGUST_31))

        assert (told.batch_number, first.batch_number, told.date) == ("B-1", "B-1", AUGUST_31)
        assert [(line.reference, line.amount_fen, line.paid) for line in told.lines] == [("B-1-00001", 1000, False)]

    def test_is_on_the_account_again_in_the_month_it_came(self, bank: Bank) -> None:
        assert bank.balance_fen == 94_000
        for one in bank.late_on(AUGUST_31):
            bank.take_back(one, on=AUGUST_31)

        assert bank.balance_fen == 100_000
        rows = [row.split(",") for row in bank.statement(Month(2026, 8)).decode().splitlines()[2:]]
        assert sorted((reference, income) for _day, reference, income, *_rest in rows) == [
            ("B-1-00001", "10.00"),
            ("B-1-00002", "20.00"),
            ("B-1-00003", "30.00"),
        ]
