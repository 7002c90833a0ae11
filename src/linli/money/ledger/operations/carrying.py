"""Carry unspent restricted money over into the next year's fund: one proposes, another approves (ADR 0025).

Out of the old fund: INCOME → CASH less, CASH_CONTROL → SPENDABLE less; into the new one the opposite. Nothing is spent
by it, and no budget rises. What is carried is really unspent: cash less payable, less in transit, less the commitments
that this money would still have to pay. Checked when it is proposed and again, under lock, when it is approved.
"""

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.data.numbering import take_labels
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely
from linli.ground.users.queries import check_step
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of
from linli.kernel.money import yuan
from linli.money.ledger.codes import AccountKind, CarryOverState, JournalKind
from linli.money.ledger.models import Account, CarryOver, Fund, FundingSource
from linli.money.ledger.operations.funds import ReferenceMissing, undo
from linli.money.ledger.operations.posting import AmountNotPositive, post
from linli.money.ledger.queries.carrying import next_fund, same_purpose, unspent
from linli.money.ledger.rules.digests import Entry, account_code
from linli.money.ledger.steps import CARRY_OVER


class MoneyNotRestricted(DomainError):
    """Only money given for a purpose is carried over to it; what becomes of free money the treasury says."""

    message = _("%(source)s 不是限定用途资金，不在此结转")


class YearNotOver(DomainError):
    """What is unspent is known when the year is over."""

    message = _("%(year)s 年尚未结束，结转从次年 1 月 1 日起办理")


class NextFundMissing(DomainError):
    """The next year's fund has no source of that code to carry into."""

    message = _("%(year)s 年资金中没有来源“%(source)s”，请先按方案设立下一年度资金")


class PurposeDiffers(DomainError):
    """Restricted money stays bound to what it was given for (慈善法; 专款专用)."""

    message = _("“%(source)s”在下一年度资金中的限定用途不同，不能结转")


class MoreThanUnspent(DomainError):
    """No more than is really unspent."""

    message = _("可结转 %(free)s 元，不足 %(asked)s 元（存款减去待付、在途和尚未发放的承诺）")


class CarryOverWaiting(DomainError):
    """One proposal of a source at a time."""

    message = _("“%(source)s”已有待批准的结转 %(number)s")


class CarryOverNotFound(DomainError):
    """No such carry-over."""

    message = _("找不到该结转")


@act
@surely
def propose_carry_over(act: Act, *, source_id: int, amount_fen: int, reference: str, reason: str) -> CarryOver:
    """Propose to carry a restricted source's unspent money into the same source of the next year's fund.

    ``reference`` is the bank's text of the transfer. Raises NotPermitted, MoneyNotRestricted, YearNotOver,
    NextFundMissing, PurposeDiffers, CarryOverWaiting, AmountNotPositive, MoreThanUnspent, ReasonMissing,
    ReferenceMissing.
    """
    source = FundingSource.objects.select_related("fund").get(pk=source_id)
    check_step(act, CARRY_OVER, "propose", source.fund)
    target = _target(act, source)
    if not reference.strip():
        raise ReferenceMissing(field="reference")
    reason = reason_of(reason)
    _hold(source.fund, target.fund)
    waiting = CarryOver.objects.filter(source=source, state=CarryOverState.PROPOSED).first()
    if waiting is not None:
        raise CarryOverWaiting(source=source.name, number=waiting.number)
    _check_unspent(source, amount_fen)
    row = CarryOver.objects.create(
        number=take_labels("JY", target.fund.year, digits=3)[0],
        source=source,
        target=target,
        amount_fen=amount_fen,
        reference=reference.strip(),
        reason=reason,
        proposed_by_id=act.by.pk,
        proposed_at=act.at,
    )
    _record(act, row)
    return row


@act
@surely
def approve_carry_over(act: Act, *, carry_over_id: int) -> CarryOver:
    """Another person approves; a journal in each fund moves the money, both or neither.

    Raises CarryOverNotFound, SamePerson, NotPermitted, StepNotPossible, NextFundMissing, PurposeDiffers,
    MoreThanUnspent, MonthLocked.
    """
    row = _held(carry_over_id)
    check_step(act, CARRY_OVER, "approve", row)
    _target(act, row.source)
    _check_unspent(row.source, row.amount_fen)
    row.out_journal = post(
        act,
        fund=row.source.fund,
        kind=JournalKind.CARRY_OUT,
        subject=_subject(row),
        entries=_entries(row.source, row, incoming=False),
        reason=row.reason,
    )
    row.in_journal = post(
        act,
        fund=row.target.fund,
        kind=JournalKind.CARRY_IN,
        subject=_subject(row),
        entries=_entries(row.target, row, incoming=True),
        reason=row.reason,
    )
    row.state, row.decided_by_id, row.decided_at = CarryOverState.APPROVED, act.by.pk, act.at
    row.save(update_fields=["state", "decided_by_id", "decided_at", "out_journal", "in_journal"])
    _record(act, row)
    return row


