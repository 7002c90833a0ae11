"""Marks that join pieces of text, by language: Chinese is set with full-width ones, English with half-width ones.

Whoever joins, labels or brackets pieces asks here; a mark written between two pieces is right in one language only.
"""

from collections.abc import Iterable


def is_english(language: str | None) -> bool:
    """Whether a language code means English; everything else is read in Chinese."""
    return (language or "").startswith("en")


def listed(words: Iterable[object], language: str | None) -> str:
    """Words in a row: 甲、乙, in English A, B."""
    return (", " if is_english(language) else "、").join(map(str, words))


def apart(parts: Iterable[object], language: str | None) -> str:
    """Parts of a sentence that stand for themselves: 甲；乙, in English A; B."""
    return ("; " if is_english(language) else "；").join(map(str, parts))


def labelled(name: object, value: object, language: str | None) -> str:
    """A name and what it is: 理由：收入, in English Reason: income."""
    return f"{name}: {value}" if is_english(language) else f"{name}：{value}"


def bracketed(text: object, language: str | None) -> str:
    """What stands behind a word: （假设）, in English with the blank before it."""
    return f" ({text})" if is_english(language) else f"（{text}）"


class Listed(tuple[object, ...]):
    """Words in a row whose reader is not known yet, as a refusal's detail: read in Chinese until a page says them."""

    __slots__ = ()

    def __str__(self) -> str:
        return listed(self, "zh")
