"""What came back from the bank: the maker sends it again, the checker gives it up."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.pages import act_of, perform, sentence, whole_number
from linli.foundation.screens.texts import counted
from linli.ground.users.queries.desks import Desk
from linli.kernel.errors import DomainError
from linli.money.payments import operations, queries
from linli.money.payments.steps import ITEM
from linli.money.payments.web.desk import reading
from linli.money.payments.web.forms import CancelForm
from linli.money.payments.web.lists import ReturnedList


@reading
def returned_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What came back, the oldest first; those who may send it again or give it up find the buttons."""
    form = CancelForm(request.POST or None)
    if request.method == "POST":
        answer = _acted(request, desk, form)
        if answer is not None:
            return answer
    listing = ReturnedList(request, desk)
    listing.form = form
    return listing.response(status=422 if form.errors else 200)


def _acted(request: HttpRequest, desk: Desk, form: CancelForm) -> HttpResponse | None:
    """Re-issue or write off the ticked lines; None shows the list again with what was wrong."""
    ticked = {pk for text in request.POST.getlist("row") if (pk := whole_number(text))}
    items = list(queries.returned(desk.reads).filter(pk__in=ticked))
    write_off = request.POST.get("deed") == "write_off"
    step = ITEM.step("write_off" if write_off else "reissue")
    if not all(desk.person.may(item.stamp, *step.roles) for item in items):
        raise PermissionDenied
    ids = sorted(item.pk for item in items)
    if not ids:
        messages.error(request, gettext("请先在列表中勾选要办理的款项"))
        return redirect("returned_list")
    return _written_off(request, form, ids) if write_off else _reissued(request, ids)


def _reissued(request: HttpRequest, ids: Sequence[int]) -> HttpResponse:
    try:
        _done, batch = perform(None, lambda: operations.reissue(act_of(request), item_ids=ids))
    except DomainError as error:
        messages.error(request, sentence(error))
        return redirect("returned_list")
    messages.success(request, counted("%(count)s 笔已重新提交，待复核", len(ids)))
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
