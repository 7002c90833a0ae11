"""The checker's and the releaser's part."""

from collections.abc import Sequence
from dataclasses import dataclass

from linli.foundation.data.crypto import open_sealed, seal_bytes
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on, surely
from linli.foundation.trail.behind import Behind, forged_behind
from linli.ground.users import queries as users
from linli.ground.users.queries import check_step
from linli.kernel.act import Act
from linli.kernel.bilingual import Text
from linli.kernel.canonical import digest as digest_of
from linli.kernel.marks import Listed
from linli.kernel.period import Month
from linli.law.policies.engine import BankLayout
from linli.money.awards.operations import TakenMonth, take_months
from linli.money.awards.queries import programme_labels, rows_behind
from linli.money.ledger.operations import Flow, accrue, send
from linli.money.payments.codes import BatchKind, BatchState, ItemState
from linli.money.payments.engine.layouts import Header, PaymentLine, file_name, write_file
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations.making import held_batch, spendings, void
from linli.money.payments.operations.tallies import TakenUp, taken_up, tally_months
from linli.money.payments.permissions import check_take_file
from linli.money.payments.queries import StaleLine, batch_lines, layouts, lines_digest, stale_lines
from linli.money.payments.queries.batches import open_file
from linli.money.payments.refusals import BatchStale, DigestDiffers, RowsForged
from linli.money.payments.steps import BATCH
from linli.registry.residents import queries as residents


@dataclass(frozen=True)
class Release:
    """What came of a release: the bank file went out, or the approval was voided for the reasons given."""

    batch: PaymentBatch
    voided: tuple[StaleLine, ...] = ()

    @property
    def released(self) -> bool:
        """Whether the money left."""
        return not self.voided


@act
@surely
def take_file(act: Act, *, batch_id: int) -> tuple[str, bytes]:
    """Name and bytes of the released bank file, for who takes it to the bank; each time stands in the trail.

    Raises NotPermitted.
    """
    batch = PaymentBatch.objects.get(pk=batch_id)
    check_take_file(act, batch)
    audit.record(act, where=batch.stamp, subject=f"batch:{batch.number}:file", lines=[batch.file_digest])
    return batch.file_name, open_file(batch)


@act
@surely
def approve(act: Act, *, batch_id: int, digest: str) -> PaymentBatch:
    """Sign the ordered lines: ``digest`` is what the checker saw. The money is spent and payable from here.

    Raises NotPermitted, StepNotPossible, SamePerson, DigestDiffers, RowsForged, BatchStale, FundsExhausted.
    """
    batch = held_batch(act, batch_id)
    check_step(act, BATCH, "approve", batch)
    rows = batch_lines(batch)
    _check_accounts(batch, rows)
    if not digest == batch.lines_digest == lines_digest(batch.number, rows):
        raise DigestDiffers(number=batch.number)
    _build_on(act, batch, rows)
    stale = stale_lines(rows, act.on)
    if stale:
        raise BatchStale(lines=Listed(stale))
    if batch.kind == BatchKind.REGULAR:
        accrue(act, fund_id=batch.fund_id, spendings=spendings(rows), subject=f"batch:{batch.number}")
        months = [
            TakenMonth(row.award_id, Month.of(row.month_date), row.amount_fen, row.source_id, row.part) for row in rows
        ]
        take_months(act, batch_number=batch.number, months=months)
        tally_months(act, batch)
    PaymentItem.objects.filter(batch=batch).update(state=ItemState.APPROVED)
    batch.state, batch.checker_id, batch.approved_at = BatchState.APPROVED, act.by.pk, act.at
    batch.save(update_fields=["state", "checker_id", "approved_at"])
    audit.record(act, where=batch.stamp, subject=f"batch:{batch.number}", note={"digest": batch.lines_digest})
    return batch


@act
@surely
def release(act: Act, *, batch_id: int, layout: BankLayout) -> Release:
    """Write the bank file and let the money go, unless something changed since the approval.

    A death, a move, a suspended or changed award or another account voids the approval: that is a result, not a
    refusal, since the reversal must not be lost. Raises NotPermitted, StepNotPossible, SamePerson, DigestDiffers,
    RowsForged, FieldTooLong, TextNotEncodable.
    """
    batch = held_batch(act, batch_id)
    check_step(act, BATCH, "release", batch)
    rows = batch_lines(batch)
    _check_accounts(batch, rows)
    if batch.lines_digest != lines_digest(batch.number, rows):
        raise DigestDiffers(number=batch.number)
    _check_not_forged(act, batch, rows)
    stale = tuple(stale_lines(rows, act.on))
    if stale:
        reason = "、".join(map(str, stale))
        void(act, batch, reason)
        codes = [[one.seq, one.award, str(one.code)] for one in stale]
        audit.record(act, where=batch.stamp, subject=f"batch:{batch.number}", lines=codes, note={"voided": codes})
        return Release(batch, stale)
    _send(act, batch, rows, installed(layout))
    audit.record(act, where=batch.stamp, subject=f"batch:{batch.number}", note={"file": batch.file_digest})
    return Release(batch)


