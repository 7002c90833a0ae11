"""Jobs are rows written inside the act (django-tasks' database backend is the outbox); a worker runs them later.

Rooms register jobs by name in ``tasks.py``; operations queue them by name and never import ``tasks``. A job is
idempotent: it may run twice.
"""

from collections.abc import Callable
from typing import Any

from django_tasks import task
from django_tasks.base import Task

from linli.foundation.trail.acts import open_act

_jobs: dict[str, Task[..., Any]] = {}


def job(name: str) -> Callable[[Callable[..., None]], Task[..., Any]]:
    """Register a function as the job ``name``; a name is taken once."""

    def register(function: Callable[..., None]) -> Task[..., Any]:
        if name in _jobs:
            raise ValueError(f"two jobs named {name}")
        _jobs[name] = task()(function)
        return _jobs[name]

    return register


def queue(name: str, **arguments: int | str) -> None:
    """Write the job's row in the open act: it is there exactly when the act is. Ids and ISO dates only."""
    open_act()
    _jobs[name].enqueue(**arguments)


def registered() -> dict[str, Task[..., Any]]:
    """All jobs by name, for the test that every queued name resolves."""
    return dict(_jobs)
