"""Queries that are asked so often that building their text anew costs more than running it.

``@prepared`` goes over a function that builds a query set from its arguments. The text is built once for each shape of
the arguments - how many ids there are, not which - and kept; asked again only the values are put in. The rows are those
that the query set would give, as models or tuples.

The function must build the same query whatever the values are: it may count the ids, but not look at them. Arguments
are whole numbers, days and texts, and collections of one kind of them; with anything else the query is built anew.
"""

from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

A = TypeVarTuple("A")
R = TypeVar("R")

# A collection is filled up to one of these lengths with its last value, so that few texts are kept; longer ones are
# built anew: there the rows cost more than the text.
_LENGTHS = (1, 2, 4, 8, 16, 32, 50, 100, 250, 500)
# Stand in for the values while the text is built: none that a query of ours has as a constant. It is built twice, with
# stand-ins that lie apart by another step, so that a value reckoned from one is seen.
_STEPS = (7, 11)
_STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda place: 2_000_000_000 + place,
    date: lambda place: date(9000, 1, 1) + timedelta(days=place),
    str: lambda place: f"\x01{place:06}",
}


class NotPreparable(RuntimeError):
    """A programming error: an argument does not reach the query as it is, or something reckoned from it does too."""


@dataclass(frozen=True)
class _Text:
    """A query as it is sent; ``places`` says which value (None: a constant of the query) stands where, and as what."""

    query_set: QuerySet[Any, Any]
    compiler: Any
    sql: str
    constants: Sequence[Any]
    places: Sequence[tuple[int, type | None] | None]

    def says_the_same(self, other: "_Text") -> bool:
        """Whether the other, built with other stand-ins, differs in nothing but them."""
        mine, others = (
            [value for value, place in zip(text.constants, text.places, strict=True) if place is None]
            for text in (self, other)
        )
        return (self.sql, self.places, mine) == (other.sql, other.places, others)

    def rows(self, values: Sequence[Any]) -> list[Any]:
        """Raises TransactionManagementError for rows to lock where nothing would hold them."""
        if self.query_set.query.select_for_update and connections[DEFAULT_DB_ALIAS].get_autocommit():
            raise TransactionManagementError("rows are locked within a transaction")
        params = list(self.constants)
        for number, place in enumerate(self.places):
            if place is not None:
                value, kind = values[place[0]], place[1]
                params[number] = value if kind is None else kind(value)
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # each thread has its own
        compiler.as_sql = lambda: (self.sql, tuple(params))
        asked = SimpleNamespace(
            query=SimpleNamespace(get_compiler=lambda *_args, **_kwargs: compiler),
            db=DEFAULT_DB_ALIAS,
            model=self.query_set.model,
            _known_related_objects={},
        )
        iterable: Any = self.query_set._iterable_class
        return list(iterable(asked))


def prepared(build: Callable[[*A], QuerySet[Any, R]]) -> Callable[[*A], list[R]]:
    """Keep the text of the query that the function builds; see the module. Asked, it may raise NotPreparable."""
    texts: dict[tuple[object, ...], _Text] = {}

    @wraps(build)
    def ask(*args: *A) -> list[R]:
        given = []
        for value in args:
            filled = _filled(value)
            if filled is None:
                return list(build(*args))
            given.append(filled)
        shape = (connections[DEFAULT_DB_ALIAS].vendor, *(value.shape for value in given))
        text = texts.get(shape)
        if text is None:
            text = texts[shape] = _text(build, given)
        return text.rows([_sent(one) for value in given for one in value.values])

    return ask


class _Given(NamedTuple):
    """An argument for which texts are kept: one value, or those of a collection in their order, each once, the last
    again and again up to one of the lengths.
    """

    values: Sequence[Any]
    is_many: bool

    @property
    def shape(self) -> tuple[object, ...]:
        return type(self.values[0]), self.is_many, len(self.values)


def _filled(value: Any) -> _Given | None:
    if not isinstance(value, Collection) or isinstance(value, str):
        return _Given((value,), is_many=False) if type(value) in _STAND_INS else None
    distinct = set(value)
    kinds = set(map(type, distinct))
    if len(kinds) != 1 or len(distinct) > _LENGTHS[-1] or not kinds <= _STAND_INS.keys():
        return None
    values = sorted(distinct)
    length = next(length for length in _LENGTHS if length >= len(values))
    return _Given(values + values[-1:] * (length - len(values)), is_many=True)


def _text(build: Callable[..., QuerySet[Any, Any]], given: Sequence[_Given]) -> _Text:
    text, again = (_built(build, given, step) for step in _STEPS)
    if not text.says_the_same(again):
        raise NotPreparable(f"{build.__module__}.{build.__qualname__}")
    return text


def _built(build: Callable[..., QuerySet[Any, Any]], given: Sequence[_Given], step: int) -> _Text:
    args: list[Any] = []
    stood_in: dict[Any, int] = {}
    wanted: list[set[int]] = []  # of each argument the places, one of which at least must be found
    for value in given:
        first = len(stood_in)
        stand_ins = [_STAND_INS[type(one)]((first + number + 1) * step) for number, one in enumerate(value.values)]
        stood_in |= {_sent(one): first + number for number, one in enumerate(stand_ins)}
        wanted.append(set(range(first, first + len(stand_ins))))
        args.append(stand_ins if value.is_many else stand_ins[0])
    query_set = build(*args)
    compiler = query_set.query.get_compiler(using=DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    places: list[tuple[int, type | None] | None] = []
    for param in params:
        place = stood_in.get(param) if isinstance(param, (int, str, date)) else None
        # A database's driver may have numbers of its own kinds, by the width of the column.
        places.append(None if place is None else (place, None if type(param) in _STAND_INS else type(param)))
    found = {place[0] for place in places if place is not None}
    if any(not some & found for some in wanted):
        raise NotPreparable(f"{build.__module__}.{build.__qualname__}")
    compiler.connection = None  # whoever asks brings the own
    return _Text(query_set, compiler, sql, params, places)


def _sent(value: Any) -> Any:
    """The value as the database is sent it."""
    if type(value) is date:
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datefield_value(value)
    return value
