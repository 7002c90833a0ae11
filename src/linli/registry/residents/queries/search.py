"""Find a person by what somebody at the counter can say.

Eight kinds: start of the name (one character too), given name, pinyin, initials, the first three or the last four
digits of the telephone, the last four of the identity number, a number of the registry (resident or household), the
building's name. Of digits no part is taken that the masks do not show: asked one by one they would give the rest away.
Whole telephones and identity numbers are asked for by :mod:`operations.seeking`, which counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from linli.foundation.data.crypto import blind_index
from linli.foundation.data.scope import Scope, Stamp, within
from linli.kernel.text import plain_number
from linli.registry.residents.codes import NumberKind, Sex
from linli.registry.residents.engine.names import compact, key, readings
from linli.registry.residents.models import Membership, Resident
from linli.registry.residents.queries.tokens import token
from linli.registry.residents.rules.registration import is_phone, plain_phone

_FIRST = 3
_REGISTRY_NUMBER = re.compile(r"([RH])-?(\d{1,9})")


@dataclass(frozen=True)
class Hit:
    """One person found."""

    resident_id: int
    number: str
    name: str
    sex: Sex
    birth_date: date
    household_number: str  # empty when the person lives in none now
    stamp: Stamp
    is_gone: bool  # died or left


@dataclass(frozen=True)
class _Way:
    """One way to look: a condition and the order of its index."""

    condition: Q
    order: str = "pk"


def whole_number(text: str) -> tuple[NumberKind, str] | None:
    """The kind of a whole identity number or telephone and the number as it is kept; None for any other text."""
    # People type a telephone with a country code and separators; a number of the registry has a letter.
    digits = _digits_of(text)
    if re.fullmatch(r"\d{17}[\dX]", digits):
        return NumberKind.IDENTITY, digits
    return (NumberKind.TELEPHONE, plain_phone(digits)) if digits.isdigit() and is_phone(digits) else None


def with_number(scope: Scope, kind: NumberKind, number: str, *, limit: int) -> list[Hit]:
    """At most ``limit`` people within the scope who have a whole number as :func:`whole_number` reads it."""
    column, purpose = _WHOLE[kind]
    rows = within(Resident.objects.all(), scope).filter(**{column: blind_index(purpose, number)})
    return _hits(list(rows.order_by("pk").values_list("pk", flat=True)[:limit]))


_WHOLE = {NumberKind.IDENTITY: ("id_number_index", "id_number"), NumberKind.TELEPHONE: ("phone_index", "phone")}


def _digits_of(text: str) -> str:
    return re.sub(r"[+()\-]", "", plain_number(text))


def search(scope: Scope, text: str, *, limit: int = 20) -> list[Hit]:
    """At most ``limit`` people within the scope whom the text fits, best kind of match first; nobody by a whole number
    (:func:`with_number`).
    """
    found: dict[int, None] = {}
    rows = within(Resident.objects.all(), scope)
    for way in _ways(text):
        if len(found) >= limit:
            break
        found.update(dict.fromkeys(_find(rows, way, limit)))
    return _hits(list(found)[:limit])


def _ways(text: str) -> Iterator[_Way]:
    plain = plain_number(text)
    digits = _digits_of(text)
    if numbered := _REGISTRY_NUMBER.fullmatch(plain):
        yield _registry_number(*numbered.groups())
    elif re.fullmatch(r"\d{3}[\dX]?", digits):
        yield from _shown(digits)
    elif len(plain) > 0 and not digits.isdigit():
        yield from _words(text)


def _registry_number(letter: str, digits: str) -> _Way:
    number = f"{letter}-{int(digits):06d}"
    if letter == "R":
        return _Way(Q(number=number))
    members = Membership.objects.filter(household__number=number, valid_until__isnull=True)
    return _Way(Q(pk__in=members.values("resident_id")))


def _shown(signs: str) -> Iterator[_Way]:
    """The first three of a telephone, or the last four of either number."""
    if len(signs) == _FIRST:
        yield _Way(Q(phone_first3=token("phone_first3", signs)))
    else:
        yield _Way(Q(id_last4=token("id_last4", signs)))
        yield _Way(Q(phone_last4=token("phone_last4", signs)))


def _words(text: str) -> Iterator[_Way]:
    yield _prefix("name_key", text)
    yield _prefix("given_key", text)
    if compact(text).isascii():
        for reading in readings(text):
            yield _prefix("pinyin_key", reading)
        yield _prefix("initials_key", text)
    else:
        start = key(text)
        members = Membership.objects.filter(
            household__building_key__gte=start, household__building_key__lt=start + "g", valid_until__isnull=True
        )
        yield _Way(Q(pk__in=members.values("resident_id")))


def _prefix(column: str, text: str) -> _Way:
    start = key(text)
    # "g" follows every hex digit: the range is exactly the keys that begin with ``start``.
    return _Way(Q(**{f"{column}__gte": start, f"{column}__lt": start + "g"}), order=column)


def _find(rows: QuerySet[Resident, Any], way: _Way, limit: int) -> list[int]:
    return list(rows.filter(way.condition).order_by(way.order, "pk").values_list("pk", flat=True)[:limit])


def _hits(ids: list[int]) -> list[Hit]:
    if not ids:
        return []
    households = dict(
        Membership.objects.filter(resident_id__in=ids, valid_until__isnull=True).values_list(
            "resident_id", "household__number"
        )
    )
    people = Resident.objects.in_bulk(ids)
    return [
        Hit(
            row.pk,
            row.number,
            row.name,
            Sex(row.sex),
            row.birth_date,
            households.get(row.pk, ""),
            row.stamp,
            row.died_date is not None or row.left_date is not None,
        )
        for row in (people[pk] for pk in ids)
    ]
