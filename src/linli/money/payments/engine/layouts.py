"""Bank file layouts are data (packs/bank/*.toml): write a payment file, read the bank's answer.

A layout says encoding, line ends, unit of amounts, and for header, lines and trailer which field stands where, either
between delimiters or in fixed widths (counted in bytes).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from linli.foundation.files.lines import LineFault, read_lines
from linli.kernel.money import parse_yuan, yuan
from linli.law.policies.engine import BankColumn, BankFile, BankLayout
from linli.money.payments.refusals import (
    LINE_FAULTS,
    UNKNOWN_CODE,
    WRONG_ACCOUNT,
    WRONG_AMOUNT,
    WRONG_MARK,
    WRONG_VALUE,
    FieldTooLong,
    ReturnMalformed,
    ReturnTotalsDiffer,
    TextNotEncodable,
    because,
    refused_by_row,
)

# A batch of a province's largest county has fewer.
MAX_ROWS = 200 * 1_000
_DIGITS: Final = re.compile(r"[0-9]{1,14}")
# No other digits, no marks between them: a number is written as the bank agreed, or its row is named.
_FEN: Final = _DIGITS
_YUAN: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
# How an account stands in an answer: all its digits, the last four behind a mask, the last four alone.
_ACCOUNTS: Final = {
    "WHOLE": re.compile(r"[0-9]{5,32}"),
    "MASKED": re.compile(r"[0-9]*\*+[0-9]{4}"),
    "LAST_FOUR": re.compile(r"[0-9]{4}"),
}


@dataclass(frozen=True)
class PaymentLine:
    """What the bank is asked to pay."""

    reference: str
    account: str
    payee_name: str
    amount_fen: int
    purpose: str
    bank_name: str = ""


@dataclass(frozen=True)
class Header:
    """What the file says of itself."""

    batch_number: str
    date: date
    count: int
    total_fen: int


@dataclass(frozen=True)
class ReturnLine:
    """The bank's answer to one line; ``row`` is its line in the file, from 1."""

    row: int
    reference: str
    account: str
    amount_fen: int
    paid: bool
    code: str
    text: str


@dataclass(frozen=True)
class ReturnFile:
    """The bank's answer to a batch."""

    batch_number: str
    date: date
    lines: tuple[ReturnLine, ...]


def file_name(layout: BankLayout, header: Header) -> str:
    """The payment file's name as the bank wants it."""
    return layout.payment.file_name % {
        "batch_number": header.batch_number,
        "date": header.date.strftime(layout.date_form),
    }


def write_file(layout: BankLayout, header: Header, lines: Sequence[PaymentLine]) -> bytes:
    """The payment file. Raises FieldTooLong, TextNotEncodable, ReturnTotalsDiffer when header and lines disagree."""
    if (header.count, header.total_fen) != (len(lines), sum(line.amount_fen for line in lines)):
        raise ReturnTotalsDiffer
    frame = _frame_values(layout, header)
    texts = [_write_row(layout, layout.payment, row, frame) for row in (layout.payment.header,) if row]
    for number, line in enumerate(lines, start=1):
        values = {
            "LINE_NUMBER": str(number),
            "REFERENCE": line.reference,
            "ACCOUNT": line.account,
            "PAYEE_NAME": line.payee_name,
            "BANK_NAME": line.bank_name,
            "AMOUNT": _amount(layout, line.amount_fen),
            "PURPOSE": _purpose(layout, line.purpose),
        }
        texts.append(_write_row(layout, layout.payment, layout.payment.lines, frame | values))
    texts += [_write_row(layout, layout.payment, row, frame) for row in (layout.payment.trailer,) if row]
    return b"".join(text + layout.line_end.encode() for text in texts)


def read_return(layout: BankLayout, data: bytes) -> ReturnFile:
    """The bank's answer, read by a child process; by its layout and nothing else, nothing is guessed.

    Raises ReturnMalformed (row and reason; RowsMalformed where there are several), ReturnTotalsDiffer, and the refusals
    of ``foundation.files.children``.
    """
    shape = layout.returned
    found = read_lines(
        data,
        encoding=layout.encoding,
        delimiter=shape.delimiter,
        header=[column.width for column in shape.header],
        lines=[column.width for column in shape.lines],
        trailer=[column.width for column in shape.trailer],
        most=MAX_ROWS,
    )
    faults = [_malformed(layout, fault) for fault in found.faults]
    rows = dict(enumerate(found.rows, start=1))
    last = len(rows)
    frame: dict[str, str] = {}
    lines: list[ReturnLine] = []
    for number, cells in rows.items():
        if not cells:
            continue
        try:
            if number == 1 and shape.header:
                frame |= _named(shape.header, cells, number)
            elif number == last and shape.trailer:
                frame |= _named(shape.trailer, cells, number)
            else:
                lines.append(_answer(layout, _named(shape.lines, cells, number), number))
        except ReturnMalformed as error:
            faults.append(error)
    if faults:
        raise refused_by_row(faults)
    answer = ReturnFile(frame.get("BATCH_NUMBER", ""), _date(layout, frame, last), tuple(lines))
    _check_totals(layout, frame, lines, last)
    return answer


def _frame_values(layout: BankLayout, header: Header) -> dict[str, str]:
    return {
        "BATCH_NUMBER": header.batch_number,
        "DATE": header.date.strftime(layout.date_form),
        "COUNT": str(header.count),
        "TOTAL": _amount(layout, header.total_fen),
    }


