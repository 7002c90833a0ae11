"""Ways out that several checks share: more money, smaller amounts, fewer months, fewer recipients.

They are proposals only: the checker offers a way out after it has tried it.
"""

from collections.abc import Sequence
from itertools import groupby

from linli.kernel.bilingual import Text
from linli.kernel.money import yuan_short
from linli.kernel.period import Month
from linli.overview.planning.engine.cashflow import amount_fen, paid_months
from linli.overview.planning.engine.finding import Remedy, remedy
from linli.overview.planning.engine.plan import (
    PER_WEEK,
    PER_YEAR,
    Change,
    Plan,
    Programme,
    Source,
)
from linli.overview.planning.engine.wording import count, product


def annual_fen(plan: Plan, programme: Programme, months: int | None = None, *, recipients: int | None = None) -> int:
    """What a programme pays in the plan's year, or in its first so many months; to its recipients, or to so many."""
    units = plan.number(f"programmes.{programme.code}.recipients") if recipients is None else recipients
    paid = paid_months(plan, programme)[:months]
    if not programme.steps:
        return units * plan.number(programme.amount_path) * len(paid)
    return units * sum(amount_fen(plan, programme, month) for month in paid)


def sum_of(plan: Plan, programme: Programme, recipients: str = "") -> str:
    """Recipients × amount × months of a programme, in yuan; one product for each amount in the year."""
    units = recipients or count(plan.number(f"programmes.{programme.code}.recipients"))
    amounts = [amount_fen(plan, programme, month) for month in paid_months(plan, programme)]
    stretches = [(fen, len(list(months))) for fen, months in groupby(amounts)]
    return " + ".join(product(units, yuan_short(fen), str(months)) for fen, months in stretches)


def times_a_year(plan: Plan, frequency: str) -> int:
    """How often something happens in the months of activities: the frequency's unit is a week, a month or a year."""
    times, months = plan.number(frequency), plan.number("months")
    if plan.figures[frequency].unit == PER_YEAR:
        return times
    return times * months * 52 // 12 if plan.figures[frequency].unit == PER_WEEK else times * months


def sources_fen(plan: Plan) -> int:
    """All money promised by the sources."""
    return sum(plan.number(f"sources.{source.code}.amount") for source in plan.sources)


def lines_fen(plan: Plan) -> int:
    """All money set aside on budget lines."""
    return sum(plan.number(f"budget_lines.{line.code}.amount") for line in plan.budget_lines)


def giver(plan: Plan, line: str = "") -> Source | None:
    """The source to ask for more: the largest whose money may be used for the line (for some line, where none said)."""
    fitting = [s for s in plan.sources if s.inflows and (not line or s.may_pay(line))]
    return max(fitting, key=lambda s: plan.number(f"sources.{s.code}.amount"), default=None)


def more_money(plan: Plan, source: Source, fen: int, by: Month | None = None) -> tuple[Change, ...]:
    """Changes that raise a source by so much, received by a month where one is given; no other receipt moves.

    The last receipt that comes in time grows; where none does, there is one receipt more.
    """
    path = f"sources.{source.code}"
    return Change(f"{path}.amount", plan.number(f"{path}.amount") + fen), *_received(plan, source, fen, by)


def _received(plan: Plan, source: Source, fen: int, by: Month | None) -> tuple[Change, ...]:
    """So much more received by a month: with a receipt that comes in time, or with one of its own."""
    months = [plan.month(f"sources.{source.code}.inflows.{n}.month") for n in range(source.inflows)]
    if by is None:
        by = min(months)
    timely = [n for n, month in enumerate(months) if month <= by]
    if timely:
        path = f"sources.{source.code}.inflows.{max(timely, key=lambda n: (months[n], n))}.amount"
        return (Change(path, plan.number(path) + fen),)
    path = f"sources.{source.code}.inflows.{source.inflows}"
    return Change(f"{path}.month", str(by)), Change(f"{path}.amount", fen)


def from_source(plan: Plan, source: Source, fen: int, by: Month | None = None) -> Remedy:
    """Ask one source for more, in time for a month where one is given."""
    return from_sources(plan, [(source, fen)], by)[0]


def from_sources(plan: Plan, asked: Sequence[tuple[Source, int]], by: Month | None = None) -> list[Remedy]:
    """Ask each of these sources for so much more, in time for a month where one is given."""
    if not asked:
        return []
    when = Text(f"，最迟 {by} 到账", f", received by {by}") if by else Text("", "")
    zh = "，".join(f"由“{source.label.zh}”增加 {yuan_short(fen)} 元" for source, fen in asked)
    en = " and ".join(f"{yuan_short(fen)} yuan more from “{source.label.en}”" for source, fen in asked)
    changes = [change for source, fen in asked for change in more_money(plan, source, fen, by)]
    return [remedy(f"{zh}{when.zh}", f"{en}{when.en}", *changes)]


def brought_forward(plan: Plan, wanted: Sequence[tuple[Source, int, Month]], by: Month) -> list[Remedy]:
    """The same money, but so much of what comes after a month is received by another one: nobody gives more."""
    changes: list[Change] = []
    for source, fen, after in wanted:
        moved = _moved(plan, source, fen, after, by)
        if moved is None:
            return []
        changes += moved
    if not changes:
        return []
    zh = "，".join(f"请“{s.label.zh}”把 {s_after} 以后到账的 {yuan_short(fen)} 元提前" for s, fen, s_after in wanted)
    en = " and ".join(
        f"have {yuan_short(fen)} yuan that “{s.label.en}” pays after {s_after} received earlier"
        for s, fen, s_after in wanted
    )
    return [remedy(f"{zh}，最迟 {by} 到账，总额不变", f"{en}, by {by}; the total stays", *changes)]


