"""What this room adds to what is shared: the words of its acts, its invariants, what waits in it."""

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.measures import measures
from linli.foundation.screens.finding import Found, Kind, Wanted, as_name, kinds, numbered, series
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.lights import Light, lights
from linli.foundation.screens.texts import money_text, month_text
from linli.foundation.screens.work import Todo, Work, awaiting, listed, work
from linli.foundation.trail import words
from linli.foundation.trail.invariants import invariants
from linli.ground.users.codes import OFFICER_ROLES, Role
from linli.ground.users.queries import Authority
from linli.kernel.steps import Workflow
from linli.kernel.text import plain_number
from linli.money.ledger import queries
from linli.money.ledger.codes import ProposalKind
from linli.money.ledger.operations import Kind as Proposed
from linli.money.ledger.operations import kinds as proposed
from linli.money.ledger.operations.fees import book_confirmed_fee
from linli.money.ledger.operations.funds import book_excess
from linli.money.ledger.operations.inflows import book_inflow
from linli.money.ledger.permissions import READERS
from linli.money.ledger.queries.measures import BUDGETED, FEN_RECEIVED, SPENT
from linli.money.ledger.steps import EXCESS, FEE, INFLOW

words.acts.put(
    {
        "ledger.approve_carry_over": pgettext_lazy("audit", "批准限定用途资金结转"),
        "ledger.decline_carry_over": pgettext_lazy("audit", "不批准或撤回结转"),
        "ledger.propose_carry_over": pgettext_lazy("audit", "提出限定用途资金结转"),
        "ledger.reverse_carry_over": pgettext_lazy("audit", "冲回结转"),
        "ledger.confirm_proposal": pgettext_lazy("audit", "复核同意"),
        "ledger.propose_excess": pgettext_lazy("audit", "提出认可超预算"),
        "ledger.propose_inflow": pgettext_lazy("audit", "登记到账，等待复核"),
        "ledger.refuse_proposal": pgettext_lazy("audit", "复核不同意"),
        "ledger.withdraw_proposal": pgettext_lazy("audit", "撤回待复核事项"),
        "ledger.correct": pgettext_lazy("audit", "更正分录"),
        "ledger.open_fund": pgettext_lazy("audit", "建立资金账"),
        "ledger.book_fee": pgettext_lazy("audit", "登记银行手续费"),
        "ledger.receive_inflow": pgettext_lazy("audit", "银行数据到账"),
    }
)
words.subjects.put(
    {
        "funds": pgettext_lazy("audit", "资金清单"),
        "balances": pgettext_lazy("audit", "收支清单"),
        "journals": pgettext_lazy("audit", "凭证清单"),
        "proposals": pgettext_lazy("audit", "提请清单"),
        "carry": pgettext_lazy("audit", "结转"),
        "fund": pgettext_lazy("audit", "资金"),
        "journal": pgettext_lazy("audit", "分录"),
        "line": pgettext_lazy("audit", "预算科目"),
        "proposal": pgettext_lazy("audit", "双人复核事项"),
        "source": pgettext_lazy("audit", "资金来源"),
    }
)


# Until this month the restricted money of the year before is somebody's work.
_CARRIED_BY = 3


def _unreconciled(authority: Authority, on: date) -> Iterator[Todo]:
    scope = authority.scope(Role.FINANCE_CHECKER)
    mine = queries.funds(scope) if scope else []
    left = queries.open_months(mine, on)
    for fund in mine:
        months = left[fund.pk]
        if months:
            several = _("%(month)s等 %(count)s 个月已结束，还没有与银行对账")
            said = several if len(months) > 1 else _("%(month)s已结束，还没有与银行对账")
            because = said % {"month": month_text(months[0]), "count": len(months)}
            yield Todo(
                "UNRECONCILED",
                _("月末对账"),
                fund.name,
                "reconcile",
                verb=pgettext_lazy("verb", "对账"),
                because=because,
            )


