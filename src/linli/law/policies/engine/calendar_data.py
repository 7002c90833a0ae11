"""Working-day tables 工作日 from a data file, in the form the kernel's calendar takes."""

from collections.abc import Mapping
from pathlib import Path

from linli.kernel.calendar import WorkCalendar, YearTable
from linli.kernel.errors import gettext_noop
from linli.law.policies.engine.document import Document, KeyPath, read_document
from linli.law.policies.engine.problems import PackError
from linli.law.policies.engine.schema import DATE, LABEL, TEXT, Kind, ListOf, Named, Table


class CalendarInvalid(PackError):
    """A calendar file cannot be used; ``problems`` holds every reason."""

    message = gettext_noop("工作日表有 %(count)s 处错误")


def load_calendar_tables(path: Path) -> Mapping[int, YearTable]:
    """The year tables of a calendar file, by year.

    Raises CalendarInvalid: a year that is no year, a day of another year, a weekend among the weekdays off or a
    weekday among the weekends worked.
    """
    document = read_document(path, path.name)
    if document.readable:
        _CALENDAR.check(document, (), document.data)
    if document.problems:
        raise CalendarInvalid(tuple(sorted(set(document.problems))))
    return {
        int(year): YearTable(
            int(year), frozenset(table["off_weekdays"]), frozenset(table["work_weekends"]), table["source"]
        )
        for year, table in document.data["years"].items()
    }


def load_calendar(path: Path) -> WorkCalendar:
    """The calendar made of :func:`load_calendar_tables`."""
    return WorkCalendar(load_calendar_tables(path))


class _Years(Kind):
    """Year tables whose days belong to their year and kind."""

    def check(self, doc: Document, path: KeyPath, value: object) -> None:
        before = len(doc.problems)
        Named(_YEAR).check(doc, path, value)
        if len(doc.problems) > before or not isinstance(value, dict):
            return
        for year, table in value.items():
            if not (year.isascii() and year.isdigit() and len(year) == 4):
                doc.report((*path, year), "wrong_type", expected="a year", expected_zh="年份")
                continue
            for key, is_weekend in (("off_weekdays", False), ("work_weekends", True)):
                for day in table[key]:
                    if day.year != int(year) or (day.weekday() >= 5) != is_weekend:
                        doc.report((*path, year, key), "unknown_choice", value=day, choices=f"{year} {key}")


_YEAR = Table({"source": TEXT, "off_weekdays": ListOf(DATE), "work_weekends": ListOf(DATE)})
_CALENDAR = Table({"label": LABEL, "years": _Years()})
