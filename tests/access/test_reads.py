"""Whoever is shown somebody's name or birthday leaves a line in the trail, on every page of every room."""

import pytest
from django.db import connection

from linli.kernel.masking import mask_name
from linli.residents.models import Resident
from linli.users.models import User
from tests.access.asking import Office, pages_of, routes_with_pages
from tests.access.world import World

# What is shown to everybody, and one's own.
OPEN = ("public_notice", "publication_", "my_", "log_in", "password_change")


@pytest.fixture(scope="module")
def known(world: World) -> list[str]:
    """How a page may tell who somebody of the registry is; names of accounts stand elsewhere too."""
    people = Resident.objects.exclude(name__in=User.objects.values("name"))
    names = {resident.name for resident in people}
    births = {resident.birth_date.isoformat() for resident in people}
    assert len(names) >= 8
    assert len(births) >= 8
    return sorted({*names, *births, *(mask for mask in map(mask_name, names) if len(mask) > 2)})


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="which views note what they show does not differ by database")
@pytest.mark.parametrize("route", [route for route in routes_with_pages() if not route.startswith(OPEN)])
def test_a_page_that_shows_somebody_is_noted(world: World, office: Office, known: list[str], route: str) -> None:
    unnoted = []
    for address, readers in pages_of(world, route):
        for reader in {readers[0], readers[-1]} - {"resident"}:
            page = office.look(reader, address).page.decode()
            shown = [word for word in known if word in page]
            if shown and not office.noted(reader, address):
                unnoted.append(f"{address} shows {reader} {shown}")

    assert unnoted == []
