"""A letter in the words of a pack, in both languages: it is kept whole, whoever reads it later."""

from collections.abc import Mapping
from datetime import date

from linli.policies.engine.model import Pack

_LANGUAGES = ("zh", "en")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def letter_words(pack: Pack, kind: str, values: Mapping[str, object]) -> dict[str, object]:
    """{"zh": {"title", "body"}, "en": {…}} of the pack's notice ``kind``, its placeholders filled.

    A value may be a text for both languages, a mapping {"zh": …, "en": …}, or a date.
    """
    notice = pack.notices[kind]
    return {
        language: {
            "title": getattr(notice.label, language),
            "body": getattr(notice.body, language) % {name: _said(name, values[name], language) for name in values},
        }
        for language in _LANGUAGES
    }


def in_words(day: date) -> dict[str, str]:
    """{"zh": "2026年4月1日", "en": "1 Apr 2026"}."""
    return {
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    }


def _said(name: str, value: object, language: str) -> object:
    value = in_words(value) if isinstance(value, date) else value
    said = value[language] if isinstance(value, Mapping) else value
    # The pack's sentence brings its own full stop.
    return str(said).rstrip(" 。.") if name == "reason" else said
