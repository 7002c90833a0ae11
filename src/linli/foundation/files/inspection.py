"""PDF, PNG and JPEG opened far enough to know that they are what they claim, whole, of bounded size and passive."""

import re
import struct
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from linli.kernel.errors import DomainError

# A 50-megapixel phone camera passes; a picture that costs a gigabyte to open does not.
MAX_PIXELS = 64_000_000
MAX_SIDE = 20_000
# Object streams hold a PDF's structure, not its pictures: real ones are far smaller.
MAX_STRUCTURE = 32 * 1024 * 1024
# Pixels are unpacked and forgotten in steps of this many bytes.
_STEP = 1 << 20

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# PDF 32000-1 §7.3.5: any character of a name may be written #xx, so /J#61vaScript is /JavaScript.
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|SubmitForm|GoToE|GoToR)(?=[\s/<>\[\]()%{}]|$)"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?=[\s/<])")
_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm")
_OBJECT_STREAM_NAME = re.compile(rb"/ObjStm(?=[\s/<>\[\]()%]|$)")
_STREAM = re.compile(rb"obj|stream\r?\n")
# Bits per sample are allowed by colour type (PNG §11.2.2); samples per pixel by colour type.
_PNG_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PNG_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
# JPEG start-of-frame markers carry the size; C4, C8 and CC in that range are something else.
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = {0x01, *range(0xD0, 0xD8)}


class UploadBroken(DomainError):
    """The file is cut off or damaged."""

    code = "upload.broken"
    message = _("文件已损坏或不完整,请重新扫描、拍照或导出后再上传")


class UploadActive(DomainError):
    """A PDF carries a script, a program start, an attachment or a form that sends data."""

    code = "upload.active"
    message = _("该 PDF 含有脚本、附件或会自动执行的内容(%(found)s),不能接收;请打印为新的 PDF 或拍照后再上传")


class UploadLocked(DomainError):
    """A PDF is encrypted, so nobody can examine it."""

    code = "upload.locked"
    message = _("该 PDF 已加密,无法核验;请取消密码后再上传")


class UploadOversized(DomainError):
    """A picture has too many pixels to be opened safely."""

    code = "upload.oversized"
    message = _("图片尺寸 %(width)s×%(height)s 过大,请把最长边缩小到 8000 像素以内后再上传")


def inspect_pdf(data: bytes, *, field: str = "") -> None:
    """Check header, trailer and passivity of a PDF, its object streams included.

    Raises UploadBroken, UploadLocked, UploadActive. A stream of objects that we cannot unpack is UploadBroken:
    what cannot be examined is not accepted.
    """
    if not re.match(rb"%PDF-[12]\.\d", data) or b"%%EOF" not in data[-1024:] or b"startxref" not in data[-2048:]:
        raise UploadBroken(field=field)
    names = _unescaped(data)
    structure = _object_streams(data, expected=len(_OBJECT_STREAM_NAME.findall(names)), field=field)
    for part in (names, *structure):
        if _ENCRYPTED.search(part):
            raise UploadLocked(field=field)
        active = _ACTIVE.search(part)
        if active:
            raise UploadActive(field=field, found=active[1].decode())


def inspect_png(data: bytes, *, field: str = "") -> None:
    """Check every chunk, the size and that the pixels unpack to exactly that size.

    Raises UploadBroken, UploadOversized.
    """
    pixels = zlib.decompressobj()
    unpacked, wanted = 0, -1
    for kind, body in _png_chunks(data, field=field):
        if wanted < 0 and kind != b"IHDR":
            raise UploadBroken(field=field)
        if kind == b"IHDR":
            wanted = _png_bytes(body, field=field)
        elif kind == b"IDAT":
            unpacked += _unpacked_size(pixels, body, limit=wanted - unpacked, field=field)
    if unpacked != wanted or not pixels.eof:
        raise UploadBroken(field=field)


def inspect_jpeg(data: bytes, *, field: str = "") -> None:
    """Walk the segments: a bounded size, a picture and its end. Raises UploadBroken, UploadOversized.

    What follows the end is tolerated, because phones append a second picture or a short film there; the file is only
    ever handed out as an image.
    """
    seen: set[int] = set()
    for marker, body in _jpeg_segments(data, field=field):
        if marker in _JPEG_FRAMES:
            if len(body) < 6:
                raise UploadBroken(field=field)
            height, width = struct.unpack(">HH", body[1:5])
            _check_size(width, height, field=field)
            seen.add(0xC0)
        seen.add(marker)
    if not {0xC0, 0xDA, 0xD9} <= seen:
        raise UploadBroken(field=field)


