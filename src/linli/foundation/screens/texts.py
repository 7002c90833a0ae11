"""How dates, money and names read on a page, in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils.translation import get_language, gettext, ngettext, override

from linli.foundation.clock import now
from linli.foundation.data.keyset import MOST_COUNTED
from linli.kernel import marks
from linli.kernel.act import CHINA_TIME
from linli.kernel.bilingual import Text, as_kept, said
from linli.kernel.money import yuan
from linli.kernel.period import Month

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_FEN_OF_TEN_THOUSAND, _FEN_OF_THOUSAND = 1_000_000, 100_000


def is_english() -> bool:
    """Whether the page is read in English."""
    return marks.is_english(get_language())


def joined(words: Iterable[object]) -> str:
    """Several words in a row, with the reader's comma."""
    return marks.listed(words, get_language())


def joined_apart(parts: Iterable[object]) -> str:
    """Several parts of a sentence, with the reader's semicolon."""
    return marks.apart(parts, get_language())


def joined_by_dot(*parts: object) -> str:
    """Several facts of one thing in one line: CA-1 · H-000012."""
    return " · ".join(str(part) for part in parts if part)


def bracketed(text: object) -> str:
    """What stands behind a word, in the reader's brackets."""
    return marks.bracketed(text, get_language())


def day_text(value: date | datetime | str | None) -> str:
    """2026年3月9日, in English 9 Mar 2026; texts in ISO form too; empty for None."""
    if not value:
        return ""
    day = as_date(value)
    return gettext("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": _month(day), "day": day.day}


def short_day_text(value: date | datetime | str | None) -> str:
    """The day without its year where that is today's: 3月9日, in English 9 Mar; empty for None."""
    if not value:
        return ""
    day = as_date(value)
    if day.year != now().year:
        return day_text(day)
    return gettext("%(month)s月%(day)s日") % {"month": _month(day), "day": day.day}


def time_text(value: datetime | date | str | None) -> str:
    """The moment in China: 3月9日 09:12, in English 9 Mar 09:12; of another year with that; a day and words as they
    are; empty for None.
    """
    if not isinstance(value, datetime):
        return value if isinstance(value, str) else day_text(value)
    return f"{short_day_text(value)} {value.astimezone(CHINA_TIME):%H:%M}"


def moment_text(value: datetime | None) -> str:
    """The moment with its year, as paper that is kept needs it: 2026年3月9日 09:12; empty for None."""
    return "" if value is None else f"{day_text(value)} {value.astimezone(CHINA_TIME):%H:%M}"


def month_text(value: Month | date | str | None) -> str:
    """2026年3月, in English Mar 2026; texts as 2026-03 too; empty for None."""
    if not value:
        return ""
    month = Month.parse(value[:7]) if isinstance(value, str) else value
    return gettext("%(year)s年%(month)s月") % {"year": month.year, "month": _month(month)}


def money_text(fen: int | None) -> str:
    """Fen as ¥1,200.00; a negative amount as -¥1,200.00; empty for None."""
    if fen is None:
        return ""
    return f"-¥{yuan(-fen)}" if fen < 0 else f"¥{yuan(fen)}"


def difference_text(fen: int) -> str:
    """A difference in words: more or less than the rules, never a bare minus."""
    if not fen:
        return gettext("没有差额")
    words = gettext("多 %(fen)s") if fen > 0 else gettext("少 %(fen)s")
    return words % {"fen": money_text(abs(fen))}


def axis_money_text(fen: int) -> str:
    """Fen on the axis of a chart, short: 100 万, in English 1,000k (thousands of yuan)."""
    if not fen:
        return "0"
    amount = fen / (_FEN_OF_THOUSAND if is_english() else _FEN_OF_TEN_THOUSAND)
    text = f"{amount:,.2f}".rstrip("0").rstrip(".")
    return gettext("%(amount)s 万") % {"amount": text}


def pack_text(label: object) -> str:
    """A text in the reader's language: in both, as it was kept by language, or in one alone."""
    return str(said(as_kept(label) if isinstance(label, Mapping) else label, get_language()))


def counted(words: str, number: int, **details: object) -> str:
    """A sentence about a number, which it calls ``%(count)s``: Chinese has one form of it, English two."""
    return ngettext(words, words, number) % {"count": number, **details}


def counted_up_to(numbers: Iterable[int]) -> int | str:
    """The sum of numbers that are each counted as far as ``keyset.MOST_COUNTED``: 742, or "1000+" where one is more."""
    found = list(numbers)
    total = sum(min(one, MOST_COUNTED) for one in found)
    return f"{total}+" if any(one > MOST_COUNTED for one in found) else total


def in_both(label: object) -> Text:
    """A text of the catalogue in both languages, for what is kept whoever reads it."""
    with override("zh-hans"):
        chinese = str(label)
    with override("en"):
        return Text(chinese, str(label))


def source_text(source: str) -> str:
    """Where a fact comes from, in the reader's language where it is one of our own words: 入户调查 JZ-2026-0001."""
    word, blank, rest = source.partition(" ")
    return f"{gettext(word)}{blank}{rest}" if word and is_english() else source


def as_date(value: date | datetime | str) -> date:
    """The civil day in China; a text begins with it in ISO form."""
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value.astimezone(CHINA_TIME).date() if isinstance(value, datetime) else value


def _month(day: date | Month) -> str:
    return _MONTHS[day.month - 1] if is_english() else str(day.month)


def value_words(value: int | None, unit: str) -> str:
    """A fact's value as people read it."""
    if value is None:
        return gettext("不清楚")
    if unit == "BOOL":
        return gettext("是") if value else gettext("否")
    return str(money_text(value)) if unit == "FEN" else str(value)
