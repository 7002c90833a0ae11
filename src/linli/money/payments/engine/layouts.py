"""Bank file layouts are data (packs/bank/*.toml): write a payment file, read the bank's answer.

A layout says encoding, line ends, unit of amounts, and for header, lines and trailer which field stands where, either
between delimiters or in fixed widths (counted in bytes).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from linli.kernel.money import MoneyMalformed, parse_yuan, yuan
from linli.law.policies.engine import BankColumn, BankFile, BankLayout
from linli.money.payments.refusals import (
    FILE_EMPTY,
    TOO_MANY_ROWS,
    UNKNOWN_CODE,
    WRONG_COLUMNS,
    WRONG_ENCODING,
    WRONG_MARK,
    WRONG_VALUE,
    WRONG_WIDTH,
    FieldTooLong,
    ReturnMalformed,
    ReturnTotalsDiffer,
    TextNotEncodable,
    because,
)

T = TypeVar("T")

# A batch of a province's largest county has fewer.
MAX_ROWS = 200 * 1_000


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
    """The bank's answer. Raises ReturnMalformed (row and reason) and ReturnTotalsDiffer; nothing is guessed."""
    rows = _rows(layout, data)
    frame: dict[str, str] = {}
    shape = layout.returned
    first, last = 0, len(rows)
    if shape.header:
        frame |= _read_row(layout, shape, shape.header, rows, 0)
        first = 1
    if shape.trailer:
        frame |= _read_row(layout, shape, shape.trailer, rows, last - 1)
        last -= 1
    lines = tuple(_answer(layout, rows, index) for index in range(first, last))
    found = ReturnFile(frame.get("BATCH_NUMBER", ""), _date(layout, frame, len(rows)), lines)
    _check_totals(layout, frame, lines, len(rows))
    return found


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


def _rows(layout: BankLayout, data: bytes) -> list[bytes]:
    # Ten megabytes of line ends would be a list of half a gigabyte.
    if data.count(b"\n") > MAX_ROWS:
        raise ReturnMalformed(row=MAX_ROWS + 1, reason=because(TOO_MANY_ROWS, limit=MAX_ROWS))
    rows = data.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    least = bool(layout.returned.header) + bool(layout.returned.trailer)
    if len(rows) < max(least, 1) or not data.strip():
        raise ReturnMalformed(row=1, reason=because(FILE_EMPTY))
    return rows


def _read_row(
    layout: BankLayout, shape: BankFile, fields: Sequence[BankColumn], rows: Sequence[bytes], index: int
) -> dict[str, str]:
    cells = _cells(layout, shape, fields, rows[index], index + 1)
    values = {}
    for field, cell in zip(fields, cells, strict=True):
        if field.field == "FIXED" and cell != field.value:
            raise ReturnMalformed(row=index + 1, reason=because(WRONG_MARK, mark=field.value))
        values[field.field] = cell
    return values


def _cells(layout: BankLayout, shape: BankFile, fields: Sequence[BankColumn], row: bytes, number: int) -> list[str]:
    try:
        if shape.delimiter:
            cells = row.decode(layout.encoding).split(shape.delimiter)
            if len(cells) != len(fields):
                reason = because(WRONG_COLUMNS, found=len(cells), expected=len(fields))
                raise ReturnMalformed(row=number, reason=reason)
            return [cell.strip() for cell in cells]
        expected = sum(field.width for field in fields)
        if len(row) != expected:
            raise ReturnMalformed(row=number, reason=because(WRONG_WIDTH, found=len(row), expected=expected))
        texts, start = [], 0
        for field in fields:
            texts.append(row[start : start + field.width].decode(layout.encoding).strip())
            start += field.width
    except UnicodeDecodeError as error:
        raise ReturnMalformed(row=number, reason=because(WRONG_ENCODING, encoding=layout.encoding)) from error
    return texts


def _answer(layout: BankLayout, rows: Sequence[bytes], index: int) -> ReturnLine:
    values = _read_row(layout, layout.returned, layout.returned.lines, rows, index)
    code = values["RESULT_CODE"]
    if code not in layout.returned.codes:
        raise ReturnMalformed(row=index + 1, reason=because(UNKNOWN_CODE, text=code))
    return ReturnLine(
        index + 1,
        values["REFERENCE"],
        values.get("ACCOUNT", ""),
        _fen(layout, values["AMOUNT"], index + 1),
        layout.returned.codes[code].meaning == "PAID",
        code,
        values.get("RESULT_TEXT", ""),
    )


def _fen(layout: BankLayout, text: str, row: int) -> int:
    def convert() -> int:
        return int(text) if layout.amounts_in_fen else parse_yuan(text)

    return _converted(convert, text, row)


def _date(layout: BankLayout, frame: Mapping[str, str], rows: int) -> date:
    text = frame.get("DATE", "")
    return _converted(lambda: datetime.strptime(text, layout.date_form).date(), text, rows)  # noqa: DTZ007 - a day, no time


def _converted(convert: Callable[[], T], text: str, row: int) -> T:
    try:
        return convert()
    except (ValueError, MoneyMalformed) as error:
        raise ReturnMalformed(row=row, reason=because(WRONG_VALUE, text=text)) from error


def _check_totals(layout: BankLayout, frame: Mapping[str, str], lines: Sequence[ReturnLine], rows: int) -> None:
    if "COUNT" in frame and _converted(lambda: int(frame["COUNT"]), frame["COUNT"], rows) != len(lines):
        raise ReturnTotalsDiffer
    if "TOTAL" in frame and _fen(layout, frame["TOTAL"], rows) != sum(line.amount_fen for line in lines):
        raise ReturnTotalsDiffer
