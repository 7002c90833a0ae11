"""What restricted money of a year is really unspent, and what was carried over of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from linli.foundation.data.scope import Scope, within
from linli.money.ledger.codes import AccountKind, CarryOverState
from linli.money.ledger.models import Account, BudgetLine, CarryOver, Fund, FundingSource
from linli.money.ledger.queries.funds import fund_of, funds_of
from linli.money.ledger.rules.allocation import Allocator, Purse

# What says how much is unspent: of a source its money, of a line what is promised.
_ASKED = (
    *(AccountKind.CASH, AccountKind.PAYABLE, AccountKind.IN_TRANSIT, AccountKind.SPENDABLE),
    AccountKind.COMMITTED,
)


@dataclass(frozen=True)
class Unspent:
    """A source's money in fen: in the bank, owed to the bank's customers, promised, and what is left of it."""

    source: FundingSource
    cash_fen: int
    payable_fen: int  # approved and not paid yet, returned ones with it
    in_transit_fen: int
    promised_fen: int  # commitments still open that this money would pay
    target: FundingSource | None  # where it goes: the same source of the next year's fund

    @property
    def free_fen(self) -> int:
        """Cash less what is payable or with the bank, less open commitments: what may be carried over."""
        return max(self.cash_fen - self.payable_fen - self.in_transit_fen - self.promised_fen, 0)


def unspent(fund: Fund) -> list[Unspent]:
    """Restricted sources of the fund in its order of use."""
    return unspent_of([fund])[fund.pk]


def unspent_of(funds: Sequence[Fund]) -> dict[int, list[Unspent]]:
    """The same of several funds, by their ids; two statements for any number of them.

    Open commitments stand on budget lines; which money would pay them is worked out by the one allocation
    (``rules.allocation``), as a month's payments would be: the narrowest money first.
    """
    accounts: dict[int, list[Account]] = {fund.pk: [] for fund in funds}
    asked = Account.objects.filter(fund__in=accounts, kind__in=_ASKED).select_related("source", "line")
    for row in asked.order_by("pk"):
        accounts[row.fund_id].append(row)
    following = _next_sources(funds)
    return {
        fund.pk: _unspent(accounts[fund.pk], following.get((fund.community_id, fund.year + 1), {})) for fund in funds
    }


def _unspent(rows: Sequence[Account], targets: Mapping[str, FundingSource]) -> list[Unspent]:
    of = {(row.source_id, row.kind): row.balance_fen for row in rows if row.source_id and row.line_id is None}
    found = {row.source.pk: row.source for row in rows if row.source}
    promised = _promised(rows, found, of)
    return [
        Unspent(
            one,
            of[pk, AccountKind.CASH],
            of[pk, AccountKind.PAYABLE],
            of[pk, AccountKind.IN_TRANSIT],
            promised[pk],
            targets.get(one.code),
        )
        for pk, one in sorted(found.items(), key=lambda item: item[1].position)
        if one.restricted_to
    ]


def _promised(
    rows: Sequence[Account], found: Mapping[int, FundingSource], of: Mapping[tuple[int, str], int]
) -> dict[int, int]:
    """Fen of the open commitments that each source would pay."""
    committed = [
        (row.line.code, row.balance_fen)
        for row in sorted((row for row in rows if row.line), key=lambda row: row.line.position if row.line else 0)
        if row.line and row.kind == AccountKind.COMMITTED
    ]
    allocator = Allocator(
        Purse(pk, one.position, max(of[pk, AccountKind.SPENDABLE], 0), frozenset(one.restricted_to))
        for pk, one in found.items()
    )
    for line, fen in committed:
        allocator.take(line, 1, fen)
    return {pk: sum(by_line.values()) for pk, by_line in allocator.placed().items()}


def next_fund(fund: Fund) -> Fund | None:
    """The same community's fund of the year after."""
    return fund_of(fund.community_id or 0, fund.year + 1)


def same_purpose(source: FundingSource, target: FundingSource) -> bool:
    """Whether money stays bound to what it was given for: the same lines, and the next fund has them all."""
    there = set(BudgetLine.objects.filter(fund_id=target.fund_id).values_list("code", flat=True))
    return set(source.restricted_to) == set(target.restricted_to) <= there


def carry_overs(fund: Fund) -> list[CarryOver]:
    """Carried out of the fund or into it, newest first."""
    rows = CarryOver.objects.filter(Q(source__fund=fund) | Q(target__fund=fund))
    return list(rows.select_related("source__fund", "target__fund").order_by("-pk"))


def all_carry_overs(scope: Scope) -> QuerySet[CarryOver]:
    """Every one out of a fund in the scope."""
    return within(CarryOver.objects.all(), scope, prefix="source__fund__")


def carry_over(scope: Scope, number: str) -> CarryOver:
    """One carry-over; CarryOver.DoesNotExist out of scope."""
    rows = all_carry_overs(scope)
    return rows.select_related("source__fund", "target__fund", "out_journal", "in_journal").get(number=number)


def proposed_carry_overs(scope: Scope) -> list[CarryOver]:
    """Those that wait for a second person, oldest first."""
    rows = all_carry_overs(scope).filter(state=CarryOverState.PROPOSED)
    return list(rows.select_related("source__fund").order_by("pk"))


def proposed_out_of(funds: Iterable[Fund]) -> set[int]:
    """Those of the funds (ids) out of which something waits to be carried."""
    rows = CarryOver.objects.filter(source__fund__in=list(funds), state=CarryOverState.PROPOSED)
    return set(rows.values_list("source__fund_id", flat=True))


def carried_fen(funds: Iterable[Fund]) -> dict[int, int]:
    """Fen that was carried out of each fund."""
    found: dict[int, int] = {}
    rows = CarryOver.objects.filter(source__fund__in=list(funds), state=CarryOverState.APPROVED)
    for fund_id, fen in rows.values_list("source__fund_id", "amount_fen"):
        found[fund_id] = found.get(fund_id, 0) + fen
    return found


def _next_sources(funds: Iterable[Fund]) -> dict[tuple[int | None, int], dict[str, FundingSource]]:
    """The sources of each community's fund of the year after, by community, year and code."""
    wanted = {(fund.community_id or 0, fund.year + 1) for fund in funds}
    found: dict[tuple[int | None, int], dict[str, FundingSource]] = {}
    following = [
        one.pk for one in funds_of({place for place, _year in wanted}, {year for _place, year in wanted}).values()
    ]
    for one in FundingSource.objects.filter(fund__in=following).select_related("fund").order_by("position"):
        found.setdefault((one.fund.community_id, one.fund.year), {})[one.code] = one
    return found
