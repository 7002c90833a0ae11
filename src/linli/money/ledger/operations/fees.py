"""What the bank takes for its services: each of its texts once; above what a bank asks for, two people."""

from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on, surely, within_act
from linli.foundation.trail.behind import Behind
from linli.ground.users.queries import check_step
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.money import yuan
from linli.kernel.period import Month
from linli.money.ledger.codes import JournalKind, ProposalKind, ProposalState
from linli.money.ledger.models import Fund, FundingSource, Journal, Proposal, Transfer
from linli.money.ledger.operations.flows import hold_fund
from linli.money.ledger.operations.funds import DateOutsideYear, ReferenceMissing, accounts_of
from linli.money.ledger.operations.inflows import PaperMissing
from linli.money.ledger.operations.posting import AmountNotPositive, check_day_open, post
from linli.money.ledger.operations.proposing import Asked, put_forward
from linli.money.ledger.permissions import check_receive
from linli.money.ledger.rules.digests import Entry
from linli.money.ledger.rules.fees import takes_two
from linli.money.ledger.rules.references import name_the_same
from linli.money.ledger.steps import FEE


class FeeOnRestrictedMoney(DomainError):
    """Restricted money pays only what it was given for (慈善法; 专款专用): a fee is borne by free money."""

    message = _("%(source)s 为限定用途资金，不能用于银行手续费；请选择其他资金来源")


class FeeBooked(DomainError):
    """A fee is booked once: what has the bank's text and the day or the amount of a fee is that fee."""

    message = _(
        "银行摘要“%(reference)s”的手续费已登记过：%(number)s，%(day)s，%(amount)s 元。"
        "确是另一笔的，请在凭证号后加注区别再登记"
    )


class FeeAlike(DomainError):
    """Another fee of the same source, day and amount is told to who writes one down: it may be the same one."""

    message = _("同一来源、同一天、同样金额的手续费已有 %(number)s（“%(reference)s”）。确是另一笔的，请写明依据再登记")


class FeePaperMissing(PaperMissing):
    """A fee that a second person confirms is shown by a paper that they can look at."""

    message = _("这笔手续费（或本月合计）高于一人登记的上限，须由复核人核对：请填写凭据，即哪张银行回单、存放在哪里")


@act
@surely
def book_fee(
    act: Act, *, source_id: int, amount_fen: int, on: date, reference: str, paper: str = "", reason: str = ""
) -> Journal | Proposal:
    """Book what the bank took for its services: less money in the source, nothing spent on any budget line. Above what
    a bank asks for (``rules.fees``) it is written down with the ``paper`` that shows it, and booked when the finance
    checker confirms it.

    ``reference`` is the bank's text, by which the month is reconciled; ``reason``: by what it is another fee than the
    one of the same source, day and amount. The finance maker does this; a slip is corrected by the checker, a fee given
    back is an inflow.

    Raises NotPermitted, AmountNotPositive, DateOutsideYear, ReferenceMissing, FeeOnRestrictedMoney, FeeBooked,
    FeeAlike, FeePaperMissing, FundsExhausted, MonthLocked.
    """
    source = FundingSource.objects.select_related("fund").get(pk=source_id)
    check_receive(act, source.fund.stamp)
    text = reference.strip()
    fund = _check_fee(act, source, amount_fen, on, text)
    if not reason.strip():
        _check_not_alike(source, on, amount_fen)
    if takes_two(amount_fen, _booked_in_month(fund, on), on):
        check_step(act, FEE, "propose", fund)
        if not paper.strip():
            raise FeePaperMissing(field="paper")
        check_day_open(fund, on)
        asked = Asked(
            ProposalKind.FEE,
            _subject(source),
            source.pk,
            amount_fen,
            on_date=on,
            reference=text,
            paper=paper.strip(),
            reason=reason.strip(),
        )
        return put_forward(act, where=fund.stamp, asked=asked)
    journal = _post_fee(act, source, amount_fen, on, text)
    audit.record(act, where=fund.stamp, subject=f"fund:{fund.code}", note={"reference": text})
    return journal


