"""Write the next version of a pack: the same files with other figures, every comment kept.

A change names a figure as the plan checker does: ``programmes.GRANT.recipients``, ``sources.DONATION.inflows.0.month``,
``parameters.grant_monthly_fen`` or, for an amount that holds from a later month on,
``parameters.grant_monthly_fen.2026-10``.
"""

import re
import shutil
from collections.abc import Mapping, MutableMapping
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, InlineTable, Item

from linli.kernel.errors import DomainError, gettext_noop
from linli.kernel.period import Month
from linli.law.policies.engine.carrying import carry_examples
from linli.law.policies.engine.loader import PARAMETERS_FILE, PLAN_FILE, SCHEME_FILE, filled_plan, load_pack
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.writing import drafted, number, spell_out, written

# What a plan may leave out, for the checker to derive it from other figures: its unit, or none where it is a code.
OPTIONAL = {
    "months": "COUNT",
    "population.helped": "PERSONS",
    "population.counting": "",
    "visits.*.people": "PERSONS",
    "visits.*.counting": "",
    "receipts.dates": "",
}
# What is said of a programme that may need another one, as the parameter that the plan names for it has it.
_PAID_MONTHS = ("first_month", "last_month")
_CONDITIONS = {"NEEDED": True, "NOT_NEEDED": False}
_PARAMETERS = "parameters."
_STEP = re.compile(r"^parameters\.(?P<name>\w+)\.(?P<month>\d{4}-\d{2})$")
# The keys whose value is the code of an entry of a list.
_CODE_KEYS = ("group", "programme", "budget_line", "source", "service", "class", "code")


class ChangedFigureUnknown(DomainError):
    """A change names a figure that neither the plan nor the parameters hold."""

    message = gettext_noop("政策包中没有可以修改的数字 %(path)s")


class VersionNotNew(DomainError):
    """The new version has the number of the old one."""

    message = gettext_noop("新版本号不能与原版本 %(version)s 相同")


class TargetOccupied(DomainError):
    """The folder of the new version exists already; a version is never overwritten."""

    message = gettext_noop("目标文件夹 %(folder)s 已存在，不会覆盖")


