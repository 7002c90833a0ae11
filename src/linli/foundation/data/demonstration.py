"""A database of invented people says that it is one, from its first row on and for ever."""

from django.db import connection, models

from linli.foundation.data import triggers

_TABLE = "foundation_demonstration"


class Demonstration(models.Model):
    """The one row of a database whose people are invented; another database has none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    class Meta:
        app_label = "foundation"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="demonstration_once")]

    def __str__(self) -> str:
        return "demonstration"


triggers.register(
    *triggers.append_only(_TABLE),
    triggers.refuse(
        f"{_TABLE}_begins",
        _TABLE,
        "BEFORE INSERT",
        "only an empty database becomes a demonstration",
        when="EXISTS (SELECT 1 FROM foundation_auditentry)",
    ),
)


def declare() -> None:
    """The database is a demonstration's from now on. Raises IntegrityError where anything has happened in it."""
    if not is_demonstration():
        Demonstration._default_manager.create()


def is_demonstration() -> bool:
    """Whether the people in this database are invented; one without tables has nobody."""
    return _TABLE in connection.introspection.table_names() and Demonstration._default_manager.exists()
