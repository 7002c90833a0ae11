"""What the database knows of its own rows: it chooses by it which index it enters (ADR 0042)."""

from typing import Any

from django.db import connection

# Of each index SQLite looks at so many rows, as PostgreSQL by itself at a sample: so it takes no time.
_ROWS = 1000


def analyse() -> None:
    """Let the database count what lies where: after a migration, and every week."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {_ROWS}")
        cursor.execute("ANALYZE")


def analyse_after_migrate(*, using: str = "default", **_signal: Any) -> None:
    """Signal receiver."""
    if using == "default":
        analyse()
