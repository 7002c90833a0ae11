"""Act: suspend, resume, change, end and review an award."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.fields import LawForm
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import today, version_of
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import joined_by_dot, money_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.law.policies.queries import cited
from linli.money.awards import operations, queries
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award
from linli.money.awards.operations import Ending
from linli.money.awards.queries.adjustments import by_registry
from linli.money.awards.queries.comparing import compared
from linli.money.awards.web.comparing import COMPARED
from linli.money.awards.web.desk import award_or_404, covered_months, open_months, reading
from linli.money.awards.web.forms import AmountForm, EndForm, MonthForm, RecalculateForm, ReviewForm


@reading
def award_suspend(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Stop paying from a month on."""
    award = award_or_404(desk, number, to_change=True)
    form = filled(request, MonthForm, months=_months(award), initial=_next(desk))

    def deed(act: Act) -> object:
        return operations.suspend(act, award_ids=[award.pk], **_from(form), version=version_of(request))

    return _page(request, award, form, deed, gettext("暂停待遇"), gettext("已暂停"))


@reading
def award_resume(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Pay again from a month on."""
    award = award_or_404(desk, number, to_change=True)
    form = filled(request, MonthForm, months=_months(award), initial=_next(desk))

    def deed(act: Act) -> object:
        return operations.resume(act, award_ids=[award.pk], **_from(form), version=version_of(request))

    return _page(request, award, form, deed, gettext("恢复待遇"), gettext("已恢复"))


@reading
def award_amount(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Another amount from a month on."""
    award = award_or_404(desk, number, to_change=True)
    form = filled(request, AmountForm, months=_months(award), initial=_next(desk))

    def deed(act: Act) -> object:
        amount, version = form.cleaned_data["amount"], version_of(request)
        return operations.change_amount(act, award_id=award.pk, amount_fen=amount, **_from(form), version=version)

    return _page(request, award, form, deed, gettext("调整金额"), gettext("已调整"))


@reading
def award_end(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """End the award on a day."""
    award = award_or_404(desk, number, to_change=True)
    form = filled(request, EndForm, initial={"effective_date": desk.on})

    def deed(act: Act) -> object:
        data = form.cleaned_data
        ending = Ending(award.pk, data["effective_date"], EndReason(data["reason"]), data["note"])
        return operations.end(act, endings=[ending], version=version_of(request))

    return _page(request, award, form, deed, gettext("终止待遇"), gettext("已终止"), danger=True)


@reading
def award_review(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Complete a review that has fallen due."""
    award = award_or_404(desk, number, to_change=True)
    occasions = queries.review_occasions([award]).get(award.pk, [])
    planned = [one.planned_date for one in occasions if one.planned_date is not None and one.planned_date > desk.on]
    form = filled(request, ReviewForm, initial={"next_due_date": min(planned, default=None)})

    def deed(act: Act) -> object:
        return operations.complete_review(act, award_id=award.pk, **form.cleaned_data)

    note_read(request, where=award.stamp, subject=f"award:{number}")
    first = _suggested(award, covered_months(award), desk)
    said = by_registry(award, desk.on, first).rows if award.determination_id else ()
    context: dict[str, object] = {"columns": COMPARED, "rows": compared(award, desk.on), "said": said}
    page = "awards/award_review.html"
    return _page(request, award, form, deed, gettext("完成复核"), gettext("复核已记录"), page, context)


@reading
def award_recalculate(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Ask the rules with what is registered today, from a month on: what they would change, and then doing it."""
    award = award_or_404(desk, number, to_change=True)
    months = _covered(award)
    first = next((month for month in months if str(month) == request.GET.get("from")), _suggested(award, months, desk))
    form = filled(request, RecalculateForm, months=months, initial={"effective_date": str(first)})
    if form.is_bound and form.is_valid():
        first = form.cleaned_data["effective_date"]

    def deed(act: Act) -> object:
        return operations.recalculate(act, award_id=award.pk, **_from(form), version=version_of(request))

    def done(changed: object) -> str:
        return gettext("已按规则调整") if changed else gettext("重新计算的结果没有变化")

    context = {"months": months, "first": first, "preview": by_registry(award, desk.on, first)}
    return _page(request, award, form, deed, gettext("按规则重新计算"), done, "awards/award_recalculate.html", context)


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
    request: HttpRequest,
    award: Award,
    form: LawForm,
    deed: Callable[[Act], object],
    title: str,
    done: str | Callable[[object], str],
    template: str = "act.html",
    context: dict[str, object] | None = None,
    *,
    danger: bool = False,
) -> HttpResponse:
    packs = [pack for pack in queries.packs_in_force(today()) if award.programme in pack.programmes]
    form.clauses = cited(form.rests_on, packs)
    home = reverse("award_detail", args=[award.number])
    amount = gettext("每月 %(fen)s") % {"fen": money_text(award.amount_fen)}
    lead = joined_by_dot(award.number, f"{award.get_unit_display()} {award.unit_key}", amount)
    return act_page(
        request,
        form,
        deed,
        head=Head(title, lead, trail=[(award.number, home)]),
        done=done,
        to=home,
        version=award.version,
        template=template,
        context=context,
        danger=danger,
    )


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
