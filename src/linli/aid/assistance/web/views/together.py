"""One step on many cases: all that wait for it, chosen, each with its result."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from linli.aid.assistance.queries.together import TOGETHER
from linli.aid.assistance.steps import CASE
from linli.aid.assistance.web.desk import reading
from linli.aid.assistance.web.waiting import WaitingList
from linli.ground.users.queries.desks import Desk


@reading
@require_http_methods(["GET", "POST"])
def application_bulk(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Choose among all that wait."""
    if code not in TOGETHER:
        raise Http404
    if not desk.person.holds(*CASE.step(code).roles):
        raise PermissionDenied
    return WaitingList(request, desk, code).response()
