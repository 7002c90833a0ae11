"""The year month by month: money in, money due, money paid, and who waits.

The plan is taken at its word: all recipients from the first month on. Arrears are paid first, then the month's own
claims, both in the plan's order in shortage; nobody gets part of an amount. Money set aside for services is spent in
equal monthly parts after the awards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from linli.kernel.period import Month
from linli.planning.engine.plan import Plan, Programme


@dataclass(frozen=True)
class Waiting:
    """Units (households or persons) of a programme that are owed something at the end of a month."""

    programme: str
    units: int


@dataclass(frozen=True)
class MonthFlow:
    """One month, in fen. ``due`` is what falls due in it; ``unpaid`` is everything owed at its end."""

    month: Month
    inflow_fen: int
    due_fen: int
    paid_fen: int
    balance_fen: int
    unpaid_fen: int
    units_waiting: int
    waiting: tuple[Waiting, ...]


@dataclass
class _Claim:
    """What is owed to the recipients of one programme: units by amount, the oldest first."""

    programme: str
    recipients: int
    owed: list[tuple[int, int]] = field(default_factory=list)

    @property
    def owed_fen(self) -> int:
        return sum(amount * units for amount, units in self.owed)

    @property
    def units(self) -> int:
        return min(self.recipients, sum(units for _, units in self.owed))

    def pay(self, purse: int) -> int:
        """Pay as many whole units as the purse allows, the oldest first; returns what was spent."""
        spent = 0
        while self.owed:
            amount, units = self.owed.pop(0)
            paid = min(units, (purse - spent) // amount) if amount else units
            spent += paid * amount
            if paid < units:
                self.owed.insert(0, (amount, units - paid))
                break
        return spent


@dataclass
class _Books:
    claims: list[_Claim]
    outlay_owed: int = 0
    balance: int = 0
    flows: list[MonthFlow] = field(default_factory=list)


def months_of(plan: Plan) -> tuple[Month, ...]:
    """The months from the first to the last in which money comes in or an award is paid.

    Without awards it is the calendar year, and what is received outside it.
    """
    named = [plan.month(f"programmes.{p.code}.{end}") for p in plan.programmes for end in ("first_month", "last_month")]
    named += [month for month, _ in inflows(plan)]
    if not plan.programmes:
        named += [Month(plan.year, 1), Month(plan.year, 12)]
    first, last = min(named), max(named)
    return tuple(first.plus(n) for n in range(first.months_until(last) + 1))


def inflows(plan: Plan) -> tuple[tuple[Month, int], ...]:
    """Every receipt of money that the plan shows: month and fen."""
    return tuple(
        (plan.month(f"sources.{s.code}.inflows.{n}.month"), plan.number(f"sources.{s.code}.inflows.{n}.amount"))
        for s in plan.sources
        for n in range(s.inflows)
    )


def paid_months(plan: Plan, programme: Programme) -> tuple[Month, ...]:
    """The months a programme is paid for (none when its last month is before its first)."""
    first = plan.month(f"programmes.{programme.code}.first_month")
    last = plan.month(f"programmes.{programme.code}.last_month")
    return tuple(first.plus(n) for n in range(first.months_until(last) + 1))


def amount_fen(plan: Plan, programme: Programme, month: Month) -> int:
    """What one recipient is paid for a month."""
    path = programme.amount_path
    in_force = [step for step in programme.steps if Month.parse(step) <= month]
    return plan.number(f"{path}.{in_force[-1]}" if in_force else path)


def outlay_fen(plan: Plan) -> int:
    """Money set aside on lines that pay no programme: it is spent on services, evenly over the months."""
    paying = {programme.line for programme in plan.programmes}
    return sum(plan.number(f"budget_lines.{x.code}.amount") for x in plan.budget_lines if x.code not in paying)


def quarterly(plan: Plan) -> tuple[tuple[Month, int], ...]:
    """The same money in even parts at the start of every third month, the last part taking what does not divide."""
    months = months_of(plan)[::3]
    total = sum(amount for _, amount in inflows(plan))
    part = total // len(months)
    return (*((month, part) for month in months[:-1]), (months[-1], total - part * (len(months) - 1)))


def cash_flow(plan: Plan, receipts: Sequence[tuple[Month, int]] | None = None) -> tuple[MonthFlow, ...]:
    """The plan's year by month. ``receipts`` replaces the plan's own inflows, to ask what other dates would do."""
    months = months_of(plan)
    received = inflows(plan) if receipts is None else receipts
    ranks = {code: rank for rank, code in enumerate(plan.shortage_order)}
    programmes = sorted(plan.programmes, key=lambda p: ranks.get(p.code, len(ranks)))
    books = _Books([_Claim(p.code, plan.number(f"programmes.{p.code}.recipients")) for p in programmes])
    outlay = outlay_fen(plan)
    schedule = {p.code: {month: amount_fen(plan, p, month) for month in paid_months(plan, p)} for p in programmes}
    for position, month in enumerate(months):
        part = outlay * (position + 1) // len(months) - outlay * position // len(months)
        owing = {code: amounts[month] for code, amounts in schedule.items() if month in amounts}
        _live(books, month, sum(amount for when, amount in received if when == month), part, owing)
    return tuple(books.flows)


def _live(books: _Books, month: Month, inflow: int, outlay: int, owing: Mapping[str, int]) -> None:
    books.balance += inflow
    paid = sum(_spend(books, claim) for claim in books.claims)
    due = outlay
    for claim in books.claims:
        if claim.programme in owing:
            due += claim.recipients * owing[claim.programme]
            claim.owed.append((owing[claim.programme], claim.recipients))
    paid += sum(_spend(books, claim) for claim in books.claims)
    books.outlay_owed += outlay
    spent = min(books.outlay_owed, books.balance)
    books.outlay_owed -= spent
    books.balance -= spent
    waiting = tuple(Waiting(claim.programme, claim.units) for claim in books.claims if claim.units)
    books.flows.append(
        MonthFlow(
            month=month,
            inflow_fen=inflow,
            due_fen=due,
            paid_fen=paid + spent,
            balance_fen=books.balance,
            unpaid_fen=sum(claim.owed_fen for claim in books.claims) + books.outlay_owed,
            units_waiting=sum(entry.units for entry in waiting),
            waiting=waiting,
        )
    )


def _spend(books: _Books, claim: _Claim) -> int:
    spent = claim.pay(books.balance)
    books.balance -= spent
    return spent


def first_shortage(flows: Sequence[MonthFlow]) -> MonthFlow | None:
    """The first month at whose end something is owed, None when the money lasts."""
    return next((flow for flow in flows if flow.unpaid_fen), None)
