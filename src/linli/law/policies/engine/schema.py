"""What one place in a pack's files may hold: each kind checks it, names it and makes what is kept of it in memory."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeGuard

from linli.kernel.bilingual import NO_TEXT, Text
from linli.kernel.period import Month
from linli.law.policies.engine.document import Document, KeyPath
from linli.law.policies.engine.units import BOOL, COUNT, FIGURE_UNITS, INT64_MAX, INT64_MIN, MONTH, RANGES, fits

_PLACEHOLDER = re.compile(r"%\((\w*)\)s|%(?!%)")
_TABLE, _TABLES, _LIST = Text("表", "a table"), Text("表的数组", "an array of tables"), Text("列表", "a list")
_WHOLE, _YES_OR_NO = Text("整数", "an integer"), Text("true 或 false", "true or false")

Also = Callable[[Document, KeyPath, dict[str, Any]], None]


class Kind:
    """Checks one value at one path, and makes of a right one what the pack keeps in memory."""

    @property
    def said(self) -> str:
        """What it is, in the words of the reference."""
        return ""

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report what is wrong with the value."""

    def made(self, value: Any) -> Any:
        """The value in memory; it has passed the check."""
        return value


def wrong_type(doc: Document, path: KeyPath, expected: Text) -> None:
    """Report a value of another type."""
    doc.report(path, "wrong_type", expected=expected.en, expected_zh=expected.zh)


def is_table(value: object, doc: Document, path: KeyPath) -> TypeGuard[dict[str, Any]]:
    """Whether the value is a table; reports when it is not."""
    if not isinstance(value, dict):
        wrong_type(doc, path, _TABLE)
    return isinstance(value, dict)


@dataclass(frozen=True)
class Plain(Kind):
    """A value that passes a test, and what is made of it."""

    passes: Callable[[object], bool]
    expected: Text
    make: Callable[[Any], Any] | None = None

    @property
    def said(self) -> str:
        return self.expected.en

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        if not self.passes(value):
            wrong_type(doc, path, self.expected)

    def made(self, value: Any) -> Any:
        return self.make(value) if self.make else value


