"""Accounts and the people behind them: several may be one person's, as a room above this one knows."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from django.db.models import Q

from linli.foundation.shelves import Shelf
from linli.ground.users.models import Assignment


class Somebody(Protocol):
    """Whoever has an account; in the memory rooms keep what they need more than once of the person."""

    @property
    def user_id(self) -> int: ...

    @property
    def memory(self) -> dict[str, object]: ...


@dataclass(frozen=True)
class _Somebody:
    user_id: int
    memory: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


# Who is behind an account is known by rooms above: each names all accounts (ids) of the person on a day.
same_person: Shelf[Callable[[Somebody, date], frozenset[int]]] = Shelf()


def accounts_of_person(somebody: Somebody, on: date) -> frozenset[int]:
    """The ids of all accounts of a person, the one that is known among them: who must be two people is compared by
    these, and what must not meet in one person is looked for in all of them. The product (0) has no other.
    """
    others = [asked(somebody, on) for asked in same_person.values()] if somebody.user_id else []
    return frozenset({somebody.user_id}).union(*others)


def accounts_of(user_id: int, on: date) -> frozenset[int]:
    """The same of whoever has an account (id)."""
    return accounts_of_person(_Somebody(user_id), on)


def with_posts(user_ids: Collection[int], on: date) -> frozenset[int]:
    """Those of the accounts (ids) that hold a role that day or later, closed ones too: they may be opened again."""
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gt=on)
    return frozenset(Assignment.objects.filter(lasting, user_id__in=user_ids).values_list("user_id", flat=True))


def in_one_person(people: Collection[Somebody], on: date) -> bool:
    """Whether two of those who have these accounts are one person."""
    ids = {one.user_id for one in people}
    return any(len(accounts_of_person(one, on) & ids) > 1 for one in people)
