"""The public door, and the requests as those see them who register."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.foundation.data.scope import Stamp
from linli.foundation.screens.fields import NoteForm
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.front import visitor
from linli.foundation.screens.heads import Action, Head, action
from linli.foundation.screens.listings import Column, Listing
from linli.foundation.screens.pages import act_of, no_store, perform, render_page
from linli.foundation.screens.records import Record
from linli.foundation.screens.steps import plainly
from linli.foundation.trail.tries import TriesOfADay
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import SYSTEM
from linli.registry.newcomers import operations, queries
from linli.registry.newcomers.codes import RequestState
from linli.registry.newcomers.models import Request
from linli.registry.newcomers.steps import REGISTRARS, REQUEST
from linli.registry.newcomers.web.forms import AskForm, ConfirmForm

reading = pages_for("residents", *REGISTRARS)
# A household has few telephones, a library's computer many visitors. Anybody can write anybody's telephone: it is
# counted where it is written alone, or strangers would use up what its owner has (ADR 0054).
_PHONE_THERE, _PLACE = TriesOfADay("newcomer from a place", 2), TriesOfADay("newcomer from", 20)
_REFUSED, _TOO_MANY = 422, 429


@require_http_methods(["GET", "POST"])
def newcomer_ask(request: HttpRequest) -> HttpResponse:
    """Who is registered already gets the same answer as everybody else."""
    form = AskForm(request.POST) if request.method == "POST" else AskForm()
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=_REFUSED)
    said = {name: form.cleaned_data[name] for name in ("name", "phone", "address", "need")}
    deed, place = act_of(request, SYSTEM), form.cleaned_data["community_id"]
    there = visitor(request)
    # What the first refuses is not counted by the second.
    if not (_PHONE_THERE.count(f"{said['phone']}|{there}", deed.at) and _PLACE.count(there, deed.at)):
        return _page(request, AskForm(), refusal=gettext("今天填得太多，请打电话或明天再来。"), status=_TOO_MANY)
    done, row = perform(form, lambda: operations.ask(deed, community_id=place, said=said))
    return _page(request, form, number=row.number if row else "", done=done, status=200 if done else _REFUSED)


def _page(
    request: HttpRequest, form: AskForm, *, done: bool = False, number: str = "", refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "done": done, "number": number, "refusal": refusal}
    return no_store(render_page(request, "newcomers/newcomer_ask.html", context, status=status))


class RequestList(Listing[Desk, Request]):
    """Requests newest first; those that wait unless others are asked for."""

    name = "requests"
    title = _("自助登记")
    lead = _("居民自己在公开页面填写的，核对后才登记。")
    order = ("-pk",)
    asks = queries.requests
    nothing = (_("没有自助登记"), _("有人填写后自动列出。"))
    filters = (Filter("state", _("状态"), RequestState.choices, default=RequestState.WAITING),)

    def phone(self, row: Request) -> str:
        return str(row.said.get("phone", ""))

    columns = (
        Column("number", _("编号"), to="request_detail"),
        Column("name", _("姓名"), phone="title"),
        Column("phone", _("电话"), of=phone),
        Column("asked_date", _("填写日期"), "DATE"),
        Column("household", _("户编号"), to="household_detail", phone=""),
        Column("state", _("状态"), "STATE", codes=RequestState, phone="state"),
    )

    def reading(self, row: Request) -> tuple[Stamp, str] | None:
        return (row.stamp, row.number) if row.envelope else None


class RequestPage(Record[Desk, Request]):
    """One request: what was said, and what comes of it."""

    name = "request"
    finds = queries.request
    listing = RequestList
    flow = REQUEST
    bound = {
        "confirm": plainly(operations.confirm, "request_id", ConfirmForm),
        "refuse": plainly(operations.refuse, "request_id", NoteForm),
        "reopen": plainly(operations.reopen, "request_id"),
    }

    def head(self, row: Request) -> Head:
        register: Sequence[Action] = action(self.request, gettext("登记家庭"), "household_new")
        waits = row.state == RequestState.WAITING
        title, state = row.name or row.number, RequestState(row.state)
        return Head(title, trail=[(row.number, "")], state=state, actions=register if waits else ())

    def facts(self, row: Request) -> Sequence[tuple[object, object]]:
        said = row.said
        told = [(_("住址"), said.get("address", "")), (_("需要什么帮助"), said.get("need", ""))]
        return [*super().facts(row), *told]

    def reading(self, row: Request) -> tuple[Stamp, str] | None:
        return (row.stamp, f"request:{row.number}") if row.envelope else None
