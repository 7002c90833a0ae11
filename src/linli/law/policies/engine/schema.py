"""A small schema for pack files: each kind checks one value and reports every problem at its line."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from linli.law.policies.engine.document import Document, Name
from linli.law.policies.engine.lines import KeyPath
from linli.law.policies.engine.units import FIGURE_UNITS, INT64_MAX, INT64_MIN, MONTH, RANGES

_CODE = re.compile(r"^[A-Z][A-Z0-9_]*$")
_MONTH = re.compile(r"^(?:19|2\d)\d{2}-(0[1-9]|1[0-2])$")
_PLACEHOLDER = re.compile(r"%\((\w*)\)s|%(?!%)")


class Kind(Protocol):
    """Checks one value at one path."""

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report what is wrong with the value."""


Also = Callable[[Document, KeyPath, dict[str, Any]], None]


@dataclass(frozen=True)
class Plain:
    """A value of one Python type (a bool is no integer)."""

    type: type
    zh: str
    en: str

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report a value of another type."""
        if not _is_a(value, self.type):
            doc.report(path, "wrong_type", expected=self.en, expected_zh=self.zh)


FLAG = Plain(bool, "true 或 false", "true or false")
DATE = Plain(date, "日期（2026-01-01）", "a date (2026-01-01)")


@dataclass(frozen=True)
class Whole:
    """An integer within bounds."""

    low: int = INT64_MIN
    high: int = INT64_MAX

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report another type or a value out of range."""
        if not _is_a(value, int):
            doc.report(path, "wrong_type", expected="an integer", expected_zh="整数")
        elif not self.low <= value <= self.high:  # type: ignore[operator]  # an int by the line above
            doc.report(path, "out_of_range", value=value, low=self.low, high=self.high)


@dataclass(frozen=True)
class Choice:
    """One of the texts given."""

    values: tuple[str, ...]

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report anything else."""
        if value not in self.values:
            doc.report(path, "unknown_choice", value=value, choices=", ".join(self.values))


@dataclass(frozen=True)
class Pattern:
    """A text of a form."""

    form: re.Pattern[str]
    zh: str
    en: str

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report a text of another form."""
        if not isinstance(value, str) or not self.form.match(value):
            doc.report(path, "wrong_type", expected=self.en, expected_zh=self.zh)


CODE = Pattern(_CODE, "大写代码（如 LOW_INCOME）", "a code in capitals (such as LOW_INCOME)")
TEXT = Pattern(re.compile(r"^\s*\S"), "非空文字", "a text that is not empty")
MONTH_TEXT = Pattern(_MONTH, "月份（如 2026-01）", "a month (such as 2026-01)")


@dataclass(frozen=True)
class Label:
    """A text in both languages; letters may hold the placeholders given."""

    placeholders: frozenset[str] | None = None

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report a missing language, other keys and unknown placeholders."""
        if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(_filled(v) for v in value.values()):
            doc.report(path, "missing_label", key=path[-1])
            return
        for text in value.values() if self.placeholders is not None else ():
            for name in _PLACEHOLDER.findall(text):
                if name not in (self.placeholders or ()):
                    doc.report(path, "placeholder", name=name or "%")

    @staticmethod
    def used(value: Mapping[str, str]) -> frozenset[str]:
        """The placeholders that a label holds in either language."""
        return frozenset(name for text in value.values() for name in _PLACEHOLDER.findall(text))


LABEL = Label()


@dataclass(frozen=True)
class Ref:
    """The name of something declared elsewhere, of one of the units given (empty: any)."""

    what: str
    zh: str
    units: tuple[str, ...] = ()

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report a name that is not there or is in another unit."""
        known = doc.names.get(self.what)
        if known is None:
            return
        found: Name | None = known.get(value) if isinstance(value, str) else None
        if found is None:
            doc.report(path, "unknown_name", name=value, what=self.what, what_zh=self.zh)
        elif self.units and found.unit not in (*self.units, ""):
            doc.report(path, "wrong_unit", name=value, unit=found.unit, expected=" / ".join(self.units))


@dataclass(frozen=True)
class ListOf:
    """A list whose elements are all of one kind, each at most once."""

    item: Kind

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report anything that is no list, and every wrong or repeated element."""
        if not isinstance(value, list):
            doc.report(path, "wrong_type", expected="a list", expected_zh="列表")
            return
        for number, element in enumerate(value):
            self.item.check(doc, (*path, number), element)
            if element in value[:number]:
                doc.report((*path, number), "duplicate", name=element)


@dataclass(frozen=True)
class Table:
    """A table with the keys given and no others; ``also`` looks across keys when each of them is right."""

    fields: Mapping[str, Kind]
    optional: Mapping[str, Kind] = field(default_factory=dict)
    also: Sequence[Also] = ()

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report unknown and missing keys and what is wrong with each value."""
        if not isinstance(value, dict):
            doc.report(path, "wrong_type", expected="a table", expected_zh="表")
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


@dataclass(frozen=True)
class Tables:
    """An array of tables; ``key`` names the field that may not repeat."""

    item: Table
    key: str = ""

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report each table's problems and every repeated key."""
        if not isinstance(value, list):
            doc.report(path, "wrong_type", expected="an array of tables", expected_zh="表的数组")
            return
        seen: list[object] = []
        for number, element in enumerate(value):
            self.item.check(doc, (*path, number), element)
            name = element.get(self.key) if isinstance(element, dict) else None
            if name is not None and name in seen:
                doc.report((*path, number, self.key), "duplicate", name=name)
            seen.append(name)


@dataclass(frozen=True)
class Named:
    """A table of tables under free names."""

    item: Table

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report each table's problems."""
        if not isinstance(value, dict):
            doc.report(path, "wrong_type", expected="a table", expected_zh="表")
            return
        for name, element in value.items():
            self.item.check(doc, (*path, name), element)


@dataclass(frozen=True)
class FigureOf:
    """A figure of a plan: value, unit (one of those given), source, and either stated or assumed with a reason."""

    units: tuple[str, ...] = FIGURE_UNITS

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Report what is wrong with the figure."""
        unit = value.get("unit") if isinstance(value, dict) else None
        kind = _figure_value(unit if unit in FIGURE_UNITS else "COUNT")
        Table(
            {"value": kind, "unit": Choice(self.units), "source": TEXT},
            {"stated": FLAG, "assumed": FLAG, "why": LABEL},
            [_stated_or_assumed],
        ).check(doc, path, value)


def _figure_value(unit: str) -> Kind:
    return MONTH_TEXT if unit == MONTH else Whole(*RANGES[unit])


def _stated_or_assumed(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    if value.get("stated", False) == value.get("assumed", False):
        doc.report(path, "stated_or_assumed")
    elif value.get("assumed") and "why" not in value:
        doc.report(path, "assumption_why")


def assumption_has_why(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    """An assumption carries its reason."""
    if value.get("assumption") and "why" not in value:
        doc.report(path, "assumption_why")


def _missing(kind: Kind) -> str:
    if isinstance(kind, Label):
        return "missing_label"
    return "missing_date" if kind is DATE or kind is MONTH_TEXT else "missing_key"


def _is_a(value: object, wanted: type) -> bool:
    if isinstance(value, bool):
        return wanted is bool
    return isinstance(value, wanted) and not isinstance(value, datetime)


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
