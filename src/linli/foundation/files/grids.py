"""A spreadsheet file as grids of cells, read by a child process; bombs, disguises and old formats are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from linli.foundation.files.children import FileRefused, ReadingStopped, ask
from linli.foundation.files.reading.answers import AnswerMalformed, Cell, positions_in, rows_in, text_in
from linli.foundation.files.reading.bounds import MAX_BYTES
from linli.kernel.errors import DomainError

__all__ = ["MAX_BYTES", "Cell", "Grid", "read_grids"]


class TableEmpty(DomainError):
    """The file, or every visible sheet of it, holds nothing."""

    code = "table.empty"
    message = _("文件「%(filename)s」没有任何内容，请检查后重新选择")


class TableTooLarge(DomainError):
    """The file is larger than ten megabytes."""

    code = "table.too_large"
    message = _("文件「%(filename)s」超过 %(limit)s MB，请分成几个文件导入")


class TableTooLong(DomainError):
    """There are more rows than are taken at once."""

    code = "table.too_long"
    message = _("第 %(last)s 行还有内容，一次最多导入 %(limit)s 行；请分批导入，或删除表格下方多余的内容")


class TableTooWide(DomainError):
    """There are cells further right than any template goes."""

    code = "table.too_wide"
    message = _("第 %(last)s 列还有内容，超过 %(limit)s 列；请删除表格右侧多余的内容")


class TableCellsTooMany(DomainError):
    """Rows times columns are more than are taken at once."""

    code = "table.cells"
    message = _("表格有 %(rows)s 行 × %(columns)s 列，超出一次导入的范围；请分批导入，或删除多余的列")


class TableKindRefused(DomainError):
    """Not an xlsx workbook and not a CSV text."""

    code = "table.kind"
    message = _("文件「%(filename)s」不是 Excel（.xlsx）或 CSV 表格；请用导入模板填写后另存为 .xlsx")


class TableFormatOutdated(DomainError):
    """The old binary .xls format."""

    code = "table.outdated"
    message = _("文件「%(filename)s」是旧版 Excel（.xls）格式；请打开后「另存为」→「Excel 工作簿（.xlsx）」再导入")


class TableLocked(DomainError):
    """The workbook is protected by a password."""

    code = "table.locked"
    message = _("文件「%(filename)s」有打开密码，无法读取；请取消密码后再导入")


class TableBroken(DomainError):
    """The file is cut off or its inner parts do not fit together."""

    code = "table.broken"
    message = _("文件「%(filename)s」已损坏，无法读取；请用 Excel 或 WPS 打开后重新保存再导入")


class TableEncodingRefused(DomainError):
    """A CSV text in none of UTF-8, UTF-16 and GB 18030."""

    code = "table.encoding"
    message = _("文件「%(filename)s」的文字编码无法识别；请另存为「CSV UTF-8」或 .xlsx 再导入")


class TableQuotesUnbalanced(DomainError):
    """A quoted CSV value is never closed, or text follows the closing quote."""

    code = "table.quotes"
    message = _("CSV 第 %(line)s 行的引号不成对；请改正后再导入，或另存为 .xlsx")


class TableBomb(DomainError):
    """The package would unpack to far more than a table ever needs."""

    code = "table.bomb"
    message = _("该 Excel 文件解压后异常庞大，已停止读取；请把数据复制到导入模板后再导入")


class TableSheetsTooMany(DomainError):
    """More worksheets than any template has."""

    code = "table.sheets"
    message = _("该 Excel 文件有 %(count)s 个工作表，最多 %(limit)s 个；请只保留要导入的工作表")


_REFUSALS: Final = {
    kind.code: kind
    for kind in (
        TableEmpty,
        TableTooLong,
        TableTooWide,
        TableCellsTooMany,
        TableKindRefused,
        TableFormatOutdated,
        TableLocked,
        TableBroken,
        TableEncodingRefused,
        TableQuotesUnbalanced,
        TableBomb,
        TableSheetsTooMany,
    )
}


@dataclass(frozen=True)
class Grid:
    """One sheet. ``rows[0]`` is its row 1; positions in ``formulas``, ``errors`` and ``merges`` count from 1.

    ``hidden`` is said of the sheet itself.
    """

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
    # Filtered away, collapsed or hidden by hand, counted from 1.
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def read_grids(data: bytes, *, filename: str, last_row: int) -> list[Grid]:
    """All worksheets of an xlsx workbook, or the one grid of a CSV text, read by a child process.

    ``last_row`` is the last sheet row that may hold anything. Raises one of the refusals above, ReadingStopped,
    ReadersBusy.
    """
    name = _shown(filename)
    if len(data) > MAX_BYTES:
        raise TableTooLarge(filename=name, limit=MAX_BYTES // 1024 // 1024)
    try:
        answer = ask("table", data, last_row=last_row)
    except FileRefused as refusal:
        raise _REFUSALS[refusal.code](**{"filename": name, **refusal.details}) from refusal
    try:
        return [_grid(sheet) for sheet in answer["sheets"]]
    except (AnswerMalformed, KeyError, TypeError, ValueError) as error:
        raise ReadingStopped from error


def _grid(sheet: Mapping[str, Any]) -> Grid:
    return Grid(
        name=text_in(sheet["name"]),
        rows=rows_in(sheet["rows"], sheet.get("formats", [])),
        hidden=bool(sheet.get("hidden")),
        from_csv=bool(sheet.get("csv")),
        formulas=frozenset((row, column) for row, column in positions_in(sheet.get("formulas", []), 2)),
        errors={
            (row, column): text_in(text)
            for (row, column), text in zip(
                positions_in(sheet.get("error_places", []), 2), sheet.get("error_texts", []), strict=True
            )
        },
        merges=tuple((top, left, low, right) for top, left, low, right in positions_in(sheet.get("merges", []), 4)),
        day_zero=date(1904, 1, 1) if sheet.get("from_1904") else date(1899, 12, 30),
        hidden_rows=frozenset(row for (row,) in positions_in(sheet.get("hidden_rows", []), 1)),
        hidden_columns=frozenset(at for (at,) in positions_in(sheet.get("hidden_columns", []), 1)),
    )


def _shown(filename: str) -> str:
    return "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())[:80]
