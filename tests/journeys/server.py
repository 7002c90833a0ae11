"""The product over HTTP for the journeys: ``python -m tests.journeys.server``. One process serves test after test.

Prints its port, then obeys lines on stdin: ``database URL`` turns to another database, ``today 2026-03-10`` sets the
day that pages live on. Ends with stdin.
"""

import os
import sys
import threading

import pytest  # noqa: F401 - loaded, it makes the settings use the tests' keys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connections  # noqa: E402

from linli.config.database import database_settings  # noqa: E402
from linli.law.policies.queries import forget_cached  # noqa: E402


class Quiet(WSGIRequestHandler):
    """Serves without a log line per request."""

    def log_message(self, *parts: object) -> None:
        """Say nothing."""


def obey(word: str, value: str) -> None:
    """Carry out one line."""
    if word == "today":
        settings.DEMO_TODAY = value
    elif word == "database":
        # Every request has a thread of its own, and a new thread connects anew.
        connections.settings["default"].update(database_settings(value))
        forget_cached()
    else:
        raise ValueError(word)


def main() -> None:
    """Serve until stdin ends. On the day of a demonstration, but its people have second factors as everywhere else."""
    settings.SECOND_FACTOR = True
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    # Static files come from the rooms themselves: nothing has to be collected for a test.
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        word, _, value = line.strip().partition(" ")
        obey(word, value)
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
