"""Who was refused what: a line of the trail for every page that somebody who is logged in asked for and may not have,
and for every act that was refused to them because of who they are. Who is kept out of an office's work tries again and
again; an auditor sees it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from linli.foundation.clock import now
from linli.foundation.screens.pages import actor
from linli.foundation.trail import audit, logs
from linli.ground.users.queries import authority, person
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

_FORBIDDEN = 403


class RefusalsMiddleware:
    """Writes the line when the answer goes out; where none can be written any more (the day is sealed), the log has it.

    Nothing of who is not logged in: failed log-ins have lines of their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        barred = bool(logs.fact("barred"))
        if (barred or response.status_code == _FORBIDDEN) and request.user.pk is not None:
            self._write(request, response.status_code, barred=barred)
        return response

    def _write(self, request: HttpRequest, status: int, *, barred: bool) -> None:
        tried = {"tried": logs.fact("act"), "code": logs.fact("refused")} if barred else {}
        act = Act(actor(request), now())
        try:
            audit.record_refusal(act, where=_where(act), page=request.path, status=status, **tried)
        except DomainError as error:
            logs.refusal(error)


def _where(act: Act) -> int:
    """The area where the account was opened, else where the person works: whose auditor sees it. Nowhere: 0."""
    held = (one.area_id for one in authority(act).held)
    return person(act.by.pk).area_id or next(held, 0)
