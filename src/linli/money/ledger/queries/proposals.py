"""Reads of proposals: what waits for a second person, and who wrote a booking down."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When

from linli.foundation.data.scope import Scope, within
from linli.money.ledger.codes import AccountKind, JournalKind, ProposalKind, ProposalState
from linli.money.ledger.models import BudgetLine, FundingSource, Journal, Proposal, Transfer


class Alike(NamedTuple):
    """Another inflow that may be the same money: its journal, or the proposal that waits."""

    number: str
    reference: str
    booked: bool
    came_back: bool = False


# Money that came to the bank and is no inflow: a claim paid back, a payment that came back.
CAME_BACK = (JournalKind.RECOVERY, JournalKind.LATE_RETURN)
# The day on which money that came back is written down is not always the bank's.
_NEAR = timedelta(days=31)


def proposals(scope: Scope, *, kind: str = "", state: str = "", text: str = "") -> QuerySet[Proposal]:
    """Proposals in the scope, newest first; ``text`` is a number, or part of what it is about or of its reference."""
    wanted = {"kind": kind, "state": state}
    rows = within(Proposal.objects.all(), scope).filter(**{name: value for name, value in wanted.items() if value})
    if text:
        rows = rows.filter(Q(number=text) | Q(subject__contains=text) | Q(reference__icontains=text))
    return rows.annotate(**_NAMES).select_related("journal").order_by("-pk")


# What people call the source or the line that a proposal is about, and its fund; no name where it is about neither.
_SOURCE = FundingSource.objects.filter(pk=OuterRef("target_id"))
_LINE = BudgetLine.objects.filter(pk=OuterRef("target_id"))
_NAMES: Final = {
    "about": Case(
        When(subject__startswith="source:", then=Subquery(_SOURCE.values("name"))),
        When(subject__startswith="line:", then=Subquery(_LINE.values("name"))),
    ),
    "of_fund": Case(
        When(subject__startswith="source:", then=Subquery(_SOURCE.values("fund__name"))),
        When(subject__startswith="line:", then=Subquery(_LINE.values("fund__name"))),
    ),
}


def proposal(scope: Scope, number: str) -> Proposal:
    """One proposal; Proposal.DoesNotExist when it is not in the scope."""
    return proposals(scope).get(number=number)


def waiting_of(kind: ProposalKind) -> Callable[[Scope, date], QuerySet[Proposal]]:
    """Those of a kind that wait for the second person, the oldest first."""

    def asked(scope: Scope, _on: date) -> QuerySet[Proposal]:
        return proposals(scope, kind=kind, state=ProposalState.PROPOSED).order_by("pk")

    return asked


def waiting_about(subject: str) -> list[Proposal]:
    """Those about one thing, by the name that journals call it, that wait for the second person."""
    return list(Proposal.objects.filter(subject=subject, state=ProposalState.PROPOSED).order_by("pk"))


def beside(proposal: Proposal) -> list[str]:
    """The references of what one act wrote down with a proposal, from one paper. Two acts do not write down one paper:
    the second is refused, since the first waits or is booked.
    """
    same = {name: getattr(proposal, name) for name in ("kind", "subject", "reason", "proposed_by_id", "proposed_at")}
    return list(Proposal.objects.filter(**same).exclude(pk=proposal.pk).values_list("reference", flat=True))


def waiting_for(kinds: Collection[ProposalKind], target_ids: Iterable[int]) -> Mapping[int, str]:
    """Of each row (id, of the table that the kinds are about) of which a proposal waits for the second person: its
    number; one statement.
    """
    rows = Proposal.objects.filter(kind__in=kinds, target_id__in=set(target_ids), state=ProposalState.PROPOSED)
    return dict(rows.order_by("-pk").values_list("target_id", "number"))


def waiting_within(scope: Scope, kinds: Collection[ProposalKind]) -> list[int]:
    """The rows (ids) in the scope of which a proposal of the kinds waits for the second person."""
    rows = within(Proposal.objects.filter(kind__in=kinds, state=ProposalState.PROPOSED), scope)
    return list(rows.order_by().values_list("target_id", flat=True))


def alike(source_id: int, on: date, amount_fen: int, *, but: Proposal | None = None) -> list[Alike]:
    """Inflows of the source, of the same day and amount, booked or waiting, and money that came back to it within a
    month of the day: whatever the bank's text, they may be the same money. ``but``: of the others than this one.
    """
    source = FundingSource.objects.select_related("fund").get(pk=source_id)
    booked = Journal.objects.filter(
        kind=JournalKind.INFLOW,
        subject=f"source:{source.fund.code}:{source.code}",
        on_date=on,
        reversed_by__isnull=True,
        transfers__seq=1,
        transfers__amount_fen=amount_fen,
    )
    waiting = Proposal.objects.filter(
        kind=ProposalKind.INFLOW,
        target_id=source_id,
        on_date=on,
        amount_fen=amount_fen,
        state=ProposalState.PROPOSED,
    )
    if but is not None:
        booked, waiting = booked.exclude(proposal=but), waiting.exclude(pk=but.pk)
    return [
        *(Alike(*row, booked=True) for row in booked.order_by("pk").values_list("number", "transfers__reference")),
        *(Alike(*row, booked=False) for row in waiting.order_by("pk").values_list("number", "reference")),
        *_came_back_alike(source, on, amount_fen),
    ]


def inflows_alike(source_id: int, on: date, amount_fen: int) -> list[Alike]:
    """Inflows of the source and the amount, booked within a month of the day on which money came back, or waiting."""
    source = FundingSource.objects.select_related("fund").get(pk=source_id)
    booked = Journal.objects.filter(
        kind=JournalKind.INFLOW,
        subject=f"source:{source.fund.code}:{source.code}",
        on_date__range=(on - _NEAR, on + _NEAR),
        reversed_by__isnull=True,
        transfers__seq=1,
        transfers__amount_fen=amount_fen,
    )
    waiting = Proposal.objects.filter(
        kind=ProposalKind.INFLOW, target_id=source_id, amount_fen=amount_fen, state=ProposalState.PROPOSED
    )
    told = [*booked.order_by("pk").values_list("number", "transfers__reference")]
    asked = [*waiting.order_by("pk").values_list("number", "reference")]
    return [Alike(*row, booked=row in told, came_back=True) for row in (*told, *asked)]


def _came_back_alike(source: FundingSource, on: date, amount_fen: int) -> Iterator[Alike]:
    rows = Transfer.objects.filter(
        journal__fund=source.fund,
        journal__kind__in=CAME_BACK,
        journal__reversed_by__isnull=True,
        journal__on_date__range=(on - _NEAR, on + _NEAR),
        debit__kind=AccountKind.CASH,
        debit__source=source,
        amount_fen=amount_fen,
    )
    for number, reference, said in rows.order_by("pk").values_list("journal__number", "reference", "journal__reason"):
        yield Alike(number, said or reference, booked=True, came_back=True)
    waiting = Proposal.objects.filter(
        kind=ProposalKind.RECOVERY,
        community_id=source.fund.community_id,
        amount_fen=amount_fen,
        state=ProposalState.PROPOSED,
    )
    for number, paper in waiting.order_by("pk").values_list("number", "paper"):
        yield Alike(number, paper, booked=False, came_back=True)


def written_by(journal: Journal) -> int:
    """Who (id) wrote a booking down: who proposed it where another confirmed it."""
    row = Proposal.objects.filter(journal_id=journal.pk).values_list("proposed_by_id", flat=True).first()
    return journal.by_id if row is None else row
