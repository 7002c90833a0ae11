"""Files built byte by byte for the tests: good ones, and every way of being bad."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence

import xlsxwriter

from linli.foundation.files.tables import Choice, Column

PEOPLE = (
    Column("name", ("姓名", "Name"), required=True),
    Column("id_number", ("身份证号", "ID number", "身份证号码"), required=True),
    Column("birth_date", ("出生日期", "Birth date"), kind="DATE"),
    Column("size", ("家庭人口", "Household size"), kind="INTEGER"),
    Column("income", ("月收入", "Monthly income"), kind="YUAN"),
    Column("sex", ("性别", "Sex"), kind="CHOICE", choices=(Choice("MALE", ("男", "Male")), Choice("FEMALE", ("女",)))),
)
HEADER = ["姓名", "身份证号", "出生日期", "家庭人口", "月收入", "性别"]
PERSON = ["李建国", "11010119491231002X", "1949-12-31", "2", "1200.50", "男"]


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """A workbook filled by the caller."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    fill(book)
    book.close()
    return target.getvalue()


def sheet(rows: Sequence[Sequence[object]], *, extra: Callable[[object, object], None] | None = None) -> bytes:
    """One sheet with these rows; ``extra`` gets the book and the page."""

    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("名单")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
        if extra is not None:
            extra(book, page)

    return workbook(fill)


def csv_text(rows: Sequence[Sequence[str]], *, delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"


def repacked(data: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """The package with parts replaced, added, or (None) left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
        for name, body in changes.items():
            if body is not None:
                # A ZipInfo of its own, since a bare name would take the clock's date.
                new.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def png(
    width: int = 3,
    height: int = 2,
    *,
    pixels: bytes | None = None,
    extra: bytes = b"",
    interlace: int = 0,
    depth: int = 8,
    colour: int = 2,
) -> bytes:
    """A picture, eight-bit RGB unless told; ``pixels`` replaces the right number of bytes of that."""
    raw = b"\0" * (height * (1 + width * 3)) if pixels is None else pixels
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def jpeg(
    width: int = 3, height: int = 2, *, end: bytes = b"\xff\xd9", scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56"
) -> bytes:
    """The segments of a baseline picture with invented picture data."""
    application = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    start = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    return b"\xff\xd8" + application + frame + start + scan + end


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of one empty page, with the given objects from number 4 on."""
    body = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
            *objects,
        ),
        start=1,
    ):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = len(places) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(places))
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(body))
    return bytes(body) + table + end


def object_stream(content: bytes, *, filters: bytes = b"/Filter /FlateDecode", packed: bytes | None = None) -> bytes:
    """An object stream holding ``content``."""
    body = zlib.compress(content) if packed is None else packed
    return (
        b"<< /Type /ObjStm /N 1 /First 4 " + filters + b" /Length %d >>\nstream\n" % len(body) + body + b"\nendstream"
    )
