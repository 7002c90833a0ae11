"""What a workbook shows of a number by its format (ECMA-376, 18.8.31), as far as it is another thing than the number.

A format is looked at for the one question whether the person who filled the cell in saw what is taken from it.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from linli.foundation.files.reading.answers import Formatted

# Texts, blanks of a sign's width, repeated signs, brackets, places of digits and what stands between them. Chinese
# versions escape with ! too.
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]?|(?P<place>[0#?])|(?P<comma>,)|(?P<point>\.)'
    r"|(?P<percent>[%‰％])|(?P<next>;)|(?P<general>General|G/通用格式|E[+-]|@)|(?P<sign>.)",
    re.DOTALL | re.IGNORECASE,
)
# Beside a quantity these say what everybody knows: yuan, what is counted, and how it is set.
_PLAIN_WORDS: Final = re.compile(
    "人民币|元整|元|圆|整|[\u00a5\uffe5]|RMB|CNY|人|名|位|户|口|个|周岁|岁|次|天|日|月|年|号|室|楼|层|栋|幢|单元|条|件|份|笔"
    r"|[-+()/:：（）、，.,'\s]",
    re.IGNORECASE,
)
# Signs that make the number another one, wherever they stand.
_OTHER_SIGNS: Final = re.compile(
    r"[十百千万亿兆拾佰仟萬億%％‰$＄€£₩₽₹฿₫]|[美港欧日英澳加台韩]元|USD|HKD|EUR|JPY|GBP|MOP", re.I
)


_POINTS: Final = {".", ",", "，", "．"}
_NO_TEXTS: Final = {"general", "g/通用格式", "e+", "e-", "@"}


class _Section(NamedTuple):
    """One section of a format: literal texts and places of digits in their order; ``whole``: nothing but these."""

    parts: tuple[tuple[str, str], ...]
    whole: bool
    scaled: bool
    condition: bool

    @property
    def words(self) -> str:
        return "".join(text for kind, text in self.parts if kind == "text")

    @property
    def places(self) -> str:
        return "".join(text for kind, text in self.parts if kind == "place")


def shows_number(cell: Formatted) -> bool:
    """Whether who looks at the cell sees the number itself, perhaps rounded, with its unit or its sign of yuan."""
    return all(
        not section.scaled and not _PLAIN_WORDS.sub("", section.words) and (_is_seen(section) or not number)
        for section, number in _used(cell)
    )


def text_of(cell: Formatted) -> str | None:
    """The text that is seen, of a whole number shown digit by digit (00000000, 000-0000); "" where the format shows the
    number as it is; None where it shows another one.
    """
    sections = _used(cell)
    if any(
        section.scaled or _OTHER_SIGNS.search(section.words) or not (_is_seen(section) or not number)
        for section, number in sections
    ):
        return None
    section = sections[0][0]
    padded = section.places.count("0") > 1 or bool(section.words.strip(" \u00a5\uffe5"))
    if len(sections) > 1 or not section.whole or not section.places or not padded:
        return ""
    if not float(cell.number).is_integer():
        return None  # 3.5 is seen as 004
    return ("-" if cell.number < 0 and len(_sections(cell.code)) == 1 else "") + _filled(section, cell.number)


def _is_seen(section: _Section) -> bool:
    """A section of nothing hides what is in the cell."""
    return bool(section.parts) or not section.whole


def _filled(section: _Section, number: float) -> str:
    """The digits in their places, from the right; those for which there is no place stand at the first."""
    digits = str(abs(int(number)))
    places = section.places
    digits = digits.rjust(len(places), "\0")
    first, rest = digits[: len(digits) - len(places) + 1], digits[len(digits) - len(places) + 1 :]
    queue = [first, *rest]
    shown = []
    for kind, text in section.parts:
        if kind == "text":
            shown.append(text)
        else:
            shown.append(queue.pop(0).replace("\0", "0" if text == "0" else ""))
    return "".join(shown).strip()


def _used(cell: Formatted) -> list[tuple[_Section, float]]:
    """The section by which the number is shown; all of those for numbers where conditions decide."""
    sections = _sections(cell.code)
    if any(section.condition for section in sections):
        return [(section, cell.number) for section in sections[:3]]
    if cell.number < 0 and len(sections) > 1:
        return [(sections[1], cell.number)]
    if cell.number == 0 and len(sections) > 2:
        return [(sections[2], cell.number)]
    return [(sections[0], cell.number)]


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[_Section, ...]:
    readings = [_Reading()]
    for token in _TOKEN.finditer(code):
        kind = token.lastgroup
        if kind == "next":
            readings.append(_Reading())
        elif kind is not None:
            readings[-1].take(kind, token[kind])
    return tuple(reading.section() for reading in readings)


class _Reading:
    """One section, token by token."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, str]] = []
        self.whole, self.scaled, self.condition = True, False, False
        # A comma behind the last place leaves thousands out; between two places it sets them apart.
        self.comma = self.point = False

    def take(self, kind: str, text: str) -> None:
        """The next token; ``kind`` is its group."""
        {"place": self._place, "comma": self._comma, "point": self._point, "bracket": self._bracket}.get(
            kind, self._text
        )(text)
        self.scaled = self.scaled or kind == "percent"
        # General and exponents, months, hours and fractions are no digits in their places.
        self.whole = self.whole and kind != "general" and not (kind == "sign" and text in "/ymdhsYMDHS")

    def section(self) -> _Section:
        """What was read."""
        return _Section(tuple(self.parts), self.whole, self.scaled or self.comma, self.condition)

    def _place(self, text: str) -> None:
        # A point or a comma that is a text and stands between digits moves the point to the eye.
        between = len(self.parts) > 1 and self.parts[-1][0] == "text" and self.parts[-1][1].strip() in _POINTS
        self.scaled = self.scaled or (between and not self.point)
        self.parts.append(("place", text))
        self.comma = False

    def _comma(self, _text: str) -> None:
        self.comma = self.comma or (bool(self.parts) and self.parts[-1][0] == "place")
        self.whole = False

    def _point(self, _text: str) -> None:
        self.scaled = self.scaled or self.comma
        self.comma, self.point, self.whole = False, True, False

    def _bracket(self, text: str) -> None:
        self.condition = self.condition or text[:1] in {"<", ">", "="}
        self.whole = self.whole and not text.upper().startswith("DBNUM")
        self._text(_currency(text))

    def _text(self, text: str) -> None:
        if text and text.lower() not in _NO_TEXTS:
            self.scaled, self.comma = self.scaled or self.comma, False
            self.parts.append(("text", text))


def _currency(bracket: str) -> str:
    """[$¥-804] is ¥, [$-804] and [Red] are nothing."""
    return bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
