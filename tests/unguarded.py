"""A trigger switched off for one test, as somebody with the database's password could."""

from django.db import connection


def switch_off(name: str, table: str) -> None:
    """Drop the trigger until the test is rolled back."""
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')
