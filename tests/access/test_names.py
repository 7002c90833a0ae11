"""People of one's own community are shown by name, everywhere; masked only to those who do not read the registry."""

import pytest
from django.db import connection

from linli.kernel.masking import mask_name
from linli.registry.residents.models import Resident
from tests.access.asking import Office
from tests.access.world import World

# Pages with names on them: those of the registry's readers and those of finance staff.
PAGES = ("/cases/", "/cases/{case}/", "/work/", "/awards/", "/awards/accounts/?state=all", "/renewals/")
MONEY = ("/awards/", "/awards/{award}/", "/awards/accounts/?state=all", "/payments/{batch}/")


def _address(world: World, pattern: str) -> str:
    own = world.at["own"]
    return pattern.format(case=own.received.number, award=own.award.number, batch=own.released.number)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="how a name is shown does not differ by database")
@pytest.mark.parametrize("role", ["clerk", "director", "auditor"])
@pytest.mark.parametrize("pattern", PAGES)
def test_who_reads_the_registry_is_told_names(world: World, office: Office, role: str, pattern: str) -> None:
    answer = office.ask(role, "GET", _address(world, pattern))

    masked = {mask_name(name) for name in Resident.objects.values_list("name", flat=True)}
    assert answer.status == 200
    assert [one for one in masked if one in answer.page.decode()] == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="how a name is shown does not differ by database")
@pytest.mark.parametrize("pattern", MONEY)
def test_who_pays_is_told_masked_names(world: World, office: Office, pattern: str) -> None:
    answer = office.ask("maker", "GET", _address(world, pattern))

    assert answer.status == 200
    assert [name for name in Resident.objects.values_list("name", flat=True) if name in answer.page.decode()] == []
