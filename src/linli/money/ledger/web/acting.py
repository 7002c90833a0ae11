"""Act: book an inflow or a fee, accept an excess, correct a slip; carry over what is unspent."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.cells import linked
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import found_or_404, render_page
from linli.foundation.screens.steps import Bound, offers, plainly, take
from linli.foundation.screens.texts import joined_by_dot, money_text, time_text
from linli.ground.users.queries import NotPermitted, names, why_not
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.steps import SamePerson, Step
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import CarryOverState
from linli.money.ledger.models import CarryOver, Fund
from linli.money.ledger.permissions import can_correct, can_receive
from linli.money.ledger.steps import CARRY_OVER
from linli.money.ledger.web.desk import accepting, reading
from linli.money.ledger.web.forms import AnswerForm, CarryOverForm, CorrectionForm, ExcessForm, FeeForm, InflowForm
from linli.money.ledger.web.lists import CARRIED, trail, unspent_columns
from linli.money.ledger.web.presenters import amount_text


@reading
def inflow_new(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Book money that reached the bank."""
    fund = _to_receive(desk, code)
    form = filled(request, InflowForm, offered=queries.sources(fund.pk), initial={"on": desk.on})
    title, done = gettext("登记到账"), gettext("到账已登记")
    return _booked(request, fund, form, moved(operations.receive_inflow, form), title, done)


