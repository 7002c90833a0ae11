"""Act: book an inflow or a fee, accept an excess, correct a slip; carry over what is unspent."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import ActPage
from linli.foundation.screens.cells import linked
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import found_or_404
from linli.foundation.screens.records import Record
from linli.foundation.screens.steps import plainly
from linli.foundation.screens.texts import joined_by_dot, money_text, time_text
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.kernel.steps import Step, Workflow
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import CarryOverState
from linli.money.ledger.models import CarryOver, Fund, Journal, Proposal
from linli.money.ledger.permissions import can_correct, can_receive
from linli.money.ledger.rules.fees import bound_on
from linli.money.ledger.steps import CARRY_OVER, EXCESS, FEE, INFLOW
from linli.money.ledger.web.forms import AnswerForm, CarryOverForm, CorrectionForm, ExcessForm, FeeForm, InflowForm
from linli.money.ledger.web.lists import CARRIED, trail, unspent_columns
from linli.money.ledger.web.presenters import amount_text


class FundAct(ActPage[Desk, Fund]):
    """An act on a fund; then back to its statement."""

    lead: ClassVar[object] = "%(name)s"
    finds = queries.fund
    leads = "fund_statement"
    by = "code"
    called = {"source": "source_id", "line": "line_id", "amount": "amount_fen"}


class Propose(FundAct):
    """Propose what another person confirms; then to the proposal."""

    flow: ClassVar[Workflow]

    def may(self) -> bool:
        return self.flow.allows(self.desk.person, "propose", self.row, self.desk.on)

    def to(self, result: Proposal | None) -> str:
        return reverse("proposal_detail", args=[result.number]) if result else self.home()


class Inflow(Propose):
    """Write down money that reached the bank."""

    title, submit, done = _("登记到账"), _("登记，等待复核"), _("到账已登记，复核人确认后入账")
    lead = _("%(name)s · 由复核人与银行回单核对后入账，入账之前不能用于发放")
    form = InflowForm
    flow = INFLOW
    today = "on"
    operation = operations.propose_inflow

    def offers(self) -> Mapping[str, Any]:
        return {"source": _named(queries.sources(self.row.pk))}


class Fee(FundAct):
    """Book what the bank took for its services."""

    title, done = _("登记银行手续费"), _("手续费已登记")
    form = FeeForm
    today = "on"
    operation = operations.book_fee

    def may(self) -> bool:
        return can_receive(self.desk.person, self.row.stamp)

    def fill(self) -> Any:
        """The form, which says from which amount it asks for a paper."""
        form, bound = super().fill(), bound_on(self.desk.on)
        if bound is not None:
            form.fields["paper"].help_text = gettext(
                "一笔高于 %(fee)s 或本月合计高于 %(month)s 的须由复核人核对，必须填写：哪张银行回单、存放在哪里"
            ) % {"fee": money_text(bound.fee_fen), "month": money_text(bound.month_fen)}
        return form

    def told(self, result: Journal | Proposal | None) -> str:
        """A high one waits for the checker."""
        return str(FEE.step("propose").done) if isinstance(result, Proposal) else super().told(result)

    def to(self, result: Journal | Proposal | None) -> str:
        return reverse("proposal_detail", args=[result.number]) if isinstance(result, Proposal) else self.home()

    def offers(self) -> Mapping[str, Any]:
        # Free money first: it is what a fee is taken from.
        return {"source": _named(sorted(queries.sources(self.row.pk), key=lambda row: bool(row.restricted_to)))}


class Excess(Propose):
    """Ask another officer to accept that a line promises more than its budget."""

    title, submit, done = _("认可超预算"), _("提出，等待复核"), _("已提出，由另一人复核后生效")
    form = ExcessForm
    flow = EXCESS
    operation = operations.propose_excess

    def offers(self) -> Mapping[str, Any]:
        return {"line": _named(queries.lines(self.row.pk))}


class Correct(ActPage[Desk, Journal]):
    """Undo a slip by the opposite entry."""

    title, done = _("冲销"), _("已冲销")
    form = CorrectionForm
    operation = operations.correct
    of = "journal_id"
    leads = "journal_detail"
    by = "number"
    danger = True

    def find(self, number: str) -> Journal:
        return found_or_404(queries.journal, self.desk.reads, number)[0]

    def may(self) -> bool:
        return can_correct(self.desk.person, self.row.fund.stamp, queries.written_by(self.row), self.desk.on)

    def head(self) -> Head:
        return Head(self.title, self.row.fund.name, [*trail(self.row.fund), *self.trail()])


def _named(rows: Any) -> list[tuple[int, str]]:
    return [(row.pk, row.name) for row in rows]


# --- carry-over 结转: what restricted money is unspent, what was proposed of it, and the second person's answer ---


class CarryOvers(FundAct):
    """What is unspent by source, what was carried out and in; the maker proposes here."""

    title, submit, done = _("限定用途资金结转"), _("提出结转"), _("已提出结转，等待他人批准")
    form = CarryOverForm
    operation = operations.propose_carry_over
    template = "ledger/carry_over_list.html"

    def may(self) -> bool:
        fund = self.row
        self.rows, self.following = queries.unspent(fund), queries.next_fund(fund)
        self.may_propose = CARRY_OVER.allows(self.desk.person, "propose", fund, self.desk.on)
        return self.may_propose or self.request.method != "POST"

    def offers(self) -> Mapping[str, Any]:
        return {"source": _named(one.source for one in self.rows if one.free_fen and one.target)}

    def home(self) -> str:
        return ""

    def to(self, result: CarryOver | None) -> str:
        if result is None:
            return reverse("carry_over_list", args=[self.row.code])
        return reverse("carry_over_detail", args=[result.number])

    def head(self) -> Head:
        to = (
            gettext("结转到 %(name)s，用途不变") % {"name": self.following.name}
            if self.following
            else gettext("下一年度资金还没有设立")
        )
        return Head(self.title, joined_by_dot(self.row.name, to), trail(self.row))

    def more(self) -> Mapping[str, Any]:
        over = self.desk.on.year > self.row.year
        return {
            "fund": self.row,
            "columns": unspent_columns(self.following),
            "rows": self.rows,
            "carried_columns": CARRIED,
            "carried": queries.carry_overs(self.row),
            "may_propose": self.may_propose and over and bool(self.offers()["source"]),
            "over": over,
        }


class CarryOverPage(Record[Desk, CarryOver]):
    """One carry-over: whose hands it went through, its vouchers, and what the reader may do."""

    name = "carry_over"
    finds = queries.carry_over
    flow = CARRY_OVER
    bound = {
        "approve": plainly(operations.approve_carry_over, "carry_over_id"),
        "decline": plainly(operations.decline_carry_over, "carry_over_id", AnswerForm),
        "take_back": plainly(operations.decline_carry_over, "carry_over_id", AnswerForm),
        "reverse": plainly(operations.reverse_carry_over, "carry_over_id", AnswerForm),
    }
    template = "ledger/carry_over_detail.html"

    def address(self, step: Step) -> str:
        return super().address(CARRY_OVER.step("decline") if step.code == "take_back" else step)

    def step(self, code: str) -> HttpResponse:
        """To decline one's own is to take it back."""
        return super().step("take-back" if code == "decline" and self._own(self.row) else code)

    def _own(self, row: CarryOver) -> bool:
        return row.proposed_by_id == self.desk.person.user_id

    def head(self, row: CarryOver) -> Head:
        fund = row.source.fund
        way = [*trail(fund), (gettext("结转"), reverse("carry_over_list", args=[fund.code])), (row.number, "")]
        lead = joined_by_dot(row.source.name, f"{fund.code} → {row.target.fund.code}")
        return Head(gettext("结转 %(number)s") % {"number": row.number}, lead, way, CarryOverState(row.state))

    def more(self, row: CarryOver) -> Mapping[str, Any]:
        return {"own": row.state == CarryOverState.PROPOSED and self._own(row)}

    def facts(self, row: CarryOver) -> Sequence[tuple[object, object]]:
        """What it is of, whose hands it went through; while it waits, what is free now."""
        by = names([row.proposed_by_id, row.decided_by_id or 0])
        decided = gettext("未批准") if row.state == CarryOverState.DECLINED else pgettext("money", "批准")
        return [
            (gettext("金额"), amount_text(row.amount_fen)),
            (gettext("理由"), row.reason),
            (gettext("银行摘要或凭证号"), row.reference),
            (pgettext("money", "提出"), _hand(by.get(row.proposed_by_id), row.proposed_at)),
            (decided, _hand(by.get(row.decided_by_id or 0), row.decided_at)),
            (gettext("说明"), row.answer),
            (gettext("凭证"), self._vouchers(row)),
            *self._free(row),
        ]

    def _vouchers(self, row: CarryOver) -> SafeString | str:
        if not row.out_journal or not row.in_journal:
            return ""
        out, back = (linked(self.request, "journal_detail", one.number) for one in (row.out_journal, row.in_journal))
        return format_html("{}{}{}", out, gettext("，"), back)

    def _free(self, row: CarryOver) -> Iterator[tuple[object, object]]:
        if row.state == CarryOverState.PROPOSED:
            money = [one for one in queries.unspent(row.source.fund) if one.source.pk == row.source_id]
            yield from ((gettext("现在可结转"), _free(one)) for one in money)


def _hand(who: str | None, at: datetime | None) -> str:
    return f"{who or ''}{gettext('，')}{time_text(at)}" if at else ""


def _free(money: queries.Unspent) -> SafeString:
    words = gettext("存款 %(cash)s − 待付 %(payable)s − 在途 %(transit)s − 尚未发放的承诺 %(promised)s") % {
        "cash": money_text(money.cash_fen),
        "payable": money_text(money.payable_fen),
        "transit": money_text(money.in_transit_fen),
        "promised": money_text(money.promised_fen),
    }
    return format_html('{}<span class="meta block">{}</span>', money_text(money.free_fen), words)