def _check_accounts(batch: PaymentBatch, rows: Sequence[PaymentItem]) -> None:
    """Each line pays an account of whom it is for. Raises DigestDiffers: the digest knows an account by its version."""
    if any(row.account.unit_key != row.unit_key for row in rows):
        raise DigestDiffers(number=batch.number)


# So many rows are named in the refusal; the auditor's command names all.
_NAMED = 5


def _check_not_forged(act: Act, batch: PaymentBatch, rows: Sequence[PaymentItem]) -> None:
    """Whom it pays, how much, from what and where to, who lives and where, what was paid before, and by whose hands the
    lines, the amounts and the accounts are, is as acts left it, and nothing of it is gone. Raises RowsForged.
    """
    before = taken_up({row.award_id for row in rows})
    found = forged_behind(_behind(act, batch, rows, before))
    _refuse_forged(batch, [*found, *before.lost()])


def _build_on(act: Act, batch: PaymentBatch, rows: Sequence[PaymentItem]) -> None:
    """The same, looked at when the act ends, with what it writes. Raises RowsForged where lines or months are gone:
    what was paid would be due again.
    """
    before = taken_up({row.award_id for row in rows})
    _refuse_forged(batch, before.lost())
    build_on(_behind(act, batch, rows, before))


def _behind(act: Act, batch: PaymentBatch, rows: Sequence[PaymentItem], before: TakenUp) -> Behind:
    hands = {batch.maker_id, batch.checker_id, act.by.pk, *before.hands}
    hands |= {hand for row in rows for hand in (row.account.proposed_by_id, row.account.confirmed_by_id)}
    paid = Behind(
        {
            "payments_paymentbatch": [batch.pk],
            "awards_payeeaccount": {row.account_id for row in rows},
            "ledger_fundingsource": {row.source_id for row in rows},
            # That they live: of the family or not.
            "residents_resident": {row.account.holder_id for row in rows if row.account.holder_id is not None},
        }
    )
    people = users.rows_behind(hands) | residents.rows_behind({row.unit_key for row in rows})
    return paid | people | rows_behind(before.awards) | before.behind()


def _refuse_forged(batch: PaymentBatch, found: Sequence[str]) -> None:
    if found:
        raise RowsForged(number=batch.number, rows=Listed([*found[:_NAMED]]))


def installed(layout: BankLayout) -> BankLayout:
    """The bank layout as the product has it: what a caller hands in only names it. KeyError when there is none."""
    return layouts()[layout.code]


def flows(rows: Sequence[PaymentItem]) -> list[Flow]:
    """The lines summed by source, in order of source."""
    sums: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: row.source.position):
        sums[row.source_id] = sums.get(row.source_id, 0) + row.amount_fen
    return [Flow(source_id, fen) for source_id, fen in sums.items()]


def reference(batch_number: str, seq: int) -> str:
    """What a line is called at the bank."""
    return f"{batch_number}-{seq:04d}"


def _purpose(label: Text | None, row: PaymentItem) -> str:
    """What the family reads on its bank statement, in words: never a code."""
    name = label.zh if label else row.programme
    return f"{name} {row.month_date.year}年{row.month_date.month}月{'补发' if row.part else ''}"


def _send(act: Act, batch: PaymentBatch, rows: Sequence[PaymentItem], layout: BankLayout) -> None:
    header = Header(batch.number, act.on, batch.items_count, batch.total_fen)
    labels = programme_labels(act.on)
    lines = [
        PaymentLine(
            reference(batch.number, row.seq),
            open_sealed(row.account.account_envelope, aad=row.account.account_aad),
            row.account.holder_name,
            row.amount_fen,
            _purpose(labels.get(row.programme), row),
            row.account.bank_name,
        )
        for row in rows
    ]
    data = write_file(layout, header, lines)
    send(act, fund_id=batch.fund_id, flows=flows(rows), subject=f"batch:{batch.number}")
    PaymentItem.objects.filter(batch=batch).update(state=ItemState.IN_TRANSIT)
    batch.state, batch.releaser_id, batch.released_at = BatchState.RELEASED, act.by.pk, act.at
    batch.layout_code, batch.file_name = layout.code, file_name(layout, header)
    batch.file_digest, batch.file_sealed = digest_of(data), seal_bytes(data, aad=batch.file_aad)
    batch.save(
        update_fields=[
            "state",
            "releaser_id",
            "released_at",
            "layout_code",
            "file_name",
            "file_digest",
            "file_sealed",
        ]
    )
