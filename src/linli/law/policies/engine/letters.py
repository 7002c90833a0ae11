"""A letter in the words of a pack, in both languages: it is kept whole, whoever reads it later."""

from collections.abc import Mapping
from datetime import date

from linli.law.policies.engine.model import Pack

_LANGUAGES = ("zh", "en")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def letter_words(pack: Pack, kind: str, values: Mapping[str, object]) -> dict[str, object]:
    """{"zh": {"title", "body", "closing"}, "en": {…}} of the pack's notice ``kind``, its placeholders filled.

    ``closing``: the article it rests on, and what can be done against it. ``office``: (telephone, address) by the pack,
    empty when it does not say; ``notifications.operations.issue`` asks the place first.

    A value may be a text for both languages, a mapping {"zh": …, "en": …}, or a date.
    """
    notice = pack.notices[kind]
    return {
        language: {
            "title": getattr(notice.label, language),
            "body": getattr(notice.body, language) % {name: _said(name, values[name], language) for name in values},
            "closing": [text for text in (_basis(pack, kind, language), _remedies(pack, kind, language)) if text],
            "office": list(office_of_pack(pack, language)),
        }
        for language in _LANGUAGES
    }


def office_of_pack(pack: Pack, language: str) -> tuple[str, str]:
    """Telephone and address in zh or en that hold where an office has not entered its own; empty without."""
    return (pack.contact.telephone, getattr(pack.contact.address, language)) if pack.contact else ("", "")


def _basis(pack: Pack, kind: str, language: str) -> str:
    """The article in words."""
    cited = getattr(pack.notices[kind].legal_basis, language)
    return f"依据：{cited}。" if language == "zh" else f"Basis: {cited}."


def _remedies(pack: Pack, kind: str, language: str) -> str:
    """Before whom and how long the letter can be contested (社会救助暂行办法 第六十五条); empty when it cannot."""
    rule = pack.remedies
    if rule is None or kind not in rule.letters:
        return ""
    told: str = getattr(rule.body, language) % {
        "days": rule.reconsideration_days,
        "months": rule.suit_months,
        "authority": getattr(rule.authority, language),
    }
    return told


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
