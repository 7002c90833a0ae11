"""Whoever is shown somebody leaves a line in the trail: on every page of every room, by whatever method."""

import pytest
from django.db import connection

from linli.ground.users.models import User
from linli.kernel.masking import mask_name
from linli.registry.residents.models import Resident
from tests.access.asking import Office, addresses_of, name_of, routes_with_pages
from tests.access.world import World

# What everybody sees, one's own, and the accounts of the house.
OPEN = frozenset(
    {"public_notice", "log_in", "password_change", "my_application", "my_applications", "my_apply", "my_apply_step"}
    | {"my_letter", "my_letter_pdf", "my_withdraw", "user_list", "user_detail", "user_close", "user_reopen"}
    | {"user_password", "assignment_new", "assignment_end", "audit_trail"}
)
METHODS = ("GET", "POST", "PUT", "OPTIONS")


@pytest.fixture(scope="module")
def known(world: World) -> list[str]:
    """How a page may tell who somebody of the registry is; colleagues' names stand on every page."""
    people = Resident.objects.exclude(name__in=User.objects.filter(assignments__isnull=False).values("name"))
    names = {resident.name for resident in people}
    births = {resident.birth_date.isoformat() for resident in people}
    assert "王建国" in names
    assert len(births) >= 8
    return sorted({*names, *births, *(mask for mask in map(mask_name, names) if len(mask) > 2)})


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="which views note what they show does not differ by database")
@pytest.mark.parametrize("route", [route for route in routes_with_pages() if name_of(route) not in OPEN])
def test_a_page_that_shows_somebody_is_noted(world: World, office: Office, known: list[str], route: str) -> None:
    unnoted = []
    for _relation, address, statuses in addresses_of(world, route, "GET"):
        readers = [role for role, status in statuses.items() if status == 200 and role not in {"resident", "anonymous"}]
        for reader in {readers[0], readers[-1]} if readers else ():
            for method in METHODS:
                page, noted = office.noted(reader, method, address)
                shown = [word for word in known if word in page]
                if shown and not noted:
                    unnoted.append(f"{method} {address} shows {reader} {shown}")

    assert unnoted == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="which views note what they show does not differ by database")
@pytest.mark.parametrize("route", routes_with_pages())
def test_who_is_refused_has_read_nothing(world: World, office: Office, route: str) -> None:
    wrong = []
    for _relation, address, statuses in addresses_of(world, route, "GET"):
        refused = [role for role, status in statuses.items() if status not in (200, 422)]
        for role in {refused[0], refused[-1]} if refused else ():
            _page, noted = office.noted(role, "GET", address)
            if noted:
                wrong.append(f"{address} refuses {role} and notes {noted}")

    assert wrong == []
