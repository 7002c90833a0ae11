"""What the database knows of its own rows: it chooses by it which index it enters (ADR 0042)."""

from typing import Any

from django.db import connection


def analyse() -> None:
    """Let the database count what lies where: after a migration, and every week."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def analyse_after_migrate(*, using: str = "default", **_signal: Any) -> None:
    """Signal receiver."""
    if using == "default":
        analyse()
