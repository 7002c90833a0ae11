"""What a list costs as the district grows: statements, milliseconds and kilobytes of each address, by residents.

Run in a process and a database of its own (`python -m benchmarks.lists 100800`): the world of the access matrix, copied
set-wise. A million residents take ten minutes and five gigabytes: they are measured when asked for
(`make bench BENCH_ARGS=1000000`).
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.databases import run

if TYPE_CHECKING:
    from tests.access.asking import Office

USUAL = (1_000, 100_000)
_WORLD = 48  # residents of the world that is copied
_TURNS = 5


def _measured(size: int, folder: Path) -> Iterator[str]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction
    from django.test import override_settings

    from benchmarks import loading
    from linli.registry.residents.models import Resident
    from tests.access.asking import monday_evening, office_of, pages_of
    from tests.access.world import make_world
    from tests.flat.pages import LISTS

    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    # Files of pages are not collected here.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    changed = {"STORAGES": {**settings.STORAGES, "staticfiles": plain}, "ALLOWED_HOSTS": ["testserver"]}
    with monday_evening(folder), override_settings(**changed):
        world = make_world()
        started = time.perf_counter()
        _load(loading, size)
        office = office_of(world)
        yield f"{Resident.objects.count():,} residents, loaded in {time.perf_counter() - started:.0f} s:"
        with transaction.atomic():
            transaction.get_connection().atomic_blocks[-1]._from_testcase = True
            for route in sorted(LISTS):
                for address, roles in pages_of(world, route):
                    yield f"  {address:36} {roles[-1]:9} {_cost(office, roles[-1], address)}"


def _load(loading: Any, size: int) -> None:
    """A few hundred families a community, ten communities a street; the trail grows with them."""
    times = max(size // _WORLD, 1)
    communities = max(min(times // 20, 200), 1)
    families = max(times // communities, 1)
    loading.more_communities(communities - 1)
    from linli.foundation.data.statistics import analyse

    loading.more_families(families - 1)
    loading.more_history(families // 2)
    analyse()


def _cost(office: "Office", role: str, address: str) -> str:
    from django.db import connection

    sent = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(*arguments)

    office.ask(role, "GET", address)
    taken = []
    for _ in range(_TURNS):
        started, sent = time.perf_counter(), 0
        with connection.execute_wrapper(count):
            answer = office.ask(role, "GET", address)
        taken.append((time.perf_counter() - started) * 1000)
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"{role} {address}: {answer.status}")
    return f"{sent:4} statements {sorted(taken)[_TURNS // 2]:8.1f} ms {len(answer.page) / 1024:6.1f} KB"


if __name__ == "__main__":
    run(partial(_measured, int(sys.argv[1])))
