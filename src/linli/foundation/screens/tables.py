"""What every list shares: columns that sort, pages cut at n + 1 so that their cost does not grow with the table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.http import HttpRequest

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """One column. ``key`` is its name in ``?sort=``; ``sortable`` makes its heading a link, ``number`` aligns right.

    ``address`` and ``sorted`` ("ascending" or "descending") are filled by :func:`sortable_columns`.
    """

    key: str
    label: object
    number: bool = False
    sortable: bool = False
    address: str = ""
    sorted: str = ""


def sort_of(request: HttpRequest, columns: Iterable[Column], *, default: str) -> str:
    """The wished order: a sortable column's key, with "-" before it for descending; anything else is the default."""
    wished = request.GET.get("sort", "")
    allowed = {column.key for column in columns if column.sortable}
    return wished if wished.removeprefix("-") in allowed else default


def sortable_columns(request: HttpRequest, columns: Iterable[Column], *, order: str) -> list[Column]:
    """The columns with links: a click sorts, a second one turns round; other filters stay, the page begins anew."""
    return [_linked(request, column, order) if column.sortable else column for column in columns]


def cut(rows: Sequence[T], size: int) -> tuple[list[T], bool]:
    """Of ``size`` + 1 rows that were asked for, those to show and whether more follow."""
    return list(rows[:size]), len(rows) > size


def _linked(request: HttpRequest, column: Column, order: str) -> Column:
    values = request.GET.copy()
    values.pop("after", None)
    values["sort"] = f"-{column.key}" if order == column.key else column.key
    state = {column.key: "ascending", f"-{column.key}": "descending"}.get(order, "")
    return replace(column, address=f"?{values.urlencode()}", sorted=state)
