"""Sections of a pack's files, each declared once: a frozen dataclass whose annotations are the kinds of its keys.

Checks and refusals with their lines, the reference of the format and the section in memory come out of the declaration.
A type stands for its usual kind (``bool``, ``date``, ``Text``, another section, a tuple or mapping of sections);
``Annotated`` names another one, with its unit, bounds or choices.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from functools import cache
from typing import Annotated, Any, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

from linli.kernel.bilingual import Text
from linli.law.policies.engine.schema import DATE, FLAG, LABEL, TEXT, Also, Kind, ListOf, Named, Table, Tables, Whole

T = TypeVar("T")
# The field of a section that takes the name under which its table stands.
GIVEN = object()
_KINDS: Mapping[type, Kind] = {bool: FLAG, date: DATE, str: TEXT, int: Whole(), Text: LABEL}


@dataclass(frozen=True)
class Key:
    """The key under which a field stands in the file, where it is not the field's name."""

    name: str


@dataclass(frozen=True)
class Spread:
    """A section whose keys stand in the table of the one that holds it: those needed, and those that may be there."""

    needed: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


_SECTIONS: dict[type, tuple[str, tuple[Also, ...]]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def section(*also: Also, key: str = "", kw_only: bool = True) -> Callable[[type[T]], type[T]]:
    """Make a class a section of a file: a frozen dataclass with a table.

    A field with a default may be left out. ``key`` is the key that tells the tables of an array apart; ``also`` looks
    across the keys of a table.
    """

    def marked(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, kw_only=kw_only)(cls)
        _SECTIONS[made] = (key, also)
        return made

    return marked


@cache
def table_of(cls: type) -> Table:
    """The table that a section declares."""
    needed: dict[str, Kind] = {}
    more: dict[str, Kind] = {}
    also, given = list(_SECTIONS[cls][1]), ""
    parts: list[tuple[str, str, Kind]] = []
    hints = get_type_hints(cls, include_extras=True)
    for one in fields(cls):
        name, hint = one.name, hints[one.name]
        marks = getattr(hint, "__metadata__", ())
        spread = next((mark for mark in marks if isinstance(mark, Spread)), None)
        if GIVEN in marks:
            given = name
        elif spread is not None:
            below = table_of(get_args(hint)[0])
            needed |= {key: below.optional[key] for key in spread.needed}
            more |= {key: below.optional[key] for key in spread.more}
            also += below.also
            parts.append((name, "", below))
        else:
            key = next((mark.name for mark in marks if isinstance(mark, Key)), name)
            kind = kind_of(hint)
            (needed if one.default is one.default_factory is MISSING else more)[key] = kind
            parts.append((name, key, kind))
    return Table(needed, more, also, cls, parts, given)


def kind_of(hint: Any) -> Kind:
    """The kind that an annotation declares: its own, or that of the type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return next((mark for mark in hint.__metadata__ if isinstance(mark, Kind)), None) or kind_of(args[0])
    if origin is tuple:
        item = kind_of(args[0])
        return Tables(item, _SECTIONS[args[0]][0]) if isinstance(item, Table) else ListOf(item)
    if origin is Mapping:
        key = _SECTIONS[args[1]][0]
        return Tables(table_of(args[1]), key, is_mapping=True) if key else Named(table_of(args[1]))
    if args:  # … | None
        return kind_of(args[0])
    return _KINDS.get(hint) or table_of(hint)
