"""The table of areas, in and out: one row is one area, in any order; all or none."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from linli.foundation.files.tables import (
    CellProblem,
    Column,
    RowProblem,
    TableRefused,
    Value,
    choices_of,
    read_table,
    template_workbook,
)
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.models import Area
from linli.ground.areas.operations.adding import NewArea, area_faults
from linli.kernel.errors import DomainError

LABELS: Mapping[str, tuple[str, str]] = {
    "code": ("区划代码", "Area code"),
    "kind": ("级别", "Level"),
    "name": ("名称", "Name"),
    "parent": ("上级代码", "Code of the area above"),
}
MAX_ROWS = 20_000
_EXAMPLES = {"code": "990101001001-G1", "kind": "网格", "name": "第一网格", "parent": "990101001001"}
_NOTES = (
    (
        "全部正确才会导入；有错误时一行也不导入。已有且相同的行不会重复添加。",
        "All or nothing; rows already there stay.",
    ),
)
_LEVELS = tuple(AreaKind)


class AreaProblem(RowProblem):
    """Why a row was not taken; of a TOML file the row is the number of the entry."""

    headers = LABELS


class AreasRefused(TableRefused):
    """Nothing of the file was taken; ``problems`` names every row and column."""

    message = _("区划表没有导入，共 %(count)s 处需要更正")


class AreasUnreadable(DomainError):
    """The file is no TOML with a list of areas."""

    message = _("区划文件无法读取：每个区划写成一段 [[areas]]，含 code、kind、name、parent")


@dataclass(frozen=True)
class AreaTable:
    """What a file says: the rows and their areas, in the order of the file, and what is wrong with cells."""

    rows: tuple[tuple[int, NewArea], ...]
    problems: tuple[AreaProblem, ...]


def read_areas(data: bytes, *, filename: str) -> AreaTable:
    """Read an xlsx or CSV table. Raises the refusals of foundation.files for files that cannot be read at all."""
    table = read_table(data, filename=filename, columns=area_columns(), max_rows=MAX_ROWS)
    problems = tuple(AreaProblem(problem.row, problem) for problem in table.problems)
    broken = {problem.row for problem in problems}
    return AreaTable(tuple((row.number, _new(row.values)) for row in table.rows if row.number not in broken), problems)


def read_areas_toml(data: bytes) -> AreaTable:
    """Read ``[[areas]]`` entries with code, kind, name and parent. Raises AreasUnreadable."""
    try:
        entries = tomllib.loads(data.decode())["areas"]
        texts = [{key: str(entry.get(key, "")) for key in LABELS} for entry in entries]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError) as error:
        raise AreasUnreadable(field="file") from error
    levels = choices_of(AreaKind)
    kinds = {label: choice.code for choice in levels for label in choice.labels}
    rows, problems = [], []
    for number, entry in enumerate(texts, start=1):
        if entry["kind"] in kinds:
            rows.append((number, _new({**entry, "kind": kinds[entry["kind"]]})))
        else:
            choices = "、".join(choice.labels[0] for choice in levels)
            problem = CellProblem(number, "", LABELS["kind"][0], entry["kind"], "choice", choices, "kind")
            problems.append(AreaProblem(number, problem))
    return AreaTable(tuple(rows), tuple(problems))


def check_areas(table: AreaTable) -> list[NewArea]:
    """The areas that are not there yet, parents first. Raises AreasRefused with every problem of the file."""
    rows = sorted(table.rows, key=lambda row: _LEVELS.index(row[1].kind))
    codes = {code for _row, new in rows for code in (new.code, new.parent_code)}
    known = {area.code: area for area in Area.objects.filter(code__in=codes).select_related("parent")}
    wanted = [(number, new) for number, new in rows if not _same(new, known.get(new.code))]
    faults = area_faults([new for _row, new in wanted], known)
    problems = [*table.problems, *(AreaProblem(wanted[fault.index][0], fault.error) for fault in faults)]
    if problems:
        raise AreasRefused(problems)
    return [new for _row, new in wanted]


def area_template() -> bytes:
    """The empty table as an xlsx workbook with instructions in both languages."""
    return template_workbook(area_columns(), examples=_EXAMPLES, notes=_NOTES)


def area_rows(areas: Iterable[Area]) -> list[Mapping[str, Value]]:
    """Areas as rows of the table, which can be imported again; ``areas`` carry their parents."""
    return [
        {
            "code": area.code,
            "kind": area.kind,
            "name": area.name,
            "parent": area.parent.code if area.parent else None,
        }
        for area in areas
    ]


@lru_cache(maxsize=1)
def area_columns() -> tuple[Column, ...]:
    """The columns; made on first use, since labels are translated."""
    return (
        Column("code", LABELS["code"], required=True, hint=("文本格式", "As text")),
        Column("kind", LABELS["kind"], required=True, kind="CHOICE", choices=choices_of(AreaKind)),
        Column("name", LABELS["name"], required=True),
        Column("parent", LABELS["parent"], hint=("区一级不填", "Empty for a district")),
    )


def _new(values: Mapping[str, Value]) -> NewArea:
    return NewArea(
        code=str(values["code"] or "").strip(),
        kind=AreaKind(str(values["kind"])),
        name=str(values["name"] or "").strip(),
        parent_code=str(values["parent"] or "").strip(),
    )


def _same(new: NewArea, there: Area | None) -> bool:
    if there is None:
        return False
    parent = there.parent.code if there.parent else ""
    return (there.code, there.kind, there.name, parent) == (new.code, new.kind.value, new.name, new.parent_code)
