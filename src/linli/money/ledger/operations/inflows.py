"""Money that reached the bank: written down by one person, booked when another confirms it, and once."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely, within_act
from linli.ground.users.queries import check_step, check_system
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.money.ledger.codes import (
    JournalKind,
    ProposalKind,
)
from linli.money.ledger.models import Fund, FundingSource, Journal, Proposal
from linli.money.ledger.operations.flows import hold_fund
from linli.money.ledger.operations.funds import DateOutsideYear, ReferenceMissing, accounts_of
from linli.money.ledger.operations.posting import AmountNotPositive, check_day_open, post
from linli.money.ledger.operations.proposing import Asked, check_not_waiting, put_forward
from linli.money.ledger.operations.slips import check_inflow_once, check_not_alike
from linli.money.ledger.queries.proposals import alike
from linli.money.ledger.rules.digests import Entry
from linli.money.ledger.steps import INFLOW


class PaperMissing(DomainError):
    """Money that came is shown by a paper that the checker can look at."""

    message = _("请填写凭据：哪张银行回单或对账单、存放在哪里，复核人据此核对")


@act
@surely
def propose_inflow(
    act: Act, *, source_id: int, amount_fen: int, on: date, reference: str, paper: str, reason: str = ""
) -> Proposal:
    """The finance maker writes down money that reached the bank, with the bank's ``reference`` and the ``paper`` that
    shows it. It is booked, and can be spent, when the checker confirms it. ``reason``: by what it is another one than
    the one of the same source, day and amount.

    Raises NotPermitted, AmountNotPositive, DateOutsideYear, ReferenceMissing, PaperMissing, InflowBooked, SlipTwice,
    InflowAlike, ProposalWaiting, MonthLocked.
    """
    source = FundingSource.objects.select_related("fund").get(pk=source_id)
    fund, reference = source.fund, reference.strip()
    check_step(act, INFLOW, "propose", fund)
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    _check_inflow(hold_fund(act, fund_id=fund.pk), act.on, on, amount_fen, reference)
    if not paper.strip():
        raise PaperMissing(field="paper")
    check_day_open(fund, on)
    check_not_waiting(fund.community_id, on, amount_fen, reference)
    if not reason.strip():
        check_not_alike(alike(source.pk, on, amount_fen))
    asked = Asked(
        ProposalKind.INFLOW,
        f"source:{fund.code}:{source.code}",
        source.pk,
        amount_fen,
        on_date=on,
        reference=reference,
        paper=paper.strip(),
        reason=reason.strip(),
    )
    return put_forward(act, where=fund.stamp, asked=asked)


@within_act
def book_inflow(act: Act, row: Proposal) -> Journal:
    """What the checker confirmed is money that can be spent. Raises InflowBooked, MonthLocked, and InflowAlike where
    another one was booked meanwhile, of which its maker said nothing.
    """
    source = FundingSource.objects.select_related("fund").get(pk=row.target_id)
    on = row.on_date or act.on
    _check_inflow(hold_fund(act, fund_id=source.fund_id), act.on, on, row.amount_fen, row.reference)
    if not row.reason:
        check_not_alike([one for one in alike(source.pk, on, row.amount_fen, but=row) if one.booked])
    return _post_inflow(act, source, row.amount_fen, on, row.reference)


@act
def receive_inflow(act: Act, *, source_id: int, amount_fen: int, on: date, reference: str) -> Journal:
    """The product itself books what a bank's feed says; nobody who logs in does.

    Raises NotPermitted, AmountNotPositive, DateOutsideYear, ReferenceMissing, InflowBooked, SlipTwice, MonthLocked.
    """
    check_system(act)
    source = FundingSource.objects.select_related("fund").get(pk=source_id)
    fund = source.fund
    _check_inflow(hold_fund(act, fund_id=fund.pk), act.on, on, amount_fen, reference)
    journal = _post_inflow(act, source, amount_fen, on, reference)
    audit.record(act, where=fund.stamp, subject=f"fund:{fund.code}", note={"reference": reference})
    return journal


def _post_inflow(act: Act, source: FundingSource, amount_fen: int, on: date, reference: str) -> Journal:
    cash, income, control, spendable = accounts_of(source)
    return post(
        act,
        fund=source.fund,
        kind=JournalKind.INFLOW,
        subject=f"source:{source.fund.code}:{source.code}",
        entries=[Entry(cash, income, amount_fen, reference), Entry(spendable, control, amount_fen, reference)],
        on=on,
    )


def _check_inflow(fund: Fund, today: date, on: date, amount_fen: int, reference: str) -> None:
    """Raises DateOutsideYear, ReferenceMissing, InflowBooked, SlipTwice; the fund is held."""
    if on.year != fund.year or on > today:
        raise DateOutsideYear(field="on", year=fund.year)
    if not reference.strip():
        raise ReferenceMissing(field="reference")
    check_inflow_once(fund, on, amount_fen, reference)
