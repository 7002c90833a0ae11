"""What every view of payments begins with: who sits at the desk and which batches they may read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from linli.foundation.data.scope import Scope, Stamp
from linli.foundation.screens.pages import actor, now, today
from linli.foundation.trail import audit
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.ledger.models import Fund
from linli.ledger.queries import funds
from linli.payments import queries
from linli.payments.models import PaymentBatch
from linli.payments.permissions import payments_scope
from linli.users.queries import Authority, authority_of

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """The person's roles and reach on the day of the request."""

    person: Authority
    reads: Scope
    on: date

    def funds(self) -> list[Fund]:
        """Funds within reach, newest first."""
        return funds(self.reads)


def reading(
    view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for whoever may read payments anywhere; 403 for everybody else."""

    @login_required
    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        vars(request)["nav_key"] = "payments"
        on = today()
        person = authority_of(actor(request), on)
        reads = payments_scope(person)
        if not reads:
            raise PermissionDenied
        return view(request, Desk(person, reads, on), *args, **kwargs)

    return run


def months_begun(on: date, years: Sequence[int]) -> list[Month]:
    """The months of these years that have begun, newest first."""
    months = [Month(year, number) for year in years for number in range(1, 13)]
    return [month for month in reversed(months) if month <= Month.of(on)]


def batch_or_404(desk: Desk, number: str) -> PaymentBatch:
    """A batch within reach."""
    try:
        return queries.batch(desk.reads, number)
    except PaymentBatch.DoesNotExist as error:
        raise Http404 from error


def note_read(request: HttpRequest, *, where: Stamp | int, subject: str, shown: Sequence[str]) -> None:
    """Write that the page showed who is paid: once per page."""
    if shown:
        audit.record_read(Act(actor(request), now()), where=where, subject=subject, shown=shown)
