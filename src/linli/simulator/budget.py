"""Promises above a budget line: the street says so first, with the amount and the reason."""

from collections.abc import Callable
from datetime import date

from linli.ground.users.codes import Role
from linli.kernel.act import Act
from linli.money.ledger.operations import BudgetExhausted, accept_excess
from linli.simulator.settle import World, at


def within_budget(world: World, day: date, deed: Callable[[], object]) -> int:
    """Do it; where the budget line is used up the street's acceptance is recorded first. Returns the fen accepted."""
    accepted = 0
    decider = Act(world.who(Role.STREET_OFFICER, 1), at(day, 16))
    while True:
        try:
            deed()
        except BudgetExhausted as refusal:
            line_id, short_fen = (int(str(refusal.details[name])) for name in ("line_id", "short_fen"))
            accept_excess(
                decider, line_id=line_id, amount_fen=short_fen, reason="方案规定的补助标准不变，街道认可超预算"
            )
            accepted += short_fen
        else:
            return accepted
