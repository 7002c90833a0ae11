"""The year month by month: money in, money due, money paid, and who waits.

The plan is taken at its word: all recipients from the first month on. When money is short they are paid in the order
that the pack states (``policies.engine.shortage``), which real payments follow too; nobody gets part of an amount, and
a later, smaller claim that still fits is paid. Money set aside for services is spent in equal monthly parts after the
awards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from linli.kernel.period import Month
from linli.planning.engine.plan import Plan, Programme
from linli.policies.engine.shortage import Claim, Order, turn


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
class _Owed:
    """What is owed to the recipients of one programme for one month: so many units of the same amount."""

    claim: Claim
    units: int

    @property
    def fen(self) -> int:
        return self.claim.amount_fen * self.units

    def pay(self, purse: int) -> int:
        """Pay as many whole units as the purse allows; returns what was spent."""
        amount = self.claim.amount_fen
        paid = min(self.units, purse // amount) if amount else self.units
        self.units -= paid
        return paid * amount


@dataclass
class _Books:
    order: Order
    owed: list[_Owed] = field(default_factory=list)
    outlay_owed: int = 0
    balance: int = 0

    def pay(self, now: Month) -> int:
        """Pay what is owed in the pack's order; returns what was spent."""
        whole = sum(one.fen for one in self.owed)
        if whole <= self.balance:
            # Everybody is paid; nobody has to stand in a queue.
            self.owed = []
            self.balance -= whole
            return whole
        spent = 0
        for one in sorted(self.owed, key=lambda one: turn(self.order, one.claim, now)):
            spent += one.pay(self.balance - spent)
        self.balance -= spent
        self.owed = [one for one in self.owed if one.units]
        return spent

    def spend(self, outlay: int) -> int:
        """Spend the month's part of the money for services, and what earlier months left of it."""
        self.outlay_owed += outlay
        spent = min(self.outlay_owed, self.balance)
        self.outlay_owed -= spent
        self.balance -= spent
        return spent

    def waiting(self) -> tuple[Waiting, ...]:
        """Different units that wait: those of a programme stand in the same order every month, so the most of any."""
        units: dict[str, int] = {}
        for one in self.owed:
            units[one.claim.programme] = max(one.units, units.get(one.claim.programme, 0))
        return tuple(Waiting(code, number) for code, number in sorted(units.items()))


def months_of(plan: Plan) -> tuple[Month, ...]:
    """The months from the first to the last in which money comes in or an award is paid.

    Without awards it is the calendar year, and what is received outside it.
    """
    return plan.once("months", lambda: _months(plan))


def _months(plan: Plan) -> tuple[Month, ...]:
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
    return plan.once(("paid months", programme.code), lambda: _paid_months(plan, programme))


def _paid_months(plan: Plan, programme: Programme) -> tuple[Month, ...]:
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
    if receipts is None:
        return plan.once("cash flow", lambda: _lived(plan, inflows(plan)))
    return _lived(plan, receipts)


def _lived(plan: Plan, received: Sequence[tuple[Month, int]]) -> tuple[MonthFlow, ...]:
    months = months_of(plan)
    books = _Books(plan.shortage)
    outlay = outlay_fen(plan)
    amounts = {p.code: {month: amount_fen(plan, p, month) for month in paid_months(plan, p)} for p in plan.programmes}
    flows = []
    for position, month in enumerate(months):
        part = outlay * (position + 1) // len(months) - outlay * position // len(months)
        own = [
            _Owed(Claim(code, month, owing[month]), plan.number(f"programmes.{code}.recipients"))
            for code, owing in amounts.items()
            if month in owing
        ]
        inflow = sum(amount for when, amount in received if when == month)
        flows.append(_live(books, month, inflow, part, own))
    return tuple(flows)


def _live(books: _Books, month: Month, inflow: int, outlay: int, own: list[_Owed]) -> MonthFlow:
    due = outlay + sum(one.fen for one in own)
    books.balance += inflow
    books.owed += own
    paid = books.pay(month) + books.spend(outlay)
    waiting = books.waiting()
    return MonthFlow(
        month=month,
        inflow_fen=inflow,
        due_fen=due,
        paid_fen=paid,
        balance_fen=books.balance,
        unpaid_fen=sum(one.fen for one in books.owed) + books.outlay_owed,
        units_waiting=sum(entry.units for entry in waiting),
        waiting=waiting,
    )


def first_shortage(flows: Sequence[MonthFlow]) -> MonthFlow | None:
    """The first month at whose end something is owed, None when the money lasts."""
    return next((flow for flow in flows if flow.unpaid_fen), None)
