"""What must always hold of awards. Checked after every fault, by ``linli audit verify`` and in tests."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Q

from linli.foundation.trail.invariants import Violation
from linli.money.awards.codes import AccountState, HolderRelation
from linli.money.awards.models import (
    AWARD_SUMS,
    DUE_SUMS,
    Award,
    AwardChange,
    AwardMember,
    AwardSum,
    Due,
    DueSum,
    PayeeAccount,
)
from linli.money.awards.queries.dues import differing_dues
from linli.money.awards.queries.months import overpaid_sums
from linli.money.awards.queries.recomputation import recomputed
from linli.money.awards.rules.schedule import state_after


def invariants() -> list[Violation]:
    """Everything that must always hold of awards; an empty list means that it does."""
    return [
        *_overlaps(),
        *_wrong_states(),
        *_wrong_receivables(),
        *_holders(),
        *_shared_unseen(),
        *recomputed(),
        *_sums(),
        *_dues(),
    ]


def _sums() -> list[Violation]:
    """What the database keeps of each place's awards is what they come to."""
    wrong = AWARD_SUMS.differing(Award, AwardSum)
    code = "awards.sums_differ_from_awards"
    return [Violation(code, f"{key['community_id']} {key['programme']} {key['state']}") for key in wrong]


def _dues() -> list[Violation]:
    """What is kept as due is what histories, accounts and people say, and its sums are those of its rows."""
    wrong = DUE_SUMS.differing(Due, DueSum)
    code = "awards.due_sums_differ_from_dues"
    return [
        *(Violation("awards.due_differs_from_history", number) for number in differing_dues()),
        *(Violation(code, f"{key['fund_id']} {key['month_date']:%Y-%m} {key['programme']}") for key in wrong),
    ]


def _overlaps() -> list[Violation]:
    found = []
    last: dict[tuple[int, str], AwardMember] = {}
    rows = AwardMember.objects.select_related("award", "resident").order_by("resident_id", "programme", "valid_from")
    for row in rows.iterator(chunk_size=2000):
        if row.valid_from == row.valid_until:
            continue
        before = last.get((row.resident_id, row.programme))
        if before is not None and row.valid_from < before.valid_until:
            found.append(Violation("awards.protected_twice", f"{row.resident.number}:{row.programme}"))
        if before is None or row.valid_until > before.valid_until:
            last[(row.resident_id, row.programme)] = row
    return found


def _wrong_states() -> list[Violation]:
    """State, amount and period of an award say what its events say; a new amount leaves the state alone."""
    lives: dict[int, list[AwardChange]] = defaultdict(list)
    for change in AwardChange.objects.order_by("award_id", "seq").iterator(chunk_size=2000):
        lives[change.award_id].append(change)
    found = []
    for row in Award.objects.order_by("pk").iterator(chunk_size=2000):
        life = lives[row.pk]
        state = state_after(change.kind for change in life)
        amounts = [change.amount_fen for change in life if change.amount_fen]
        if not life or row.state != state or row.amount_fen != amounts[-1]:
            found.append(Violation("awards.state_differs_from_history", row.number))
    return found


def _holders() -> list[Violation]:
    """A confirmed account belongs to somebody: the beneficiary, a member, a guardian, or a proxy by a paper."""
    rows = PayeeAccount.objects.filter(state__in=(AccountState.CONFIRMED, AccountState.STOPPED))
    found = []
    for row in rows.select_related("holder").order_by("unit_key", "version").iterator(chunk_size=2000):
        right = {
            HolderRelation.SELF: row.holder is not None and row.holder.number == row.unit_key,
            HolderRelation.MEMBER: row.holder is not None,
            HolderRelation.GUARDIAN: True,
            HolderRelation.PROXY: bool(row.basis),
            HolderRelation.UNKNOWN: True,
        }
        if not right.get(HolderRelation(row.relation) if row.relation else HolderRelation.SELF, False):
            found.append(Violation("awards.account_of_nobody", str(row)))
        if (row.state == AccountState.STOPPED) is not (row.stopped_date is not None):
            found.append(Violation("awards.account_stopped_without_a_day", str(row)))
    return found


def _shared_unseen() -> list[Violation]:
    """Whoever confirmed a number was shown every unit that had it confirmed by then."""
    by_number: dict[str, list[tuple[datetime, PayeeAccount]]] = defaultdict(list)
    rows = PayeeAccount.objects.filter(state=AccountState.CONFIRMED).order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        if row.confirmed_at is not None:
            by_number[row.account_index].append((row.confirmed_at, row))
    found = []
    for sharing in by_number.values():
        for at, row in sharing:
            before = sum(earlier < at for earlier, _one in sharing)
            if before > row.shared_units and row.relation != HolderRelation.UNKNOWN:
                found.append(Violation("awards.account_shared_unseen", str(row)))
    return found


def _wrong_receivables() -> list[Violation]:
    """What was paid above what a month keeps is owed, unless it came back; and nothing else is."""
    sums = overpaid_sums(Q())
    numbers = dict(Award.objects.filter(pk__in={award_id for award_id, _month in sums}).values_list("pk", "number"))
    wrong = sorted(
        (numbers[award_id], month) for (award_id, month), one in sums.items() if one.owed_fen != one.over_fen
    )
    return [Violation("awards.overpayment_not_owed", f"{number}:{month}") for number, month in wrong]
