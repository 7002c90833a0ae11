"""Does the money come in time: the year month by month, as shown and in even quarters."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from linli.kernel.bilingual import Text
from linli.kernel.money import yuan_short
from linli.kernel.period import Month
from linli.overview.planning.engine.cashflow import (
    Lack,
    MonthFlow,
    cash_flow,
    first_shortage,
    inflows,
    missing,
    months_of,
    paid_months,
    quarterly,
)
from linli.overview.planning.engine.finding import Finding, Lazily, Remedy, Severity, found, permille, remedy
from linli.overview.planning.engine.plan import (
    CONFIRMED,
    Change,
    ChangeRefused,
    Plan,
    Programme,
    Source,
)
from linli.overview.planning.engine.ways import (
    brought_forward,
    ending,
    from_sources,
    more_money,
    scaled_amounts,
    scaled_recipients,
)
from linli.overview.planning.engine.wording import count

# Amounts are tried in ten-thousandths of what is written.
_WHOLE = 10_000


def fund_lasts(plan: Plan) -> Iterable[Finding]:
    """The first month in which the money that may pay them does not cover what is due on some lines."""
    flows = cash_flow(plan)
    short = first_shortage(flows)
    if short is None or short.lack is None:
        return ()
    lack = short.lack
    whole = flows.index(short)
    whose = _whose(plan, lack)
    return (
        found(
            code="FUND_RUNS_DRY",
            subject="fund",
            severity=Severity.FATAL,
            zh=f"{whose.zh}资金到 {short.month} 断供：前 {whole} 个月足额，"
            f"当月只有 {yuan_short(lack.have_fen)} 元，{count(short.units_waiting)} 份待发",
            en=f"The money{whose.en} runs out in {short.month}: {whole} months are paid in full, "
            f"{yuan_short(lack.have_fen)} yuan are left for the next, {count(short.units_waiting)} awards wait",
            arithmetic=_until_dry(lack, short.month),
            figures=_stands_on(plan),
            remedies=Lazily(lambda: _lasting(plan, short, lack)),
            magnitude=permille(_deepest(flows), sum(flow.due_fen for flow in flows)),
        ),
    )


def _whose(plan: Plan, lack: Lack) -> Text:
    """Which lines the money is for, where some money may not be used for them."""
    if len(lack.sources) == len(plan.sources):
        return Text("", "")
    labels = [plan.part("budget_lines", code).label for code in lack.lines]
    zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
    return Text(f"可用于“{zh}”的", f" for “{en}”")


def _until_dry(lack: Lack, month: Month) -> str:
    """Received − paid = left < due, in yuan, of the money that may pay the lines that fall short."""
    have, need, spent = lack.have_fen, lack.need_fen, lack.spent_before_fen
    if have >= need:
        # Enough in all, but in remainders: nobody is paid from two sources.
        rest = [fen for fen in lack.left_fen if fen]
        return (
            f"{yuan_short(have)} − {yuan_short(have - sum(rest))} = {' + '.join(yuan_short(fen) for fen in rest)}; "
            f"{yuan_short(max(rest, default=0))} < {yuan_short(lack.smallest_fen)} ({month})"
        )
    paid = sum(spent)
    even = spent and all(fen == need for fen in spent)
    before = f"{len(spent)} × {yuan_short(need)}" if even else yuan_short(paid)
    return f"{yuan_short(have + paid)} − {before} = {yuan_short(have)} < {yuan_short(need)} ({month})"


def _stands_on(plan: Plan) -> tuple[str, ...]:
    receipts = [f"sources.{s.code}.inflows.{n}" for s in plan.sources for n in range(s.inflows)]
    paid = [path for p in plan.programmes for path in (f"programmes.{p.code}.recipients", *plan.amount_paths(p))]
    return (*(f"{path}.{field}" for path in receipts for field in ("month", "amount")), *paid)


def _deepest(flows: Sequence[MonthFlow]) -> int:
    """The most that is owed at the end of any month, in fen."""
    return max(flow.unpaid_fen for flow in flows)


def _lasts(plan: Plan) -> bool:
    return first_shortage(cash_flow(plan)) is None


def _lasting(plan: Plan, short: MonthFlow, lack: Lack) -> Iterator[Remedy]:
    wanted = _wanted(plan, lack)
    if wanted is not None:
        yield from brought_forward(plan, wanted, short.month)
        yield from from_sources(plan, [(source, fen) for source, fen, _ in wanted], short.month)
    concerned = [programme for programme in plan.programmes if programme.line in lack.lines]
    yield from _less(plan, concerned, _lasts)


def _wanted(plan: Plan, lack: Lack) -> list[tuple[Source, int, Month]] | None:
    """Sources that together would have to give so much more, with the month in which each lacks most; None: none can.

    The largest source that may pay the lines goes first; another one gives only for what the first may not pay.
    """
    wanted: list[tuple[Source, int, Month]] = []
    lines, tried = set(lack.lines), plan
    while lines:
        fitting = [s for s in plan.sources if s.inflows and any(s.may_pay(line) for line in lines)]
        fitting = [s for s in fitting if s not in [found for found, _, _ in wanted]]
        if not fitting:
            return None
        source = max(fitting, key=lambda s: plan.number(f"sources.{s.code}.amount"))
        fen, month, flows = missing(tried, source.code)
        if month is not None:
            wanted.append((source, fen, month))
            try:
                tried = tried.with_changes(more_money(tried, source, fen, months_of(plan)[0]))
            except ChangeRefused:
                # More than any plan may say: of an absurd figure.
                return None
        still = first_shortage(flows)
        if still is None or still.lack is None:
            return wanted
        if month is None:
            return None
        lines = set(still.lack.lines)
    return wanted


def _less(plan: Plan, concerned: Sequence[Programme], lasts: Callable[[Plan], bool]) -> Iterator[Remedy]:
    """Pay less, for fewer months, or to fewer: each as little less as the money needs."""
    yield from _least(_WHOLE, lambda share: scaled_amounts(plan, concerned, share), plan, lasts)
    longest = max((len(paid_months(plan, p)) for p in concerned), default=0)
    yield from _least(longest, lambda months: ending(plan, concerned, months), plan, lasts)
    most = max((plan.number(f"programmes.{p.code}.recipients") for p in concerned), default=0)
    yield from _least(most, lambda share: scaled_recipients(plan, concerned, share, most), plan, lasts)


def _least(
    whole: int, way: Callable[[int], Sequence[Remedy]], plan: Plan, lasts: Callable[[Plan], bool]
) -> Sequence[Remedy]:
    """The way with the largest share below the whole with which the money lasts; none where no share does."""
    low, high = 0, whole
    while high - low > 1:
        middle = (low + high) // 2
        found = way(middle)
        if found and _holds(plan, found[0], lasts):
            low = middle
        else:
            high = middle
    return way(low) if low else ()


def _holds(plan: Plan, way: Remedy, lasts: Callable[[Plan], bool]) -> bool:
    try:
        return lasts(plan.with_changes(way.changes))
    except ChangeRefused:
        # Half of an absurd figure is out of range too.
        return False


def fund_lasts_in_quarters(plan: Plan) -> Iterable[Finding]:
    """Where the dates of receipt are assumed: would even quarters run dry sooner?"""
    months = [f"sources.{s.code}.inflows.{n}.month" for s in plan.sources for n in range(s.inflows)]
    assumed = [path for path in months if plan.assumed(path)]
    if not assumed or plan.word("receipts.dates") == CONFIRMED:
        return ()
    receipts = quarterly(plan)
    flows = cash_flow(plan, receipts)
    short, own = first_shortage(flows), first_shortage(cash_flow(plan))
    if short is None or short.lack is None or (own is not None and own.month <= short.month):
        return ()
    lack = short.lack
    whole = flows.index(short)
    after = len(months_of(plan)) - whole
    total = sum(fen for _, _, fen in inflows(plan))
    parts = len({month for _, month, _ in receipts})
    concerned = [programme for programme in plan.programmes if programme.line in lack.lines]
    return (
        found(
            code="FUND_DRY_IF_QUARTERLY",
            subject="fund",
            severity=Severity.SERIOUS,
            zh=f"到账日期只是假设：若按季平均到账，{short.month} 就会断供",
            en=f"The dates of receipt are assumed: in even quarters the money runs out in {short.month}",
            arithmetic=f"{yuan_short(total)} ÷ {parts} = {yuan_short(total // parts)}; "
            + _until_dry(lack, short.month),
            figures=("receipts.dates", *assumed, *_stands_on(plan)),
            remedies=Lazily(
                lambda: (
                    remedy(
                        "与出资方书面确认到账月份",
                        "Have the givers confirm the months of receipt in writing",
                        Change("receipts.dates", CONFIRMED),
                    ),
                    *_least(_WHOLE, lambda share: scaled_amounts(plan, concerned, share), plan, _lasts_in_quarters),
                )
            ),
            magnitude=permille(after, len(months_of(plan))),
        ),
    )


def _lasts_in_quarters(plan: Plan) -> bool:
    return first_shortage(cash_flow(plan, quarterly(plan))) is None
