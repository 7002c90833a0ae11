"""A day as a letter writes it, in both languages: a letter is kept whole, whoever reads it later."""

from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(day: date) -> dict[str, str]:
    """{"zh": "2026年4月1日", "en": "1 Apr 2026"}."""
    return {
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    }
