"""The zip package behind an xlsx workbook: bounded before it is opened, scanned before its values are read.

The value reader allocates rows times columns and does not tell formulas, so a small first pass with expat finds the
last cell that holds anything, formulas, error values, merged cells, what is hidden of every sheet, and by which format
a number is shown.
"""

import posixpath
import re
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Final
from xml.parsers import expat

from linli.foundation.files.reading.answers import Refused
from linli.foundation.files.reading.bounds import MAX_CELLS, MAX_COLUMNS

MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 1_000
# Real sheets of repeated rows pack about 1:50; a part of one repeated byte packs 1:1000.
MAX_RATIO = 200
MAX_SHEETS = 20
# Parts are unpacked and forgotten in steps of this many bytes.
_STEP = 1 << 20
# Names in a package are in this encoding; it is loaded now, since once the file is there nothing can be opened.
"".encode("cp437")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_WORKSHEET: Final = "/worksheet"
_STYLES: Final = "/styles"
# Formats by which a number is seen as it is; those of days are told by the value reader.
_AS_IT_IS: Final = frozenset({"", "General", "@", "0", "0.00", "#,##0", "#,##0.00"})
# Those that every workbook has and need not write down: all others of theirs show the number, or a day.
_BUILT_IN: Final = {9: "0%", 10: "0.00%"}
# As long as Excel lets one be.
_LONGEST_FORMAT: Final = 255
# More columns than a sheet has.
_ROW: Final = 1 << 15


@dataclass
class SheetScan:
    """What the first pass found in one sheet; positions are (row, column) from 1."""

    name: str
    hidden: bool
    from_1904: bool
    last_row: int = 0
    last_column: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    # Filtered away, collapsed in an outline or hidden by hand: the person who hands the file in does not see them.
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    # Formats of the workbook, and of which numbers: places and indices, in the order of the cells.
    formats: list[str] = field(default_factory=list)
    formatted: "array[int]" = field(default_factory=lambda: array("q"))
    formatted_by: "array[int]" = field(default_factory=lambda: array("q"))

    def numbers_formatted(self) -> Iterator[tuple[int, int, int]]:
        """Row, column and index of the format of every number that may be seen as another thing."""
        for place, at in zip(self.formatted, self.formatted_by, strict=True):
            yield *divmod(place, _ROW), at


def check_package(package: zipfile.ZipFile, data: bytes) -> None:
    """Refuse bombs: too many parts, overlapping parts, a high ratio, or more bytes than the directory declares.

    Every part is really unpacked once, in steps and without keeping it, because declared sizes may lie.
    Raises Refused (table.bomb) and, for a damaged part, zipfile.BadZipFile.
    """
    parts = package.infolist()
    if len(parts) > MAX_PARTS or sum(part.compress_size for part in parts) > len(data):
        raise Refused("table.bomb")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused("table.bomb")
    for part in parts:
        if part.file_size > 1024 * 1024 and part.file_size > part.compress_size * MAX_RATIO:
            raise Refused("table.bomb")
        _check_part(package, part, data)


def scan_workbook(package: zipfile.ZipFile) -> list[SheetScan]:
    """The worksheets in workbook order (chart sheets left out). Raises ValueError for XML that is none or has a DTD."""
    targets = _relations(package)
    sheets: list[tuple[str, bool, str]] = []
    from_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if tag == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in {"1", "true"}
        if tag == "sheet":
            kind, target = targets[_attribute(attributes, "id")]
            if kind.endswith(_WORKSHEET):
                sheets.append((attributes["name"], attributes.get("state", "visible") != "visible", target))

    _parse(package.open("xl/workbook.xml"), start)
    _check_shared_texts(package)
    if len(sheets) > MAX_SHEETS:
        raise Refused("table.sheets", count=len(sheets), limit=MAX_SHEETS)
    formats, by_style = _formats(package, [part for kind, part in targets.values() if kind.endswith(_STYLES)])
    return [
        _scan_sheet(package.open(target), SheetScan(name, hidden, from_1904, formats=formats), by_style)
        for name, hidden, target in sheets
    ]


def _formats(package: zipfile.ZipFile, parts: Sequence[str]) -> tuple[list[str], dict[int, int]]:
    """The formats that are worth a look, and the styles of cells that have one of them, by their numbers."""
    styles = _Styles()
    for part in parts[:1]:
        _parse(package.open(part), styles.start, styles.end, lambda _text: None)
    return list(styles.formats), styles.by_style


class _Styles:
    """Expat handlers of the styles; ``formats`` are in their order."""

    def __init__(self) -> None:
        self.formats: dict[str, int] = {}
        self.by_style: dict[int, int] = {}
        self._codes = dict(_BUILT_IN)
        self._within = False
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")[:_LONGEST_FORMAT]
        elif tag == "cellXfs":
            self._within = True
        elif tag == "xf" and self._within:
            code = self._codes.get(int(attributes.get("numFmtId", 0)), "")
            if code not in _AS_IT_IS:
                self.by_style[self._count] = self.formats.setdefault(code, len(self.formats))
            self._count += 1

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._within = False


