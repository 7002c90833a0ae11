"""What is installed, and the year tables: everybody in an office reads, officers load a year."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from linli.foundation.screens.pages import act_of, actor, perform, render_page, today, whole_number
from linli.ground.users.codes import FINANCE_ROLES, REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority, authority_of
from linli.law.policies.engine import Pack
from linli.law.policies.operations import load_years
from linli.law.policies.queries import PackNotInForce, pack_in_force, pack_version_in_force, schemes, work_calendar
from linli.law.policies.web.forms import FIRST_YEAR, LAST_YEAR, YearForm
from linli.law.policies.web.presenters import (
    changes_of,
    deadlines_of,
    months_of,
    moved_deadlines,
    parameters_of,
    working_day_count,
)

READERS = (*REGISTRY_ROLES, *FINANCE_ROLES, Role.ADMINISTRATOR)
# The same as policies.operations.load_years demands.
LOADERS = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.ADMINISTRATOR)


@login_required
@require_GET
def settings_home(request: HttpRequest) -> HttpResponse:
    """Which schemes are in force, and which years are published."""
    authority = _reader(request)
    calendar = work_calendar()
    context = {
        "schemes": [(scheme, _in_force(scheme, today())) for scheme in schemes()],
        "years": [(year, working_day_count(calendar, year)) for year in sorted(calendar.tables, reverse=True)[:6]],
        "missing_year": _missing_year(),
        "may_load": authority.holds(*LOADERS),
    }
    return render_page(request, "policies/settings_home.html", context)


@login_required
@require_GET
def pack_detail(request: HttpRequest, scheme: str) -> HttpResponse:
    """Groups, papers, amounts with what they rest on, and time limits of the scheme in force on a day."""
    _reader(request)
    on = _day(request.GET.get("on", ""))
    if scheme not in schemes():
        raise Http404
    try:
        version, pack = pack_version_in_force(scheme, on), pack_in_force(scheme, on)
    except PackNotInForce:
        return render_page(request, "policies/pack_detail.html", {"scheme": scheme, "on": on}, status=404)
    context = {
        "scheme": scheme,
        "on": on,
        "version": version,
        "pack": pack,
        "parameters": parameters_of(pack, on),
        "deadlines": deadlines_of(pack, on),
        "assumed": sum(parameter.basis.assumption for parameter in pack.parameters.values()),
    }
    return render_page(request, "policies/pack_detail.html", context)


@login_required
@require_GET
def working_days(request: HttpRequest) -> HttpResponse:
    """One year as twelve months: rest days, holidays, weekends that are worked."""
    authority = _reader(request)
    calendar = work_calendar()
    year = _year(request.GET.get("year", ""))
    context = {
        "year": year,
        "years": sorted({*calendar.tables, today().year, today().year + 1}, reverse=True),
        "table": calendar.tables.get(year),
        "months": months_of(calendar, year, today()),
        "working_days": working_day_count(calendar, year),
        "may_load": authority.holds(*LOADERS),
    }
    return render_page(request, "policies/working_days.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def working_days_load(request: HttpRequest) -> HttpResponse:
    """Load or correct a year: first what would change, then the act."""
    if not _reader(request).holds(*LOADERS):
        raise PermissionDenied
    calendar = work_calendar()
    form = YearForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(_year(request.GET.get("year", ""), later=1)),
    )
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        table = form.table
        if request.POST.get("step") == "save":
            done, _rows = perform(form, lambda: load_years(act_of(request), tables=[table]))
            if done:
                messages.success(
                    request, gettext("%(year)s 年工作日表已保存，受影响的期限正在重新计算") % {"year": table.year}
                )
                return redirect(f"{reverse('working_days')}?year={table.year}")
        else:
            after = type(calendar)({**calendar.tables, table.year: table})
            context |= {
                "year": table.year,
                "published": calendar.is_published(table.year),
                "before_count": working_day_count(calendar, table.year),
                "after_count": working_day_count(after, table.year),
                "changes": changes_of(calendar, after, table.year),
                "deadlines": moved_deadlines(_packs(today()), calendar, after, table.year),
            }
    status = 422 if form.errors else 200
    return render_page(request, "policies/working_days_load.html", context, status=status)


def _reader(request: HttpRequest) -> Authority:
    authority = authority_of(actor(request), today())
    if not authority.holds(*READERS):
        raise PermissionDenied
    return authority


def _in_force(scheme: str, on: date) -> Pack | None:
    try:
        return pack_in_force(scheme, on)
    except PackNotInForce:
        return None


def _packs(on: date) -> list[Pack]:
    return [pack for scheme in schemes() if (pack := _in_force(scheme, on)) is not None]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError as error:
        raise Http404 from error


def _year(text: str, *, later: int = 0) -> int:
    if not text:
        return today().year + later
    year = whole_number(text)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    return year


def _initial(year: int) -> dict[str, object]:
    table = work_calendar().tables.get(year)
    if table is None:
        return {"year": year}
    return {
        "year": year,
        "source": table.source,
        "off_weekdays": "\n".join(day.isoformat() for day in sorted(table.off_weekdays)),
        "work_weekends": "\n".join(day.isoformat() for day in sorted(table.work_weekends)),
    }


def _missing_year() -> int | None:
    """The year whose table is awaited: next year's is published each autumn."""
    calendar = work_calendar()
    year = today().year if not calendar.is_published(today().year) else today().year + 1
    return None if calendar.is_published(year) else year
