"""Rows made before they are written: sealed fields, search keys, and one statement per set."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models

from linli.foundation.data.crypto import blind_index, seal
from linli.kernel.text import plain_number
from linli.registry.residents.codes import HukouKind, Relation, ResidenceKind, Sex
from linli.registry.residents.engine.names import name_keys
from linli.registry.residents.models import Resident
from linli.registry.residents.queries.tokens import phone_tokens, token
from linli.registry.residents.rules.registration import plain_phone

# --- who is to be registered, as pages, files and programs hand it in ------------------------------


@dataclass(frozen=True)
class NewMember:
    """A person to register. No identity number is a fact too (newborns); no telephone likewise.

    ``print_as`` says what paper shows for the name's signs that no font has. ``is_another`` answers whether it is
    somebody registered of the same name and birth date: somebody else.
    """

    name: str
    relation: Relation
    sex: Sex
    birth_date: date
    id_number: str = ""
    phone: str = ""
    hukou_kind: HukouKind = HukouKind.HERE
    hukou_place: str = ""
    residence_kind: ResidenceKind = ResidenceKind.PERMANENT
    residence_place: str = ""
    is_another: bool = False
    print_as: str = ""


@dataclass(frozen=True)
class NewHousehold:
    """A household to register in a community, a grid or a building; ``address`` is the door within it."""

    area_id: int
    members: Sequence[NewMember]
    address: str = ""
    opened_date: date | None = None  # the day of the act when not given


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
    resident.id_last4 = token("id_last4", number[-4:])


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
