"""What another version of a plan costs, and whom: those who give, those who receive, those who serve.

Correcting what a number is called, a share, a target or a budget line takes nothing from anybody. Each burden has a
weight in thousandths of what the one who bears it gives, gets or does now, so that ways out can be ranked; it is the
measure of :mod:`linli.overview.planning.engine.variant`, of burdens alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linli.kernel.bilingual import Text
from linli.kernel.money import yuan_short
from linli.kernel.period import Month
from linli.overview.planning.engine.cashflow import inflows
from linli.overview.planning.engine.plan import (
    Plan,
    Programme,
    Source,
)
from linli.overview.planning.engine.ways import annual_fen
from linli.overview.planning.engine.wording import count


@dataclass(frozen=True)
class Burden:
    """Something that somebody bears: in words, and its weight."""

    text: Text
    weight: int


def burdens(plan: Plan, other: Plan) -> tuple[Burden, ...]:
    """Who bears what when a plan becomes the other one."""
    return (
        *(burden for source in other.sources for burden in _given(plan, other, source)),
        *(burden for programme in plan.programmes for burden in _received(plan, other, programme)),
        *_served(plan, other),
        *_offered(plan, other),
    )


def price(found: Sequence[Burden]) -> int:
    """One number to rank ways out by: 0 where nobody bears anything; large burdens count more than many small ones."""
    return sum(burden.weight**2 for burden in found)


def told(found: Sequence[Burden]) -> Text:
    """The burdens in one sentence."""
    if not found:
        return Text("不花钱，也不少给谁", "costs nobody anything")
    return Text("；".join(one.text.zh for one in found), "; ".join(one.text.en for one in found))


def weight(change: int, before: int) -> int:
    """A change in thousandths of what was."""
    return change * 1000 // max(before, 1)


def earlier(plan: Plan, other: Plan, source: Source) -> int:
    """Fen times months that come earlier than they were promised, in thousandths of a year of what the source gives.

    What the source gives in all is no part of it.
    """
    old, new = _receipts(plan, source), _receipts(other, source)
    if old == new:
        return 0
    total = sum(fen for _, fen in old)
    extra = max(0, sum(fen for _, fen in new) - total)
    ahead, months, before = 0, sorted({month for month, _ in (*old, *new)}), 0
    for place, month in enumerate(months):
        ahead += before * (months[place - 1].months_until(month) if place else 0)
        difference = sum(fen for when, fen in new if when <= month) - sum(fen for when, fen in old if when <= month)
        before = max(0, difference - extra)
    return weight(ahead, 12 * total)


def _receipts(plan: Plan, source: Source) -> list[tuple[Month, int]]:
    return [(month, fen) for code, month, fen in inflows(plan) if code == source.code]


def _given(plan: Plan, other: Plan, source: Source) -> Iterator[Burden]:
    path = f"sources.{source.code}.amount"
    old, new = plan.number(path), other.number(path)
    if new > old:
        yield Burden(
            Text(
                f"“{source.label.zh}”多出 {yuan_short(new - old)} 元",
                f"“{source.label.en}” gives {yuan_short(new - old)} yuan more",
            ),
            weight(new - old, old),
        )
    ahead = earlier(plan, other, source)
    if ahead:
        yield Burden(Text(f"“{source.label.zh}”要提前付款", f"“{source.label.en}” has to pay earlier"), ahead)


def _received(plan: Plan, other: Plan, programme: Programme) -> Iterator[Burden]:
    own = next(one for one in other.programmes if one.code == programme.code)
    old, new = annual_fen(plan, programme), annual_fen(other, own)
    recipients = f"programmes.{programme.code}.recipients"
    fewer = plan.number(recipients) - other.number(recipients)
    if fewer > 0:
        yield Burden(
            Text(f"“{programme.label.zh}”少发给 {count(fewer)}", f"{count(fewer)} go without “{programme.label.en}”"),
            weight(fewer, other.number(recipients)),
        )
    if new < old:
        yield Burden(
            Text(
                f"领“{programme.label.zh}”的全年少得 {yuan_short(old - new)} 元",
                f"those on “{programme.label.en}” get {yuan_short(old - new)} yuan less a year",
            ),
            weight(old - new, new),
        )


def _served(plan: Plan, other: Plan) -> Iterator[Burden]:
    words = {
        "volunteers.registered": ("多招募 {} 名志愿者", "{} more volunteers to be found"),
        "volunteers.services_per_month": ("每名志愿者每月多服务 {} 次", "each volunteer serves {} times a month more"),
    }
    for path, (zh, en) in words.items():
        old, new = plan.optional(path) or 0, other.optional(path) or 0
        if new > old:
            yield Burden(Text(zh.format(count(new - old)), en.format(count(new - old))), weight(new - old, old))


def _offered(plan: Plan, other: Plan) -> Iterator[Burden]:
    """Fewer visits, trainees or attendances than were promised."""
    offers = [(visit.frequency_path, visit.label) for visit in plan.visits]
    offers += [(f"classes.{course.code}.trainees", course.label) for course in plan.classes]
    offers += [(f"events.{event.code}.attendance", event.label) for event in plan.events]
    for path, label in offers:
        old, new = plan.number(path), other.number(path)
        if new < old:
            yield Burden(
                Text(
                    f"“{label.zh}”由 {count(old)} 减为 {count(new)}",
                    f"“{label.en}” shrinks from {count(old)} to {count(new)}",
                ),
                weight(old - new, new),
            )
