"""A letter in the words of a pack, in both languages: it is kept whole, whoever reads it later."""

from collections.abc import Mapping
from datetime import date

from linli.policies.engine.model import Pack

_LANGUAGES = ("zh", "en")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def letter_words(pack: Pack, kind: str, values: Mapping[str, object]) -> dict[str, object]:
    """{"zh": {"title", "body", "closing"}, "en": {…}} of the pack's notice ``kind``, its placeholders filled.

    ``closing``: what can be done against it and where the office is reached.

    A value may be a text for both languages, a mapping {"zh": …, "en": …}, or a date.
    """
    notice = pack.notices[kind]
    return {
        language: {
            "title": getattr(notice.label, language),
            "body": getattr(notice.body, language) % {name: _said(name, values[name], language) for name in values},
            "closing": [text for text in (_remedies(pack, kind, language), contact(pack, language)) if text],
        }
        for language in _LANGUAGES
    }


def contact(pack: Pack, language: str) -> str:
    """Telephone and address of the office in zh or en; empty when the pack has none."""
    if pack.contact is None:
        return ""
    address, telephone = getattr(pack.contact.address, language), pack.contact.telephone
    return (
        f"电话：{telephone}；地址：{address}。" if language == "zh" else f"Telephone: {telephone}. Address: {address}."
    )


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
