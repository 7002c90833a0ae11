"""From which day a changed account is paid to, and whether that day is sure."""

from collections.abc import Iterable
from datetime import date, timedelta

from linli.kernel.act import CHINA_TIME
from linli.kernel.calendar import WorkCalendar
from linli.law.policies.queries import work_calendar
from linli.money.awards.codes import AccountState
from linli.money.awards.models import PayeeAccount


def day_after_hold(calendar: WorkCalendar, confirmed: date, hold_days: int) -> date:
    """The day after the last of the full working days (a pack asks for one at least) that follow the confirmation."""
    return calendar.add_working_days(confirmed, hold_days).date + timedelta(days=1)


def confirmed_date(account: PayeeAccount) -> date:
    """The day in China on which the account was confirmed."""
    moment = account.confirmed_at
    if moment is None:
        raise ValueError(f"{account} is not confirmed")
    return moment.astimezone(CHINA_TIME).date()


def provisional_holds(accounts: Iterable[PayeeAccount], on: date) -> frozenset[int]:
    """Those of the accounts (ids) that are still held on the day until one counted without its year's table."""
    held = [
        row
        for row in accounts
        if row.state == AccountState.CONFIRMED and row.usable_date is not None and row.usable_date > on
    ]
    if not held:
        return frozenset()
    calendar = work_calendar()
    # The day itself is the one after the last day counted.
    return frozenset(row.pk for row in held if not _sure(calendar, row))


def _sure(calendar: WorkCalendar, row: PayeeAccount) -> bool:
    last = (row.usable_date or date.max) - timedelta(days=1)
    return all(calendar.is_published(year) for year in range(confirmed_date(row).year, last.year + 1))
