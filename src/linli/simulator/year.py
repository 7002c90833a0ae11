"""Live a plan: two months in which the opening caseload applies, then the year, working day by working day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from linli.foundation.living import Scene, parts
from linli.foundation.trail.jobs import live_day
from linli.ground.users.codes import Role
from linli.kernel.act import SYSTEM, Act
from linli.kernel.period import Month
from linli.law.policies.engine import load_bank_layout, load_pack
from linli.law.policies.operations import install_pack
from linli.overview.planning.engine import plan_from_pack
from linli.simulator.arrivals import Arrivals, arrivals
from linli.simulator.bank import Bank
from linli.simulator.busy import Busy
from linli.simulator.cashier import LATE_RATE, RETURN_RATE, Cashier, Till, inflows_of
from linli.simulator.census import Census, census
from linli.simulator.changes import Changes
from linli.simulator.counter import Counter
from linli.simulator.desk import Desk
from linli.simulator.fate import Fate
from linli.simulator.fitting import invent
from linli.simulator.population import Population
from linli.simulator.settle import World, at, draws, settle
from linli.simulator.slips import Slips
from linli.simulator.span import A_YEAR, span_of
from linli.simulator.turn import Turn

Progress = Callable[[date, int, int], None]  # day, days lived, days in all
# Weeks before the year begins in which the opening caseload applies, and is decided.
_PREPARATION_MONTHS = 2
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
    slips: Slips
    first_day: date
    last_day: date
    census: Census
    turn: Turn | None = None  # where awards are reviewed for another year, or one is lived


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
    later: Mapping[date, Path] | None = None,
    busy: date | None = None,
) -> Lived:
    """Build the community of a number and live the pack's plan in the present, empty database.

    ``counted`` is told, before the first day, by how much the community differs from the plan. ``later``: folders of
    further versions of the pack, by the day on which they are installed. ``busy``: the day until which every office
    leaves some of its work (``busy.Busy``).
    """
    pack = load_pack(pack_folder)
    plan = plan_from_pack(pack)
    first, last = span_of(pack, plan, months)
    start = max(Month.of(first).plus(-_PREPARATION_MONTHS).first_day, pack.valid_from)
    population = invent(pack, plan, seed=seed, on=start)
    world = settle(
        pack, plan, population, pack_folder=pack_folder, calendar_file=calendar_file, on=start, password=password
    )
    world = replace(world, busy=Busy(busy))
    desk_draw = draws(seed, "desk")
    desk = Desk(world, desk_draw, Counter(world, desk_draw))
    layout, bank_draw, late_draw = load_bank_layout(bank_file), draws(seed, "bank"), draws(seed, "late")

    def new_bank() -> Bank:
        return Bank(layout, bank_draw, RETURN_RATE, late_draw, LATE_RATE)

    # All were registered on the first day: nobody is said to have died before.
    met = {settled.household_id: start for settled in world.homes}
    fate = Fate(world, draws(seed, "fate"), draws(seed, "news"), met)
    changes = Changes(world, draws(seed, "changes"), fate)
    slips = Slips(world, draws(seed, "slips"), fate)
    till = Till(world.fund_id, int(plan.figures["year"].value), new_bank(), inflows_of(plan), world.source_ids)
    cashier = Cashier(world, [till], draws(seed, "cashier"), draws(seed, "hands"), fate.between)
    # From autumn on awards are reviewed for the year that comes, whether or not that is lived.
    turn = Turn(world, pack_folder, new_bank) if pack.renewal or months > A_YEAR else None
    desk.dead, desk.gone, desk.counter.dead, desk.met = fate.dead, fate.gone, fate.dead, met
    opening = (start + timedelta(days=1), first - _LAST_APPLICATION_BEFORE)
    coming = arrivals(world, draws(seed, "arrivals"), opening=opening, year=(first, last))
    found = census(pack, plan, population, coming.opening)
    if counted is not None:
        counted(found)
    total = (last - start).days
    live_parts = [part(Scene(world.community.pk, world.who, draws(seed, name))) for name, part in parts.items()]
    everybody = _Everybody(world, desk, cashier, fate, slips, changes, turn, coming, live_parts)
    for lived in range(1, total + 1):
        day = start + timedelta(days=lived)
        # What the product does by itself in the early morning.
        live_day(Act(SYSTEM, at(day, 5)))
        desk.forget_lapsed()
        if later and day in later:
            everybody.install(later[day], day)
        if world.calendar.is_working(day):
            everybody.live(day, is_year=day >= first)
        if progress is not None:
            progress(day, lived, total)
    # The last day stays unsealed: people may go on with it, in a demonstration for as long as they like.
    return Lived(world, population, desk, cashier, fate, changes, slips, first, last, found, turn)


@dataclass(frozen=True)
class _Everybody:
    """Who does something on a day."""

    world: World
    desk: Desk
    cashier: Cashier
    fate: Fate
    slips: Slips
    changes: Changes
    turn: Turn | None
    coming: Arrivals
    parts: Sequence[Callable[[date], None]]  # of the rooms

    def live(self, day: date, *, is_year: bool) -> None:
        """One working day, before the plan's first month or in its year."""
        if is_year:
            for one in (self.fate, self.slips, self.changes):
                one.live(day, share=1 / 250)
        # The month's list is made in the morning: what is decided in the afternoon is not on it.
        self.cashier.live(day)
        self.cashier.renew_accounts(day)
        self.cashier.replace_accounts(day)
        arrived = self.coming.by_day.get(day, ())
        self.desk.take(day, [case for case in arrived if case.settled.household_id not in self.fate.gone])
        self.desk.live(day)
        for part in self.parts:
            part(day)
        if self.turn is not None:
            self.turn.live(day)
            self._hand_over(self.turn)

    def install(self, folder: Path, day: date) -> None:
        """A new version of the scheme comes to the office; running awards follow it from the next morning on."""
        install_pack(Act(self.world.who(Role.ADMINISTRATOR), at(day, 8)), folder=folder)
        self.world.later.append((day, load_pack(folder)))
        if self.turn is not None:
            self.turn.folder = folder

    def _hand_over(self, turn: Turn) -> None:
        """Once the next fund is open the desk grants into it and the cashier pays from it."""
        if turn.till is not None and turn.till not in self.cashier.tills:
            self.cashier.tills.append(turn.till)
            self.desk.paid_until = turn.paid_until
