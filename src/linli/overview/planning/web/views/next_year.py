"""What must stand before the year turns: the list, each line with who does it and where."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.navigation import may_open
from linli.foundation.screens.pages import render_page, today
from linli.ground.users.queries import Authority, authority_of
from linli.overview.planning.queries.next_year import READERS, Line, checklist, year_to_prepare


@require_GET
@pages_at("my_work", authority_of, lambda authority: authority.holds(*READERS))
def next_year(request: HttpRequest, authority: Authority) -> HttpResponse:
    """Everything that the coming year needs in the person's places."""
    lines = checklist(authority, today())
    context = {
        "year": year_to_prepare(today()),
        "lines": [(line, _page_of(request, line), line.role.label) for line in lines],
        "left": sum(not line.done for line in lines),
        "on": today(),
    }
    return render_page(request, "planning/next_year.html", context)


def _page_of(request: HttpRequest, line: Line) -> str:
    """The address that does it, empty where it is done at the server or by somebody else."""
    offered = line.page and may_open(request, line.page)
    return reverse(line.page, args=line.arguments) + line.query if offered else ""
