"""A PDF opened with qpdf far enough to know that it is whole and passive."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Final

import pikepdf

from linli.foundation.files.reading.answers import Refused

# Object streams hold a PDF's structure, not its pictures: real ones are far smaller.
MAX_STRUCTURE: Final = 32 * 1024 * 1024
# Each is looked at: so many take seconds. A tagged text of a hundred pages has a tenth of them.
MAX_OBJECTS: Final = 50_000

# PDF 32000-1 §7.3.5: any character of a name may be written #xx, so /J#61vaScript is /JavaScript.
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE: Final = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|SubmitForm|GoToE|GoToR)(?=[\s/<>\[\](){}%]|$)"
)

_ENCRYPTED: Final = re.compile(rb"/Encrypt(?=[\s/<])")


def inspect_pdf(data: bytes, _options: Mapping[str, int]) -> dict[str, int]:
    """Open the file, look at each of its objects, and at the bytes as they lie there. Gives the number of pages.

    Raises Refused: upload.broken, upload.locked, upload.active. What cannot be examined is not accepted.
    """
    if not re.match(rb"%PDF-[12]\.\d", data) or b"%%EOF" not in data[-1024:] or b"startxref" not in data[-2048:]:
        raise Refused("upload.broken")
    # Programs differ in which objects they see when the tables of a file disagree: the bytes themselves are asked too.
    plain = _unescaped(data)
    if _ENCRYPTED.search(plain):
        raise Refused("upload.locked")
    _check_passive(plain)
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as paper:
            pages = _examined(paper)
    except pikepdf.PasswordError as error:
        raise Refused("upload.locked") from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Refused("upload.broken") from error
    if not pages:
        raise Refused("upload.broken")
    return {"pages": pages}


def _examined(paper: pikepdf.Pdf) -> int:
    """The number of pages of a paper that does nothing."""
    if paper.is_encrypted:
        raise Refused("upload.locked")
    if len(paper.objects) > MAX_OBJECTS:
        raise Refused("upload.broken")
    _check_passive(paper.trailer.unparse(resolved=False))
    for part in _parts(paper):
        _check_passive(part)
    return len(paper.pages)


def _parts(paper: pikepdf.Pdf) -> Iterator[bytes]:
    """Each object as text with its names written plainly, and what object streams hold, also those no table names."""
    left = MAX_STRUCTURE
    for thing in paper.objects:
        if not isinstance(thing, pikepdf.Stream):
            yield thing.unparse(resolved=False) if isinstance(thing, pikepdf.Object) else b""
            continue
        head = thing.stream_dict
        yield head.unparse(resolved=False)
        if head.get("/Type") == pikepdf.Name.ObjStm:
            part = thing.read_bytes()
            left -= len(part)
            if left < 0:
                raise Refused("upload.broken")
            yield _unescaped(part)


def _check_passive(part: bytes) -> None:
    active = _ACTIVE.search(part)
    if active:
        raise Refused("upload.active", found=active[1].decode())


def _unescaped(text: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), text)
