"""Act: book an inflow or a fee, accept an excess, correct a slip."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.heads import Head
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.money.ledger import operations, queries
from linli.money.ledger.models import Fund
from linli.money.ledger.permissions import can_correct, can_receive
from linli.money.ledger.web.desk import accepting, fund_or_404, journal_or_404, reading
from linli.money.ledger.web.forms import CorrectionForm, ExcessForm, FeeForm, InflowForm
from linli.money.ledger.web.lists import trail


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
    fund = fund_or_404(desk, code)
    form = filled(request, ExcessForm, offered=queries.lines(fund.pk))

    def deed(act: Act) -> object:
        data = form.cleaned_data
        return operations.accept_excess(act, line_id=data["line"], amount_fen=data["amount"], reason=data["reason"])

    return _booked(request, fund, form, deed, gettext("认可超预算"), gettext("已记录超预算认可"))


@reading
def journal_correct(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Undo a slip by the opposite entry."""
    journal, _transfers = journal_or_404(desk, number)
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
    fund = fund_or_404(desk, code)
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