@within_act
def book_confirmed_fee(act: Act, row: Proposal) -> Journal:
    """What the checker confirmed left the bank. Raises FeeBooked, FundsExhausted, MonthLocked."""
    source = FundingSource.objects.select_related("fund").get(pk=row.target_id)
    on = row.on_date or act.on
    _check_fee(act, source, row.amount_fen, on, row.reference, but=row)
    return _post_fee(act, source, row.amount_fen, on, row.reference)


def _check_fee(
    act: Act, source: FundingSource, amount_fen: int, on: date, text: str, *, but: Proposal | None = None
) -> Fund:
    """The fund, held. Raises AmountNotPositive, DateOutsideYear, ReferenceMissing, FeeOnRestrictedMoney, FeeBooked."""
    fund = source.fund
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")
    if on.year != fund.year or on > act.on:
        raise DateOutsideYear(field="on", year=fund.year)
    if not text:
        raise ReferenceMissing(field="reference")
    sources = list(FundingSource.objects.filter(fund=fund))
    build_on(Behind({"ledger_fundingsource": [row.pk for row in sources]}))
    free = [row for row in sources if not row.restricted_to]
    if source.restricted_to and free:
        raise FeeOnRestrictedMoney(field="source", source=source.name)
    held = hold_fund(act, fund_id=fund.pk)
    _check_not_booked(held, on, amount_fen, text, but)
    return held


def _check_not_booked(fund: Fund, on: date, amount_fen: int, text: str, but: Proposal | None) -> None:
    """Raises FeeBooked where a fund of the community has the fee, or one waits. The funds are held: of two who book the
    same fee at once the second finds what the first booked.
    """
    place = fund.community_id
    same = Q(journal__on_date=on) | Q(amount_fen=amount_fen)
    booked = _fees().filter(same, journal__fund__community_id=place).order_by("journal_id")
    waiting = _waiting(fund).filter(Q(on_date=on) | Q(amount_fen=amount_fen)).order_by("pk")
    rows = [
        *booked.values_list("journal__number", "reference", "journal__on_date", "amount_fen"),
        *waiting.exclude(pk=but.pk if but else 0).values_list("number", "reference", "on_date", "amount_fen"),
    ]
    for number, known, day, fen in rows:
        if name_the_same(known, text):
            raise FeeBooked(field="reference", reference=text, number=number, day=day, amount=yuan(fen))


def _check_not_alike(source: FundingSource, on: date, amount_fen: int) -> None:
    booked = _fees().filter(journal__subject=_subject(source), journal__on_date=on, amount_fen=amount_fen)
    waiting = _waiting(source.fund).filter(target_id=source.pk, on_date=on, amount_fen=amount_fen)
    for number, text in (
        *booked.order_by("pk").values_list("journal__number", "reference"),
        *waiting.order_by("pk").values_list("number", "reference"),
    ):
        raise FeeAlike(field="reason", number=number, reference=text)


def _booked_in_month(fund: Fund, on: date) -> int:
    """What fees of the fund come to in the month of a day, those that a second person confirmed left out."""
    month = Month.of(on)
    days = (month.first_day, month.last_day)
    alone = _fees().filter(journal__fund=fund, journal__on_date__range=days, journal__proposal__isnull=True)
    return int(alone.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def _fees() -> QuerySet[Transfer]:
    """The first line of every fee that stands."""
    return Transfer.objects.filter(seq=1, journal__kind=JournalKind.BANK_FEE, journal__reversed_by__isnull=True)


def _waiting(fund: Fund) -> QuerySet[Proposal]:
    """Fees that wait, of every fund of the community: the bank account is the community's."""
    return Proposal.objects.filter(kind=ProposalKind.FEE, state=ProposalState.PROPOSED, community_id=fund.community_id)


def _subject(source: FundingSource) -> str:
    return f"source:{source.fund.code}:{source.code}"


def _post_fee(act: Act, source: FundingSource, amount_fen: int, on: date, text: str) -> Journal:
    cash, income, control, spendable = accounts_of(source)
    return post(
        act,
        fund=source.fund,
        kind=JournalKind.BANK_FEE,
        subject=_subject(source),
        entries=[Entry(income, cash, amount_fen, text), Entry(control, spendable, amount_fen, text)],
        on=on,
    )
