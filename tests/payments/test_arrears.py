"""What is in arrears is kept, and is what the reckoning of all histories finds."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.foundation.data.scope import Scope
from linli.ground.users.queries import authority_of
from linli.kernel.period import Month
from linli.money.awards.codes import EndReason
from linli.money.awards.operations import Ending, end, resume, suspend
from linli.money.awards.queries import due_of_fund, due_totals, dues_between
from linli.money.payments import operations, queries
from linli.money.payments.models import PaymentItem
from linli.money.payments.queries import outlooks, payable
from tests.ledger.browser import LogIn, desk, live_on, log_in
from tests.ledger.world import MARCH, PAY_DAY, World, by

__all__ = ["desk", "log_in"]

APRIL, MAY_DAY = Month(2026, 4), date(2026, 5, 20)


def scope_of(world: World) -> Scope:
    return authority_of(world.staff.auditor, PAY_DAY).scope()


@pytest.fixture
def lives(world: World) -> World:
    """Eight awards of one month paid, to six of which something happened since; a ninth was granted afterwards."""
    world.register(9)
    awards = world.grant(*(world.base(one) for one in world.families[:8]))
    world.paid(returned=[7, 8])
    director, checker = by(world.staff.director), by(world.staff.checker)
    world.changed(awards[0], 620_00, APRIL.first_day)
    suspend(director, award_ids=[awards[1].pk, awards[2].pk], effective_date=APRIL.first_day, note="核对")
    resume(director, award_ids=[awards[2].pk], effective_date=date(2026, 5, 1), note="核对完")
    end(director, endings=[Ending(awards[3].pk, date(2026, 4, 20), EndReason.INCOME)])
    end(director, endings=[Ending(awards[4].pk, MARCH.first_day, EndReason.INCOME)])
    world.recovered(awards[4].receivables.get().pk)
    back = PaymentItem.objects.get(award=awards[7])
    operations.write_off(checker, item_ids=[back.pk], reason="无法送达")
    world.grant(world.base(world.families[8]), on=date(2026, 3, 20))
    world.paid(APRIL, date(2026, 4, 15))
    # In May nobody has been paid yet.
    return world


def kept(world: World, until: Month, on: date = MAY_DAY) -> list[tuple[str, Month, int, int]]:
    rows = dues_between(scope_of(world), Month(until.year, 1), until, on=on)
    return sorted((row.award.number, Month.of(row.month_date), row.part, row.amount_fen) for row in rows)


@pytest.mark.parametrize("month", [2, 3, 4, 5, 6, 12])
def test_what_is_kept_is_what_all_histories_say(lives: World, month: int) -> None:
    until = Month(2026, month)
    said = [(one.award.number, one.month, one.part, one.amount_fen) for one in due_of_fund(lives.fund.pk, until)]
    assert kept(lives, until) == sorted(said)
    assert bool(said) == (month >= 5)


def test_what_is_summed_is_what_is_kept(lives: World) -> None:
    until = Month(2026, 12)
    rows = kept(lives, until)
    totals = due_totals(scope_of(lives), Month(2026, 1), until, MAY_DAY)
    assert (sum(one.number for one in totals), sum(one.fen for one in totals)) == (
        len(rows),
        sum(row[3] for row in rows),
    )
    [outlook] = outlooks([lives.fund], MAY_DAY)
    ready = payable(lives.fund.pk, Month(2026, 5), MAY_DAY)
    assert (outlook.ready, outlook.blocked) == (len(ready.ready), len(ready.blocked))
    assert outlook.ready_fen == sum(one.amount_fen for one in ready.ready) > 0


def test_another_year_and_another_place_owe_nothing_here(lives: World) -> None:
    assert kept(lives, Month(2027, 5)) == []
    assert not queries.arrears(authority_of(lives.staff.outsider, PAY_DAY).scope(), MAY_DAY)


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
    asked()  # who looks first has it reckoned
    assert asked() == one
