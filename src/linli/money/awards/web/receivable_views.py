"""What was paid too much: listed, recovered, waived."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.acting import act_at_once
from linli.ground.users.queries.desks import Desk
from linli.money.awards import operations, queries
from linli.money.awards.models import Receivable
from linli.money.awards.steps import RECEIVABLE
from linli.money.awards.web.desk import reading
from linli.money.awards.web.forms import WaiverForm
from linli.money.awards.web.lists import ReceivableList


@reading
def receivable_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was paid too much."""
    return ReceivableList(request, desk).response()


@reading
def recover(request: HttpRequest, desk: Desk, receivable_id: int) -> HttpResponse:
    """The money came back."""
    row = _row_or_404(desk, receivable_id)
    if request.method != "POST" or not desk.person.may(row.stamp, *RECEIVABLE.step("recover").roles):
        raise PermissionDenied
    to = reverse("receivable_list")
    return act_at_once(
        request, lambda act: operations.recover(act, receivable_id=row.pk), done=gettext("已登记收回"), to=to
    )


@reading
def waive(request: HttpRequest, desk: Desk, receivable_id: int) -> HttpResponse:
    """The claim is given up, with a reason."""
    row = _row_or_404(desk, receivable_id)
    if request.method != "POST" or not desk.person.may(row.stamp, *RECEIVABLE.step("waive").roles):
        raise PermissionDenied
    form = WaiverForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["note"][0]))
        return redirect("receivable_list")
    note = form.cleaned_data["note"]
    return act_at_once(
        request,
        lambda act: operations.waive(act, receivable_id=row.pk, note=note),
        done=gettext("已免收"),
        to=reverse("receivable_list"),
    )


def _row_or_404(desk: Desk, receivable_id: int) -> Receivable:
    try:
        return queries.receivable(desk.reads, receivable_id)
    except Receivable.DoesNotExist as error:
        raise Http404 from error
