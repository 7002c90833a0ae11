"""What is installed, and the year tables: everybody in an office reads, officers load a year."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.heads import Action, Head, action
from linli.foundation.screens.pages import render_page, today, version_of, whole_number
from linli.foundation.screens.texts import counted, day_text, joined_by_dot, pack_text
from linli.ground.users.codes import OFFICE_ROLES
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import Act
from linli.kernel.calendar import WorkCalendar, YearTable
from linli.law.policies.engine import Pack
from linli.law.policies.operations import load_years
from linli.law.policies.permissions import LOADERS
from linli.law.policies.queries import PackNotInForce, calendar_version, pack_in_force, schemes, work_calendar
from linli.law.policies.web import columns
from linli.law.policies.web.columns import SchemeLine, day_chip, groups_of
from linli.law.policies.web.forms import FIRST_YEAR, LAST_YEAR, YearForm
from linli.law.policies.web.presenters import (
    changes_of,
    deadlines_of,
    months_of,
    moved_deadlines,
    parameters_of,
    working_day_count,
)

# A page for whoever works in an office; and for who loads years.
reading = pages_for("settings", *OFFICE_ROLES)
loading = pages_for("settings", *OFFICE_ROLES, only=LOADERS)


@reading
def settings_home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which schemes are in force, and which years are published."""
    calendar = work_calendar()
    context = {
        "head": Head(gettext("设置"), gettext("生效的方案规则与工作日表")),
        "scheme_columns": columns.SCHEMES,
        "schemes": [SchemeLine(scheme, _in_force(scheme, desk.on)) for scheme in schemes()],
        "year_columns": columns.YEARS,
        "years": [(year, working_day_count(calendar, year)) for year in sorted(calendar.tables, reverse=True)[:6]],
        "missing_year": _missing_year(),
        "load": action(request, gettext("录入年度表"), "working_days_load"),
    }
    return render_page(request, "policies/settings_home.html", context)


@reading
def pack_detail(request: HttpRequest, _desk: Desk, scheme: str) -> HttpResponse:
    """Groups, papers, amounts with what they rest on, and time limits of the scheme in force on a day."""
    on = _day(request.GET.get("on", ""))
    if scheme not in schemes():
        raise Http404
    try:
        pack = pack_in_force(scheme, on)
    except PackNotInForce:
        context = {"head": Head(scheme, trail=[(gettext("方案规则"), "")]), "on": on, "pack": None}
        return render_page(request, "policies/pack_detail.html", context, status=404)
    since = {"version": pack.version, "day": day_text(pack.valid_from)}
    lead = joined_by_dot(
        pack_text(pack.jurisdiction),
        gettext("%(version)s 版，%(day)s起生效") % since,
        gettext("依据 %(source)s") % {"source": pack.source},
    )
    tables = [
        (gettext("救助对象与材料"), columns.GROUPS, groups_of(pack)),
        (gettext("全部材料"), columns.PAPERS, list(pack.papers.values())),
        (gettext("金额、次数与标准"), columns.PARAMETERS, parameters_of(pack, on)),
        (gettext("办理时限"), columns.DEADLINES, deadlines_of(pack, on)),
    ]
    context = {
        "head": Head(pack_text(pack.label), lead, [(gettext("方案规则"), "")]),
        "on": on,
        "pack": pack,
        "tables": tables,
        "assumed": sum(parameter.basis.assumption for parameter in pack.parameters.values()),
    }
    return render_page(request, "policies/pack_detail.html", context)


@reading
def working_days(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One year as twelve months: rest days, holidays, weekends that are worked."""
    calendar, year = work_calendar(), _year(request.GET.get("year", ""))
    table, count = calendar.tables.get(year), working_day_count(calendar, year)
    plain = gettext("尚未公布：按周一至周五计 %(count)s 个工作日，期限标为暂定") % {"count": count}
    lead = joined_by_dot(counted("全年 %(count)s 个工作日", count), table.source) if table else plain
    words = gettext("更正该年") if table else gettext("录入该年")
    actions = [
        Action(one.label, f"{one.address}?year={year}", main=not table)
        for one in action(request, words, "working_days_load")
    ]
    context = {
        "head": Head(
            gettext("%(year)s 年工作日表") % {"year": year}, lead, [(gettext("工作日表"), "")], actions=actions
        ),
        "year": year,
        "years": sorted({*calendar.tables, desk.on.year, desk.on.year + 1}, reverse=True),
        "months": months_of(calendar, year, desk.on),
    }
    return render_page(request, "policies/working_days.html", context)


class LoadYear(ActPage[Desk, None]):
    """Load or correct a year: first what would change, then the act."""

    title, submit = _("录入工作日表"), _("核对变化")
    lead = _("照通知粘贴日期，先核对变化，再保存。更正会另存一份，旧表保留备查。")
    form = YearForm
    leads = "working_days"
    above = _("工作日表")
    template = "policies/working_days_load.html"
    versioned = True

    def version(self) -> int:
        return calendar_version()

    def initial(self) -> Mapping[str, Any]:
        return _initial(_year(self.request.GET.get("year", ""), later=1))

    def response(self) -> HttpResponse:
        checks = self.request.method == "POST" and self.request.POST.get("step") != "save"
        if checks and self.filled.is_valid():
            self.seen: Mapping[str, Any] = _preview(work_calendar(), self.filled.table)
            # What is checked is what the form was opened on: who loaded a year meanwhile is not undone unseen.
            return self.page(version=version_of(self.request))
        self.seen = {"changes": None}
        return super().response()

    def run(self, act: Act, said: Said) -> None:
        load_years(act, tables=[self.filled.table], version=version_of(self.request))

    def told(self, result: object) -> str:
        return gettext("%(year)s 年工作日表已保存，受影响的期限正在重新计算") % {"year": self.filled.table.year}

    def to(self, result: object) -> str:
        return f"{self.home()}?year={self.filled.table.year}"

    def trail(self) -> Sequence[tuple[object, str]]:
        return [*super().trail(), (self.title, "")]

    def more(self) -> Mapping[str, Any]:
        return self.seen


def _preview(calendar: WorkCalendar, table: YearTable) -> dict[str, object]:
    """What the table would change."""
    year, after = table.year, WorkCalendar({**calendar.tables, table.year: table})
    return {
        "submit": gettext("保存"),
        "year": year,
        "published": calendar.is_published(year),
        "before_count": working_day_count(calendar, year),
        "after_count": working_day_count(after, year),
        "changes": [day_chip(cell) for cell in changes_of(calendar, after, year)],
        "moved": moved_deadlines(_packs(today()), calendar, after, year),
        "moved_columns": columns.MOVED,
    }


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
