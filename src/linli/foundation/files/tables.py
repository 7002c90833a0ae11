"""Tables in and out: the one import for rooms.

Reading goes to the end and names every bad cell by row, column and reason; whether one problem refuses the whole file
is the caller's decision. Whole files are refused by the exceptions of ``grids`` and ``packages``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from xlsxwriter.utility import xl_col_to_name

from linli.foundation.files.cells import (
    CellRefused,
    Choice,
    Column,
    Kind,
    Value,
    choices_of,
    convert,
    header_text,
    shown,
)
from linli.foundation.files.grids import Cell, Grid, TableEmpty, TableTooLong, read_grids
from linli.foundation.files.problems import CellProblem, RowProblem, TableRefused
from linli.foundation.files.workbooks import Target, stream_table, template_workbook, write_table
from linli.kernel.errors import DomainError
from linli.kernel.marks import Listed

__all__ = [
    "CellProblem",
    "Choice",
    "Column",
    "Kind",
    "Row",
    "RowProblem",
    "Table",
    "TableColumnsHidden",
    "TableMergedCellsFound",
    "TableRefused",
    "TableRowsHidden",
    "TableSheetAmbiguous",
    "TableSheetHidden",
    "Target",
    "Value",
    "choices_of",
    "read_table",
    "stream_table",
    "template_workbook",
    "write_table",
]

# A title and a note may stand above the header.
HEADER_ROWS = 5
# Blank rows between and below the data are forgiven up to this many.
BLANK_ROWS = 1_000
# Rows, columns and cells named in one sentence.
_NAMED = 10


class TableMergedCellsFound(DomainError):
    """Merged cells in the header or the data: only the first of them holds the value."""

    code = "table.merged"
    message = _("单元格 %(cells)s 是合并单元格；请取消合并，每格填写完整后再导入")


class TableSheetAmbiguous(DomainError):
    """More than one visible sheet has the header."""

    code = "table.ambiguous"
    message = _("工作表 %(sheets)s 都有导入表头，无法判断导入哪一个；请只保留一个")


class TableSheetHidden(DomainError):
    """A hidden sheet has the header: its rows would be left out without anybody seeing it."""

    code = "table.hidden"
    message = _("隐藏的工作表「%(sheet)s」里有导入表头；请取消隐藏并核对，或将其删除")


class TableRowsHidden(DomainError):
    """Rows with content are filtered away, collapsed or hidden: nobody sees what would be taken in."""

    code = "table.rows_hidden"
    message = _(
        "第 %(rows)s 行被筛选、折叠或隐藏，看不见却有内容；请清除筛选、展开分组、取消隐藏并核对，不要的行请删除，再导入"
    )


class TableColumnsHidden(DomainError):
    """Columns with content are hidden: nobody sees what would be taken in."""

    code = "table.columns_hidden"
    message = _("第 %(columns)s 列被隐藏，看不见却有内容；请取消隐藏并核对，不要的列请删除，再导入")


@dataclass(frozen=True)
class Row:
    """One row that was read. ``number`` is the sheet's row number; ``values`` has every column's key, None when empty
    or when a problem names it.
    """

    number: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Table:
    """Rows in sheet order and problems in reading order; blank rows are left out."""

    rows: tuple[Row, ...]
    problems: tuple[CellProblem, ...]


def read_table(data: bytes, *, filename: str, columns: Sequence[Column], max_rows: int = 20_000) -> Table:
    """Read an xlsx or CSV table whose header names the columns, in any order.

    Raises the refusals of ``grids`` and ``packages`` for files that cannot be read at all, TableTooLong for more than
    ``max_rows`` rows, and the five above. Everything smaller is a CellProblem.
    """
    grids = read_grids(data, filename=filename, last_row=max_rows + HEADER_ROWS + BLANK_ROWS)
    grid = _sheet(grids, columns, filename=filename)
    at, _matches = _header_row(grid, columns)
    _check_merges(grid, at)
    check_hidden(grid, at)
    places, problems = _places(grid, at, columns)
    if any(problem.code in {"header_missing", "header_duplicate"} for problem in problems):
        return Table((), tuple(problems))
    marked = _marked_rows(grid, places)
    rows: list[Row] = []
    for number, cells in enumerate(grid.rows[at + 1 :], start=at + 2):
        if not any(_filled(cell) for cell in cells) and number not in marked:
            continue
        if len(rows) == max_rows:
            raise TableTooLong(last=number, limit=max_rows)
        beyond = beyond_header(grid, at, cells)
        if beyond is not None:
            letter, text = xl_col_to_name(beyond), shown(cells[beyond])
            problems.append(CellProblem(number, letter, "", text, "row_beyond_header"))
            rows.append(Row(number, {column.key: None for column in columns}))
            continue
        rows.append(_read_row(grid, number, cells, places, columns, problems.append))
    return Table(tuple(rows), tuple(problems))


def _sheet(grids: Sequence[Grid], columns: Sequence[Column], *, filename: str) -> Grid:
    """The one visible sheet with our header, or the first visible one so that its wrong header can be named."""
    matching = [grid for grid in grids if _header_row(grid, columns)[1] * 2 > sum(c.required for c in columns)]
    hidden = next((grid for grid in matching if grid.hidden), None)
    if hidden is not None:
        raise TableSheetHidden(sheet=hidden.name)
    if len(matching) > 1:
        raise TableSheetAmbiguous(sheets=Listed(f"「{grid.name}」" for grid in matching))
    visible = [grid for grid in grids if not grid.hidden and grid.rows]
    if not visible:
        raise TableEmpty(filename=filename)
    return matching[0] if matching else visible[0]


def _header_row(grid: Grid, columns: Sequence[Column]) -> tuple[int, int]:
    """Index of the row that names most known columns, and how many; without any, the first row that is filled."""
    known = {header_text(label): column.key for column in columns for label in column.labels}
    best, most = -1, 0
    for at, cells in enumerate(grid.rows[:HEADER_ROWS]):
        matches = len({known[text] for cell in cells if (text := header_text(cell)) in known})
        if matches > most or (best < 0 and any(_filled(cell) for cell in cells)):
            best, most = at, matches
    return max(best, 0), most


def _check_merges(grid: Grid, header_at: int) -> None:
    """Merges above the header are a title; from the header on they hide values."""
    below = [area for area in grid.merges if area[2] > header_at]
    if below:
        names = (
            f"{xl_col_to_name(left - 1)}{top}:{xl_col_to_name(right - 1)}{bottom}"
            for top, left, bottom, right in below[:5]
        )
        raise TableMergedCellsFound(cells=Listed(names))


def check_hidden(grid: Grid, header_at: int) -> None:
    """What stands from the header (index ``header_at``) on is seen by whoever hands the file in.

    Raises TableRowsHidden, TableColumnsHidden.
    """
    rows = [
        row
        for row in sorted(grid.hidden_rows)
        if header_at < row <= len(grid.rows) and any(map(_filled, grid.rows[row - 1]))
    ]
    if rows:
        raise TableRowsHidden(rows=_some([str(row) for row in rows]))
    below = grid.rows[header_at:]
    columns = [
        at for at in sorted(grid.hidden_columns) if any(len(row) >= at and _filled(row[at - 1]) for row in below)
    ]
    if columns:
        raise TableColumnsHidden(columns=_some([xl_col_to_name(at - 1) for at in columns]))


def beyond_header(grid: Grid, header_at: int, cells: Sequence[Cell]) -> int | None:
    """Index of a CSV row's first filled cell to the right of the header's last; None when the row fits.

    A separator inside a text without quotation marks moves every cell behind it to the right: of such a row nobody
    knows which cell is which. In a workbook each cell has its own column.
    """
    if not grid.from_csv:
        return None
    width = max((at for at, cell in enumerate(grid.rows[header_at], start=1) if _filled(cell)), default=0)
    return next((at for at in range(width, len(cells)) if _filled(cells[at])), None)


def _some(names: Sequence[str]) -> str:
    """The first few, and that there are more."""
    return "、".join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")


def _places(grid: Grid, at: int, columns: Sequence[Column]) -> tuple[dict[str, int], list[CellProblem]]:
    """Column key → index in the sheet, and what is wrong with the header."""
    by_label = {header_text(label): column for column in columns for label in column.labels}
    places: dict[str, int] = {}
    problems: list[CellProblem] = []
    for index, cell in enumerate(grid.rows[at]):
        column = by_label.get(header_text(cell))
        if column is not None and column.key not in places:
            places[column.key] = index
        elif column is not None:
            letter, label = xl_col_to_name(index), column.labels[0]
            problems.append(CellProblem(at + 1, letter, label, shown(cell), "header_duplicate", field=column.key))
        elif _filled(cell):
            problems.append(CellProblem(at + 1, xl_col_to_name(index), "", shown(cell), "header_unknown"))
        elif any(_filled(row[index]) for row in grid.rows[at + 1 :] if index < len(row)):
            problems.append(CellProblem(at + 1, xl_col_to_name(index), "", "", "header_blank"))
    problems += [
        CellProblem(at + 1, "", column.labels[0], "", "header_missing", field=column.key)
        for column in columns
        if column.required and column.key not in places
    ]
    return places, problems


def _read_row(
    grid: Grid,
    number: int,
    cells: Sequence[Cell],
    places: Mapping[str, int],
    columns: Sequence[Column],
    report: Callable[[CellProblem], None],
) -> Row:
    values: dict[str, Value] = {column.key: None for column in columns}
    for column, index in _placed(places, columns):
        cell = cells[index] if index < len(cells) else ""
        try:
            values[column.key] = _value(grid, number, index, cell, column)
        except CellRefused as refusal:
            choices = "、".join(choice.labels[0] for choice in column.choices) if refusal.code == "choice" else ""
            letter, label, text = xl_col_to_name(index), column.labels[0], refusal.text or shown(cell)
            report(CellProblem(number, letter, label, text, refusal.code, choices, column.key))
    return Row(number, values)


def _placed(places: Mapping[str, int], columns: Sequence[Column]) -> Iterator[tuple[Column, int]]:
    """Columns that are there, in the order of the sheet, so that problems read from left to right."""
    here = [(column, places[column.key]) for column in columns if column.key in places]
    return iter(sorted(here, key=lambda pair: pair[1]))


def _filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _value(grid: Grid, number: int, index: int, cell: Cell, column: Column) -> Value:
    if (number, index + 1) in grid.formulas:
        raise CellRefused("formula")
    if (number, index + 1) in grid.errors:
        raise CellRefused("error", grid.errors[number, index + 1])
    return convert(cell, column, day_zero=grid.day_zero, from_csv=grid.from_csv)


def _marked_rows(grid: Grid, places: Mapping[str, int]) -> set[int]:
    """Rows with an error value or a formula in one of our columns: they may read as blank but are not."""
    ours = {index + 1 for index in places.values()}
    return {row for row, column in (*grid.formulas, *grid.errors) if column in ours}
