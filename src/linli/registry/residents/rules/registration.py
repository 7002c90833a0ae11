"""What a household must fulfil to be registered. Plain values in, faults out."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from linli.kernel.errors import DomainError
from linli.kernel.identity import parse_identity_number
from linli.kernel.text import plain_number

# --- the words of household registers for the relation to the head, as the registry's own relations ---


_TABLE = Path(__file__).resolve().parents[1] / "data" / "family_relations.toml"


@lru_cache(maxsize=1)
def register_words() -> Mapping[str, tuple[str, ...]]:
    """Relation code → words and two-digit codes that registers write for it.

    Source: GB/T 4761-2008, with the table's confidence mark in ``data/family_relations.toml``.
    """
    words: dict[str, tuple[str, ...]] = {}
    for line in tomllib.loads(_TABLE.read_text(encoding="utf-8"))["relations"]:
        if relation := line.get("relation"):
            words[relation] = (*words.get(relation, ()), line["word"], *line.get("also", ()), line["code"])
    return words


LONGEST_NAME = 60
# The oldest documented person lived 122 years; an older birth date is a typing error.
OLDEST_YEARS = 125


class Person(Protocol):
    """What the rules read of somebody to be registered."""

    @property
    def name(self) -> str: ...
    @property
    def relation(self) -> str: ...
    @property
    def sex(self) -> str: ...
    @property
    def birth_date(self) -> date: ...
    @property
    def id_number(self) -> str: ...
    @property
    def phone(self) -> str: ...


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: ``member`` None means the household as a whole.

    ``code`` is for the room's refusals; ``refusal`` is there when the kernel already said it.
    """

    member: int | None
    field: str
    code: str
    refusal: DomainError | None = None


def plain_phone(text: str) -> str:
    """A telephone number as it is kept: digits alone, without the country's 86."""
    digits = re.sub(r"[^0-9]", "", plain_number(text))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


# What is written between the digits of one number; a stroke, a word or a comma parts two, or leads to an extension,
# and without them they would be another number.
_ONE_NUMBER = re.compile(r"[+]?[0-9()（）]+")
_FREE = re.compile(r"[48]00[0-9]{7}")


def is_phone(text: str) -> bool:
    """Whether somebody can be reached there: a mobile number has 11 digits and begins with 1, a number with its area's
    10 to 12 and begins with 0, others 7 or 8; 400 and 800 numbers have 10.

    One digit too few is a slip, and so is an area code without its 0, which a workbook takes from a number.
    """
    digits = plain_phone(text)
    if not _ONE_NUMBER.fullmatch(plain_number(text)):
        return False
    if digits.startswith("1"):
        return len(digits) == 11
    if digits.startswith("0"):
        return 10 <= len(digits) <= 12
    return len(digits) in (7, 8) or _FREE.fullmatch(digits) is not None


def household_faults(members: Sequence[Person], *, on: date) -> list[Fault]:
    """Everything that is wrong with a new household as of a day, members in order."""
    heads = sum(member.relation == "HEAD" for member in members)
    faults = [] if heads == 1 else [Fault(None, "relation", "two_heads" if heads else "no_head")]
    for index, member in enumerate(members):
        faults += person_faults(member, on=on, index=index)
    numbers = Counter(plain_number(member.id_number) for member in members if member.id_number)
    faults += [
        Fault(index, "id_number", "repeated")
        for index, member in enumerate(members)
        if numbers[plain_number(member.id_number)] > 1
    ]
    namesakes = Counter((member.name, member.birth_date) for member in members)
    numbered = Counter((member.name, member.birth_date) for member in members if member.id_number)
    faults += [
        Fault(index, "name", "member_repeated")
        for index, member in enumerate(members)
        if namesakes[member.name, member.birth_date] > max(1, numbered[member.name, member.birth_date])
    ]
    return faults


def person_faults(person: Person, *, on: date, index: int | None = 0) -> list[Fault]:
    """Everything that is wrong with one person as of a day."""
    return [Fault(index, field, code, refusal) for field, code, refusal in _person(person, on)]


def _person(person: Person, on: date) -> Iterator[tuple[str, str, DomainError | None]]:
    if not person.name.strip():
        yield "name", "name_missing", None
    elif len(person.name) > LONGEST_NAME:
        yield "name", "name_long", None
    if person.birth_date > on:
        yield "birth_date", "birth_future", None
    elif on.year - person.birth_date.year > OLDEST_YEARS:
        yield "birth_date", "birth_too_early", None
    if person.phone and not is_phone(person.phone):
        yield "phone", "phone_malformed", None
    if person.id_number:
        yield from _identity(person, on)


def _identity(person: Person, on: date) -> Iterator[tuple[str, str, DomainError | None]]:
    try:
        identity = parse_identity_number(person.id_number, on=on, field="id_number")
    except DomainError as refusal:
        yield "id_number", refusal.code, refusal
        return
    if identity.birth_date != person.birth_date:
        yield "birth_date", "birth_mismatched", None
    if identity.male != (person.sex == "MALE"):
        yield "sex", "sex_mismatched", None
