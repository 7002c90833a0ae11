"""Reminders that still stand: of the last days, on what waits yet, for those whose step it is."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.apps import apps

from linli.foundation.data.scope import within
from linli.ground.users.models import Reminder
from linli.ground.users.queries import Authority
from linli.kernel.steps import Step, flow_of

DAYS = 7


def standing(authority: Authority, on: date) -> Iterator[tuple[Reminder, Step]]:
    """The newest reminder of each step that the person may take and somebody else asked for, the newest first; of
    their own family's affairs another is reminded.
    """
    since = on - timedelta(days=DAYS)
    rows = within(Reminder.objects.filter(reminded_date__gt=since, reminded_date__lte=on), authority.scope())
    seen: set[tuple[str, str, str]] = set()
    for row in rows.exclude(reminded_by_id=authority.user_id).order_by("-pk"):
        key, step = (row.flow, row.step, row.number), flow_of(row.flow).step(row.step)
        if key not in seen and authority.may(row.stamp, *step.roles) and _state(row, authority, on) in step.sources:
            yield row, step
        seen.add(key)


def _state(reminder: Reminder, authority: Authority, on: date) -> str | None:
    """Where the record stands now; None for one of the person's own family."""
    flow = flow_of(reminder.flow)
    model = next(one for one in apps.get_models() if one._meta.db_table == flow.table)
    rows = flow.of_others(model._base_manager.filter(number=reminder.number), authority, on)
    state: str | None = rows.values_list("state", flat=True).first()
    return state
