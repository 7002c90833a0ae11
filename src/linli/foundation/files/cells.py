"""One cell as text, date, integer, fen or a code, or the reason why it is none: nothing is guessed."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from linli.foundation.files.formats import shows_number, text_of
from linli.foundation.files.grids import Cell
from linli.foundation.files.reading.answers import Formatted
from linli.kernel.money import LARGEST_FEN, MoneyMalformed, parse_yuan
from linli.kernel.text import folded, half_width, kept

Kind: TypeAlias = Literal["TEXT", "DATE", "INTEGER", "YUAN", "CHOICE"]
Value: TypeAlias = str | date | int | None

MAX_TEXT = 500
# Excel keeps 15 significant digits; an integer of 16 or more has lost its end.
_EXACT = 10**15
_SHOWN_DIGITS: Final = 15
# Serials below are years typed as numbers (1900 to 2100 would be days of 1905), those above lie beyond 2199.
_SERIALS = range(3654, 109_576)

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)"
)
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_INTEGER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Two ways of keeping an ID as text in a CSV that Excel opens: ="1101…" and '1101…
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_TEXT_QUOTE = re.compile(r"'(?=[\d+=@-])")

# Why a cell or a header was not taken; ``%(…)s`` places are filled from the column and the cell.
REASONS: Final[Mapping[str, object]] = {
    "required": _("「%(label)s」必须填写"),
    "formula": _("「%(label)s」是公式；请复制后「选择性粘贴」为数值"),
    "error": _("「%(label)s」是错误值 %(text)s；请改正"),
    "mangled": _("「%(label)s」的长号码已被改成 %(text)s，末几位已丢失；请把该列设为文本后重新填写"),
    "number_format": _(
        "「%(label)s」的单元格格式使看到的与实际存放的数字不同：%(text)s；"
        "请把该格设为“常规”格式，核对后填写实际数字（金额以人民币元为单位），再导入"
    ),
    "text_is_date": _("「%(label)s」被表格软件改成了日期 %(text)s；请把该列设为文本后重新填写"),
    "text_is_not_plain": _("「%(label)s」应为文字，现为 %(text)s"),
    "text_too_long": _("「%(label)s」超过 %(limit)s 个字"),
    "text_control": _("「%(label)s」含有不可见的控制字符；请重新输入"),
    "date": _("「%(label)s」的日期 %(text)s 无法识别；请写成 2026-03-09"),
    "date_impossible": _("「%(label)s」的日期 %(text)s 不存在"),
    "date_has_time": _("「%(label)s」只填日期，不要带时间：%(text)s"),
    "integer": _("「%(label)s」应为整数，现为 %(text)s"),
    "integer_too_large": _("「%(label)s」的数字 %(text)s 过大"),
    "yuan": _("「%(label)s」的金额 %(text)s 无法识别；请填写元，最多两位小数，如 1200 或 1,200.50"),
    "choice": _("「%(label)s」的「%(text)s」不在可选范围内；可选：%(choices)s"),
    "header_missing": _("缺少「%(label)s」列；请使用导入模板的表头"),
    "header_duplicate": _("「%(label)s」列出现了不止一次；请只保留一列"),
    "header_unknown": _("表头「%(text)s」不是模板中的列；请改正名称或删除该列"),
    "header_blank": _("该列有内容但没有表头；请补上表头或删除该列"),
    "row_beyond_header": _(
        "这一行比表头多出内容「%(text)s」，各格可能已经错位，整行没有读取；"
        "文字里有逗号等分隔符的，请给该格加上英文双引号，或另存为 .xlsx"
    ),
}


class Choice(NamedTuple):
    """A stored code and the texts accepted for it; the first is shown in templates and exports."""

    code: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column of a table in or out.

    ``labels`` are the accepted headers, Chinese first, English second, then other spellings. ``kind`` decides the
    value: TEXT str, DATE date, INTEGER int, YUAN int of fen, CHOICE the code. An empty cell is None, or a problem when
    ``required``; a required column must be there, an optional one may be left out. ``hint`` (zh, en) goes into the
    template's instructions. ``total``: its whole numbers are added up below the rows.
    """

    key: str
    labels: tuple[str, ...]
    required: bool = False
    kind: Kind = "TEXT"
    choices: tuple[Choice, ...] = ()
    hint: tuple[str, str] = ("", "")
    total: bool = False


class CellRefused(Exception):
    """A cell that is not taken; ``code`` is a key of REASONS."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def choices_of(codes: type[TextChoices]) -> tuple[Choice, ...]:
    """Codes with their Chinese and English labels, and the code itself as it may stand in machine-made files."""
    rows = []
    for code in codes:
        with override("zh-hans"):
            chinese = str(code.label)
        with override("en"):
            english = str(code.label)
        rows.append(Choice(str(code.value), tuple(dict.fromkeys((chinese, english, str(code.value))))))
    return tuple(rows)


def convert(cell: Cell, column: Column, *, day_zero: date, from_csv: bool = False) -> Value:
    """The cell's value by the column's kind; None when it is empty. Raises CellRefused.

    ``day_zero`` is the day of serial 0 for dates kept as plain numbers.
    """
    if isinstance(cell, Formatted):
        cell = _seen(cell, column.kind)
    if isinstance(cell, str):
        cell = _clean(cell, column.key, from_csv=from_csv)
    if cell == "" and isinstance(cell, str):
        if column.required:
            raise CellRefused("required")
        return None
    if column.kind == "DATE":
        return _date(cell, day_zero=day_zero)
    if column.kind == "CHOICE":
        return _choice(cell, column)
    return _CONVERTERS[column.kind](cell)


def shown(cell: Cell) -> str:
    """A cell as its user sees it, short enough for a sentence."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)) if abs(cell) < _EXACT else f"{cell:.5E}"
    return str(cell).strip()[:60]


