"""Live a plan: two months in which the opening caseload applies, then the year, working day by working day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from linli.assistance.operations import escalate, expire_publications, lapse_overdue, open_renewals
from linli.awards.operations import end_departed, expire_awards, fall_due_reviews, redetermine_all, stop_accounts
from linli.foundation.trail import audit
from linli.kernel.act import SYSTEM, Act
from linli.kernel.period import Month
from linli.payments.engine.layouts import load_layout
from linli.planning.engine import Plan, plan_from_pack
from linli.policies.engine import load_pack
from linli.policies.engine.model import Pack
from linli.simulator.arrivals import arrivals
from linli.simulator.bank import Bank
from linli.simulator.cashier import RETURN_RATE, Cashier, Till, inflows_of
from linli.simulator.census import Census, census
from linli.simulator.changes import Changes
from linli.simulator.community import invent
from linli.simulator.counter import Counter
from linli.simulator.desk import Desk
from linli.simulator.fate import Fate
from linli.simulator.population import Population
from linli.simulator.settle import World, at, draws, settle
from linli.simulator.turn import Turn

Progress = Callable[[date, int, int], None]  # day, days lived, days in all
# Weeks before the year begins in which the opening caseload applies, and is decided.
_PREPARATION_MONTHS = 2
_A_YEAR = 12
_LAST_APPLICATION_BEFORE = timedelta(days=28)


@dataclass(frozen=True)
class Lived:
    """A simulated year and who lived it."""

    world: World
    population: Population
    desk: Desk
    cashier: Cashier
    fate: Fate
    changes: Changes
    first_day: date
    last_day: date
    census: Census
    turn: Turn | None = None  # when it is lived beyond the plan's year


def live(
    pack_folder: Path,
    *,
    calendar_file: Path,
    bank_file: Path,
    seed: int,
    months: int = 12,
    password: str = "",
    progress: Progress | None = None,
    counted: Callable[[Census], None] | None = None,
) -> Lived:
    """Build the community of a number and live the pack's plan in the present, empty database.

    ``counted`` is told, before the first day, by how much the community differs from the plan.
    """
    pack = load_pack(pack_folder)
    plan = plan_from_pack(pack)
    first, last = _span(pack, plan, months)
    start = max(Month.of(first).plus(-_PREPARATION_MONTHS).first_day, pack.valid_from)
    population = invent(pack, plan, seed=seed, on=start)
    world = settle(
        pack, plan, population, pack_folder=pack_folder, calendar_file=calendar_file, on=start, password=password
    )
    desk_draw = draws(seed, "desk")
    desk = Desk(world, desk_draw, Counter(world, desk_draw))
    layout, bank_draw = load_layout(bank_file), draws(seed, "bank")

    def new_bank() -> Bank:
        return Bank(layout, bank_draw, RETURN_RATE)

    # All were registered on the first day: nobody is said to have died before.
    met = {settled.household_id: start for settled in world.homes}
    fate = Fate(world, draws(seed, "fate"), draws(seed, "news"), met)
    changes = Changes(world, draws(seed, "changes"), fate)
    till = Till(world.fund_id, int(plan.figures["year"].value), new_bank(), inflows_of(plan), world.source_ids)
    cashier = Cashier(world, [till], draws(seed, "cashier"), draws(seed, "hands"), fate.between)
    turn = Turn(world, pack_folder, new_bank) if months > _A_YEAR else None
    desk.dead, desk.gone, desk.counter.dead, desk.met = fate.dead, fate.gone, fate.dead, met
    opening = (start + timedelta(days=1), first - _LAST_APPLICATION_BEFORE)
    coming = arrivals(world, draws(seed, "arrivals"), opening=opening, year=(first, last))
    found = census(pack, plan, population, coming.opening)
    if counted is not None:
        counted(found)
    total = (last - start).days
    for lived in range(1, total + 1):
        day = start + timedelta(days=lived)
        desk.forget_lapsed(_sweep(day, turning=turn is not None))
        if world.calendar.is_working(day):
            if day >= first:
                fate.live(day, share=1 / 250)
                changes.live(day, share=1 / 250)
            desk.take(day, [case for case in coming.by_day.get(day, ()) if case.settled.household_id not in fate.gone])
            desk.live(day)
            if turn is not None:
                turn.live(day)
                _hand_over(turn, desk, cashier)
            cashier.live(day)
            cashier.renew_accounts(day)
            cashier.replace_accounts(day)
        if progress is not None:
            progress(day, lived, total)
    # The last day stays open: people may go on with it, in a demonstration for as long as they like.
    audit.seal_days(Act(SYSTEM, at(last, 23, 30)), before=last)
    return Lived(world, population, desk, cashier, fate, changes, first, last, found, turn)


def _hand_over(turn: Turn, desk: Desk, cashier: Cashier) -> None:
    """Once the next fund is open the desk grants into it and the cashier pays from it."""
    if turn.till is not None and turn.till not in cashier.tills:
        cashier.tills.append(turn.till)
        desk.paid_until = turn.paid_until


def _span(pack: Pack, plan: Plan, months: int) -> tuple[date, date]:
    """The plan's first fund month, and the last day of as many months as asked: beyond a year when more are."""
    firsts = [programme.first_month for programme in pack.programmes.values()]
    lasts = [programme.last_month for programme in pack.programmes.values()]
    year = int(plan.figures["year"].value)
    first = min(firsts, default=Month(year, 1))
    last = first.plus(months - 1)
    if months <= _A_YEAR:
        last = min(max(lasts, default=Month(year, 12)), last)
    return first.first_day, last.last_day


def _sweep(day: date, *, turning: bool) -> frozenset[int]:
    """What the product does by itself in the early morning; the applications (ids) that lapsed."""
    early = Act(SYSTEM, at(day, 5))
    escalate(early)
    lapsed = lapse_overdue(early)
    expire_publications(early)
    end_departed(early, on=day)
    redetermine_all(early, on=day)
    stop_accounts(early, on=day)
    if day.day == 1:
        expire_awards(early, on=day)
    if day.weekday() == 0:
        fall_due_reviews(early, on=day)
        if turning:
            open_renewals(early)
    if day.day == 1:
        audit.seal_days(early, before=day)
    return frozenset(application.pk for application in lapsed)
