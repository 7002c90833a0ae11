"""The reference of the pack format, written from what the loader checks: keys, types, units, bounds and defaults."""

from collections.abc import Iterator, Mapping
from typing import Any

from linli.law.policies.engine.cases import CASE
from linli.law.policies.engine.defaults import WORKED_OUT
from linli.law.policies.engine.loader import PARAMETERS, SCHEME
from linli.law.policies.engine.model import RETIRED_DEADLINES
from linli.law.policies.engine.planfile import PLAN
from linli.law.policies.engine.rulelanguage import FUNCTIONS, IMPORTS
from linli.law.policies.engine.schema import Kind, Named, Table, Tables
from linli.law.policies.engine.sentences import ALL_NOTICES, literal_defaults
from linli.law.policies.engine.units import BOOL, MONTH, RANGES, SUFFIXES

_INTRODUCTION = """\
# The format of a policy pack

Written by `make reference` from what the loader checks; do not edit it by hand.

A pack is a folder: `scheme.toml`, `parameters.toml`, `rules.py`, where there is a year plan `plan.toml`, and
`examples/*.toml`. `linli pack new FOLDER --year YYYY` starts one, `linli pack test FOLDER` runs its examples,
`linli plan check FOLDER` checks its plan, `linli pack install FOLDER` puts it in force. Every mistake is told with its
file and line. Files are UTF-8 without a byte order mark; a text in both languages is `{ zh = "…", en = "…" }`.

Amounts are whole fen. A key without a default must be written; **optional** keys may be left out and nothing is
taken in their place."""
_RULES = """\
## rules.py

Ordinary functions in a small part of Python: assignments, `if`, `return`, comparisons, `+ - * // %%` and the functions
%(functions)s. No loops, attributes, texts or imports but these: %(imports)s. A parameter's name says what it is given:
a fact, a parameter, another rule, `size` (members of the household), or in a household rule `total_`, `max_`, `any_`
and `count_` of something that each person has. `Fen`, `int` and `bool` annotate it; with `| None` a rule is also called
when the value is not known. Results stay within 64 bits."""
_WHERE = {"scheme": "scheme.toml", "parameters": "parameters.toml", "plan": "plan.toml", "example": "examples/*.toml"}


def reference_text() -> str:
    """The whole reference, in Markdown."""
    functions = ", ".join(f"`{name}`" for name in sorted(FUNCTIONS))
    imports = "; ".join(f"`from {module} import {', '.join(sorted(names))}`" for module, names in IMPORTS.items())
    parts = [
        _INTRODUCTION,
        *_file("scheme", SCHEME),
        *_file("parameters", PARAMETERS),
        _RULES % {"functions": functions, "imports": imports},
        *_file("plan", PLAN),
        *_file("example", CASE),
        *_letters(),
        *_units(),
        *_defaults(),
    ]
    return "\n\n".join(parts) + "\n"


# --- files ----------------------------------------------------------------------------------------


def _file(file: str, kind: Kind) -> Iterator[str]:
    yield f"## {_WHERE[file]}"
    if file == "parameters":
        yield "Each parameter is a table under its own name: `[grant_monthly_fen]`."
    if file == "plan":
        bare = WORKED_OUT["plan.figure"].en
        yield f"A figure is a table of `value`, `unit`, `source` and `stated` or `assumed` with `why`, or {bare}."
    yield "| key | what it holds | default |\n|---|---|---|\n" + "\n".join(rows_of(file, "", kind))
    if file == "scheme":
        retired = ", ".join(f"`deadlines.{name}`" for name in RETIRED_DEADLINES)
        yield f"Accepted in packs written earlier, and read by nothing: {retired}."


def rows_of(file: str, path: str, kind: Kind) -> Iterator[str]:
    """The rows of a kind's keys, those below them after each; ``file`` is the one whose defaults are told."""
    for key, below, optional in _fields(kind):
        address = f"{path}.{key}" if path else key
        if f"{file}.{address}" in _HIDDEN:
            continue
        shown = f"`{address}`{'[]' if isinstance(below, Tables) else ''}"
        default = _default(file, address, optional=optional)
        yield f"| {shown} | {below.said} | {default} |"
        yield from rows_of(file, address, below)


