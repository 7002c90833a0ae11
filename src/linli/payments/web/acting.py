"""Act: propose, approve, release, take in the bank's answer, cancel, re-issue, write off, reconcile."""

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext

from linli.awards.queries import programme_labels
from linli.foundation.screens.pages import act_of, perform, render_page, sentence
from linli.foundation.screens.tables import cut
from linli.kernel.errors import DomainError
from linli.kernel.period import Month
from linli.payments import operations, queries
from linli.payments.models import PaymentBatch
from linli.payments.permissions import can_propose
from linli.payments.web.desk import Desk, batch_or_404, note_read, reading
from linli.payments.web.forms import CancelForm, FundMonthForm, ReconcileForm, ReleaseForm, ReturnForm
from linli.payments.web.presenters import possible
from linli.payments.web.views import batch_page
from linli.users.codes import Role

# Returned payments turn amber after a week and red after a month.
_AMBER, _RED = timedelta(days=7), timedelta(days=30)


@reading
def batch_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose a month's batch."""
    funds = [fund for fund in desk.funds() if can_propose(desk.person, fund.stamp)]
    if not funds:
        raise PermissionDenied
    months = _months(desk.on, sorted({fund.year for fund in funds}))
    form = FundMonthForm(request.POST or None, funds=funds, months=months, initial={"month": str(Month.of(desk.on))})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, batch = perform(
            form,
            lambda: operations.propose(
                act_of(request),
                fund_id=data["fund"],
                month=data["month"],
                shortage=queries.shortage_order(desk.on),
            ),
        )
        if done:
            messages.success(request, gettext("批次已提交复核"))
            return redirect("batch_detail", number=batch.number) if batch else redirect("batch_list")
    return render_page(request, "payments/batch_new.html", {"form": form})


