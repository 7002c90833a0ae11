"""What must stand before the year turns: the list, each line with who does it and where."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.foundation.screens.cells import Cell
from linli.foundation.screens.heads import Head
from linli.foundation.screens.listings import Column
from linli.foundation.screens.pages import render_page, today
from linli.foundation.screens.texts import counted
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.tones import Tone
from linli.overview.planning.queries.next_year import READERS, Line, checklist, year_to_prepare


def _title(_listing: object, line: Line) -> Cell:
    """With the page that does it, where it is not done at the server."""
    return Cell(line.title, (line.page, *line.arguments) if line.page else (), line.query, meta=(line.subject,))


def _state(_listing: object, line: Line) -> Cell:
    if line.done:
        return Cell(chips=[(gettext("已办"), Tone.OK)])
    late = line.due_date < today()
    return Cell(chips=[(gettext("已超期"), Tone.LATE) if late else (gettext("未办"), Tone.SOON)])


_COLUMNS = (
    Column("title", _("事项"), cell=_title, phone="title"),
    Column("words", _("情况")),
    Column("role.label", _("由谁")),
    Column("due_date", _("期限"), "DATE"),
    Column("state", _("状态"), cell=_state, phone="state"),
)


@require_GET
@pages_for("my_work", *READERS)
def next_year(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everything that the coming year needs in the person's places."""
    lines = checklist(desk.person, desk.on)
    left = sum(not line.done for line in lines)
    told = counted("还有 %(count)s 项未办", left) if left else gettext("都办好了。")
    title = gettext("%(year)s 年准备") % {"year": year_to_prepare(desk.on)}
    context = {"head": Head(title, told, [(title, "")]), "columns": _COLUMNS, "lines": lines}
    return render_page(request, "planning/next_year.html", context)
