"""Text as it is kept: one spelling of what people type, paste and import.

Every door (a page's parameters, a table's cells, an act's arguments) passes its text through ``kept``; nothing else in
the house changes spellings. What reads a value out of a text takes it ``half_width``, what compares texts of two
sources ``folded``, what looks for Latin readings ``latin``.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

# Marks without width that paste along: zero-width blanks and joiners, directions, byte order marks, soft hyphens,
# variation selectors (of one ideograph, not another one), signs that only tell how others are set, halves of a pair.
_INVISIBLE: Final = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Blanks of every width, and the tabulators and separators that are shown as one; line ends stay.
_BLANKS: Final = r"\t\x0b\x0c\x1c-\x1f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000"
# NUL and the other controls, which no keyboard writes: PostgreSQL takes no NUL in a text, a workbook none of them.
_CONTROLS: Final = r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
# Radicals stand in texts copied out of PDFs where an ideograph was meant: ⼩ for 小.
_RADICALS: Final = r"\u2e80-\u2fdf\uf900-\ufaff"
# Digits and letters of the full-width block; its punctuation is Chinese and stays.
_WIDE: Final = r"\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
_DIGITS: Final = re.compile(r"([0-9]+)")
# Between the parts of a name: · as the police write it, and what keyboards, old encodings and banks make of it.
_DOTS: Final = "·•・‧∙⋅．･․﹒⸱᛫ᐧ◦●"
# Pasted along with numbers: Excel's apostrophe, quotation marks of every shape, strokes between groups of digits.
_AROUND_NUMBERS: Final = dict.fromkeys(map(ord, "'\"`´‘’‚‛“”„‟′″-‐‑‒–—―−"))
_STROKES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_ENDS_OF_NUMBERS: Final = ".,;:。、"
_IDEOGRAPH: Final = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"

_ODD = re.compile(
    rf"[{_CONTROLS}{_INVISIBLE}{_BLANKS}{_RADICALS}{_WIDE}]|[^\x00-\u02ff{_IDEOGRAPH}]|  |^\s|\s$| [\r\n]"
)
_DROPPED = re.compile(f"[{_CONTROLS}{_INVISIBLE}]")
_BLANK = re.compile(f"[ {_BLANKS}]+")
_LINE_END = re.compile(r" +(?=[\r\n])")
_RADICAL = re.compile(f"[{_RADICALS}]")
_DOT = re.compile(rf" *[{_DOTS}][ {_DOTS}]*|(?<=[{_IDEOGRAPH}])\.(?=[{_IDEOGRAPH}])")
_BETWEEN = re.compile(rf"(?<=[{_IDEOGRAPH}]) (?=[{_IDEOGRAPH}])")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_NARROW_WORDS = {wide: narrow for wide, narrow in _NARROW.items() if chr(narrow).isalnum()}
# Capitals that look like a Latin one, and are typed for it where a keyboard was left in another language.
_LOOKS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "АВЕЅІЈКМНОРСТУҮХԚԜҺԌӀ", "ABEZHIKMNOPTYX" + "ABESIJKMHOPCTYYXQWHGI")
_SIGNS = re.compile(r"[\W_]+")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
# Tone marks of a Latin reading; the two dots of ü are no tone.
_TONES = dict.fromkeys((0x300, 0x301, 0x304, 0x30C))


def plain_text(text: str) -> str:
    """Any text: no controls, no invisible marks, blanks of one kind and single, none at the ends, half-width digits and
    letters. Of a text in which nothing can be seen nothing is left.

    Line ends and Chinese punctuation stay as they are.
    """
    if not _ODD.search(text):
        return text
    plain = _DROPPED.sub("", text).translate(_NARROW_WORDS)
    plain = _RADICAL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), plain)
    plain = unicodedata.normalize("NFC", plain)
    return _LINE_END.sub("", _BLANK.sub(" ", plain)).strip()


def plain_name(text: str) -> str:
    """The name of a person or a place: as any text, on one line, with · between its parts and no blank between two
    ideographs.
    """
    return _BETWEEN.sub("", _DOT.sub("·", " ".join(plain_text(text).splitlines())))


def plain_number(text: str) -> str:
    """A number that is no quantity (identity, account, telephone): half-width capitals without blanks or marks.

    Marks are quotation marks and strokes anywhere, commas and full stops at its ends; every other sign stays.
    """
    return "".join(half_width(text).translate(_AROUND_NUMBERS).split()).strip(_ENDS_OF_NUMBERS).upper()


def half_width(text: str) -> str:
    """A text that a machine will read (a day, an amount): its signs half-width too."""
    return plain_text(text).translate(_NARROW)


def one_stroke(text: str) -> str:
    """A text of which words are read that strokes hold together: half-width, and strokes of every shape are one."""
    return half_width(text).translate(_STROKES)


def folded(text: str) -> str:
    """A text for comparing: compatibility forms are one, no blanks, no case."""
    return "".join(unicodedata.normalize("NFKC", plain_text(text)).split()).casefold()


def bare_words(text: str) -> list[str]:
    """The words of letters and digits in a text, for comparing what was typed from a paper: without signs, blanks,
    width, case and marks on letters; digits of one writing; and letters of Greek and Cyrillic
    that look like a Latin one are this one.
    """
    plain = unicodedata.normalize("NFKD", plain_text(text)).upper().translate(_LOOKS)
    bare = "".join(_digit(sign) for sign in plain if not unicodedata.combining(sign))
    return [word for word in _SIGNS.split(bare) if word]


def without_zeros(word: str) -> str:
    """A word without the zeros before its numbers."""
    return _ZEROS.sub("", word)


def _digit(sign: str) -> str:
    """A digit of any writing as one of ours."""
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def is_compatible(text: str) -> bool:
    """Whether a text has none of the signs that stand for others (NFKC): what is typed finds it again."""
    return unicodedata.normalize("NFKC", text) == text


def latin(text: str) -> str:
    """A Latin reading for comparing: small letters without tone marks, ü as v."""
    bare = unicodedata.normalize("NFD", text.lower()).translate(_TONES)
    return unicodedata.normalize("NFC", bare).replace("u:", "v").replace("ü", "v")


def verbatim(text: str) -> str:
    """A secret: kept to the letter."""
    return text


def opaque(secret: str) -> str:
    """A secret that is typed, for checking (RFC 8265, OpaqueString): one keyboard writes é as one sign and another as
    two, and blanks are of many widths; nothing else of it changes.
    """
    if secret.isascii():
        return secret
    blank = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in secret)
    return unicodedata.normalize("NFC", blank)


# What stands in a field, by the field's name; every other field holds any text.
_BY_FIELD: Final[Mapping[str, Callable[[str], str]]] = {
    **dict.fromkeys(("name", "holder_name", "guardian_name", "by_name", "objector", "identified_by"), plain_name),
    **dict.fromkeys(("id_number", "account_number", "phone"), plain_number),
    **dict.fromkeys(("password", "current", "new", "again", "encoded", "known"), verbatim),
}


def kept(field: str, text: str) -> str:
    """The one spelling in which a text of the field is kept; ``field`` is its name in a form, a table or an act."""
    return _BY_FIELD.get(field, plain_text)(text)


def in_order(number: str) -> tuple[object, ...]:
    """What numbers are sorted by where their rows are not at hand: DY-2025-9999 comes before DY-2025-10000.

    A query sorts by the id instead: rows of a series get both in one order (``foundation.data.numbering``).
    """
    parts = _DIGITS.split(number)  # every second one are digits
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts))
