"""Plan against actual as a workbook: numbers as numbers, each with its unit."""

from collections.abc import Iterable
from datetime import date

from linli.foundation.files.cells import Column
from linli.foundation.files.workbooks import write_table
from linli.kernel.money import yuan
from linli.overview.planning.queries.actual import Row

_COLUMNS = (
    Column("label", ("项目", "Aim")),
    Column("unit", ("单位", "Unit")),
    Column("target", ("计划", "Plan")),
    Column("actual", ("实际", "Actual")),
    Column("records", ("依据记录数", "Records"), kind="INTEGER"),
    Column("note", ("说明", "Note")),
)
_UNITS = {
    "HOUSEHOLDS": ("户", "households"),
    "PERSONS": ("人", "people"),
    "ATTENDANCES": ("人次", "attendances"),
    "HOURS": ("小时", "hours"),
    "PERCENT": ("%", "%"),
    "COUNT": ("件", "items"),
    "PER_WEEK": ("次/周", "a week"),
    "PER_MONTH": ("次/月", "a month"),
    "PER_YEAR": ("次/年", "a year"),
    "FEN": ("元", "yuan"),
}
_NOT_YET = ("尚未建设", "not yet")


def actual_workbook(rows: Iterable[Row], *, title: str, created: date, language: str) -> bytes:
    """An xlsx workbook of the rows; what is not recorded says so and has no number."""
    english = language.startswith("en")
    lines = [
        {
            "label": row.label.in_language(language),
            "unit": _UNITS.get(row.unit, ("", ""))[english],
            "target": _number(row.target, row.unit),
            "actual": _number(row.actual, row.unit) if row.built else _NOT_YET[english],
            "records": row.source_count if row.built else None,
            "note": row.note.in_language(language),
        }
        for row in rows
    ]
    return write_table(_COLUMNS, lines, title=title, sheet=title, created=created, language=language)


def _number(value: int | None, unit: str) -> str:
    if value is None:
        return ""
    return yuan(value) if unit == "FEN" else f"{value:,}"
