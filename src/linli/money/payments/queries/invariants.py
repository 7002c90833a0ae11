"""What must always hold of payments. Checked after every fault, by ``linli audit verify`` and in tests."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import accumulate
from typing import Any

from django.db.models import BooleanField, Case, Count, QuerySet, Sum, When

from linli.foundation.data.crypto import EnvelopeBroken, open_sealed
from linli.foundation.trail.invariants import Violation
from linli.foundation.trail.models import AuditEntry
from linli.kernel.act import CHINA_TIME
from linli.kernel.canonical import digest
from linli.kernel.period import Month
from linli.money.awards.codes import ChangeKind, MonthState, ReceivableState
from linli.money.awards.models import AwardChange, AwardMonth, Receivable
from linli.money.awards.queries import event_of
from linli.money.awards.rules.schedule import due_months
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.models import Account, Transfer
from linli.money.payments.codes import BatchState, ItemState
from linli.money.payments.models import PaymentBatch, PaymentItem, PaymentSum
from linli.money.payments.queries.batches import open_file
from linli.money.payments.queries.dues import lines_digest
from linli.money.payments.queries.flows import LEFT

_DEAD = (ItemState.RETURNED, ItemState.VOIDED, ItemState.WRITTEN_OFF)
_ANSWERED = {ItemState.PAID, ItemState.RETURNED, ItemState.WRITTEN_OFF, ItemState.VOIDED}
_LEGAL = {
    BatchState.PROPOSED: {ItemState.PROPOSED},
    BatchState.APPROVED: {ItemState.APPROVED},
    BatchState.RELEASED: {ItemState.IN_TRANSIT, *_ANSWERED},
    BatchState.CLOSED: _ANSWERED,
    BatchState.VOIDED: {ItemState.VOIDED},
}
# The state of a taken month by the states of its lines, the strongest first.
_MONTH = (
    (ItemState.PAID, MonthState.PAID),
    (ItemState.WRITTEN_OFF, MonthState.WRITTEN_OFF),
    (ItemState.IN_TRANSIT, MonthState.ACCRUED),
    (ItemState.APPROVED, MonthState.ACCRUED),
    (ItemState.RETURNED, MonthState.ACCRUED),
)


def invariants() -> list[Violation]:
    """Everything that does not hold, by code and business key; empty when all is well."""
    return [
        *_live_twice(),
        *_sums(),
        *_recomputed(),
        *_batches(),
        *_months(),
        *_ledger(),
        *_reversals(),
        *_came_back(),
        *_to_the_dead(),
        *_other_hands(),
        *_paid_on_another_day(),
    ]


def _live_twice() -> Iterator[Violation]:
    rows = PaymentItem.objects.exclude(state__in=_DEAD).values_list("unit_key", "programme", "month_date", "part")
    for (unit, programme, month, _part), count in sorted(Counter(rows).items()):
        if count > 1:
            yield Violation("payments.paid_twice", f"{unit}:{programme}:{month:%Y-%m}")


def _sums() -> Iterator[Violation]:
    """What the database keeps of each fund's months is what its lines come to."""
    kept = {
        (row.fund.code, f"{row.month_date:%Y-%m}", row.state, row.again): (row.number, row.amount_fen)
        for row in PaymentSum.objects.select_related("fund")
        if row.number or row.amount_fen
    }
    again = Case(When(reissue_of__isnull=False, then=True), default=False, output_field=BooleanField())
    rows = PaymentItem.objects.annotate(again=again).values("batch__fund__code", "month_date", "state", "again")
    lines = {
        (row["batch__fund__code"], f"{row['month_date']:%Y-%m}", row["state"], row["again"]): (row["lines"], row["fen"])
        for row in rows.annotate(lines=Count("pk"), fen=Sum("amount_fen")).order_by()
    }
    for key in sorted(kept.keys() | lines.keys()):
        if kept.get(key) != lines.get(key):
            yield Violation("payments.sums_differ_from_lines", f"{key[0]} {key[1]} {key[2]}")


