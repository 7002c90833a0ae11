"""When two texts of a bank name the same booking."""

from typing import Final

from linli.kernel.text import bare_words, folded, without_zeros

# Said before a number, and no part of it.
_NUMBER: Final = {"NO", "NR"}


def name_the_same(one: str, other: str) -> bool:
    """Whether two references of a bank are of one booking: letters and digits are the same, whatever strokes, signs,
    blanks, width, case and zeros before its numbers each was typed with, and in whatever alphabet they look the same.
    """
    return any(mine == theirs for mine, theirs in zip(_spellings(one), _spellings(other), strict=True))


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
