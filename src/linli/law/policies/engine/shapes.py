"""The shape of scheme.toml and parameters.toml: which keys there are and what each may hold."""

from collections.abc import Mapping
from typing import Any

from linli.law.policies.engine.defaults import literal_defaults
from linli.law.policies.engine.document import Document
from linli.law.policies.engine.following import CAUSES, COUNTS_FROM, WAYS
from linli.law.policies.engine.lines import KeyPath
from linli.law.policies.engine.schema import (
    CODE,
    DATE,
    FLAG,
    LABEL,
    MONTH_TEXT,
    TEXT,
    Choice,
    Kind,
    Label,
    ListOf,
    Named,
    Ref,
    Table,
    Tables,
    Whole,
    assumption_has_why,
)
from linli.law.policies.engine.shortage import WITHIN
from linli.law.policies.engine.units import BOOL, FEN, PARAMETER_UNITS, RANGES, fits, units_by_name

LEVELS = ("PERSON", "HOUSEHOLD")
# What a household register shows of a person: a spouse in it, a child in it, nobody else in it.
REGISTERED = ("SPOUSE", "CHILD", "ALONE")
# Time limits that acts run; those of the second kind only where a pack has them.
DEADLINES = ("intake_answer", "supplement_lapse", "decision", "payee_hold")
FURTHER_DEADLINES = ("change_review",)
# Once demanded and never run by any act; packs written then still load, and nothing is made of these.
RETIRED_DEADLINES = ("decision_special", "refusal_notice")
PUBLICATION_COLUMNS = ("MASKED_NAME", "HOUSEHOLD_SIZE", "AMOUNT", "COMMUNITY")
# What every letter can say, and what each can say besides: whoever issues it fills exactly these placeholders.
_COMMON_PLACES = frozenset({"applicant", "number", "date"})
_AWARD_PLACES = frozenset({"programme", "amount", "reason"})
NOTICES: Mapping[str, frozenset[str]] = {
    code: _COMMON_PLACES | places
    for code, places in {
        "ACCEPTED": {"deadline"},
        "INCOMPLETE": {"papers", "deadline"},
        "NOT_ACCEPTED": {"reason"},
        "LAPSED": {"deadline"},
        "GRANTED": _AWARD_PLACES,
        "RECOGNISED": _AWARD_PLACES,
        "REFUSED": _AWARD_PLACES,
        "CHANGED": _AWARD_PLACES,
        "SUSPENDED": _AWARD_PLACES,
        "ENDED": _AWARD_PLACES,
        "REAPPLY": {"programme", "reason", "deadline", "papers"},
    }.items()
}
# Letters that a scheme may write besides: what it does not write is said in the others, or not sent.
OPTIONAL_NOTICES: Mapping[str, frozenset[str]] = {
    "RENEWAL_DUE": _COMMON_PLACES | {"programme", "deadline"},
    "RENEWED": _COMMON_PLACES | _AWARD_PLACES,
    "ACCOUNT_STOPPED": _COMMON_PLACES | {"programme", "holder"},
}
ALL_NOTICES = {**NOTICES, **OPTIONAL_NOTICES}

_BASIS: dict[str, Kind] = {"legal_basis": TEXT, "confidence": Choice(("A", "B", "C", "D"))}
_ASSUMPTION: dict[str, Kind] = {"assumption": FLAG, "why": LABEL}


def parameter_ref(*units: str) -> Ref:
    """A reference to a parameter in one of the units."""
    return Ref("parameter", "参数", units)


DAYS_PARAMETER = parameter_ref("DAYS", "WORKING_DAYS")
RULE = Ref("rule", "规则", (BOOL,))
AMOUNT_RULE = Ref("rule", "规则", (FEN,))
GROUP = Ref("group", "救助对象类别")
PAPER = Ref("paper", "证明材料")
PROGRAMME = Ref("programme", "待遇")
BUDGET_LINE = Ref("budget line", "预算科目")
SERVICE = Ref("service", "服务")
CLASS = Ref("class", "培训班")
FUND_SOURCE = Ref("fund source", "资金来源")


def _bounds(value: dict[str, Any]) -> tuple[int, int]:
    low, high = RANGES.get(value["unit"], (0, 1))
    return value.get("min", low), value.get("max", high)


