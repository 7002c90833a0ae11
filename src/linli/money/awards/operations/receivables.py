"""What was paid too much: raised by itself, then recovered or waived."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet, Sum

from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on, surely, within_act
from linli.foundation.trail.behind import Behind
from linli.ground.users.queries import check_step
from linli.kernel.act import CHINA_TIME, Act
from linli.kernel.errors import reason_of
from linli.kernel.period import Month
from linli.money.awards.codes import ChangeKind, EndReason, MonthState, ReceivableState
from linli.money.awards.models import Award, AwardChange, AwardMonth, Receivable
from linli.money.awards.operations.history import rebook
from linli.money.awards.queries import overpaid_sums, rows_behind, waived_programmes
from linli.money.awards.steps import RECEIVABLE, RECOVERY, WAIVER
from linli.money.ledger.codes import ProposalKind
from linli.money.ledger.models import Journal, Proposal
from linli.money.ledger.operations import (
    Asked,
    Back,
    PaperMissing,
    Spending,
    check_came_back_once,
    check_told_apart,
    hold_fund,
    put_forward,
    raise_receivable,
    recover_receivable,
    waive_receivable,
)

# What may leave a month paid with more than it keeps.
_LOWERS = (ChangeKind.ENDED, ChangeKind.CHANGED)
# Stands in the record, so it is written in the language of the records.
WAIVED_BY_RULE = "按方案规定不追回"
WITHDRAWN_BY_CHANGE = "待遇重新核定，不再应收"
RETURNED_BY_BANK = "银行退回"
_GIVEN_UP_BEFORE: Final = f"{WITHDRAWN_BY_CHANGE}；此前已免收："
_NOTE: Final = 300


@within_act
def owe_overpaid(act: Act, *, reasons: Mapping[int, EndReason], as_before: bool = False) -> None:
    """Bring what the awards (by id, with the reason of their change) owe the fund in line with what they keep.

    What was paid above it is owed; a claim that no longer stands is withdrawn. Where the pack asks for nothing back it
    is given up at once: the books show both, and nobody is asked for money. ``as_before``: what made claims fall was
    undone; of what two people had given up they stand given up again.
    """
    sums = overpaid_sums(Q(award_id__in=set(reasons)))
    wrong = {key: one for key, one in sums.items() if one.over_fen != one.owed_fen}
    if not wrong:
        return
    less = [key for key, one in wrong.items() if one.over_fen < one.owed_fen]
    if less:
        _withdraw(act, less)
    missing = {key: one.over_fen - (0 if key in less else one.owed_fen) for key, one in wrong.items()}
    owed = _claims(act, {key: fen for key, fen in missing.items() if fen}, reasons, as_before=as_before)
    _book(act, owed, raise_receivable)
    _book(act, [row for row in owed if row.state == ReceivableState.WAIVED], waive_receivable)
    Receivable.objects.bulk_create(owed)


def _withdraw(act: Act, keys: Sequence[tuple[int, Month]]) -> None:
    """Claims on these months (award id, month) that did not come back stand no longer; open ones are booked back."""
    rows = Receivable.objects.filter(award_id__in={pk for pk, _month in keys}).select_related("award__line", "month")
    standing = rows.filter(state__in=(ReceivableState.OPEN, ReceivableState.WAIVED)).order_by("pk")
    gone = [row for row in locked(standing) if (row.award_id, Month.of(row.month.month_date)) in keys]
    _book(act, [row for row in gone if row.state == ReceivableState.OPEN], waive_receivable)
    for row in gone:
        known = f"{_GIVEN_UP_BEFORE}{row.note}" if row.state == ReceivableState.WAIVED else WITHDRAWN_BY_CHANGE
        row.state, row.closed_date, row.note = ReceivableState.WITHDRAWN, act.on, known[:_NOTE]
    Receivable.objects.bulk_update(gone, ["state", "closed_date", "note"])


def _claims(
    act: Act, missing: Mapping[tuple[int, Month], int], reasons: Mapping[int, EndReason], *, as_before: bool
) -> list[Receivable]:
    """New claims, on the newest payment of each month first."""
    waived = waived_programmes(act.on)
    rows = AwardMonth.objects.filter(award_id__in={pk for pk, _month in missing}, state=MonthState.PAID)
    standing = Q(receivables__state=ReceivableState.WITHDRAWN)
    rows = rows.annotate(claimed=Sum("receivables__amount_fen", filter=~standing, default=0))
    left, changes = dict(missing), _lowering(pk for pk, _month in missing)
    claims = []
    for row in rows.select_related("award__line").order_by("award_id", "month_date", "-part"):
        key = (row.award_id, Month.of(row.month_date))
        fen = min(left.get(key, 0), row.amount_fen - row.claimed)
        if fen > 0:
            left[key] -= fen
            rule, hand = row.award.programme in waived, _changed_by(changes[row.award_id], key[1])
            parts = _as_before(row, fen) if as_before and not rule else [(fen, WAIVED_BY_RULE if rule else "")]
            claims += [_receivable(act, row, some, reasons[row.award_id], hand, waived=why) for some, why in parts]
    return claims


def _as_before(month: AwardMonth, fen: int) -> list[tuple[int, str]]:
    """What was claimed of a month before it fell, the newest first, up to the fen: amounts, with why they had been
    given up; what was not is claimed.
    """
    parts, left = [], fen
    for row in Receivable.objects.filter(month=month, state=ReceivableState.WITHDRAWN).order_by("-pk"):
        why = row.note.removeprefix(_GIVEN_UP_BEFORE) if row.note.startswith(_GIVEN_UP_BEFORE) else ""
        some = min(left, row.amount_fen)
        parts += [(some, why)] if some else []
        left -= some
    open_fen = left + sum(some for some, why in parts if not why)
    return [(some, why) for some, why in reversed(parts) if why] + ([(open_fen, "")] if open_fen else [])


def _book(act: Act, rows: Sequence[Receivable], how: Callable[..., object]) -> None:
    """One journal a fund."""
    by_fund: dict[int, list[Receivable]] = defaultdict(list)
    for row in rows:
        by_fund[row.award.line.fund_id].append(row)
    for fund_id, some in sorted(by_fund.items()):
        how(act, fund_id=fund_id, spendings=list(map(spending, some)), subject=f"awards:{some[0].award.number}")


def _lowering(award_ids: Iterable[int]) -> Mapping[int, list[AwardChange]]:
    """What ended these awards or changed their amount, the newest first; it is written before claims are raised."""
    rows = AwardChange.objects.filter(award_id__in=set(award_ids), kind__in=_LOWERS).order_by("award_id", "-seq")
    found: dict[int, list[AwardChange]] = defaultdict(list)
    for row in rows:
        found[row.award_id].append(row)
    return found


def _changed_by(changes: Sequence[AwardChange], month: Month) -> int:
    """Whose change (id; 0: the product's) makes that a month was paid too much: the newest that holds in the month."""
    hold = [one for one in changes if one.effective_date <= month.last_day] or changes
    return hold[0].by_id if hold else 0


def _receivable(act: Act, month: AwardMonth, fen: int, reason: EndReason, hand: int, *, waived: str) -> Receivable:
    """``waived``: why it is given up at once; empty for what is claimed."""
    return Receivable(
        award=month.award,
        month=month,
        amount_fen=fen,
        reason=reason,
        raised_date=act.on,
        raised_by_id=hand,
        state=ReceivableState.WAIVED if waived else ReceivableState.OPEN,
        closed_date=act.on if waived else None,
        note=waived,
        **month.award.stamp.columns(),
    )


def change_reasons(award_ids: Iterable[int]) -> dict[int, EndReason]:
    """Why each of these awards gives less than it did: it ended, or its amount was changed; others are left out."""
    rows = AwardChange.objects.filter(award_id__in=set(award_ids), kind__in=_LOWERS)
    found: dict[int, EndReason] = {}
    for row in rows.order_by("award_id", "seq"):
        found[row.award_id] = EndReason(row.reason or EndReason.RULES)
    return found


@act
@surely
def propose_recovery(act: Act, *, receivable_id: int, paper: str) -> Proposal:
    """The finance maker writes down that a claim was paid back, with the ``paper`` that shows it; it is booked, and can
    be spent, when the checker confirms it.

    Raises NotPermitted, PaperMissing, SlipTwice, MoneyAlike, StepNotPossible, OwnFamily, ProposalWaiting.
    """
    row = _held(receivable_id)
    check_step(act, RECOVERY, "propose", row)
    if not paper.strip():
        raise PaperMissing(field="paper")
    _check_once(act, row, paper)
    check_told_apart(row.month.source_id, act.on, row.amount_fen, paper)
    asked = Asked(
        ProposalKind.RECOVERY,
        f"awards:{row.award.number}",
        row.pk,
        row.amount_fen,
        household_id=row.award.household_id,
        rules_fen=row.amount_fen,
        on_date=row.month.month_date,
        reference=row.award.number,
        paper=paper.strip(),
    )
    return put_forward(act, where=row.stamp, asked=asked)


@within_act
def book_recovery(act: Act, proposal: Proposal) -> None:
    """The money came back to the bank account, as two people saw. Raises StepNotPossible where the claim is closed,
    SlipTwice where its slip was booked meanwhile by what asks for no paper: a file of the bank.
    """
    row = _held(proposal.target_id)
    RECEIVABLE.check_state("recover", row)
    _check_once(act, row, proposal.paper, but=proposal)
    recover_receivable(
        act,
        fund_id=row.award.line.fund_id,
        spendings=[spending(row)],
        subject=f"awards:{row.award.number}",
        said=proposal.paper,
    )
    _close(act, row, ReceivableState.RECOVERED, proposal.paper)


def _check_once(act: Act, row: Receivable, paper: str, but: Proposal | None = None) -> None:
    """Raises SlipTwice where the slip of a claim is another booking's; claims of one household may stand on a paper."""
    own = Award.objects.filter(household_id=row.award.household_id).values_list("number", flat=True)
    back = Back(paper=paper, own={f"awards:{number}" for number in own}, ours=[row.month.batch_number])
    check_came_back_once(hold_fund(act, fund_id=row.award.line.fund_id), back, but=but)


@within_act
def recover_returned(
    act: Act, *, references: Mapping[tuple[int, Month, int], str], on: date, said: Mapping[str, str]
) -> list[Journal]:
    """The bank sent back what was claimed of these months (award id, month, part), under its reference, on the day;
    ``said`` is what it says of each reference. Gives a journal for each claim.
    """
    journals = []
    rows = [row for row in _open_claims(references) if month_key(row.month) in references]
    for row in rows:
        name = references[month_key(row.month)]
        spent = replace(spending(row), reference=name)
        subject = f"awards:{row.award.number}"
        fund_id, words = row.award.line.fund_id, said.get(name, "")
        journals.append(recover_receivable(act, fund_id=fund_id, spendings=[spent], subject=subject, on=on, said=words))
        row.state, row.closed_date, row.note = ReceivableState.RECOVERED, act.on, f"{RETURNED_BY_BANK} {name}"
    Receivable.objects.bulk_update(rows, ["state", "closed_date", "note"])
    return journals


@within_act
def claim_again(act: Act, journal: Journal) -> None:
    """The journal of a claim that the bank was said to have sent back was undone: the claim is open as it had been; or
    falls, where its month is kept by now.
    """
    rows = list(locked(claims_of(journal)))
    awards = [row.award for row in rows]
    RECEIVABLE.check_state("reopen", rows)

    def reopen() -> None:
        for row in rows:
            row.state, row.closed_date, row.note = ReceivableState.OPEN, None, ""
        Receivable.objects.bulk_update(rows, ["state", "closed_date", "note"])

    rebook(act, awards=awards, write=reopen)
    owe_overpaid(act, reasons=change_reasons(award.pk for award in awards))


def claims_of(journal: Journal) -> QuerySet[Receivable]:
    """The claim that a journal settled with what the bank sent back; none where a family paid it back."""
    number, first = journal.subject.partition(":")[2], journal.transfers.order_by("seq")[0]
    settled = Receivable.objects.filter(
        award__number=number,
        state=ReceivableState.RECOVERED,
        amount_fen=first.amount_fen,
        note=f"{RETURNED_BY_BANK} {first.reference}",
    )
    return Receivable.objects.filter(pk__in=settled.order_by("pk").values("pk")[:1]).select_related(
        "award__line__fund", "month"
    )


def month_key(month: AwardMonth) -> tuple[int, Month, int]:
    """Award (id), month and part."""
    return month.award_id, Month.of(month.month_date), month.part


def _open_claims(months: Mapping[tuple[int, Month, int], str]) -> list[Receivable]:
    award_ids = {award_id for award_id, _month, _part in months}
    rows = Receivable.objects.filter(award_id__in=award_ids, state=ReceivableState.OPEN)
    return list(locked(rows.select_related("award__line", "month")))


@act
@surely
def propose_waiver(act: Act, *, receivable_id: int, note: str) -> Proposal:
    """Ask that the fund gives the claim up, with a reason; another officer confirms it, not who ended the award.

    Raises NotPermitted, ReasonMissing, StepNotPossible, OwnFamily, ProposalWaiting.
    """
    row = _held(receivable_id)
    check_step(act, WAIVER, "propose", row)
    asked = Asked(
        ProposalKind.WAIVER,
        f"awards:{row.award.number}",
        row.pk,
        0,
        household_id=row.award.household_id,
        caused_by_id=_ended_by(row),
        rules_fen=row.amount_fen,
        before_fen=row.amount_fen,
        on_date=row.month.month_date,
        reason=reason_of(note, field="note"),
    )
    return put_forward(act, where=row.stamp, asked=asked)


@within_act
def waive_claim(act: Act, proposal: Proposal) -> None:
    """The fund gives up the claim that two people agreed to give up. Raises StepNotPossible where it is closed."""
    row = _held(proposal.target_id)
    RECEIVABLE.check_state("waive", row)
    waive_receivable(
        act, fund_id=row.award.line.fund_id, spendings=[spending(row)], subject=f"awards:{row.award.number}"
    )
    _close(act, row, ReceivableState.WAIVED, proposal.reason)


def _ended_by(row: Receivable) -> int | None:
    """Who (id) ended the award, or lowered it, so that the claim was raised, whoever changed it since; None where the
    product did. Of a claim that is older than what is kept of it: who changed the award last by the end of that day.
    """
    if row.raised_by_id is not None:
        return row.raised_by_id or None
    rows = AwardChange.objects.filter(award_id=row.award_id, kind__in=_LOWERS).order_by("-seq")
    day = row.raised_date
    before = (by for by, at in rows.values_list("by_id", "at") if at.astimezone(CHINA_TIME).date() <= day)
    return next(before, None) or None


def spending(row: Receivable) -> Spending:
    """What is owed as money spent."""
    award = row.award
    return Spending(award.line_id, row.month.source_id, award.programme, row.amount_fen, award.number)


def _held(receivable_id: int) -> Receivable:
    row: Receivable = locked(Receivable.objects.filter(pk=receivable_id).select_related("award__line", "month")).get()
    paid = {"awards_awardmonth": [row.month_id], "ledger_budgetline": [row.award.line_id]}
    build_on(rows_behind([row.award_id]) | Behind(paid))
    return row


def _close(act: Act, row: Receivable, state: ReceivableState, note: str) -> None:
    row.state, row.closed_date, row.note = state, act.on, note.strip()
    row.save(update_fields=["state", "closed_date", "note"])
    audit.record(
        act,
        where=row.stamp,
        subject=f"award:{row.award.number}",
        note={"month": f"{row.month.month_date:%Y-%m}", "note": row.note},
    )
