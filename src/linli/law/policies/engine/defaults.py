"""What a pack need not say: filled in before its files are checked, so that a small scheme is one page.

Literal defaults stand in ``defaults.toml``; what follows from something else that the pack says is worked out here and
described in ``WORKED_OUT`` for the reference of the format. What is there is never changed, whatever is wrong with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.kernel.bilingual import Text
from linli.law.policies.engine.planfile import PLAN
from linli.law.policies.engine.schema import FigureOf, Table, Tables
from linli.law.policies.engine.sentences import literal_defaults
from linli.law.policies.engine.units import units_by_name

Raw = dict[str, Any]
# What a level is counted in by a plan.
COUNTED = {"HOUSEHOLD": "HOUSEHOLDS", "PERSON": "PERSONS"}
_ASSUMED_ALL = Text("方案未写申请率；按全部申请计", "The plan gives no take-up; everybody entitled is counted")
_ASSUMED_OPENING = Text("方案未写年初在册数；按目标数计", "The plan gives no opening caseload; the target is used")
_ASSUMED_JANUARY = Text(
    "方案未写到账时间；按一月一次到账计", "The plan gives no date of receipt; all in January is assumed"
)
_ASSUMED_YEAR = Text("方案未写发放月份；按全年计", "The plan gives no months; the whole year is counted")
# Tables of the defaults that a pack has besides its own, by the key that tells them apart.
_ONE_BY_ONE = {"notices": "code", "articles": "article"}
# file and key -> what is taken when it is not written.
WORKED_OUT: Mapping[str, Text] = {
    "scheme.facts": Text("没有", "none"),
    "scheme.shortage.programmes": Text("按 programmes 的先后", "the programmes as they are listed"),
    "scheme.groups.definition": Text("label", "label"),
    "scheme.groups.papers": Text("[]", "[]"),
    "scheme.programmes.unit": Text("group 的 unit", "the group's unit"),
    "scheme.programmes.eligible_rule": Text("group 的 rule", "the group's rule"),
    "scheme.programmes.budget_line": Text("唯一的一条", "the only one there is"),
    "scheme.programmes.first_month": Text(
        "plan.toml 的月份，或其年度一月", "that of plan.toml, or January of its year"
    ),
    "scheme.programmes.last_month": Text(
        "plan.toml 的月份，或其年度十二月", "that of plan.toml, or December of its year"
    ),
    "scheme.notices.legal_basis": Text("该种文书的条文，或 source", "the article of its kind below, or source"),
    "scheme.fund_sources.purposes": Text("全部 budget_lines", "all budget lines"),
    "*.legal_basis": Text("scheme.toml 的 source", "source of scheme.toml"),
    "*.confidence": Text("D", "D"),
    "parameters.unit": Text("名字的结尾（_fen、_percent 等）所示", "what the name's ending says (_fen, _percent …)"),
    "parameters.values": Text("value = … 自 valid_from 起", "value = … from valid_from on"),
    "plan.figure": Text(
        "一个数：单位为该处唯一可用的单位，source 取 scheme.toml 的，stated = true",
        "a bare number: in the only unit that fits, source of scheme.toml, stated = true",
    ),
    "plan.groups": Text("各项待遇的 recipients", "the recipients of each programme"),
    "plan.budget_lines": Text("只有一条时，资金来源之和", "the sum of the sources, when there is one line"),
    "plan.programmes.first_month": Text(
        "scheme.toml 的，或年度一月（假设）", "that of scheme.toml, or January (assumed)"
    ),
    "plan.programmes.last_month": Text(
        "scheme.toml 的，或十二月（假设）", "that of scheme.toml, or December (assumed)"
    ),
    "plan.programmes.opening_caseload": Text("recipients（假设）", "recipients (assumed)"),
    "plan.programmes.uptake": Text("100（假设）", "100 (assumed)"),
    "plan.sources.inflows": Text("全额一月到账（假设）", "all of it in January (assumed)"),
}


def fill(scheme: Raw, parameters: Raw, plan: Raw | None) -> None:
    """Put what is not written into the contents of a pack's files."""
    _Filler(scheme, parameters, plan).fill()


