"""Jobs are rows written inside the act (django-tasks' database backend is the outbox); a worker runs them later.

Rooms register jobs by name in ``tasks.py``; operations queue them by name and never import ``tasks``. A job is
idempotent: it may run twice. Daily jobs are queued when a day begins (:func:`begin_day`): whatever a missed day left
undone, the next one does. A job is handed its act - the worker makes it of the clock, the simulator of its own.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.db.models import Count, Min, QuerySet
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from linli.foundation.clock import now
from linli.foundation.shelves import Shelf
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, open_act
from linli.kernel.act import CHINA_TIME, SYSTEM, Act
from linli.kernel.canonical import digest

P = ParamSpec("P")
_jobs: Shelf[Task[..., Any]] = Shelf()
_daily: Shelf[Callable[[Act], None]] = Shelf()


def job(name: str, *, daily: bool = False) -> Callable[[Callable[Concatenate[Act, P], None]], Task[P, None]]:
    """Register a function as the job ``name``; a name is taken once. A daily job is handed its act alone."""

    def register(function: Callable[Concatenate[Act, P], None]) -> Task[P, None]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            function(by_the_clock(), *args, **kwargs)

        made: Task[P, None] = task()(run)
        _jobs.put({name: made})
        if daily:
            _daily.put({name: cast("Callable[[Act], None]", function)})
        return made

    return register


def by_the_clock() -> Act:
    """An act of the product's own, now."""
    return Act(SYSTEM, now())


# An act that began before midnight is of the day before and may still run: that long nothing closes its day.
DAY_BEGINS_AFTER = timedelta(minutes=10)


def day_may_begin(moment: datetime) -> bool:
    """Whether what time alone demands of the moment's day may begin."""
    before, then = moment.astimezone(CHINA_TIME), (moment - DAY_BEGINS_AFTER).astimezone(CHINA_TIME)
    return before.date() == then.date()


def day_key(day: date) -> str:
    """The key under which a day begins: whoever asks, and however often, it begins once."""
    return digest(["day", day])[:32]


@act
def begin_day(act: Act) -> list[str]:
    """Queue every daily job, for an act with the key of its day. Raises ActRepeated when the day has begun already."""
    if act.key != day_key(act.on):
        raise ValueError("a day begins under its own key")
    names = sorted(_daily)
    for name in names:
        _jobs[name].enqueue()
    audit.record(act, where=0, subject=f"day:{act.on.isoformat()}", lines=names)
    return names


def live_day(act: Act) -> None:
    """Do at once what a day that begins queues, in the same order, for the act handed in: so the simulator lives it."""
    for name in sorted(_daily):
        _daily[name](act)


def queue(name: str, **arguments: int | str) -> None:
    """Write the job's row in the open act: it is there exactly when the act is. Ids and ISO dates only."""
    open_act()
    _jobs[name].enqueue(**arguments)


def counts() -> dict[str, int]:
    """How many jobs there are in each state that is not their good end: READY, RUNNING, FAILED."""
    states = (TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED)
    found = DBTaskResult.objects.filter(status__in=states).order_by().values_list("status").annotate(number=Count("pk"))
    return {**dict.fromkeys(map(str, states), 0), **dict(found)}


def failed() -> QuerySet[Any, Any]:
    """Rows of jobs that ended in an error."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by()


def waiting_since() -> datetime | None:
    """When the job that waits longest was queued; None while none waits."""
    rows = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    queued: datetime | None = rows.aggregate(first=Min("enqueued_at"))["first"]
    return queued


def registered() -> dict[str, Task[..., Any]]:
    """All jobs by name, for the test that every queued name resolves."""
    return dict(_jobs)
