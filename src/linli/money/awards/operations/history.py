"""What happens to awards is written here, and nowhere else."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.foundation.trail.acts import within_act
from linli.kernel.act import Act
from linli.money.awards.codes import ChangeKind
from linli.money.awards.models import Award, AwardChange
from linli.money.awards.queries import promised
from linli.money.ledger.operations import Promise, commit, release_commitment


@dataclass(frozen=True)
class NewChange:
    """One event to write: fen a month from its day on; ``determination_id`` where the rules were asked."""

    award: Award
    kind: ChangeKind
    effective_date: date
    amount_fen: int
    note: str = ""
    reason: str = ""
    determination_id: int | None = None


@within_act
def write_changes(act: Act, changes: Sequence[NewChange]) -> list[AwardChange]:
    """Append events to the histories of awards that are locked, in the order given: two statements."""
    last: dict[int, int] = defaultdict(int)
    rows = AwardChange.objects.filter(award_id__in={one.award.pk for one in changes})
    for award_id, seq in rows.values_list("award_id", "seq"):
        last[award_id] = max(last[award_id], seq)
    made = []
    for one in changes:
        last[one.award.pk] += 1
        made.append(
            AwardChange(
                award=one.award,
                seq=last[one.award.pk],
                kind=one.kind,
                effective_date=one.effective_date,
                amount_fen=one.amount_fen,
                reason=one.reason,
                note=one.note.strip(),
                determination_id=one.determination_id,
                by_id=act.by.pk,
                at=act.at,
            )
        )
    return AwardChange.objects.bulk_create(made)


# --- promises on the budget that follow what awards will be paid -----------------------------------


@within_act
def rebook(
    act: Act, *, awards: Collection[Award], write: Callable[[], object], before: Mapping[int, int] | None = None
) -> None:
    """Write the events and bring the promises in line with what is due afterwards. ``before``: fen promised now, where
    the act has asked. Raises BudgetExhausted.
    """
    known = promised(awards) if before is None else before
    write()
    follow_promises(act, awards=awards, before=known)


@within_act
def follow_promises(act: Act, *, awards: Collection[Award], before: Mapping[int, int]) -> None:
    """Promise more or less than ``before`` (fen by award id), as the awards (line and fund loaded) now say.

    Raises BudgetExhausted.
    """
    after = promised(awards)
    more: dict[int, list[Promise]] = defaultdict(list)
    less: dict[int, list[Promise]] = defaultdict(list)
    for award in sorted(awards, key=lambda award: award.pk):
        difference = after[award.pk] - before[award.pk]
        if difference:
            promise = Promise(award.line_id, abs(difference), award.number)
            (more if difference > 0 else less)[award.line.fund_id].append(promise)
    for fund_id, promises in sorted(less.items()):
        release_commitment(act, fund_id=fund_id, promises=promises, subject=f"awards:{promises[0].reference}")
    for fund_id, promises in sorted(more.items()):
        commit(act, fund_id=fund_id, promises=promises, subject=f"awards:{promises[0].reference}")
