"""What a month's batch would hold before anybody proposes it, and where nobody has."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.period import Month
from linli.money.awards.codes import DueState
from linli.money.awards.queries import due_totals_of
from linli.money.ledger.models import Fund
from linli.money.ledger.queries import spendable_of
from linli.money.payments.queries.batches import open_batches, proposed_for


@dataclass(frozen=True)
class Outlook:
    """What a batch of the fund's newest month would hold today, before anybody proposes it."""

    fund: Fund
    month: Month
    ready: int
    ready_fen: int
    blocked: int
    left_fen: int
    open_batch: str

    @property
    def is_short(self) -> bool:
        """Whether the money cannot reach everybody."""
        return self.ready_fen > self.left_fen


def outlooks(funds: Sequence[Fund], on: date) -> list[Outlook]:
    """For each fund whose year has begun: who can be paid, who waits for an account, and the money there is.

    As many queries for many funds as for one, of what is kept.
    """
    months = _newest(funds, on)
    left, opened = spendable_of(months), open_batches(months)
    found: dict[tuple[int, DueState], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in due_totals_of(months, *_span(months, on), on):
        if one.month <= months[one.fund_id]:
            number, fen = found[one.fund_id, one.state]
            found[one.fund_id, one.state] = number + one.number, fen + one.fen
    return [
        Outlook(
            fund,
            months[fund.pk],
            *found[fund.pk, DueState.READY],
            found[fund.pk, DueState.BLOCKED][0],
            left.get(fund.pk, 0),
            opened.get(fund.pk, ""),
        )
        for fund in funds
        if fund.pk in months
    ]


def _span(months: Mapping[int, Month], on: date) -> tuple[Month, Month]:
    """From the first month of the oldest fund's year on."""
    return Month(min((month.year for month in months.values()), default=on.year), 1), Month.of(on)


def unproposed(funds: Sequence[Fund], on: date) -> list[Outlook]:
    """Those of the funds whose newest month nobody has proposed, though somebody could be paid.

    A fund whose year is over has no next month: what its last batch left out is payable from it as long as it has
    money for anybody.
    What that month's batch left out is in arrears and waits for the next one; where an earlier batch is still under
    way, nothing can be proposed. Dues are reckoned only of funds without a batch: on most days, of none.
    """
    months = _newest(funds, on)
    proposed, opened = proposed_for(months), open_batches(months).keys()
    left = spendable_of(months)
    bare = [
        fund
        for fund in funds
        if fund.pk in months
        and fund.pk not in opened
        and (fund.pk not in proposed or (fund.year < on.year and left.get(fund.pk, 0) > 0))
    ]
    found = [one for one in outlooks(bare, on) if one.ready] if bare else []
    return [one for one in found if one.fund.pk not in proposed or one.left_fen >= one.ready_fen // one.ready]


def _newest(funds: Iterable[Fund], on: date) -> dict[int, Month]:
    """The newest month that has begun of each fund's year: of past years December."""
    now = Month.of(on)
    return {fund.pk: min(now, Month(fund.year, 12)) for fund in funds if fund.year <= now.year}
