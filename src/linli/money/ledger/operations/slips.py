"""One slip of the bank is one booking, whatever it is written down as: an inflow, a claim paid back, a payment that
came back (docs/adr/0059). What has its reference is refused; what looks like it is told, and needs a word.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.foundation.shelves import Shelf
from linli.kernel.errors import DomainError
from linli.kernel.money import yuan
from linli.money.ledger.codes import JournalKind, ProposalKind, ProposalState
from linli.money.ledger.models import Fund, Journal, Proposal, Transfer
from linli.money.ledger.queries.proposals import CAME_BACK, Alike, inflows_alike
from linli.money.ledger.rules.references import name_the_same, names_a_number, names_it, numbers_named


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
    """A booking as its slip is known: number, reference, what its paper says; what it is about, as journals call it."""

    number: str
    reference: str
    said: str
    subject: str = ""

    def refused(self, field: str, name: str = "") -> SlipTwice:
        """What is said to whoever writes the slip down again."""
        return SlipTwice(
            field=field, reference=name or self.reference, number=self.number, said=self.said or self.reference
        )


@dataclass(frozen=True)
class Back:
    """Money that came back, as it is written down: by the bank's ``references`` and by its ``paper``.

    ``own`` are the awards of its household as journals call them (``awards:DY-2026-0001``): claims of one household may
    stand on one paper. ``beside``: references of what one act wrote down with it, from one notice. ``ours``: numbers of
    the product that papers name, and that are no slip's.
    """

    references: Sequence[str] = ()
    paper: str = ""
    own: Collection[str] = ()
    beside: Collection[str] = ()
    ours: Collection[str] = ()


# What a room keeps of the words in which the bank said that payments came back, each line's own, however many came
# back by one file: of a community (id) the references and the words.
words_kept: Shelf[Callable[[int | None], Iterable[tuple[str, str]]]] = Shelf()


def check_inflow_once(fund: Fund, on: date, amount_fen: int, reference: str) -> None:
    """Raises InflowBooked where the inflow is booked already, SlipTwice where its slip is that of money that came back,
    in any fund of the community: the bank account is the community's.

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
            raise one.refused("reference", reference)


def check_came_back_once(
    fund: Fund, back: Back, *, field: str = "paper", but: Proposal | None = None, by_bank: bool = False
) -> None:
    """Raises SlipTwice where money that came back is booked or waits as an inflow, or as other money that came back.

    ``but``: of others than this proposal. ``by_bank``: its own file says it, which is taken for true: an inflow under
    the reference of one of its lines is that line, and no words are looked into. The fund is held.
    """
    for one in _inflows(fund):
        if any(name_the_same(one.reference, mine) for mine in back.references) or (
            not by_bank and names_it(back.paper, one.reference)
        ):
            raise one.refused(field)
    if by_bank:
        return
    ours = numbers_named(" ".join([fund.code, *back.ours]))
    named = {word: told for word, told in numbers_named(back.paper).items() if word not in ours}
    for one in _came_back(fund, but):
        by_hand = one.subject == f"awards:{one.reference}"  # a claim that a family paid back: no reference of the bank
        if (by_hand and one.subject in back.own) or one.reference in back.beside:
            continue
        shared = [named[word] for word in numbers_named(one.said) if word in named] if named else []
        if shared or any(names_it(one.said, mine) for mine in back.references):
            raise one.refused(field, *shared[:1])
        if not by_hand and names_it(back.paper, one.reference):
            raise one.refused(field)


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
    """In all funds of the fund's community."""
    return Transfer.objects.filter(
        journal__fund__community_id=fund.community_id, journal__kind__in=kinds, journal__reversed_by__isnull=True
    )


def _came_back(fund: Fund, but: Proposal | None = None) -> Iterator[_Kept]:
    """Claims paid back and payments that came back, of the fund's community: what is booked, with the bank's words; the
    papers that two people saw, or one waits to see.
    """
    told = _standing(fund, *CAME_BACK).order_by("journal_id", "seq")
    columns = ("journal__number", "reference", "journal__reason", "journal__subject")
    for row in told.values_list(*columns).distinct():
        yield _Kept(*row)
    # A journal keeps no more than the beginning of what many lines say; a claim that was paid back is not undone.
    asked = Proposal.objects.filter(
        Q(state=ProposalState.PROPOSED)
        | Q(state=ProposalState.CONFIRMED, kind=ProposalKind.RECOVERY)
        | Q(state=ProposalState.CONFIRMED, journal__isnull=False, journal__reversed_by__isnull=True),
        kind__in=(ProposalKind.RECOVERY, ProposalKind.CAME_BACK),
        community_id=fund.community_id,
    )
    for row in asked.exclude(pk=but.pk if but else 0).order_by("pk"):
        yield _Kept(row.number, row.reference, row.paper or row.reason, row.subject)
    for kept in words_kept.values():
        for reference, said in kept(fund.community_id):
            yield _Kept(reference, reference, said)


def _inflows(fund: Fund) -> Iterator[_Kept]:
    booked = _standing(fund, JournalKind.INFLOW).filter(seq=1).order_by("journal_id")
    for number, reference in booked.values_list("journal__number", "reference"):
        yield _Kept(number, reference, "")
    waiting = Proposal.objects.filter(
        kind=ProposalKind.INFLOW, state=ProposalState.PROPOSED, community_id=fund.community_id
    )
    for number, reference, said in waiting.order_by("pk").values_list("number", "reference", "paper"):
        yield _Kept(number, reference, said)
