"""From which month a decision pays: as the programme says, and never a month that an earlier award covers.

A family that applies anew (重新申请) goes on where its award ends. Whether it does so in time, without a gap or with
one, is said by the page before the decision and by the letter after it; both ask here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.models import Application, Renewal
from linli.aid.assistance.queries.renewals import next_pack
from linli.aid.assistance.rules.results import Months, months_paid
from linli.kernel.period import Month
from linli.law.policies.engine.model import Pack, Programme
from linli.money.awards.queries import Award, latest_of

# (household id, programme, unit key)
Unit = tuple[int, str, str]


@dataclass(frozen=True)
class Follows:
    """An award that a new one goes on from, and the months between them that nothing pays."""

    before: Award
    first: Month  # of the new award

    @property
    def last_date(self) -> date:
        """The last day that the earlier award covers."""
        return self.before.valid_until - timedelta(days=1)

    @property
    def gap(self) -> tuple[Month, ...]:
        """The months without an award, in their order; none when the new one begins where the earlier one ends."""
        over = Month.of(self.before.valid_until)
        return tuple(over.plus(count) for count in range(over.months_until(self.first)))


def months_to_pay(
    application: Application, pack: Pack, programme: Programme, on: date, before: Award | None = None
) -> Months | None:
    """First and last month that a decision on the day pays; None while no plan pays the month it would begin with.

    ``before`` is the award that this one follows (see :func:`earlier`): nothing is paid for a month that it covers. A
    decision after the programme's last month but one begins under the scheme's next pack, once that is installed. The
    page before the decision and the decision ask here.
    """
    term = int(pack.parameters_on(on)[programme.term])

    def paid(one: Programme) -> Months | None:
        return months_paid(
            one.starts,
            decided=on,
            received=application.received_date,
            first=max(one.first_month, Month.of(before.valid_until)) if before else one.first_month,
            last=one.last_month,
            term=term,
        )

    months = paid(programme)
    if months is not None:
        return months
    following = next_pack(pack.code, programme.last_month.plus(1).first_day)
    successor = following.programmes.get(programme.code) if following else None
    return paid(successor) if successor and successor.last_month > programme.last_month else None


def earlier(applications: Iterable[Application], on: date) -> Mapping[Unit, Award]:
    """The awards that new ones of these applications follow instead of being refused for them.

    One that is over by the day; and one that runs while its yearly review is open or has asked its family to apply
    anew. Where the review has renewed it, or none has begun, a second protection stays refused. Two statements.
    """
    rows = list(applications)
    own = {row.number for row in rows}
    latest = latest_of({row.household_id for row in rows})
    running = {one.application_number for one in latest.values() if one.valid_until > on}
    reviewed = set(
        Renewal.objects.filter(application__number__in=running)
        .exclude(state=RenewalState.RENEWED)
        .values_list("application__number", "until_date")
    )
    return {
        unit: one
        for unit, one in latest.items()
        if one.application_number not in own
        and (one.valid_until <= on or (one.application_number, one.valid_until) in reviewed)
    }
