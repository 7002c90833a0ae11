"""Texts a pack carries in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Text:
    """One text in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """English for "en" and its variants, Chinese for everything else."""
        return self.en if language.startswith("en") else self.zh

    def __str__(self) -> str:
        return self.zh