def header_text(cell: Cell) -> str:
    """A header as compared: half-width, without blanks, line breaks, case and the marks of required columns."""
    return re.sub(r"^\*+|\*+$|\((必填|required)\)$", "", folded(str(cell)))


def _clean(text: str, key: str, *, from_csv: bool) -> str:
    # What a broken file holds is told, not cleaned away as what somebody typed is.
    if _CONTROL.search(text):
        raise CellRefused("text_control", _CONTROL.sub("", text)[:60])
    # Asked before the number loses its quotation marks.
    written = _TEXT_FORMULA.fullmatch(text.strip()) if from_csv else None
    plain = kept(key, written[1] if written else text)
    if from_csv and plain.startswith("="):
        raise CellRefused("formula", plain[:60])
    return _TEXT_QUOTE.sub("", plain, count=1) if plain.startswith("'") else plain


def _seen(cell: Formatted, kind: Kind) -> str | float:
    """What who filled the cell in saw of it: the number, or its digits in a format of digits."""
    if kind == "DATE":
        return cell.number
    if abs(cell.number) >= _EXACT:
        return cell.number  # each kind refuses it by its own words
    if kind in {"TEXT", "CHOICE"}:
        text = text_of(cell)
        if text is None:
            raise CellRefused("number_format", str(cell)[:60])
        return text or cell.number
    if not shows_number(cell):
        raise CellRefused("number_format", str(cell)[:60])
    return cell.number


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        raise CellRefused("text_is_not_plain", str(cell).upper())
    if isinstance(cell, int | float):
        return _number_text(cell)
    if isinstance(cell, date):
        raise CellRefused("text_is_date", shown(cell))
    if not isinstance(cell, str):
        raise CellRefused("text_is_not_plain", shown(cell))
    if _SCIENTIFIC.fullmatch(cell):
        raise CellRefused("mangled", cell)
    if len(cell) > MAX_TEXT:
        raise CellRefused("text_too_long", cell[:20])
    return cell


def _number_text(number: float) -> str:
    """A telephone or house number typed as a number; one with 16 digits or more is no longer what was typed."""
    if abs(number) >= _EXACT:
        raise CellRefused("mangled", shown(number))
    return str(int(number)) if float(number).is_integer() else repr(number)


def _date(cell: Cell, *, day_zero: date) -> date:
    if isinstance(cell, datetime):
        if cell.time() != datetime.min.time():
            raise CellRefused("date_has_time", str(cell))
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell in _SERIALS:
            return day_zero + timedelta(days=int(cell))
        return _written_date(shown(cell))
    if isinstance(cell, str):
        return _written_date(cell)
    raise CellRefused("date", shown(cell))


def _written_date(text: str) -> date:
    plain = _MIDNIGHT.sub("", half_width(text))
    if "年" in plain:
        plain = re.sub(r"\s", "", plain)
    match = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    if match is None:
        raise CellRefused("date_has_time" if ":" in plain and _DATE.match(plain) else "date", text[:60])
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CellRefused("date_impossible", text) from error


def _integer(cell: Cell) -> int:
    if isinstance(cell, bool):
        raise CellRefused("integer", str(cell).upper())
    if isinstance(cell, int | float) and math.isfinite(cell) and float(cell).is_integer():
        number = int(cell)
    elif isinstance(cell, str) and _INTEGER.fullmatch(plain := half_width(cell)):
        number = int(plain.replace(",", "")) if len(plain) <= 30 else _EXACT
    else:
        raise CellRefused("integer", shown(cell))
    if abs(number) >= _EXACT:
        raise CellRefused("integer_too_large", shown(cell))
    return number


def _yuan(cell: Cell) -> int:
    if isinstance(cell, str):
        try:
            return parse_yuan(cell)
        except MoneyMalformed as error:
            raise CellRefused("yuan", cell[:60]) from error
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise CellRefused("yuan", shown(cell))
    # Fifteen digits are what the spreadsheet shows: a sum of its own may differ in the seventeenth.
    fen = Decimal(f"{cell:.{_SHOWN_DIGITS}g}") * 100 if math.isfinite(cell) else Decimal("NaN")
    if not fen.is_finite() or fen != fen.to_integral_value() or abs(fen) > LARGEST_FEN:
        raise CellRefused("yuan", shown(cell))
    return int(fen)


def _choice(cell: Cell, column: Column) -> str:
    code = _accepted(column.choices).get(header_text(shown(cell)))
    if code is None:
        raise CellRefused("choice", shown(cell))
    return code


@lru_cache(maxsize=64)
def _accepted(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    """Every accepted text of the choices, as compared, and its code; of two choices with one text the first."""
    found: dict[str, str] = {}
    for choice in choices:
        for text in (choice.code, *choice.labels):
            found.setdefault(header_text(text), choice.code)
    return found


_CONVERTERS: Final[Mapping[str, Callable[[Cell], Value]]] = {"TEXT": _text, "INTEGER": _integer, "YUAN": _yuan}
