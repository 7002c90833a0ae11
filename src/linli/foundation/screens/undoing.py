"""A light act is undone for ten seconds, by a button in the message that says it was done (docs/adr/0046).

Light is what nobody else has acted on and what tells nobody anything. Both acts stay in the trail.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, pgettext

from linli.foundation.clock import now
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.pages import act_of, actor, caught, sent_only, stands_on
from linli.foundation.shelves import Shelf
from linli.foundation.trail.acts import OpenAct
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

SECONDS = 10
# The page has to arrive, and the press.
_ON_THE_WAY = 5

# What undoes an act, by the act's name: called with the ids of what it gave.
undoable: Shelf[Callable[[Act, Sequence[int]], object]] = Shelf()


def undo_of(request: HttpRequest, acts: Sequence[OpenAct], back: str = "") -> str:
    """What a message carries (``extra_tags``) for the button that undoes the one act; empty for what is not light."""
    if len(acts) != 1 or acts[0].name not in undoable:
        return ""
    told = {"act": acts[0].name, "ids": acts[0].gave, "at": now().isoformat(), "back": back}
    return _signer(request).sign_object(told)


@pages_at("my_work", lambda person, _on: person, lambda _person: True)
@sent_only(lambda _request: "/")
def undo(request: HttpRequest, _person: Any) -> HttpResponse:
    """Undo what the message was about, and go back to where it stood."""
    try:
        told = _signer(request).unsign_object(request.POST.get("undo", ""))
    except signing.BadSignature as error:
        raise BadRequest from error
    back = told["back"] or stands_on(request)
    if now() - datetime.fromisoformat(told["at"]) > timedelta(seconds=SECONDS + _ON_THE_WAY):
        messages.error(request, gettext("已超过 %(seconds)s 秒，不能再撤销") % {"seconds": SECONDS})
        return redirect(back)
    try:
        undoable[told["act"]](act_of(request), told["ids"])
    except DomainError as error:
        messages.error(request, caught(error))
    else:
        messages.success(request, pgettext("undo", "已撤销"))
    return redirect(back)


def _signer(request: HttpRequest) -> signing.Signer:
    return signing.Signer(salt=f"undo|{actor(request).pk}")
