"""Write the next year's pack out of this year's, by one stated rule and without a figure of its own.

The rule: every month moves on by twelve, the plan's year by one, the scheme is in force from the first day of its new
first month; an example asked a year later is answered by the figures of then. All else stays as it is written. What the
plan stated for its own year nobody has stated for the next: those figures become assumptions that say so. Parameters
keep their dated values; what ran out is not made up.
"""

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import InlineTable

from linli.kernel.bilingual import Text
from linli.kernel.period import Month
from linli.law.policies.engine.carrying import carry_examples
from linli.law.policies.engine.cases import EXAMPLES_FOLDER
from linli.law.policies.engine.loader import PLAN_FILE, SCHEME_FILE, load_pack
from linli.law.policies.engine.versioning import TargetOccupied
from linli.law.policies.engine.writing import drafted

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_CARRIED = Text(
    "沿用 %(year)s 年方案，采用前逐项核对",
    "Carried over from the plan of %(year)s; to be looked at before it is adopted",
)


def write_next_year(folder: Path, target: Path) -> Path:
    """Write the pack for the year after the folder's to ``target``; returns it.

    Raises TargetOccupied; PackError when the folder or the result would not load, ExamplesFailed when an example gives
    no answer any more. Nothing is left after a refusal.
    """
    pack = load_pack(folder)
    if target.exists():
        raise TargetOccupied(folder=target.name)
    year = pack.year
    with drafted(target) as draft:
        shutil.copytree(folder, draft, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        _rewrite(draft / SCHEME_FILE, lambda scheme: _move_scheme(scheme, year))
        if pack.plan is not None:
            _rewrite(draft / PLAN_FILE, lambda plan: _move_plan(plan, year))
        for example in sorted((draft / EXAMPLES_FOLDER).glob("*.toml")):
            _rewrite(example, _move_example)
        carry_examples(folder, pack, draft)
    return target


def next_version(version: str, year: int) -> str:
    """The version's number with the year it is for: "1.0" and "1.0-2027" become "1.0-2028" for 2028."""
    return f"{re.sub(r'-[0-9]{4}$', '', version)}-{year}"


def _rewrite(file: Path, change: Any) -> None:
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    change(document)
    file.write_text(tomlkit.dumps(document), encoding="utf-8")


def _move_scheme(scheme: Any, year: int) -> None:
    firsts = [Month.parse(one["first_month"]) for one in scheme.get("programmes", ()) if "first_month" in one]
    scheme["version"] = next_version(scheme["version"], year + 1)
    scheme["valid_from"] = min(firsts, default=Month(year, 1)).plus(12).first_day
    _move_months(scheme)


def _move_plan(plan: Any, year: int) -> None:
    _move_months(plan)
    _carry(plan, year)
    plan["year"]["value"] = year + 1


def _move_example(example: Any) -> None:
    if isinstance(example.get("on"), date):
        on = example["on"]
        example["on"] = date(on.year + 1, on.month, min(on.day, Month(on.year + 1, on.month).last_day.day))


def _move_months(node: Any) -> None:
    """Every text that is a month, wherever it stands."""
    for key, value in list(node.items()):
        if isinstance(value, str) and _MONTH.fullmatch(value):
            node[key] = str(Month.parse(value).plus(12))
        elif isinstance(value, dict):
            _move_months(value)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    _move_months(one)


def _carry(node: Any, year: int) -> None:
    """What was stated for the old year is assumed for the new one."""
    for key, value in list(node.items()):
        if isinstance(value, InlineTable) and value.get("stated"):
            node[key] = _assumed(value, (_CARRIED % {"year": year}).both)
        elif isinstance(value, dict):
            _carry(value, year)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    _carry(one, year)


def _assumed(figure: InlineTable, why: dict[str, str]) -> InlineTable:
    """The figure with a reason in place of its word, written as the packs are."""
    kept = [f"{key} = {figure[key].as_string()}" for key in figure if key != "stated"]
    words = ", ".join(f"{language} = {tomlkit.item(text).as_string()}" for language, text in why.items())
    pairs = [*kept, "assumed = true", f"why = {{ {words} }}"]
    fresh = tomlkit.parse(f"x = {{ {', '.join(pairs)} }}")["x"]
    assert isinstance(fresh, InlineTable)  # by the text just parsed
    if figure.trivia.comment:
        fresh.comment(figure.trivia.comment)
    return fresh