def _like(form: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and re.match(form, value) is not None


FLAG = Plain(lambda value: isinstance(value, bool), _YES_OR_NO)
DATE = Plain(
    lambda value: isinstance(value, date) and not isinstance(value, datetime),
    Text("日期（2026-01-01）", "a date (2026-01-01)"),
)
CODE = Plain(_like(r"^[A-Z][A-Z0-9_]*$"), Text("大写代码（如 LOW_INCOME）", "a code in capitals (such as LOW_INCOME)"))
TEXT = Plain(_like(r"^\s*\S"), Text("非空文字", "a text that is not empty"))
MONTH_TEXT = Plain(
    _like(r"^(?:19|2\d)\d{2}-(0[1-9]|1[0-2])$"), Text("月份（如 2026-01）", "a month (such as 2026-01)"), Month.parse
)


@dataclass(frozen=True)
class Whole(Kind):
    """An integer within bounds, or true or false where that is the unit."""

    low: int = INT64_MIN
    high: int = INT64_MAX
    unit: str = COUNT

    @property
    def said(self) -> str:
        bounded = (self.low, self.high) != (INT64_MIN, INT64_MAX)
        return "whole number" + (f", {self.low:,} to {self.high:,}" if bounded else "")

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        if fits(value, self.unit, self.low, self.high):
            return
        if self.unit == BOOL or isinstance(value, bool) or not isinstance(value, int):
            wrong_type(doc, path, _YES_OR_NO if self.unit == BOOL else _WHOLE)
        else:
            doc.report(path, "out_of_range", value=value, low=self.low, high=self.high)


@dataclass(frozen=True)
class Choice(Kind):
    """One of the texts given."""

    values: tuple[str, ...]

    @property
    def said(self) -> str:
        return ", ".join(f"`{value}`" for value in self.values)

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        if value not in self.values:
            doc.report(path, "unknown_choice", value=value, choices=", ".join(self.values))


@dataclass(frozen=True)
class Coded(Choice):
    """One of the texts given, kept as what it stands for."""

    meanings: tuple[str, ...]

    def made(self, value: Any) -> str:
        return self.meanings[self.values.index(value)]


@dataclass(frozen=True)
class Label(Kind):
    """A text in both languages; letters may hold the placeholders given."""

    placeholders: frozenset[str] | None = None

    said = "text in both languages"

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(map(_is_filled, value.values())):
            doc.report(path, "missing_label", key=path[-1])
        elif self.placeholders is not None:
            for name in sorted(self.used(value) - self.placeholders):
                doc.report(path, "placeholder", name=name or "%")

    def made(self, value: Any) -> Text:
        return Text(value["zh"], value["en"])

    @staticmethod
    def used(value: Mapping[str, str]) -> frozenset[str]:
        """The placeholders that a label holds in either language."""
        return frozenset(name for text in value.values() for name in _PLACEHOLDER.findall(text))


LABEL = Label()


@dataclass(frozen=True)
class Ref(Kind):
    """The name of something declared elsewhere, of one of the units given (empty: any)."""

    what: str
    zh: str
    units: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        return f"name of a {self.what}" + (f" in {' or '.join(self.units)}" if self.units else "")

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        known = doc.names.get(self.what)
        if known is None:
            return
        found = known.get(value) if isinstance(value, str) else None
        if found is None:
            doc.report(path, "unknown_name", name=value, what=self.what, what_zh=self.zh)
        elif self.units and found.unit not in (*self.units, ""):
            doc.report(path, "wrong_unit", name=value, unit=found.unit, expected=" / ".join(self.units))


@dataclass(frozen=True)
class ListOf(Kind):
    """A list whose elements are all of one kind, each at most once."""

    item: Kind

    @property
    def said(self) -> str:
        return f"list of: {self.item.said}"

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        if not isinstance(value, list):
            wrong_type(doc, path, _LIST)
            return
        for number, element in enumerate(value):
            self.item.check(doc, (*path, number), element)
            if element in value[:number]:
                doc.report((*path, number), "duplicate", name=element)

    def made(self, value: Any) -> tuple[Any, ...]:
        return tuple(map(self.item.made, value))


@dataclass(frozen=True)
class Table(Kind):
    """A table with the keys given and no others; ``also`` looks across keys when each of them is right.

    ``parts`` are the fields of the section ``of`` in memory: name, key (none: the table itself) and kind; ``given`` is
    the field that takes the name under which the table stands.
    """

    fields: Mapping[str, Kind]
    optional: Mapping[str, Kind] = field(default_factory=dict)
    also: Sequence[Also] = ()
    of: type | None = None
    parts: Sequence[tuple[str, str, Kind]] = ()
    given: str = ""

    said = "table"

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        if not is_table(value, doc, path):
            return
        before = len(doc.problems)
        kinds = {**self.fields, **self.optional}
        for key, item in value.items():
            if key in kinds:
                kinds[key].check(doc, (*path, key), item)
            else:
                doc.report((*path, key), "unknown_key", key=key)
        for key in self.fields:
            if key not in value:
                doc.report(path, _missing(self.fields[key]), key=key)
        for check in self.also if len(doc.problems) == before else ():
            check(doc, path, value)

    def made(self, value: Any, name: str = "") -> Any:
        if self.of is None:
            return value
        return self.of(**({self.given: name} if self.given else {}), **self.parts_of(value))

    def parts_of(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The section's fields that the table has, by name."""
        return {
            attribute: kind.made(value[key] if key else value)
            for attribute, key, kind in self.parts
            if not key or key in value
        }


@dataclass(frozen=True)
class Tables(Kind):
    """An array of tables; ``key`` names the field that may not repeat, and by which they are kept if ``is_mapping``."""

    item: Table
    key: str = ""
    is_mapping: bool = False

    @property
    def said(self) -> str:
        return "array of tables" + (f", each `{self.key}` once" if self.key else "")

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        if not isinstance(value, list):
            wrong_type(doc, path, _TABLES)
            return
        seen: list[object] = []
        for number, element in enumerate(value):
            self.item.check(doc, (*path, number), element)
            name = element.get(self.key) if isinstance(element, dict) else None
            if name is not None and name in seen:
                doc.report((*path, number, self.key), "duplicate", name=name)
            seen.append(name)

    def made(self, value: Any) -> Any:
        if self.is_mapping:
            return MappingProxyType({row[self.key]: self.item.made(row) for row in value})
        return tuple(map(self.item.made, value))


@dataclass(frozen=True)
class Named(Kind):
    """A table of tables under free names."""

    item: Table

    said = "table of tables by name"

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        for name, element in value.items() if is_table(value, doc, path) else ():
            self.item.check(doc, (*path, name), element)

    def made(self, value: Any) -> Mapping[str, Any]:
        return MappingProxyType({name: self.item.made(element, name) for name, element in value.items()})


@dataclass(frozen=True)
class Figure:
    """One number (or stored code) of a plan: its unit, where it is written, and whether it was assumed, and why."""

    value: int | str
    unit: str
    source: str = ""
    assumed: bool = False
    why: Text = NO_TEXT


@dataclass(frozen=True)
class FigureOf(Kind):
    """A figure of a plan: value, unit (one of those given), source, and either stated or assumed with a reason."""

    units: tuple[str, ...] = FIGURE_UNITS

    @property
    def said(self) -> str:
        return f"figure in {' or '.join(self.units)}"

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        unit = value.get("unit") if isinstance(value, dict) else None
        known = unit if isinstance(unit, str) and unit in RANGES else COUNT
        kind = MONTH_TEXT if unit == MONTH else Whole(*RANGES[known])
        Table(
            {"value": kind, "unit": Choice(self.units), "source": TEXT},
            {"stated": FLAG, "assumed": FLAG, "why": LABEL},
            [_stated_or_assumed],
        ).check(doc, path, value)

    def made(self, value: Any) -> Figure:
        why = LABEL.made(value["why"]) if "why" in value else NO_TEXT
        return Figure(value["value"], value["unit"], value.get("source", ""), value.get("assumed", False), why)


def _stated_or_assumed(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    if value.get("stated", False) == value.get("assumed", False):
        doc.report(path, "stated_or_assumed")
    elif value.get("assumed") and "why" not in value:
        doc.report(path, "assumption_why")


def _missing(kind: Kind) -> str:
    if isinstance(kind, Label):
        return "missing_label"
    return "missing_date" if kind is DATE or kind is MONTH_TEXT else "missing_key"


def _is_filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
