"""What every view of payments begins with: who sits at the desk and which batches they may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from linli.foundation.data.scope import Scope
from linli.foundation.screens.desks import pages_at
from linli.ground.users.queries import Authority, authority_of
from linli.kernel.act import Actor
from linli.kernel.period import Month
from linli.money.ledger.models import Fund
from linli.money.ledger.queries import funds
from linli.money.payments import queries
from linli.money.payments.models import PaymentBatch
from linli.money.payments.permissions import payments_scope


@dataclass(frozen=True)
class Desk:
    """The person's roles and reach on the day of the request."""

    person: Authority
    reads: Scope
    on: date

    def funds(self) -> list[Fund]:
        """Funds within reach, newest first."""
        return funds(self.reads)


def _desk(somebody: Actor, on: date) -> Desk:
    person = authority_of(somebody, on)
    return Desk(person, payments_scope(person), on)


# A page for whoever may read payments anywhere.
reading = pages_at("payments", _desk, lambda desk: desk.reads)


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