def _object_streams(data: bytes, *, expected: int, field: str) -> list[bytes]:
    found: list[bytes] = []
    size = head_at = 0
    for match in _STREAM.finditer(data):
        if match[0] == b"obj":
            head_at = match.end()
            continue
        head = _unescaped(data[head_at : match.start()])
        head_at = match.end()
        if _OBJECT_STREAM.search(head):
            end = data.find(b"endstream", match.end())
            part = _unpack_structure(data[match.end() : end], head, limit=MAX_STRUCTURE - size, field=field)
            found.append(_unescaped(part))
            size += len(part)
    # One that hides its kind behind a reference or a comment was not unpacked above: not examined, not accepted.
    if len(found) != expected:
        raise UploadBroken(field=field)
    return found


def _unpack_structure(body: bytes, head: bytes, *, limit: int, field: str) -> bytes:
    if b"/Filter" not in head:
        return body
    if b"/FlateDecode" not in head or head.count(b"Decode") > 1:
        raise UploadBroken(field=field)
    unpacker = zlib.decompressobj()
    try:
        part = unpacker.decompress(body, max(limit, 1))
    except zlib.error as error:
        raise UploadBroken(field=field) from error
    if not unpacker.eof:
        raise UploadBroken(field=field)
    return part


def _unescaped(text: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), text)


def _png_chunks(data: bytes, *, field: str) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG_SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        check = data[at + 8 + length : at + 12 + length]
        if len(check) != 4 or zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            raise UploadBroken(field=field)
        yield kind, body
        at += 12 + length
        if kind == b"IEND":
            break
    else:
        raise UploadBroken(field=field)
    if at != len(data):
        raise UploadBroken(field=field)


def _png_bytes(header: bytes, *, field: str) -> int:
    """How many bytes the pixels unpack to: one filter byte per line and the packed samples, per interlace pass."""
    if len(header) != 13:
        raise UploadBroken(field=field)
    width, height, depth, colour, _compression, _filter, interlace = struct.unpack(">IIBBBBB", header)
    if depth not in _PNG_DEPTHS.get(colour, set()) or interlace > 1:
        raise UploadBroken(field=field)
    _check_size(width, height, field=field)
    # Adam7 (PNG §8.2): first column and row, step across and down, of each of the seven passes.
    passes = (
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        if interlace
        else [(0, 0, 1, 1)]
    )
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-max(width - left, 0) // across), -(-max(height - top, 0) // down)
        if columns and rows:
            total += rows * (1 + (columns * _PNG_SAMPLES[colour] * depth + 7) // 8)
    return total


def _unpacked_size(unpacker: "zlib._Decompress", body: bytes, *, limit: int, field: str) -> int:
    size = 0
    rest = body
    try:
        while True:
            part = unpacker.decompress(rest, _STEP)
            rest = unpacker.unconsumed_tail
            size += len(part)
            if size > limit:
                raise UploadBroken(field=field)
            if unpacker.eof or (not rest and len(part) < _STEP):
                return size
    except zlib.error as error:
        raise UploadBroken(field=field) from error


def _jpeg_segments(data: bytes, *, field: str) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise UploadBroken(field=field)
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0xD9:
            yield marker, b""
            return
        if marker in _JPEG_BARE:
            at += 2
            continue
        body = _jpeg_body(data, at, field=field)
        yield marker, body
        at += 4 + len(body)
        if marker == 0xDA:
            at = _after_scan(data, at)


def _jpeg_body(data: bytes, at: int, *, field: str) -> bytes:
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    body = data[at + 4 : at + 2 + length]
    if length < 2 or len(body) != length - 2:
        raise UploadBroken(field=field)
    return body


def _after_scan(data: bytes, at: int) -> int:
    """Where the next marker stands: in picture data FF is followed by 00 or a restart marker."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] != 0x00 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def _check_size(width: int, height: int, *, field: str) -> None:
    if not width or not height:
        raise UploadBroken(field=field)
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise UploadOversized(field=field, width=width, height=height)
