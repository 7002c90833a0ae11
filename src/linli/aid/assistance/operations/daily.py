"""What the product does by itself every day: warn, escalate, recompute provisional deadlines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from linli.aid.assistance.codes import EventKind, PublicationState
from linli.aid.assistance.models import Application, Clock, Escalation, Publication
from linli.aid.assistance.operations.common import CLOCK_FIELDS, from_rule, write_events
from linli.aid.assistance.operations.intake import open_clocks
from linli.aid.assistance.operations.publication import count_days, days_published
from linli.aid.assistance.queries.deadlines import amber_days, as_rule
from linli.aid.assistance.queries.steps import waiting, with_steps
from linli.aid.assistance.rules import clocks
from linli.aid.assistance.rules.clocks import level
from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.codes import Role
from linli.ground.users.queries import check_system
from linli.kernel.act import Act
from linli.kernel.calendar import WorkCalendar
from linli.law.policies.queries import pack_of, work_calendar


@act
def escalate(act: Act) -> list[Escalation]:
    """Report each clock that turned amber or red to the level the rules name, once per level."""
    check_system(act)
    calendar = work_calendar()
    urgent = [(row, colour) for row, colour in _coloured(calendar, act.on) if colour in (clocks.AMBER, clocks.RED)]
    told = _told([row.pk for row, _colour in urgent])
    streets = _at_street([row.application_id for row, _colour in urgent], act.on)
    raised = []
    for row, colour in urgent:
        known = told.get(row.pk, {})
        warned = [name for name, day in known.items() if day <= row.due_date]
        wanted = level(colour, at_street=row.application_id in streets, warned=warned)
        if wanted is not None and wanted not in known:
            raised.append(Escalation(clock=row, level=wanted, raised_date=act.on))
    Escalation.objects.bulk_create(raised)
    write_events(act, EventKind.ESCALATED, _notes(raised))
    audit.record(
        act,
        where=0,
        subject=f"escalate:{act.on.isoformat()}",
        lines=[[e.clock.application.number, e.level] for e in raised],
    )
    return raised


def _coloured(calendar: WorkCalendar, on: date) -> Iterator[tuple[Clock, str]]:
    for row in open_clocks():
        days = amber_days(pack_of(row.application.pack_version_id), row.kind, on)
        yield row, clocks.colour(calendar, as_rule(row), on=on, amber_days=days)


def _told(clock_ids: Sequence[int]) -> Mapping[int, Mapping[str, date]]:
    """The levels told before and when, by clock."""
    told: dict[int, dict[str, date]] = {}
    if not clock_ids:
        return told
    for clock, name, day in Escalation.objects.filter(clock__in=clock_ids).values_list(
        "clock_id", "level", "raised_date"
    ):
        told.setdefault(clock, {})[name] = day
    return told


def _at_street(application_ids: Sequence[int], on: date) -> set[int]:
    """The cases whose next step only the street can take."""
    if not application_ids:
        return set()
    steps = waiting(with_steps(Application.objects.filter(pk__in=application_ids)), on)
    return {pk for pk, step in steps.items() if step is not None and set(step.roles) == {Role.STREET_OFFICER}}


def _notes(raised: Sequence[Escalation]) -> dict[Application, str]:
    return {escalation.clock.application: escalation.level for escalation in raised}


# --- A year's table of working days was loaded: every day that was counted without it is counted again ---


@act
def recompute_deadlines(act: Act) -> list[Clock]:
    """Running clocks and publications that are up get their days by the calendar as it is known now.

    Returns the clocks that changed. The day until which papers are waited for stands in a letter: it is looked at again
    when it comes (see lapse_overdue). The product does this.
    """
    check_system(act)
    calendar = work_calendar()
    publications = _publications(act, calendar)
    changed = _clocks(calendar)
    write_events(act, EventKind.RECOMPUTED, {row.application: row.due_date.isoformat() for row in changed})
    audit.record(
        act,
        where=0,
        subject=f"recompute:{act.on.isoformat()}",
        lines=[
            *([row.application.number, row.kind, row.due_date] for row in changed),
            *([row.number, row.last_date] for row in publications),
        ],
    )
    return changed


def _publications(act: Act, calendar: WorkCalendar) -> list[Publication]:
    changed = []
    for row in locked(Publication.objects.filter(state=PublicationState.POSTED, expires_date__gt=act.on)):
        before = (row.last_date, row.expires_date)
        count_days(calendar, row)
        if (row.last_date, row.expires_date) != before:
            changed.append(row)
    Publication.objects.bulk_update(changed, ["last_date", "expires_date"])
    return changed


def _clocks(calendar: WorkCalendar) -> list[Clock]:
    rows = open_clocks()
    uncounted = days_published(calendar, [row for row in rows if row.extended_days])
    changed = []
    for row in rows:
        before = (row.due_date, row.provisional, row.extended_days)
        rule = as_rule(row)
        again = (
            clocks.extend(calendar, rule, working_days=uncounted[row.application_id])
            if row.extended_days
            else clocks.recompute(calendar, rule)
        )
        from_rule(row, again)
        if (row.due_date, row.provisional, row.extended_days) != before:
            changed.append(row)
    Clock.objects.bulk_update(changed, CLOCK_FIELDS)
    return changed
