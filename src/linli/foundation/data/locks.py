"""Row locks that mean the same on both databases."""

from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import QuerySet

M = TypeVar("M", bound=models.Model)


def locked(rows: QuerySet[M, Any]) -> QuerySet[M, Any]:
    """The rows, locked in the order of their keys until the act ends.

    PostgreSQL locks the rows; SQLite's acts begin IMMEDIATE and already hold the one write lock. A fixed order keeps
    two acts from waiting for each other.
    """
    ordered = rows.order_by("pk")
    return ordered.select_for_update(of=("self",)) if connection.vendor == "postgresql" else ordered


def lock_name(space: int, key: int) -> None:
    """Hold a named lock until the act ends; nothing to do on SQLite, which has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [space, key % 2**31])
