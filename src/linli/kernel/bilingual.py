"""One text in the two languages of the product: what packs, plans, papers and columns carry outside the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel import marks


@dataclass(frozen=True, order=True)
class Text:
    """One text in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str | None) -> str:
        """English for "en" and its variants, Chinese for everything else."""
        return self.en if marks.is_english(language) else self.zh

    @property
    def both(self) -> dict[str, str]:
        """As letters keep it: by language."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return self.zh


NO_TEXT = Text("", "")


def listed(texts: Iterable[Text]) -> Text:
    """Several texts in a row, as one text in both languages."""
    found = list(texts)
    return Text(marks.listed((one.zh for one in found), "zh"), marks.listed((one.en for one in found), "en"))