@reading
def fee_new(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Book what the bank took for its services."""
    fund = _to_receive(desk, code)
    # Free money first: it is what a fee is taken from.
    sources = sorted(queries.sources(fund.pk), key=lambda row: bool(row.restricted_to))
    form = filled(request, FeeForm, offered=sources, initial={"on": desk.on})
    title, done = gettext("登记银行手续费"), gettext("手续费已登记")
    return _booked(request, fund, form, moved(operations.book_fee, form), title, done)


@accepting
def excess_new(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Accept that a line promises more than its budget."""
    fund = found_or_404(queries.fund, desk.reads, code)
    form = filled(request, ExcessForm, offered=queries.lines(fund.pk))

    def deed(act: Act) -> object:
        data = form.cleaned_data
        return operations.accept_excess(act, line_id=data["line"], amount_fen=data["amount"], reason=data["reason"])

    return _booked(request, fund, form, deed, gettext("认可超预算"), gettext("已记录超预算认可"))


@reading
def journal_correct(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Undo a slip by the opposite entry."""
    journal, _transfers = found_or_404(queries.journal, desk.reads, number)
    if not can_correct(desk.person, journal.fund.stamp, journal.by_id):
        raise PermissionDenied
    form, home = filled(request, CorrectionForm), reverse("journal_detail", args=[number])
    return act_page(
        request,
        form,
        lambda act: operations.correct(act, journal_id=journal.pk, reason=form.cleaned_data["reason"]),
        head=Head(gettext("冲销"), journal.fund.name, [*trail(journal.fund), (number, home)]),
        done=gettext("已冲销"),
        to=home,
        danger=True,
    )


def _to_receive(desk: Desk, code: str) -> Fund:
    fund = found_or_404(queries.fund, desk.reads, code)
    if not can_receive(desk.person, fund.stamp):
        raise PermissionDenied
    return fund


def moved(operation: Callable[..., object], form: forms.Form) -> Callable[[Act], object]:
    """What the bank told of a source: how much, when, with which words."""

    def deed(act: Act) -> object:
        data: dict[str, Any] = dict(form.cleaned_data)
        return operation(act, source_id=data.pop("source"), amount_fen=data.pop("amount"), **data)

    return deed


def _booked(
    request: HttpRequest, fund: Fund, form: forms.Form, deed: Callable[[Act], object], title: str, done: str
) -> HttpResponse:
    home = reverse("fund_statement", args=[fund.code])
    return act_page(request, form, deed, head=Head(title, fund.name, trail(fund)), done=done, to=home)


# --- carry-over 结转: what restricted money is unspent, what was proposed of it, and the second person's answer ---


@reading
def carry_over_list(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """What is unspent by source, what was carried out and in; the maker proposes here."""
    fund = found_or_404(queries.fund, desk.reads, code)
    may_propose = CARRY_OVER.allows(desk.person, "propose", fund, desk.on)
    if request.method == "POST" and not may_propose:
        raise PermissionDenied
    rows, over, following = queries.unspent(fund), desk.on.year > fund.year, queries.next_fund(fund)
    offered = [one.source for one in rows if one.free_fen and one.target]
    form = filled(request, CarryOverForm, offered=offered)
    to = (
        gettext("结转到 %(name)s，用途不变") % {"name": following.name}
        if following
        else gettext("下一年度资金还没有设立")
    )
    return act_page(
        request,
        form,
        moved(operations.propose_carry_over, form),
        head=Head(gettext("限定用途资金结转"), joined_by_dot(fund.name, to), trail(fund)),
        done=gettext("已提出结转，等待他人批准"),
        to=lambda made: _address(made) if made else reverse("carry_over_list", args=[code]),
        submit=gettext("提出结转"),
        template="ledger/carry_over_list.html",
        context={
            "fund": fund,
            "columns": unspent_columns(following),
            "rows": rows,
            "carried_columns": CARRIED,
            "carried": queries.carry_overs(fund),
            "may_propose": may_propose and bool(offered) and over,
            "over": over,
        },
    )


@reading
def carry_over_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One carry-over: whose hands it went through, its vouchers, and what the reader may do."""
    row = found_or_404(queries.carry_over, desk.reads, number)
    page = {"head": _head(row), "form": None, **_context(request, desk, row)}
    return render_page(request, "ledger/carry_over_detail.html", page)


@reading
@require_http_methods(["POST"])
def carry_over_step(request: HttpRequest, desk: Desk, number: str, code: str) -> HttpResponse:
    """Approve, decline or take back, undo: or show the carry-over with what stands in the way."""
    row = found_or_404(queries.carry_over, desk.reads, number)
    if code == "decline" and row.proposed_by_id == desk.person.user_id:
        code = "take_back"
    step = CARRY_OVER.step(code)
    if isinstance(why_not(desk.person, CARRY_OVER, code, row, desk.on), NotPermitted | SamePerson):
        raise PermissionDenied
    form = BOUND[code].form(desk, row, request.POST)
    if take(request, BOUND[code], step, row, form):
        return redirect(_address(row))
    page = {"head": _head(row), "form": form, **_context(request, desk, row, {code: form})}
    return render_page(request, "ledger/carry_over_detail.html", page, status=422)


BOUND: Mapping[str, Bound] = {
    "approve": plainly(operations.approve_carry_over, "carry_over_id"),
    "decline": plainly(operations.decline_carry_over, "carry_over_id", AnswerForm),
    "take_back": plainly(operations.decline_carry_over, "carry_over_id", AnswerForm),
    "reverse": plainly(operations.reverse_carry_over, "carry_over_id", AnswerForm),
}


def _address(row: CarryOver) -> str:
    return reverse("carry_over_detail", args=[row.number])


def _head(row: CarryOver) -> Head:
    fund = row.source.fund
    way = [*trail(fund), (gettext("结转"), reverse("carry_over_list", args=[fund.code])), (row.number, "")]
    lead = joined_by_dot(row.source.name, f"{fund.code} → {row.target.fund.code}")
    return Head(gettext("结转 %(number)s") % {"number": row.number}, lead, way, CarryOverState(row.state))


def _context(
    request: HttpRequest, desk: Desk, row: CarryOver, refused: Mapping[str, forms.Form] = MappingProxyType({})
) -> dict[str, Any]:
    def address(step: Step) -> str:
        return reverse(f"carry_over_{'decline' if step.code == 'take_back' else step.code}", args=[row.number])

    return {
        "row": row,
        "facts": list(_facts(request, row, names([row.proposed_by_id, row.decided_by_id or 0]))),
        "offers": offers(CARRY_OVER, BOUND, desk, row, address, refused),
        "own": row.state == CarryOverState.PROPOSED and row.proposed_by_id == desk.person.user_id,
    }


def _facts(request: HttpRequest, row: CarryOver, by: Mapping[int, str]) -> Iterator[tuple[object, object]]:
    """Labels and values of the carry-over; while it waits, what is free now."""
    yield gettext("金额"), amount_text(row.amount_fen)
    yield gettext("理由"), row.reason
    yield gettext("银行摘要或凭证号"), row.reference
    yield gettext("提出"), _hand(by.get(row.proposed_by_id), row.proposed_at)
    if row.decided_at:
        step = gettext("未批准") if row.state == CarryOverState.DECLINED else gettext("批准")
        yield step, _hand(by.get(row.decided_by_id or 0), row.decided_at)
    if row.answer:
        yield gettext("说明"), row.answer
    if row.out_journal and row.in_journal:
        out, back = (linked(request, "journal_detail", one.number) for one in (row.out_journal, row.in_journal))
        yield gettext("凭证"), format_html("{}{}{}", out, gettext("，"), back)
    if row.state == CarryOverState.PROPOSED:
        money = [one for one in queries.unspent(row.source.fund) if one.source.pk == row.source_id]
        yield from ((gettext("现在可结转"), _free(one)) for one in money)


def _hand(who: str | None, at: datetime) -> str:
    return f"{who or ''}{gettext('，')}{time_text(at)}"


def _free(money: queries.Unspent) -> SafeString:
    words = gettext("存款 %(cash)s − 待付 %(payable)s − 在途 %(transit)s − 尚未发放的承诺 %(promised)s") % {
        "cash": money_text(money.cash_fen),
        "payable": money_text(money.payable_fen),
        "transit": money_text(money.in_transit_fen),
        "promised": money_text(money.promised_fen),
    }
    return format_html('{}<span class="meta block">{}</span>', money_text(money.free_fen), words)
