"""Promises on the budget that follow what awards will be paid."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from linli.foundation.trail.acts import within_act
from linli.kernel.act import Act
from linli.money.awards.models import Award
from linli.money.awards.queries import promised
from linli.money.ledger.operations import Promise, commit, release_commitment


@within_act
def rebook(act: Act, *, awards: Collection[Award], write: Callable[[], object]) -> None:
    """Write the events and bring the promises in line with what is due afterwards. Raises BudgetExhausted."""
    before = promised(awards)
    write()
    follow_promises(act, awards=awards, before=before)


@within_act
def follow_promises(act: Act, *, awards: Collection[Award], before: Mapping[int, int]) -> None:
    """Promise more or less than ``before`` (fen by award id), as the awards (line and fund loaded) now say.

    Raises BudgetExhausted.
    """
    after = promised(awards)
    more: dict[int, list[Promise]] = defaultdict(list)
    less: dict[int, list[Promise]] = defaultdict(list)
    for award in sorted(awards, key=lambda award: award.number):
        difference = after[award.pk] - before[award.pk]
        if difference:
            promise = Promise(award.line_id, abs(difference), award.number)
            (more if difference > 0 else less)[award.line.fund_id].append(promise)
    for fund_id, promises in sorted(less.items()):
        release_commitment(act, fund_id=fund_id, promises=promises, subject=f"awards:{promises[0].reference}")
    for fund_id, promises in sorted(more.items()):
        commit(act, fund_id=fund_id, promises=promises, subject=f"awards:{promises[0].reference}")
