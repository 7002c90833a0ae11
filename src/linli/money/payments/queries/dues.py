"""What can be paid, what no longer can, and the lines as one digest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from linli.kernel.canonical import digest
from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Order
from linli.money.awards.codes import AccountState, AwardState
from linli.money.awards.models import Award, PayeeAccount
from linli.money.awards.queries import (
    DueMonth,
    TakenMonths,
    departed,
    died,
    due_of_fund,
    lost_holders,
    packs_in_force,
    schedules,
    taken_months,
    usable_accounts,
)
from linli.money.awards.rules.schedule import NOTHING, rest
from linli.money.ledger.queries import lines
from linli.money.payments.codes import ItemState, StaleCode
from linli.money.payments.models import PaymentItem


@dataclass(frozen=True)
class StaleLine:
    """A line that can no longer be paid as approved, and why."""

    seq: int
    award: str
    code: StaleCode

    def __str__(self) -> str:
        return gettext("%(award)s（%(reason)s）") % {"award": self.award, "reason": self.code.label}


def no_longer_due(rows: Sequence[PaymentItem], on: date) -> dict[int, StaleCode]:
    """Those of the lines (by id, with award and household loaded) whose month is not due as they say, and why.

    One rule for what is paid first and for what is sent again: deaths, moves, ends, suspensions, another amount.
    """
    awards = {row.award_id: row.award for row in rows}
    gone = departed([award for award in awards.values() if award.state != AwardState.ENDED], on)
    due = schedules(awards)
    taken = taken_months(awards)
    found = {}
    for row in rows:
        code = _why_not_due(row, due[row.award_id], taken)
        if row.award_id in gone:
            code = StaleCode.DIED if died(row.award, gone[row.award_id]) else StaleCode.MOVED
        if code is not None:
            found[row.pk] = code
    return found


def stale_lines(rows: Sequence[PaymentItem], on: date) -> list[StaleLine]:
    """Lines (with award, household and account loaded) that cannot be paid as they stand any more, and why."""
    stale = no_longer_due(rows, on)
    lost = lost_holders((row.account_id for row in rows), on)
    for row in rows:
        if row.pk in stale:
            continue
        if row.account_id in lost:
            stale[row.pk] = StaleCode.HOLDER
        elif row.account.state != AccountState.CONFIRMED:
            stale[row.pk] = StaleCode.ACCOUNT
    return [StaleLine(row.seq, row.award.number, stale[row.pk]) for row in rows if row.pk in stale]


def _why_not_due(row: PaymentItem, due: Mapping[Month, int], taken: TakenMonths) -> StaleCode | None:
    month = Month.of(row.month_date)
    if _is_due(row, due, taken):
        return None
    if month in due:
        return StaleCode.CHANGED
    return StaleCode.ENDED if row.award.valid_until < month.plus(1).first_day else StaleCode.SUSPENDED


def _is_due(row: PaymentItem, due: Mapping[Month, int], taken: TakenMonths) -> bool:
    """A line proposed first is just what is missing; one that a batch took up, and its re-issue, lies within what is
    due (a rise is paid afterwards).
    """
    month = Month.of(row.month_date)
    fen, held = due.get(month, 0), taken.get((row.award_id, month), NOTHING)
    first = row.state == ItemState.PROPOSED and row.reissue_of_id is None
    return rest(fen, held) == row.amount_fen if first else held.fen <= fen


@dataclass(frozen=True)
class Payable:
    """What a proposal works on: dues that can be paid, and those that wait for an account or left."""

    ready: tuple[DueMonth, ...]
    blocked: tuple[DueMonth, ...]
    accounts: Mapping[str, PayeeAccount]


def payable(fund_id: int, until: Month, on: date) -> Payable:
    """Dues up to the month, split by whether they can be paid today."""
    dues = due_of_fund(fund_id, until)
    awards: dict[int, Award] = {due.award.pk: due.award for due in dues}
    gone = departed([award for award in awards.values() if award.state != AwardState.ENDED], on)
    usable = usable_accounts([award.unit_key for award in awards.values()], on)
    staying = [due for due in dues if due.award.pk not in gone]
    ready = tuple(due for due in staying if due.award.unit_key in usable)
    blocked = tuple(due for due in staying if due.award.unit_key not in usable)
    return Payable(ready, blocked, usable)


def lines_digest(number: str, rows: Iterable[PaymentItem]) -> str:
    """The ordered lines of a batch as one digest, from business keys; source, award and account are loaded."""
    return digest(
        [
            number,
            [
                [
                    row.seq,
                    row.award.number,
                    row.unit_key,
                    row.programme,
                    row.month_date,
                    row.amount_fen,
                    row.source.code,
                    row.account.version,
                    *([row.part] if row.part else []),
                ]
                for row in rows
            ],
        ]
    )


def waiting(fund_id: int, until: Month) -> tuple[int, int]:
    """How many months are due and not taken up, and their fen."""
    dues = due_of_fund(fund_id, until)
    return len(dues), sum(due.amount_fen for due in dues)


def shortage_order(fund_id: int, on: date) -> Order:
    """The order in shortage of the packs in force whose programmes the fund pays.

    With several such packs their programmes follow one another, and the first one says the rest.
    """
    paid = {programme for line in lines(fund_id) for programme in line.programmes}
    orders = [pack.shortage.order for pack in packs_in_force(on) if paid & set(pack.programmes)]
    programmes = tuple(programme for order in orders for programme in order.programmes)
    return Order(programmes, orders[0].arrears_first, orders[0].within) if orders else Order(programmes)
