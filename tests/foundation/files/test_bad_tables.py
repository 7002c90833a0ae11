"""Whole files that are refused: bombs, disguises, old formats, unreadable texts."""

import io
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Sequence

import pytest

from linli.foundation.files.documents import render_pdf
from linli.foundation.files.grids import (
    MAX_BYTES,
    TableBomb,
    TableBroken,
    TableCellsTooMany,
    TableEmpty,
    TableEncodingRefused,
    TableFormatOutdated,
    TableKindRefused,
    TableLocked,
    TableQuotesUnbalanced,
    TableSheetsTooMany,
    TableTooLarge,
    TableTooLong,
    TableTooWide,
)
from linli.foundation.files.reading.answers import DONE, read_answer
from linli.foundation.files.reading.child import answer, reader
from linli.foundation.files.tables import (
    TableColumnsHidden,
    TableMergedCellsFound,
    TableRowsHidden,
    TableSheetAmbiguous,
    TableSheetHidden,
    read_table,
)
from tests.foundation.files.builders import HEADER, PEOPLE, PERSON, csv_text, part, pdf, png, repacked, sheet, workbook

GOOD = sheet([HEADER, PERSON])
SHEET = "xl/worksheets/sheet1.xml"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROWS = csv_text([HEADER, PERSON])


def two_sheets(*, hidden: bool) -> bytes:
    def fill(book):
        for name in ("一月", "二月"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, HEADER)
            page.write_row(1, 0, PERSON)
        if hidden:
            page.hide()

    return workbook(fill)


def many_sheets(book) -> None:
    for number in range(21):
        book.add_worksheet(f"s{number}").write(0, 0, "姓名")


def merged(first: str) -> bytes:
    return sheet([HEADER, PERSON], extra=lambda book, page: page.merge_range(first, "李建国"))


def stray(row: int, column: int) -> bytes:
    return sheet([HEADER, PERSON], extra=lambda book, page: page.write_string(row, column, "x"))


def unseen(row: int | None = None, column: int | None = None, *, last: Sequence[str] = PERSON) -> bytes:
    """A list of which one row or column is not seen."""

    def hide(_book, page) -> None:
        if row is not None:
            page.set_row(row, None, None, {"hidden": True})
        if column is not None:
            page.set_column(column, column, None, None, {"hidden": True})

    return sheet([HEADER, PERSON, last], extra=hide)


def lying_size() -> bytes:
    """The directory and the local header declare ten bytes where more than a megabyte lies."""
    data = bytearray(repacked(GOOD, {"bomb.xml": b"\0" * 1_234_567}))
    honest = struct.pack("<I", 1_234_567)
    while (at := data.find(honest)) >= 0:
        data[at : at + 4] = struct.pack("<I", 10)
    return bytes(data)


def stored_lie() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("a.xml", b"x" * 77)
    return target.getvalue().replace(struct.pack("<II", 77, 77), struct.pack("<II", 77, 78))


def many_parts() -> bytes:
    return repacked(GOOD, {f"p{number}.xml": b"" for number in range(1001)})


def password_flag() -> bytes:
    data = bytearray(GOOD)
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def replaced(name: str, old: bytes, new: bytes) -> bytes:
    return repacked(GOOD, {name: part(GOOD, name).replace(old, new)})


