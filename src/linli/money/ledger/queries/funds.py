"""Funds, their sources and lines, what can be promised and paid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from linli.foundation.data.scope import Scope, within
from linli.kernel.period import Month
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import Account, BudgetLine, Fund, FundingSource, Journal, LockedMonth
from linli.money.ledger.rules.allocation import Purse


def funds(scope: Scope) -> list[Fund]:
    """Funds in the scope, newest year first."""
    return list(within(Fund.objects.all(), scope).order_by("-year", "code"))


def fund(scope: Scope, code: str) -> Fund:
    """The fund with the code; Fund.DoesNotExist when it is not in the scope."""
    found: Fund = within(Fund.objects.all(), scope).get(code=code)
    return found


def fund_of(community_id: int, year: int) -> Fund | None:
    """The community's fund of a year, the first by code when there are several."""
    return Fund.objects.filter(community_id=community_id, year=year).order_by("code").first()


def funds_of(community_ids: Iterable[int], years: Iterable[int]) -> dict[tuple[int, int], Fund]:
    """The same of several communities and years, by both; one statement."""
    rows = Fund.objects.filter(community_id__in=set(community_ids), year__in=set(years)).order_by("-code")
    return {(row.community_id or 0, row.year): row for row in rows}


def sources(fund_id: int) -> list[FundingSource]:
    """The fund's sources in its order of use."""
    return list(FundingSource.objects.filter(fund_id=fund_id).order_by("position"))


def lines(fund_id: int) -> list[BudgetLine]:
    """The fund's budget lines in their order."""
    return list(BudgetLine.objects.filter(fund_id=fund_id).order_by("position"))


def lines_by_id(line_ids: Iterable[int]) -> dict[int, BudgetLine]:
    """Lines with their funds; BudgetLine.DoesNotExist when one is missing."""
    wanted = set(line_ids)
    found = {line.pk: line for line in BudgetLine.objects.filter(pk__in=wanted).select_related("fund")}
    if len(found) < len(wanted):
        raise BudgetLine.DoesNotExist
    return found


def line_for(fund_id: int, programme: str) -> BudgetLine | None:
    """The first line of the fund that pays the programme."""
    return next((line for line in lines(fund_id) if programme in line.programmes), None)


@dataclass(frozen=True)
class AccountBalance:
    """An account with its owners' codes; fen on its normal side."""

    code: str
    kind: AccountKind
    source: str
    line: str
    balance_fen: int


def balances(scope: Scope, fund_id: int) -> list[AccountBalance]:
    """All accounts of the fund in order of line, source and kind; none out of scope."""
    rows = within(Account.objects.filter(fund_id=fund_id), scope, prefix="fund__").select_related("source", "line")
    return [
        AccountBalance(
            row.code,
            AccountKind(row.kind),
            row.source.code if row.source else "",
            row.line.code if row.line else "",
            row.balance_fen,
        )
        for row in rows.order_by(F("line__position").asc(nulls_first=True), "source__position", "id")
    ]


def spendable(fund_id: int) -> list[Purse]:
    """What each source can still pay."""
    rows = Account.objects.filter(fund_id=fund_id, kind=AccountKind.SPENDABLE).select_related("source")
    return [
        Purse(row.source.pk, row.source.position, row.balance_fen, frozenset(row.source.restricted_to))
        for row in rows.order_by("source__position")
        if row.source
    ]


def spendable_of(fund_ids: Iterable[int]) -> dict[int, int]:
    """Fen that each of the funds can still pay, in one query."""
    found: dict[int, int] = {}
    for row in Account.objects.filter(fund_id__in=set(fund_ids), kind=AccountKind.SPENDABLE):
        found[row.fund_id] = found.get(row.fund_id, 0) + row.balance_fen
    return found


def available(line_id: int) -> int:
    """Fen that the line may still promise."""
    return Account.objects.get(line_id=line_id, kind=AccountKind.AVAILABLE).balance_fen


def available_of(line_ids: Iterable[int]) -> dict[int, int]:
    """Fen that each of the lines may still promise, in one query."""
    rows = Account.objects.filter(line_id__in=set(line_ids), kind=AccountKind.AVAILABLE)
    return {row.line_id: row.balance_fen for row in rows if row.line_id is not None}


def locked_months(fund_id: int) -> list[LockedMonth]:
    """Months of the fund that are closed, in order."""
    return list(LockedMonth.objects.filter(fund_id=fund_id).order_by("first_date"))


def day_to_book(fund_id: int, wanted: date, on: date) -> date:
    """The day on which what happened on ``wanted`` is booked: ``on`` where that month or a later one is locked."""
    locked = LockedMonth.objects.filter(fund_id=fund_id, until_date__gt=wanted).exists()
    return on if locked else wanted


def open_months(funds: Iterable[Fund], on: date) -> dict[int, list[Month]]:
    """Months of each fund that are over and not locked yet, the oldest first: two queries.

    Besides the months of its year those after it in which its money still moved: last arrears, what came back.
    """
    years = {fund.pk: fund.year for fund in funds}
    rows = LockedMonth.objects.filter(fund_id__in=set(years)).values_list("fund_id", "first_date")
    locked = {(fund_id, Month.of(day)) for fund_id, day in rows}
    late = _moved_after_the_year(years) if years else {}
    return {
        fund_id: [
            month
            for month in [*(Month(year, number) for number in range(1, 13)), *sorted(late.get(fund_id, ()))]
            if month < Month.of(on) and (fund_id, month) not in locked
        ]
        for fund_id, year in years.items()
    }


def _moved_after_the_year(years: Mapping[int, int]) -> dict[int, set[Month]]:
    """Months after each fund's year (by its id) in which cash moved; the index of funds and days leads to them."""
    moved = Q(transfers__debit__kind=AccountKind.CASH) | Q(transfers__credit__kind=AccountKind.CASH)
    first, *others = (
        Journal.objects.filter(
            moved, fund_id__in=[pk for pk, of in years.items() if of == year], on_date__gte=date(year + 1, 1, 1)
        ).values_list("fund_id", "on_date")
        for year in sorted(set(years.values()))
    )
    found: dict[int, set[Month]] = {}
    for fund_id, day in first.union(*others):  # in one "or" of the years no index is entered
        found.setdefault(fund_id, set()).add(Month.of(day))
    return found
