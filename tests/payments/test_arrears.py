"""What is in arrears is asked of few awards: those that are behind, as the reckoning of all would find them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.ground.users.queries import authority_of
from linli.kernel.period import Month
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award
from linli.money.awards.operations import Ending, change_amount, end, recover, resume, suspend
from linli.money.awards.queries import due_of_funds, months, overdue
from linli.money.payments import operations, queries
from linli.money.payments.models import PaymentItem
from tests.ledger.browser import LogIn, desk, live_on, log_in
from tests.ledger.world import MARCH, PAY_DAY, World, by

__all__ = ["desk", "log_in"]

APRIL, MAY_DAY = Month(2026, 4), date(2026, 5, 20)


def scope_of(world: World) -> object:
    return authority_of(world.staff.auditor, PAY_DAY).scope()


@pytest.fixture
def lives(world: World) -> World:
    """Eight awards of one month paid, to six of which something happened since; a ninth was granted afterwards."""
    world.register(9)
    awards = world.grant(*(world.base(one) for one in world.families[:8]))
    world.paid(returned=[7, 8])
    director, checker = by(world.staff.director), by(world.staff.checker)
    change_amount(director, award_id=awards[0].pk, effective_date=APRIL.first_day, amount_fen=620_00, note="调整")
    suspend(director, award_ids=[awards[1].pk, awards[2].pk], effective_date=APRIL.first_day, note="核对")
    resume(director, award_ids=[awards[2].pk], effective_date=date(2026, 5, 1), note="核对完")
    end(director, endings=[Ending(awards[3].pk, date(2026, 4, 20), EndReason.INCOME)])
    end(director, endings=[Ending(awards[4].pk, MARCH.first_day, EndReason.INCOME)])
    recover(checker, receivable_id=awards[4].receivables.get().pk)
    back = PaymentItem.objects.get(award=awards[7])
    operations.write_off(checker, item_ids=[back.pk], reason="无法送达")
    world.grant(world.base(world.families[8]), on=date(2026, 3, 20))
    world.paid(APRIL, date(2026, 4, 15))
    # In May nobody has been paid yet.
    return world


@pytest.mark.parametrize("month", [2, 3, 4, 5, 6, 12])
def test_the_few_that_are_asked_say_what_all_would(lives: World, month: int) -> None:
    until = Month(2026, month)
    all_of_them = due_of_funds([lives.fund.pk], until)
    assert overdue(scope_of(lives), [lives.fund.pk], until) == all_of_them
    assert bool(all_of_them) == (month >= 5)


def test_of_awards_that_are_up_to_date_none_is_reckoned(world: World) -> None:
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    world.paid(returned=[3])
    assert months._behind(Award.objects.all(), MARCH) == set()
    assert months._behind(Award.objects.all(), APRIL) == set(Award.objects.values_list("pk", flat=True))


def test_where_very_many_are_behind_all_are_read(lives: World, monkeypatch: pytest.MonkeyPatch) -> None:
    few = overdue(scope_of(lives), [lives.fund.pk], Month(2026, 5))
    monkeypatch.setattr(months, "_MANY", 0)
    assert overdue(scope_of(lives), [lives.fund.pk], Month(2026, 5)) == few


def test_another_years_fund_and_another_place_owe_nothing_here(lives: World) -> None:
    assert overdue(scope_of(lives), [lives.fund.pk], Month(2027, 5)) == []
    assert queries.arrears(authority_of(lives.staff.outsider, PAY_DAY).scope(), [lives.fund.pk], MAY_DAY) == []


def test_the_page_asks_the_same_number_of_queries_however_many_are_behind(
    world: World, log_in: LogIn, settings: object
) -> None:
    live_on(settings, date(2026, 4, 20))  # type: ignore[arg-type]  # the settings of a test
    browser = log_in(world.staff.auditor)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get("/payments/arrears/").status_code == 200
        return len(found)

    world.register(6)
    world.grant(world.base(world.families[0]))
    asked()
    one = asked()
    world.grant(*(world.base(family) for family in world.families[1:]))
    assert asked() == one
