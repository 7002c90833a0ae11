"""PNG and JPEG opened far enough to know that they are what they claim, whole and of bounded size."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from linli.foundation.files.reading.answers import Refused

# A 50-megapixel phone camera passes; a picture that costs a gigabyte to open does not.
MAX_PIXELS: Final = 64_000_000
MAX_SIDE: Final = 20_000
# Pixels are unpacked and forgotten in steps of this many bytes.
_STEP: Final = 1 << 20

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# Bits per sample are allowed by colour type (PNG §11.2.2); samples per pixel by colour type.
_PNG_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PNG_DEPTHS: Final = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
# JPEG start-of-frame markers carry the size; C4, C8 and CC in that range are something else.
_JPEG_FRAMES: Final = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE: Final = {0x01, *range(0xD0, 0xD8)}


def inspect_png(data: bytes, _options: Mapping[str, int]) -> dict[str, int]:
    """Check every chunk, the size and that the pixels unpack to exactly that size.

    Raises Refused (upload.broken, upload.oversized).
    """
    pixels = zlib.decompressobj()
    unpacked, wanted = 0, -1
    for kind, body in _png_chunks(data):
        if wanted < 0 and kind != b"IHDR":
            raise Refused("upload.broken")
        if kind == b"IHDR":
            wanted = _png_bytes(body)
        elif kind == b"IDAT":
            unpacked += _unpacked_size(pixels, body, limit=wanted - unpacked)
    if unpacked != wanted or not pixels.eof:
        raise Refused("upload.broken")
    return {}


def inspect_jpeg(data: bytes, _options: Mapping[str, int]) -> dict[str, int]:
    """Walk the segments: a bounded size, a picture and its end. Raises Refused (upload.broken, upload.oversized).

    What follows the end is tolerated, because phones append a second picture or a short film there; the file is only
    ever handed out as an image.
    """
    seen: set[int] = set()
    for marker, body in _jpeg_segments(data):
        if marker in _JPEG_FRAMES:
            if len(body) < 6:
                raise Refused("upload.broken")
            height, width = struct.unpack(">HH", body[1:5])
            _check_size(width, height)
            seen.add(0xC0)
        seen.add(marker)
    if not {0xC0, 0xDA, 0xD9} <= seen:
        raise Refused("upload.broken")
    return {}


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG_SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        check = data[at + 8 + length : at + 12 + length]
        if len(check) != 4 or zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            raise Refused("upload.broken")
        yield kind, body
        at += 12 + length
        if kind == b"IEND":
            break
    else:
        raise Refused("upload.broken")
    if at != len(data):
        raise Refused("upload.broken")


def _png_bytes(header: bytes) -> int:
    """How many bytes the pixels unpack to: one filter byte per line and the packed samples, per interlace pass."""
    if len(header) != 13:
        raise Refused("upload.broken")
    width, height, depth, colour, _compression, _filter, interlace = struct.unpack(">IIBBBBB", header)
    if depth not in _PNG_DEPTHS.get(colour, set()) or interlace > 1:
        raise Refused("upload.broken")
    _check_size(width, height)
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


def _unpacked_size(unpacker: "zlib._Decompress", body: bytes, *, limit: int) -> int:
    size = 0
    rest = body
    try:
        while True:
            part = unpacker.decompress(rest, _STEP)
            rest = unpacker.unconsumed_tail
            size += len(part)
            if size > limit:
                raise Refused("upload.broken")
            if unpacker.eof or (not rest and len(part) < _STEP):
                return size
    except zlib.error as error:
        raise Refused("upload.broken") from error


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise Refused("upload.broken")
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
        body = _jpeg_body(data, at)
        yield marker, body
        at += 4 + len(body)
        if marker == 0xDA:
            at = _after_scan(data, at)


def _jpeg_body(data: bytes, at: int) -> bytes:
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    body = data[at + 4 : at + 2 + length]
    if length < 2 or len(body) != length - 2:
        raise Refused("upload.broken")
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


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise Refused("upload.broken")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused("upload.oversized", width=width, height=height)
