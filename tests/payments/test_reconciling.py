"""A month against the bank's statement: days, batches by their numbers, slips found late, months without a booking."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.money.ledger.codes import JournalKind
from linli.money.ledger.models import Journal, LockedMonth
from linli.money.ledger.operations import EarlierMonthOpen, MonthLocked, book_fee, correct, lock_month
from linli.money.ledger.queries import cash_on
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments import operations, refusals
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.queries import invariants
from tests.layers import layer
from tests.ledger.bank import lock_before, statement
from tests.ledger.world import MARCH, PAY_DAY, World, by, inside

FEBRUARY, APRIL = Month(2026, 2), Month(2026, 4)
APRIL_1, MAY_1 = date(2026, 4, 1), date(2026, 5, 1)
HEAD = "日期,摘要,收入,支出,余额"


@layer
def families(world: World) -> World:
    """Three families paid for March."""
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    world.paid()
    return world


def reconcile(world: World, data: bytes, month: Month = MARCH, on: date = APRIL_1) -> LockedMonth:
    lock_before(world, month, on)
    return operations.reconcile_month(
        by(world.staff.checker, on), fund_id=world.fund.pk, month=month, statement=read_statement(data)
    )


def put_right(world: World, on: date) -> None:
    wrong = Journal.objects.filter(kind__in=(JournalKind.INFLOW, JournalKind.BANK_FEE)).latest("pk")
    correct(by(world.staff.checker, on), journal_id=wrong.pk, reason="重复登记")


def fee(world: World, day: date) -> None:
    book_fee(by(world.staff.maker, day), source_id=world.source("OWN").pk, amount_fen=5_00, on=day, reference="手续费")


class TestASlipFoundLate:
    @pytest.mark.parametrize(
        "slip",
        [lambda world: world.receive("OWN", 7_00, on=date(2026, 3, 2), reference="IN-7"), lambda w: fee(w, PAY_DAY)],
        ids=["inflow", "fee"],
    )
    def test_is_put_right_where_it_was_made_so_that_both_months_close(
        self, families: World, slip: Callable[[World], None]
    ) -> None:
        right = statement(families.fund, MARCH)
        slip(families)
        with pytest.raises(refusals.StatementDiffers):
            reconcile(families, right)
        put_right(families, APRIL_1)
        reconcile(families, right)
        reconcile(families, statement(families.fund, APRIL), APRIL, MAY_1)
        assert [*ledger_invariants(), *invariants()] == []

    @pytest.mark.parametrize("text", ["IN-7", "拨款 7 元"])
    def test_of_a_locked_month_is_put_right_today_and_booked_anew(self, families: World, text: str) -> None:
        families.receive("OWN", 7_00, on=date(2026, 3, 2), reference="IN-7")
        reconcile(families, statement(families.fund, MARCH))
        put_right(families, APRIL_1)
        families.receive("GOV", 7_00, on=APRIL_1, reference=text)
        balance = cash_on(families.fund.pk, MAY_1)
        reconcile(families, f"{HEAD}\n2026-04-30,,,,{balance / 100:.2f}\n".encode(), APRIL, MAY_1)
        assert [*ledger_invariants(), *invariants()] == []

    def test_of_a_locked_month_does_not_hide_other_money(self, families: World) -> None:
        families.receive("OWN", 7_00, on=date(2026, 3, 2), reference="IN-7")
        reconcile(families, statement(families.fund, MARCH))
        put_right(families, APRIL_1)
        families.receive("GOV", 8_00, on=APRIL_1, reference="IN-8")
        balance = cash_on(families.fund.pk, MAY_1)
        with pytest.raises(refusals.StatementDiffers):
            reconcile(families, f"{HEAD}\n2026-04-30,,,,{balance / 100:.2f}\n".encode(), APRIL, MAY_1)


class TestDays:
    @pytest.mark.parametrize("wrong", ["2025-03-16", "2026-02-16", "2026-04-16"])
    def test_of_another_month_are_refused(self, families: World, wrong: str) -> None:
        data = statement(families.fund, MARCH).replace(b"2026-03-16,", f"{wrong},".encode())
        with pytest.raises(refusals.StatementOfOtherDays) as refusal:
            reconcile(families, data, on=MAY_1)
        assert (refusal.value.details["row"], str(refusal.value.details["month"])) == (2, "2026年3月")

    def test_of_a_balance_carried_forward_may_be_the_day_before(self, families: World) -> None:
        head, *rest = statement(families.fund, MARCH).decode().splitlines()
        carried = f"2026-02-28,承前,,,{cash_on(families.fund.pk, MARCH.first_day) / 100:.2f}"
        assert reconcile(families, "\n".join([head, carried, *rest]).encode())


class TestAMonthWithoutABooking:
    def test_is_locked_with_the_balance_before(self, families: World) -> None:
        balance = cash_on(families.fund.pk, MARCH.first_day)
        reconcile(families, f"{HEAD}\n2026-02-28,期末余额,,,{balance / 100:.2f}\n".encode(), FEBRUARY)
        assert LockedMonth.objects.latest("first_date").bank_balance_fen == cash_on(families.fund.pk, MARCH.first_day)

    def test_is_not_believed_of_a_month_that_has_some(self, families: World) -> None:
        balance = cash_on(families.fund.pk, MARCH.first_day)
        with pytest.raises(refusals.StatementDiffers):
            reconcile(families, f"{HEAD}\n2026-03-31,期末余额,,,{balance / 100:.2f}\n".encode())

    @pytest.mark.parametrize("row", ["", "2026-01-31,承前余额,,,{0:.2f}\n", "2025-01-01,承前余额,,,{0:.2f}\n"])
    def test_is_refused_by_a_statement_that_names_no_day_of_it(self, families: World, row: str) -> None:
        data = f"{HEAD}\n{row.format(cash_on(families.fund.pk, MARCH.first_day) / 100)}".encode()
        with pytest.raises(refusals.StatementOfNoDay):
            reconcile(families, data, FEBRUARY)

    def test_one_file_locks_one_month(self, families: World) -> None:
        data = f"{HEAD}\n2026-02-28,余额,,,{cash_on(families.fund.pk, MARCH.first_day) / 100:.2f}\n".encode()
        reconcile(families, data, FEBRUARY)
        with pytest.raises(refusals.StatementOfNoDay):
            reconcile(families, data)


class TestOneDebit:
    @pytest.mark.parametrize("text", ["{batch}2", "代发 FF-2026-02-7", "FF-2026-03-77"])
    def test_that_names_another_batch_is_not_this_one(self, families: World, text: str) -> None:
        batch = families.fund.batches.get()
        left = cash_on(families.fund.pk, MARCH.first_day) - batch.total_fen
        row = f"{PAY_DAY},{text.format(batch=batch.number)},,{batch.total_fen / 100:.2f},{left / 100:.2f}"
        with pytest.raises(refusals.StatementDiffers):
            reconcile(families, f"{HEAD}\n{row}\n".encode())

    def test_that_names_the_batch_in_a_sentence_is_that_one(self, families: World) -> None:
        batch = families.fund.batches.get()
        left = cash_on(families.fund.pk, MARCH.first_day) - batch.total_fen
        row = f"{PAY_DAY},代发 {batch.number} 共3笔,,{batch.total_fen / 100:.2f},{left / 100:.2f}"
        assert reconcile(families, f"{HEAD}\n{row}\n".encode())

    @pytest.mark.parametrize("text", ["日终余额", "代发 {batch} 已退回"])
    def test_is_never_a_line_without_money_where_all_came_back(self, world: World, text: str) -> None:
        world.register(2)
        world.grant(*(world.base(one) for one in world.families))
        batch = world.paid(returned=[1, 2])
        left = cash_on(world.fund.pk, APRIL_1)
        row = f"{PAY_DAY},{text.format(batch=batch.number)},,,{left / 100:.2f}"
        assert reconcile(world, f"{HEAD}\n{row}\n".encode()).bank_balance_fen == left


class TestTheOrderOfMonths:
    """Months are locked one after the other: nothing moves the balance of one that is locked."""

    def lock(self, world: World, month: Month) -> LockedMonth:
        return operations.reconcile_month(
            by(world.staff.checker, APRIL_1),
            fund_id=world.fund.pk,
            month=month,
            statement=read_statement(statement(world.fund, month)),
        )

    def test_a_month_waits_for_the_one_before(self, families: World) -> None:
        with pytest.raises(EarlierMonthOpen) as caught:
            self.lock(families, FEBRUARY)
        assert "2026年1月" in str(caught.value)

    def test_before_a_locked_month_nothing_is_booked(self, families: World) -> None:
        lock_before(families, MARCH, APRIL_1)
        for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28)):
            with pytest.raises(MonthLocked):
                families.receive("GOV", 1, on=day)
        families.receive("GOV", 1, on=MARCH.first_day)

    def test_the_database_books_nothing_before_it_either(self, families: World) -> None:
        lock_before(families, MARCH, APRIL_1)
        last = Journal.objects.latest("pk")
        last.pk, last.number, last.on_date = None, "LZ-9", date(2026, 1, 9)
        with pytest.raises(DatabaseError, match="the month is locked"), transaction.atomic():
            last.save(force_insert=True)

    def test_the_verification_knows_a_balance_that_moved(self, families: World) -> None:
        locked = lock_month_as(families, FEBRUARY, fen=1)
        assert [(one.code, one.subject) for one in ledger_invariants()] == [
            ("ledger.locked_month_moved", f"XFL-2026 {locked.first_date:%Y-%m}")
        ]


def lock_month_as(world: World, month: Month, *, fen: int) -> LockedMonth:
    """A month that is locked with another balance than the books have: as if something was booked into it later."""
    lock_before(world, month, APRIL_1)
    found: list[LockedMonth] = []

    def step(act: Act) -> None:
        found.append(lock_month(act, fund=world.fund, month=month, bank_balance_fen=fen, statement_digest="x"))

    inside(by(world.staff.checker, APRIL_1), step=step)
    return found[0]
