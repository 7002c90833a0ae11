"""An xlsx workbook or a CSV text as sheets of cells; every count is bounded before a value reader sees it."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from linli.foundation.files.reading.answers import Refused, formatted_out, rows_out
from linli.foundation.files.reading.bounds import MAX_CELLS, MAX_COLUMNS
from linli.foundation.files.reading.packages import SheetScan, check_package, scan_workbook
from linli.foundation.files.reading.texts import decoded, records

# One is enough to refuse a sheet.
_MERGES = 1_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(data: bytes, options: Mapping[str, int]) -> dict[str, Any]:
    """All worksheets of a workbook, or the one sheet of a CSV text.

    The option ``last_row`` is the last row that may hold anything. Raises Refused with one of the codes of
    ``files.grids``.
    """
    last_row = options["last_row"]
    if not data.strip():
        raise Refused("table.empty")
    if data.startswith(b"PK"):
        return {"sheets": _workbook(data, last_row=last_row)}
    if data.startswith(_OLD_OFFICE):
        # A password turns an xlsx into the old container with this stream in it.
        raise Refused("table.locked" if "EncryptedPackage".encode("utf-16-le") in data else "table.outdated")
    return {"sheets": [_csv(data, last_row=last_row)]}


def _workbook(data: bytes, *, last_row: int) -> list[dict[str, Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            check_package(package, data)
            if "xl/workbook.xml" not in package.namelist():
                raise Refused("table.kind")
            scans = scan_workbook(package)
        left = MAX_CELLS
        for scan in scans:
            _check_extent(scan.last_row, scan.last_column, last_row=last_row, cells=left)
            left -= scan.last_row * scan.last_column
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            return [_sheet(workbook, scan) for scan in scans]
    except (
        zipfile.BadZipFile,
        CalamineError,
        ValueError,
        LookupError,
        EOFError,
        NotImplementedError,
        OverflowError,
        OSError,  # an encoding that would have to be loaded from a file
    ) as error:
        raise Refused("table.broken") from error


def _sheet(workbook: CalamineWorkbook, scan: SheetScan) -> dict[str, Any]:
    # Rows that hold nothing but styles are not read: the scan knows the last cell with a value.
    rows: list[list[Any]] = []
    if scan.last_row:
        rows = workbook.get_sheet_by_name(scan.name).to_python(skip_empty_area=False, nrows=scan.last_row)
    cells = rows_out([row[:MAX_COLUMNS] for row in rows])
    for row, column, at in scan.numbers_formatted():
        shown = cells[row - 1][column - 1 : column] if row <= len(cells) else []
        # What the value reader knows for a day is one.
        if shown and isinstance(shown[0], int | float) and not isinstance(shown[0], bool):
            cells[row - 1][column - 1] = formatted_out(shown[0], at)
    return {
        "name": scan.name,
        "rows": cells,
        "formats": scan.formats,
        "hidden": scan.hidden,
        "from_1904": scan.from_1904,
        "formulas": sorted(scan.formulas),
        "error_places": sorted(scan.errors),
        "error_texts": [text for _place, text in sorted(scan.errors.items())],
        "merges": scan.merges[:_MERGES],
        "hidden_rows": [[row] for row in sorted(scan.hidden_rows) if row <= scan.last_row],
        "hidden_columns": [[column] for column in sorted(scan.hidden_columns)],
    }


def _csv(data: bytes, *, last_row: int) -> dict[str, Any]:
    rows: list[list[str]] = []
    last, widest = 0, 0
    for number, record in enumerate(records(decoded(data)), start=1):
        if any(value.strip() for value in record):
            last = number
            widest = max(widest, *(at for at, value in enumerate(record, start=1) if value.strip()))
        _check_extent(last, widest, last_row=last_row, cells=MAX_CELLS)
        # Nine million blank lines are no rows: what stands below the last one is not kept.
        if number == last:
            rows.extend([[]] * (last - len(rows) - 1))
            rows.append(record[:MAX_COLUMNS])
    return {"name": "", "rows": rows_out(rows), "csv": True}


def _check_extent(rows: int, columns: int, *, last_row: int, cells: int) -> None:
    if rows > last_row:
        raise Refused("table.too_long", last=rows, limit=last_row)
    if columns > MAX_COLUMNS:
        raise Refused("table.too_wide", last=columns, limit=MAX_COLUMNS)
    if rows * columns > cells:
        raise Refused("table.cells", rows=rows, columns=columns)
