"""After its year a fund pays its own arrears while it has money; its months are reconciled as long as it moves."""

from datetime import date

from linli.kernel.period import Month
from linli.money.awards.operations import expire_awards
from linli.money.ledger.queries import open_months
from linli.money.payments.queries import unproposed
from tests.conftest import system_act
from tests.ledger.world import World

DECEMBER = Month(2026, 12)
DEC_14, DEC_20 = date(2026, 12, 14), date(2026, 12, 20)
JAN_1, JAN_11 = date(2027, 1, 1), date(2027, 1, 11)


def december(world: World) -> None:
    """Two families of 500 yuan for December."""
    world.register(2)
    world.grant(*(world.base(one, first_month=DECEMBER) for one in world.families), on=date(2026, 11, 20))
    expire_awards(system_act(JAN_1), on=JAN_1)


class TestArrears:
    def test_are_proposed_from_their_own_fund(self, world: World) -> None:
        december(world)
        [one] = unproposed([world.fund], JAN_11)
        assert (one.fund, one.month, one.ready) == (world.fund, DECEMBER, 2)
        batch = world.propose(DECEMBER, JAN_11)
        assert (batch.month_date, batch.items_count) == (date(2026, 12, 1), 2)

    def test_what_the_last_batch_could_not_know_is_work_all_the_same(self, world: World) -> None:
        december(world)
        world.paid(DECEMBER, DEC_14)
        assert unproposed([world.fund], JAN_11) == []
        [late] = world.register(1)
        world.grant(world.base(late, first_month=DECEMBER), on=DEC_20)
        assert [one.ready for one in unproposed([world.fund], JAN_11)] == [1]


class TestMonths:
    def test_after_the_year_are_open_while_money_moves(self, world: World) -> None:
        december(world)
        assert open_months([world.fund], date(2027, 2, 3))[world.fund.pk][-1] == DECEMBER
        world.paid(DECEMBER, JAN_11)
        assert open_months([world.fund], date(2027, 2, 3))[world.fund.pk][-1] == Month(2027, 1)
