"""Excel out: tables whose texts stay texts, and import templates with lists and instructions. No clock, no chance."""

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import xlsxwriter
from django.utils.translation import gettext_lazy as _
from xlsxwriter.utility import xl_range_abs

from linli.foundation.files.cells import Column, Value
from linli.kernel.errors import DomainError

# Excel's own limit is 1,048,576; title, lead, header and sums need four.
MAX_ROWS = 1_048_000
# Workbooks carry a creation date; where the caller's data has none this one stands.
_CREATED = date(2000, 1, 1)
_LISTED_LABELS = 3  # Chinese, English, the code
_NARROWEST, _WIDEST = 8, 60
_LIST_ROWS = 20_000
# Below the title and what is said of the whole.
_HEADER = 2
_TOTAL = ("合计", "Total")

_KIND_NAMES = {
    "TEXT": ("文字", "Text"),
    "DATE": ("日期，如 2026-03-09", "Date, such as 2026-03-09"),
    "INTEGER": ("整数", "Whole number"),
    "YUAN": ("金额（元），最多两位小数", "Amount in yuan, two decimals at most"),
    "CHOICE": ("从下拉列表中选择", "Choose from the list"),
}
_ADVICE = (
    (
        "请勿改动表头；每行一条记录；不要合并单元格，不要使用公式。",
        "Keep the header; one record per row; no merged cells, no formulas.",
    ),
    (
        "身份证号、电话、账号所在列已设为文本；粘贴时请选择「只粘贴值」。",
        "Columns for identity numbers, phones and accounts are text: paste values only.",
    ),
    ("带 * 的列必须填写。", "Columns marked * are required."),
)


class Target(Protocol):
    """Where the bytes of a workbook go."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


class TableRowsTooMany(DomainError):
    """More rows than a worksheet can hold."""

    code = "table.rows"
    message = _("要导出的行数超过 Excel 的上限 %(most)s；请缩小范围后再导出")


def write_table(
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Value]],
    *,
    title: str,
    sheet: str,
    lead: str = "",
    created: date = _CREATED,
    language: str = "zh-hans",
) -> bytes:
    """A workbook made in memory; see :func:`stream_table`."""
    target = io.BytesIO()
    stream_table(target, columns, rows, title=title, sheet=sheet, lead=lead, created=created, language=language)
    return target.getvalue()


def stream_table(
    target: Target,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Value]],
    *,
    title: str,
    sheet: str,
    lead: str = "",
    created: date = _CREATED,
    language: str = "zh-hans",
    folder: str = "",
) -> None:
    """Write an xlsx workbook as offices lay one out: the title, a line below it (``lead``: who made it, when, in which
    unit), a frozen, filterable header, the rows and, of columns with a ``total``, their sum. Each row is taken when it
    is written.

    YUAN values are fen and shown in yuan with two decimals; CHOICE codes are shown by their label; texts stay texts
    whatever they begin with, so an ID keeps its digits and "=1+1" is no formula. ``title`` goes into the properties,
    ``created`` too: bytes depend on the arguments alone. With a ``folder`` for what is put aside meanwhile, in the
    clear, no more than one row is in memory. Raises TableRowsTooMany.
    """
    book = _workbook(target, title, created, folder)
    page = book.add_worksheet(_sheet_name(sheet))
    formats = _formats(book)
    label_at = 0 if language.startswith("zh") else 1
    widths = _write_top(page, columns, title, lead, label_at, formats)
    last = _write_rows(page, columns, rows, label_at, widths, formats)
    for at, (column, width) in enumerate(zip(columns, widths, strict=True)):
        page.set_column(at, at, min(max(width + 2, _NARROWEST), _WIDEST), formats[column.kind])
    page.freeze_panes(_HEADER + 1, 0)
    page.autofilter(_HEADER, 0, last, max(len(columns) - 1, 0))
    page.repeat_rows(_HEADER)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")
    book.close()


def _write_top(
    page: Any, columns: Sequence[Column], title: str, lead: str, label_at: int, formats: Mapping[str, Any]
) -> list[int]:
    """Title, lead and header; how wide the columns are by now. The title stands across them, no cells are merged."""
    page.write_string(0, 0, title, formats["title"])
    for at in range(1, len(columns)):
        page.write_blank(0, at, None, formats["title"])
    page.write_string(1, 0, lead, formats["lead"])
    heads = [_label(column.labels, label_at) for column in columns]
    for at, head in enumerate(heads):
        page.write_string(_HEADER, at, head, formats["header"])
    return [_width(head) + 2 for head in heads]


def _write_rows(
    page: Any,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Value]],
    label_at: int,
    widths: list[int],
    formats: Mapping[str, Any],
) -> int:
    """Every row, and the sums; the place of the last row."""
    choices = [{choice.code: _label(choice.labels, label_at) for choice in column.choices} for column in columns]
    sums: dict[int, int] = {}
    number = _HEADER
    for number, row in enumerate(rows, start=_HEADER + 1):
        if number > MAX_ROWS:
            raise TableRowsTooMany(most=MAX_ROWS)
        for at, column in enumerate(columns):
            value = row.get(column.key)
            if value is not None:
                widths[at] = max(widths[at], _width(_write(page, number, at, column, value, choices[at], formats)))
            if column.total and isinstance(value, int):
                sums[at] = sums.get(at, 0) + value
    if sums:
        page.write_string(number + 1, 0, _TOTAL[label_at], formats["header"])
    for at, total in sums.items():
        widths[at] = max(widths[at], _width(_write(page, number + 1, at, columns[at], total, {}, formats)))
    return number


def template_workbook(
    columns: Sequence[Column],
    *,
    examples: Mapping[str, str],
    notes: Sequence[tuple[str, str]] = (),
    title: str = "导入模板 Import template",
    created: date = _CREATED,
) -> bytes:
    """An import template: a sheet with the header, text columns as text and lists to choose from, and a sheet of
    instructions in both languages.

    ``examples`` (column key → text) stand in the instructions, not among the data, so that nobody imports them;
    ``notes`` are further (zh, en) sentences.
    """
    target = io.BytesIO()
    book = _workbook(target, title, created)
    formats = _formats(book)
    page = book.add_worksheet("数据 Data")
    guide = book.add_worksheet("说明 Guide")
    for at, column in enumerate(columns):
        header = column.labels[0] + ("*" if column.required else "")
        page.write_string(0, at, header, formats["required" if column.required else "header"])
        page.set_column(at, at, max(_width(header) + 4, 14), formats[column.kind])
    page.freeze_panes(1, 0)
    _write_guide(guide, columns, examples, notes, formats)
    # Lists stand on the guide, where people can read them; a list inside the rule may hold 255 characters only.
    first = 7
    for at, column in enumerate(columns):
        if column.choices:
            guide.write_string(0, first, f"可选 {column.labels[0]}", formats["header"])
            guide.write_column(1, first, [choice.labels[0] for choice in column.choices], formats["TEXT"])
            source = f"='说明 Guide'!{xl_range_abs(1, first, len(column.choices), first)}"
            # Where more words are read than are listed, the list only proposes.
            more = any(len(choice.labels) > _LISTED_LABELS for choice in column.choices)
            rule = {"validate": "list", "source": source, "error_type": "information" if more else "stop"}
            page.data_validation(1, at, _LIST_ROWS, at, rule)
            first += 1
    book.close()
    return target.getvalue()


def _workbook(target: Target, title: str, created: date, folder: str = "") -> Any:
    aside = {"constant_memory": True, "tmpdir": folder} if folder else {"in_memory": True}
    texts = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, {**aside, **texts})
    book.set_properties({"title": title, "created": datetime(created.year, created.month, created.day)})  # noqa: DTZ001 - the file format keeps no zone
    return book


def _formats(book: Any) -> dict[str, Any]:
    header = {"bold": True, "bg_color": "#E8F1ED", "border": 1, "text_wrap": True, "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "center_across": True}),
        "lead": book.add_format({"font_color": "#555555"}),
        "header": book.add_format(header),
        "required": book.add_format(header | {"bg_color": "#FBEBD3"}),
        "TEXT": book.add_format({"num_format": "@"}),
        "CHOICE": book.add_format({"num_format": "@"}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
        "DATE": book.add_format({"num_format": "yyyy-mm-dd"}),
        "INTEGER": book.add_format({"num_format": "0"}),
        "YUAN": book.add_format({"num_format": "#,##0.00"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _write(
    page: Any,
    number: int,
    at: int,
    column: Column,
    value: Value,
    choices: Mapping[str, str],
    formats: Mapping[str, Any],
) -> str:
    """Write one value by its column's kind and return the text it shows, for the width."""
    if column.kind == "YUAN" and isinstance(value, int):
        page.write_number(number, at, value / 100, formats["YUAN"])
        return f"{value / 100:,.2f}"
    if column.kind == "INTEGER" and isinstance(value, int):
        page.write_number(number, at, value, formats["INTEGER"])
        return str(value)
    if column.kind == "DATE" and isinstance(value, date):
        page.write_datetime(number, at, value, formats["DATE"])
        return "2026-03-09"
    text = choices.get(str(value), str(value))
    # The quote keeps it a text even after somebody edits the cell.
    kept = formats["quoted" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else "TEXT"]
    page.write_string(number, at, text, kept)
    return text


