"""The year month by month: money in, money due, money paid, and who waits.

The plan is taken at its word: all recipients from the first month on, each for the term of the award. When money is
short they are paid in the order that the pack states (``policies.engine.shortage``), out of the money that may pay them
(``ledger.rules.allocation``): real payments follow both too. Nobody gets part of an amount, and a later, smaller claim
that still fits is paid. Money set aside for services is spent in equal monthly parts after the awards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from linli.kernel.period import Month
from linli.law.policies.engine.shortage import Claim, Order, turn
from linli.money.ledger.rules.allocation import Allocator, Purse
from linli.overview.planning.engine.plan import Plan, Programme, Source, parsed_month

# A receipt of money: source, month, fen.
Receipt: TypeAlias = tuple[str, Month, int]


@dataclass(frozen=True)
class Waiting:
    """Units (households or persons) of a programme that are owed something at the end of a month."""

    programme: str
    units: int


@dataclass(frozen=True)
class Lack:
    """Where the money of a month does not reach: ``lines`` that only ``sources`` may pay, what they had and needed.

    ``spent_before_fen`` is what these sources paid in each earlier month, ``left_fen`` what each of them has left over
    at the end of this one, less than ``smallest_fen``, the least that somebody waits for.
    """

    sources: tuple[str, ...]
    lines: tuple[str, ...]
    have_fen: int
    need_fen: int
    spent_before_fen: tuple[int, ...] = ()
    left_fen: tuple[int, ...] = ()
    smallest_fen: int = 0


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
    lack: Lack | None = None
    # What each source still has at the month's end.
    left_fen: Mapping[str, int] = field(default_factory=dict)


@dataclass
class _Owed:
    """What is owed to the recipients of one programme for one month: so many units of the same amount."""

    claim: Claim
    units: int

    @property
    def fen(self) -> int:
        return self.claim.amount_fen * self.units


@dataclass(frozen=True)
class _Year:
    """All that the money of a year depends on: plans that agree in it live the same year.

    ``awards`` are programme, line, recipients and what one of them is paid in which month; ``lender`` is a source that
    pays what nobody else can, on credit.
    """

    months: tuple[Month, ...]
    sources: tuple[Source, ...]
    lines: tuple[str, ...]
    shortage: Order
    received: tuple[Receipt, ...]
    outlays: tuple[tuple[str, int], ...]
    awards: tuple[tuple[str, str, int, tuple[tuple[Month, int], ...]], ...]
    lender: str = ""


class _Books:
    """The year's money while it is lived."""

    def __init__(self, year: _Year) -> None:
        self.year = year
        self.lender = year.lender
        self.balances = dict.fromkeys((source.code for source in year.sources), 0)
        self.owed: list[_Owed] = []
        self.outlays: dict[str, int] = {}
        self.spent: list[Mapping[str, int]] = []
        self.worst_debt = 0
        self.worst_month: Month | None = None

    def live(self, month: Month, inflows: Mapping[str, int], outlays: Mapping[str, int], own: list[_Owed]) -> MonthFlow:
        """One month: money comes in, awards are paid in the pack's order, then services."""
        for code, fen in inflows.items():
            self.balances[code] += fen
        for line, fen in outlays.items():
            self.outlays[line] = self.outlays.get(line, 0) + fen
        self.owed += own
        before = dict(self.balances)
        needs, due = self._needs(), sum(one.fen for one in own) + sum(outlays.values())
        paid = self._pay(month)
        waiting = self._waiting()
        unpaid = sum(one.fen for one in self.owed) + sum(self.outlays.values())
        lack = self._lack(before, needs, paid) if unpaid else None
        self.spent.append({code: sum(lines.values()) for code, lines in paid.items()})
        return MonthFlow(
            month=month,
            inflow_fen=sum(inflows.values()),
            due_fen=due,
            paid_fen=sum(needs.values()) - unpaid,
            balance_fen=sum(self.balances.values()),
            unpaid_fen=unpaid,
            units_waiting=sum(entry.units for entry in waiting),
            waiting=waiting,
            lack=lack,
            left_fen=dict(self.balances),
        )

    def _needs(self) -> dict[str, int]:
        needs = dict(self.outlays)
        for one in self.owed:
            needs[one.claim.line] = needs.get(one.claim.line, 0) + one.fen
        return needs

    def _pay(self, now: Month) -> dict[str, dict[str, int]]:
        """Pay what is owed; fen by source and line."""
        sources = self.year.sources
        allocator = Allocator(
            Purse(place, place, max(0, self.balances[source.code]), frozenset(source.purposes))
            for place, source in enumerate(sources)
        )
        for one in sorted(self.owed, key=lambda one: turn(self.year.shortage, one.claim, now)):
            amount = one.claim.amount_fen
            one.units -= allocator.take(one.claim.line, amount, one.units) if amount else one.units
        for line, fen in self.outlays.items():
            self.outlays[line] = fen - allocator.take(line, 1, fen)
        placed = allocator.placed()
        paid = {source.code: placed[place] for place, source in enumerate(sources)}
        for code, lines in paid.items():
            self.balances[code] -= sum(lines.values())
        if self.lender:
            self._lend(now)
        self.owed = [one for one in self.owed if one.fen]
        return paid

    def _lend(self, now: Month) -> None:
        lender = next(source for source in self.year.sources if source.code == self.lender)
        lent = 0
        for one in self.owed:
            if lender.may_pay(one.claim.line):
                lent += one.fen
                one.units = 0
        for line in self.outlays:
            if lender.may_pay(line):
                lent += self.outlays[line]
                self.outlays[line] = 0
        self.balances[self.lender] -= lent
        if -self.balances[self.lender] > self.worst_debt:
            self.worst_debt, self.worst_month = -self.balances[self.lender], now

    def _waiting(self) -> tuple[Waiting, ...]:
        """Different units that wait: those of a programme stand in the same order every month, so the most of any."""
        units: dict[str, int] = {}
        for one in self.owed:
            units[one.claim.programme] = max(one.units, units.get(one.claim.programme, 0))
        return tuple(Waiting(code, number) for code, number in sorted(units.items()))

    def _lack(self, before: Mapping[str, int], needs: Mapping[str, int], paid: Mapping[str, Mapping[str, int]]) -> Lack:
        """The lines that fell short, the money that may pay them, and what else that money had to pay this month."""
        lines = {one.claim.line for one in self.owed} | {line for line, fen in self.outlays.items() if fen}
        while True:
            payers = [s for s in self.year.sources if any(s.may_pay(line) for line in lines)]
            also = {line for s in payers for line, fen in paid[s.code].items() if fen} - lines
            if not also:
                break
            lines |= also
        codes = tuple(source.code for source in payers)
        return Lack(
            sources=codes,
            lines=tuple(code for code in self.year.lines if code in lines),
            have_fen=sum(before[code] for code in codes),
            need_fen=sum(needs[line] for line in lines),
            spent_before_fen=tuple(sum(spent[code] for code in codes) for spent in self.spent),
            left_fen=tuple(self.balances[code] for code in codes),
            smallest_fen=min((one.claim.amount_fen for one in self.owed), default=1),
        )