def _moved(plan: Plan, source: Source, fen: int, after: Month, by: Month) -> list[Change] | None:
    """Take so much from the latest receipts after a month; None where there is not enough."""
    paths = [f"sources.{source.code}.inflows.{n}" for n in range(source.inflows)]
    later = sorted(
        (path for path in paths if plan.month(f"{path}.month") > after), key=lambda p: plan.month(f"{p}.month")
    )
    changes: list[Change] = []
    left = fen
    for path in reversed(later):
        there = plan.number(f"{path}.amount")
        taken = min(left, there)
        if taken and taken == there:
            # The whole receipt comes earlier.
            changes.append(Change(f"{path}.month", str(by)))
        elif taken:
            changes.append(Change(f"{path}.amount", there - taken))
            changes += _received(plan, source, taken, by)
        left -= taken
    return None if left else changes


def raise_line(plan: Plan, line: str, fen: int) -> list[Remedy]:
    """Set a line to an amount; what the sources do not yet cover comes from the largest that may be used for it."""
    path = f"budget_lines.{line}.amount"
    label = plan.part("budget_lines", line).label
    grown = lines_fen(plan) + fen - plan.number(path)
    missing = grown - sources_fen(plan)
    change = Change(path, fen)
    if missing <= 0:
        return [
            remedy(
                f"把“{label.zh}”的预算定为 {yuan_short(fen)} 元（现有资金够用）",
                f"Set the line “{label.en}” to {yuan_short(fen)} yuan (the money is there)",
                change,
            )
        ]
    # Money that is new may be given for this purpose, even where what the source gives now may not be used for it.
    source = giver(plan, line) or giver(plan)
    if source is None:
        return []
    return [
        remedy(
            f"把“{label.zh}”的预算定为 {yuan_short(fen)} 元，由“{source.label.zh}”增加 {yuan_short(missing)} 元",
            f"Set the line “{label.en}” to {yuan_short(fen)} yuan, "
            f"with {yuan_short(missing)} more from “{source.label.en}”",
            change,
            *more_money(plan, source, missing),
        )
    ]


def smaller_amounts(plan: Plan, programmes: Sequence[Programme], have: int, need: int) -> list[Remedy]:
    """Scale monthly amounts by have ÷ need, down to the whole yuan; nobody is left out."""
    if not programmes:
        return []
    paths = dict.fromkeys(path for programme in programmes for path in plan.amount_paths(programme))
    cut = {path: _scaled(plan.number(path), have, need) for path in paths}
    if not all(cut.values()):
        return []
    changes = [Change(path, fen) for path, fen in cut.items()]
    amounts = "、".join(f"{yuan_short(plan.number(path))} → {yuan_short(fen)}" for path, fen in cut.items())
    return [
        remedy(
            f"每月金额降低（{amounts} 元），人数和月数不变",
            f"Pay less a month ({amounts.replace('、', ', ')} yuan), to the same people for as long",
            *changes,
        )
    ]


def scaled_amounts(plan: Plan, programmes: Sequence[Programme], share: int) -> list[Remedy]:
    """Monthly amounts of so many ten-thousandths of what is written."""
    return smaller_amounts(plan, programmes, share, 10_000)


def _scaled(fen: int, have: int, need: int) -> int:
    exact = fen * have // need
    return exact // 100 * 100 or exact


def fewer_months(plan: Plan, programmes: Sequence[Programme], have: int) -> list[Remedy]:
    """Pay in full, but only for as many months as the money lasts."""
    longest = max((len(paid_months(plan, p)) for p in programmes), default=0)
    for months in range(longest - 1, 0, -1):
        if sum(annual_fen(plan, p, months) for p in programmes) <= have:
            return ending(plan, programmes, months)
    return []


def ending(plan: Plan, programmes: Sequence[Programme], months: int) -> list[Remedy]:
    """Pay in full, for so many months and no longer."""
    changes = []
    for programme in programmes:
        path = f"programmes.{programme.code}"
        if len(paid_months(plan, programme)) > months:
            last = plan.month(f"{path}.first_month").plus(months - 1)
            changes.append(Change(f"{path}.last_month", str(last)))
    if not changes:
        return []
    return [remedy(f"只发放 {months} 个月，金额不变", f"Pay in full, but for {months} months only", *changes)]


def fewer_recipients(plan: Plan, programmes: Sequence[Programme], have: int, need: int) -> list[Remedy]:
    """Pay in full, but to fewer."""
    paths = [f"programmes.{programme.code}.recipients" for programme in programmes]
    cut = {path: plan.number(path) * have // need for path in paths}
    if not all(cut.values()):
        return []
    numbers = "、".join(f"{count(plan.number(path))} → {count(number)}" for path, number in cut.items())
    return [
        remedy(
            f"减少领取数（{numbers}），金额不变",
            f"Pay fewer ({numbers.replace('、', ', ')}), the full amount",
            *(change for path, number in cut.items() for change in paid_to(plan, path, number)),
        )
    ]


def paid_to(plan: Plan, recipients: str, number: int) -> list[Change]:
    """So many recipients, and no more than that when the year opens."""
    opening = recipients.replace(".recipients", ".opening_caseload")
    changes = [Change(recipients, number)]
    if (plan.optional(opening) or 0) > number:
        changes.append(Change(opening, number))
    return changes


def scaled_recipients(plan: Plan, programmes: Sequence[Programme], share: int, whole: int) -> list[Remedy]:
    """So many recipients of each so many."""
    return fewer_recipients(plan, programmes, share, max(whole, 1))
