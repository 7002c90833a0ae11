"""Canonical JSON: one value, one text, one digest, whatever machine, database or run wrote it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, NamedTuple


def canonical_json(value: object) -> str:
    """Sorted keys, no blanks, UTF-8 characters as they are; dates in ISO form; dataclasses as objects.

    Raises TypeError for floats, sets and anything else whose text could differ between two runs.
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """SHA-256 (64 hex digits) of the canonical JSON, or of the text or bytes given."""
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    text = value if isinstance(value, str) else canonical_json(value)
    return hashlib.sha256(text.encode()).hexdigest()


class Digested(NamedTuple):
    """What is left of a list: how many items it has, and its digest."""

    length: int
    digest: str


def digest_of(items: Iterable[object]) -> Digested:
    """The digest of the list of the items, which are taken one by one: no list need be at hand."""
    count, sum_of = 0, hashlib.sha256(b"[")
    for item in items:
        sum_of.update(f"{',' if count else ''}{canonical_json(item)}".encode())
        count += 1
    sum_of.update(b"]")
    return Digested(count, sum_of.hexdigest())


def _plain(value: object) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Set):
        raise TypeError("a set has no order: sort it first")
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("keys must be texts")
    return key
