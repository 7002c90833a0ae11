"""Where the tests' data is: every database is a copy of one migrated, empty template.

Migrating takes seconds, copying does not. The template is kept in build/ under the digest of all that shapes a database
(models, migrations, triggers and the versions of what runs them) and made again when one of these changes.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.utils import load_backend
from pytest_django import DjangoDbBlocker

from linli.law.policies.queries import forget_cached

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "templates"
DAY = 24 * 60 * 60  # seconds
# The fixtures by which a test comes to a database: its own transaction, or a private copy where commits are real.
PRIVATE = frozenset({"committed_database", "transactional_db", "live_server"})
# The template stands under every database here, pytest-django's own too: it makes none private.
OPENING = frozenset({"db", "django_db_setup", "template_database"}) | PRIVATE
Settings = dict[str, Any]


@cache
def shape_digest() -> str:
    """SHA-256 over every file from which a migrated database follows; ``LINLI_TEST_SHAPE`` where somebody knows it."""
    if known := os.environ.get("LINLI_TEST_SHAPE"):
        return known
    total = hashlib.sha256((ROOT / "requirements" / "dev.txt").read_bytes())
    for path in sorted((ROOT / "src" / "linli").rglob("*.py")):
        if not {"web", "simulator", "workbench"} & set(path.parts):
            total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


@pytest.fixture(scope="session")
def template_database(django_db_blocker: DjangoDbBlocker) -> str:
    """The migrated, empty database that the others are copied from: a file's path, or a database's name."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with django_db_blocker.unblock(), (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _file_template() if connection.vendor == "sqlite" else _server_template()


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's own test database, as a copy: in memory on SQLite, by the server on PostgreSQL."""
    settings = connection.settings_dict
    before = settings["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        if connection.vendor == "sqlite":
            settings["NAME"] = "file:linli_tests?mode=memory&cache=shared"
            connection.ensure_connection()
            with sqlite3.connect(template_database) as template:
                template.backup(connection.connection)
        else:
            settings["NAME"] = f"linli_test_{uuid.uuid4().hex[:12]}"
            _on_server(f'CREATE DATABASE "{settings["NAME"]}" TEMPLATE "{template_database}"')
    yield
    with django_db_blocker.unblock():
        connection.close()
        if connection.vendor == "postgresql":
            _on_server(f'DROP DATABASE "{settings["NAME"]}" WITH (FORCE)')
        settings["NAME"] = before


@pytest.fixture
def committed_database(template_database: str, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[str]:
    """A private database where commits are real: its LINLI_DATABASE URL, for other processes too.

    Tests that need committed data copy the template; none ever flushes.
    """
    kept = private_database(template_database, tmp_path)
    with django_db_blocker.unblock(), kept as settings, connected_to(settings):
        yield url_of(settings)


@contextmanager
def private_database(template: str, folder: Path) -> Iterator[Settings]:
    """The settings of a copy of the template, a file in ``folder`` or by the server; gone afterwards."""
    settings = dict(connection.settings_dict)
    if connection.vendor == "sqlite":
        settings["NAME"] = str(folder / "private.sqlite3")
        shutil.copyfile(template, settings["NAME"])
    else:
        settings["NAME"] = f"linli_{uuid.uuid4().hex[:12]}"
        _on_server(f'CREATE DATABASE "{settings["NAME"]}" TEMPLATE "{template}"')
    yield settings
    if connection.vendor == "postgresql":
        _on_server(f'DROP DATABASE "{settings["NAME"]}" WITH (FORCE)')


def newest_migration() -> str:
    """The last one of the foundation, on which none of the same room stands."""
    [(_app, name)] = MigrationLoader(None).graph.leaf_nodes("foundation")
    return name


def url_of(settings: Settings) -> str:
    """What LINLI_DATABASE says of a database."""
    return f"sqlite:///{settings['NAME']}" if connection.vendor == "sqlite" else _postgres_url(settings)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what opens a database is run: the rest was run with SQLite and would do the same."""
    if connection.vendor == "sqlite":
        return
    plain = [item for item in items if not opens_database(item)]
    items[:] = [item for item in items if opens_database(item)]
    config.hook.pytest_deselected(items=plain)


def opens_database(item: pytest.Item) -> bool:
    """Whether a test, or a fixture of its, opens a database."""
    names = getattr(item, "fixturenames", ())
    return bool(OPENING & set(names)) or item.get_closest_marker("django_db") is not None


@contextmanager
def connected_to(settings: Settings) -> Iterator[None]:
    """Django's default connection leads to another database meanwhile; what was kept in memory of one is forgotten."""
    before = connections["default"]
    connections["default"] = _another_connection(settings)
    forget_cached()
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = before
        forget_cached()


def _file_template() -> str:
    file = KEPT / f"{shape_digest()[:16]}.sqlite3"
    if not file.exists():
        # Another run may stand on an older template: what was made today stays.
        for old in KEPT.glob("*.sqlite3*"):
            if time.time() - old.stat().st_mtime > DAY:
                old.unlink()
        making = KEPT / f"making-{os.getpid()}.sqlite3"
        with connected_to({**connection.settings_dict, "NAME": str(making)}):
            call_command("migrate", verbosity=0)
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        making.rename(file)
    return str(file)


def _server_template() -> str:
    name = f"linli_template_{shape_digest()[:16]}"
    if not _on_server("SELECT 1 FROM pg_database WHERE datname = %s", [name]):
        making = f"linli_making_{uuid.uuid4().hex[:12]}"
        _on_server(f'CREATE DATABASE "{making}"')
        with connected_to({**connection.settings_dict, "NAME": making}):
            call_command("migrate", verbosity=0)
        _on_server(f'ALTER DATABASE "{making}" RENAME TO "{name}"')
    return name


def _another_connection(settings: Settings) -> Any:
    if connection.vendor == "sqlite":
        # Tests kill processes, not machines: what the system was given to write is there.
        options = settings["OPTIONS"]
        relaxed = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
        settings = {**settings, "OPTIONS": {**options, "init_command": relaxed}}
    return load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")


def _on_server(statement: str, arguments: list[str] | None = None) -> list[Any]:
    """Run one statement on the server's own database; the rows of a SELECT."""
    admin = _another_connection({**connection.settings_dict, "NAME": "postgres"})
    try:
        with admin.cursor() as cursor:
            cursor.execute(statement, arguments)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        admin.close()


def _postgres_url(settings: Settings) -> str:
    return f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}?host={settings['HOST']}" + (
        f"&port={settings['PORT']}" if settings["PORT"] else ""
    )
