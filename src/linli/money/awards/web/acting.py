"""Act: suspend, resume, change, end and review an award; adjust it; accounts and claims."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.fields import LawForm
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import act_of, found_or_404, no_store, perform, render_page, today, version_of
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.steps import Bound, Fields, plainly, step_at_once
from linli.foundation.screens.texts import joined_by_dot, money_text
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.law.policies.queries import cited
from linli.money.awards import operations, queries
from linli.money.awards.codes import AccountState, EndReason
from linli.money.awards.models import Award, PayeeAccount
from linli.money.awards.operations import Ending, NewAccount
from linli.money.awards.permissions import can_unmask
from linli.money.awards.queries.adjustments import by_registry
from linli.money.awards.queries.comparing import compared
from linli.money.awards.steps import ACCOUNT, RECEIVABLE
from linli.money.awards.web.comparing import COMPARED
from linli.money.awards.web.desk import award_or_404, covered_months, open_months, proposing, reading
from linli.money.awards.web.forms import (
    AccountForm,
    AmountForm,
    EndForm,
    MonthForm,
    PurposeForm,
    RecalculateForm,
    ReviewForm,
    SharedForm,
    WaiverForm,
)
from linli.registry.residents.queries import household_detail, resident_detail

# --- act: suspend, resume, change, end and review an award -----------------------------------------


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


# --- payee accounts: proposed by one person, confirmed by another; the full number only for a purpose ---


@proposing
def account_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write down an account for a household or a resident within reach."""
    unit = request.GET.get("unit", "")
    last = next(iter(queries.accounts(desk.reads, [unit])), None) if unit else None
    form = filled(request, AccountForm, initial=_known(unit, last))
    form.clauses = cited(form.rests_on, queries.packs_in_force(desk.on))
    stamp = _stamp_of(desk, form.cleaned_data["unit_key"]) if form.is_bound and form.is_valid() else None
    if form.is_bound and form.is_valid() and (stamp is None or not desk.reads.covers(stamp)):
        form.add_error("unit_key", gettext("没有找到这个家庭或居民"))

    return act_page(
        request,
        form,
        lambda act: operations.propose_account(act, accounts=[_account(form, stamp)]),
        head=Head(gettext("登记收款账户"), _told(desk, last), [(gettext("收款账户"), reverse("account_list"))]),
        submit=gettext("登记，等待确认"),
        done=gettext("账户已登记，等待另一人确认"),
        to=reverse("account_list"),
        secret=True,
    )


def _account(form: forms.Form, stamp: Any) -> NewAccount:
    return NewAccount(stamp=stamp, **form.cleaned_data)


@reading
def account_confirm(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """The second person confirms."""
    row = found_or_404(queries.account, desk.reads, account_id)
    return step_at_once(request, ACCOUNT, BOUND, desk, row, "confirm", to=reverse("account_list"))


@reading
def account_unmask(request: HttpRequest, desk: Desk, account_id: int) -> HttpResponse:
    """Ask for the purpose; show the number once, on a page that nothing keeps."""
    account = found_or_404(queries.account, desk.reads, account_id)
    if not can_unmask(desk.person, account.stamp):
        raise PermissionDenied
    form, shown = filled(request, PurposeForm), None
    if request.method == "POST" and form.is_valid():
        purpose = form.cleaned_data["purpose"]
        _done, shown = perform(
            form, lambda: operations.unmask_account(act_of(request), account_id=account.pk, purpose=purpose)
        )
    head = Head(
        gettext("查看完整账号"),
        joined_by_dot(account.unit_key, account.bank_name),
        [(gettext("收款账户"), reverse("account_list")), (account.unit_key, "")],
    )
    context = {"head": head, "form": form, "shown": shown}
    return no_store(render_page(request, "awards/account_unmask.html", context))


def _told(desk: Desk, last: PayeeAccount | None) -> str:
    """Which account the new one takes the place of."""
    if last is None:
        return ""
    holder, state = desk.person.named(last.stamp, last.holder_name), AccountState(last.state).label
    account = joined_by_dot(holder, last.bank_name, f"**** {last.account_last4}", state)
    return gettext("上次登记的账户：%(account)s") % {"account": account}


def _known(unit_key: str, last: PayeeAccount | None) -> dict[str, str]:
    """What the unit's last account says already, but its number: a correction changes little."""
    known = ("holder_name", "relation", "basis", "bank_name")
    return {"unit_key": unit_key, **({field: getattr(last, field) for field in known} if last else {})}


def _stamp_of(desk: Desk, unit_key: str) -> Stamp | None:
    """Where the household or resident lies; None when there is none within reach."""
    household = household_detail(desk.reads, unit_key, on=desk.on)
    if household is not None:
        return household.stamp
    resident = resident_detail(desk.reads, unit_key, on=desk.on)
    return None if resident is None else resident.person.stamp


# --- what was paid too much: listed, recovered, waived ---------------------------------------------


@reading
def receivable_step(request: HttpRequest, desk: Desk, receivable_id: int, code: str) -> HttpResponse:
    """The money came back, or the claim is given up with a reason."""
    row = found_or_404(queries.receivable, desk.reads, receivable_id)
    return step_at_once(request, RECEIVABLE, BOUND, desk, row, code, to=reverse("receivable_list"))


# --- steps that the button of a row takes -----------------------------------------------------------


def _confirm(act: Act, row: PayeeAccount, said: Fields) -> object:
    shared = {} if said["shared"] is None else {row.pk: said["shared"]}
    return operations.confirm_account(act, account_ids=[row.pk], shared=shared)


BOUND = {
    "confirm": Bound(lambda _desk, _row, *data: SharedForm(*data), _confirm),
    "recover": plainly(operations.recover, "receivable_id"),
    "waive": plainly(operations.waive, "receivable_id", WaiverForm),
}
