"""When two texts of a bank name the same booking."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from linli.kernel.text import bare_words, folded, one_stroke, without_zeros

# Said before a number, and no part of it.
_NUMBER: Final = {"NO", "NR"}
_PART: Final = re.compile(r"[A-Z0-9]+|[^A-Z0-9]+")
# What a text can name: so many letters and digits at least, in so many words at most. A number without a letter is
# longer, or has ideographs beside it: pages, drawers, months and days are no numbers of a slip.
_SHORTEST: Final = 3
_LONGEST_RUN: Final = 12
_A_NUMBER: Final = 6
_SOME_DIGITS: Final = 4
# A day, a month or a year as people and banks write it, where it stands alone: 2026-03-18, 20260318, 2026年3月.
_YEAR, _MONTH_NO, _DAY_NO = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_FULL_MONTH, _FULL_DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_Y, _M, _D = "年", "月", "[日号]"
_JOINED: Final = "A-Za-z0-9_-"
_DATE: Final = re.compile(
    rf"(?<![{_JOINED}])(?:"
    rf"{_YEAR} ?{_Y}(?: ?{_MONTH_NO} ?{_M}(?: ?{_DAY_NO} ?{_D})?)?|{_MONTH_NO} ?{_M}(?: ?{_DAY_NO} ?{_D})?"
    rf"|(?:{_YEAR}([-/.]){_MONTH_NO}(?:\1{_DAY_NO})?|{_YEAR}{_FULL_MONTH}(?:{_FULL_DAY})?)(?![{_JOINED}])"
    r")"
)
# What stands between two signs of one word: GZ-2026-001 is one, and so is GZ_2026.
_WORD: Final = re.compile(r"[^\W_]+(?:[_-]+[^\W_]+)*")


def name_the_same(one: str, other: str) -> bool:
    """Whether two references of a bank are of one booking: letters and digits are the same, whatever strokes, signs,
    blanks, width, case and zeros before its numbers each was typed with, and in whatever alphabet they look the same.
    """
    return any(mine == theirs for mine, theirs in zip(_spellings(one), _spellings(other), strict=True))


def names_it(text: str, reference: str) -> bool:
    """Whether a text that somebody wrote ("银行回单 GZ-2026-001") names the booking of the reference: some of its
    words, each of them whole, are the reference, as :func:`name_the_same` takes it. What is a date, or too short to be
    told from a page or a drawer, is no number that a text could name.
    """
    if not _is_number(_parts(without_dates(reference))):
        return False
    asked = _parts(reference)
    word, words = without_zeros("".join(asked)), "-".join(map(without_zeros, asked))
    said, first, last = _words(text)
    runs = (said[start:end] for start in first for end in last if start < end <= start + _LONGEST_RUN)
    return any(without_zeros("".join(run)) == word or "-".join(map(without_zeros, run)) == words for run in runs)


def names_a_number(text: str) -> bool:
    """Whether a text names a number of some slip: six letters and digits in a row or more, a digit among them, that
    are no date.
    """
    runs = ("".join(run) for ours, run in groupby(_parts(without_dates(text)), key=_is_number_part) if ours)
    return any(len(run) >= _A_NUMBER and any(sign.isdigit() for sign in run) for run in runs)


def numbers_named(text: str) -> dict[str, str]:
    """The numbers of slips that a text names, each as one word, with how it is told: whole words of six letters and
    digits or more, a digit among them, that are no date. Two texts that name the same one name one slip; where a paper
    lies is shorter.
    """
    said, first, last = _words(without_dates(text))
    found = {"".join(run): "-".join(run) for run in (said[start:end] for start, end in zip(first, last, strict=True))}
    long = {word: told for word, told in found.items() if word.isascii() and len(word) >= _A_NUMBER}
    return {without_zeros(word): told for word, told in long.items() if any(sign.isdigit() for sign in word)}


def without_dates(text: str) -> str:
    """A text without the days, months and years in it that stand alone."""
    return _DATE.sub(" ", one_stroke(text))


def _is_number(parts: Sequence[str]) -> bool:
    """Whether these words can be a number of a slip."""
    word = "".join(parts)
    bare = [sign for sign in word if sign.isascii()]
    digits = sum(sign.isdigit() for sign in bare)
    if digits < len(bare):
        return len(bare) >= _SHORTEST and digits > 0
    return len(word) >= _A_NUMBER and digits >= _SOME_DIGITS


def _words(text: str) -> tuple[list[str], list[int], list[int]]:
    """The parts of a text, and the places at which whole words begin and end among them: no number is half a word."""
    parts: list[str] = []
    first, last = [], []
    for word in _WORD.findall(one_stroke(text)):
        for _ours, run in groupby(_parts(word), key=_is_number_part):
            # Ideographs may stand before and behind a number, and are no part of it.
            first.append(len(parts))
            parts += run
            last.append(len(parts))
    return parts, first, last


def _is_number_part(part: str) -> bool:
    return part.isascii()


def _parts(text: str) -> list[str]:
    """The words of a text, taken apart where ideographs meet letters and digits; "No" before a number is no part."""
    words = [part for word in bare_words(text) for part in _PART.findall(word)]
    return words[1:] if len(words) > 1 and words[0] in _NUMBER else words


def _spellings(reference: str) -> tuple[str, str]:
    """A reference as one word, and as the words that signs part; as a text where it consists of signs alone.

    As one word GZ-2026-001 is GZ2026001; only as words GZ-2026-1 too.
    """
    words = bare_words(reference)
    if len(words) > 1 and words[0] in _NUMBER:
        words = words[1:]
    if not words:
        return folded(reference), folded(reference)
    return without_zeros("".join(words)), "-".join(map(without_zeros, words))
