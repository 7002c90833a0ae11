"""Who applies on which day: the opening caseload before the year, others through it, some in vain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from linli.kernel.calendar import WorkCalendar
from linli.simulator.case import Case
from linli.simulator.chance import happens
from linli.simulator.settle import Settled, World

# People out of need who apply all the same, as a share of one.
HOPEFUL = 0.05
# A scheme without time before its first month: all on its books apply on its first working days.
_OPENING_DAYS = 20
# Days of the year that a day of the rush is worth.
_RUSH_IS = 8


@dataclass(frozen=True)
class Arrivals:
    """The applications by the day they come in; ``opening``: units of each programme on the books from the start."""

    by_day: Mapping[date, list[Case]]
    opening: Mapping[str, int]


def arrivals(world: World, draw: Random, *, opening: tuple[date, date], year: tuple[date, date]) -> Arrivals:
    """Who applies, and when."""
    calendar = world.calendar
    days = {"opening": _working(calendar, *opening), "year": _working(calendar, *year)}
    # In the rush before a busy day families come as if each of its days were so many.
    days["year"] += [day for day in days["year"] if world.busy.is_rush(day)] * (_RUSH_IS - 1)
    # A scheme that begins with its first month of payment has nobody on its books: all apply when it opens.
    days["opening"] = days["opening"] or days["year"][:_OPENING_DAYS]
    plan: dict[date, list[Case]] = {}
    wanted = _opening_counts(world)
    left = dict(wanted)
    homes = [settled for settled in world.homes if settled.home.groups]
    draw.shuffle(homes)
    for settled in homes:
        groups = tuple(code for code in world.pack.groups if code in settled.home.groups)
        is_opening = _takes_opening(settled, left)
        if not is_opening and not happens(draw, _uptake(world, groups)):
            continue
        day = draw.choice(days["opening" if is_opening else "year"])
        plan.setdefault(day, []).append(Case(settled, groups, honest=True))
    for settled in world.homes:
        if not settled.home.groups and happens(draw, HOPEFUL):
            group = draw.choice([code for code, one in world.pack.groups.items() if one.unit == "HOUSEHOLD"] or [""])
            if group:
                plan.setdefault(draw.choice(days["year"]), []).append(Case(settled, (group,), honest=False))
    return Arrivals(plan, {code: count - left[code] for code, count in wanted.items()})


def _working(calendar: WorkCalendar, first: date, last: date) -> list[date]:
    span = (last - first).days + 1
    return [day for day in (first + timedelta(days=n) for n in range(span)) if calendar.is_working(day)]


def _opening_counts(world: World) -> dict[str, int]:
    """How many recipients of each programme are on the books when the year begins."""
    figures = world.plan.figures
    found = {code: figures.get(f"programmes.{code}.opening_caseload") for code in world.pack.programmes}
    return {code: int(figure.value) for code, figure in found.items() if figure is not None}


def _takes_opening(settled: Settled, left: dict[str, int]) -> bool:
    """Whether the home belongs to the opening caseload; it fills the programmes' counts as it does, none beyond it."""
    units = {code: settled.home.units(f"programmes.{code}") for code in left}
    takes = any(units.values()) and all(count <= left[code] for code, count in units.items())
    if takes:
        for code, count in units.items():
            left[code] -= count
    return takes


def _uptake(world: World, groups: tuple[str, ...]) -> float:
    figures = world.plan.figures
    shares = [
        int(figure.value)
        for code, programme in world.pack.programmes.items()
        if programme.group in groups and (figure := figures.get(f"programmes.{code}.uptake")) is not None
    ]
    return max(shares, default=90) / 100