def months_of(plan: Plan) -> tuple[Month, ...]:
    """The months from the first to the last in which an award is paid, or money of the year comes in.

    Without awards it is the calendar year. Money that was received before counts from its own month on; what comes
    after the year is no money of it (``checks.limits``).
    """
    return plan.once("months", lambda: _months(plan))


def _months(plan: Plan) -> tuple[Month, ...]:
    named = [plan.month(f"programmes.{p.code}.{end}") for p in plan.programmes for end in ("first_month", "last_month")]
    named += [month for _, month, _ in inflows(plan) if month <= Month(plan.year, 12)]
    if not plan.programmes:
        named += [Month(plan.year, 1), Month(plan.year, 12)]
    earliest, latest = window(plan)
    first, last = (max(earliest, min(latest, end)) for end in (min(named), max(named)))
    return _from(first, first.months_until(last) + 1)


@lru_cache(maxsize=256)
def _from(first: Month, count: int) -> tuple[Month, ...]:
    return tuple(first.plus(n) for n in range(count))


def window(plan: Plan) -> tuple[Month, Month]:
    """The months that are looked at: a month years away is a slip with a finding of its own, not a longer year."""
    return Month(max(plan.year - 1, 1), 1), Month(min(plan.year + 1, 9999), 12)


def inflows(plan: Plan) -> tuple[Receipt, ...]:
    """Every receipt of money that the plan shows."""
    return plan.once("inflows", lambda: _inflows(plan))


def _inflows(plan: Plan) -> tuple[Receipt, ...]:
    return tuple(
        (
            s.code,
            plan.month(f"sources.{s.code}.inflows.{n}.month"),
            plan.number(f"sources.{s.code}.inflows.{n}.amount"),
        )
        for s in plan.sources
        for n in range(s.inflows)
    )


def paid_months(plan: Plan, programme: Programme) -> tuple[Month, ...]:
    """The months a programme is paid for (none when its last month is before its first)."""
    return plan.once(("paid months", programme.code), lambda: _paid_months(plan, programme))


def _paid_months(plan: Plan, programme: Programme) -> tuple[Month, ...]:
    first = plan.month(f"programmes.{programme.code}.first_month")
    last = plan.month(f"programmes.{programme.code}.last_month")
    months = first.months_until(last) + 1
    if programme.term_path:
        # An award runs for its term and no longer: what is paid once is paid in one month.
        months = min(months, plan.number(programme.term_path))
    earliest, latest = window(plan)
    begin, end = max(0, first.months_until(earliest)), min(months, first.months_until(latest) + 1)
    return _from(first.plus(begin), max(0, end - begin))


