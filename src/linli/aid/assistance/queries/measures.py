"""Who applied, who was answered in time and who was recognised, as sets of their records."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, FilteredRelation, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState, ClockKind
from linli.aid.assistance.models import Application, ApplicationSum, IntakeAnswer, Recognition, Running, RunningSum
from linli.aid.assistance.queries.listing import OPEN, ApplicationFilter, cases, in_colour, narrowed
from linli.aid.assistance.rules.clocks import AMBER, RED
from linli.foundation.data.scope import Scope, within
from linli.foundation.measures import Measure, Shown, Window, by_place

# --- how many were recognised and how many applied: counts for plans, and the records behind them ---


def recognitions(scope: Scope, community_id: int, on: date, *, scheme: str) -> QuerySet[Recognition]:
    """Recognitions made up to the day under one scheme."""
    rows = Recognition.objects.filter(community_id=community_id, valid_from__lte=on)
    return within(rows.filter(decision__application__pack_version__scheme=scheme), scope)


def applications_received(scope: Scope, community_id: int, on: date, *, scheme: str = "") -> QuerySet[Application]:
    """Applications received up to the day, in order of number."""
    rows = within(Application.objects.filter(community_id=community_id, received_date__lte=on), scope)
    if scheme:
        rows = rows.filter(pack_version__scheme=scheme)
    return rows.order_by("pk")


def application_counts(scope: Scope, community_id: int, on: date, *, scheme: str = "") -> Mapping[str, int]:
    """State → applications received up to the day, as they stand now: one query."""
    rows = applications_received(scope, community_id, on, scheme=scheme).order_by("state").values_list("state")
    return dict(rows.annotate(number=Count("id")))


# ``due`` is the last day of the intake clock, ``told`` the day of the last answer.
_IN_TIME = Q(told__lte=F("due"))
_NUMBER = Shown(_("申请编号"), "number", page="application_detail")
_RECEIVED = Shown(_("收到日期"), "received_date", "DATE")
_STATE = Shown(_("状态"), "state", words=lambda code: ApplicationState(code).label)


def _applied(window: Window) -> QuerySet[Application]:
    return applications_received(window.scope, window.community_id, window.on, scheme=window.scheme)


def _answers_due(window: Window) -> QuerySet[Any, Any]:
    """Applications that were answered up to the day or should have been, each once.

    An answer is acceptance, refusal, or the one list of what is missing; the wait for papers is not the office's. Who
    withdrew before the time was over asked for none.
    """
    clocked = _applied(window).annotate(
        intake=FilteredRelation("clocks", condition=Q(clocks__kind=ClockKind.INTAKE)),
        due=F("intake__due_date"),
        told=Coalesce("intake__paused_date", "intake__finished_date"),
    )
    on, told = window.on, Exists(IntakeAnswer.objects.filter(application=OuterRef("pk")))
    late = Q(told__gt=F("due"), told__lte=on) | Q(told__isnull=True, due__lt=on)
    rows = clocked.filter(late | (_IN_TIME & Q(told__lte=on) & told))
    return rows.annotate(timely=Case(When(_IN_TIME, then=Value(value=True)), default=Value(value=False)))


def _recognised(window: Window) -> QuerySet[Any, Any]:
    return recognitions(window.scope, window.community_id, window.on, scheme=window.scheme)


def _recognition(unit: str, label: object, page: str) -> Measure:
    """Different households or people recognised up to the day, each with its first application and day."""
    return Measure(
        lambda window: _recognised(window).filter(**{f"{unit}__isnull": False}),
        unit=unit,
        line=f"{unit}__number",
        shown=(
            Shown(label, f"{unit}__number", page=page),
            Shown(_("申请编号"), Min("decision__application__number"), page="application_detail"),
            Shown(_("认定日期"), Min("valid_from"), "DATE"),
        ),
    )


def _cases_of(window: Window) -> QuerySet[ApplicationSum]:
    return ApplicationSum.objects.exclude(state__in=CLOSED_STATES)


def _open_cases(window: Window) -> QuerySet[Any, Any]:
    """Cases that are not closed."""
    found = narrowed(cases(window.scope), window.scope, ApplicationFilter(state=OPEN), window.on)
    running = FilteredRelation("clocks", condition=Q(clocks__finished_date__isnull=True))
    return found.alias(limits=running).annotate(place=F("community_id"), due=F("limits__due_date"))


def _kept(rows: Callable[[Window], QuerySet[Any]]) -> Callable[[Window, str], Mapping[Any, int] | None]:
    """The numbers of these sums, by place."""
    return lambda window, by: by_place(rows(window), window.scope) if by == "place" else None


def _running(colour: str) -> Measure:
    """Open cases whose running clock has the colour, as the list of cases tells it; what is due first comes first."""

    def rows(window: Window) -> QuerySet[Any, Any]:
        found = within(Running.objects.filter(in_colour(colour, window.on)), window.scope)
        return found.annotate(
            place=F("community_id"),
            number=F("application__number"),
            received_date=F("application__received_date"),
            state=F("application__state"),
        )

    def sums(window: Window) -> QuerySet[RunningSum]:
        return RunningSum.objects.filter(in_colour(colour, window.on))

    due = Shown(_("期限"), "due_date", "DATE")
    return Measure(
        rows,
        unit="application",
        line="number",
        order=("due_date", "application_id"),
        shown=(_NUMBER, _RECEIVED, _STATE, due),
        kept=_kept(sums),
    )


OPEN_CASES = Measure(
    _open_cases,
    unit="pk",
    line="number",
    shown=(_NUMBER, _RECEIVED, _STATE, Shown(_("期限"), "due", "DATE", none="—")),
    kept=_kept(_cases_of),
)
LATE_CASES, CASES_DUE_SOON = _running(RED), _running(AMBER)
APPLICATIONS = Measure(
    _applied,
    unit="pk",
    line="number",
    shown=(_NUMBER, _RECEIVED, _STATE),
)
ANSWERED_IN_TIME = Measure(
    _answers_due,
    unit="pk",
    line="number",
    counts=_IN_TIME,
    shown=(
        _NUMBER,
        _RECEIVED,
        Shown(_("答复期限"), "due", "DATE"),
        Shown(_("答复日期"), "told", "DATE", none=pgettext_lazy("answer", "尚未答复")),
        Shown(
            _("状态"),
            "timely",
            words=lambda timely: pgettext_lazy("answer", "按时") if timely else pgettext_lazy("answer", "超期"),
        ),
    ),
)
HOUSEHOLDS_RECOGNISED = _recognition("household", _("家庭"), "household_detail")
PEOPLE_RECOGNISED = _recognition("resident", _("受助居民"), "resident_detail")
