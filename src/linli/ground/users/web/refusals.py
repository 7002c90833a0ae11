"""Who was refused what: a line of the trail for every page that somebody who is logged in asked for and may not have,
for every record that is there and out of their reach, and for every act that was refused to them because of who they
are. Who is kept out of an office's work tries again and again; an auditor sees it.
"""

import logging
import re
from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse

from linli.foundation.clock import now
from linli.foundation.screens.pages import actor, unfound
from linli.foundation.trail import audit, logs
from linli.foundation.trail.tries import Tries
from linli.ground.users.queries import place_of_account
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

_FORBIDDEN, _NOT_FOUND = 403, 404
# The first of a person on a page within the hour; the log has the others.
_LINES = Tries("refusal", 1, minutes=60)
# What the trail keeps of an address: H-000123, JZ-2026-0001, FF-2026-03-1; or an id, shorter than any telephone number.
_NUMBER = re.compile(r"[A-Z]{1,2}(-[0-9]{4})?(-[0-9]{2})?-[0-9]{1,7}", re.ASCII)
_LARGEST_ID = 9_999_999
_PART = re.compile(r"<(?:[^:<>]*:)?([^<>]+)>")
_TYPED = "…"
_log = logging.getLogger("linli.refusals")


class RefusalsMiddleware:
    """Writes the line when the answer goes out; where none can be written any more (the day is sealed), the log has it.

    Nothing of who is not logged in: failed log-ins have lines of their own. Whether what was not found is out of reach
    only is asked when the answer is gone: it says nothing, and takes no longer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with unfound() as questions:
            response = self.get_response(request)
        barred, status = bool(logs.fact("barred")), response.status_code
        if (barred or status == _FORBIDDEN) and request.user.pk is not None:
            _write(request, status, barred=barred)
        elif status == _NOT_FOUND and questions and request.user.pk is not None:
            response._resource_closers.append(lambda: _write_of_unfound(request, questions))  # type: ignore[attr-defined]  # Django's own
        return response


def _write_of_unfound(request: HttpRequest, questions: Sequence[Callable[[], bool]]) -> None:
    """Nobody waits for it, and Django swallows what goes wrong here: the log has it."""
    try:
        if any(asked() for asked in questions):
            _write(request, _NOT_FOUND, barred=False)
    except Exception:
        _log.exception("a refusal could not be looked into")


def _write(request: HttpRequest, status: int, *, barred: bool) -> None:
    by, moment, (page, route) = actor(request), now(), _asked(request)
    if not _LINES.count(f"{by.pk}|{route}", moment):
        return
    act = Act(by, moment)
    tried = {"tried": logs.fact("act"), "code": logs.fact("refused")} if barred else {}
    try:
        audit.record_refusal(act, where=place_of_account(act), page=page, route=route, status=status, **tried)
    except DomainError as error:
        logs.refusal(error)


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The address as the product writes it, and the name of its route; of what the asker wrote into it no more than
    numbers of ours. A trail is for ever, and people type names, identity numbers and telephones into addresses.
    """
    match = request.resolver_match
    if match is None:
        return f"/{_TYPED}", ""
    return "/" + _PART.sub(lambda part: _kept(match.kwargs.get(part[1])), match.route), match.view_name


def _kept(said: object) -> str:
    if isinstance(said, int):
        return str(said) if said <= _LARGEST_ID else _TYPED
    return said if isinstance(said, str) and _NUMBER.fullmatch(said) else _TYPED