def _amount(layout: BankLayout, fen: int) -> str:
    return str(fen) if layout.amounts_in_fen else yuan(fen).replace(",", "")


def _purpose(layout: BankLayout, text: str) -> str:
    """What the family reads on its statement: cut to the column rather than refused, since no money hangs on it."""
    shape = layout.payment
    text = text.replace(shape.delimiter, " ") if shape.delimiter else text
    width = next((field.width for field in shape.lines if field.field == "PURPOSE"), 0)
    cell = " ".join(text.split()).encode(layout.encoding, errors="replace")
    return cell[: width or None].decode(layout.encoding, errors="ignore")


def _write_row(layout: BankLayout, shape: BankFile, fields: Sequence[BankColumn], values: Mapping[str, str]) -> bytes:
    cells = []
    for field in fields:
        text = field.value if field.field == "FIXED" else values[field.field]
        try:
            cell = text.encode(layout.encoding)
        except UnicodeEncodeError as error:
            raise TextNotEncodable(text=text, encoding=layout.encoding) from error
        cells.append(_fit(cell, field, text) if not shape.delimiter else _undelimited(cell, shape, text))
    return shape.delimiter.encode().join(cells)


def _fit(cell: bytes, field: BankColumn, text: str) -> bytes:
    if len(cell) > field.width:
        raise FieldTooLong(text=text, width=field.width)
    pad = field.pad.encode()
    return cell.rjust(field.width, pad) if field.align == "RIGHT" else cell.ljust(field.width, pad)


def _undelimited(cell: bytes, shape: BankFile, text: str) -> bytes:
    if shape.delimiter in text or "\n" in text or "\r" in text:
        raise FieldTooLong(text=text, width=0)
    return cell


def _malformed(layout: BankLayout, fault: LineFault) -> ReturnMalformed:
    said = {"found": fault.found, "expected": fault.expected, "limit": fault.expected, "encoding": layout.encoding}
    return ReturnMalformed(row=fault.row, reason=because(LINE_FAULTS[fault.code], **said))


def _named(fields: Sequence[BankColumn], cells: Sequence[str], row: int) -> dict[str, str]:
    """What a row says, by field."""
    values = {}
    for field, cell in zip(fields, cells, strict=True):
        if field.field == "FIXED" and cell != field.value:
            raise ReturnMalformed(row=row, reason=because(WRONG_MARK, mark=field.value))
        values[field.field] = cell
    return values


def _answer(layout: BankLayout, values: Mapping[str, str], row: int) -> ReturnLine:
    code = values["RESULT_CODE"]
    if code not in layout.returned.codes:
        raise ReturnMalformed(row=row, reason=because(UNKNOWN_CODE, text=code))
    return ReturnLine(
        row,
        values["REFERENCE"],
        _account(layout, values, row),
        _fen(layout, values["AMOUNT"], row),
        layout.returned.codes[code].meaning == "PAID",
        code,
        values.get("RESULT_TEXT", ""),
    )


def _account(layout: BankLayout, values: Mapping[str, str], row: int) -> str:
    """The account as the layout says it stands there: all its digits, or the last four."""
    if "ACCOUNT" not in values:
        return ""
    column = next(column for column in layout.returned.lines if column.field == "ACCOUNT")
    text = values["ACCOUNT"]
    if not _ACCOUNTS[column.shows].fullmatch(text):
        raise ReturnMalformed(row=row, reason=because(WRONG_ACCOUNT[column.shows]))
    return text if column.shows == "WHOLE" else text[-4:]


def _fen(layout: BankLayout, text: str, row: int) -> int:
    form = _FEN if layout.amounts_in_fen else _YUAN
    if not form.fullmatch(text):
        raise ReturnMalformed(row=row, reason=because(WRONG_AMOUNT[layout.amounts_in_fen], text=text))
    return int(text) if layout.amounts_in_fen else parse_yuan(text)


def _date(layout: BankLayout, frame: Mapping[str, str], last: int) -> date:
    text = frame.get("DATE", "")
    row = _row_of(layout, "DATE", last)
    try:
        found = datetime.strptime(text, layout.date_form).date()  # noqa: DTZ007 - a day, no time
    except ValueError as error:
        raise ReturnMalformed(row=row, reason=because(WRONG_VALUE, text=text)) from error
    # Other digits and days of one digit are read too, and are not what was agreed on.
    if found.strftime(layout.date_form) != text:
        raise ReturnMalformed(row=row, reason=because(WRONG_VALUE, text=text))
    return found


def _row_of(layout: BankLayout, field: str, last: int) -> int:
    """The row of the frame that says a field."""
    return 1 if any(column.field == field for column in layout.returned.header) else last


def _count(text: str, row: int) -> int:
    if not _DIGITS.fullmatch(text):
        raise ReturnMalformed(row=row, reason=because(WRONG_VALUE, text=text))
    return int(text)


def _check_totals(layout: BankLayout, frame: Mapping[str, str], lines: Sequence[ReturnLine], last: int) -> None:
    counted = "COUNT" in frame and _count(frame["COUNT"], _row_of(layout, "COUNT", last))
    summed = "TOTAL" in frame and _fen(layout, frame["TOTAL"], _row_of(layout, "TOTAL", last))
    if "COUNT" in frame and counted != len(lines):
        raise ReturnTotalsDiffer
    if "TOTAL" in frame and summed != sum(line.amount_fen for line in lines):
        raise ReturnTotalsDiffer
