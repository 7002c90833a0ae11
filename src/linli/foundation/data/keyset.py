"""Pages of a query that cost the same however deep: cut by the values of the last row, not by a count of rows."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone

M = TypeVar("M", bound=Model)
_LONGEST = 400
_BEYOND = 1 << 63  # the first number that no column holds
MOST_COUNTED = 500


def after(rows: QuerySet[M, Any], order: Sequence[str], token: str) -> QuerySet[M, Any]:
    """The rows in an order ("-" before a field turns it round), those behind a token alone; any other token: all.

    The last field of the order tells every row apart, and none of them may be empty.
    """
    ordered = rows.order_by(*order)
    values = _values(rows, order, token) if token else None
    return ordered if values is None else ordered.filter(_behind(order, values))


def first_of(rows: QuerySet[Any, Any], order: Sequence[str], token: str) -> Any:
    """The value of the order's first field in a token; None for no token, or any other."""
    values = _values(rows, order, token) if token else None
    return None if values is None else values[0]


def number_of(rows: QuerySet[M, Any]) -> int:
    """How many rows there are, counted up to one more than :data:`MOST_COUNTED`: beyond it nobody reads the number."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def token_of(row: object, order: Sequence[str]) -> str:
    """Where a row stands in an order, for an address."""
    values = [_reached(row, one.removeprefix("-")) for one in order]
    texts = [value.isoformat() if isinstance(value, date) else value for value in values]
    return str(texts[0]) if len(texts) == 1 else json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def _behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) behind (x, y) as ``a >= x and (a > x or b > y)``: the first part is what an index is entered by."""
    name, value = order[0], values[0]
    field, word = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
    beyond = Q(**{f"{field}__{word}": value})
    if len(order) == 1:
        return beyond
    return Q(**{f"{field}__{word}e": value}) & (beyond | _behind(order[1:], values[1:]))


def _values(rows: QuerySet[Any, Any], order: Sequence[str], token: str) -> list[Any] | None:
    try:
        texts = [token] if len(order) == 1 else json.loads(token[:_LONGEST])
        if not isinstance(texts, list) or len(texts) != len(order):
            return None
        return [_value(rows, name.removeprefix("-"), text) for name, text in zip(order, texts, strict=True)]
    except (ValueError, ValidationError, TypeError, OverflowError):
        return None


def _value(rows: QuerySet[Any, Any], path: str, text: Any) -> Any:
    """What a field is compared with. Raises ValueError for what no row has and no database takes: nothing, NUL, half of
    a character, a number beyond its columns; OverflowError for a moment that is on no day in another zone. An address
    is spelled before it is read, but JSON writes three of these in plain letters.
    """
    if text is None or b"\0" in str(text).encode():
        raise ValueError
    value = _kind(rows, path).to_python(text)
    if isinstance(value, int) and not -_BEYOND <= value < _BEYOND:
        raise ValueError
    if isinstance(value, datetime):
        value = (value if timezone.is_aware(value) else timezone.make_aware(value)).astimezone(UTC)
    return value


def _kind(rows: QuerySet[Any, Any], path: str) -> "Field[Any, Any]":
    said = rows.query.annotations.get(path)
    return said.output_field if said is not None else _field(rows.model, path)


def _field(model: type[Model], path: str) -> "Field[Any, Any]":
    first, _mark, rest = path.partition("__")
    field: Any = model._meta.pk if first == "pk" else model._meta.get_field(first)
    return _field(field.related_model, rest) if rest else field


def _reached(row: object, path: str) -> Any:
    if isinstance(row, Mapping):  # of a query of values
        return row[path]
    for name in path.split("__"):
        row = getattr(row, name)
    return row