def _carry_overs(authority: Authority, on: date) -> Iterator[Todo]:
    """Restricted money of the year before: to propose for the maker in spring, to approve for another person."""
    scope = authority.scope(Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
    for row in queries.proposed_carry_overs(scope) if scope else ():
        if not authority.is_one_of([row.proposed_by_id], on):
            title, because = _("批准限定用途资金结转"), _("由另一人提出，批准后记账")
            page, number = "carry_over_detail", row.number
            yield Todo(
                "CARRY_OVER.CONFIRM",
                title,
                number,
                page,
                (number,),
                verb=pgettext_lazy("verb", "审批"),
                because=because,
            )
    makes = authority.scope(Role.FINANCE_MAKER)
    if not makes or on.month > _CARRIED_BY:
        return
    past = [one for one in queries.funds(makes) if one.year == on.year - 1]
    unspent, proposed = queries.unspent_of(past), queries.proposed_out_of(past)
    for fund in past:
        left = sum(one.free_fen for one in unspent[fund.pk] if one.target)
        if left and fund.pk not in proposed:
            why = _("上年限定用途资金还有 %(fen)s") % {"fen": money_text(left)}
            title, page = _("结转限定用途资金"), "carry_over_list"
            yield Todo(
                "CARRY_OVER.PROPOSE",
                title,
                fund.name,
                page,
                (fund.code,),
                verb=pgettext_lazy("verb", "结转"),
                because=why,
            )


def _second(flow: Workflow, kind: ProposalKind) -> Work:
    """What of a kind waits for the second person."""
    return awaiting(flow, kind.label, "proposal_detail", {"confirm": queries.waiting_of(kind)})


proposed.put(
    {
        ProposalKind.INFLOW: Proposed(INFLOW, book_inflow),
        ProposalKind.EXCESS: Proposed(EXCESS, book_excess),
        ProposalKind.FEE: Proposed(FEE, book_confirmed_fee),
    }
)
work.put(
    {
        "ledger.months": listed(_unreconciled),
        "ledger.carry_overs": listed(_carry_overs),
        "ledger.inflows": _second(INFLOW, ProposalKind.INFLOW),
        "ledger.excesses": _second(EXCESS, ProposalKind.EXCESS),
        "ledger.fees": _second(FEE, ProposalKind.FEE),
    }
)
invariants.put({"ledger": queries.invariants})
lights.put({"ledger.spent": Light(_("本年列支与预算"), SPENT, OFFICER_ROLES, of=BUDGETED)})
measures.put({"ledger.fen_received": FEN_RECEIVED})


def _fund_code(text: str) -> str:
    """A fund's code holds letters and its year."""
    plain = plain_number(text)
    return plain if re.fullmatch("(?=.*[A-Z])(?=.*[0-9])[A-Z0-9_]{3,40}", plain) else ""


def _funds(wanted: Wanted) -> Iterator[Found]:
    """Funds whose code it is, or whose name has the text in it."""
    for row in queries.funds(wanted.scope):
        if plain_number(row.code) == wanted.text or wanted.text in row.name:
            yield Found(row.name, "fund_statement", (row.code,), lead=row.code, where=row.stamp)


_FUND, _JOURNAL, _CARRY = pgettext_lazy("audit", "资金"), pgettext_lazy("audit", "分录"), pgettext_lazy("audit", "结转")
numbered("ledger.journal", _JOURNAL, READERS, series("LZ", 6), "journal_detail", queries.all_journals)
_PROPOSED = pgettext_lazy("audit", "双人复核事项")
numbered("ledger.proposal", _PROPOSED, READERS, series("FH"), "proposal_detail", queries.proposals)
numbered("ledger.carry_over", _CARRY, READERS, series("JY", 3), "carry_over_detail", queries.all_carry_overs)
kinds.put(
    {
        "ledger.fund_code": Kind(_FUND, READERS, _fund_code, _funds, whole=True),
        "ledger.fund": Kind(_FUND, READERS, as_name, _funds),
    }
)
habits.put(
    {
        "ledger.book": Habit(
            Rhythm.WEEK, (Role.FINANCE_MAKER,), _("到账的钱和银行手续费，当周登记入账。"), "fund_list"
        ),
        "ledger.confirm": Habit(
            Rhythm.WEEK,
            (Role.FINANCE_CHECKER, *OFFICER_ROLES),
            _("复核别人登记的到账和提出的金额，复核之后才生效。"),
            "proposal_list",
        ),
        "ledger.watch": Habit(
            Rhythm.MONTH, (*OFFICER_ROLES, Role.AUDITOR), _("看各项资金剩多少、能付到哪个月，抽查凭证。"), "fund_list"
        ),
    }
)
