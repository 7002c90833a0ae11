"""Who was shown whom: a line of the trail for every page that shows somebody, written when the page goes out.

A view says whom its page shows (:func:`note_read`) as soon as it has found them; whether the page then goes out, nobody
knows yet. So one place writes, after the view: also where a refused form shows its page again, and whatever the method;
not where the answer is a refusal, a redirect, or has no body.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from linli.foundation.clock import now
from linli.foundation.data.scope import Stamp
from linli.foundation.screens.pages import actor, refused
from linli.foundation.trail import audit
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

# A form that was refused shows its page again.
_FORM_REFUSED = 422
_KEPT = "readings"


@dataclass(frozen=True)
class _Reading:
    where: Stamp | int
    shown: tuple[str, ...]


def note_read(request: HttpRequest, *, where: Stamp | int, subject: str, shown: Sequence[str] = ()) -> None:
    """Say that the page in the making shows personal data: of what, where it lies, and whose. Once per subject."""
    vars(request).setdefault(_KEPT, {})[subject] = _Reading(where, tuple(shown))


def forget_readings(request: HttpRequest) -> None:
    """The page in the making was given up for another one."""
    vars(request).pop(_KEPT, None)


class ReadsMiddleware:
    """Writes what the page shows, before it goes out; what cannot be written is not shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        found: dict[str, _Reading] = vars(request).pop(_KEPT, {})
        if not found or not _goes_out(request, response):
            return response
        try:
            for subject, one in found.items():
                # It carries no form's key: it is no act of the form.
                audit.record_read(Act(actor(request), now()), where=one.where, subject=subject, shown=one.shown)
        except DomainError as error:
            return refused(request, error)
        return response


def _goes_out(request: HttpRequest, response: HttpResponse) -> bool:
    told = response.status_code < 300 or response.status_code == _FORM_REFUSED
    return told and request.method != "HEAD" and request.user.pk is not None
