"""A year's table of working days was loaded: every day that was counted without it is counted again."""

from linli.aid.assistance.codes import EventKind, PublicationState
from linli.aid.assistance.models import Clock, Publication
from linli.aid.assistance.operations.common import CLOCK_FIELDS, from_rule, write_events
from linli.aid.assistance.operations.publication import count_days, days_published
from linli.aid.assistance.operations.supplement import open_clocks
from linli.aid.assistance.queries.deadlines import as_rule
from linli.aid.assistance.rules import clocks
from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import check_system
from linli.kernel.act import Act
from linli.kernel.calendar import WorkCalendar
from linli.law.policies.queries import work_calendar


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
