"""Receive an application at the counter: find the family, then one dense page."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.aid.assistance.codes import Channel, PaperState
from linli.aid.assistance.models import Application
from linli.aid.assistance.operations import NewApplication, PaperRecord, receive
from linli.aid.assistance.operations.apply import ProxyUnknown
from linli.aid.assistance.permissions import RECEIVE
from linli.aid.assistance.queries.papers import because, papers_on_file
from linli.aid.assistance.web.desk import place_of, receiving
from linli.aid.assistance.web.forms import CounterForm, CounterPaperForm
from linli.aid.assistance.web.presenters import listed
from linli.aid.assistance.web.scheme import scheme_in_force, schemes_in_force
from linli.aid.assistance.web.why import running_words
from linli.foundation.data.scope import Scope
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.drafting import fill
from linli.foundation.screens.heads import Head, action, button
from linli.foundation.screens.listings import Column
from linli.foundation.screens.pages import (
    act_of,
    came_from,
    found_or_404,
    onward,
    render_page,
    returning,
    sentence,
)
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import joined_by_dot, pack_text
from linli.foundation.trail import logs
from linli.ground.users.queries.desks import Desk
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.law.policies.engine.model import Pack, Paper
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.queries import cited
from linli.registry.residents.operations import seek
from linli.registry.residents.queries import Hit, HouseholdDetail, household_detail, resident_detail


@receiving
@require_http_methods(["GET", "POST"])
def application_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """First find the household, then everything on one page."""
    number = request.GET.get("household", "")
    return Counter(request, desk, household=number).response() if number else _find(request, desk.reads)


class Counter(ActPage[Desk, HouseholdDetail]):
    """Everything on one page; papers not seen count as missing."""

    leads = "application_list"
    template = "assistance/application_new.html"

    def find(self, household: str) -> HouseholdDetail:
        self.scheme, self.pack = scheme_in_force(self.desk.on, self.request.GET.get("scheme", ""))
        self.title = pack_text(self.pack.form)
        return found_or_404(household_detail, self.desk.reads, household, on=self.desk.on)

    def fill(self) -> CounterForm:
        return _form(self.request, self.pack, self.row, self.desk)

    def response(self) -> HttpResponse:
        """The page; while it is filled in, the papers that the answers so far ask for."""
        if "ask" not in self.request.POST:
            return super().response()
        fill(self.filled, self.request.POST)
        context = {"form": self.filled, "pack": self.pack}
        return render_page(self.request, "assistance/_counter_papers.html", context)

    def places(self, error: DomainError) -> Sequence[tuple[BaseForm, DomainError]]:
        return [place_of(error, self.filled, {row.paper.code: row for row in self.filled.rows if row.is_bound})]

    def run(self, act: Act, said: Said) -> Application:
        return receive(act, scheme=self.scheme, applications=[_application(self.desk, self.row, self.filled)])[0]

    def told(self, result: Application | None) -> str:
        return gettext("已收到申请 %(number)s") % {"number": result.number} if result else ""

    def goes_on(self, result: Application | None) -> str:
        """To the papers that it lacks; then back to where it was begun."""
        if result and result.papers.filter(state=PaperState.MISSING).exists():
            return returning(reverse("application_papers", args=[result.number]), came_from(self.request))
        return onward(self.request, reverse("application_detail", args=[result.number]) if result else self.home())

    def head(self) -> Head:
        home = self.row
        lead = joined_by_dot(
            pack_text(self.pack.label), home.number, f"{home.community_name} {home.building_name}".strip()
        )
        blank = button(gettext("打印空白申请表"), "application_blank_pdf", home.number)
        trail = [(gettext("登记新申请"), reverse("application_new")), (home.number, "")]
        return Head(self.title, lead, trail, actions=[blank])

    def more(self) -> Mapping[str, Any]:
        note_read(self.request, where=self.row.stamp, subject=f"household:{self.row.number}")
        names = {one.person.number: one.person.name for one in self.row.members}
        shown = {
            "pack": self.pack,
            "home": self.row,
            "scheme": self.scheme,
            "running": running_words([self.row.household_id], names, self.desk.on),
        }
        return {**shown, "schemes": schemes_in_force(self.desk.on)}


def _find(request: HttpRequest, registers: Scope) -> HttpResponse:
    text = request.GET.get("text", "").strip()
    refusal, hits = "", []
    try:
        hits = seek(act_of(request), registers, text) if text else []
    except DomainError as error:
        logs.refusal(error)
        refusal = sentence(error)
    if hits:
        note_read(request, where=0, subject="search", shown=[hit.number for hit in hits])
    title = gettext("登记新申请")
    new = action(request, gettext("登记家庭"), "household_new")
    lead = gettext("先找到家庭；没有登记过的，先登记家庭。")
    head = Head(title, lead, [(title, "")], actions=new)
    context = {"head": head, "columns": _HITS, "hits": hits, "text": text, "refusal": refusal}
    return render_page(request, "assistance/application_find.html", context)


def _person(_listing: object, hit: Hit) -> Cell:
    return Cell(hit.name, meta=(joined_by_dot(hit.number, hit.sex.label),))


def _choose(_listing: object, hit: Hit) -> SafeString:
    if not hit.household_number or hit.is_gone:
        return SafeString()
    link = '<a class="btn" href="?household={}">{}</a>'
    return format_html(link, hit.household_number, gettext("为这户登记"))


_HITS = (
    Column("name", _("姓名"), cell=_person, phone="title"),
    Column("birth_date", _("出生"), "DATE"),
    Column("household_number", _("家庭")),
    Column("choose", _("下一步"), cell=_choose),
)


def _form(request: HttpRequest, pack: Pack, home: HouseholdDetail, desk: Desk) -> CounterForm:
    known = home.identifications[-1] if home.identifications else None
    asked = request.GET.get("applicant", "")
    applicant = next((one.person.resident_id for one in home.members if one.person.number == asked), None)
    initial: dict[str, Any] = {"channel": Channel.COUNTER, "applicant": applicant}
    if known is not None and known.how in pack.identification:
        initial |= {"identified_how": known.how.value, "identified_by": known.by_name}
    form = CounterForm(
        request.POST if request.method == "POST" and "ask" not in request.POST else None,
        members=[(one.person.resident_id, f"{one.person.name} · {one.relation.label}") for one in home.members],
        groups=[(code, pack_text(group.label)) for code, group in pack.groups.items()],
        ways=[(code, pack_text(way.label)) for code, way in pack.identification.items()],
        papers=partial(_demanded, pack),
        on_file=papers_on_file(home.household_id, desk.on),
        initial=initial,
    )
    form.clauses = cited(form.rests_on, [pack])
    return form


def _demanded(pack: Pack, groups: Sequence[str], proxy: bool) -> list[tuple[Paper, str]]:  # noqa: FBT001 - by place
    """The papers that the answers so far ask for, and why."""
    asked = required_papers(pack, [code for code in groups if code in pack.groups], proxy=proxy)
    return [(pack.papers[one.code], listed(because(pack, one.because_of))) for one in asked]


def _application(desk: Desk, home: HouseholdDetail, form: CounterForm) -> NewApplication:
    """What was filled in."""
    given = form.cleaned_data
    return NewApplication(
        household_id=home.household_id,
        applicant_id=given["applicant"],
        groups=tuple(given["groups"]),
        channel=given["channel"],
        identified_how=given["identified_how"],
        identified_by=given["identified_by"],
        statement=given["statement"],
        proxy_id=_proxy(desk, given["proxy"]),
        papers=tuple(_record(row) for row in form.rows if row.is_bound),
    )


def _record(row: CounterPaperForm) -> PaperRecord:
    said, before = row.cleaned_data, row.before
    state = PaperState(said["state"])
    promised = state == PaperState.PROMISED
    # The same paper as before comes with its picture.
    same = state == PaperState.PRESENT and before and before.issued_date == said["day"]
    return PaperRecord(
        row.paper.code,
        state,
        None if promised else said["day"],
        said["day"] if promised else None,
        said.get("note", ""),
        *(before[2:] if before and same else ()),
    )


def _proxy(desk: Desk, number: str) -> int | None:
    """The resident who acts for the applicant, by number. Raises ProxyUnknown."""
    if not number.strip():
        return None
    found = resident_detail(desk.person.scope(*RECEIVE), number.strip().upper(), on=desk.on)
    if found is None:
        raise ProxyUnknown(field="proxy")
    return found.person.resident_id