def _recomputed() -> Iterator[Violation]:
    """Each payment has an award valid that month, and brings the month to what the history said at its approval."""
    rows = list(
        PaymentItem.objects.exclude(state__in=[ItemState.PROPOSED, ItemState.VOIDED])
        .select_related("award", "batch")
        .order_by("batch_id", "seq")
    )
    first = _first_sent(rows)
    said = _amounts_at_approval(rows, first)
    owed = set(Receivable.objects.exclude(state=ReceivableState.WITHDRAWN).values_list("award_id", "month__month_date"))
    before = _fen_before(rows, first)
    for row in rows:
        award, subject = row.award, f"{row.batch.number}-{row.seq:04d}"
        if not {fen + row.amount_fen for fen in before[row.pk]} & said[row.pk]:
            yield Violation("payments.amount_differs_from_award", subject)
        inside = award.valid_from <= row.month_date < award.valid_until
        if row.state == ItemState.PAID and not inside and (row.award_id, row.month_date) not in owed:
            yield Violation("payments.award_not_valid", subject)


def _first_sent(rows: Iterable[PaymentItem]) -> dict[int, PaymentItem]:
    """Each line's first sending, by the line's id: of one that was not sent again the line itself."""
    lines = {row.pk: row for row in rows}
    first = {}
    for row in lines.values():
        one = row
        while one.reissue_of_id is not None:
            one = lines[one.reissue_of_id]
        first[row.pk] = one
    return first


def _fen_before(rows: Iterable[PaymentItem], first: Mapping[int, PaymentItem]) -> dict[int, set[int]]:
    """Fen of a month's earlier parts, less what of them had come back to the fund when the line was proposed; by line.

    What came back on a day between proposal and approval is held against it both ways.
    """
    parts: dict[tuple[int, date], dict[int, int]] = defaultdict(dict)
    for row in rows:
        parts[row.award_id, row.month_date][row.part] = row.amount_fen
    back: dict[tuple[int, date], list[tuple[date, int]]] = defaultdict(list)
    claims = Receivable.objects.filter(state=ReceivableState.RECOVERED, closed_date__isnull=False)
    for award_id, day, came, fen in claims.order_by("closed_date").values_list(
        "award_id", "month__month_date", "closed_date", "amount_fen"
    ):
        back[award_id, day].append((came or date.max, fen))
    found = {}
    for row in rows:
        key = (row.award_id, row.month_date)
        earlier = sum(fen for part, fen in parts[key].items() if part < row.part)
        batch = first[row.pk].batch
        proposed = batch.made_at.astimezone(CHINA_TIME).date()
        approved = batch.approved_at.astimezone(CHINA_TIME).date() if batch.approved_at else date.max
        sums = accumulate((fen for came, fen in back[key] if proposed <= came <= approved), initial=0)
        sure = sum(fen for came, fen in back[key] if came < proposed)
        found[row.pk] = {earlier - sure - fen for fen in sums}
    return found


def _amounts_at_approval(rows: Iterable[PaymentItem], first: Mapping[int, PaymentItem]) -> dict[int, set[int]]:
    """What was due for each line's month by the events recorded when it was first approved (at that very moment: with
    and without them). An end before it makes nothing wrong: what was paid after it is owed.
    """
    lives: dict[int, list[AwardChange]] = defaultdict(list)
    changes = AwardChange.objects.filter(award_id__in={row.award_id for row in rows})
    for change in changes.exclude(kind=ChangeKind.ENDED).order_by("award_id", "seq"):
        lives[change.award_id].append(change)

    @cache
    def due(award_id: int, length: int) -> dict[Month, int]:
        return due_months(map(event_of, lives[award_id][:length]))

    found = {}
    for row in rows:
        at, life = first[row.pk].batch.approved_at, lives[row.award_id]
        known = sum(at is None or change.at < at for change in life)
        possible = sum(at is None or change.at <= at for change in life)
        month = Month.of(row.month_date)
        found[row.pk] = {due(row.award_id, length).get(month, 0) for length in range(known, possible + 1)}
    return found


