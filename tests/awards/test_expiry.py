"""An award whose last day is over says so: on the day itself, everywhere, and then in its history."""

from datetime import date
from itertools import product

import pytest

from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.period import Month
from linli.kernel.steps import StepNotPossible
from linli.money.awards import operations, queries
from linli.money.awards.codes import AwardState, EndReason, Standing
from linli.money.awards.models import Award, AwardChange
from linli.money.awards.operations import Ending, OutsidePeriod
from linli.money.awards.rules.standing import standing
from linli.money.ledger.codes import AccountKind
from linli.money.payments.queries import payable
from linli.registry.residents.operations import record_death
from tests.conftest import Staff, system_act
from tests.layers import layer
from tests.ledger.world import World, by

DEC_31, JAN_1, JAN_5 = date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 5)


@layer
def year(world: World) -> World:
    """Two families with a base award from March to December, the first with a supplement too."""
    world.register(2)
    world.grant(world.base(world.families[0]), world.elder(world.families[0]), world.base(world.families[1]))
    return world


def expire(on: date = JAN_1) -> list[str]:
    return [award.number for award in operations.expire_awards(system_act(on), on=on)]


class TestTheRule:
    @pytest.mark.parametrize(
        ("state", "on", "expected"),
        [
            ("ACTIVE", date(2026, 2, 28), "UPCOMING"),
            ("ACTIVE", date(2026, 3, 1), "ACTIVE"),
            ("ACTIVE", DEC_31, "ACTIVE"),
            ("ACTIVE", JAN_1, "EXPIRED"),
            ("SUSPENDED", DEC_31, "SUSPENDED"),
            ("SUSPENDED", JAN_1, "EXPIRED"),
            ("EXPIRED", DEC_31, "EXPIRED"),
            ("ENDED", date(2026, 2, 28), "ENDED"),
            ("ENDED", JAN_1, "ENDED"),
        ],
    )
    def test_says_how_an_award_stands_on_a_day(self, state: str, on: date, expected: str) -> None:
        assert standing(state, valid_from=date(2026, 3, 1), valid_until=JAN_1, on=on) == expected

    def test_is_asked_of_the_database_in_the_same_words(self, year: World) -> None:
        first, second, third = Award.objects.order_by("number")
        operations.suspend(
            by(year.staff.director, date(2026, 3, 2)),
            award_ids=[second.pk],
            effective_date=date(2026, 4, 1),
            note="联系不上",
        )
        ending = Ending(third.pk, date(2026, 6, 1), EndReason.INCOME)
        operations.end(by(year.staff.director, date(2026, 5, 2)), endings=[ending])
        days = (date(2026, 2, 20), date(2026, 5, 1), DEC_31, JAN_1, JAN_5)
        for on, wanted in product(days, Standing):
            found = set(Award.objects.filter(queries.stands(wanted, on)))
            assert found == {award for award in Award.objects.all() if award.standing_on(on) == wanted}
        assert first.standing_on(JAN_5) == Standing.EXPIRED


class TestBeforeAnythingIsRecorded:
    def test_counts_say_that_nothing_is_paid_any_more(self, year: World) -> None:
        scope = authority_of(year.staff.director, JAN_5).scope()
        assert queries.monthly_sums(queries.awards(scope), DEC_31) == (3, 3, 1_300_00)
        assert queries.monthly_sums(queries.awards(scope), JAN_5) == (3, 0, 0)
        assert [queries.kept_sums(scope, day) for day in (DEC_31, JAN_5)] == [(3, 3, 1_300_00), (3, 0, 0)]
        assert queries.counts(scope, JAN_5)["BASE_AWARD", Standing.EXPIRED] == (2, 1_000_00)

    def test_no_review_falls_due(self, year: World) -> None:
        Award.objects.update(review_due_date=JAN_1)
        assert operations.fall_due_reviews(system_act(JAN_1), on=JAN_1) == []


