"""What came back from the bank: the maker sends it again, the checker gives it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext

from linli.foundation.screens.pages import act_of, perform, render_page, sentence, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.foundation.screens.texts import day_text
from linli.ground.users.codes import Role
from linli.kernel.errors import DomainError
from linli.money.awards.codes import AccountState
from linli.money.awards.models import PayeeAccount
from linli.money.awards.queries import accounts, programme_labels, provisional_holds
from linli.money.payments import operations, queries
from linli.money.payments.codes import StaleCode
from linli.money.payments.models import PaymentItem
from linli.money.payments.steps import ITEM
from linli.money.payments.web import exports
from linli.money.payments.web.desk import Desk, reading
from linli.money.payments.web.forms import CancelForm

# Returned payments turn amber after a week and red after a month.
_AMBER, _RED = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True)
class Returned:
    """One line of the list: the payment, how long it has been back, whether it is still due, and where it would go."""

    item: PaymentItem
    age: str
    age_tone: str
    due_words: str
    due_tone: str
    account: PayeeAccount | None
    account_words: str
    account_tone: str
    may_reissue: bool
    may_write_off: bool


@reading
def returned_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What came back, the oldest first; those who may send it again or give it up find the buttons."""
    form = CancelForm(request.POST or None)
    if request.method == "POST":
        answer = _acted(request, desk, form)
        if answer is not None:
            return answer
    waiting, labels = queries.returned(desk.reads), programme_labels(desk.on)
    if exports.wanted(request):
        everything = list(waiting)
        _note(request, everything)
        return exports.returned_workbook(desk, everything, labels)
    page, more = cut(list(queries.returned(desk.reads, after=_after(request))[: queries.PAGE + 1]), queries.PAGE)
    _note(request, page)
    newest = _newest(desk, page)
    rows = _rows(desk, page, newest)
    context = {
        "rows": rows,
        "provisional": bool(provisional_holds(newest.values(), desk.on)),
        "next": f"{page[-1].settled_date}_{page[-1].pk}" if more else None,
        "form": form,
        "labels": labels,
        "ticked": set(request.POST.getlist("item")),
        "sums": queries.returned_sums(desk.reads),
        "may_reissue": any(row.may_reissue for row in rows),
        "may_write_off": any(row.may_write_off for row in rows),
    }
    return render_page(request, "payments/returned_list.html", context, status=422 if form.errors else 200)


def _newest(desk: Desk, items: Sequence[PaymentItem]) -> dict[tuple[str, str], PayeeAccount]:
    """The newest account of each unit and state."""
    newest: dict[tuple[str, str], PayeeAccount] = {}
    for account in accounts(desk.reads, [item.unit_key for item in items]):
        newest.setdefault((account.unit_key, account.state), account)
    return newest


def _rows(desk: Desk, items: Sequence[PaymentItem], newest: Mapping[tuple[str, str], PayeeAccount]) -> list[Returned]:
    faults = queries.no_longer_due(items, desk.on)
    return [_row(desk, item, newest, faults.get(item.pk)) for item in items]


def _row(
    desk: Desk,
    item: PaymentItem,
    newest: Mapping[tuple[str, str], PayeeAccount],
    fault: StaleCode | None,
) -> Returned:
    age = desk.on - (item.settled_date or desk.on)
    account = newest.get((item.unit_key, AccountState.CONFIRMED))
    proposed = newest.get((item.unit_key, AccountState.PROPOSED))
    words, tone = _account(item, account, proposed, desk.on)
    return Returned(
        item,
        ngettext("%(days)s 天", "%(days)s 天", age.days) % {"days": age.days},
        "late" if age >= _RED else "soon" if age >= _AMBER else "info",
        _due_words(fault),
        "late" if fault else "ok",
        account,
        words,
        tone,
        ITEM.allows(desk.person, "reissue", item, desk.on),
        ITEM.allows(desk.person, "write_off", item, desk.on),
    )


def _due_words(fault: StaleCode | None) -> str:
    """Whether the money may be sent again, and the way out where it may not."""
    if fault is None:
        return gettext("仍应发放")
    if fault == StaleCode.CHANGED:
        return gettext("金额已调整：办理“不再发放”后按新金额重新列支")
    return gettext("不应再发：%(reason)s") % {"reason": fault.label}


def _account(
    item: PaymentItem,
    account: PayeeAccount | None,
    proposed: PayeeAccount | None,
    on: date,
) -> tuple[str, str]:
    """What to know of the account before the money goes again, with the colour of its chip."""
    if account is not None and account.version > item.account.version:
        if account.usable_date is None or account.usable_date > on:
            return gettext("%(day)s 起可用") % {"day": day_text(account.usable_date)}, "soon"
        return gettext("已更正，可以重发"), "ok"
    if proposed is not None and proposed.version > item.account.version:
        return gettext("新账户待确认"), "soon"
    return gettext("账户未更正"), "late"


def _acted(request: HttpRequest, desk: Desk, form: CancelForm) -> HttpResponse | None:
    """Re-issue or write off the ticked lines; None shows the list again with what was wrong."""
    ticked = {pk for text in request.POST.getlist("item") if (pk := whole_number(text))}
    items = list(queries.returned(desk.reads).filter(pk__in=ticked))
    write_off = request.POST.get("do") == "write_off"
    step = ITEM.step("write_off" if write_off else "reissue")
    if not all(desk.person.may(item.stamp, *map(Role, step.roles)) for item in items):
        raise PermissionDenied
    ids = sorted(item.pk for item in items)
    if not ids:
        messages.error(request, gettext("请先在列表中勾选要办理的款项"))
        return redirect("returned_list")
    if write_off:
        return _written_off(request, form, ids)
    try:
        _done, batch = perform(None, lambda: operations.reissue(act_of(request), item_ids=ids))
    except DomainError as error:
        messages.error(request, sentence(error))
        return redirect("returned_list")
    words = ngettext("%(count)s 笔已重新提交，待复核", "%(count)s 笔已重新提交，待复核", len(ids)) % {"count": len(ids)}
    messages.success(request, words)
    return redirect("batch_detail", number=batch.number) if batch else redirect("returned_list")


def _written_off(request: HttpRequest, form: CancelForm, ids: Sequence[int]) -> HttpResponse | None:
    if not form.is_valid():
        return None
    done, _items = perform(
        form,
        lambda: operations.write_off(act_of(request), item_ids=ids, reason=form.cleaned_data["reason"]),
    )
    if done:
        messages.success(request, gettext("已记为不再发放"))
    return redirect("returned_list") if done else None


def _note(request: HttpRequest, items: Sequence[PaymentItem]) -> None:
    """Who looked at whose payments, batch by batch."""
    for batch in {item.batch_id: item.batch for item in items}.values():
        shown = [item.award.number for item in items if item.batch_id == batch.pk]
        note_read(request, where=batch.stamp, subject=f"returned:{batch.number}", shown=shown)


def _after(request: HttpRequest) -> tuple[date, int] | None:
    day, _mark, pk = request.GET.get("after", "").partition("_")
    seen = whole_number(pk)
    try:
        return (date.fromisoformat(day), seen) if seen is not None else None
    except ValueError:
        return None
