"""Rows made before they are written: sealed fields, search keys, and one statement per set."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from linli.foundation.data.crypto import blind_index, seal
from linli.kernel.text import plain_number
from linli.registry.residents.engine.names import name_keys
from linli.registry.residents.models import Resident
from linli.registry.residents.queries.tokens import phone_tokens, token
from linli.registry.residents.rules.registration import plain_phone


def new_row_key() -> str:
    """A random key that envelopes are bound to; made before the insert so that sets can be inserted at once."""
    return secrets.token_hex(16)


def set_name(resident: Resident, name: str) -> None:
    """The name and its search keys."""
    resident.name = name.strip()
    keys = name_keys(resident.name)
    resident.name_key, resident.given_key = keys.name, keys.given
    resident.pinyin_key, resident.initials_key = keys.pinyin, keys.initials


def set_id_number(resident: Resident, text: str) -> None:
    """The identity number sealed, with its keyed hashes."""
    number = plain_number(text)
    resident.id_number_envelope = seal(number, aad=resident.id_number_aad)
    resident.id_number_index = blind_index("id_number", number) or None
    resident.id_last4, resident.id_last6 = token("id_last4", number[-4:]), token("id_last6", number[-6:])


def set_phone(resident: Resident, text: str) -> None:
    """The telephone number sealed, with its keyed hashes."""
    phone = plain_phone(text)
    resident.phone_envelope = seal(phone, aad=resident.phone_aad)
    resident.phone_index = blind_index("phone", phone)
    for column, value in phone_tokens(phone).items():
        setattr(resident, column, value)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one table in one statement; they get no id.

    Django's ``bulk_create`` cuts a set into slices of 999 values on SQLite: a hundred statements for a thousand wide
    rows, and the write lock held all the while.
    """
    if not rows:
        return
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(rows[0]._meta.db_table)} ({columns}) VALUES ({marks})",
            [[_value(row, field) for field in fields] for row in rows],
        )


def _value(row: models.Model, field: "models.Field[Any, Any]") -> Any:
    value = getattr(row, field.attname)
    # Texts and numbers go as they are; asking the field ten times per row is half the time of a census.
    if value is None or type(value) in (str, int):
        return value
    return field.get_db_prep_save(value, connection)