@reading
def batch_approve(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Sign the lines that the page showed."""
    batch = _to_act(request, desk, number, "approve")
    return _acted(
        request,
        number,
        lambda: operations.approve(act_of(request), batch_id=batch.pk, digest=request.POST.get("digest", "")),
        gettext("已复核,等待放款"),
    )


@reading
def batch_release(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Let the money go, or learn why the approval is void."""
    batch = _to_act(request, desk, number, "release")
    form = ReleaseForm(request.POST, layouts=queries.layouts())
    if not form.is_valid():
        return batch_page(request, desk, batch, release=form, status=422)
    done, result = perform(
        form,
        lambda: operations.release(
            act_of(request), batch_id=batch.pk, layout=queries.layouts()[form.cleaned_data["layout"]]
        ),
    )
    if not done:
        return batch_page(request, desk, batch, release=form, status=422)
    if result is not None and not result.released:
        messages.warning(
            request, gettext("复核后情况有变,批次已作废并冲回:%(lines)s") % {"lines": result.batch.void_reason}
        )
    else:
        messages.success(request, gettext("已放款,银行文件可以下载"))
    return redirect("batch_detail", number=number)


@reading
def batch_return(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Take in the bank's answer."""
    batch = _to_act(request, desk, number, "answer")
    form = ReturnForm(request.POST, request.FILES)
    if not form.is_valid():
        return batch_page(request, desk, batch, answer=form, status=422)
    done, _batch = perform(
        form,
        lambda: operations.import_return(
            act_of(request),
            batch_id=batch.pk,
            data=form.cleaned_data["file"],
            layout=queries.layouts()[batch.layout_code],
        ),
    )
    if not done:
        return batch_page(request, desk, batch, answer=form, status=422)
    messages.success(request, gettext("回盘已入账"))
    return redirect("batch_detail", number=number)


@reading
def batch_cancel(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Take a batch back before its money leaves."""
    batch = _to_act(request, desk, number, "cancel")
    form = CancelForm(request.POST)
    if not form.is_valid():
        return batch_page(request, desk, batch, cancel=form, status=422)
    return _acted(
        request,
        number,
        lambda: operations.cancel(act_of(request), batch_id=batch.pk, reason=form.cleaned_data["reason"]),
        gettext("批次已撤销"),
    )


@reading
def returned_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What came back, the oldest first; the maker re-issues, the checker writes off."""
    form = CancelForm(request.POST or None)
    if request.method == "POST":
        answer = _on_returned(request, desk, form)
        if answer is not None:
            return answer
    after = _after(request)
    rows, more = cut(list(queries.returned(desk.reads, after=after)[: queries.PAGE + 1]), queries.PAGE)
    for batch in {row.batch_id: row.batch for row in rows}.values():
        shown = [row.award.number for row in rows if row.batch_id == batch.pk]
        note_read(request, where=batch.stamp, subject=f"returned:{batch.number}", shown=shown)
    context = {
        "rows": [(row, _age(row.settled_date or desk.on, desk.on)) for row in rows],
        "next": f"{rows[-1].settled_date}_{rows[-1].pk}" if more else None,
        "form": form,
        "labels": programme_labels(desk.on),
        "may_reissue": any(can_propose(desk.person, row.batch.stamp) for row in rows),
        "may_write_off": any(desk.person.may(row.batch.stamp, Role.FINANCE_CHECKER) for row in rows),
    }
    return render_page(request, "payments/returned_list.html", context, status=422 if form.errors else 200)


@reading
def reconcile(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Compare a month with the bank statement and lock it."""
    funds = [fund for fund in desk.funds() if desk.person.may(fund.stamp, Role.FINANCE_CHECKER)]
    if not funds:
        raise PermissionDenied
    months = _months(desk.on, sorted({fund.year for fund in funds}))
    initial = {"month": str(Month.of(desk.on).plus(-1))}
    form = ReconcileForm(request.POST or None, request.FILES or None, funds=funds, months=months, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _month = perform(
            form,
            lambda: operations.reconcile_month(
                act_of(request), fund_id=data["fund"], month=data["month"], statement=data["statement"]
            ),
        )
        if done:
            messages.success(request, gettext("对账一致,%(month)s 已锁定") % {"month": data["month"]})
            return redirect("batch_list")
    return render_page(request, "payments/reconcile.html", {"form": form})


def _to_act(request: HttpRequest, desk: Desk, number: str, what: str) -> PaymentBatch:
    """The batch to act on: 404 out of reach, 403 for another hand. What state it is in, the operation judges."""
    batch = batch_or_404(desk, number)
    roles = {
        "approve": (Role.FINANCE_CHECKER,),
        "release": (Role.FINANCE_RELEASER,),
        "answer": (Role.FINANCE_RELEASER,),
        "cancel": (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.FINANCE_RELEASER),
    }[what]
    if request.method != "POST" or not (possible(desk.person, batch)[what] or desk.person.may(batch.stamp, *roles)):
        raise PermissionDenied
    return batch


def _acted(request: HttpRequest, number: str, deed: Callable[[], object], done_text: str) -> HttpResponse:
    """Run an act that has no field of its own: the batch's page says what came of it."""
    try:
        perform(None, deed)
        messages.success(request, done_text)
    except DomainError as error:
        messages.error(request, sentence(error))
    return redirect("batch_detail", number=number)


def _on_returned(request: HttpRequest, desk: Desk, form: CancelForm) -> HttpResponse | None:
    """Re-issue or write off the ticked lines; None shows the list again with what was wrong."""
    ticked = {int(text) for text in request.POST.getlist("item") if text.isascii() and text.isdigit()}
    visible = set(queries.returned(desk.reads).filter(pk__in=ticked).values_list("pk", flat=True))
    ids = sorted(ticked & visible)
    if request.POST.get("do") == "write_off":
        if not form.is_valid():
            return None
        done, _rows = perform(
            form,
            lambda: operations.write_off(act_of(request), item_ids=ids, reason=form.cleaned_data["reason"]),
        )
        if done:
            messages.success(request, gettext("已记为不再发放"))
        return redirect("returned_list") if done else None
    try:
        _done, batch = perform(None, lambda: operations.reissue(act_of(request), item_ids=ids))
    except DomainError as error:
        messages.error(request, sentence(error))
        return redirect("returned_list")
    words = ngettext("%(count)s 笔已重新提交,待复核", "%(count)s 笔已重新提交,待复核", len(ids)) % {"count": len(ids)}
    messages.success(request, words)
    return redirect("batch_detail", number=batch.number) if batch else redirect("returned_list")


def _after(request: HttpRequest) -> tuple[date, int] | None:
    day, _mark, pk = request.GET.get("after", "").partition("_")
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None


def _age(since: date, on: date) -> dict[str, object]:
    """How long a payment has been back, with the colour of its chip."""
    age = on - since
    days = ngettext("%(days)s 天", "%(days)s 天", age.days) % {"days": age.days}
    return {"text": days, "tone": "late" if age >= _RED else "soon" if age >= _AMBER else "info"}


def _months(on: date, years: list[int]) -> list[Month]:
    """Months that have begun, newest first."""
    months = [Month(year, number) for year in years for number in range(1, 13)]
    return [month for month in reversed(months) if month <= Month.of(on)]
