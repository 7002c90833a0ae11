"""Reads of requests."""

from datetime import date

from django.db.models import QuerySet

from linli.foundation.data.scope import Scope, within
from linli.registry.newcomers.codes import RequestState
from linli.registry.newcomers.models import Request


def requests(scope: Scope, *, state: str = "") -> QuerySet[Request]:
    """Requests in the scope, newest first."""
    rows = within(Request.objects.all(), scope).order_by("-pk")
    return rows.filter(state=state) if state else rows


def request(scope: Scope, number: str) -> Request:
    """One request; Request.DoesNotExist when it is not in the scope."""
    return requests(scope).get(number=number)


def to_confirm(scope: Scope, _on: date) -> QuerySet[Request]:
    """Requests that wait, the oldest first."""
    return requests(scope, state=RequestState.WAITING).order_by("pk")
