"""Carry-over 结转: what restricted money is unspent, what was proposed of it, and the second person's answer."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from linli.foundation.screens.pages import act_of, perform, render_page
from linli.ground.users.queries import names
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import CarryOverState
from linli.money.ledger.models import CarryOver
from linli.money.ledger.permissions import (
    can_approve_carry_over,
    can_decline_carry_over,
    can_propose_carry_over,
    can_reverse_carry_over,
)
from linli.money.ledger.web.desk import Desk, fund_or_404, reading
from linli.money.ledger.web.forms import AnswerForm, CarryOverForm


@reading
@require_http_methods(["GET", "POST"])
def carry_over_list(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """What is unspent by source, what was carried out and in; the maker proposes here."""
    fund = fund_or_404(desk, code)
    may_propose = can_propose_carry_over(desk.person, fund.stamp)
    if request.method == "POST" and not may_propose:
        raise PermissionDenied
    rows = queries.unspent(fund)
    offered = [one.source for one in rows if one.free_fen and one.target]
    form = CarryOverForm(request.POST or None, sources=offered)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, made = perform(
            form,
            lambda: operations.propose_carry_over(
                act_of(request),
                source_id=data["source"],
                amount_fen=data["amount"],
                reference=data["reference"],
                reason=data["reason"],
            ),
        )
        if done:
            messages.success(request, gettext("已提出结转，等待他人批准"))
            return redirect("carry_over_detail", number=made.number) if made else redirect("carry_over_list", code=code)
    context = {
        "fund": fund,
        "rows": rows,
        "next_fund": queries.next_fund(fund),
        "carried": queries.carry_overs(fund),
        "form": form,
        "may_propose": may_propose and bool(offered) and desk.on.year > fund.year,
        "over": desk.on.year > fund.year,
    }
    return render_page(request, "ledger/carry_over_list.html", context, status=422 if form.errors else 200)


@reading
def carry_over_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One carry-over: whose hands it went through, its vouchers, and what the reader may do."""
    return _page(request, desk, _or_404(desk, number))


@reading
@require_http_methods(["POST"])
def carry_over_approve(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The second person lets the money go over."""
    row = _or_404(desk, number)
    if not can_approve_carry_over(desk.person, row.source.fund.stamp, row.proposed_by_id):
        raise PermissionDenied
    form = forms.Form({})
    form.is_valid()
    done, _row = perform(form, lambda: operations.approve_carry_over(act_of(request), carry_over_id=row.pk))
    if not done:
        return _page(request, desk, row, refused=form)
    messages.success(request, gettext("已批准，两个年度的资金已同时记账"))
    return redirect("carry_over_detail", number=number)


@reading
@require_http_methods(["POST"])
def carry_over_decline(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Not approved, or taken back."""
    row = _or_404(desk, number)
    if not can_decline_carry_over(desk.person, row.source.fund.stamp, row.proposed_by_id):
        raise PermissionDenied

    def decline(reason: str) -> object:
        return operations.decline_carry_over(act_of(request), carry_over_id=row.pk, reason=reason)

    return _answered(request, desk, row, decline, gettext("已记录，不结转"))


@reading
@require_http_methods(["POST"])
def carry_over_reverse(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Undo it in both funds."""
    row = _or_404(desk, number)
    if not can_reverse_carry_over(desk.person, row.source.fund.stamp, row.proposed_by_id, row.decided_by_id or 0):
        raise PermissionDenied

    def reverse(reason: str) -> object:
        return operations.reverse_carry_over(act_of(request), carry_over_id=row.pk, reason=reason)

    return _answered(request, desk, row, reverse, gettext("已冲回，两个年度的资金已同时记账"))


def _answered(
    request: HttpRequest, desk: Desk, row: CarryOver, answer: Callable[[str], object], said: str
) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid() or not perform(form, lambda: answer(form.cleaned_data["reason"]))[0]:
        return _page(request, desk, row, refused=form)
    messages.success(request, said)
    return redirect("carry_over_detail", number=row.number)


def _or_404(desk: Desk, number: str) -> CarryOver:
    try:
        return queries.carry_over(desk.reads, number)
    except CarryOver.DoesNotExist as error:
        raise Http404 from error


def _page(request: HttpRequest, desk: Desk, row: CarryOver, *, refused: forms.Form | None = None) -> HttpResponse:
    fund, person = row.source.fund, desk.person
    waits, booked = row.state == CarryOverState.PROPOSED, row.state == CarryOverState.APPROVED
    money = next((one for one in queries.unspent(fund) if one.source.pk == row.source_id), None)
    context = {
        "row": row,
        "fund": fund,
        "money": money,
        "by": names([row.proposed_by_id, row.decided_by_id or 0]),
        "form": refused if isinstance(refused, AnswerForm) else AnswerForm(),
        "refused": refused,
        "may_approve": waits and can_approve_carry_over(person, fund.stamp, row.proposed_by_id),
        "may_decline": waits and can_decline_carry_over(person, fund.stamp, row.proposed_by_id),
        "may_reverse": booked
        and can_reverse_carry_over(person, fund.stamp, row.proposed_by_id, row.decided_by_id or 0),
        "own": waits and row.proposed_by_id == person.user_id,
    }
    return render_page(request, "ledger/carry_over_detail.html", context, status=422 if refused else 200)
