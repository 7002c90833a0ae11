"""Jobs are rows written inside the act (django-tasks' database backend is the outbox); a worker runs them later.

Rooms register jobs by name in ``tasks.py``; operations queue them by name and never import ``tasks``. A job is
idempotent: it may run twice. Daily jobs are queued when a day begins (:func:`begin_day`): whatever a missed day left
undone, the next one does.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django_tasks import task
from django_tasks.base import Task

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, open_act
from linli.kernel.act import Act
from linli.kernel.canonical import digest

_jobs: dict[str, Task[..., Any]] = {}
_daily: list[str] = []


def job(name: str, *, daily: bool = False) -> Callable[[Callable[..., None]], Task[..., Any]]:
    """Register a function as the job ``name``; a name is taken once. A daily job takes no arguments."""

    def register(function: Callable[..., None]) -> Task[..., Any]:
        if name in _jobs:
            raise ValueError(f"two jobs named {name}")
        _jobs[name] = task()(function)
        if daily:
            _daily.append(name)
        return _jobs[name]

    return register


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


def queue(name: str, **arguments: int | str) -> None:
    """Write the job's row in the open act: it is there exactly when the act is. Ids and ISO dates only."""
    open_act()
    _jobs[name].enqueue(**arguments)


def registered() -> dict[str, Task[..., Any]]:
    """All jobs by name, for the test that every queued name resolves."""
    return dict(_jobs)