def _fields(kind: Kind) -> Iterator[tuple[str, Kind, bool]]:
    if isinstance(kind, Named | Tables):
        yield from _fields(kind.item)
    elif isinstance(kind, Table):
        for key, below in kind.fields.items():
            yield key, below, False
        for key, below in kind.optional.items():
            yield key, below, True


# --- defaults -------------------------------------------------------------------------------------

# What a default fills is described once with the whole: its keys need no row of their own.
_HIDDEN = {f"scheme.deadlines.{name}" for name in RETIRED_DEADLINES}
_ROWS_OF = {"programmes": "programme", "fund_sources": "fund_source"}


def _default(file: str, address: str, *, optional: bool) -> str:
    named = WORKED_OUT.get(f"{file}.{address}")
    last = address.rpartition(".")[2]
    if named is None and last in {"legal_basis", "confidence"} and _is_based(file, address):
        named = WORKED_OUT[f"*.{last}"]
    if named is not None:
        return named.en
    found = _literal(file, address)
    if found is not None:
        return found
    return "optional" if optional else ""


def _is_based(file: str, address: str) -> bool:
    section = address.split(".", maxsplit=1)[0]
    return file == "parameters" or (file == "scheme" and section in {"groups", "programmes", "services", "classes"})


def _literal(file: str, address: str) -> str | None:
    if file != "scheme":
        return None
    steps = address.split(".")
    literal = literal_defaults()
    if steps[0] in _ROWS_OF and len(steps) == 2:
        value = literal[_ROWS_OF[steps[0]]].get(steps[1])
        return None if value is None or steps[1] == "why" else _shown(value)
    value = literal["scheme"]
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "those below"
    return None if value is None else _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value["en"]) if set(value) == {"zh", "en"} else "its keys below"
    if isinstance(value, list):
        return ", ".join(_shown(element) for element in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _letters() -> Iterator[str]:
    yield "## Letters"
    yield "What each kind of letter can say: `%(name)s` in its body is filled by the act that sends it."
    rows = [
        f"| `{code}` | {', '.join(f'`{name}`' for name in sorted(places))} | {_cited(code)} |"
        for code, places in ALL_NOTICES.items()
    ]
    yield "| code | placeholders | cites, unless the pack says otherwise |\n|---|---|---|\n" + "\n".join(rows)


def _cited(code: str) -> str:
    cited = literal_defaults()["notice_basis"].get(code)
    return str(cited["en"]) if cited else "`source`"


def _units() -> Iterator[str]:
    yield "## Units"
    endings: dict[str, list[str]] = {}
    for suffix, units in SUFFIXES.items():
        for unit in units:
            endings.setdefault(unit, []).append(f"`…{suffix}`")
    rows = [
        f"| `{unit}` | {low:,} to {high:,} | {' '.join(endings.get(unit, []))} |"
        for unit, (low, high) in RANGES.items()
    ]
    rows += [f"| `{BOOL}` | true or false | |", f"| `{MONTH}` | a text such as 2026-01, in plans | |"]
    yield "A parameter or fact whose name ends like this is in this unit; `min` and `max` may only narrow the range."
    yield "| unit | range | ending |\n|---|---|---|\n" + "\n".join(rows)


def _defaults() -> Iterator[str]:
    literal = literal_defaults()
    yield "## What is taken when a pack does not say it"
    rows = [
        f"| `{name}` | {table['value']:,} {table['unit']} | {table['legal_basis']} ({table['confidence']}) |"
        for name, table in literal["parameters"].items()
    ]
    yield "Parameters, each when something names it and the pack has none of that name; they hold from `valid_from` on:"
    yield "| parameter | value | basis |\n|---|---|---|\n" + "\n".join(rows)
    for section, words in (("papers", "Papers"), ("identification", "Ways people are found")):
        names = ", ".join(f"`{row['code']}` ({row['label']['en']})" for row in literal["scheme"][section])
        yield f"{words}, when the section is left out: {names}."
    yield "Letters and articles are taken one by one: a pack that writes one has the others from here."
