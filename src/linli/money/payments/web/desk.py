"""What every view of payments begins with."""

from collections.abc import Sequence
from datetime import date

from linli.ground.users.codes import Role
from linli.ground.users.queries.desks import pages_for
from linli.kernel.period import Month
from linli.money.ledger.models import Fund
from linli.money.payments.permissions import CHECKERS, READERS
from linli.money.payments.steps import BATCH

# Pages for whoever may read payments anywhere, for those who make batches, and for those who check the books.
reading = pages_for("payments", *READERS)
making = pages_for("payments", *map(Role, BATCH.step("propose").roles))
checking = pages_for("payments", *CHECKERS)


def months_begun(on: date, funds: Sequence[Fund]) -> list[Month]:
    """The months of these funds' years that have begun, newest first."""
    months = [Month(year, number) for year in sorted({fund.year for fund in funds}) for number in range(1, 13)]
    return [month for month in reversed(months) if month <= Month.of(on)]
