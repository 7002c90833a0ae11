"""A year's table as people have it: a list of dates, pasted in whatever form the notice was copied."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.texts import joined
from linli.kernel.calendar import YearTable

FIRST_YEAR, LAST_YEAR = 2004, 2100
# 2027-02-08, 2027/2/8, 2027.2.8, 20270208 and the same written with the characters for year, month and day.
_FULL = re.compile(r"^(\d{4})(?:[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?|(\d{2})(\d{2}))$")
# Without the year: 2-8, 2/8, and with the characters.
_SHORT = re.compile(r"^(\d{1,2})[-/.\u6708](\d{1,2})\u65e5?$")
# From … to: ~, the long dashes, and the two characters that mean "to".
_RANGE = re.compile(r"[~～—–\u81f3\u5230]+")
_BETWEEN = re.compile("[\\s,;，；、]+")


class YearForm(forms.Form):
    """The published exceptions of one year."""

    year = forms.IntegerField(label=_("年份"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    source = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("通知的名称和文号，如“国务院办公厅关于2027年部分节假日安排的通知”")
    )
    off_weekdays = forms.CharField(
        label=_("放假的工作日（周一至周五）"),
        required=False,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("每行或用逗号分开，可写区间，如 2027-02-08~2027-02-12；区间内的周末不计"),
    )
    work_weekends = forms.CharField(
        label=_("调休上班的周末"), required=False, widget=forms.Textarea({"rows": 4}), help_text=_("每行或用逗号分开")
    )

    def clean_source(self) -> str:
        """Trimmed."""
        return " ".join(str(self.cleaned_data["source"]).split())

    def clean(self) -> dict[str, Any]:
        """Every text that is no date, of another year or of the wrong kind of day is named by its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        year = cleaned.get("year")
        if year is not None:
            for name, weekend in (("off_weekdays", False), ("work_weekends", True)):
                try:
                    cleaned[name] = _days(cleaned.get(name, ""), year, weekend=weekend)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    @property
    def table(self) -> YearTable:
        """The table of a valid form."""
        cleaned = self.cleaned_data
        return YearTable(cleaned["year"], cleaned["off_weekdays"], cleaned["work_weekends"], cleaned["source"])


def _days(text: str, year: int, *, weekend: bool) -> frozenset[date]:
    found: set[date] = set()
    wrong: list[str] = []
    for word in filter(None, _BETWEEN.split(text)):
        ends = [_day(end, year) for end in _RANGE.split(word)]
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > 2 or last < first:
            wrong.append(word)
            continue
        days = list(_between(first, last))
        fitting = {day for day in days if (day.weekday() >= 5) is weekend and day.year == year}
        # A range may run over the other kind of day; a single date must be of this one.
        if not fitting:
            wrong.append(word)
        found |= fitting
    if wrong:
        kind = _("周末") if weekend else _("周一至周五")
        raise ValidationError(
            _("以下内容不是 %(year)s 年的%(kind)s日期：%(words)s"),
            params={"year": year, "kind": kind, "words": joined(wrong)},
        )
    return frozenset(found)


def _day(text: str, year: int) -> date | None:
    full, short = _FULL.match(text), _SHORT.match(text)
    if full:
        numbers = [int(part) for part in full.groups() if part]
    elif short:
        numbers = [year, *map(int, short.groups())]
    else:
        return None
    try:
        return date(*numbers)
    except ValueError:
        return None


def _between(first: date, last: date) -> Iterator[date]:
    # A year at most: a slip of the pen must not walk through centuries.
    for number in range(min((last - first).days, 366) + 1):
        yield first + timedelta(days=number)