def _batches() -> Iterator[Violation]:
    """Batch = lines = bank file; three different hands; states legal."""
    for batch in PaymentBatch.objects.order_by("pk").iterator(chunk_size=20):
        rows = list(
            PaymentItem.objects.filter(batch=batch).select_related("award", "source", "account").order_by("seq")
        )
        said = (batch.items_count, batch.total_fen, batch.lines_digest)
        if said != (len(rows), sum(row.amount_fen for row in rows), lines_digest(batch.number, rows)):
            yield Violation("payments.batch_differs_from_lines", batch.number)
        if batch.file_sealed is not None and not _file_is_whole(batch, rows):
            yield Violation("payments.file_differs_from_lines", batch.number)
        hands = [hand for hand in (batch.maker_id, batch.checker_id, batch.releaser_id) if hand is not None]
        if len(set(hands)) < len(hands):
            yield Violation("payments.one_person_twice", batch.number)
        if not {row.state for row in rows} <= _LEGAL[BatchState(batch.state)]:
            yield Violation("payments.states_not_fitting", batch.number)


def _file_is_whole(batch: PaymentBatch, rows: list[PaymentItem]) -> bool:
    """The sealed file is the one released, and has one line with reference and account for each payment."""
    try:
        data = open_file(batch)
        accounts = [open_sealed(row.account.account_envelope, aad=row.account.account_aad) for row in rows]
    except EnvelopeBroken:
        return False
    lines = data.splitlines()
    named = [
        [line for line in lines if f"{batch.number}-{row.seq:04d}".encode() in line and account.encode() in line]
        for row, account in zip(rows, accounts, strict=True)
    ]
    return digest(data) == batch.file_digest and all(len(found) == 1 for found in named)


def _months() -> Iterator[Violation]:
    """What awards know of their months is what the lines say."""
    lines: dict[tuple[int, object, int], list[PaymentItem]] = defaultdict(list)
    for row in PaymentItem.objects.exclude(state__in=[ItemState.PROPOSED, ItemState.VOIDED]).select_related("award"):
        lines[row.award_id, row.month_date, row.part].append(row)
    taken = AwardMonth.objects.exclude(state=MonthState.VOIDED).select_related("award").order_by("pk")
    for month in taken:
        rows = lines.pop((month.award_id, month.month_date, month.part), [])
        states = {row.state for row in rows}
        expected = next((state for item, state in _MONTH if item in states), None)
        same = all((row.amount_fen, row.source_id) == (month.amount_fen, month.source_id) for row in rows)
        if month.state != expected or not same:
            yield Violation("payments.month_differs_from_lines", f"{month.award.number}:{month.month_date:%Y-%m}")
    for rows in lines.values():
        yield Violation("payments.month_missing", f"{rows[0].award.number}:{rows[0].month_date:%Y-%m}")


def _ledger() -> Iterator[Violation]:
    """The books show the same money as the lines, source by source."""
    transit = _by_source(PaymentItem.objects.filter(state=ItemState.IN_TRANSIT))
    accrued = _by_source(AwardMonth.objects.filter(state=MonthState.ACCRUED))
    paid = _by_source(AwardMonth.objects.filter(state=MonthState.PAID))
    owed = _by_source(
        Receivable.objects.filter(state__in=(ReceivableState.OPEN, ReceivableState.RECOVERED)), "month__source"
    )
    booked: dict[tuple[int | None, str], int] = defaultdict(int)
    codes = {}
    for account in Account.objects.filter(source__isnull=False).order_by("code"):
        booked[account.source_id, account.kind] += account.balance_fen
        codes[account.source_id] = account.code.split(":")[0] + ":" + account.code.split(":")[-1]
    for source, code in codes.items():
        expected = {
            AccountKind.IN_TRANSIT: transit[source],
            AccountKind.PAYABLE: accrued[source] - transit[source],
            AccountKind.EXPENSE: accrued[source] + paid[source] - owed[source],
        }
        if any(booked[source, kind] != fen for kind, fen in expected.items()):
            yield Violation("payments.books_differ_from_lines", code)


def _by_source(rows: QuerySet[Any], column: str = "source") -> dict[int | None, int]:
    sums = rows.order_by().values_list(column).annotate(fen=Sum("amount_fen"))
    return defaultdict(int, dict(sums))


