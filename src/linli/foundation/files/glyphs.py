"""Which signs the packaged fonts can print. A sign without a glyph becomes an empty box on paper, without a word."""

import struct
from functools import cache

from pylopdf_fonts_zh_cn import sans_path, serif_path

# Blanks and line ends have no glyph and need none.
_NEEDS_NONE = frozenset("\t\r\n")


def unprintable(text: str) -> str:
    """The signs of a text that no packaged font has, each once, in order; empty when all can be printed."""
    if text.isascii():
        return ""
    covered = _covered()
    return "".join(dict.fromkeys(sign for sign in text if ord(sign) not in covered and sign not in _NEEDS_NONE))


@cache
def _covered() -> frozenset[int]:
    """Code points of the serif and the sans face: where one has no glyph the other is taken."""
    return frozenset(_code_points(sans_path().read_bytes())) | frozenset(_code_points(serif_path().read_bytes()))


def _code_points(font: bytes) -> list[int]:
    """The code points of an OpenType font: segmented coverage, format 12 of its ``cmap`` table.

    Raises ValueError for a font without one.
    """
    for index in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _checksum, cmap, _length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if tag == b"cmap":
            break
    else:
        raise ValueError("a font without cmap")
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * index)[0]
        if struct.unpack_from(">H", font, table)[0] == 12:
            break
    else:
        raise ValueError("a font without segmented coverage")
    groups = struct.unpack_from(">I", font, table + 12)[0]
    ranges = (struct.unpack_from(">III", font, table + 16 + 12 * group) for group in range(groups))
    return [point for first, last, _glyph in ranges for point in range(first, last + 1)]
