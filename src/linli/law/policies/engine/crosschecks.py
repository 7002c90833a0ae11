"""What is wrong with a section although each of its keys is right: looked at across keys, told at one of them."""

from typing import Any

from linli.law.policies.engine.document import Document, KeyPath
from linli.law.policies.engine.schema import Also, Whole
from linli.law.policies.engine.sentences import ALL_NOTICES, LETTER_TEXT, NOTICES, literal_defaults
from linli.law.policies.engine.units import BOOL, RANGES, units_by_name

Raw = dict[str, Any]


def bounds(unit: str) -> tuple[int, int]:
    """The smallest and largest value of a unit; 0 and 1 for true and false."""
    return RANGES.get(unit, (0, 1))


def bounds_fit(doc: Document, path: KeyPath, value: Raw) -> None:
    """``min`` and ``max`` only narrow the range of the unit."""
    low, high = bounds(value["unit"])
    for key in ("min", "max"):
        if key in value and not low <= value[key] <= high:
            doc.report((*path, key), "out_of_range", value=value[key], low=low, high=high)


def name_fits_unit(doc: Document, path: KeyPath, value: Raw) -> None:
    """A name that ends like a unit is in it."""
    name = str(path[-1])
    expected = units_by_name(name)
    if expected and value["unit"] not in expected:
        doc.report((*path, "unit"), "wrong_unit", name=name, unit=value["unit"], expected=" / ".join(expected))


def register_fits(doc: Document, path: KeyPath, value: Raw) -> None:
    """A household register says yes or no about a person; an age is a person's."""
    name, is_persons = str(path[-1]), value["level"] == "PERSON"
    if "register" in value and not (is_persons and value["unit"] == BOOL):
        doc.report((*path, "register"), "register", name=name)
    ages = next((key for key in ("from_age", "to_age") if key in value), "")
    if ages and not is_persons:
        doc.report((*path, ages), "from_age", name=name)


def values_fit(doc: Document, path: KeyPath, value: Raw) -> None:
    """A parameter has values, each in its unit and bounds."""
    if not value["values"]:
        doc.report((*path, "values"), "missing_date", key="from")
    low, high = bounds(value["unit"])
    kind = Whole(value.get("min", low), value.get("max", high), value["unit"])
    for number, dated in enumerate(value["values"]):
        kind.check(doc, (*path, "values", number, "value"), dated["value"])


def periods_follow(doc: Document, path: KeyPath, value: Raw) -> None:
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


def assumption_has_why(doc: Document, path: KeyPath, value: Raw) -> None:
    """An assumption carries its reason."""
    if value.get("assumption") and "why" not in value:
        doc.report(path, "assumption_why")


def months_in_order(doc: Document, path: KeyPath, value: Raw) -> None:
    """The last month is not before the first, in a scheme or in a plan, where months are figures."""
    ends = (value["first_month"], value["last_month"])
    first, last = (month["value"] if isinstance(month, dict) else month for month in ends)
    if last < first:
        doc.report((*path, "last_month"), "month_order")


def rules_fit_level(*keys: str) -> Also:
    """Rules about persons for what persons are given, rules about households for what households are given."""

    def check(doc: Document, path: KeyPath, value: Raw) -> None:
        for key in keys:
            rule = doc.names.get("rule", {}).get(value[key])
            if rule is not None and rule.level != value["unit"]:
                doc.report((*path, key), "level", name=value[key], level=rule.level, unit=value["unit"])

    return check


def is_fillable(doc: Document, path: KeyPath, value: Raw) -> None:
    """A letter says only what its occasion knows."""
    for name in sorted(LETTER_TEXT.used(value["body"]) - ALL_NOTICES[value["code"]]):
        doc.report((*path, "body"), "placeholder_elsewhere", name=name, code=value["code"])


def has_every_letter(doc: Document, path: KeyPath, value: Raw) -> None:
    """Acts send letters by their code: each is there, or comes from the defaults (which other faults hold up)."""
    there = {notice["code"] for notice in (*value["notices"], *literal_defaults()["scheme"]["notices"])}
    for code in NOTICES:
        if code not in there:
            doc.report(("notices",), "missing_key", key=code)


def every_programme_is_ordered(doc: Document, path: KeyPath, value: Raw) -> None:
    """When money is short nobody may be left without a place."""
    for programme in value["programmes"]:
        if programme["code"] not in value["shortage"]["programmes"]:
            doc.report(("shortage", "programmes"), "unordered", name=programme["code"])
