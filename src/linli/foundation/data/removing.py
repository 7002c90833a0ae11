"""What is thrown away by time alone: mostly there is nothing, and then nobody waits for the database's one writer."""

from typing import Any

from django.db.models import QuerySet


def delete_any(rows: QuerySet[Any, Any]) -> None:
    """Delete the rows, if there are any."""
    if rows.exists():
        rows.delete()
