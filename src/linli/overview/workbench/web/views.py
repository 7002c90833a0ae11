"""My work, and the audit trail."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.foundation.screens.pages import actor, no_store, render_page, today, whole_number
from linli.foundation.screens.reads import note_read
from linli.foundation.screens.tables import cut
from linli.foundation.screens.work import first, piles
from linli.foundation.trail import audit
from linli.foundation.trail.audit import AuditLine
from linli.foundation.trail.words import act_words, subject_words
from linli.ground.areas.queries import names as area_names
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, authority_of
from linli.overview.workbench.export import MOST, trail_workbook
from linli.overview.workbench.queries import trail

# Rows of work on one page; the counts are of all.
_PAGE = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Staff begin with their work, residents with their own applications."""
    held = authority_of(actor(request), today()).held
    return redirect("my_work" if held else "my_applications")


@login_required
@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """One list of everything that waits for me, by legal deadline; count = list."""
    authority = authority_of(actor(request), today())
    kind, after = request.GET.get("kind", ""), whole_number(request.GET.get("after", "")) or 0
    found = piles(authority, today())
    kinds: Counter[str] = Counter()
    for pile in found:
        kinds[pile.kind] += pile.total
    titles = {pile.kind: pile.title for pile in found}
    page, more = cut(first([pile for pile in found if kind in ("", pile.kind)], after + _PAGE + 1)[after:], _PAGE)
    people = [row.subject for row in page if row.who]
    if people:
        note_read(request, where=0, subject="work", shown=people)
    context = {
        "rows": [(row, reverse(row.page, args=row.arguments) + row.query) for row in page],
        "next_after": after + _PAGE if more else None,
        "total": sum(kinds.values()),
        "provisional": any(row.provisional for row in page),
        "late": sum(pile.late for pile in found),
        "soon": sum(pile.soon for pile in found),
        "kinds": [(code, titles[code], count) for code, count in kinds.most_common()],
        "kind": kind,
        "may_apply": authority.holds(Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER),
        "today": today(),
    }
    return render_page(request, "workbench/my_work.html", context, fragment="workbench/_work.html")


@login_required
@require_GET
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first, in the auditor's areas."""
    authority = _auditor(request)
    subject, day = _asked(request)
    before = whole_number(request.GET.get("after", "")) or 0
    found = trail(authority, subject=subject, day=day, before=before, limit=audit.PAGE + 1)
    lines, more = cut(found, audit.PAGE)
    context = {
        "lines": [(line, act_words(line.act), *subject_words(line.subject)) for line in lines],
        "areas": area_names({line.chain for line in lines}),
        "subject": subject,
        "day": day,
        "narrowing": request.GET.urlencode(),
        "next_after": lines[-1].entry_id if more else None,
        "seal": audit.head(),
    }
    return render_page(request, "workbench/audit_trail.html", context, fragment="workbench/_trail.html")


@login_required
@require_GET
def audit_export(request: HttpRequest) -> HttpResponse:
    """The entries that the page is narrowed to, newest first, as a workbook."""
    authority = _auditor(request)
    subject, day = _asked(request)
    lines: Sequence[AuditLine] = trail(authority, subject=subject, day=day, limit=MOST)
    places = area_names({line.chain for line in lines})
    data = trail_workbook(
        lines, places, title=gettext("审计记录"), created=today(), language=get_language() or "zh-hans"
    )
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="audit-{today().isoformat()}.xlsx"'
    return no_store(response)


@login_required
@require_http_methods(["POST"])
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Recompute every chain and seal and show what is not whole."""
    _auditor(request)
    problems = audit.verify()
    context = {
        "problems": problems,
        "areas": area_names({problem.chain for problem in problems}),
        "seal": audit.head(),
    }
    return render_page(request, "workbench/audit_verify.html", context)


def _asked(request: HttpRequest) -> tuple[str, date | None]:
    """What the trail is narrowed to: a number, a day. What is no day narrows nothing."""
    try:
        day = parse_date(request.GET.get("day", "").strip())
    except ValueError:  # 2026-02-30
        day = None
    return request.GET.get("subject", "").strip(), day


def _auditor(request: HttpRequest) -> Authority:
    authority = authority_of(actor(request), today())
    if not authority.holds(Role.AUDITOR):
        raise PermissionDenied
    return authority


def territory(authority: Authority) -> str:
    """Where the person works and as what, for the top bar."""
    names: dict[Any, str] = dict(area_names(held.area_id for held in authority.held))
    return " · ".join(f"{names.get(held.area_id, '')} {held.role.label}" for held in authority.held[:2])
