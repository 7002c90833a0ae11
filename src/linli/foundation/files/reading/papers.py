"""A PDF opened with qpdf far enough to know that it is whole and passive."""

import io
import re
from collections.abc import Mapping
from typing import Any, Final

import pikepdf

from linli.foundation.files.reading.answers import Refused

# Object streams hold a PDF's structure, not its pictures: real ones are far smaller.
MAX_STRUCTURE: Final = 32 * 1024 * 1024
# Each is looked at: so many take seconds. A tagged text of a hundred pages has a tenth of them.
MAX_OBJECTS: Final = 48_000

# PDF 32000-1 §7.3.5: any character of a name may be written #xx, so /J#61vaScript is /JavaScript.
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
# A name ends at these (§7.2.2), and where somebody's program ends a text at NUL.
_END: Final = rb"(?=[\x00\s/<>\[\](){}%]|$)"
# Actions that run, play, send or fetch (§12.6.4), and what carries another file or a form with a program.
_LONG: Final = (
    rb"JavaScript|Launch|Rendition|Movie|Sound|RichMedia\w*|GoTo3DView|OnInstantiate|ImportData|SubmitForm|GoToE|GoToR"
    rb"|EmbeddedFiles?|FileAttachment|Collection|XFA"
)
# Too short to be looked for in the bytes of packed pictures, where three letters stand by chance.
_SHORT: Final = rb"JS|AA|EF|AF|3D"
_ACTIVE: Final = re.compile(rb"/(" + _LONG + rb"|" + _SHORT + rb")" + _END)
_ACTIVE_ANYWHERE: Final = re.compile(rb"/(" + _LONG + rb")" + _END)
# §7.3.5 forbids NUL in names: one program ends the name there, another goes on.
_NUL_IN_NAME: Final = re.compile(rb"/[^\x00\s/<>\[\](){}%]*#00")

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
    _check_passive(plain, _ACTIVE_ANYWHERE)
    _check_passive(plain.replace(b"\0", b""), _ACTIVE_ANYWHERE)
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
    left = MAX_STRUCTURE
    for thing in paper.objects:
        head = _head(thing)
        _check_passive(head.unparse(resolved=True))
        _check_opening(head)
        if _is_structure(thing, head):
            part = thing.read_bytes()
            left -= len(part)
            if left < 0:
                raise Refused("upload.broken")
            _check_packed(part)
    # What cannot be a name the library leaves out, and says so.
    if any("null character" in str(warning) for warning in paper.get_warnings()):
        raise Refused("upload.broken")
    return len(paper.pages)


def _head(thing: Any) -> pikepdf.Object:
    """What an object says of itself: the dictionary of a stream, else the object."""
    if isinstance(thing, pikepdf.Stream):
        return thing.stream_dict
    return thing if isinstance(thing, pikepdf.Object) else pikepdf.Array([thing])


def _is_structure(thing: Any, head: pikepdf.Object) -> bool:
    """Whether a stream holds objects, whatever it is called: some programs ask for its counts and not for its kind."""
    if not isinstance(thing, pikepdf.Stream):
        return False
    return head.get("/Type") == pikepdf.Name.ObjStm or ("/First" in head and "/N" in head)


def _check_opening(head: pikepdf.Object) -> None:
    """What is done when the paper is opened: to show a page and nothing after it."""
    if not isinstance(head, pikepdf.Dictionary) or "/OpenAction" not in head:
        return
    action = head["/OpenAction"]
    shows = isinstance(action, pikepdf.Dictionary) and action.get("/S") == pikepdf.Name.GoTo and "/Next" not in action
    if not (shows or isinstance(action, pikepdf.Array | pikepdf.Name | pikepdf.String)):
        raise Refused("upload.active", found="OpenAction")


def _check_packed(part: bytes) -> None:
    """What an object stream holds, as its bytes lie there: also what no table names."""
    if _NUL_IN_NAME.search(part):
        raise Refused("upload.broken")
    plain = _unescaped(part)
    _check_passive(plain)
    _check_passive(plain.replace(b"\0", b""), _ACTIVE_ANYWHERE)


def _check_passive(part: bytes, names: re.Pattern[bytes] = _ACTIVE) -> None:
    """Names as they are meant, or as the library writes them: it escapes nothing but what must be."""
    if names is _ACTIVE and _NUL_IN_NAME.search(part):
        raise Refused("upload.broken")
    active = names.search(part)
    if active:
        raise Refused("upload.active", found=active[1].decode())


def _unescaped(text: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), text)
