"""Receive an application at the counter: find the family, then one dense page."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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
from linli.aid.assistance.queries.compared import running
from linli.aid.assistance.queries.papers import because, papers_on_file
from linli.aid.assistance.web.desk import receiving, refuse_paper
from linli.aid.assistance.web.forms import CounterForm, CounterPaperForm
from linli.aid.assistance.web.presenters import listed
from linli.aid.assistance.web.scheme import scheme_in_force, schemes_in_force
from linli.foundation.data.scope import Scope
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.drafting import address_of, fill, slot
from linli.foundation.screens.heads import Action, Head, action
from linli.foundation.screens.listings import Column
from linli.foundation.screens.pages import act_of, add_refusal, came_from, found_or_404, onward, render_page, returning
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.texts import day_text, joined_by_dot, pack_text
from linli.foundation.trail.acts import ActRepeated
from linli.ground.users.queries.desks import Desk
from linli.kernel.errors import DomainError
from linli.law.policies.engine.model import Pack, Paper
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.queries import cited
from linli.money.awards.queries import programme_labels
from linli.registry.residents.queries import Hit, HouseholdDetail, household_detail, resident_detail, search


@receiving
@require_http_methods(["GET", "POST"])
def application_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """First find the household, then everything on one page; papers not seen count as missing."""
    registers = desk.reads
    number = request.GET.get("household", "")
    if not number:
        return _find(request, registers)
    home = found_or_404(household_detail, registers, number, on=desk.on)
    scheme, pack = scheme_in_force(desk.on, request.GET.get("scheme", ""))
    posted = request.method == "POST"
    form = _form(request, pack, home, desk)
    if posted and "ask" in request.POST:
        fill(form, request.POST)
        return render_page(request, "assistance/_counter_papers.html", {"form": form, "pack": pack})
    draft = slot(desk.person.user_id, address_of(request), form)
    if posted and form.is_valid():
        done, made = _receive(request, desk, scheme, home, form)
        if done and draft:
            draft.drop()
        if done:
            return redirect(_after(request, made))
    note_read(request, where=home.stamp, subject=f"household:{number}")
    title = pack_text(pack.form)
    lead = joined_by_dot(pack_text(pack.label), home.number, f"{home.community_name} {home.building_name}".strip())
    blank = Action(gettext("打印空白申请表"), reverse("application_blank_pdf", args=[home.number]))
    trail = [(gettext("登记新申请"), reverse("application_new")), (home.number, "")]
    context = {
        "head": Head(title, lead, trail, actions=[blank]),
        "form": form,
        "pack": pack,
        "home": home,
        "running": _running(home, desk.on),
        "scheme": scheme,
        "schemes": schemes_in_force(desk.on),
        "draft": draft,
    }
    return render_page(request, "assistance/application_new.html", context, status=422 if posted else 200)


def _running(home: HouseholdDetail, on: date) -> list[str]:
    """What the family gets already, in words."""
    labels, names = programme_labels(on), {one.person.number: one.person.name for one in home.members}
    pattern = gettext("%(programme)s（%(unit)s，至 %(day)s）")
    return [
        pattern
        % {
            "programme": pack_text(labels.get(one.programme, one.programme)),
            "unit": names.get(one.unit_key, gettext("全户")),
            "day": day_text(one.last_date),
        }
        for one in running(home.household_id, on)
    ]


def _after(request: HttpRequest, made: Application | None) -> str:
    """Where a received application leads: to the papers that it lacks; then back to where it was begun."""
    if made is None:
        return onward(request, reverse("application_list"))
    messages.success(request, gettext("已收到申请 %(number)s") % {"number": made.number})
    if made.papers.filter(state=PaperState.MISSING).exists():
        return returning(reverse("application_papers", args=[made.number]), came_from(request))
    return onward(request, reverse("application_detail", args=[made.number]))


def _find(request: HttpRequest, registers: Scope) -> HttpResponse:
    text = request.GET.get("text", "").strip()
    hits = search(registers, text) if text else []
    if hits:
        note_read(request, where=0, subject="search", shown=[hit.number for hit in hits])
    title = gettext("登记新申请")
    new = action(request, gettext("登记家庭"), "household_new")
    lead = gettext("先找到家庭；没有登记过的，先登记家庭。")
    context = {"head": Head(title, lead, [(title, "")], actions=new), "columns": _HITS, "hits": hits, "text": text}
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


def _receive(
    request: HttpRequest, desk: Desk, scheme: str, home: HouseholdDetail, form: CounterForm
) -> tuple[bool, Application | None]:
    """Receive it; a refusal of a paper goes to that paper's line."""
    targets = {row.paper.code: row for row in form.rows if row.is_bound}
    try:
        new = _application(desk, home, form)
        return True, receive(act_of(request), scheme=scheme, applications=[new])[0]
    except ActRepeated:
        return True, None
    except DomainError as error:
        if error.field in targets:
            refuse_paper(targets[error.field], error)
        else:
            add_refusal(form, error)
        return False, None


def _application(desk: Desk, home: HouseholdDetail, form: CounterForm) -> NewApplication:
    """What was filled in."""
    given = form.cleaned_data
    return NewApplication(
        household_id=home.household_id,
        applicant_id=given["applicant"],
        groups=tuple(given["groups"]),
        channel=Channel(given["channel"]),
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