def amount_fen(plan: Plan, programme: Programme, month: Month) -> int:
    """What one recipient is paid for a month."""
    path = programme.amount_path
    in_force = [step for step in programme.steps if parsed_month(step) <= month]
    return plan.number(f"{path}.{in_force[-1]}" if in_force else path)


def outlay_fen(plan: Plan, lines: Iterable[str]) -> int:
    """What is spent on services in the year, on these lines."""
    outlays = _outlays(plan)
    return sum(outlays.get(line, 0) for line in set(lines))


def _outlays(plan: Plan) -> dict[str, int]:
    """Money set aside on lines that pay no programme: it is spent on services, evenly over the months."""
    paying = {programme.line for programme in plan.programmes}
    amounts = {line.code: plan.number(f"budget_lines.{line.code}.amount") for line in plan.budget_lines}
    return {code: fen for code, fen in amounts.items() if fen and code not in paying}


def quarterly(plan: Plan) -> tuple[Receipt, ...]:
    """Each source's money in even parts at the start of every third month, the last part taking what is over."""
    months = months_of(plan)[::3]
    totals: dict[str, int] = {}
    for code, _, fen in inflows(plan):
        totals[code] = totals.get(code, 0) + fen
    return tuple(
        (code, month, total // len(months) + (total % len(months) if month == months[-1] else 0))
        for code, total in totals.items()
        for month in months
    )


def cash_flow(plan: Plan, receipts: Sequence[Receipt] | None = None) -> tuple[MonthFlow, ...]:
    """The plan's year by month. ``receipts`` replaces the plan's own inflows, to ask what other dates would do."""
    if receipts is None:
        return plan.once("cash flow", lambda: _lived(_year(plan, inflows(plan))).flows)
    return _lived(_year(plan, receipts)).flows


def missing(plan: Plan, source: str) -> tuple[int, Month | None, tuple[MonthFlow, ...]]:
    """How much more a source would have to give so that all it may pay is paid: fen, the month when it takes most.

    The year is lived with this source on credit; what still waits in the flows is what it may not pay. A source gives
    what it has in the order of use, so that a remainder smaller than an award may be left elsewhere.
    """
    lived = _lived(_year(plan, inflows(plan), lender=source))
    return lived.worst_debt, lived.worst_month, lived.flows


def _year(plan: Plan, received: Sequence[Receipt], lender: str = "") -> _Year:
    return _Year(
        months=months_of(plan),
        sources=plan.sources,
        lines=tuple(line.code for line in plan.budget_lines),
        shortage=plan.shortage,
        received=tuple(received),
        outlays=tuple(_outlays(plan).items()),
        awards=plan.once("awards", lambda: tuple(_award(plan, programme) for programme in plan.programmes)),
        lender=lender,
    )


def _award(plan: Plan, programme: Programme) -> tuple[str, str, int, tuple[tuple[Month, int], ...]]:
    owing = tuple((month, amount_fen(plan, programme, month)) for month in paid_months(plan, programme))
    return programme.code, programme.line, plan.number(f"programmes.{programme.code}.recipients"), owing


@dataclass(frozen=True)
class _Lived:
    """What became of a year's money, and the most that its lender lent."""

    flows: tuple[MonthFlow, ...]
    worst_debt: int
    worst_month: Month | None


# Ways out are tried by the dozen, and most of them leave the money of the year as it is.
@lru_cache(maxsize=256)
def _lived(year: _Year) -> _Lived:
    books, months = _Books(year), year.months
    amounts = [(code, line, units, dict(owing)) for code, line, units, owing in year.awards]
    flows = []
    for position, month in enumerate(months):
        parts = {
            line: whole * (position + 1) // len(months) - whole * position // len(months)
            for line, whole in year.outlays
        }
        own = [
            _Owed(Claim(code, month, owing[month], line=line), units)
            for code, line, units, owing in amounts
            if month in owing
        ]
        # What came before the first month is there when it begins.
        there = [one for one in year.received if one[1] == month or (not position and one[1] < month)]
        flows.append(books.live(month, _by_source(there), parts, own))
    return _Lived(tuple(flows), books.worst_debt, books.worst_month)


def _by_source(received: Iterable[Receipt]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, _, fen in received:
        found[code] = found.get(code, 0) + fen
    return found


def first_shortage(flows: Sequence[MonthFlow]) -> MonthFlow | None:
    """The first month at whose end something is owed, None when the money lasts."""
    return next((flow for flow in flows if flow.unpaid_fen), None)
