"""Seeded damage to good files: bits, cuts, numbers, members of packages, encodings. Same seed, same file."""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

_NUMBER: Final = re.compile(rb"\d+")
_NUMBERS: Final = (
    b"0", b"1", b"-1", b"2", b"255", b"65535", b"65536", b"1048577", b"2147483647", b"4294967295", b"129999999999",
    b"9223372036854775808", b"1e308", b"-0", b"00000000000000000000000000000001", b"9" * 400,
)  # fmt: skip
_TOKENS: Final = (
    *(b"<<", b">>", b"[", b"]", b"(", b")", b"endobj", b"stream\n", b"endstream", b"xref", b"trailer"),
    *(b"/Type", b"/Filter", b"/ObjStm", b"1 0 R", b"<c>", b"</c>", b"<row>", b"</row>", b"<v>", b"<is><t>", b"<f>"),
    *(b"&#0;", b"&lt;", b"<![CDATA[", b"<!--", b"<?xml", b"xmlns:x='y'", b"\0", b"\xff\xfe", b"\xef\xbb\xbf"),
    *(b'"', b",", b"\t", b";", b"\r", b"\n", b"\r\n", b"'", b"="),
)
_ENCODINGS: Final = (
    *("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"),
    *("latin-1", "utf-32", "utf-7"),
)
_TEXTS: Final = (("\r\n", "\r"), ("\r\n", "\n"), (",", ";"), (",", "\t"), (",", "，"), ("\n", "\n\n"), ("0", '"'))
_DEEPEST: Final = 20_000

Damage = Callable[[Random, bytes], bytes]


def flip_bits(draw: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut(draw: Random, data: bytes) -> bytes:
    first, last = sorted(draw.randrange(len(data) + 1) for _ in range(2))
    return draw.choice((data[:first], data[last:], data[:first] + data[last:]))


def repeat(draw: Random, data: bytes) -> bytes:
    first = draw.randrange(len(data) + 1)
    last = min(len(data), first + draw.choice((1, 8, 64, 512)))
    return data[:first] + data[first:last] * draw.choice((2, 3, 50)) + data[last:]


def overwrite(draw: Random, data: bytes) -> bytes:
    at, size = draw.randrange(len(data) + 1), draw.choice((1, 2, 4, 16, 200))
    noise = draw.randbytes(size) if draw.random() < 0.5 else draw.choice((b"\0", b"\xff", b"A")) * size
    return data[:at] + noise + data[at + size :]


def move(draw: Random, data: bytes) -> bytes:
    a, b, c = sorted(draw.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def change_numbers(draw: Random, data: bytes) -> bytes:
    found = list(_NUMBER.finditer(data))
    for match in sorted(draw.sample(found, min(len(found), draw.choice((1, 1, 2, 5)))), key=lambda m: -m.start()):
        data = data[: match.start()] + draw.choice(_NUMBERS) + data[match.end() :]
    return data


def insert_tokens(draw: Random, data: bytes) -> bytes:
    for _ in range(draw.choice((1, 1, 3, 10))):
        at = draw.randrange(len(data) + 1)
        data = data[:at] + draw.choice(_TOKENS) + data[at:]
    return data


def nest(draw: Random, data: bytes) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.choice((b"[", b"<<", b"<a>", b"(", b'"')) * draw.choice((10, 1_000, _DEEPEST)) + data[at:]


BYTES: Final[Sequence[Damage]] = (flip_bits, cut, repeat, overwrite, move, change_numbers, insert_tokens, nest)


def of_bytes(draw: Random, data: bytes) -> bytes:
    """One to three kinds of damage, one after the other."""
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        data = draw.choice(BYTES)(draw, data)
    return data


def of_package(draw: Random, data: bytes) -> bytes:
    """A part damaged and packed again, so that readers get to it; parts left out, doubled, renamed; or raw bytes."""
    if draw.random() < 0.25:
        return of_bytes(draw, data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    at = draw.randrange(len(parts))
    # Sheets and shared texts are where the cells are.
    inner = [number for number, (name, _body) in enumerate(parts) if re.search("sheet|shared", name.lower())]
    if inner and draw.random() < 0.7:
        at = draw.choice(inner)
    name, body = parts[at]
    kind = draw.random()
    if kind < 0.4:
        parts[at] = (name, change_numbers(draw, body))
    elif kind < 0.8:
        parts[at] = (name, of_bytes(draw, body))
    elif kind < 0.87:
        del parts[at]
    elif kind < 0.94:
        parts[at] = (
            draw.choice((name.upper(), "../" + name, "/" + name, name + "\0", "", draw.choice(parts)[0])),
            body,
        )
    else:
        parts[at] = (name, draw.choice(parts)[1])
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w") as new:
        warnings.simplefilter("ignore")  # of two parts with one name
        for part_name, content in parts:
            info = zipfile.ZipInfo(part_name)
            info.compress_type = draw.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
            new.writestr(info, content)
    return target.getvalue()


def of_text(draw: Random, data: bytes) -> bytes:
    """Damage before or after the text is written in some encoding, with other line ends and separators."""
    text = data.decode()
    for _ in range(draw.randrange(4)):
        old, new = draw.choice(
            (("\r\n", "\r"), ("\r\n", "\n"), (",", ";"), (",", "\t"), (",", "，"), ("\n", "\n\n"), ("0", '"'))
        )
        text = text.replace(old, new)
    plain = text.encode("utf-8", "replace")
    if draw.random() < 0.5:
        plain = of_bytes(draw, plain)
    if draw.random() < 0.05:
        plain = plain.replace(b",", b"x" * 200_000 + b",", 1)
    written = plain.decode("utf-8", "replace").encode(draw.choice(_ENCODINGS), "replace")
    return of_bytes(draw, written) if draw.random() < 0.6 else written
