"""What no rule gives is proposed by one person and takes effect when another confirms it (docs/adr/0059).

A room that knows a kind puts it on the shelf: its workflow, and what is carried out within the act that confirms it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.data.numbering import take_labels
from linli.foundation.data.scope import Stamp
from linli.foundation.shelves import Shelf
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, build_on, surely, within_act
from linli.ground.users.queries import Authority, check_step, rows_behind
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of
from linli.kernel.steps import Workflow
from linli.money.ledger.codes import SEVERAL_WAIT, ProposalKind, ProposalState
from linli.money.ledger.models import Journal, Proposal
from linli.money.ledger.rules.references import name_the_same


class ProposalWaiting(DomainError):
    """One proposal of a kind about the same thing waits at a time; of slips (``SEVERAL_WAIT``) one about each slip."""

    message = _("已有待复核的 %(number)s，请先复核或撤回")


class ProposalStale(DomainError):
    """What the proposal started from has changed since: another amount holds now."""

    message = _("%(number)s 提出之后情况已有变化，请退回，由提出人按现在的情况重新提出")


@dataclass(frozen=True)
class Kind:
    """One kind of proposal: ``carry`` does it, within the act that confirms it, and gives the journal that it books.

    ``tells`` says, to a person, what else the second hand compares: what this room does not know.
    """

    flow: Workflow
    carry: Callable[[Act, Proposal], Journal | None]
    tells: Callable[[Authority, Proposal], Sequence[tuple[object, object]]] = lambda _person, _row: ()


kinds: Shelf[Kind] = Shelf()


@dataclass(frozen=True)
class Asked:
    """What is proposed: see :class:`Proposal`."""

    kind: ProposalKind
    subject: str
    target_id: int
    amount_fen: int
    household_id: int | None = None
    caused_by_id: int | None = None
    rules_fen: int | None = None
    before_fen: int | None = None
    on_date: date | None = None
    reference: str = ""
    paper: str = ""
    reason: str = ""


@within_act
def put_forward(act: Act, *, where: Stamp, asked: Asked) -> Proposal:
    """Write a proposal down, in the act that checked it: its number goes into the trail. Raises ProposalWaiting."""
    same = Proposal.objects.filter(kind=asked.kind, target_id=asked.target_id, state=ProposalState.PROPOSED)
    waiting = None if asked.kind in SEVERAL_WAIT else same.first()
    if waiting is not None:
        raise ProposalWaiting(number=waiting.number)
    row = Proposal.objects.create(
        number=take_labels("FH", act.on.year)[0],
        proposed_by_id=act.by.pk,
        proposed_at=act.at,
        **vars(asked),
        **where.columns(),
    )
    _record(act, row)
    return row


@act
@surely
def confirm_proposal(act: Act, *, proposal_id: int) -> Proposal:
    """The second person confirms: what was proposed takes effect, or it is refused with what stands in the way.

    Raises NotPermitted, SamePerson, OwnFamily, StepNotPossible, ProposalStale, and what carrying it out raises.
    """
    row, kind = _held(proposal_id)
    check_step(act, kind.flow, "confirm", row)
    build_on(rows_behind([row.proposed_by_id, row.caused_by_id]))
    row.journal = kind.carry(act, row)
    return _decided(act, row, ProposalState.CONFIRMED)


@act
def refuse_proposal(act: Act, *, proposal_id: int, reason: str) -> Proposal:
    """The second person does not agree; nothing has happened. Raises NotPermitted, SamePerson, OwnFamily,
    ReasonMissing, StepNotPossible.
    """
    row, kind = _held(proposal_id)
    check_step(act, kind.flow, "refuse", row)
    return _decided(act, row, ProposalState.REFUSED, reason_of(reason))


@act
def withdraw_proposal(act: Act, *, proposal_id: int, reason: str) -> Proposal:
    """Who proposed it takes it back. Raises NotPermitted, OwnFamily, ReasonMissing, StepNotPossible."""
    row, kind = _held(proposal_id)
    check_step(act, kind.flow, "withdraw", row)
    return _decided(act, row, ProposalState.WITHDRAWN, reason_of(reason))


def check_not_waiting(community_id: int | None, on: date, amount_fen: int, reference: str) -> None:
    """Raises ProposalWaiting where the same money waits already for a fund of the community, whose bank account is one:
    the reference, and day or amount.
    """
    same = Q(on_date=on) | Q(amount_fen=amount_fen)
    rows = Proposal.objects.filter(same, kind=ProposalKind.INFLOW, state=ProposalState.PROPOSED)
    waiting = rows.filter(community_id=community_id).order_by("pk").values_list("number", "reference")
    for number, text in waiting:
        if name_the_same(text, reference):
            raise ProposalWaiting(field="reference", number=number)


def _held(proposal_id: int) -> tuple[Proposal, Kind]:
    row: Proposal = locked(Proposal.objects.filter(pk=proposal_id)).get()
    return row, kinds[row.kind]


def _decided(act: Act, row: Proposal, state: ProposalState, answer: str = "") -> Proposal:
    row.state, row.decided_by_id, row.decided_at, row.answer = state, act.by.pk, act.at, answer
    row.save(update_fields=["state", "decided_by_id", "decided_at", "answer", "journal"])
    _record(act, row)
    return row


def _record(act: Act, row: Proposal) -> None:
    audit.record(
        act,
        where=row.stamp,
        subject=f"proposal:{row.number}",
        lines=[[row.number, row.kind, row.subject, row.amount_fen, row.rules_fen, row.before_fen, row.on_date]],
        note={"state": str(row.state), "reason": row.answer or row.reason, "reference": row.reference},
    )
