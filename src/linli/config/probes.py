"""What whoever looks after this machine asks: is it well (``/health/``), and how much of what (``/metrics/``).

No log-in and no personal data; answered to this machine alone. To everybody else there is no such page.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from linli.config.cli_serve import WORKER
from linli.foundation.data.beats import silent_for
from linli.foundation.data.scope import Scope
from linli.foundation.measures import Window
from linli.foundation.screens.counting import registry
from linli.foundation.screens.front import comes_from_here
from linli.foundation.screens.lights import PLACE, lights
from linli.foundation.screens.pages import today
from linli.foundation.trail.jobs import counts, waiting_since
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import of_kind

# The worker says every half minute that it is alive; a job begins within seconds, unless a long one runs before it.
_SILENT: Final = 120
_WAITS: Final = 15 * 60
_WELL, _ILL = 200, 503


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """What must be well for people to work, each by its name; 503 when anything is not."""
    _here(request)
    found = {"database": _database()}
    if found["database"]:
        found |= {"migrations": _migrated(), "worker": _works()}
    whole = all(found.values())
    return JsonResponse({"well": whole, **found}, status=_WELL if whole else _ILL)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts of this process, jobs, and what waits for people, in Prometheus' text format."""
    _here(request)
    asked = CollectorRegistry()
    asked.register(_Kept())
    return HttpResponse(generate_latest(registry) + generate_latest(asked), content_type=CONTENT_TYPE_LATEST)


class _Kept(Collector):
    """What the database knows, asked when somebody asks."""

    def collect(self) -> Iterable[Metric]:
        yield _gauge("linli_jobs", "Jobs by state", "state", counts())
        yield GaugeMetricFamily("linli_job_waiting_seconds", "How long a job waits already", value=_longest_wait())
        silent = silent_for(WORKER, int(time.time()))
        if silent is not None:
            yield GaugeMetricFamily("linli_worker_silent_seconds", "Since the worker last spoke", value=silent)
        yield _gauge("linli_backlog", "What somebody answers for, by its light", "light", dict(_backlog()))


def _gauge(name: str, words: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def _backlog() -> Iterator[tuple[str, int]]:
    """Every light that counts (money is nobody's here), over the whole territory."""
    everywhere = Scope(districts=frozenset(area.pk for area in of_kind(AreaKind.DISTRICT)))
    on = today()
    window = Window(everywhere, 0, on, date(on.year, 1, 1), on + timedelta(days=1))
    for code, light in lights.items():
        if not light.measure.fen:
            figures = light.measure.figures(window, PLACE if light.placed else light.measure.line)
            yield code, sum(figure.value for figure in figures.values())


def _here(request: HttpRequest) -> None:
    if not comes_from_here(request):
        raise Http404


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrated() -> bool:
    return _of(connection.settings_dict["NAME"]) or _forget(_of.cache_clear)


@cache
def _of(_database: str) -> bool:
    """Whether the database is as far as the code; what is migrated stays so while the process lives."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _forget(clear: Callable[[], None]) -> bool:
    clear()
    return False


def _longest_wait() -> float:
    since = waiting_since()
    return 0.0 if since is None else max(0.0, (timezone.now() - since).total_seconds())


def _works() -> bool:
    silent = silent_for(WORKER, int(time.time()))
    return silent is not None and silent <= _SILENT and _longest_wait() <= _WAITS
