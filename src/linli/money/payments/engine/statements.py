"""A month's bank statement as banks save it: CSV or xlsx, oldest or newest first, titles above, totals below."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from linli.foundation.files.cells import CellRefused, Column, convert, header_text, shown
from linli.foundation.files.grids import Cell, Grid, TableEmpty, TableEncodingRefused, read_grids
from linli.foundation.files.reading.answers import Formatted
from linli.foundation.files.tables import TableSheetAmbiguous, TableSheetHidden, beyond_header, check_hidden
from linli.kernel.canonical import digest
from linli.kernel.marks import Listed
from linli.money.payments.refusals import (
    BEYOND_HEADER,
    FILE_EMPTY,
    WRONG_BALANCE,
    WRONG_ENCODING,
    WRONG_HEADINGS,
    WRONG_VALUE,
    StatementMalformed,
    because,
)

# How banks head the same column. The first of several that are there counts; of texts, the one with our reference.
_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("日期", "交易日期", "记账日期", "入账日期", "交易时间", "交易日", "date"),
    "text": ("摘要", "附言", "用途", "备注", "交易摘要", "交易附言", "摘要说明", "reference"),
    "in": ("收入", "收入金额", "贷方发生额", "贷方金额", "贷方", "存入金额", "转入金额", "in"),
    "out": ("支出", "支出金额", "借方发生额", "借方金额", "借方", "支取金额", "转出金额", "out"),
    "amount": ("交易金额", "发生额", "金额", "amount"),
    "side": ("借贷标志", "借贷方向", "借贷", "收支", "收付标志"),
    "balance": ("余额", "账户余额", "本次余额", "交易后余额", "balance"),
}
_COLUMNS: Final = {header_text(label): key for key, labels in _HEADERS.items() for label in labels}
_MUST: Final = ({"date", "text", "balance", "in", "out"}, {"date", "text", "balance", "amount"})
# Bank, account and period stand above the header.
_TITLE_ROWS: Final = 30
_MAX_ROWS: Final = 6 * 10_000
_LONGEST_TEXT: Final = 200

_DATE: Final = Column("date", ("日期",), kind="DATE")
_TEXT: Final = Column("text", ("摘要",))
_YUAN: Final = Column("amount", ("金额",), kind="YUAN")
_UNIT: Final = re.compile(r"\((元|人民币|cny|rmb)[^)]*\)$")
_CLOCK: Final = re.compile(r"[ T]+\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")
_COMPACT_CLOCK: Final = re.compile(r"(\d{8})\d{6}")
_OURS: Final = re.compile(r"[A-Z]{2}-\d{4}-\d{2}-\d+(-\d+)?")
_TOTAL: Final = re.compile(r"[合总小累]\s*计|笔数|承前|期初|期末|上期|total", re.IGNORECASE)
_NO_AMOUNT: Final = {"", "-", "--", "—"}
_OUTWARD: Final = {"借", "借方", "支", "支出", "付", "d", "dr"}


@dataclass(frozen=True)
class StatementLine:
    """One booking of the bank; fen above zero came in, below zero went out; ``balance_fen`` afterwards."""

    row: int
    date: date
    reference: str
    amount_fen: int
    balance_fen: int


# A booking as the side of its amount says it, and as the sign of it does.
_Booked = tuple[StatementLine, StatementLine]


@dataclass(frozen=True)
class BankStatement:
    """The bank's view of a month, oldest booking first, none when nothing moved; ``digest`` is that of the file."""

    lines: tuple[StatementLine, ...]
    digest: str

    @property
    def closing_fen(self) -> int | None:
        """The balance after the last booking; None when nothing moved."""
        return self.lines[-1].balance_fen if self.lines else None