class TestExpire:
    def test_records_nothing_on_the_last_day(self, year: World) -> None:
        assert expire(DEC_31) == []

    def test_records_the_end_on_the_day_after(self, year: World) -> None:
        assert expire() == ["DY-2026-0001", "DY-2026-0002", "DY-2026-0003"]
        assert {award.state for award in Award.objects.all()} == {AwardState.EXPIRED}
        change = AwardChange.objects.filter(award__number="DY-2026-0001").order_by("seq").last()
        assert change is not None
        assert (change.kind, change.effective_date) == ("EXPIRED", JAN_1)

    def test_does_nothing_twice(self, year: World) -> None:
        expire()
        assert expire(JAN_5) == []

    def test_changes_no_month(self, year: World) -> None:
        before = queries.schedules([award.pk for award in Award.objects.all()])
        committed = year.balance(AccountKind.COMMITTED, "AID")
        expire()
        assert queries.schedules([award.pk for award in Award.objects.all()]) == before
        assert year.balance(AccountKind.COMMITTED, "AID") == committed
        assert queries.invariants() == []

    def test_gives_back_what_a_suspension_still_promised(self, year: World) -> None:
        operations.suspend(
            by(year.staff.director, date(2026, 10, 2)),
            award_ids=[Award.objects.get(number="DY-2026-0001").pk],
            effective_date=date(2026, 11, 1),
            note="联系不上",
        )
        committed = year.balance(AccountKind.COMMITTED, "AID")
        expire()
        assert committed - year.balance(AccountKind.COMMITTED, "AID") == 2 * 500_00

    def test_leaves_what_is_in_arrears_payable(self, year: World) -> None:
        expire()
        ready = payable(year.fund.pk, Month(2026, 12), JAN_5).ready
        assert {due.award.number for due in ready if due.month == Month(2026, 12)} == {
            "DY-2026-0001",
            "DY-2026-0002",
            "DY-2026-0003",
        }

    def test_is_the_products_own_act(self, year: World, staff: Staff) -> None:
        with pytest.raises(NotPermitted):
            operations.expire_awards(by(staff.director, JAN_1), on=JAN_1)

    def test_nothing_more_can_be_done_with_it(self, year: World) -> None:
        expire()
        award = Award.objects.get(number="DY-2026-0003")
        with pytest.raises(StepNotPossible):
            operations.suspend(
                by(year.staff.director, JAN_5), award_ids=[award.pk], effective_date=date(2026, 12, 1), note="晚了"
            )
        with pytest.raises(OutsidePeriod):
            operations.end(by(year.staff.director, JAN_5), endings=[Ending(award.pk, JAN_1, EndReason.INCOME)])


class TestLateNews:
    def resident(self, year: World) -> int:
        return year.memberships([year.families[0]])[0].resident_id

    def test_an_earlier_death_still_ends_it_on_its_day(self, year: World) -> None:
        expire()
        record_death(by(year.staff.clerk, JAN_5), resident_ids=[self.resident(year)], died_date=date(2026, 11, 20))
        ended = operations.end_departed(system_act(JAN_5), on=JAN_5)
        assert [award.number for award in ended] == ["DY-2026-0001", "DY-2026-0002"]
        assert Award.objects.get(number="DY-2026-0001").valid_until == date(2026, 11, 20)

    def test_a_death_in_the_new_year_changes_nothing_about_the_old(self, year: World) -> None:
        expire()
        record_death(by(year.staff.clerk, JAN_5), resident_ids=[self.resident(year)], died_date=date(2027, 1, 3))
        assert operations.end_departed(system_act(JAN_5), on=JAN_5) == []
        ready = payable(year.fund.pk, Month(2026, 12), JAN_5).ready
        assert "DY-2026-0001" in {due.award.number for due in ready}

    def test_somebody_may_end_it_on_an_earlier_day(self, year: World) -> None:
        expire()
        award = Award.objects.get(number="DY-2026-0003")
        operations.end(by(year.staff.director, JAN_5), endings=[Ending(award.pk, date(2026, 12, 1), EndReason.INCOME)])
        assert Month(2026, 12) not in queries.schedules([award.pk])[award.pk]
        assert queries.invariants() == []