def _came_back() -> Iterator[Violation]:
    """What came back after it was paid, and was not undone, is booked once, by its reference; and nothing else is."""
    standing = Transfer.objects.filter(journal__kind=JournalKind.LATE_RETURN, journal__reversed_by__isnull=True)
    booked = Counter(standing.values_list("reference", "amount_fen"))
    late = PaymentItem.objects.filter(paid_date__isnull=False).exclude(state=ItemState.PAID)
    known = Counter(
        (f"{number}-{seq:04d}", fen) for number, seq, fen in late.values_list("batch__number", "seq", "amount_fen")
    )
    for subject, _fen in sorted(((booked - known) + (known - booked)).elements()):
        yield Violation("payments.came_back_differs", subject)


def _to_the_dead() -> Iterator[Violation]:
    """Nothing was sent to an account after it was stopped."""
    rows = PaymentItem.objects.filter(state__in=LEFT, account__stopped_date__isnull=False)
    for row in rows.select_related("batch", "account").order_by("batch_id", "seq"):
        released, stopped = row.batch.released_at, row.account.stopped_date
        if released is not None and stopped is not None and released.astimezone(CHINA_TIME).date() > stopped:
            yield Violation("payments.sent_to_stopped_account", f"{row.batch.number}-{row.seq:04d}")


# Which hand each act of a batch is.
_HANDS = {
    "payments.propose": "maker_id",
    "payments.reissue": "maker_id",
    "payments.approve": "checker_id",
    "payments.release": "releaser_id",
}


def _other_hands() -> Iterator[Violation]:
    """Who made, approved and released a batch is who the trail says, each once."""
    did: dict[str, dict[str, set[int | None]]] = defaultdict(lambda: defaultdict(set))
    rows = AuditEntry.objects.filter(act__in=_HANDS, subject__startswith="batch:").exclude(note__contains='"voided"')
    for subject, name, actor in rows.values_list("subject", "act", "actor_id").order_by("id"):
        did[subject][_HANDS[name]].add(actor)
    for batch in PaymentBatch.objects.defer("file_sealed").order_by("pk").iterator(chunk_size=2000):
        said = did[f"batch:{batch.number}"]
        for hand in ("maker_id", "checker_id", "releaser_id"):
            person = getattr(batch, hand)
            if said[hand] != ({person} if person is not None else set()):
                yield Violation("payments.hand_differs_from_trail", f"{batch.number}:{hand.removesuffix('_id')}")


def _paid_on_another_day() -> Iterator[Violation]:
    """What the lines of a batch say of the days on which the bank paid is what the books say."""
    said: dict[tuple[str, date], int] = defaultdict(int)
    lines = PaymentItem.objects.filter(paid_date__isnull=False)
    for number, day, fen in lines.values_list("batch__number", "paid_date", "amount_fen").order_by("batch_id"):
        if day is not None:
            said[f"batch:{number}", day] += fen
    booked: dict[tuple[str, date], int] = defaultdict(int)
    rows = Transfer.objects.filter(journal__kind=JournalKind.SETTLEMENT, journal__subject__startswith="batch:")
    for subject, day, fen in rows.values_list("journal__subject", "journal__on_date", "amount_fen").order_by("id"):
        booked[subject, day] += fen
    for subject, day in sorted(key for key in said.keys() | booked.keys() if said[key] != booked[key]):
        yield Violation("payments.paid_on_another_day", f"{subject.removeprefix('batch:')}:{day:%Y-%m-%d}")


def _reversals() -> Iterator[Violation]:
    """A voided batch left nothing in the books: every entry has its opposite."""
    voided = PaymentBatch.objects.filter(state=BatchState.VOIDED)
    subjects = {f"batch:{number}" for number in voided.values_list("number", flat=True)}
    net: dict[str, Counter[int]] = defaultdict(Counter)
    rows = Transfer.objects.filter(journal__subject__startswith="batch:")
    for subject, debit, credit, fen in rows.values_list("journal__subject", "debit", "credit", "amount_fen"):
        if subject in subjects:
            net[subject][debit] += fen
            net[subject][credit] -= fen
    for subject in sorted(net):
        if any(net[subject].values()):
            yield Violation("payments.not_reversed", subject)
