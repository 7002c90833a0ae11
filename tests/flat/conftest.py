"""A district of twenty-six thousand households, loaded once: the access matrix's world copied set-wise."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker

from benchmarks import loading
from linli.foundation.data.statistics import analyse
from linli.foundation.screens.listings import PAGE, Listing
from linli.registry.residents.models import Household
from tests.access.asking import Office, monday_evening, office_of, pages_of
from tests.access.world import World, make_world
from tests.databases import connected_to, private_database
from tests.flat.looking import Look, Statement
from tests.flat.pages import LISTS

# As many lists in the small world as fill a page; then thousands of rows, then a hundred thousand.
FAMILIES, COMMUNITIES, MORE, HISTORY = 5, 12, 7, 30


@dataclass
class Big:
    """The loaded world, whoever asks it, and what its lists sent on the way there."""

    world: World
    office: Office
    sizes: list[int] = field(default_factory=list)  # households
    sent: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    _look: Look = field(default_factory=Look)

    def asked(self, route: str) -> list[tuple[str, str]]:
        """Addresses of a route, each with who asks it."""
        found = [(address, roles) for address, roles in pages_of(self.world, route)]
        return [
            (address, role)
            for address, roles in found
            for role in (roles if route in LISTS else sorted({roles[0], roles[-1]}))
        ]

    def shapes(self, route: str) -> list[tuple[str, str]]:
        """A list as whoever sees most of it may ask for it: each order both ways, each filter, the second and the last
        page.
        """
        found = []
        for address, roles in pages_of(self.world, route):
            seen: list[Listing[Any, Any]] = []
            with patch.object(Listing, "note", _noted(seen)):
                self._ask(address, roles[-1])
            start = f"{address}{'&' if '?' in address else '?'}"
            found += [(f"{start}{urlencode(one)}", roles[-1]) for listing in seen for one in _asked_of(listing)]
        return found

    def look(self, address: str, role: str) -> list[Statement]:
        """What a page asks, with the work of each statement."""
        with self._look.counted(with_work=True) as seen:
            self._ask(address, role)
        return seen

    def count(self) -> None:
        """What the lists send at today's size."""
        self.sizes.append(Household.objects.count())
        for route in LISTS:
            for address, role in self.asked(route):
                if len(self.sizes) == 1:
                    self._ask(address, role)  # what is kept from one request to the next is there
                with self._look.counted(with_work=False) as seen:
                    self._ask(address, role)
                self.sent.setdefault((address, role), []).append(sum(one.is_content for one in seen))

    def _ask(self, address: str, role: str) -> None:
        answer = self.office.ask(role, "GET", address)
        # One family alone is led to at once.
        assert answer.status == 200 or answer.to.startswith("/search/"), f"{role} {address}: {answer.status}"


def _noted(seen: list[Listing[Any, Any]]) -> Callable[[Listing[Any, Any], Sequence[Any]], None]:
    note = Listing.note

    def noted(listing: Listing[Any, Any], rows: Sequence[Any]) -> None:
        vars(listing)["rows_shown"] = rows
        seen.append(listing)
        note(listing, rows)

    return noted


def _asked_of(listing: Listing[Any, Any]) -> Iterator[dict[str, str]]:
    for column in listing.columns:
        if column.sort:
            yield from ({"sort": f"{way}{column.path}"} for way in ("", "-"))
    rows = vars(listing)["rows_shown"]
    for one in listing._drawn:
        said = [value for value, _words in one.choices] or (
            [listing.reading(rows[0])[1]] if rows and one.kind == "text" and listing.reading(rows[0]) else []
        )
        yield from ({one.key: value} for value in said)
    if len(rows) == PAGE:
        yield {"after": listing.token(rows[-1])}
        if type(listing).find is Listing.find:  # what is not one query has no order that is turned round
            yield {"after": listing.token(_last(listing))}


def _last(listing: Listing[Any, Any]) -> Any:
    """A row of the last page."""
    rows = listing.query()
    if not isinstance(rows, QuerySet):
        return rows[-PAGE // 2]
    return rows.order_by(*listing._order()).reverse()[PAGE // 2]


@pytest.fixture(scope="package")
def big(
    template_database: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Big]:
    """Loaded in three steps."""
    steps = (
        lambda: loading.more_families(FAMILIES),
        lambda: loading.more_communities(COMMUNITIES),
        lambda: (loading.more_families(MORE, "g"), loading.more_history(HISTORY)),
    )
    folder = tmp_path_factory.mktemp("flat")
    with django_db_blocker.unblock(), loaded(template_database, folder, steps) as found, transaction.atomic():
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        yield found


@contextmanager
def loaded(template_database: str, folder: Path, steps: Sequence[Callable[[], object]]) -> Iterator[Big]:
    """The world in a database of its own, loaded step by step and counted after each; statistics are taken, as a set-up
    does.
    """
    logging.disable(logging.INFO)
    try:
        kept = private_database(template_database, folder)
        with kept as settings, connected_to(settings), monday_evening(folder):
            world = make_world()
            found = Big(world, office_of(world))
            for more in steps:
                more()
                analyse()
                with transaction.atomic():
                    transaction.get_connection().atomic_blocks[-1]._from_testcase = True
                    found.count()
            yield found
    finally:
        logging.disable(logging.NOTSET)
