"""One text in the two languages of the product: what packs, plans, papers and columns carry outside the catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linli.kernel import marks

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, order=True)
class Text:
    """One text in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str | None) -> str:
        """English for "en" and its variants, Chinese for everything else."""
        return self.en if marks.is_english(language) else self.zh

    def __mod__(self, places: Mapping[str, object]) -> "Text":
        """Its ``%(name)s`` filled in each language; a place may be a text in both itself."""
        return Text(*(self.in_language(one) % {k: said(v, one) for k, v in places.items()} for one in LANGUAGES))

    @property
    def both(self) -> dict[str, str]:
        """As letters keep it: by language."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return self.zh


NO_TEXT = Text("", "")


def said(value: object, language: str | None) -> object:
    """A value in a language where it has two, else itself."""
    return value.in_language(language) if isinstance(value, Text) else value


def as_kept(kept: Mapping[str, str]) -> Text:
    """The text that was kept by language (:attr:`Text.both`); what was kept in one is read in both."""
    zh, en = kept.get("zh", ""), kept.get("en", "")
    return Text(zh or en, en or zh)


def apart(texts: Iterable[Text]) -> Text:
    """Parts of a sentence that stand for themselves, as one text in both languages."""
    found = list(texts)
    return Text(marks.apart((one.zh for one in found), "zh"), marks.apart((one.en for one in found), "en"))


def listed(texts: Iterable[Text]) -> Text:
    """Several texts in a row, as one text in both languages."""
    found = list(texts)
    return Text(marks.listed((one.zh for one in found), "zh"), marks.listed((one.en for one in found), "en"))