def read_statement(data: bytes, *, filename: str = "") -> BankStatement:
    """Read by a child process; amounts in yuan. Raises StatementMalformed with the row and the reason, and the refusals
    of ``foundation.files`` for files that are no table.

    Whatever is left out as title, total or note, the chain of balances shows that no booking was.
    """
    try:
        grids = read_grids(data, filename=filename, last_row=_MAX_ROWS)
    except TableEmpty as error:
        raise StatementMalformed(row=1, reason=because(FILE_EMPTY)) from error
    except TableEncodingRefused as error:
        raise StatementMalformed(row=1, reason=because(WRONG_ENCODING, encoding="UTF-8 / GBK")) from error
    grid, at = _sheet(grids)
    check_hidden(grid, at)
    columns = _columns(grid.rows[at])
    rows = enumerate(grid.rows[at + 1 :], start=at + 2)
    booked = [found for number, cells in rows if (found := _line(grid, at, number, cells, columns)) is not None]
    return BankStatement(tuple(_in_order(_readings(booked))), digest(data))


def _sheet(grids: Sequence[Grid]) -> tuple[Grid, int]:
    """The one sheet with the header of a statement, and the index of that row."""
    found = [(grid, at) for grid in grids for at in [_header_at(grid)] if at >= 0]
    hidden = next((grid for grid, _at in found if grid.hidden), None)
    if hidden is not None:
        raise TableSheetHidden(sheet=hidden.name)
    if len(found) > 1:
        raise TableSheetAmbiguous(sheets=Listed(f"「{grid.name}」" for grid, _at in found))
    if not found:
        expected = "日期、摘要、收入、支出、余额"
        raise StatementMalformed(row=1, reason=because(WRONG_HEADINGS, expected=expected))
    return found[0]


def _header_at(grid: Grid) -> int:
    for at, cells in enumerate(grid.rows[:_TITLE_ROWS]):
        keys = set(_columns(cells))
        if any(must <= keys for must in _MUST):
            return at
    return -1


def _columns(cells: Sequence[Cell]) -> dict[str, list[int]]:
    """Key → indices of its columns, in the order of the key's labels."""
    named = {_UNIT.sub("", header_text(cell)): at for at, cell in reversed(list(enumerate(cells)))}
    found: dict[str, list[int]] = {}
    for label, key in _COLUMNS.items():
        if label in named:
            found.setdefault(key, []).append(named[label])
    return found


def _line(
    grid: Grid, header_at: int, number: int, cells: Sequence[Cell], columns: Mapping[str, Sequence[int]]
) -> _Booked | None:
    """One booking in either reading; None for a blank row, a total, a note. Raises StatementMalformed."""

    def values(key: str) -> list[Cell]:
        return [cells[at] if at < len(cells) else "" for at in columns.get(key, ())]

    filled = [cell for cell in cells if str(cell).strip()]
    moved = beyond_header(grid, header_at, cells) is not None
    try:
        day = _day(grid, values("date")[0])
    except CellRefused as refusal:
        # Totals and notes bear no date; a booking whose date cannot be read has amount and balance.
        if len(filled) <= 1 or any(_is_total(cell) for cell in filled):
            return None
        raise _malformed(number, filled, moved=moved) from refusal
    if day is None:
        if not filled or len(filled) == 1 or any(_is_total(cell) for cell in filled):
            return None
        raise _malformed(number, filled, moved=moved)
    try:
        amounts, balance = _amounts(grid, values), _fen(grid, values("balance")[0])
        reference = _reference(grid, values("text"))
    except CellRefused as refusal:
        raise _malformed(number, filled, moved=moved) from refusal
    computed = any((number, at) in grid.formulas for at in range(1, len(cells) + 1))
    if balance is None or len(reference) > _LONGEST_TEXT or computed or moved:
        raise _malformed(number, filled, moved=moved)
    by_side, by_sign = (StatementLine(number, day, reference, amount, balance) for amount in amounts)
    return by_side, by_sign


def _is_total(cell: Cell) -> bool:
    return isinstance(cell, str) and _TOTAL.search(cell) is not None


