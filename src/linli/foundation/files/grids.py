"""A spreadsheet file as grids of cells: bombs, disguises, old formats and unreadable encodings are refused here."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from linli.foundation.files.packages import SheetScan, check_package, scan_workbook
from linli.kernel.errors import DomainError

MAX_BYTES = 10 * 1024 * 1024
# Excel's and our reading memory grow with the square of carelessness: a stray cell in column XFD is not a table.
MAX_COLUMNS = 200
MAX_CELLS = 1_000_000

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta

# Pictures and archives hold control characters; a table written by an office program holds none of these.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class TableEmpty(DomainError):
    """The file, or every visible sheet of it, holds nothing."""

    code = "table.empty"
    message = _("文件「%(filename)s」没有任何内容,请检查后重新选择")


class TableTooLarge(DomainError):
    """The file is larger than ten megabytes."""

    code = "table.too_large"
    message = _("文件「%(filename)s」超过 %(limit)s MB,请分成几个文件导入")


class TableTooLong(DomainError):
    """There are more rows than are taken at once."""

    code = "table.too_long"
    message = _("第 %(last)s 行还有内容,一次最多导入 %(limit)s 行;请分批导入,或删除表格下方多余的内容")


class TableTooWide(DomainError):
    """There are cells further right than any template goes."""

    code = "table.too_wide"
    message = _("第 %(last)s 列还有内容,超过 %(limit)s 列;请删除表格右侧多余的内容")


class TableCellsTooMany(DomainError):
    """Rows times columns are more than are taken at once."""

    code = "table.cells"
    message = _("表格有 %(rows)s 行 × %(columns)s 列,超出一次导入的范围;请分批导入,或删除多余的列")


class TableKindRefused(DomainError):
    """Not an xlsx workbook and not a CSV text."""

    code = "table.kind"
    message = _("文件「%(filename)s」不是 Excel(.xlsx)或 CSV 表格;请用导入模板填写后另存为 .xlsx")


class TableFormatOutdated(DomainError):
    """The old binary .xls format."""

    code = "table.outdated"
    message = _("文件「%(filename)s」是旧版 Excel(.xls)格式;请打开后「另存为」→「Excel 工作簿(.xlsx)」再导入")


class TableLocked(DomainError):
    """The workbook is protected by a password."""

    code = "table.locked"
    message = _("文件「%(filename)s」有打开密码,无法读取;请取消密码后再导入")


class TableBroken(DomainError):
    """The file is cut off or its inner parts do not fit together."""

    code = "table.broken"
    message = _("文件「%(filename)s」已损坏,无法读取;请用 Excel 或 WPS 打开后重新保存再导入")


class TableEncodingRefused(DomainError):
    """A CSV text in none of UTF-8, UTF-16 and GB 18030."""

    code = "table.encoding"
    message = _("文件「%(filename)s」的文字编码无法识别;请另存为「CSV UTF-8」或 .xlsx 再导入")


class TableQuotesUnbalanced(DomainError):
    """A quoted CSV value is never closed, or text follows the closing quote."""

    code = "table.quotes"
    message = _("CSV 第 %(line)s 行的引号不成对;请改正后再导入,或另存为 .xlsx")


@dataclass(frozen=True)
class Grid:
    """One sheet. ``rows[0]`` is its row 1; positions in ``formulas``, ``errors`` and ``merges`` count from 1."""

    name: str
    rows: list[list[Cell]]
    hidden: bool = False
    from_csv: bool = False
    formulas: frozenset[tuple[int, int]] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    # First row, first column, last row, last column.
    merges: tuple[tuple[int, int, int, int], ...] = ()
    # Serial day 0 of dates kept as numbers: 1899-12-30, or 1904-01-01 in workbooks from old Macs.
    day_zero: date = date(1899, 12, 30)


def read_grids(data: bytes, *, filename: str, last_row: int) -> list[Grid]:
    """All worksheets of an xlsx workbook, or the one grid of a CSV text.

    ``last_row`` is the last sheet row that may hold anything. Raises one of the refusals above.
    """
    name = _shown(filename)
    if len(data) > MAX_BYTES:
        raise TableTooLarge(filename=name, limit=MAX_BYTES // 1024 // 1024)
    if not data.strip():
        raise TableEmpty(filename=name)
    if data.startswith(b"PK"):
        return _read_workbook(data, name=name, last_row=last_row)
    if data.startswith(_OLD_OFFICE):
        # A password turns an xlsx into the old container with this stream in it.
        raise (TableLocked if "EncryptedPackage".encode("utf-16-le") in data else TableFormatOutdated)(filename=name)
    return [_read_csv(data, name=name, last_row=last_row)]


def _read_workbook(data: bytes, *, name: str, last_row: int) -> list[Grid]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            check_package(package, data)
            if "xl/workbook.xml" not in package.namelist():
                raise TableKindRefused(filename=name)
            scans = scan_workbook(package)
        for scan in scans:
            _check_extent(scan.last_row, scan.last_column, last_row=last_row)
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            return [_grid(workbook, scan) for scan in scans]
    except (zipfile.BadZipFile, CalamineError, ValueError, LookupError, EOFError, NotImplementedError) as error:
        raise TableBroken(filename=name) from error


def _grid(workbook: CalamineWorkbook, scan: SheetScan) -> Grid:
    # Rows that hold nothing but styles are not read: the scan knows the last cell with a value.
    rows: list[list[Cell]] = []
    if scan.last_row:
        rows = list(workbook.get_sheet_by_name(scan.name).to_python(skip_empty_area=False, nrows=scan.last_row))
    return Grid(
        name=scan.name,
        rows=rows,
        hidden=scan.hidden,
        formulas=frozenset(scan.formulas),
        errors=scan.errors,
        merges=tuple(scan.merges),
        day_zero=date(1904, 1, 1) if scan.from_1904 else date(1899, 12, 30),
    )


def _read_csv(data: bytes, *, name: str, last_row: int) -> Grid:
    text = _decode(data, name=name)
    rows: list[list[Cell]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    last, widest = 0, 0
    try:
        for number, record in enumerate(reader, start=1):
            if any(value.strip() for value in record):
                last = number
                widest = max(widest, *(at for at, value in enumerate(record, start=1) if value.strip()))
            _check_extent(last, widest, last_row=last_row)
            rows.append(list(record[:MAX_COLUMNS]))
    except csv.Error as error:
        raise TableQuotesUnbalanced(line=reader.line_num) from error
    return Grid(name=name, rows=rows[:last], from_csv=True)


def _decode(data: bytes, *, name: str) -> str:
    text = _decoded(data)
    if text is None:
        raise (TableKindRefused if b"\0" in data[:4096] else TableEncodingRefused)(filename=name)
    # Pictures, PDFs and "Excel" exports that are web pages in disguise.
    start = text[:200].lstrip("\ufeff \r\n\t").lower()
    if _NOT_TEXT.search(text) or start.startswith(("<", "%pdf", "{\\rtf", "mime-version")):
        raise TableKindRefused(filename=name)
    if not text.strip():
        raise TableEmpty(filename=name)
    return text


def _decoded(data: bytes) -> str | None:
    """UTF-8 before GB 18030, since Chinese in GB 18030 is practically never valid UTF-8 but the reverse often is."""
    tries = ["utf-8-sig", "gb18030"]
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        tries = ["utf-16"]
    elif b"\0" in data[:4096]:
        # UTF-16 without a mark: ASCII letters and separators leave their zero byte on one side.
        tries = ["utf-16-le" if data[:4096][1::2].count(0) >= data[:4096][0::2].count(0) else "utf-16-be"]
    for encoding in tries:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _delimiter(text: str) -> str:
    """The separator the first written line has most of: semicolons are European, tabs come from Unicode exports."""
    first = next(line for line in text.splitlines() if line.strip())
    return max(",\t;", key=first.count)


def _check_extent(rows: int, columns: int, *, last_row: int) -> None:
    if rows > last_row:
        raise TableTooLong(last=rows, limit=last_row)
    if columns > MAX_COLUMNS:
        raise TableTooWide(last=columns, limit=MAX_COLUMNS)
    if rows * columns > MAX_CELLS:
        raise TableCellsTooMany(rows=rows, columns=columns)


def _shown(filename: str) -> str:
    return "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())[:80]