def _write_guide(
    guide: Any,
    columns: Sequence[Column],
    examples: Mapping[str, str],
    notes: Sequence[tuple[str, str]],
    formats: Mapping[str, Any],
) -> None:
    heads = ("列 Column", "必填 Required", "填写 Format", "英文 Format", "示例 Example", "说明 Note")
    for at, head in enumerate(heads):
        guide.write_string(0, at, head, formats["header"])
    for number, column in enumerate(columns, start=1):
        zh, en = _KIND_NAMES[column.kind]
        hint = " ".join(text for text in column.hint if text)
        required = "是 yes" if column.required else "否 no"
        # Numbered, so that no line of the guide can be taken for the header of the data.
        name = f"{number}. {column.labels[0]} {_label(column.labels, 1)}"
        texts = (name, required, zh, en, examples.get(column.key, ""), hint)
        for at, text in enumerate(texts):
            guide.write_string(number, at, text, formats["wrapped"])
    for number, (zh, en) in enumerate((*_ADVICE, *notes), start=len(columns) + 2):
        guide.write_string(number, 0, f"{zh} {en}")
    for at, width in enumerate((30, 12, 26, 30, 26, 40)):
        guide.set_column(at, at, width)
    guide.freeze_panes(1, 0)


def _label(labels: Sequence[str], at: int) -> str:
    return labels[min(at, len(labels) - 1)]


def _width(text: str) -> int:
    """Columns of the screen: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text[: _WIDEST * 2])


def _sheet_name(name: str) -> str:
    """At most 31 characters, none of those that Excel forbids in the name of a sheet."""
    return "".join("-" if c in "[]:*?/\\" else c for c in name).strip("'")[:31] or "Sheet"