def _amounts(grid: Grid, values: Callable[[str], list[Cell]]) -> tuple[int, int]:
    """What came in, below zero what went out: as the side says it, and as the sign alone does.

    By the side a red figure, below zero, takes back what was on that side.
    """
    if values("in"):
        fen = (_fen(grid, values("in")[0]) or 0) - (_fen(grid, values("out")[0]) or 0)
        return fen, fen
    signed = _fen(grid, values("amount")[0]) or 0
    outward = header_text((values("side") or [""])[0]) in _OUTWARD
    return (-signed if outward else signed), signed


def _day(grid: Grid, cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, str):
        plain = _CLOCK.sub("", cell.strip())
        compact = _COMPACT_CLOCK.fullmatch(plain)
        cell = compact[1] if compact else plain
    found = convert(cell, _DATE, day_zero=grid.day_zero, from_csv=grid.from_csv)
    return found if isinstance(found, date) else None


def _fen(grid: Grid, cell: Cell) -> int | None:
    if isinstance(cell, str) and cell.strip() in _NO_AMOUNT:
        return None
    found = convert(cell, _YUAN, day_zero=grid.day_zero, from_csv=grid.from_csv)
    return found if isinstance(found, int) else None


def _reference(grid: Grid, cells: Sequence[Cell]) -> str:
    """What identifies the booking: our own reference wherever the bank put it, otherwise the first text.

    Raises CellRefused for a number of which its cell shows another.
    """
    cells = [
        convert(cell, _TEXT, day_zero=grid.day_zero) or "" if isinstance(cell, Formatted) else cell for cell in cells
    ]
    texts = [text for cell in cells if (text := str(cell).strip())]
    ours = next((found[0] for text in texts if (found := _OURS.search(text))), None)
    return ours or (texts[0] if texts else "")


def _readings(booked: Sequence[_Booked]) -> list[list[StatementLine]]:
    """All bookings in each way that they may be meant, the likelier first: where all that is on the side of what goes
    out is below zero, the bank gives every amount its sign; anywhere else such a one is a red figure.
    """
    by_side, by_sign = ([found[which] for found in booked] for which in (0, 1))
    outward = [line.amount_fen for line, signed in booked if line.amount_fen != signed.amount_fen]
    return [by_sign, by_side] if outward and min(outward) > 0 else [by_side, by_sign]


def _in_order(readings: Sequence[list[StatementLine]]) -> list[StatementLine]:
    """Oldest first, by date, or by the balances when all is of one day; of the readings the first that the balances
    bear out. Raises StatementMalformed.
    """
    ordered = [_oldest_first(lines) for lines in readings]
    broken = [_break(lines) for lines in ordered]
    found = next((lines for lines, at in zip(ordered, broken, strict=True) if at is None), None)
    if found is None:
        row = next(at.row for at in broken if at is not None)
        raise StatementMalformed(row=row, reason=because(WRONG_BALANCE))
    return found


def _oldest_first(lines: list[StatementLine]) -> list[StatementLine]:
    if not lines:
        return lines
    turned = lines[::-1]
    backwards = lines[0].date > lines[-1].date
    same_day = lines[0].date == lines[-1].date
    return turned if backwards or (same_day and _break(lines) and not _break(turned)) else lines


def _break(lines: Sequence[StatementLine]) -> StatementLine | None:
    """The first booking whose balance does not follow from the one before."""
    pairs = pairwise(lines)
    return next((after for before, after in pairs if before.balance_fen + after.amount_fen != after.balance_fen), None)


def _malformed(row: int, cells: Sequence[Cell], *, moved: bool) -> StatementMalformed:
    """``moved``: there is more than the header has columns, and what stands where it should is chance."""
    if moved:
        return StatementMalformed(row=row, reason=because(BEYOND_HEADER))
    return StatementMalformed(row=row, reason=because(WRONG_VALUE, text="、".join(shown(cell) for cell in cells)[:120]))
