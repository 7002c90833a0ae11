"""Letters that wait to be delivered, one letter in both languages, its PDF, and how it arrived."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.foundation.data.scope import Scope
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.pages import act_of, no_store, perform, render_page, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.ground.notifications.codes import DeliveryMethod
from linli.ground.notifications.operations import record_delivery
from linli.ground.notifications.queries import Letter, letter, sender_of, undelivered
from linli.ground.notifications.queries import letter_pdf as letter_pdf_of
from linli.ground.notifications.web.forms import delivery_form
from linli.ground.users.codes import REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority, authority_of
from linli.kernel.act import Actor

PAGE = 50
DELIVERERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Desk:
    """The person, where they may read letters, and the day."""

    authority: Authority
    reads: Scope
    on: date


def _desk(somebody: Actor, on: date) -> Desk:
    authority = authority_of(somebody, on)
    return Desk(authority, authority.scope(*REGISTRY_ROLES), on)


# A page for whoever may read letters anywhere.
reading = pages_at("assistance", _desk, lambda desk: desk.reads)


@reading
@require_http_methods(["GET", "POST"])
def letter_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Letters that nobody recorded as delivered, oldest first; several can be recorded with one receipt."""
    rows = undelivered(desk.reads).filter(pk__gt=whole_number(request.GET.get("after", "")) or 0)
    page, more = cut(list(rows[: PAGE + 1]), PAGE)
    form = delivery_form(request.POST, desk.on)
    chosen = set(request.POST.getlist("chosen"))
    if request.method == "POST" and form.is_valid():
        letters = [row for row in page if str(row.pk) in chosen]
        if not letters:
            form.add_error(None, gettext("请至少选择一份文书"))
        elif perform(form, lambda: _record(request, letters, form.cleaned_data))[0]:
            messages.success(request, gettext("%(count)s 份文书已记录送达") % {"count": len(letters)})
            return redirect("letter_list")
    context = {
        "rows": [(row, row.words(get_language())["title"], _case_number(row)) for row in page],
        "next": page[-1].pk if more else None,
        "form": form,
        "chosen": chosen,
        "may_record": desk.authority.holds(*DELIVERERS),
    }
    return render_page(
        request,
        "notifications/letter_list.html",
        context,
        fragment="notifications/_letters.html",
        status=422 if form.errors else 200,
    )


@reading
@require_http_methods(["GET", "POST"])
def letter_detail(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One letter in both languages, and how it arrived."""
    found = _letter_or_404(request, desk, number)
    may_record = desk.authority.may(found.stamp, *DELIVERERS)
    form = delivery_form(request.POST, desk.on)
    if request.method == "POST":
        if not may_record:
            raise PermissionDenied
        if form.is_valid() and perform(form, lambda: _record(request, [found], form.cleaned_data))[0]:
            messages.success(request, gettext("已记录送达"))
            return redirect("letter_detail", number=number)
    context = {
        "letter": found,
        "content": found.content,
        "sender": sender_of(found),
        "deliveries": found.deliveries.order_by("pk"),
        "case_number": _case_number(found),
        "form": form,
        "may_record": may_record,
    }
    return no_store(
        render_page(request, "notifications/letter_detail.html", context, status=422 if form.errors else 200)
    )


@reading
@require_GET
def letter_pdf(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The letter as a PDF with the place of the seal; ?language=en for the English one."""
    found = _letter_or_404(request, desk, number)
    wished = request.GET.get("language", LANGUAGES[0])
    language = wished if wished in LANGUAGES else LANGUAGES[0]
    response = HttpResponse(letter_pdf_of(found, language), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return no_store(response)


def _letter_or_404(request: HttpRequest, desk: Desk, number: str) -> Letter:
    found = letter(desk.reads, number)
    if found is None:
        raise Http404
    note_read(request, where=found.stamp, subject=found.subject, shown=[number])
    return found


def _record(request: HttpRequest, letters: list[Letter], data: dict[str, Any]) -> object:
    return record_delivery(
        act_of(request),
        letter_ids=[one.pk for one in letters],
        method=DeliveryMethod(data["method"]),
        delivered_date=data["delivered_date"],
        receipt=data["receipt"],
    )


def _case_number(found: Letter) -> str:
    kind, _, number = found.subject.partition(":")
    return number if kind == "application" else ""
