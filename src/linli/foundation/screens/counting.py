"""What this process counts of itself, for whoever watches it (``/metrics/``): requests by route, how long they took.

A route's name is no path: it holds no number and nobody's name. A process that is started again begins at nought.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

registry: Final = CollectorRegistry()
# Half a second is what a page may take; a workbook or a year plan takes longer.
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_requests: Final = Counter(
    "linli_requests", "Requests by route, method and status", ["route", "method", "status"], registry=registry
)
_took: Final = Histogram(
    "linli_request_seconds", "How long a request took", ["route"], buckets=_SECONDS, registry=registry
)
_log_ins: Final = Counter("linli_log_ins", "Log-ins by how they ended", ["outcome"], registry=registry)
# A method that nobody knows is a stranger's own word.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """One request more; the route is empty where the address has none."""
    _requests.labels(route, method if method in _METHODS else "OTHER", str(status)).inc()
    _took.labels(route).observe(seconds)


def count_log_in(outcome: str) -> None:
    """One try to log in more, by how it ended."""
    _log_ins.labels(outcome).inc()
