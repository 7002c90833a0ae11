"""Plan against actual as a workbook: numbers as numbers, each with its unit."""

from collections.abc import Iterable

from linli.foundation.files.cells import Column, Value
from linli.kernel.bilingual import NO_TEXT, Text
from linli.kernel.money import yuan
from linli.overview.planning.queries.actual import Row

COLUMNS = (
    Column("label", ("项目", "Aim")),
    Column("unit", ("单位", "Unit")),
    Column("target", ("计划", "Plan")),
    Column("actual", ("实际", "Actual")),
    Column("records", ("依据记录数", "Records"), kind="INTEGER"),
    Column("note", ("说明", "Note")),
)
_UNITS = {
    "HOUSEHOLDS": Text("户", "households"),
    "PERSONS": Text("人", "people"),
    "ATTENDANCES": Text("人次", "attendances"),
    "HOURS": Text("小时", "hours"),
    "PERCENT": Text("%", "%"),
    "COUNT": Text("件", "items"),
    "PER_WEEK": Text("次/周", "a week"),
    "PER_MONTH": Text("次/月", "a month"),
    "PER_YEAR": Text("次/年", "a year"),
    "FEN": Text("元", "yuan"),
}
_NOT_YET = Text("尚未建设", "not yet")


def actual_rows(rows: Iterable[Row], language: str) -> list[dict[str, Value]]:
    """The rows of the workbook; what is not recorded says so and has no number."""
    return [
        {
            "label": row.label.in_language(language),
            "unit": _UNITS.get(row.unit, NO_TEXT).in_language(language),
            "target": _number(row.target, row.unit),
            "actual": _number(row.actual, row.unit) if row.built else _NOT_YET.in_language(language),
            "records": row.source_count if row.built else None,
            "note": row.note.in_language(language),
        }
        for row in rows
    ]


def _number(value: int | None, unit: str) -> str:
    if value is None:
        return ""
    return yuan(value) if unit == "FEN" else f"{value:,}"
