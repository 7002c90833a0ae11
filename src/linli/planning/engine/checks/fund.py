"""Does the money come in time: the year month by month, as shown and in even quarters."""

from collections.abc import Iterable, Sequence

from linli.kernel.money import yuan_short
from linli.planning.engine.cashflow import (
    MonthFlow,
    cash_flow,
    first_shortage,
    months_of,
    outlay_fen,
    quarterly,
)
from linli.planning.engine.finding import Finding, Remedy, Severity, permille, remedy
from linli.planning.engine.plan import CONFIRMED, Change, Plan, Text
from linli.planning.engine.ways import fewer_months, from_source, giver, smaller_amounts, sources_fen
from linli.planning.engine.wording import count


def fund_lasts(plan: Plan) -> Iterable[Finding]:
    """The first month in which the money received does not cover what is due."""
    flows = cash_flow(plan)
    short = first_shortage(flows)
    if short is None:
        return ()
    whole = flows.index(short)
    left = short.balance_fen + short.paid_fen
    return (
        Finding(
            code="FUND_RUNS_DRY",
            subject="fund",
            severity=Severity.FATAL,
            title=Text(
                f"资金到 {short.month} 断供:前 {whole} 个月足额,"
                f"当月只有 {yuan_short(left)} 元,{count(short.units_waiting)} 份待发",
                f"The money runs out in {short.month}: {whole} months are paid in full, "
                f"{yuan_short(left)} yuan are left for the next, {count(short.units_waiting)} awards wait",
            ),
            arithmetic=_until_dry(flows, whole, left),
            figures=_stands_on(plan),
            remedies=_lasting(plan, flows, short),
            magnitude=permille(_deepest(flows), sum(flow.due_fen for flow in flows)),
        ),
    )


def _until_dry(flows: Sequence[MonthFlow], whole: int, left: int) -> str:
    due = flows[whole].due_fen
    received = sum(flow.inflow_fen for flow in flows[: whole + 1])
    paid = sum(flow.due_fen for flow in flows[:whole])
    even = whole and all(flow.due_fen == due for flow in flows[:whole])
    spent = f"{whole} × {yuan_short(due)}" if even else yuan_short(paid)
    return f"{yuan_short(received)} − {spent} = {yuan_short(left)} < {yuan_short(due)} ({flows[whole].month})"


def _stands_on(plan: Plan) -> tuple[str, ...]:
    receipts = [f"sources.{s.code}.inflows.{n}" for s in plan.sources for n in range(s.inflows)]
    paid = [path for p in plan.programmes for path in (f"programmes.{p.code}.recipients", *plan.amount_paths(p))]
    return (*(f"{path}.{field}" for path in receipts for field in ("month", "amount")), *paid)


def _deepest(flows: Sequence[MonthFlow]) -> int:
    """How much more money it would take for nobody ever to wait, in fen."""
    gap = worst = 0
    for flow in flows:
        gap += flow.due_fen - flow.inflow_fen
        worst = max(worst, gap)
    return worst


def _lasting(plan: Plan, flows: Sequence[MonthFlow], short: MonthFlow) -> tuple[Remedy, ...]:
    ways: list[Remedy] = []
    source = giver(plan)
    if source is not None:
        ways.append(from_source(plan, source, _deepest(flows), short.month))
    ways += _earlier(plan, flows[0])
    have, need = _tightest(plan, flows)
    ways += smaller_amounts(plan, plan.programmes, have, need)
    ways += fewer_months(plan, plan.programmes, sources_fen(plan) - outlay_fen(plan))
    return tuple(ways)


def _earlier(plan: Plan, start: MonthFlow) -> list[Remedy]:
    late = [
        Change(f"sources.{s.code}.inflows.{n}.month", str(start.month))
        for s in plan.sources
        for n in range(s.inflows)
        if plan.month(f"sources.{s.code}.inflows.{n}.month") > start.month
    ]
    if not late:
        return []
    return [
        remedy(
            f"请各方在 {start.month} 前把全年资金到账", f"Have the whole year's money received by {start.month}", *late
        )
    ]


def _tightest(plan: Plan, flows: Sequence[MonthFlow]) -> tuple[int, int]:
    """Money there and money due up to the month where the one covers the least of the other."""
    outlay, there, due = outlay_fen(plan), 0, 0
    have, need = 1, 1
    for position, flow in enumerate(flows):
        there += flow.inflow_fen
        due += flow.due_fen
        other = outlay * (position + 1) // len(flows)
        mine, owed = max(0, there - other), due - other
        if mine * need < owed * have:
            have, need = mine, owed
    return have, need


def fund_lasts_in_quarters(plan: Plan) -> Iterable[Finding]:
    """Where the dates of receipt are assumed: would even quarters run dry sooner?"""
    months = [f"sources.{s.code}.inflows.{n}.month" for s in plan.sources for n in range(s.inflows)]
    assumed = [path for path in months if plan.assumed(path)]
    if not assumed or plan.word("receipts.dates") == CONFIRMED:
        return ()
    receipts = quarterly(plan)
    flows = cash_flow(plan, receipts)
    short, own = first_shortage(flows), first_shortage(cash_flow(plan))
    if short is None or (own is not None and own.month <= short.month):
        return ()
    whole = flows.index(short)
    left = short.balance_fen + short.paid_fen
    after = len(months_of(plan)) - whole
    total = sum(fen for _, fen in receipts)
    return (
        Finding(
            code="FUND_DRY_IF_QUARTERLY",
            subject="fund",
            severity=Severity.SERIOUS,
            title=Text(
                f"到账日期只是假设:若按季平均到账,{short.month} 就会断供",
                f"The dates of receipt are assumed: in even quarters the money runs out in {short.month}",
            ),
            arithmetic=f"{yuan_short(total)} ÷ {len(receipts)} = {yuan_short(receipts[0][1])}; "
            + _until_dry(flows, whole, left),
            figures=("receipts.dates", *assumed, *_stands_on(plan)),
            remedies=(
                remedy(
                    "与出资方书面确认到账月份",
                    "Have the givers confirm the months of receipt in writing",
                    Change("receipts.dates", CONFIRMED),
                ),
                *smaller_amounts(plan, plan.programmes, *_tightest(plan, flows)),
            ),
            magnitude=permille(after, len(months_of(plan))),
        ),
    )
