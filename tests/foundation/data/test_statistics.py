"""The database counts its rows after a migration and every Sunday, on both."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from linli.foundation.tasks import analyse
from linli.foundation.trail.jobs import registered
from tests.conftest import MONDAY, Staff, system_act

pytestmark = pytest.mark.django_db
SUNDAY = MONDAY + timedelta(days=6)


def forget() -> None:
    """Nothing is known of the rows of people who log in."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE sqlite_schema")
            cursor.execute("DELETE FROM sqlite_stat1")
        else:
            cursor.execute("DELETE FROM pg_statistic WHERE starelid = 'users_user'::regclass")


def known() -> bool:
    """Whether statistics of the table are kept."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'users_user'")
        else:
            cursor.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'users_user'")
        return bool(cursor.fetchone()[0])


def test_are_taken_when_a_migration_is_over(staff: Staff) -> None:
    forget()
    assert not known()

    call_command("migrate", verbosity=0)
    assert known()


@pytest.mark.parametrize(("day", "taken"), [(SUNDAY, True), (SUNDAY + timedelta(days=1), False)])
def test_are_taken_every_week(staff: Staff, day: date, *, taken: bool) -> None:
    forget()

    analyse.func.__wrapped__(system_act(day))
    assert known() is taken
    assert "data.analyse" in registered()