def _bounds_fit(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    low, high = RANGES.get(value["unit"], (0, 1))
    for key in ("min", "max"):
        if key in value and not low <= value[key] <= high:
            doc.report((*path, key), "out_of_range", value=value[key], low=low, high=high)


def _name_fits_unit(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    name = str(path[-1])
    expected = units_by_name(name)
    if expected and value["unit"] not in expected:
        doc.report((*path, "unit"), "wrong_unit", name=name, unit=value["unit"], expected=" / ".join(expected))


def _register_fits(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    """A household register says yes or no about a person; an age is a person's."""
    name, is_persons = str(path[-1]), value["level"] == "PERSON"
    if "register" in value and not (is_persons and value["unit"] == BOOL):
        doc.report((*path, "register"), "register", name=name)
    if "from_age" in value and not is_persons:
        doc.report((*path, "from_age"), "from_age", name=name)


def _values_fit(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    low, high = _bounds(value)
    for number, dated in enumerate(value["values"]):
        where = (*path, "values", number, "value")
        if fits(dated["value"], value["unit"], low, high):
            continue
        is_whole = isinstance(dated["value"], int) and not isinstance(dated["value"], bool)
        if value["unit"] == BOOL or not is_whole:
            expected = ("true or false", "true 或 false") if value["unit"] == BOOL else ("an integer", "整数")
            doc.report(where, "wrong_type", expected=expected[0], expected_zh=expected[1])
        else:
            doc.report(where, "out_of_range", value=dated["value"], low=low, high=high)


def _has_values(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    if not value["values"]:
        doc.report((*path, "values"), "missing_date", key="from")


def _periods_follow(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    """Of two values one holds on any day: each ends, where it says so, after it began and before the next begins."""
    name = str(path[-1])
    dated = sorted(enumerate(value["values"]), key=lambda pair: pair[1]["from"])
    for place, (number, entry) in enumerate(dated, start=1):
        following = dated[place][1]["from"] if place < len(dated) else None
        where, until = (*path, "values", number, "until"), entry.get("until")
        if until is not None and until <= entry["from"]:
            doc.report(where, "until_reversed", name=name, until=until, start=entry["from"])
        elif until is not None and following is not None and until > following:
            doc.report(where, "until_overlaps", name=name, until=until, start=following)


class _Anything:
    """Checked by the table that holds it, which knows the unit."""

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Nothing is wrong with it here."""


PARAMETER = Table(
    {
        "label": LABEL,
        "unit": Choice(PARAMETER_UNITS),
        **_BASIS,
        "values": Tables(Table({"from": DATE, "value": _Anything()}, {"until": DATE}), key="from"),
    },
    {"min": Whole(), "max": Whole(), **_ASSUMPTION},
    [_name_fits_unit, _bounds_fit, _has_values, _periods_follow, _values_fit, assumption_has_why],
)


class Parameters:
    """The whole of parameters.toml: parameters under free names."""

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        """Check every parameter."""
        Named(PARAMETER).check(doc, path, value)


def _months_in_order(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    if value["last_month"] < value["first_month"]:
        doc.report((*path, "last_month"), "month_order")


def _rules_fit_level(*keys: str) -> Any:
    def check(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
        for key in keys:
            rule = doc.names.get("rule", {}).get(value[key])
            if rule is not None and rule.level != value["unit"]:
                doc.report((*path, key), "level", name=value[key], level=rule.level, unit=value["unit"])

    return check


_FACT = Table(
    {"label": LABEL, "level": Choice(LEVELS), "unit": Choice(PARAMETER_UNITS)},
    {"min": Whole(), "max": Whole(), "register": Choice(REGISTERED), "from_age": Whole(0, RANGES["AGE"][1])},
    [_name_fits_unit, _bounds_fit, _register_fits],
)
_GROUP = Table(
    {
        "code": CODE,
        "label": LABEL,
        "definition": LABEL,
        "unit": Choice(LEVELS),
        "rule": RULE,
        "papers": ListOf(PAPER),
        **_BASIS,
    },
    _ASSUMPTION,
    [_rules_fit_level("rule"), assumption_has_why],
)
_PAPER = Table(
    {
        "code": CODE,
        "label": LABEL,
        "demanded": Choice(("ALWAYS", "PROXY", "GROUP")),
        "waivable": FLAG,
        "promisable": FLAG,
        "legal_basis": TEXT,
    },
    {"valid_months": Whole(1, 1200)},
)
_PROGRAMME = Table(
    {
        "code": CODE,
        "label": LABEL,
        "unit": Choice(LEVELS),
        "group": GROUP,
        "eligible_rule": RULE,
        "amount_rule": AMOUNT_RULE,
        "budget_line": BUDGET_LINE,
        "first_month": MONTH_TEXT,
        "last_month": MONTH_TEXT,
        "starts": Choice(("APPLICATION_MONTH", "DECISION_MONTH", "NEXT_MONTH")),
        "term": parameter_ref("MONTHS"),
        "review": parameter_ref("MONTHS"),
        "overpayment": Choice(("RECEIVABLE", "WAIVED")),
        **_BASIS,
    },
    {"rehoused": Choice(("ENDS", "FOLLOWS")), **_ASSUMPTION},
    [_months_in_order, _rules_fit_level("eligible_rule", "amount_rule"), assumption_has_why],
)
_SERVICE = Table(
    {
        "code": CODE,
        "label": LABEL,
        "delivery": Choice(("HOME", "EVENT")),
        "due_rule": RULE,
        "groups": ListOf(GROUP),
        "frequency": parameter_ref("PER_WEEK", "PER_MONTH", "PER_YEAR"),
        "budget_line": BUDGET_LINE,
        **_BASIS,
    },
    {"items": Tables(Table({"code": CODE, "label": LABEL}), key="code"), **_ASSUMPTION},
    [assumption_has_why],
)
_CLASS = Table(
    {
        "code": CODE,
        "label": LABEL,
        "due_rule": RULE,
        "groups": ListOf(GROUP),
        "seats": parameter_ref("PERSONS"),
        "share": parameter_ref("PERCENT"),
        "budget_line": BUDGET_LINE,
        **_BASIS,
    },
    _ASSUMPTION,
    [assumption_has_why],
)
_DEADLINE = Table({"label": LABEL, "days": DAYS_PARAMETER}, {"amber": DAYS_PARAMETER})
_LABELLED = Table({"code": CODE, "label": LABEL})
_FUND_SOURCE = Table(
    {"code": CODE, "label": LABEL, "donor_restricted": FLAG, "purposes": ListOf(BUDGET_LINE)},
    _ASSUMPTION,
    [assumption_has_why],
)


_FOLLOWING = Table(
    {
        "cause": Choice(tuple(CAUSES)),
        "upwards": Choice(WAYS),
        "upwards_from": Choice(COUNTS_FROM),
        "downwards": Choice(WAYS),
        "downwards_from": Choice(COUNTS_FROM),
        **_BASIS,
    },
    _ASSUMPTION,
    [assumption_has_why],
)

_LETTER_TEXT = Label(frozenset().union(*ALL_NOTICES.values()))


def _fillable(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    """A letter says only what its occasion knows."""
    for name in sorted(_LETTER_TEXT.used(value["body"]) - ALL_NOTICES[value["code"]]):
        doc.report((*path, "body"), "placeholder_elsewhere", name=name, code=value["code"])


_NOTICE = Table(
    {"code": Choice(tuple(ALL_NOTICES)), "label": LABEL, "body": _LETTER_TEXT}, {"legal_basis": LABEL}, [_fillable]
)


def _every_letter(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    """Acts send letters by their code: each is there, or comes from the defaults (which other faults hold up)."""
    there = {notice["code"] for notice in (*value["notices"], *literal_defaults()["scheme"]["notices"])}
    for code in NOTICES:
        if code not in there:
            doc.report(("notices",), "missing_key", key=code)


def _every_programme_ordered(doc: Document, path: KeyPath, value: dict[str, Any]) -> None:
    """When money is short nobody may be left without a place."""
    for programme in value["programmes"]:
        if programme["code"] not in value["shortage"]["programmes"]:
            doc.report(("shortage", "programmes"), "unordered", name=programme["code"])


SCHEME = Table(
    {
        "code": TEXT,
        "version": TEXT,
        "label": LABEL,
        "jurisdiction": LABEL,
        "source": TEXT,
        "valid_from": DATE,
        "form": LABEL,
        "facts": Named(_FACT),
        "groups": Tables(_GROUP, key="code"),
        "papers": Tables(_PAPER, key="code"),
        "programmes": Tables(_PROGRAMME, key="code"),
        "budget_lines": Tables(_LABELLED, key="code"),
        "fund_sources": Tables(_FUND_SOURCE, key="code"),
        "shortage": Table(
            {
                "arrears_first": FLAG,
                "programmes": ListOf(PROGRAMME),
                "within": Choice(tuple(WITHIN)),
            },
            _ASSUMPTION,
            [assumption_has_why],
        ),
        "deadlines": Table(
            dict.fromkeys(DEADLINES, _DEADLINE), dict.fromkeys((*FURTHER_DEADLINES, *RETIRED_DEADLINES), _DEADLINE)
        ),
        "intake": Table(
            {"clock_after_supplement": Choice(("RESUME", "RESTART")), "publication_counts_in_decision": FLAG},
            _ASSUMPTION,
            [assumption_has_why],
        ),
        "publication": Table(
            {
                "label": LABEL,
                "days": DAYS_PARAMETER,
                "expiry": DAYS_PARAMETER,
                "roll_to_working_day": FLAG,
                "columns": ListOf(Choice(PUBLICATION_COLUMNS)),
            },
            _ASSUMPTION,
            [assumption_has_why],
        ),
        "assessment": Table({"roles": ListOf(CODE), "legal_basis": TEXT}),
        "identification": Tables(_LABELLED, key="code"),
        "notices": Tables(_NOTICE, key="code"),
    },
    {
        "services": Tables(_SERVICE, key="code"),
        "classes": Tables(_CLASS, key="code"),
        "renewal": Table(
            {
                "opens": parameter_ref("DAYS"),
                "decided": parameter_ref("DAYS"),
                "confirm": Choice(("BULK", "SINGLE", "APPLICATION")),
                **_BASIS,
            },
            _ASSUMPTION,
            [assumption_has_why],
        ),
        "following": Tables(_FOLLOWING, key="cause"),
        "remedies": Table(
            {
                "letters": ListOf(Choice(tuple(ALL_NOTICES))),
                "reconsideration_days": Whole(60, 366),
                "suit_months": Whole(6, 12),
                "authority": LABEL,
                "body": Label(frozenset({"days", "months", "authority"})),
                **_BASIS,
            },
            _ASSUMPTION,
            [assumption_has_why],
        ),
        "contact": Table({"telephone": TEXT, "address": LABEL}),
    },
    [_every_letter, _every_programme_ordered],
)
