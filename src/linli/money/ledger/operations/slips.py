"""One slip of the bank is one booking, whatever it is written down as: an inflow, a claim paid back, a payment that
came back (docs/adr/0059). What has its reference is refused; what looks like it is told, and needs a word.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.kernel.errors import DomainError
from linli.kernel.money import yuan
from linli.money.ledger.codes import JournalKind, ProposalKind, ProposalState
from linli.money.ledger.models import Fund, Journal, Proposal, Transfer
from linli.money.ledger.queries.proposals import CAME_BACK, Alike, inflows_alike
from linli.money.ledger.rules.references import name_the_same, names_a_number, names_it


class InflowBooked(DomainError):
    """The same money is booked once: what has the reference and the day or the amount of a booking is that booking."""

    message = _(
        "凭证号“%(reference)s”已登记过：%(number)s，%(day)s，%(amount)s 元。确是另一笔的，请在凭证号后加注区别再登记"
    )


class InflowAlike(DomainError):
    """Another inflow of the same source, day and amount is told to who writes one down: it may be the same money."""

    message = _(
        "同一来源、同一天、同样金额的到账已有 %(number)s（凭证号“%(reference)s”）。确是另一笔的，请写明依据再登记"
    )


class MoneyAlike(InflowAlike):
    """The same where one of the two is money that came back, whose day at the bank is not always its booking's."""

    message = _(
        "同一来源、同样金额的到账或退回款，前后一个月内已有 %(number)s（“%(reference)s”）。"
        "确是另一笔的，请写明依据再登记"
    )


class SlipTwice(DomainError):
    """A slip that stands in the paper of another booking is that booking's."""

    message = _("“%(reference)s”已用于 %(number)s（%(said)s）。确是另一笔的，请在凭证号或凭据里加注区别再登记")


class _Kept(NamedTuple):
    """A booking as its slip is known: number, reference, what its paper says."""

    number: str
    reference: str
    said: str


def check_inflow_once(fund: Fund, on: date, amount_fen: int, reference: str) -> None:
    """Raises InflowBooked where the inflow is booked already, SlipTwice where its slip is that of money that came back.

    The fund is held: of two who book the same money at once the second finds what the first booked.
    """
    same = Q(journal__on_date=on) | Q(amount_fen=amount_fen)
    # Few share the day or the amount: they are compared here, since no database knows how a number is typed.
    rows = _standing(fund, JournalKind.INFLOW).filter(same).order_by("journal_id")
    known = next((pk for pk, text in rows.values_list("journal_id", "reference") if name_the_same(text, reference)), 0)
    if known:
        before = Journal.objects.get(pk=known)
        raise InflowBooked(
            field="reference",
            reference=reference,
            number=before.number,
            day=before.on_date,
            amount=yuan(before.transfers.order_by("seq")[0].amount_fen),
        )
    for one in _came_back(fund):
        if name_the_same(one.reference, reference) or names_it(one.said, reference):
            raise SlipTwice(field="reference", reference=reference, number=one.number, said=one.said or one.reference)


def check_came_back_once(fund: Fund, references: Sequence[str], paper: str, *, field: str = "paper") -> None:
    """Raises SlipTwice where money that came back, under these references or by this paper, is an inflow that is booked
    or waits. The fund is held.
    """
    for one in _inflows(fund):
        if any(name_the_same(one.reference, mine) for mine in references) or names_it(paper, one.reference):
            raise SlipTwice(field=field, reference=one.reference, number=one.number, said=one.said or one.reference)


def check_told_apart(source_id: int, on: date, amount_fen: int, paper: str, *, field: str = "paper") -> None:
    """Raises MoneyAlike where money that came back on a day looks like an inflow, and its paper names no slip of its
    own by a number.
    """
    if not names_a_number(paper):
        check_not_alike(inflows_alike(source_id, on, amount_fen), field=field)


def check_not_alike(others: Sequence[Alike], *, field: str = "reason") -> None:
    """Raises InflowAlike, or MoneyAlike, where there are others; they are asked after with ``queries.alike``."""
    for other in others:
        refusal = MoneyAlike if other.came_back else InflowAlike
        raise refusal(field=field, number=other.number, reference=other.reference)


def _standing(fund: Fund, *kinds: JournalKind) -> QuerySet[Transfer]:
    return Transfer.objects.filter(journal__fund=fund, journal__kind__in=kinds, journal__reversed_by__isnull=True)


def _came_back(fund: Fund) -> Iterator[_Kept]:
    """Claims paid back, with the paper that two people saw or one waits to see, and payments that came back."""
    told = _standing(fund, *CAME_BACK).order_by("journal_id", "seq")
    for number, reference, said in told.values_list("journal__number", "reference", "journal__reason").distinct():
        yield _Kept(number, reference, said)
    asked = Proposal.objects.filter(
        kind=ProposalKind.RECOVERY,
        community_id=fund.community_id,
        state__in=(ProposalState.PROPOSED, ProposalState.CONFIRMED),
    )
    for number, reference, said in asked.order_by("pk").values_list("number", "reference", "paper"):
        yield _Kept(number, reference, said)


def _inflows(fund: Fund) -> Iterator[_Kept]:
    booked = _standing(fund, JournalKind.INFLOW).filter(seq=1).order_by("journal_id")
    for number, reference in booked.values_list("journal__number", "reference"):
        yield _Kept(number, reference, "")
    waiting = Proposal.objects.filter(
        kind=ProposalKind.INFLOW, state=ProposalState.PROPOSED, subject__startswith=f"source:{fund.code}:"
    )
    for number, reference, said in waiting.order_by("pk").values_list("number", "reference", "paper"):
        yield _Kept(number, reference, said)