BAD = {
    "nothing": (b"", TableEmpty),
    "blanks": (b" \r\n \r\n", TableEmpty),
    "a byte order mark": (b"\xef\xbb\xbf", TableEmpty),
    "an empty sheet": (sheet([]), TableEmpty),
    "only hidden sheets with content": (
        workbook(lambda book: (book.add_worksheet("a"), book.add_worksheet("b").hide())),
        TableEmpty,
    ),
    "too large": (b"a," * (MAX_BYTES // 2 + 1), TableTooLarge),
    "old Excel": (OLD + b"\0" * 600 + b"W\0o\0r\0k\0b\0o\0o\0k\0", TableFormatOutdated),
    "Excel with password": (OLD + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), TableLocked),
    "PDF": (pdf(), TableKindRefused),
    "PDF with Chinese": (render_pdf("letter.typ", {"title": "表", "sender": "", "date": ""}), TableKindRefused),
    "picture": (png(), TableKindRefused),
    "web page named xls": ("<html><table><tr><td>姓名</td></tr></table></html>".encode(), TableKindRefused),
    "XML spreadsheet": (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', TableKindRefused),
    "rich text": (b"{\\rtf1 x}", TableKindRefused),
    "mail archive": (b"MIME-Version: 1.0\r\n", TableKindRefused),
    "Word document": (repacked(GOOD, {"xl/workbook.xml": None, "word/document.xml": b"<x/>"}), TableKindRefused),
    "another archive": (b"Rar!\x1a\x07\x00" + b"\0" * 99, TableKindRefused),
    "noise": (bytes(range(256)) * 9, TableKindRefused),
    "unknown encoding": (ROWS.encode() + b"\xff\xff\n", TableEncodingRefused),
    "UTF-16 cut in a character": (ROWS.encode("utf-16") + b"x", TableKindRefused),
    "quote never closed": (ROWS.replace("李建国", '"李建国').encode(), TableQuotesUnbalanced),
    "text behind a quote": (ROWS.replace("李建国", '"李"建国').encode(), TableQuotesUnbalanced),
    "cut off workbook": (GOOD[:-30], TableBroken),
    "start of a workbook": (GOOD[:200], TableBroken),
    "damaged part": (GOOD[:60] + b"\xff\xff\xff" + GOOD[63:], TableBroken),
    "encrypted part": (password_flag(), TableBroken),
    "sheet that is no XML": (repacked(GOOD, {SHEET: b"no xml"}), TableBroken),
    "sheet that is not there": (repacked(GOOD, {SHEET: None}), TableBroken),
    "no relations": (repacked(GOOD, {"xl/_rels/workbook.xml.rels": None}), TableBroken),
    "sheet without relation": (replaced("xl/workbook.xml", b'r:id="rId1"', b""), TableBroken),
    "impossible cell": (replaced(SHEET, b'r="A1"', b'r="1A"'), TableBroken),
    "impossible row": (replaced(SHEET, b'<row r="1"', b'<row r="x"'), TableBroken),
    "unknown XML encoding": (replaced("xl/workbook.xml", b"UTF-8", b"UTF-99"), TableBroken),
    "entity bomb": (
        repacked(GOOD, {SHEET: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><worksheet>&b;</worksheet>'}),
        TableBroken,
    ),
    "file entity": (
        replaced("xl/workbook.xml", b"<workbook ", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><workbook '),
        TableBroken,
    ),
    "bomb by ratio, just": (repacked(GOOD, {"xl/bomb.xml": b" " * (1024 * 1024 + 1)}), TableBomb),
    "bomb by ratio": (repacked(GOOD, {"xl/bomb.xml": b" " * (8 << 20)}), TableBomb),
    "bomb by sum": (repacked(GOOD, {f"b{n}": b"ab" * n + b" " * (33 << 20) for n in range(4)}), TableBomb),
    "bomb by lying size": (lying_size(), TableBomb),
    "stored part with a lying size": (stored_lie(), TableBomb),
    "bomb by parts": (many_parts(), TableBomb),
    "too many sheets": (workbook(many_sheets), TableSheetsTooMany),
    "stray cell far below": (stray(1_000_000, 0), TableTooLong),
    "stray cell far right": (stray(1, 16_000), TableTooWide),
    "CSV far too long": (ROWS.encode() + b"x\n" * 30_000, TableTooLong),
    "CSV far too wide": (ROWS.encode() + b"," * 300 + b"x\n", TableTooWide),
    "CSV of too many cells": (ROWS.encode() + (b"x" + b"," * 99 + b"x\n") * 10_100, TableCellsTooMany),
    "sheet of too many cells": (stray(15_000, 150), TableCellsTooMany),
    "merged header": (merged("A1:B1"), TableMergedCellsFound),
    "merged data": (merged("A2:A3"), TableMergedCellsFound),
    "two sheets with the header": (two_sheets(hidden=False), TableSheetAmbiguous),
    "a hidden sheet with the header": (two_sheets(hidden=True), TableSheetHidden),
    "a row filtered away": (unseen(2), TableRowsHidden),
    "a row of no height": (
        repacked(GOOD, {SHEET: part(GOOD, SHEET).replace(b'<row r="2"', b'<row ht="0" customHeight="1" r="2"')}),
        TableRowsHidden,
    ),
    "a hidden column": (unseen(column=3), TableColumnsHidden),
    "a column of no width": (
        repacked(
            GOOD,
            {
                SHEET: part(GOOD, SHEET).replace(
                    b"<sheetData>", b'<cols><col min="2" max="16384" width="0"/></cols><sheetData>'
                )
            },
        ),
        TableColumnsHidden,
    ),
}


# What needs the template's columns to be judged; whether all sheets are empty is left to it too.
LEFT_TO_THE_TABLE = {
    TableColumnsHidden,
    TableMergedCellsFound,
    TableRowsHidden,
    TableSheetAmbiguous,
    TableSheetHidden,
}


class TestReadTable:
    @pytest.mark.parametrize("name", BAD)
    def test_refuses(self, name: str):
        data, refusal = BAD[name]

        with pytest.raises(refusal):
            read_table(data, filename="名单.xlsx", columns=PEOPLE)

    @pytest.mark.parametrize("name", BAD)
    def test_says_why_in_a_whole_sentence(self, name: str):
        data, refusal = BAD[name]

        with pytest.raises(refusal) as caught:
            read_table(data, filename="名单.xlsx", columns=PEOPLE)

        assert "%(" not in str(caught.value)

    def test_names_the_merged_cells(self):
        with pytest.raises(TableMergedCellsFound) as caught:
            read_table(merged("A2:A3"), filename="a.xlsx", columns=PEOPLE)

        assert str(caught.value.details["cells"]) == "A2:A3"

    def test_names_the_rows_that_are_not_seen(self):
        def collapse(_book, page) -> None:
            for row in range(1, 14):
                page.set_row(row, None, None, {"level": 1, "hidden": True})
            page.set_row(14, None, None, {"collapsed": True})

        with pytest.raises(TableRowsHidden) as caught:
            read_table(sheet([HEADER, *[PERSON] * 20], extra=collapse), filename="a.xlsx", columns=PEOPLE)

        assert caught.value.details["rows"] == "2、3、4、5、6、7、8、9、10、11…"

    def test_names_the_columns_that_are_not_seen(self):
        with pytest.raises(TableColumnsHidden) as caught:
            read_table(unseen(column=3), filename="a.xlsx", columns=PEOPLE)

        assert caught.value.details["columns"] == "D"

    @pytest.mark.parametrize(
        "data",
        [
            unseen(40),
            unseen(column=40),
            unseen(2, last=[""] * 6),
            # A title above the header may be hidden: nothing of it is taken in.
            sheet([["名单"], HEADER, PERSON], extra=lambda _book, page: page.set_row(0, None, None, {"hidden": True})),
        ],
    )
    def test_takes_a_list_that_hides_nothing_it_holds(self, data: bytes):
        assert read_table(data, filename="a.xlsx", columns=PEOPLE).rows

    @pytest.mark.parametrize(
        "body",
        [
            b" " * 1024 * 1024,  # small, however well it is packed
            random.Random(1).randbytes(1024 * 1024 + 1),  # large, and honestly so
        ],
    )
    def test_takes_a_part_that_is_small_or_badly_packed(self, body: bytes):
        data = repacked(sheet([HEADER, PERSON]), {"xl/media/picture.bin": body})

        assert read_table(data, filename="a.xlsx", columns=PEOPLE).rows

    @pytest.mark.parametrize("name", [name for name in BAD if BAD[name][1] is not TableTooLarge])
    def test_the_reader_by_itself_says_the_same_or_leaves_it_to_the_table(self, name: str):
        """In this process, where each line of the reader is measured; none of these needs the limits."""
        data, refusal = BAD[name]
        code, body = answer(reader("table"), data, {"last_row": 21_005})

        wanted = {None} if refusal in LEFT_TO_THE_TABLE else {refusal.code}
        if refusal is TableEmpty:
            wanted.add(None)
        assert (code, read_answer(body).get("refused") in wanted) == (DONE, True)

    def test_names_the_line_of_an_open_quote(self):
        with pytest.raises(TableQuotesUnbalanced) as caught:
            read_table(BAD["text behind a quote"][0], filename="a.csv", columns=PEOPLE)

        assert caught.value.details["line"] == 2

    def test_stays_under_300_megabytes_for_every_bad_file_and_the_largest_good_one(self, tmp_path):
        """In a process of its own, since the peak (kB, kept by the kernel since exec) cannot be reset.

        Who reads the files has a limit of its own; what is measured here is the process that asks.
        """
        large = sheet([HEADER, *[PERSON] * 20_000])
        wide = csv_text([[*HEADER, *(f"其他{at}" for at in range(40))], *[[*PERSON, *"x" * 40]] * 20_000]).encode()
        for at, data in enumerate([*(data for data, _refusal in BAD.values()), large, wide]):
            (tmp_path / f"{at}.bin").write_bytes(data)
        program = (
            "import pathlib, re, sys\n"
            "from django.conf import settings\n"
            "settings.configure(USE_I18N=False)\n"
            "from linli.foundation.files.tables import read_table\n"
            "from linli.kernel.errors import DomainError\n"
            "from tests.foundation.files.builders import PEOPLE\n"
            "from tests.foundation.files.warm import Warm\n"
            "warm = Warm()\n"
            f"for path in pathlib.Path({str(tmp_path)!r}).iterdir():\n"
            "    try:\n"
            "        with warm.reading():\n"
            "            read_table(path.read_bytes(), filename=path.name, columns=PEOPLE)\n"
            "    except DomainError:\n"
            "        pass\n"
            "status = pathlib.Path('/proc/self/status').read_text()\n"
            "sys.stdout.write(re.search(r'VmHWM:\\s+(\\d+)', status)[1])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
        )

        assert int(done.stdout) < 300 * 1024
