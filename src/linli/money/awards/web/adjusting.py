"""Where the rules say another amount than awards give: what waits, what was followed, and what a day will bring."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.listings import Bulk
from linli.foundation.screens.pages import act_of, perform, whole_number
from linli.foundation.screens.texts import counted
from linli.ground.users.queries.desks import Desk
from linli.money.awards import operations
from linli.money.awards.permissions import can_change
from linli.money.awards.queries import adjustments as reads
from linli.money.awards.web.desk import reading
from linli.money.awards.web.forms import AdjustForm
from linli.money.awards.web.lists import AdjustmentList, PreviewList


@reading
def adjustment_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Adjustments newest first; whoever changes awards follows the rules for those ticked, or leaves them."""
    form = AdjustForm(request.POST or None)
    if request.method == "POST":
        answer = _decided(request, desk, form)
        if answer is not None:
            return answer
    listing = AdjustmentList(request, desk)
    listing.bulk = Bulk(form, [("adopt", gettext("按规则调整所选"), True), ("dismiss", gettext("所选维持不变"), False)])
    return listing.response(status=422 if form.errors else 200)


@reading
def adjustment_preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What will change for whom by a day, by the law and the birthdays known today; nothing is written."""
    return PreviewList(request, desk).response()


def _decided(request: HttpRequest, desk: Desk, form: AdjustForm) -> HttpResponse | None:
    """The deed done, then back to the list; None when something is wrong with the form."""
    ids = [pk for text in request.POST.getlist("row") if (pk := whole_number(text))]
    rows = list(reads.adjustments(desk.reads).filter(pk__in=ids))
    if not rows:
        messages.error(request, gettext("请先勾选要办理的待遇"))
        return redirect("adjustment_list")
    if not all(can_change(desk.person, row.award.stamp) for row in rows):
        raise PermissionDenied
    if not form.is_valid():
        return None
    adopt = request.POST.get("deed") == "adopt"
    deed = operations.adopt_adjustments if adopt else operations.dismiss_adjustments
    found = [row.pk for row in rows]
    if not perform(form, lambda: deed(act_of(request), adjustment_ids=found, note=form.cleaned_data["note"]))[0]:
        return None
    words = (
        counted("已按规则调整 %(count)s 项", len(found)) if adopt else counted("已维持 %(count)s 项不变", len(found))
    )
    messages.success(request, words)
    return redirect("adjustment_list")
