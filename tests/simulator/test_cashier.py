"""The finance office by itself: what comes in, what is paid, locked and asked back, and on which days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from linli.kernel.period import Month
from linli.law.policies.engine import load_bank_layout
from linli.money.awards.codes import EndReason, ReceivableState
from linli.money.awards.models import Award, PayeeAccount, Receivable
from linli.money.awards.operations import Ending, end
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import LockedMonth
from linli.money.payments.codes import BatchState, ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.registry.residents.operations import record_death
from linli.simulator.bank import Bank
from linli.simulator.cashier import RECOVERED, WAIVED, Cashier, Inflow, Till, inflows_of
from tests.conftest import Community, Staff
from tests.layers import layer
from tests.ledger.bank import rows_of
from tests.ledger.world import OPENED, PAY_DAY, World, by, make_world
from tests.planning.engine.plans import harbour_plan
from tests.simulator.support import BANKS, Foretold, simulated, violations

JANUARY, MARCH = Month(2026, 1), Month(2026, 3)
# The tomb-sweeping days end on Monday, 6 April.
APRIL_7, APRIL_8 = date(2026, 4, 7), date(2026, 4, 8)


@layer
def penniless(community: Community, staff: Staff) -> World:
    """A fund of 2026 that has received nothing yet."""
    return make_world(community, staff, cash=0)


@layer
def owing(community: Community, staff: Staff) -> World:
    """March was paid to two families; of one somebody had died before, the other earns enough since before."""
    world = make_world(community, staff)
    world.register(2)
    awards = world.grant(*(world.base(one) for one in world.families))
    world.paid()
    reasons = (EndReason.DIED, EndReason.INCOME)
    endings = [Ending(one.pk, MARCH.first_day, why) for one, why in zip(awards, reasons, strict=True)]
    end(by(staff.director), endings=endings)
    return world


def new_bank() -> Bank:
    """A bank that pays everything at once and for good."""
    return Bank(load_bank_layout(BANKS[0]), Random(1), 0.0, Random(2), 0.0)


def till_of(world: World, *inflows: Inflow, year: int = 2026) -> Till:
    return Till(world.fund.pk, year, new_bank(), inflows, {one.code: one.pk for one in world.fund.sources.all()})


def cashier_of(world: World, tills: Sequence[Till], hands: Random | None = None) -> Cashier:
    return Cashier(simulated(world), list(tills), Random(1), hands or Foretold(), lambda _day, _payees: None)


def live(cashier: Cashier, *days: date) -> None:
    for day in days:
        cashier.live(day)


def locked() -> list[str]:
    return [str(Month.of(day)) for day in LockedMonth.objects.order_by("pk").values_list("first_date", flat=True)]


class TestPlanned:
    def test_money_is_every_sources_month_by_month(self) -> None:
        told = [(one.source, str(one.month), one.amount_fen) for one in inflows_of(harbour_plan())]

        assert told == [
            ("PORT_DUES", "2026-04", 15_000_000),
            ("PORT_DUES", "2026-08", 15_000_000),
            ("SHIPOWNERS", "2026-06", 15_000_000),
        ]


class TestReceiving:
    @pytest.fixture
    def till(self, penniless: World) -> Till:
        planned = (("GOV", JANUARY, 60_000_00), ("OWN", Month(2026, 2), 0), ("DON", MARCH, 30_000_00))
        planned = (*planned, ("DON", Month(2026, 4), 1_00))
        return till_of(penniless, *(Inflow(*one) for one in planned))

    def test_what_came_before_is_there_on_the_first_day(self, penniless: World, till: Till) -> None:
        live(cashier_of(penniless, [till]), date(2026, 2, 11))

        assert till.bank.bookings == [(date(2026, 2, 11), "GOV-2026-01", 60_000_00)]
        assert penniless.total(AccountKind.CASH) == till.bank.balance_fen == 60_000_00

    def test_the_rest_comes_on_the_first_working_day_of_its_month_and_once(self, penniless: World, till: Till) -> None:
        # 1 March is a Sunday.
        live(cashier_of(penniless, [till]), *(date(2026, 2, 27), date(2026, 3, 2), date(2026, 3, 3), date(2026, 4, 1)))

        assert [(day, name) for day, name, _fen in till.bank.bookings] == [
            (date(2026, 2, 27), "GOV-2026-01"),
            (date(2026, 3, 2), "DON-2026-03"),
            (date(2026, 4, 1), "DON-2026-04"),
        ]
        assert penniless.total(AccountKind.CASH) == till.bank.balance_fen == 90_001_00

    def test_no_month_comes_in_the_middle_of_the_next(self, penniless: World, till: Till) -> None:
        live(cashier_of(penniless, [till]), date(2026, 2, 27), date(2026, 3, 4))

        assert [name for _day, name, _fen in till.bank.bookings] == ["GOV-2026-01"]

    @pytest.mark.parametrize("year", [2025, 2027])
    def test_a_fund_of_another_year_receives_nothing(self, penniless: World, till: Till, year: int) -> None:
        till.year = year
        live(cashier_of(penniless, [till]), date(2026, 3, 2))

        assert till.bank.bookings == []


class TestReconciling:
    @pytest.fixture
    def till(self, penniless: World) -> Till:
        return till_of(penniless, Inflow("GOV", JANUARY, 60_000_00))

    def test_locks_the_month_before_on_the_first_working_day_from_the_sixth(self, penniless: World, till: Till) -> None:
        cashier = cashier_of(penniless, [till])
        live(cashier, date(2026, 1, 5), date(2026, 2, 5))
        assert locked() == []

        live(cashier, date(2026, 2, 6))
        assert locked() == ["2026-01"]

        live(cashier, date(2026, 2, 9), date(2026, 3, 6))
        assert locked() == ["2026-01", "2026-02"]

    def test_locks_a_month_after_the_year_where_something_moved(self, owing: World) -> None:
        till = till_of(owing)
        for code, fen in (("GOV", 60_000_00), ("DON", 30_000_00), ("OWN", 10_000_00)):
            till.bank.receive(OPENED, f"IN-{code}", fen)
        for row in rows_of(PaymentBatch.objects.get()):
            till.bank.receive(PAY_DAY, row["reference"], -row["fen"])
        nobody_pays_back, all_do = (RECOVERED, WAIVED, RECOVERED), (0.0, 0.0)
        cashier = cashier_of(owing, [till], Foretold(*nobody_pays_back, *all_do))
        # 6 March is a Saturday; in February nothing moved.
        live(cashier, date(2027, 1, 6), date(2027, 3, 8))
        year = [f"2026-{month:02}" for month in range(1, 13)]
        assert locked() == year

        live(cashier, date(2027, 4, 6))
        assert (locked(), violations()) == ([*year, "2027-03"], [])

    def test_locks_nothing_before_the_year(self, penniless: World) -> None:
        till = till_of(penniless, year=2027)
        till.bank.receive(date(2026, 12, 9), "IN-7", 7_00)
        live(cashier_of(penniless, [till]), date(2027, 1, 6))

        assert locked() == []

    def test_locks_nothing_where_the_bank_has_never_seen_money(self, penniless: World) -> None:
        live(cashier_of(penniless, [till_of(penniless)]), date(2026, 2, 6))

        assert locked() == []


class TestClaiming:
    def states(self) -> list[tuple[str, str]]:
        return [(one.reason, one.state) for one in Receivable.objects.order_by("pk")]

    def test_what_comes_back_is_on_the_account_of_the_fund_that_paid_it(self, owing: World) -> None:
        till, other = till_of(owing), Till(0, 2026, new_bank(), (), {"GOV": 0})
        live(cashier_of(owing, [other, till], Foretold(0.0, 0.399)), APRIL_7)

        assert self.states() == [
            (EndReason.DIED, ReceivableState.RECOVERED),
            (EndReason.INCOME, ReceivableState.RECOVERED),
        ]
        numbers = [one.award.number for one in Receivable.objects.select_related("award").order_by("pk")]
        assert till.bank.bookings == [(APRIL_7, number, 500_00) for number in numbers]
        assert (other.bank.bookings, violations()) == ([], [])

    def test_what_the_dead_owed_is_given_up_and_nobody_elses(self, owing: World) -> None:
        till = till_of(owing)
        # The second does not pay back, and of the living nothing is given up however the lot falls.
        live(cashier_of(owing, [till], Foretold(RECOVERED, 0.299, RECOVERED)), APRIL_7)

        assert self.states() == [(EndReason.DIED, ReceivableState.WAIVED), (EndReason.INCOME, ReceivableState.OPEN)]
        assert (till.bank.bookings, violations()) == ([], [])

    def test_the_rest_is_asked_for_again_a_month_later(self, owing: World) -> None:
        cashier = cashier_of(owing, [till_of(owing)], Foretold(RECOVERED, WAIVED, RECOVERED, 0.0, RECOVERED))
        live(cashier, APRIL_7)
        assert {state for _reason, state in self.states()} == {ReceivableState.OPEN}

        live(cashier, APRIL_8, date(2026, 4, 13))
        assert {state for _reason, state in self.states()} == {ReceivableState.OPEN}

        live(cashier, date(2026, 5, 6))
        assert [state for _reason, state in self.states()] == [ReceivableState.RECOVERED, ReceivableState.OPEN]


class TestPaying:
    # The list is made on 10 March, a Tuesday; who releases comes the same day, or one or two days later.
    @pytest.mark.parametrize(("number", "released"), [(0.0, 10), (0.499, 10), (0.5, 11), (0.799, 11), (0.8, 12)])
    def test_money_leaves_when_the_releaser_comes_and_is_answered_two_days_later(
        self, penniless: World, number: float, released: int
    ) -> None:
        penniless.register(1)
        penniless.grant(penniless.base(penniless.families[0]))
        cashier = cashier_of(penniless, [till_of(penniless, Inflow("GOV", JANUARY, 60_000_00))], Foretold(number))
        batches, items = [], []
        for day in range(9, 17):
            if day not in {14, 15}:
                live(cashier, date(2026, 3, day))
            batches.append(PaymentBatch.objects.values_list("state", flat=True).first())
            items.append(PaymentItem.objects.values_list("state", flat=True).first())

        assert batches.index(BatchState.APPROVED if released > 10 else BatchState.RELEASED) == 1
        assert batches.index(BatchState.RELEASED) == released - 9
        answered = items.index(ItemState.PAID) + 9
        assert answered == {10: 12, 11: 13, 12: 16}[released]
        assert violations() == []


def paying(world: World, *numbers: float, families: int = 1) -> Cashier:
    """So many families with an award from March on, and money to pay it."""
    world.register(families)
    world.grant(*(world.base(one) for one in world.families))
    return cashier_of(world, [till_of(world, Inflow("GOV", JANUARY, 60_000_00))], Foretold(*numbers))


def states() -> list[str]:
    return list(PaymentItem.objects.order_by("pk").values_list("state", flat=True))


class TestComingBack:
    MARCH_10, MARCH_12, MARCH_13 = (date(2026, 3, day) for day in (10, 12, 13))
    APRIL_10, APRIL_14 = date(2026, 4, 10), date(2026, 4, 14)

    @pytest.fixture
    def cashier(self, penniless: World) -> Cashier:
        """March came back from the bank, which pays everything from then on."""
        cashier = paying(penniless, 0.0, 0.0, 0.0)
        bank = cashier.tills[0].bank
        bank.return_rate = 1.0
        live(cashier, self.MARCH_10, self.MARCH_12)
        assert states() == [ItemState.RETURNED]
        bank.return_rate = 0.0
        return cashier

    def test_the_family_brings_another_account_that_day_and_is_paid_the_next_month(self, cashier: Cashier) -> None:
        cashier.renew_accounts(self.MARCH_12)
        live(cashier, APRIL_7, self.APRIL_10, self.APRIL_14)

        assert states() == [ItemState.RETURNED, ItemState.PAID, ItemState.PAID]
        old, again, april = PaymentItem.objects.order_by("pk")
        assert (again.reissue_of_id, again.account_id) == (old.pk, PayeeAccount.objects.latest("pk").pk)
        assert again.account_id == april.account_id != old.account_id
        assert cashier.tills[0].bank.balance_fen == 60_000_00 - 2 * 500_00
        assert (locked(), violations()) == (["2026-01", "2026-02", "2026-03"], [])

    def test_nobody_brings_an_account_on_another_day(self, cashier: Cashier) -> None:
        before = PayeeAccount.objects.count()
        cashier.renew_accounts(self.MARCH_13)
        assert PayeeAccount.objects.count() == before

        cashier.renew_accounts(self.MARCH_12)
        assert PayeeAccount.objects.count() == before + 1

    def test_where_the_award_has_ended_it_is_given_up(self, penniless: World, cashier: Cashier) -> None:
        [award] = Award.objects.all()
        ending = Ending(award.pk, date(2026, 4, 1), EndReason.INCOME)
        end(by(penniless.staff.director, date(2026, 4, 1)), endings=[ending])
        live(cashier, APRIL_7, self.APRIL_10)

        assert states() == [ItemState.WRITTEN_OFF]
        assert violations() == []

    def test_late_it_is_booked_on_its_day_and_counted(self, penniless: World) -> None:
        cashier = paying(penniless, 0.0)
        bank = cashier.tills[0].bank
        bank.late_rate = 1.0
        live(cashier, self.MARCH_10, self.MARCH_12)
        [late] = bank.late
        bank.late = [replace(late, due=date(2026, 4, 21))]
        live(cashier, date(2026, 4, 20))
        assert (states(), cashier.came_back) == ([ItemState.PAID], 0)

        live(cashier, date(2026, 4, 21), date(2026, 4, 22))
        assert (states(), cashier.came_back, cashier.answered) == ([ItemState.RETURNED], 1, date(2026, 4, 21))
        assert penniless.total(AccountKind.CASH) == bank.balance_fen == 60_000_00
        assert violations() == []


class TestSomebodyWhoDiesBeforeTheRelease:
    def test_is_not_paid_and_the_others_are_a_day_later(self, penniless: World) -> None:
        cashier = paying(penniless, 0.0, 0.0, families=2)
        told: list[frozenset[str]] = []

        def die(day: date, payees: frozenset[str]) -> None:
            told.append(payees)
            if len(told) == 1:
                who = penniless.memberships(penniless.families)[0].resident_id
                record_death(by(penniless.staff.clerk, day, 13), resident_ids=[who], died_date=date(2026, 2, 27))

        cashier.between = die
        live(cashier, *(date(2026, 3, day) for day in (10, 11, 12, 13)))

        for batch in PaymentBatch.objects.all():
            assert batch.approved_at is not None
            assert batch.made_at < batch.approved_at < (batch.released_at or batch.voided_at)
        first, second = (one.number for one in penniless.families)
        assert told == [frozenset({first, second}), frozenset({second})]
        assert list(PaymentItem.objects.filter(state=ItemState.PAID).values_list("unit_key", flat=True)) == [second]
        assert violations() == []