@act
def decline_carry_over(act: Act, *, carry_over_id: int, reason: str) -> CarryOver:
    """It is not approved, or taken back by who proposed it. Raises CarryOverNotFound, NotPermitted, ReasonMissing,
    StepNotPossible.
    """
    row = _held(carry_over_id)
    check_step(act, CARRY_OVER, "take_back" if act.by.pk == row.proposed_by_id else "decline", row)
    reason = reason_of(reason)
    row.state, row.decided_by_id, row.decided_at = CarryOverState.DECLINED, act.by.pk, act.at
    row.answer = reason
    row.save(update_fields=["state", "decided_by_id", "decided_at", "answer"])
    _record(act, row)
    return row


@act
@surely
def reverse_carry_over(act: Act, *, carry_over_id: int, reason: str) -> CarryOver:
    """Undo it by the opposite entries in both funds; the money must still be unspent where it went.

    Raises CarryOverNotFound, NotPermitted, ReasonMissing, StepNotPossible, FundsExhausted, MonthLocked.
    """
    row = _held(carry_over_id)
    check_step(act, CARRY_OVER, "reverse", row)
    reason = reason_of(reason)
    for journal in (row.out_journal, row.in_journal):
        if journal is not None:
            undo(act, wrong=journal, reason=reason)
    row.state, row.answer = CarryOverState.REVERSED, reason
    row.save(update_fields=["state", "answer"])
    _record(act, row)
    return row


def _target(act: Act, source: FundingSource) -> FundingSource:
    """Where the source's money goes. Raises MoneyNotRestricted, YearNotOver, NextFundMissing, PurposeDiffers."""
    fund = source.fund
    if not source.restricted_to:
        raise MoneyNotRestricted(field="source", source=source.name)
    if act.on.year <= fund.year:
        raise YearNotOver(field="source", year=fund.year)
    following = next_fund(fund)
    target = FundingSource.objects.filter(fund=following, code=source.code).select_related("fund").first()
    if following is None or target is None:
        raise NextFundMissing(field="source", year=fund.year + 1, source=source.name)
    if not same_purpose(source, target):
        raise PurposeDiffers(field="source", source=source.name)
    return target


def _hold(*funds: Fund) -> None:
    """Both funds and the accounts that say what is unspent, locked in the order in which every act locks them."""
    list(locked(Fund.objects.filter(pk__in={fund.pk for fund in funds})))
    kinds = (AccountKind.CASH, AccountKind.COMMITTED, AccountKind.SPENDABLE)
    for fund in sorted(funds, key=lambda fund: fund.pk):
        list(locked(Account.objects.filter(fund=fund, kind__in=kinds)))


def _held(carry_over_id: int) -> CarryOver:
    rows = CarryOver.objects.select_related("source__fund", "target__fund", "out_journal__fund", "in_journal__fund")
    row = rows.filter(pk=carry_over_id).first()
    if row is None:
        raise CarryOverNotFound
    _hold(row.source.fund, row.target.fund)
    # Under the funds' locks: somebody may have decided while this act waited.
    return rows.get(pk=carry_over_id)


def _check_unspent(source: FundingSource, amount_fen: int) -> None:
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    [found] = [one for one in unspent(source.fund) if one.source.pk == source.pk]
    if amount_fen > found.free_fen:
        raise MoreThanUnspent(field="amount", free=yuan(found.free_fen), asked=yuan(amount_fen))


def _entries(source: FundingSource, row: CarryOver, *, incoming: bool) -> list[Entry]:
    cash, income, control, spendable = (
        account_code(source.fund.code, kind, source.code)
        for kind in (AccountKind.CASH, AccountKind.INCOME, AccountKind.CASH_CONTROL, AccountKind.SPENDABLE)
    )
    sides = [(cash, income), (spendable, control)]
    return [
        Entry(debit, credit, row.amount_fen, row.reference)
        for debit, credit in (sides if incoming else [(credit, debit) for debit, credit in sides])
    ]


def _subject(row: CarryOver) -> str:
    return f"carry:{row.number}"


def _record(act: Act, row: CarryOver) -> None:
    audit.record(
        act,
        where=row.source.fund.stamp,
        subject=_subject(row),
        lines=[[row.number, row.source.fund.code, row.target.fund.code, row.source.code, row.amount_fen]],
        note={"state": str(row.state), "reason": row.answer or row.reason},
    )
