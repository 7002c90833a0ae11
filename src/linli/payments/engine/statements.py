"""A month's bank statement: CSV headed date, reference, in, out, balance (or 日期, 摘要, 收入, 支出, 余额)."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from linli.kernel.money import MoneyMalformed, parse_yuan
from linli.payments.refusals import (
    FILE_EMPTY,
    WRONG_BALANCE,
    WRONG_COLUMNS,
    WRONG_ENCODING,
    WRONG_HEADINGS,
    WRONG_VALUE,
    StatementMalformed,
    because,
)

_HEADERS = (("date", "reference", "in", "out", "balance"), ("日期", "摘要", "收入", "支出", "余额"))


@dataclass(frozen=True)
class StatementLine:
    """One booking of the bank; fen above zero came in, below zero went out; ``balance_fen`` afterwards."""

    row: int
    date: date
    reference: str
    amount_fen: int
    balance_fen: int


@dataclass(frozen=True)
class BankStatement:
    """The bank's view of a month."""

    lines: tuple[StatementLine, ...]

    @property
    def closing_fen(self) -> int:
        """The balance after the last booking."""
        return self.lines[-1].balance_fen


def read_statement(data: bytes) -> BankStatement:
    """UTF-8 or GBK, amounts in yuan. Raises StatementMalformed with the row and the reason."""
    rows = list(csv.reader(io.StringIO(_text(data))))
    header = tuple(cell.strip().lower() for cell in rows[0]) if rows else ()
    if header not in _HEADERS:
        raise StatementMalformed(row=1, reason=because(WRONG_HEADINGS, expected="、".join(_HEADERS[1])))
    lines = tuple(_line(row, number) for number, row in enumerate(rows[1:], start=2) if any(row))
    if not lines:
        raise StatementMalformed(row=2, reason=because(FILE_EMPTY))
    for before, after in pairwise(lines):
        if before.balance_fen + after.amount_fen != after.balance_fen:
            raise StatementMalformed(row=after.row, reason=because(WRONG_BALANCE))
    return BankStatement(lines)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StatementMalformed(row=1, reason=because(WRONG_ENCODING, encoding="UTF-8 / GBK"))


def _line(cells: Sequence[str], row: int) -> StatementLine:
    if len(cells) != len(_HEADERS[0]):
        reason = because(WRONG_COLUMNS, found=len(cells), expected=len(_HEADERS[0]))
        raise StatementMalformed(row=row, reason=reason)
    day, reference, credited, debited, balance = (cell.strip() for cell in cells)
    try:
        amount = _fen(credited) - _fen(debited)
        return StatementLine(row, date.fromisoformat(day), reference, amount, _fen(balance))
    except (ValueError, MoneyMalformed) as error:
        raise StatementMalformed(row=row, reason=because(WRONG_VALUE, text="、".join(cells))) from error


def _fen(text: str) -> int:
    return parse_yuan(text) if text else 0