def _check_shared_texts(package: zipfile.ZipFile) -> None:
    """The value reader makes room for as many shared texts as the part declares, before it reads one."""
    parts = [name for name in package.namelist() if name.lower().endswith("sharedstrings.xml")]
    for name in parts:
        declared = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal declared
            if tag == "sst":
                declared = max(declared, *(int(attributes.get(key, 0)) for key in ("count", "uniqueCount")))

        _parse(package.open(name), start)
        # The shortest text, <si/>, takes five bytes; ``count`` counts cells.
        if declared > max(MAX_CELLS, package.getinfo(name).file_size // len("<si/>")):
            raise Refused("table.bomb")


class _Cells:
    """Expat handlers of one sheet. Cells may leave out their reference: then they follow the one before."""

    def __init__(self, scan: SheetScan, by_style: dict[int, int]) -> None:
        self.scan = scan
        self.by_style = by_style
        self.format: int | None = None
        self.row = self.column = 0
        self.kind = ""
        self.in_value = False
        self.value = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            if _unseen(attributes, "ht"):
                self.scan.hidden_rows.add(self.row)
        elif tag == "col" and _unseen(attributes, "width"):
            last = min(int(attributes["max"]), MAX_COLUMNS)
            self.scan.hidden_columns.update(range(int(attributes["min"]), last + 1))
        elif tag == "c":
            self._place(attributes)
        elif tag in {"v", "is"}:
            self._hold()
            self._note_format()
            self.in_value, self.value = self.kind == "e", ""
        elif tag == "f":
            self._hold()
            self.scan.formulas.add((self.row, self.column))
        elif tag == "mergeCell":
            self.scan.merges.append(_area(attributes["ref"]))

    def end(self, tag: str) -> None:
        if tag == "v" and self.in_value:
            self.scan.errors[self.row, self.column] = self.value
            self.in_value = False

    def text(self, text: str) -> None:
        if self.in_value:
            self.value += text

    def _place(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "")
        self.format = self.by_style.get(int(attributes.get("s", 0)))
        if "r" in attributes:
            self.row, self.column = _position(attributes["r"])
        else:
            self.column += 1

    def _note_format(self) -> None:
        if self.format is not None and self.kind in {"", "n"}:
            self.scan.formatted.append(self.row * _ROW + self.column)
            self.scan.formatted_by.append(self.format)

    def _hold(self) -> None:
        self.scan.last_row = max(self.scan.last_row, self.row)
        self.scan.last_column = max(self.scan.last_column, self.column)


def _scan_sheet(xml: IO[bytes], scan: SheetScan, by_style: dict[int, int]) -> SheetScan:
    cells = _Cells(scan, by_style)
    _parse(xml, cells.start, cells.end, cells.text)
    return scan


def _relations(package: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Relation id → (type, part name) of the workbook."""
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            part = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
            found[attributes["Id"]] = (attributes["Type"], part)

    _parse(package.open("xl/_rels/workbook.xml.rels"), start)
    return found


def _parse(xml: IO[bytes], start: Any, end: Any = None, text: Any = None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_doctype(*_declaration: object) -> None:
        # No office program writes one; entity bombs and file entities need one.
        raise ValueError("document type declaration")

    parser.StartDoctypeDeclHandler = refuse_doctype
    # Some programs write every tag with a prefix (x:row): what counts is the name behind it.
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
        parser.CharacterDataHandler = text
    try:
        with xml:
            parser.ParseFile(xml)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


def _unseen(attributes: dict[str, str], size: str) -> bool:
    """Hidden, or made so low or narrow that nothing of it shows."""
    return attributes.get("hidden") in {"1", "true"} or float(attributes.get(size, 1)) <= 0


def _attribute(attributes: dict[str, str], name: str) -> str:
    """A prefixed attribute such as r:id, whatever the prefix."""
    return next((value for key, value in attributes.items() if key.endswith(f":{name}")), "")


def _position(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference.replace("$", ""))
    if match is None:
        raise ValueError(f"cell reference {reference}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _area(reference: str) -> tuple[int, int, int, int]:
    first, _colon, last = reference.partition(":")
    return *_position(first), *_position(last or first)


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, data: bytes) -> None:
    """Unpack what lies there, not what is declared: readers differ in whom they believe."""
    if part.flag_bits & 1 or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile("encrypted or unusual packing")
    size = part.compress_size
    if part.compress_type == zipfile.ZIP_DEFLATED:
        size = _unpacked_size(_packed(part, data), limit=part.file_size)
    if size != part.file_size:
        raise Refused("table.bomb")
    with package.open(part) as stream:
        while stream.read(_STEP):
            pass


def _packed(part: zipfile.ZipInfo, data: bytes) -> bytes:
    """The bytes behind the part's local header: 30 bytes, the name and the extra field (APPNOTE 4.3.7)."""
    name, extra = (
        data[part.header_offset + 26 : part.header_offset + 28],
        data[part.header_offset + 28 : part.header_offset + 30],
    )
    start = part.header_offset + 30 + int.from_bytes(name, "little") + int.from_bytes(extra, "little")
    return data[start : start + part.compress_size]


def _unpacked_size(packed: bytes, *, limit: int) -> int:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    try:
        while True:
            step = unpacker.decompress(packed, _STEP)
            packed = unpacker.unconsumed_tail
            size += len(step)
            if unpacker.eof or size > limit or (not packed and len(step) < _STEP):
                return size
    except zlib.error as error:
        raise zipfile.BadZipFile("damaged") from error
