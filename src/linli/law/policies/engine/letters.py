"""A letter in the words of a pack, in both languages: it is kept whole, whoever reads it later."""

from collections.abc import Mapping
from datetime import date

from linli.kernel.bilingual import LANGUAGES, NO_TEXT, Text
from linli.law.policies.engine.model import Pack

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def letter_words(pack: Pack, kind: str, values: Mapping[str, object]) -> dict[str, object]:
    """{"zh": {"title", "body", "closing"}, "en": {…}} of the pack's notice ``kind``, its placeholders filled.

    ``closing``: the article it rests on, and what can be done against it. ``office``: (telephone, address) by the pack,
    empty when it does not say; ``notifications.operations.issue`` asks the place first.

    A value may be a text, one in both languages, or a date.
    """
    notice = pack.notices[kind]
    body = notice.body % {name: _filled(name, value) for name, value in values.items()}
    closing = (pack.sentences.basis % {"article": notice.legal_basis}, _remedies(pack, kind))
    return {
        language: {
            "title": notice.label.in_language(language),
            "body": body.in_language(language),
            "closing": [text for one in closing if (text := one.in_language(language))],
            "office": list(office_of_pack(pack, language)),
        }
        for language in LANGUAGES
    }


def office_of_pack(pack: Pack, language: str) -> tuple[str, str]:
    """Telephone and address in zh or en that hold where an office has not entered its own; empty without."""
    return (pack.contact.telephone, pack.contact.address.in_language(language)) if pack.contact else ("", "")


def in_words(day: date) -> Text:
    """2026年4月1日, 1 Apr 2026."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def _remedies(pack: Pack, kind: str) -> Text:
    """Before whom and how long the letter can be contested (社会救助暂行办法 第六十五条); empty when it cannot."""
    rule = pack.remedies
    if rule is None or kind not in rule.letters:
        return NO_TEXT
    return rule.body % {"days": rule.reconsideration_days, "months": rule.suit_months, "authority": rule.authority}


def _filled(name: str, value: object) -> object:
    value = in_words(value) if isinstance(value, date) else value
    if name != "reason":
        return value
    said = value if isinstance(value, Text) else Text(str(value), str(value))
    # The pack's sentence brings its own full stop.
    return Text(said.zh.rstrip(" 。."), said.en.rstrip(" 。."))
