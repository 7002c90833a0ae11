"""Texts a pack carries in both languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from linli.kernel import marks


class HasLabel(Protocol):
    """Something that the pack names."""

    @property
    def label(self) -> "Text": ...


class HasFacts(Protocol):
    """A pack, as far as its facts are named."""

    @property
    def facts(self) -> Mapping[str, HasLabel]: ...


@dataclass(frozen=True, order=True)
class Text:
    """One text in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """English for "en" and its variants, Chinese for everything else."""
        return self.en if language.startswith("en") else self.zh

    @property
    def both(self) -> dict[str, str]:
        """As letters keep it: by language."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return self.zh


def listed(texts: Iterable[Text]) -> Text:
    """Several texts in a row, as one text in both languages."""
    found = list(texts)
    return Text(marks.listed((one.zh for one in found), "zh"), marks.listed((one.en for one in found), "en"))


def fact_text(pack: HasFacts, address: str, names: Mapping[str, str] | None = None) -> Text:
    """ "R-000001.has_spouse" → "R-000001 有配偶", or the member's name where ``names`` has it; facts of the household
    have nobody before them. KeyError for a fact that the pack does not know.
    """
    key, _dot, code = address.rpartition(".")
    member, label = (names or {}).get(key, key), pack.facts[code].label
    return Text(f"{member} {label.zh}".strip(), f"{member} {label.en}".strip())
