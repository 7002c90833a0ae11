"""Find a person by what somebody at the counter can say.

Eleven kinds: start of the name (one character too), given name, pinyin, initials, first or last digits of the
telephone, the whole telephone, last four or six of the identity number, the whole identity number, a number of the
registry (resident or household), the building's name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from linli.foundation.data.crypto import blind_index, open_sealed
from linli.foundation.data.scope import Scope, Stamp, within
from linli.kernel.text import plain_number
from linli.registry.residents.codes import Sex
from linli.registry.residents.engine.names import compact, key, readings
from linli.registry.residents.models import Membership, Resident
from linli.registry.residents.queries.tokens import token
from linli.registry.residents.rules.registration import plain_phone

# More people than this behind one keyed hash of five digits: the caller has to type more.
_SIFTED = 3_000
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
    """One way to look: a condition, the order of its index, and a sieve where the hash is only the start."""

    condition: Q
    order: str = "pk"
    sieve: Callable[[Resident], bool] | None = None


def search(scope: Scope, text: str, *, limit: int = 20) -> list[Hit]:
    """At most ``limit`` people within the scope whom the text fits, best kind of match first."""
    found: dict[int, None] = {}
    rows = within(Resident.objects.all(), scope)
    for way in _ways(text):
        if len(found) >= limit:
            break
        found.update(dict.fromkeys(_find(rows, way, limit)))
    return _hits(list(found)[:limit])


def _ways(text: str) -> Iterator[_Way]:
    plain = plain_number(text)
    # People type a telephone with a country code and separators; a number of the registry has a letter.
    digits = re.sub(r"[+()\-]", "", plain)
    if numbered := _REGISTRY_NUMBER.fullmatch(plain):
        yield _registry_number(*numbered.groups())
    elif re.fullmatch(r"\d{17}[\dX]", digits):
        yield _Way(Q(id_number_index=blind_index("id_number", digits)))
    elif re.fullmatch(r"\d{3,}X?", digits):
        yield from _digits(digits)
    elif len(plain) > 0 and not digits.isdigit():
        yield from _words(text)


def _registry_number(letter: str, digits: str) -> _Way:
    number = f"{letter}-{int(digits):06d}"
    if letter == "R":
        return _Way(Q(number=number))
    members = Membership.objects.filter(household__number=number, valid_until__isnull=True)
    return _Way(Q(pk__in=members.values("resident_id")))


def _digits(plain: str) -> Iterator[_Way]:
    if len(plain) in (4, 6):
        yield _Way(Q(**{f"id_last{len(plain)}": token(f"id_last{len(plain)}", plain)}))
    digits = plain_phone(plain)
    if len(digits) >= 7:
        yield _Way(Q(phone_index=blind_index("phone", digits)))
    if len(digits) >= 4:
        last = Q(phone_last4=token("phone_last4", digits[-4:]))
        yield _Way(last, sieve=_ends(digits) if len(digits) > 4 else None)
    head = max(length for length in (3, 5, 7) if length <= len(digits))
    first = Q(**{f"phone_first{head}": token(f"phone_first{head}", digits[:head])})
    yield _Way(first, sieve=_starts(digits) if len(digits) > head else None)


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


def _starts(digits: str) -> Callable[[Resident], bool]:
    return lambda resident: _phone(resident).startswith(digits)


def _ends(digits: str) -> Callable[[Resident], bool]:
    return lambda resident: _phone(resident).endswith(digits)


def _phone(resident: Resident) -> str:
    return open_sealed(resident.phone_envelope, aad=resident.phone_aad)


def _find(rows: QuerySet[Resident, Any], way: _Way, limit: int) -> list[int]:
    matching = rows.filter(way.condition).order_by(way.order, "pk")
    if way.sieve is None:
        return list(matching.values_list("pk", flat=True)[:limit])
    candidates = matching.only("row_key", "phone_envelope")[:_SIFTED]
    return [resident.pk for resident in candidates if way.sieve(resident)][:limit]


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
