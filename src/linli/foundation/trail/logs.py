"""What the server writes about itself: one line of JSON for each event, and never what anybody typed or is called.

A line of ours says what happened in fixed words and in facts that are no personal data (route, status, milliseconds,
ids of staff, names of acts). A library's line keeps its words only: its values may be paths, names or numbers. An error
keeps its class and where it happened; its text and its local values may hold what somebody typed.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

from linli.kernel.errors import DomainError

# Whose values are known: paths of functions, states and ids of jobs.
_KNOWN: Final = ("linli", "django_tasks", "django_tasks_db")

_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)


@contextmanager
def about(**facts: object) -> Iterator[dict[str, Any]]:
    """Facts that stand in every line until the end, a request's id say; more may be put in on the way."""
    told = dict(facts)
    token = _about.set(told)
    try:
        yield told
    finally:
        _about.reset(token)


def note(**facts: object) -> None:
    """One more fact for the lines of what is running; nothing where nothing said what it is."""
    told = _about.get()
    if told is not None:
        told.update(facts)


def fact(name: str) -> str:
    """A fact of what is running, "request" say; empty where there is none."""
    return str((_about.get() or {}).get(name, ""))


def refusal(error: DomainError) -> None:
    """What is running was refused, by the refusal's code; ``barred`` where it is a no to who asked."""
    note(refused=error.code, **({"barred": True} if error.of_access else {}))


class JsonLines(logging.Formatter):
    """One JSON object in a line; see the module for what is left out."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": _words(record),
            **(_about.get() or {}),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = list(_chain(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)


def _words(record: logging.LogRecord) -> str:
    """The sentence: filled in where the values are known, else as the programmer wrote it.

    A library's text without values may have been put together before it came here: its place stands for it.
    """
    if record.name.partition(".")[0] in _KNOWN:
        return record.getMessage()
    return str(record.msg) if record.args else f"{record.module}.{record.funcName}:{record.lineno}"


def _chain(error: BaseException) -> Iterator[str]:
    """The error, then what caused it: its class, a refusal's code, and the places, innermost last."""
    seen: BaseException | None = error
    while seen is not None:
        code = f" {seen.code}" if isinstance(seen, DomainError) else ""
        yield f"{type(seen).__module__}.{type(seen).__qualname__}{code}"
        for frame in traceback.extract_tb(seen.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything goes to one handler, on the error stream of the process."""
    silent: dict[str, Any] = {"handlers": [], "propagate": True, "level": "ERROR"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "linli.foundation.trail.logs.JsonLines"}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": "WARNING"},
        "loggers": {
            # The middleware says it with route, person and act; errors come with their places.
            "django": silent,
            "django.server": silent,
            "linli": {"level": level},
            "django_tasks": {"level": level},
        },
    }
