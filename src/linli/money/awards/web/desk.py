"""What the pages of awards begin with."""

from linli.ground.users.queries.desks import pages_for
from linli.kernel.period import Month
from linli.money.awards import queries
from linli.money.awards.codes import PROPOSERS
from linli.money.awards.models import Award
from linli.money.awards.permissions import READERS

# A page for whoever may read awards anywhere.
reading = pages_for("awards", *READERS)
# … and for whoever writes accounts down.
proposing = pages_for("awards", *PROPOSERS)


def open_months(award: Award) -> list[Month]:
    """The months of the award from which on it can still be changed: no batch took up that month or a later one."""
    last_settled = max(queries.settled_months(award.pk), default=None)
    return [month for month in covered_months(award) if last_settled is None or month > last_settled]


def covered_months(award: Award) -> list[Month]:
    """The months of the award, paid or not."""
    first = Month.of(award.valid_from)
    return [first.plus(number) for number in range(first.months_until(Month.of(award.valid_until)))]
