"""An invented bank: takes payment files, answers them, keeps its own statement. It knows only what a bank would."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from linli.kernel.money import parse_yuan, yuan
from linli.kernel.period import Month
from linli.law.policies.engine import BankColumn, BankFile, BankLayout
from linli.simulator.chance import happens

# Days after which a payment that had arrived comes back all the same: its month is closed by then.
_LATE = (36, 80)


@dataclass(frozen=True)
class Late:
    """A line that was paid and that the receiving bank will send back on a day."""

    due: date
    line: dict[str, str]

    @property
    def batch_number(self) -> str:
        """The batch that the line belongs to."""
        return self.line["REFERENCE"].rpartition("-")[0]


@dataclass
class Bank:
    """One account at one bank. ``return_rate`` of the lines come back at once, ``late_rate`` weeks after being paid."""

    layout: BankLayout
    draw: Random
    return_rate: float
    late_draw: Random
    late_rate: float
    balance_fen: int = 0
    bookings: list[tuple[date, str, int]] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)

    def receive(self, on: date, reference: str, amount_fen: int) -> None:
        """Money comes in."""
        self.balance_fen += amount_fen
        self.bookings.append((on, reference, amount_fen))

    def answer(self, data: bytes, *, on: date, times: int = 1) -> bytes:
        """Carry out a payment file and say line by line what became of it; ``times`` as many as usual come back."""
        rows = []
        for line in self._lines(data):
            returned = happens(self.draw, times * self.return_rate)
            if not returned:
                self._pay(line, on)
            rows.append(self._told(line, returned=returned))
        return self._answer_file(rows, on)

    def late_on(self, day: date) -> list[Late]:
        """What comes back by the day after it had been paid; each is told once."""
        due = [one for one in self.late if one.due <= day]
        self.late = [one for one in self.late if one.due > day]
        return due

    def told_late(self, late: Late, *, on: date) -> bytes:
        """The file in which the bank tells of it."""
        return self._answer_file([self._told(late.line, returned=True)], on)

    def take_back(self, late: Late, *, on: date) -> None:
        """The money of it is on the account again."""
        self.receive(on, late.line["REFERENCE"], self._fen(late.line["AMOUNT"]))

    def _pay(self, line: dict[str, str], on: date) -> None:
        amount = self._fen(line["AMOUNT"])
        self.balance_fen -= amount
        self.bookings.append((on, line["REFERENCE"], -amount))
        if happens(self.late_draw, self.late_rate):
            self.late.append(Late(on + timedelta(days=self.late_draw.randint(*_LATE)), line))

    def _told(self, line: dict[str, str], *, returned: bool) -> dict[str, str]:
        paid_code, returned_code = self._codes()
        code = returned_code if returned else paid_code
        return {**line, "RESULT_CODE": code, "RESULT_TEXT": self.layout.returned.codes[code].label.zh}

    def _answer_file(self, rows: list[dict[str, str]], on: date) -> bytes:
        total = sum(self._fen(row["AMOUNT"]) for row in rows)
        frame = {
            "BATCH_NUMBER": rows[-1]["REFERENCE"].rpartition("-")[0] if rows else "",
            "DATE": on.strftime(self.layout.date_form),
            "COUNT": str(len(rows)),
            "TOTAL": str(total) if self.layout.amounts_in_fen else yuan(total).replace(",", ""),
        }
        return self._write(self.layout.returned, rows, frame)

    def statement(self, month: Month) -> bytes:
        """The month's statement as CSV."""
        before = sum(fen for day, _reference, fen in self.bookings if day < month.first_day)
        lines = ["日期,摘要,收入,支出,余额", f"{month.first_day},承前余额,,,{yuan(before).replace(',', '')}"]
        balance = before
        for day, reference, fen in self.bookings:
            if Month.of(day) != month:
                continue
            balance += fen
            money = yuan(abs(fen)).replace(",", "")
            cells = (money, "") if fen > 0 else ("", money)
            lines.append(f"{day},{reference},{cells[0]},{cells[1]},{yuan(balance).replace(',', '')}")
        return ("\n".join(lines) + "\n").encode()

    def _codes(self) -> tuple[str, str]:
        codes = self.layout.returned.codes.values()
        paid = next(code.value for code in codes if code.meaning == "PAID")
        returned = next(code.value for code in codes if code.meaning == "RETURNED")
        return paid, returned

    def _lines(self, data: bytes) -> list[dict[str, str]]:
        shape = self.layout.payment
        rows = data.split(self.layout.line_end.encode())
        rows = [row for row in rows if row]
        body = rows[1 if shape.header else 0 : len(rows) - (1 if shape.trailer else 0)]
        return [self._cells(shape, row) for row in body]

    def _cells(self, shape: BankFile, row: bytes) -> dict[str, str]:
        if shape.delimiter:
            cells = [cell.decode(self.layout.encoding) for cell in row.split(shape.delimiter.encode())]
            return {one.field: cell for one, cell in zip(shape.lines, cells, strict=True)}
        values, start = {}, 0
        for one in shape.lines:
            values[one.field] = row[start : start + one.width].decode(self.layout.encoding).strip()
            start += one.width
        return values

    def _fen(self, text: str) -> int:
        return int(text) if self.layout.amounts_in_fen else parse_yuan(text)

    def _write(self, shape: BankFile, rows: list[dict[str, str]], frame: dict[str, str]) -> bytes:
        parts = [self._row(shape, shape.header, frame)] if shape.header else []
        numbered = [{**row, "LINE_NUMBER": str(number)} for number, row in enumerate(rows, start=1)]
        parts += [self._row(shape, shape.lines, row) for row in numbered]
        parts += [self._row(shape, shape.trailer, frame)] if shape.trailer else []
        end = self.layout.line_end.encode()
        return end.join(parts) + end

    def _row(self, shape: BankFile, fields: tuple[BankColumn, ...], values: dict[str, str]) -> bytes:
        texts = [one.value if one.field == "FIXED" else values[one.field] for one in fields]
        cells = [text.encode(self.layout.encoding) for text in texts]
        if shape.delimiter:
            return shape.delimiter.encode().join(cells)
        return b"".join(
            cell.rjust(one.width, one.pad.encode()) if one.align == "RIGHT" else cell.ljust(one.width, one.pad.encode())
            for one, cell in zip(fields, cells, strict=True)
        )