def write_version(folder: Path, target: Path, *, changes: Mapping[str, int | str], version: str) -> Path:
    """Copy a pack folder to ``target`` as another version that differs by these figures; returns ``target``.

    Values are in the figure's own unit (fen, percent, "2026-03"). A changed figure is a decision: it is no longer
    marked as assumed, and a comment beside it says what it was. A parameter changes from the plan's year on: the value
    in force then is replaced when it begins with the scheme, otherwise a dated value is added. Every example is carried
    over; where the new figures give another answer it is written in place of the old one, which stands beside it with
    the figures it rests on (``carrying.changed_examples`` tells them).

    Raises VersionNotNew, TargetOccupied, ChangedFigureUnknown; PackError when the result would not load, ExamplesFailed
    when an example gives no answer any more. Nothing is left behind after a refusal.
    """
    pack = load_pack(folder)
    if version == pack.version:
        raise VersionNotNew(field="version", version=version)
    if target.exists():
        raise TargetOccupied(folder=target.name)
    with drafted(target) as draft:
        shutil.copytree(folder, draft, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        _Draft(draft, pack, version).apply(changes)
        carry_examples(folder, pack, draft)
    return target


class _Draft:
    """A copy of a pack's files being changed."""

    def __init__(self, folder: Path, pack: Pack, version: str) -> None:
        self.folder = folder
        self.pack = pack
        self.version = version
        files = [name for name in (SCHEME_FILE, PARAMETERS_FILE, PLAN_FILE) if (folder / name).exists()]
        self.files = {name: tomlkit.parse((folder / name).read_text(encoding="utf-8")) for name in files}

    def apply(self, changes: Mapping[str, int | str]) -> None:
        """Make every change and write the files."""
        self.files[SCHEME_FILE]["version"] = self.version
        self._spell_out()
        for path, value in changes.items():
            if path.startswith(_PARAMETERS):
                self._change_parameter(path, value=value)
            else:
                self._change_figure(path, value)
        for name, document in self.files.items():
            (self.folder / name).write_text(tomlkit.dumps(document), encoding="utf-8")

    def _spell_out(self) -> None:
        """Write what the pack leaves to the loader's defaults, so that every figure has a place to be changed at."""
        plan = filled_plan(self.folder)
        if plan is not None:
            spell_out(self.files[PLAN_FILE], plan)
        for table in self.files[PARAMETERS_FILE].values():
            if isinstance(table, MutableMapping) and "value" in table and "values" not in table:
                dated = tomlkit.table()
                dated["from"] = self.pack.valid_from
                dated["value"] = table.pop("value")
                values = tomlkit.aot()
                values.append(dated)
                table["values"] = values

    # --- plan.toml ------------------------------------------------------------------------------------

    def _change_figure(self, path: str, value: int | str) -> None:
        *steps, last = path.split(".")
        if steps[:1] == ["sources"] and last in ("month", "amount"):
            self._add_receipt(steps)
        holder = _walk(self.files.get(PLAN_FILE), steps)
        if holder is not None and last == "counted" and steps[0] == "events":
            self._set(holder["attendance"], "unit", value)
        elif self._may_add(path, holder, last):
            self._add_optional(path, value)
        elif holder is not None and last == "of" and steps[0] == "ratios":
            self._set(holder, "of", value)
        elif holder is not None and last == "condition" and "needs" in holder and value in _CONDITIONS:
            self._change_parameter(_PARAMETERS + holder["needs"]["parameter"], value=_CONDITIONS[str(value)])
        elif holder is not None and isinstance(holder.get(last), InlineTable):
            holder[last] = self._decided(holder[last], value)
            self._change_paid_month(steps, last, value)
        else:
            raise ChangedFigureUnknown(field=path, path=path)

    def _may_add(self, path: str, holder: MutableMapping[str, Any] | None, last: str) -> bool:
        """Whether a plan that leaves this out may say it, or says it as a code."""
        form = next((form for form in OPTIONAL if fnmatchcase(path, form)), None)
        if form is None or PLAN_FILE not in self.files:
            return False
        return not OPTIONAL[form] or holder is None or last not in holder

    def _add_optional(self, path: str, value: int | str) -> None:
        """Say what the plan left to the checker."""
        *steps, last = path.split(".")
        if steps == ["receipts"] and "receipts" not in self.files[PLAN_FILE]:
            self.files[PLAN_FILE]["receipts"] = tomlkit.table()
        holder = _walk(self.files[PLAN_FILE], steps)
        if holder is None:
            raise ChangedFigureUnknown(field=path, path=path)
        unit = next(OPTIONAL[form] for form in OPTIONAL if fnmatchcase(path, form))
        figure = f'{{ value = {written(value)}, unit = "{unit}", source = "{self.version}", stated = true }}'
        holder[last] = tomlkit.parse(f"x = {figure}\n")["x"] if unit else value

    def _add_receipt(self, steps: list[str]) -> None:
        """A receipt that the plan does not have yet, next in number: of nothing, in the month of the last one."""
        receipts = _walk_to_list(self.files.get(PLAN_FILE), steps[:-1])
        if receipts is None or not receipts or steps[-1] != str(len(receipts)):
            return
        month = receipts[-1]["month"]["value"]
        text = f'month = {{ value = "{month}", unit = "MONTH", source = "{self.version}", stated = true }}\n'
        text += f'amount = {{ value = 0, unit = "FEN", source = "{self.version}", stated = true }}\n'
        added = tomlkit.parse(f"[[x]]\n{text}")["x"][0]
        receipts.append(added)

    def _change_paid_month(self, steps: list[str], last: str, value: int | str) -> None:
        """The months that a programme pays stand in the scheme too, and are the same."""
        if steps[:1] == ["programmes"] and last in _PAID_MONTHS:
            programme = _walk(self.files[SCHEME_FILE], steps)
            if programme is not None and last in programme:
                self._set(programme, last, value)

    def _decided(self, figure: InlineTable, value: int | str) -> InlineTable:
        """The figure with another value, stated, and what it was."""
        kept = [f"{key} = {_toml(figure[key])}" for key in ("unit", "source") if key in figure]
        text = ", ".join([f"value = {written(value)}", *kept, "stated = true"])
        changed = tomlkit.parse(f"x = {{ {text} }}")["x"]
        assert isinstance(changed, InlineTable)  # by the text just parsed
        changed.comment(self._was(figure["value"]))
        return changed

    def _set(self, holder: Any, key: str, value: int | str) -> None:
        was = holder[key]
        holder[key] = value
        place = holder if isinstance(holder, InlineTable) else holder[key]
        place.comment(self._was(was))

    # --- parameters.toml ------------------------------------------------------------------------------

    def _change_parameter(self, path: str, *, value: int | str) -> None:
        name, start = self._named(path)
        table = self.files[PARAMETERS_FILE].get(name)
        dated = [entry for entry in (table or {}).get("values", []) if entry["from"] <= start]
        if table is None or not dated:
            raise ChangedFigureUnknown(field=path, path=path)
        present = max(dated, key=lambda entry: entry["from"])
        # Before the scheme began nobody was given the old value; after that it stays in the history.
        if present["from"] in {start, min(present["from"], self.pack.valid_from)} or _STEP.match(path):
            present["value"] = self._beside(present["value"], value)
        else:
            self._add_dated(table, present, start, value)
        for key in ("assumption", "why"):
            table.pop(key, None)

    def _named(self, path: str) -> tuple[str, date]:
        """The parameter and the day from which the change is meant."""
        stepped = _STEP.match(path)
        if stepped:
            return stepped["name"], Month.parse(stepped["month"]).first_day
        return path.removeprefix(_PARAMETERS), max(date(self.pack.year, 1, 1), self.pack.valid_from)

    def _add_dated(self, table: Any, present: Any, start: date, value: int | str) -> None:
        added = tomlkit.table()
        added["from"] = start
        added["value"] = self._beside(present["value"], value)
        if "until" in present:
            added["until"] = present["until"]
            present["until"] = start
        table["values"].insert(list(table["values"]).index(present) + 1, added)

    def _beside(self, old: object, value: int | str) -> Item:
        """The new value with the old one in a comment beside it."""
        written = number(value)
        written.comment(self._was(old))
        return written

    def _was(self, value: object) -> str:
        return f"{self.version}: {written(value)} in {self.pack.version}"


def _walk(node: TOMLDocument | None, steps: list[str]) -> MutableMapping[str, Any] | None:
    """The table that holds the last step of an address, None when there is no such place."""
    found: Any = node
    for step in steps:
        if isinstance(found, AoT | list):
            found = _entry(found, step)
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, MutableMapping) else None


def _walk_to_list(node: TOMLDocument | None, steps: list[str]) -> Any:
    holder = _walk(node, steps[:-1])
    found = holder.get(steps[-1]) if holder is not None else None
    return found if isinstance(found, AoT) else None


def _entry(entries: Any, step: str) -> Any:
    if step.isdecimal():
        return entries[int(step)] if int(step) < len(entries) else None
    return next((entry for entry in entries if step in [entry.get(key) for key in _CODE_KEYS]), None)


def _toml(value: Any) -> str:
    return value.as_string() if isinstance(value, Item) else written(value)
