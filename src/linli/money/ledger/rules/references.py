"""When two texts of a bank name the same booking."""

import re
from itertools import groupby
from typing import Final

from linli.kernel.text import bare_words, folded, without_zeros

# Said before a number, and no part of it.
_NUMBER: Final = {"NO", "NR"}
_PART: Final = re.compile(r"[A-Z0-9]+|[^A-Z0-9]+")
# What a text can name: so many letters and digits at least, in so many words at most.
_SHORTEST: Final = 3
_LONGEST_RUN: Final = 12
_A_NUMBER: Final = 6


def name_the_same(one: str, other: str) -> bool:
    """Whether two references of a bank are of one booking: letters and digits are the same, whatever strokes, signs,
    blanks, width, case and zeros before its numbers each was typed with, and in whatever alphabet they look the same.
    """
    return any(mine == theirs for mine, theirs in zip(_spellings(one), _spellings(other), strict=True))


def names_it(text: str, reference: str) -> bool:
    """Whether a text that somebody wrote ("银行回单 GZ-2026-001") names the booking of the reference: some of its
    words are the reference, as :func:`name_the_same` takes it. Less than three letters or digits, or no digit, is no
    number that a text could name.
    """
    asked = _parts(reference)
    word, words = without_zeros("".join(asked)), "-".join(map(without_zeros, asked))
    if len(word) < _SHORTEST or not any(sign.isdigit() for sign in word):
        return False
    said = _parts(text)
    runs = (said[first:end] for first in range(len(said)) for end in range(first + 1, len(said) + 1))
    return any(
        without_zeros("".join(run)) == word or "-".join(map(without_zeros, run)) == words
        for run in runs
        if len(run) <= _LONGEST_RUN
    )


def names_a_number(text: str) -> bool:
    """Whether a text names a number of some slip: six letters and digits in a row or more, a digit among them."""
    runs = ("".join(run) for ours, run in groupby(_parts(text), key=_is_number_part) if ours)
    return any(len(run) >= _A_NUMBER and any(sign.isdigit() for sign in run) for run in runs)


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
