"""What the product does by itself every day: warn, escalate, recompute provisional deadlines."""

from collections.abc import Sequence

from linli.assistance.codes import EventKind
from linli.assistance.models import Application, Clock, Escalation
from linli.assistance.operations.common import CLOCK_FIELDS, from_rule, write_events
from linli.assistance.operations.supplement import open_clocks
from linli.assistance.queries.deadlines import amber_days, as_rule
from linli.assistance.rules import clocks
from linli.assistance.rules.escalation import level
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act
from linli.policies.queries import pack_of, work_calendar
from linli.users.queries import check_system


@act
def escalate(act: Act) -> list[Escalation]:
    """Report each clock that turned amber or red to the level the rules name, once per level."""
    check_system(act)
    calendar = work_calendar()
    rows = open_clocks()
    told = set(Escalation.objects.filter(clock__finished_date__isnull=True).values_list("clock_id", "level"))
    raised = []
    for row in rows:
        colour = clocks.colour(
            calendar,
            as_rule(row),
            on=act.on,
            amber_days=amber_days(pack_of(row.application.pack_version_id), row.kind, act.on),
        )
        wanted = level(colour, row.application.state)
        if wanted is not None and (row.pk, wanted) not in told:
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


@act
def recompute_deadlines(act: Act) -> list[Clock]:
    """A year's table was loaded: running clocks get their day by the calendar as it is known now."""
    check_system(act)
    calendar = work_calendar()
    changed = []
    for row in open_clocks():
        before = (row.due_date, row.provisional)
        from_rule(row, clocks.recompute(calendar, as_rule(row)))
        if (row.due_date, row.provisional) != before:
            changed.append(row)
    Clock.objects.bulk_update(changed, CLOCK_FIELDS)
    write_events(act, EventKind.RECOMPUTED, {row.application: row.due_date.isoformat() for row in changed})
    audit.record(
        act,
        where=0,
        subject=f"recompute:{act.on.isoformat()}",
        lines=[[row.application.number, row.kind, row.due_date] for row in changed],
    )
    return changed


def _notes(raised: Sequence[Escalation]) -> dict[Application, str]:
    return {escalation.clock.application: escalation.level for escalation in raised}
