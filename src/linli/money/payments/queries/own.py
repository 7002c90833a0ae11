"""What a family sees of its own money: each award with what was paid, what came back and what comes next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from linli.kernel.period import Month
from linli.money.awards.codes import Standing
from linli.money.awards.queries import awards_of_own, schedules, taken_months, usable_accounts
from linli.money.awards.rules.schedule import NOTHING, rest
from linli.money.payments.codes import ItemState
from linli.money.payments.models import PaymentItem

# What was paid before, and awards that were over before, is no news.
_NEWS = timedelta(days=366)
# A month is taken up by the second hand: until then it is what comes, from then on it is on its way.
_TOLD = (ItemState.APPROVED, ItemState.IN_TRANSIT, ItemState.PAID, ItemState.RETURNED)


@dataclass(frozen=True)
class OwnPayment:
    """One month: ``on`` is the bank's day, None while the bank has it."""

    month: Month
    fen: int
    state: ItemState
    on: date | None


@dataclass(frozen=True)
class OwnAward:
    """An award as its family sees it. ``coming`` is the first month that is due and not taken up, with its fen."""

    number: str
    programme: str
    unit_key: str
    monthly_fen: int
    standing: Standing
    first_date: date
    last_date: date
    review_due_date: date | None
    has_account: bool
    payments: tuple[OwnPayment, ...]
    coming: tuple[Month, int] | None

    @property
    def came_back(self) -> bool:
        """Whether money waits because the bank sent it back."""
        return any(one.state == ItemState.RETURNED for one in self.payments)


def own_awards(household_ids: Collection[int], on: date) -> list[OwnAward]:
    """The awards of households that the caller has shown to be the reader's own, and their payments, newest first."""
    rows = awards_of_own(household_ids, after=on - _NEWS)
    if not rows:
        return []
    ids = [row.pk for row in rows]
    due, taken, paid = schedules(ids), taken_months(ids), _payments(ids, on)
    accounts = usable_accounts([row.unit_key for row in rows], on)
    own = []
    for row in rows:
        months = {month: rest(fen, taken.get((row.pk, month), NOTHING)) for month, fen in due.get(row.pk, {}).items()}
        left = sorted((month, fen) for month, fen in months.items() if fen)
        own.append(
            OwnAward(
                row.number,
                row.programme,
                row.unit_key,
                row.amount_fen,
                row.standing_on(on),
                row.valid_from,
                row.last_date,
                row.review_due_date,
                row.unit_key in accounts,
                tuple(paid.get(row.pk, ())),
                left[0] if left else None,
            )
        )
    return own


def _payments(award_ids: Collection[int], on: date) -> dict[int, list[OwnPayment]]:
    """Of what was sent again the last time alone."""
    rows = PaymentItem.objects.filter(award_id__in=award_ids, month_date__gt=on - _NEWS)
    rows = rows.exclude(state=ItemState.VOIDED).order_by("-month_date", "-pk")
    items = list(rows)
    again = {row.reissue_of_id for row in items}
    found: dict[int, list[OwnPayment]] = {}
    for row in items:
        if row.state in _TOLD and row.pk not in again:
            state = ItemState(row.state)
            one = OwnPayment(Month.of(row.month_date), row.amount_fen, state, row.settled_date)
            found.setdefault(row.award_id, []).append(one)
    return found
