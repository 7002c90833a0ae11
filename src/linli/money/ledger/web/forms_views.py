"""Act: book an inflow or a fee, accept an excess, correct a slip."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, perform, render_page
from linli.money.ledger import operations, queries
from linli.money.ledger.models import Journal
from linli.money.ledger.permissions import can_accept_excess, can_correct, can_receive
from linli.money.ledger.web.desk import Desk, fund_or_404, reading
from linli.money.ledger.web.forms import CorrectionForm, ExcessForm, FeeForm, InflowForm


@reading
def inflow_new(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Book money that reached the bank."""
    fund = fund_or_404(desk, code)
    if not can_receive(desk.person, fund.stamp):
        raise PermissionDenied
    form = InflowForm(request.POST or None, sources=queries.sources(fund.pk), initial={"on": desk.on})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _journal = perform(
            form,
            lambda: operations.receive_inflow(
                act_of(request),
                source_id=data["source"],
                amount_fen=data["amount"],
                on=data["on"],
                reference=data["reference"],
            ),
        )
        if done:
            messages.success(request, gettext("到账已登记"))
            return redirect("fund_statement", code=code)
    context = {"form": form, "fund": fund, "heading": gettext("登记到账"), "submit": gettext("登记到账")}
    return render_page(request, "ledger/form.html", context)


@reading
def fee_new(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Book what the bank took for its services."""
    fund = fund_or_404(desk, code)
    if not can_receive(desk.person, fund.stamp):
        raise PermissionDenied
    # Free money first: it is what a fee is taken from.
    sources = sorted(queries.sources(fund.pk), key=lambda row: bool(row.restricted_to))
    form = FeeForm(request.POST or None, sources=sources, initial={"on": desk.on})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _journal = perform(
            form,
            lambda: operations.book_fee(
                act_of(request),
                source_id=data["source"],
                amount_fen=data["amount"],
                on=data["on"],
                reference=data["reference"],
            ),
        )
        if done:
            messages.success(request, gettext("手续费已登记"))
            return redirect("fund_statement", code=code)
    context = {"form": form, "fund": fund, "heading": gettext("登记银行手续费"), "submit": gettext("登记手续费")}
    return render_page(request, "ledger/form.html", context)


@reading
def excess_new(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Accept that a line promises more than its budget."""
    fund = fund_or_404(desk, code)
    if not can_accept_excess(desk.person, fund.stamp):
        raise PermissionDenied
    form = ExcessForm(request.POST or None, lines=queries.lines(fund.pk))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _journal = perform(
            form,
            lambda: operations.accept_excess(
                act_of(request), line_id=data["line"], amount_fen=data["amount"], reason=data["reason"]
            ),
        )
        if done:
            messages.success(request, gettext("已记录超预算认可"))
            return redirect("fund_statement", code=code)
    context = {"form": form, "fund": fund, "heading": gettext("认可超预算"), "submit": gettext("认可并记录")}
    return render_page(request, "ledger/form.html", context)


@reading
def journal_correct(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Undo a slip by the opposite entry."""
    try:
        journal, _transfers = queries.journal(desk.reads, number)
    except Journal.DoesNotExist as error:
        raise Http404 from error
    if not can_correct(desk.person, journal.fund.stamp, journal.by_id):
        raise PermissionDenied
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _correction = perform(
            form,
            lambda: operations.correct(act_of(request), journal_id=journal.pk, reason=form.cleaned_data["reason"]),
        )
        if done:
            messages.success(request, gettext("已冲销"))
            return redirect("journal_detail", number=number)
    heading = gettext("冲销 %(number)s") % {"number": number}
    context = {"form": form, "fund": journal.fund, "heading": heading, "submit": gettext("冲销")}
    return render_page(request, "ledger/form.html", context)
