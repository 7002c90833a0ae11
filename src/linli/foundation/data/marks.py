"""Marks of rows whose kept answer does not hold for good: written by the database, whatever is written (ADR 0042)."""

from datetime import date

from django.db import models

from linli.foundation.data.triggers import Trigger

TOUCHED = date.min


class Mark(models.Model):
    """Something that is reckoned for ``day``, or was written about since (:data:`TOUCHED`)."""

    day = models.DateField(db_index=True)

    class Meta:
        abstract = True


def marked(table: str, by: str, *, marks: str, column: str, name: str, events: str = "INSERT UPDATE") -> list[Trigger]:
    """Whatever is written into the table, what ``by`` selects by NEW is marked: it is reckoned before it is shown.

    ``by`` is a SELECT of ids; ``column`` is where the marks keep them; ``name`` stands in the triggers' names.
    """
    mark = (
        f"INSERT INTO {marks} ({column}, day) SELECT t.id, '{TOUCHED}' FROM ({by}) t WHERE true "
        f"ON CONFLICT ({column}) DO UPDATE SET day = excluded.day;"
    )
    words = {"INSERT": "new", "UPDATE": "else"}
    return [
        Trigger(f"{table}_{name}_{words[event]}", table, f"AFTER {event}", mark, f"{mark} RETURN NULL;")
        for event in events.split()
    ]
