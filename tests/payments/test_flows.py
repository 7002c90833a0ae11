"""What became of the money that left: sent = paid + in transit + back + written off, at every step."""

from linli.ground.users.queries import authority_of
from linli.money.payments import operations, queries
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.queries import MonthFlow
from tests.layers import layer
from tests.ledger.bank import answer
from tests.ledger.world import MARCH, PAY_DAY, World, by


@layer
def families(world: World) -> World:
    """Two families with a base award of 500 yuan."""
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    return world


def flows(world: World, year: int = 2026) -> list[MonthFlow]:
    return queries.flows_by_month(authority_of(world.staff.auditor, PAY_DAY).scope(), year)


def fates(world: World) -> tuple[int, int, int, int]:
    """Yuan paid, in transit, back and written off; checks that they add up to what was sent."""
    (flow,) = flows(world)
    parts = (flow.paid_fen, flow.in_transit_fen, flow.back_fen, flow.written_off_fen)
    assert (flow.month, flow.items, flow.sent_fen, sum(parts)) == (MARCH, 2, 1_000_00, 1_000_00)
    waits(world)
    return (parts[0] // 100, parts[1] // 100, parts[2] // 100, parts[3] // 100)


def waits(world: World) -> int:
    """Yuan that came back and wait, by the sums that are kept; those of the list are the same."""
    scope = authority_of(world.staff.maker, PAY_DAY).scope()
    rows, back = list(queries.returned(scope)), queries.returned_sums(scope)
    oldest = min((row.settled_date for row in rows if row.settled_date), default=None)
    assert back == queries.Back(len(rows), sum(row.amount_fen for row in rows), oldest)
    return back.fen // 100


def sent_again(world: World, item: PaymentItem, *, returned: bool) -> PaymentBatch:
    """Re-issue a returned line through all hands and have the bank answer."""
    world.corrected(item)
    batch = operations.reissue(by(world.staff.maker, PAY_DAY, 16), item_ids=[item.pk])
    batch = world.release(world.approve(batch))
    data = answer(batch, returned=[1] if returned else [])
    layout = queries.layouts()[batch.layout_code]
    return operations.import_return(by(world.staff.releaser, PAY_DAY, 17), batch_id=batch.pk, data=data, layout=layout)


class TestFlowsByMonth:
    def test_know_nothing_before_money_leaves(self, families: World) -> None:
        families.approve(families.propose())
        assert (flows(families), queries.total_of([])) == ([], None)

    def test_follow_what_is_on_its_way(self, families: World) -> None:
        families.released()
        assert fates(families) == (0, 1000, 0, 0)

    def test_follow_what_was_paid_and_what_came_back(self, families: World) -> None:
        families.paid(returned=[2])
        assert fates(families) == (500, 0, 500, 0)

    def test_count_a_reissue_once(self, families: World) -> None:
        item = families.paid(returned=[2]).items.get(seq=2)
        sent_again(families, item, returned=False)
        assert fates(families) == (1000, 0, 0, 0)

    def test_wait_for_a_reissue_that_is_only_proposed(self, families: World) -> None:
        item = families.corrected(families.paid(returned=[2]).items.get(seq=2))
        again = operations.reissue(by(families.staff.maker, PAY_DAY, 16), item_ids=[item.pk])
        assert (fates(families), waits(families)) == ((500, 0, 500, 0), 0)
        operations.cancel(by(families.staff.maker, PAY_DAY, 17), batch_id=again.pk, reason="写错")
        assert (fates(families), waits(families)) == ((500, 0, 500, 0), 500)

    def test_count_what_came_back_twice_once(self, families: World) -> None:
        item = families.paid(returned=[2]).items.get(seq=2)
        sent_again(families, item, returned=True)
        assert fates(families) == (500, 0, 500, 0)

    def test_follow_what_was_given_up(self, families: World) -> None:
        item = families.paid(returned=[2]).items.get(seq=2)
        operations.write_off(by(families.staff.checker), item_ids=[item.pk], reason="无继承人")
        assert fates(families) == (500, 0, 0, 500)

    def test_keep_years_and_places_apart(self, families: World) -> None:
        families.paid()
        outside = authority_of(families.staff.outsider, PAY_DAY).scope()
        assert (flows(families, 2025), queries.flows_by_month(outside, 2026)) == ([], [])

    def test_are_summed(self, families: World) -> None:
        families.paid(returned=[2])
        total = queries.total_of([*flows(families), *flows(families)])
        assert total is not None
        assert (total.items, total.sent_fen, total.paid_fen, total.back_fen) == (4, 2_000_00, 1_000_00, 1_000_00)
