"""Drafts of forms: a form of more than three fields is kept as it is typed and filled again when its page is opened.

What a form shows is marked by a token that only its page hands out: so no draft is kept for another person, for an
address that is no page of ours, or for a page that is secret. Files, passwords and the numbers of people and accounts
are left out whatever the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.foundation.clock import now
from linli.foundation.screens.pages import stands_on
from linli.foundation.screens.standing import is_secret, open_fields
from linli.foundation.screens.texts import joined
from linli.foundation.trail import drafts

FEW = 3
LARGEST = 64 * 1024
_NEVER = frozenset({"csrfmiddlewaretoken", "act_key", "draft"})
_TOO_LARGE = 413


@dataclass(frozen=True)
class Slot:
    """The place of a form's draft, for ``parts/draft_found.html`` and ``parts/draft_keep.html``.

    ``kept_at`` when the form was filled from it; ``older`` when the record was changed by somebody since: ``differs``
    names the fields in which it would be changed back, whoever touched them.
    """

    user_id: int
    address: str
    kept_at: datetime | None = None
    older: bool = False
    differs: str = ""

    @property
    def token(self) -> str:
        """What the page sends to keep or drop it."""
        return _signer(self.user_id).sign(self.address)

    def drop(self) -> None:
        """The form took effect."""
        drafts.drop(self.user_id, self.address)


def address_of(request: HttpRequest) -> str:
    """The address under which a page's draft lies: its own, whatever page led there."""
    said = request.GET.copy()
    said.pop("next", None)
    return f"{request.path}?{said.urlencode()}" if said else request.path


def slot(user_id: int, address: str, *some: forms.BaseForm, version: int | None = None) -> Slot | None:
    """The draft of a page's forms, which are filled from it while nothing was sent; None where they are too small."""
    parts = [part for form in some for part in (form, *getattr(form, "rows", ()))]
    count = sum(len(list(open_fields(part))) for part in parts)
    if count <= FEW or len(address) > drafts.LONGEST_ADDRESS:
        return None
    found = None if any(form.is_bound for form in some) else drafts.find(user_id, address)
    if found is None:
        return Slot(user_id, address)
    said = QueryDict(found.content)
    record = [begins(part) for part in parts]
    for form in some:
        fill(form, said)
    then = said.get("version")
    older = then is not None and then != str(version)
    typed = (
        [field.label for was, part in zip(record, parts, strict=True) for field in _others(was, part)] if older else []
    )
    return Slot(user_id, address, found.at, older=older, differs=joined(dict.fromkeys(typed)))


def fill(form: forms.BaseForm, said: QueryDict) -> None:
    """The form, and its rows, begin with what was typed; nothing is judged. Of what a page did not ask yet nothing was
    said: it begins as it does.
    """
    typed = {
        name: field.widget.value_from_datadict(said, {}, at)
        for name, field in open_fields(form)
        if not field.widget.value_omitted_from_data(said, {}, at := form.add_prefix(name))
    }
    form.initial = {**(form.initial or {}), **typed}
    # A form may have rows of its own, as many as were typed.
    for row in form.rows_of(said) if hasattr(form, "rows_of") else ():
        fill(row, said)


def begins(form: forms.BaseForm) -> dict[str, Any]:
    """What each field begins with, as its page shows it."""
    fields = open_fields(form)
    return {name: field.widget.format_value(form.get_initial_for_field(field, name)) for name, field in fields}


def _others(was: Mapping[str, Any], form: forms.BaseForm) -> list[forms.Field]:
    """The fields that said something and begin with something else now."""
    return [form.fields[name] for name, value in begins(form).items() if was[name] not in ("", None, [""], value)]


def _signer(user_id: int) -> Signer:
    return Signer(salt=f"draft|{user_id}")


@require_POST
def keep_draft(request: HttpRequest) -> HttpResponse:
    """Keep what a form of ours says so far, or with ``drop`` throw it away; the form itself goes nowhere.

    401 for a script whose session is over: its page says so. 413 above 64 KiB. Raises BadRequest for a form that no
    page of ours handed to this person.
    """
    back, by_script = stands_on(request), "HX-Request" in request.headers
    if request.user.is_anonymous:
        return HttpResponse(status=401) if by_script else redirect_to_login(back)
    user_id = request.user.pk
    try:
        address = _signer(user_id).unsign(request.POST.get("draft", ""))
    except BadSignature as error:
        raise BadRequest from error
    if "drop" in request.POST:
        drafts.drop(user_id, address)
        messages.success(request, gettext("草稿已删除"))
        return redirect(back)
    content = _content(request.POST)
    if len(content) > LARGEST:
        return HttpResponse(gettext("内容太长，草稿没有保存"), status=_TOO_LARGE)
    at = now()
    drafts.keep(user_id, address, content, at=at, key=request.POST.get("act_key", ""))
    if by_script:
        return render(request, "parts/draft_kept.html", {"at": at})
    messages.success(request, gettext("草稿已保存"))
    return redirect(back)


def keep_for(request: HttpRequest, address: str) -> None:
    """Keep what was sent to one page as the draft of another, which took its place meanwhile; too much is not kept."""
    content = _content(request.POST)
    if request.user.pk is not None and len(content) <= LARGEST:
        drafts.keep(request.user.pk, address, content, at=now(), key=request.POST.get("act_key", ""))


def _content(sent: QueryDict) -> str:
    said = QueryDict(mutable=True)
    for name, values in sent.lists():
        if name not in _NEVER and not is_secret(name):
            said.setlist(name, values)
    encoded: str = said.urlencode()
    return encoded
