"""Act: suspend, resume, change, end and review an award."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, perform, render_page, version_of
from linli.kernel.period import Month
from linli.money.awards import operations, queries
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award
from linli.money.awards.operations import Ending
from linli.money.awards.queries.adjustments import by_registry
from linli.money.awards.web.desk import Desk, award_or_404, covered_months, open_months, reading
from linli.money.awards.web.forms import AmountForm, EndForm, MonthForm, RecalculateForm, ReviewForm


@reading
def award_suspend(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Stop paying from a month on."""
    award = award_or_404(desk, number, to_change=True)
    form = MonthForm(request.POST or None, months=_months(award), initial=_next(desk))

    def deed() -> object:
        return operations.suspend(act_of(request), award_ids=[award.pk], **_from(form), version=version_of(request))

    return _page(request, award, form, deed, gettext("暂停待遇"), gettext("已暂停"))


@reading
def award_resume(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Pay again from a month on."""
    award = award_or_404(desk, number, to_change=True)
    form = MonthForm(request.POST or None, months=_months(award), initial=_next(desk))

    def deed() -> object:
        return operations.resume(act_of(request), award_ids=[award.pk], **_from(form), version=version_of(request))

    return _page(request, award, form, deed, gettext("恢复待遇"), gettext("已恢复"))


@reading
def award_amount(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Another amount from a month on."""
    award = award_or_404(desk, number, to_change=True)
    form = AmountForm(request.POST or None, months=_months(award), initial=_next(desk))

    def deed() -> object:
        return operations.change_amount(
            act_of(request),
            award_id=award.pk,
            amount_fen=form.cleaned_data["amount"],
            **_from(form),
            version=version_of(request),
        )

    return _page(request, award, form, deed, gettext("调整金额"), gettext("已调整"))


@reading
def award_end(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """End the award on a day."""
    award = award_or_404(desk, number, to_change=True)
    form = EndForm(request.POST or None, initial={"effective_date": desk.on})

    def deed() -> object:
        data = form.cleaned_data
        ending = Ending(award.pk, data["effective_date"], EndReason(data["reason"]), data["note"])
        return operations.end(act_of(request), endings=[ending], version=version_of(request))

    return _page(request, award, form, deed, gettext("终止待遇"), gettext("已终止"))


@reading
def award_review(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Complete a review that has fallen due."""
    award = award_or_404(desk, number, to_change=True)
    occasions = queries.review_occasions([award]).get(award.pk, [])
    planned = [one.planned_date for one in occasions if one.planned_date is not None and one.planned_date > desk.on]
    form = ReviewForm(request.POST or None, initial={"next_due_date": min(planned, default=None)})

    def deed() -> object:
        data = form.cleaned_data
        return operations.complete_review(
            act_of(request), award_id=award.pk, next_due_date=data["next_due_date"], note=data["note"]
        )

    return _page(request, award, form, deed, gettext("完成复核"), gettext("复核已记录"))


@reading
def award_recalculate(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Ask the rules with what is registered today, from a month on: what they would change, and then doing it."""
    award = award_or_404(desk, number, to_change=True)
    months = _covered(award)
    first = next((month for month in months if str(month) == request.GET.get("from")), _suggested(award, months, desk))
    form = RecalculateForm(request.POST or None, months=months, initial={"effective_date": str(first)})
    if request.method == "POST" and form.is_valid():
        first = form.cleaned_data["effective_date"]
        deed = perform(
            form,
            lambda: operations.recalculate(
                act_of(request), award_id=award.pk, **_from(form), version=version_of(request)
            ),
        )
        if deed[0]:
            messages.success(request, gettext("已按规则调整") if deed[1] else gettext("重新计算的结果没有变化"))
            return redirect("award_detail", number=number)
    context = {
        "form": form,
        "award": award,
        "months": months,
        "first": first,
        "preview": by_registry(award, desk.on, first),
    }
    return render_page(request, "awards/award_recalculate.html", context, status=422 if form.errors else 200)


def _covered(award: Award) -> list[Month]:
    """The months of the award, those already paid too; 403 when it covers none."""
    months = covered_months(award)
    if not months:
        raise PermissionDenied
    return months


def _suggested(award: Award, months: Sequence[Month], desk: Desk) -> Month:
    """The month after what happened last, where the review has an occasion; else the one that comes."""
    occasions = queries.review_occasions([award]).get(award.pk, [])
    wanted = Month.of(occasions[-1].happened_date if occasions else desk.on).plus(1)
    return min(max(wanted, months[0]), months[-1])


def _page(
    request: HttpRequest, award: Award, form: forms.Form, deed: Callable[[], object], heading: str, done_text: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and perform(form, deed)[0]:
        messages.success(request, done_text)
        return redirect("award_detail", number=award.number)
    return render_page(request, "awards/form.html", {"form": form, "award": award, "heading": heading})


def _from(form: forms.Form) -> dict[str, Any]:
    return {"effective_date": form.cleaned_data["effective_date"].first_day, "note": form.cleaned_data["note"]}


def _months(award: Award) -> list[Month]:
    """The months to choose from; 403 when every month is settled, as no page offers it then."""
    months = open_months(award)
    if not months:
        raise PermissionDenied
    return months


def _next(desk: Desk) -> dict[str, str]:
    return {"effective_date": str(Month.of(desk.on).plus(1))}
