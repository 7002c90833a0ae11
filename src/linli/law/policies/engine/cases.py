"""Cases written as TOML: the examples of a pack with their expected results, and any case from the command line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from linli.kernel.bilingual import Text
from linli.law.policies.engine.determination import Determination, determine
from linli.law.policies.engine.document import Document, KeyPath, Name, Names, read_document
from linli.law.policies.engine.facts import CaseFacts, Fact, Member
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.problems import CaseInvalid
from linli.law.policies.engine.rulebook import HOUSEHOLD, PERSON, Scalar
from linli.law.policies.engine.schema import DATE, LABEL, TEXT, Kind, Plain, Ref, Table, Tables, Whole, is_table

UNKNOWN = "unknown"
EXAMPLES_FOLDER = "examples"


@dataclass(frozen=True)
class Expectation:
    """One expected answer: of a programme (eligible, fen), a group or a service or class."""

    kind: str
    code: str
    member_key: str | None
    answer: bool | None
    amount_fen: int | None = None

    def found_in(self, result: Determination) -> "Expectation | None":
        """What the determination answers instead (itself, when it is right); None when it has no such answer."""
        answers: dict[str, list[tuple[str, str | None, bool | None, int | None]]] = {
            "entitlements": [(e.programme, e.member_key, e.eligible, e.amount_fen) for e in result.entitlements],
            "groups": [(m.group, m.member_key, m.belongs, None) for m in result.groups],
            "services": [(s.service, s.member_key, s.due, None) for s in result.services],
        }
        for code, member_key, answer, amount_fen in answers[self.kind]:
            if (code, member_key) == (self.code, self.member_key):
                return Expectation(self.kind, code, member_key, answer, amount_fen)
        return None

    def told_by(self, result: Determination) -> bool:
        """Whether the determination gives just this."""
        return self.found_in(result) == self


@dataclass(frozen=True)
class Case:
    """A situation: facts, the day (None: to be given), and for examples the article and what must come out."""

    title: Text
    article: str
    on: date | None
    facts: CaseFacts
    overrides: Mapping[str, Scalar]
    expected: tuple[Expectation, ...]


def read_case(path: Path, pack: Pack) -> Case:
    """Read a case file against a pack. Raises CaseInvalid with every problem, its line and cause."""
    document = read_document(path, path.name)
    if document.readable:
        document.names = _names(pack)
        CASE.check(document, (), document.data)
    if document.problems:
        raise CaseInvalid(tuple(sorted(set(document.problems))))
    return _build(document.data)


def read_examples(folder: Path, pack: Pack) -> Mapping[str, Case]:
    """The examples in a pack's folder by file name. Raises CaseInvalid for the first file that is wrong."""
    return {path.stem: read_case(path, pack) for path in sorted((folder / EXAMPLES_FOLDER).glob("*.toml"))}


def failed_expectations(case: Case, pack: Pack, on: date) -> tuple[Expectation, ...]:
    """What the case expects and the determination of that day does not give."""
    result = determine(pack, case.facts, case.on or on, overrides=case.overrides)
    return tuple(expectation for expectation in case.expected if not expectation.told_by(result))


_ANSWER = Plain(
    lambda value: isinstance(value, bool) or value == UNKNOWN,
    Text("true、false 或 unknown", 'true, false or "unknown"'),
)
_AMOUNT = Plain(
    lambda value: value == UNKNOWN or (isinstance(value, int) and not isinstance(value, bool)),
    Text("以分计的整数或 unknown", 'fen or "unknown"'),
)


@dataclass(frozen=True)
class _Scalar(Kind):
    """A value in a unit and its bounds, or "unknown"."""

    name: Name

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        if value != UNKNOWN:
            Whole(self.name.low, self.name.high, self.name.unit).check(doc, path, value)


@dataclass(frozen=True)
class _Values(Kind):
    """Values of what the pack knows under their names at one level; facts may come with source and date."""

    what: Text
    level: str = ""

    @property
    def said(self) -> str:
        if self.what is _FACT:
            return 'facts by name: a value, "unknown", or { value, source, date }'
        return "parameters by name: a local value"

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        known = doc.names[self.what.en]
        for name, raw in value.items() if is_table(value, doc, path) else ():
            if name not in known or known[name].level != self.level:
                doc.report((*path, name), "unknown_name", name=name, what=self.what.en, what_zh=self.what.zh)
            elif isinstance(raw, dict) and self.what is _FACT:
                kinds = {"value": _Scalar(known[name])}
                Table(kinds, {"source": TEXT, "date": DATE}).check(doc, (*path, name), raw)
            else:
                _Scalar(known[name]).check(doc, (*path, name), raw)


_FACT, _PARAMETER = Text("事实", "fact"), Text("参数", "parameter")
_MEMBER: dict[str, Any] = {"member": TEXT}
CASE = Table(
    {"title": LABEL, "members": Tables(Table({"key": TEXT, "role": TEXT, "facts": _Values(_FACT, PERSON)}), key="key")},
    {
        "article": TEXT,
        "on": DATE,
        "household": _Values(_FACT, HOUSEHOLD),
        "overrides": _Values(_PARAMETER),
        "expect": Table(
            {},
            {
                "entitlements": Tables(
                    Table({"programme": Ref("programme", "待遇"), "eligible": _ANSWER, "amount_fen": _AMOUNT}, _MEMBER)
                ),
                "groups": Tables(Table({"group": Ref("group", "救助对象类别"), "belongs": _ANSWER}, _MEMBER)),
                "services": Tables(Table({"service": Ref("service", "服务"), "due": _ANSWER}, _MEMBER)),
            },
        ),
    },
)


def _names(pack: Pack) -> Names:
    return {
        "fact": {f.name: Name(f.unit, f.level, f.low, f.high) for f in pack.facts.values()},
        "parameter": {p.name: Name(p.unit, "", p.low, p.high) for p in pack.parameters.values()},
        "programme": dict.fromkeys(pack.programmes, Name()),
        "group": dict.fromkeys(pack.groups, Name()),
        "service": dict.fromkeys([*pack.services, *pack.classes], Name()),
    }


def _build(data: Mapping[str, Any]) -> Case:
    members = tuple(Member(m["key"], m["role"], _facts(m["facts"])) for m in data["members"])
    return Case(
        title=Text(data["title"]["zh"], data["title"]["en"]),
        article=data.get("article", ""),
        on=data.get("on"),
        facts=CaseFacts(members, _facts(data.get("household", {}))),
        overrides=data.get("overrides", {}),
        expected=tuple(_expectations(data.get("expect", {}))),
    )


def _facts(raw: Mapping[str, Any]) -> Mapping[str, Fact]:
    tables = {name: value if isinstance(value, dict) else {"value": value} for name, value in raw.items()}
    return {
        name: Fact(_known(table["value"]), table.get("source", ""), table.get("date")) for name, table in tables.items()
    }


def _expectations(raw: Mapping[str, Any]) -> Iterator[Expectation]:
    keys = {"entitlements": ("programme", "eligible"), "groups": ("group", "belongs"), "services": ("service", "due")}
    for kind, rows in raw.items():
        code, answer = keys[kind]
        for row in rows:
            fen = _known(row.get("amount_fen", UNKNOWN))
            yield Expectation(kind, row[code], row.get("member"), _known(row[answer]), fen)


def _known(value: Any) -> Any:
    return None if value == UNKNOWN else value