@dataclass
class _Filler:
    scheme: Raw
    parameters: Raw
    plan: Raw | None

    def fill(self) -> None:
        literal = literal_defaults()
        source = self.scheme.get("source")
        self.fill_scheme(literal)
        self.fill_parameters(literal["parameters"])
        if self.plan is not None:
            _Plan(self.plan, self.scheme, str(source)).fill()
        self.fill_months()
        for table in (*self.based(), *_tables(self.parameters)):
            if isinstance(source, str):
                table.setdefault("legal_basis", source)
            table.setdefault("confidence", "D")

    def based(self) -> Iterator[Raw]:
        for section in ("groups", "programmes", "services", "classes"):
            yield from _rows(self.scheme, section)

    def cite(self, notices: Iterable[Raw], known: Mapping[str, Raw]) -> None:
        """Every letter cites an article: what it does not say itself follows from its kind, else the pack's source."""
        source = self.scheme.get("source")
        for row in notices:
            code = _code(row, "code")
            if isinstance(code, str) and code in known:
                row.setdefault("legal_basis", known[code])
            elif isinstance(source, str):
                row.setdefault("legal_basis", Text(source, source).both)

    # --- scheme.toml ------------------------------------------------------------------------------------

    def fill_scheme(self, literal: Raw) -> None:
        scheme = self.scheme
        for key, value in literal["scheme"].items():
            if key in _ONE_BY_ONE:
                name = _ONE_BY_ONE[key]
                written = {_code(row, name) for row in _rows(scheme, key)}
                if isinstance(scheme.setdefault(key, []), list):
                    scheme[key] += [row for row in value if row[name] not in written]
            elif key == "deadlines" and isinstance(scheme.get(key, {}), dict):
                scheme[key] = {**value, **scheme.get(key, {})}
            else:
                scheme.setdefault(key, value)
        self.cite(_rows(scheme, "notices"), literal["notice_basis"])
        scheme.setdefault("facts", {})
        if isinstance(scheme["shortage"], dict):
            order = [_code(row, "code") for row in _rows(scheme, "programmes")]
            scheme["shortage"].setdefault("programmes", order)
        self.fill_rows(literal)

    def fill_rows(self, literal: Raw) -> None:
        lines = [_code(row, "code") for row in _rows(self.scheme, "budget_lines")]
        groups = {_code(row, "code"): row for row in _rows(self.scheme, "groups")}
        for group in groups.values():
            group.setdefault("papers", [])
            _take(group, "definition", group.get("label"))
        for row in _rows(self.scheme, "programmes"):
            group = groups.get(_code(row, "group"), {})
            _take(row, "unit", group.get("unit"))
            _take(row, "eligible_rule", group.get("rule"))
            self.fill_programme(row, literal["programme"])
        for row in self.based():
            if "group" in row or "groups" in row:
                _take(row, "budget_line", lines[0] if len(lines) == 1 else None)
        for row in _rows(self.scheme, "fund_sources"):
            row.setdefault("purposes", list(lines))
            row.setdefault("donor_restricted", literal["fund_source"]["donor_restricted"])

    def fill_programme(self, row: Raw, literal: Raw) -> None:
        """What a programme takes from the defaults is an assumption, and says so unless the pack says it itself."""
        taken = [key for key in literal if key != "why" and key not in row]
        for key in taken:
            row[key] = literal[key]
        if taken and "assumption" not in row and "why" not in row:
            row.update(assumption=True, why=literal["why"])

    def fill_months(self) -> None:
        planned = {_code(row, "programme"): row for row in _rows(self.plan or {}, "programmes")}
        for row in _rows(self.scheme, "programmes"):
            for key in ("first_month", "last_month"):
                _take(row, key, _value(planned.get(_code(row, "code"), {}).get(key)))

    # --- parameters.toml --------------------------------------------------------------------------------

    def fill_parameters(self, literal: Raw) -> None:
        for name in sorted(_texts(self.scheme) & literal.keys()):
            self.parameters.setdefault(name, literal[name])
        start = self.scheme.get("valid_from")
        for name, table in self.parameters.items():
            if not isinstance(table, dict):
                continue
            units = units_by_name(name)
            _take(table, "unit", units[0] if len(units) == 1 else None)
            if "value" in table and "values" not in table and isinstance(start, date):
                table["values"] = [{"from": start, "value": table.pop("value")}]


