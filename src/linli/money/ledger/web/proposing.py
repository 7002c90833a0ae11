"""Proposals: what waits for a second person, and the page on which they see what they answer for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.cells import Cell, linked
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.heads import Head
from linli.foundation.screens.listings import Column, Listing, nobody
from linli.foundation.screens.records import Record
from linli.foundation.screens.steps import plainly
from linli.foundation.screens.texts import day_text, difference_text, joined_by_dot, money_text, time_text
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import ProposalKind, ProposalState
from linli.money.ledger.models import Proposal
from linli.money.ledger.steps import INFLOW
from linli.money.ledger.web.forms import AnswerForm
from linli.money.ledger.web.presenters import Subject, amount_text, proposal_subject

# What the amounts of a kind are called: what is asked, what the rules give, what holds today. No word: not shown.
_CALLED: Mapping[str, tuple[object, object, object]] = {
    ProposalKind.INFLOW: (_("到账金额"), "", ""),
    ProposalKind.EXCESS: (_("认可后预算"), _("方案预算"), _("现有预算")),
    ProposalKind.FEE: (_("手续费金额"), "", ""),
    ProposalKind.AMOUNT: (_("提出的每月金额"), _("按规则每月应为"), _("现在每月")),
    ProposalKind.WAIVER: (_("免收后应收回"), _("按规则应收回"), _("现在应收回")),
    ProposalKind.KEEP: (_("提出的每月金额"), _("按规则每月应为"), _("现在每月")),
    ProposalKind.RECOVERY: (_("收回金额"), _("按规则应收回"), ""),
    ProposalKind.CAME_BACK: (_("退回金额"), "", ""),
}


class ProposalList(Listing[Desk, Proposal]):
    """Proposals newest first: those that wait, or what became of the others."""

    name = "proposals"
    title = _("双人复核事项")
    lead = _(
        "规则没有给出的金额、到账、高额手续费、超预算，免收、收回和付讫后退回的款项，由一人提出、另一人复核后才生效。"
    )
    order = ("-pk",)
    asks = queries.proposals
    nothing = (_("没有待复核的事项"), "")
    not_found = _("没有符合条件的事项")

    def about(self, row: Proposal) -> str:
        return proposal_subject(row).text

    def link(self, row: Proposal) -> Cell:
        about: Subject = proposal_subject(row)
        return Cell(about.text, (about.page, about.argument) if about.page else ())

    filters = (
        Filter("text", _("查找"), hint=_("编号、待遇编号或凭证号")),
        Filter("kind", _("事项"), ProposalKind.choices),
        Filter("state", _("状态"), ProposalState.choices, default=ProposalState.PROPOSED),
    )
    columns = (
        Column("number", _("编号"), to="proposal_detail", phone="title"),
        Column("kind", _("事项"), codes=ProposalKind),
        Column("about", _("对象"), of=about, cell=link),
        Column("amount_fen", _("提出金额"), "YUAN"),
        Column("rules_fen", _("按规则"), "YUAN"),
        Column("difference_fen", _("相差"), "YUAN"),
        Column("on_date", _("到账日期或生效月份"), "DATE", phone=""),
        Column("proposed_at", _("提出日期"), "DATE"),
        Column("state", _("状态"), "STATE", meta=("answer",), codes=ProposalState, phone="state"),
        Column("before_fen", _("原金额"), "YUAN", only="excel"),
        Column("reference", _("银行摘要或凭证号"), only="excel"),
        Column("paper", _("凭据"), only="excel"),
        Column("reason", _("理由"), only="excel"),
        Column("proposed_by_id", _("提出人"), "HAND", only="excel"),
        Column("decided_by_id", _("复核人"), "HAND", only="excel"),
        Column("decided_at", _("复核日期"), "DATE", only="excel"),
        Column("answer", _("复核说明"), only="excel"),
    )

    reading = nobody


class ProposalPage(Record[Desk, Proposal]):
    """One proposal: what the rules give, what is asked instead, by whom and why, and the difference in yuan."""

    name = "proposal"
    finds = queries.proposal
    listing = ProposalList
    flow = INFLOW
    bound = {
        "confirm": plainly(operations.confirm_proposal, "proposal_id"),
        "refuse": plainly(operations.refuse_proposal, "proposal_id", AnswerForm),
        "withdraw": plainly(operations.withdraw_proposal, "proposal_id", AnswerForm),
    }
    template = "ledger/proposal_detail.html"

    def __init__(self, request: HttpRequest, desk: Desk, **address: Any) -> None:
        super().__init__(request, desk, **address)
        self.flow = operations.kinds[self.row.kind].flow

    def reading(self, row: Proposal) -> tuple[Stamp | int, str] | None:
        return (row.stamp, f"proposal:{row.number}") if row.household_id else None

    def head(self, row: Proposal) -> Head:
        lead = joined_by_dot(row.number, proposal_subject(row).text)
        return Head(row.get_kind_display(), lead, [(row.number, "")], ProposalState(row.state))

    def more(self, row: Proposal) -> Mapping[str, Any]:
        waits = row.state == ProposalState.PROPOSED
        return {
            "alike": self._alike(row) if waits and row.kind == ProposalKind.INFLOW else [],
            "own": waits and row.proposed_by_id == self.desk.person.user_id,
            "unruled": row.kind in _NEEDS_RULE and row.rules_fen is None,
            "differs": row.kind in _NEEDS_RULE and bool(row.rules_fen is not None and row.difference_fen),
        }

    def _alike(self, row: Proposal) -> list[tuple[object, str]]:
        """Other inflows of the same source, day and amount, each with the bank's text."""
        found = queries.alike(row.target_id, row.on_date, row.amount_fen, but=row) if row.on_date else []
        pages = {True: "journal_detail", False: "proposal_detail"}
        return [(linked(self.request, pages[one.booked], one.number), one.reference) for one in found]

    def facts(self, row: Proposal) -> Sequence[tuple[object, object]]:
        by = names([row.proposed_by_id, row.decided_by_id or 0])
        about = proposal_subject(row)
        page = linked(self.request, about.page, about.argument, about.text) if about.page else about.text
        return [
            (gettext("对象"), page),
            *operations.kinds[row.kind].tells(self.desk.person, row),
            *self._amounts(row),
            (_DAYS.get(row.kind, _("从哪天起")), day_text(row.on_date)),
            (gettext("银行摘要或凭证号"), row.reference),
            (gettext("凭据"), row.paper),
            (gettext("理由"), row.reason),
            (pgettext("money", "提出"), _hand(by.get(row.proposed_by_id), row.proposed_at)),
            (pgettext("money", "复核"), _hand(by.get(row.decided_by_id or 0), row.decided_at)),
            (gettext("说明"), row.answer),
            (gettext("凭证"), linked(self.request, "journal_detail", row.journal.number) if row.journal else ""),
        ]

    def _amounts(self, row: Proposal) -> Iterator[tuple[object, object]]:
        """What the rules give first, then what is asked instead, and by how much it differs."""
        asked, rules, before = _CALLED[row.kind]
        if rules:
            none = gettext("规则没有给出金额")
            yield rules, none if row.rules_fen is None else amount_text(row.rules_fen)
        if before and row.before_fen is not None:
            yield before, money_text(row.before_fen)
        yield asked, amount_text(row.amount_fen)
        if row.difference_fen is not None:
            yield gettext("相差"), difference_text(row.difference_fen)


# What the day of a kind is, where it is none from which on something holds.
_DAYS: Mapping[str, object] = {
    ProposalKind.INFLOW: _("到账日期"),
    ProposalKind.FEE: _("扣费日期"),
    ProposalKind.CAME_BACK: _("银行退回日期"),
}
# Kinds of which the rules say something that is departed from.
_NEEDS_RULE = frozenset({ProposalKind.AMOUNT, ProposalKind.KEEP, ProposalKind.WAIVER, ProposalKind.EXCESS})


def _hand(who: str | None, at: datetime | None) -> str:
    return f"{who or ''}{gettext('，')}{time_text(at)}" if at else ""
