"""Locks that mean the same on both databases, and the version that a form was opened on."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, unique
from typing import Any, Final, Protocol, TypeVar

from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.kernel.errors import DomainError

M = TypeVar("M", bound=models.Model)

_ADVISORY: Final = "pg_advisory_xact_lock"


@unique
class LockSpace(IntEnum):
    """Every name space of advisory locks: a number used twice would make two rooms wait for each other, or worse.

    The numbers are seen in the database's lock table and stand in triggers, so a number given up is not used again.
    """

    AUDIT_CHAIN = 7001  # an area's chain of entries
    AUDIT_SEAL = 7002  # the chain of sealed days
    PROTECTION = 7101  # a resident's periods of protection
    APPLICATIONS = 7201  # a household's applications
    ADOPTION = 7301  # a community's year plan
    REGISTRY = 7401  # a community's people, while somebody without a number is looked for among them
    FACTS = 7402  # shared by all who record facts; alone, whoever asks up to where they are all there
    LAW = 7501  # packs and working days: how far they go is known by their ids, which are seen in their order
    SET_UP = 4107  # the first account


def locked(rows: QuerySet[M, Any]) -> QuerySet[M, Any]:
    """The rows, locked in the order of their keys until the act ends.

    PostgreSQL locks the rows; SQLite's acts begin IMMEDIATE and already hold the one write lock. A fixed order keeps
    two acts from waiting for each other.
    """
    ordered = rows.order_by("pk")
    return ordered.select_for_update(of=("self",)) if connection.vendor == "postgresql" else ordered


class FormStale(DomainError):
    """Somebody changed what a form shows after it was opened; what was typed stays in it."""

    code = "locks.form_stale"
    message = _("打开表单后，这一项已被他人修改；您填写的内容仍在，请核对最新情况后重新提交")


class Versioned(Protocol):
    """A row whose version grows with every change."""

    version: int


def check_version(row: Versioned, seen: int | None) -> None:
    """Raises FormStale when a form was opened on another version than the row's; None does not ask."""
    if seen is not None and row.version != seen:
        raise FormStale


def lock_name(space: LockSpace, key: int) -> None:
    """Hold a named lock until the act ends; nothing to do on SQLite, which has one writer."""
    _take(_ADVISORY, space, key)


def share_name(space: LockSpace, key: int) -> None:
    """Hold a named lock together with others until the act ends; nothing to do on SQLite, which has one writer."""
    _take(f"{_ADVISORY}_shared", space, key)


@contextmanager
def alone(space: LockSpace, key: int) -> Iterator[None]:
    """While nobody shares the name: who does is waited for. For a look at what they write, outside of acts.

    On SQLite what is seen is committed, in the order of its ids.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        _take(_ADVISORY, space, key)
        yield


def _take(function: str, space: LockSpace, key: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [int(space), key % 2**31])


def trigger_lock(space: LockSpace, column: str) -> str:
    """How a PostgreSQL trigger holds a named lock until the act ends; ``column`` is "NEW.person_id" and the like."""
    return f"PERFORM {_ADVISORY}({int(space)}, ({column} % {2**31 - 1})::int); "