@dataclass
class _Plan:
    """A plan being filled: bare numbers become figures, what is left out is assumed and says so."""

    plan: Raw
    scheme: Raw
    source: str

    def fill(self) -> None:
        year = _value(self.plan.get("year"))
        self.fill_programmes(year)
        self.spell(PLAN, self.plan)
        self.fill_groups()
        self.fill_sources(year)
        self.fill_lines()
        self.spell(PLAN, self.plan)

    def spell(self, kind: Table, table: Raw) -> None:
        """Make figures of the bare numbers, each in the only unit that its place can have."""
        for key, below in {**kind.fields, **kind.optional}.items():
            if isinstance(below, FigureOf):
                self.figure(table, key, below.units[0] if len(below.units) == 1 else self.counted(table))
            elif isinstance(below, Table) and isinstance(table.get(key), dict):
                self.spell(below, table[key])
            elif isinstance(below, Tables):
                for row in _rows(table, key):
                    self.spell(below.item, row)

    def counted(self, row: Raw) -> str:
        """What a row's programme or group is counted in; nothing where it has neither."""
        for section, key in (("programmes", "programme"), ("groups", "group")):
            for spec in _rows(self.scheme, section) if key in row else ():
                if spec.get("code") == row[key]:
                    return COUNTED.get(str(spec.get("unit")), "")
        return ""

    def fill_programmes(self, year: object) -> None:
        specs = {_code(row, "code"): row for row in _rows(self.scheme, "programmes")}
        for row in _rows(self.plan, "programmes"):
            spec = specs.get(_code(row, "programme"), {})
            for key, value, unit, why in (
                ("opening_caseload", _value(row.get("recipients")), self.counted(row), _ASSUMED_OPENING),
                ("uptake", 100, "PERCENT", _ASSUMED_ALL),
            ):
                if key not in row and isinstance(value, int):
                    row[key] = self.assumed(value, unit, why)
            for key, month in (("first_month", "01"), ("last_month", "12")):
                written = spec.get(key)
                if key not in row and isinstance(written, str):
                    row[key] = self.stated(written, "MONTH")
                elif key not in row and isinstance(year, int):
                    row[key] = self.assumed(f"{year}-{month}", "MONTH", _ASSUMED_YEAR)

    def fill_groups(self) -> None:
        if "groups" not in self.plan:
            specs = {_code(row, "code"): _code(row, "group") for row in _rows(self.scheme, "programmes")}
            first: Raw = {}
            for row in _rows(self.plan, "programmes"):
                first.setdefault(str(specs.get(_code(row, "programme"))), row.get("recipients"))
            self.plan["groups"] = [{"group": group, "target": deepcopy(target)} for group, target in first.items()]

    def fill_sources(self, year: object) -> None:
        for row in _rows(self.plan, "sources"):
            amount = _value(row.get("amount"))
            if "inflows" not in row and isinstance(year, int) and isinstance(amount, int):
                month, received = f"{year}-01", self.assumed(amount, "FEN", _ASSUMED_JANUARY)
                row["inflows"] = [{"month": self.assumed(month, "MONTH", _ASSUMED_JANUARY), "amount": received}]

    def fill_lines(self) -> None:
        lines = [_code(row, "code") for row in _rows(self.scheme, "budget_lines")]
        amounts = [_value(row.get("amount")) for row in _rows(self.plan, "sources")]
        total = sum(amount for amount in amounts if isinstance(amount, int))
        if "budget_lines" not in self.plan and len(lines) == 1:
            self.plan["budget_lines"] = [{"budget_line": lines[0], "amount": self.stated(total, "FEN")}]

    def figure(self, table: Raw, key: str, unit: str) -> None:
        """A bare number or month becomes a figure; a figure's source is the scheme's when it names none."""
        value = table.get(key)
        fitting = str if unit == "MONTH" else int
        if unit and isinstance(value, fitting) and not isinstance(value, bool):
            table[key] = self.stated(value, unit)
        elif isinstance(value, dict) and self.source:
            value.setdefault("source", self.source)

    def stated(self, value: int | str, unit: str) -> Raw:
        return {"value": value, "unit": unit, "source": self.source, "stated": True}

    def assumed(self, value: int | str, unit: str, why: Text) -> Raw:
        mark = {"assumed": True, "why": why.both}
        return {"value": value, "unit": unit, "source": self.source, **mark}


def _take(table: Raw, key: str, value: object) -> None:
    if value is not None:
        table.setdefault(key, deepcopy(value))


def _value(figure: object) -> object:
    return figure.get("value") if isinstance(figure, dict) else figure


def _code(row: Raw, key: str) -> Any:
    """What stands where a code should; nothing where it is no single value, which the checks tell."""
    code = row.get(key)
    return None if isinstance(code, list | dict) else code


def _rows(table: Mapping[str, Any], section: str) -> list[Raw]:
    rows = table.get(section)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _tables(table: Raw) -> list[Raw]:
    return [row for row in table.values() if isinstance(row, dict)]


def _texts(content: object) -> set[str]:
    """Every text in the contents of a file: a default parameter is taken when something names it."""
    if isinstance(content, dict):
        return {text for value in content.values() for text in _texts(value)}
    if isinstance(content, list):
        return {text for value in content for text in _texts(value)}
    return {content} if isinstance(content, str) else set()
