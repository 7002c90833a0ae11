"""Who may not take the step that a record waits for is told whose it is and why not theirs, and can remind them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.pages import act_of, actor, caught, sent_only, sentence, stands_on
from linli.foundation.screens.texts import joined
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import Workflow

_remind: list[Callable[[Act, Mapping[str, Any]], object]] = []


def remind_by(deed: Callable[[Act, Mapping[str, Any]], object]) -> None:
    """Say how people are reminded; the room that knows posts calls this once."""
    _remind[:] = [deed]


@dataclass(frozen=True)
class Waits:
    """What a record waits for, in words, and what reminds, empty where nothing does (``parts/waits.html``). ``why`` the
    reader, who holds the post, does not do it: of others the words say enough.
    """

    words: str
    why: str
    token: str


def waits(flow: Workflow, person: Any, row: Any, on: date, page: str) -> Waits | None:
    """What the row waits for from somebody else; None where it waits for nobody, or for the person. ``page`` is the
    name of its page, by its number; without it nobody can be reminded.
    """
    step = flow.awaited(row, on)
    refusal = flow.refusal(person, step.code, row, on) if step and step.roles else None
    if step is None or refusal is None:
        return None
    roles = joined(str(role.label) for role in step.roles)
    words = gettext("等待%(roles)s办理“%(step)s”") % {"roles": roles, "step": step.label}
    why = sentence(refusal) if person.may(row.stamp, *step.roles) else ""
    if not page:
        return Waits(words, why, "")
    number = str(row.number)
    subject = getattr(row, "subject", f"{flow.code.rpartition('.')[2]}:{number}")
    told = {"flow": flow.code, "step": step.code, "number": number, "page": page, "subject": subject}
    return Waits(words, why, _signer(person.user_id).sign_object({**told, **row.stamp.columns()}))


@pages_at("my_work", lambda person, _on: person, lambda _person: True)
@sent_only(lambda _request: "/")
def remind(request: HttpRequest, _person: Any) -> HttpResponse:
    """Remind the post that the page names, and go back to it."""
    try:
        told = _signer(actor(request).pk).unsign_object(request.POST.get("remind", ""))
    except signing.BadSignature as error:
        raise BadRequest from error
    try:
        _remind[0](act_of(request), told)
    except DomainError as error:
        messages.error(request, caught(error))
    else:
        messages.success(request, gettext("已提醒，对方会在“我的工作”中看到"))
    return redirect(stands_on(request))


def _signer(user_id: int) -> signing.Signer:
    return signing.Signer(salt=f"remind|{user_id}")
