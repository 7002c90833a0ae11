"""What becomes of awards: incomes change, families cannot be reached, amounts are mistyped, reviews fall due.

What an award should be is never invented here: the pack's rules are asked again.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random

from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.kernel.steps import StepNotPossible
from linli.money.awards.codes import AdjustmentState, AwardState, EndReason
from linli.money.awards.operations import (
    AdjustmentClosed,
    AdjustmentIncomplete,
    Ending,
    MonthAlreadySettled,
    OutsidePeriod,
    adopt_adjustments,
    complete_review,
    dismiss_adjustments,
    end,
    propose_amount,
    recalculate,
    resume,
    suspend,
)
from linli.money.awards.queries import Award, awards_of_household, reviews_due
from linli.money.awards.queries.adjustments import Adjustment, adjustment, adjustments
from linli.money.ledger.operations import confirm_proposal
from linli.registry.residents.operations import NewFact, record_circumstances
from linli.simulator.case import amounts_due, living
from linli.simulator.chance import happens
from linli.simulator.fate import Fate
from linli.simulator.settle import Settled, World, at, within_budget

# Shares of households in need a year.
INCOME_CHANGES = 0.12
SUSPENSIONS = 0.05
MISTYPED = 0.03
# Of the changed incomes: those far above what a family in need has, and those heard of only later.
WELL_PAID = 0.5
HEARD_LATE = 0.3
REVIEWS_A_DAY = 12
_RUNNING = (AwardState.ACTIVE, AwardState.SUSPENDED)


@dataclass
class Changes:
    """The director's desk for awards that run."""

    world: World
    draw: Random
    fate: Fate
    excess_fen: int = 0  # what the street accepted above the budget lines
    resuming: list[tuple[date, Settled]] = field(default_factory=list)
    # Day on which it is noticed, family, day from which it holds.
    mistyped: list[tuple[date, Settled, date]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.homes = {settled.household_id: settled for settled in self.world.homes}

    def live(self, day: date, *, share: float) -> None:
        """One day that stands for ``share`` of a year."""
        self._adjust(day)
        self._put_right(day)
        self._resume(day)
        for settled in self.world.homes:
            if not settled.home.groups or settled.household_id in self.fate.gone:
                continue
            if happens(self.draw, INCOME_CHANGES * share):
                self._earn(settled, day)
            if happens(self.draw, SUSPENSIONS * share):
                self._suspend(settled, day)
            if happens(self.draw, MISTYPED * share):
                self._mistype(settled, day)
        self._review(day)

    def _director(self, day: date, hour: int = 15) -> Act:
        return Act(self.world.who(Role.COMMUNITY_DIRECTOR), at(day, hour))

    def _awards(self, settled: Settled, day: date, *states: AwardState) -> list[Award]:
        scope = authority_of(self.world.who(Role.COMMUNITY_DIRECTOR), day).scope()
        found = awards_of_household(scope, settled.household_id)
        return [one for one in found if one.state in states and not self._is_over(one)]

    def _is_over(self, award: Award) -> bool:
        """Whoever it is for is dead or gone: the product ends it by itself, with that reason."""
        return award.household_id in self.fate.gone or award.resident_id in self.fate.dead

    # --- what the rules found -----------------------------------------------------------------------
    def _adjust(self, day: date) -> None:
        """What a new standard or a birthday left to a person: the rules are followed; other members are asked anew."""
        scope = authority_of(self.world.who(Role.COMMUNITY_DIRECTOR), day).scope()
        for row in list(adjustments(scope, state="WAITING").order_by("pk")):
            self.excess_fen += within_budget(self.world, day, partial(self._decide, row, day))

    def _decide(self, row: Adjustment, day: date) -> None:
        act = self._director(day)
        if row.state in (AdjustmentState.MEMBERS, AdjustmentState.FACTS):
            with contextlib.suppress(AdjustmentIncomplete, OutsidePeriod, StepNotPossible):
                recalculate(act, award_id=row.award_id, effective_date=row.effective_date, note="按现在的家庭成员核定")
            if (
                adjustment(authority_of(self.world.who(Role.COMMUNITY_DIRECTOR), day).scope(), row.pk).state
                == row.state
            ):
                self._dismiss(row, day)
            return
        try:
            adopt_adjustments(act, adjustment_ids=[row.pk], note="按规定办理")
        except AdjustmentClosed:
            self._dismiss(row, day)

    # --- incomes ----------------------------------------------------------------------------------

    def _earn(self, settled: Settled, day: date) -> None:
        """An income changes and is recorded with its source; the rules say what that does to the family's awards."""
        names = [spec for spec in self.world.pack.facts.values() if spec.unit == "FEN" and spec.level == "PERSON"]
        people = list(living(settled, self.fate.dead))
        if not names or not people:
            return
        place, person, resident_id, _number = people[0]
        well_paid = happens(self.draw, WELL_PAID)
        since = day
        if happens(self.draw, HEARD_LATE):
            since = Month.of(day).plus(-self.draw.randint(1, 2)).first_day
        facts = {}
        for spec in names:
            some = self.draw.randint(2, 15) * 10_000
            wanted = spec.high // 100 if well_paid else int(person.facts[spec.name]) + some
            facts[spec.name] = min(wanted, spec.high)
        settled.changed.setdefault(place, {}).update(facts)
        new = [NewFact(name, fen, "就业核实", day, resident_id=resident_id) for name, fen in facts.items()]
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 13))
        record_circumstances(clerk, facts=new)
        self.fate.note("incomes changed")
        self._follow_rules(settled, day, since=since)

    def _follow_rules(self, settled: Settled, day: date, *, since: date, effective: date | None = None) -> None:
        """Awards end where nothing is due any more - from the day it was so - and change where another sum is."""
        running = self._awards(settled, day, AwardState.ACTIVE)
        if not running:
            return
        due = amounts_due(self.world, settled, self.fate.dead, day)
        next_month = Month.of(day).plus(1).first_day
        over = [one for one in running if not due.get((one.programme, one.unit_key), 0)]
        if over:
            first = next_month if since == day else since
            endings = [
                Ending(one.pk, max(first, one.valid_from), EndReason.INCOME, "收入变化后不再符合条件") for one in over
            ]
            end(self._director(day), endings=endings)
        for one in running:
            fen = due.get((one.programme, one.unit_key), 0)
            if fen and fen != one.amount_fen:
                self._change(one, fen, day, effective or next_month, "情况变化，按规定重新计算")

    def _change(self, award: Award, fen: int, day: date, effective: date, note: str) -> None:
        """Another amount, if the award still runs then; where that month was paid meanwhile, a month later. The
        director asks for it, an officer of the street agrees.
        """
        if not _runs(award, effective):
            return
        act = self._director(day)
        try:
            row = propose_amount(act, award_id=award.pk, amount_fen=fen, effective_date=effective, note=note)
        except MonthAlreadySettled:
            self._change(award, fen, day, Month.of(effective).plus(1).first_day, note)
        else:
            self.excess_fen += within_budget(self.world, day, partial(self._agree, [row.pk], day))

    def _agree(self, proposal_ids: Iterable[int], day: date) -> None:
        officer = Act(self.world.who(Role.STREET_OFFICER), at(day, 16))
        for one in proposal_ids:
            confirm_proposal(officer, proposal_id=one)

    def _dismiss(self, row: Adjustment, day: date) -> None:
        """The award stays as it is; above the rules two people say so."""
        note = "已按现在的家庭情况核定"
        asked = dismiss_adjustments(self._director(day), adjustment_ids=[row.pk], note=note)
        self._agree([one.pk for one in asked], day)

    # --- families that cannot be reached, mistakes ---------------------------------------------------

    def _suspend(self, settled: Settled, day: date) -> None:
        """Nobody opens the door: payments stop from next month on until somebody does."""
        effective = Month.of(day).plus(1).first_day
        running = [one for one in self._awards(settled, day, AwardState.ACTIVE) if _runs(one, effective)]
        if running:
            ids = [one.pk for one in running]
            suspend(self._director(day), award_ids=ids, effective_date=effective, note="多次入户未能联系上受助家庭")
            self.resuming.append((day + timedelta(days=self.draw.randint(20, 80)), settled))

    def _resume(self, day: date) -> None:
        back = [(due, settled) for due, settled in self.resuming if due <= day]
        self.resuming = [one for one in self.resuming if one not in back]
        effective = Month.of(day).plus(1).first_day
        for _due, settled in back:
            stopped = [one for one in self._awards(settled, day, AwardState.SUSPENDED) if _runs(one, effective)]
            if stopped:
                ids = [one.pk for one in stopped]
                resume(self._director(day), award_ids=ids, effective_date=effective, note="已联系上，家庭情况未变")

    def _mistype(self, settled: Settled, day: date) -> None:
        """Somebody types an amount with a digit too few; it is noticed and put right some days later."""
        effective = Month.of(day).plus(1).first_day
        running = [one for one in self._awards(settled, day, AwardState.ACTIVE) if _runs(one, effective)]
        if running and running[0].amount_fen >= 10:
            self._change(running[0], running[0].amount_fen // 10, day, effective, "按月核定金额")
            self.mistyped.append((day + timedelta(days=self.draw.randint(1, 6)), settled, effective))
            self.fate.note("amounts mistyped")

    def _put_right(self, day: date) -> None:
        noticed = [one for one in self.mistyped if one[0] <= day]
        self.mistyped = [one for one in self.mistyped if one not in noticed]
        for _due, settled, effective in noticed:
            self._follow_rules(settled, day, since=day, effective=effective)

    # --- reviews ------------------------------------------------------------------------------------

    def _review(self, day: date) -> None:
        """Reviews that fell due, the oldest first: the rules are asked again, and the next review is set."""
        director = self.world.who(Role.COMMUNITY_DIRECTOR)
        waiting = list(reviews_due(authority_of(director, day).scope())[:REVIEWS_A_DAY])
        for award in self.world.busy.done(waiting, day):
            if self._is_over(award):
                continue
            settled = self.homes[award.household_id]
            self.fate.met[award.household_id] = day
            due = amounts_due(self.world, settled, self.fate.dead, day)
            if award.amount_fen != due.get((award.programme, award.unit_key), 0):
                self._follow_rules(settled, day, since=day)
                if award.pk not in {one.pk for one in self._awards(settled, day, *_RUNNING)}:
                    continue
            complete_review(
                Act(director, at(day, 16)),
                award_id=award.pk,
                next_due_date=self._next_review(award, day),
                note="入户复核，情况属实",
            )
            self.fate.note("reviews completed")

    def _next_review(self, award: Award, day: date) -> date | None:
        """As many months on as the pack says, if the award runs until then."""
        programme = self.world.pack.programmes[award.programme]
        months = int(self.world.pack.parameters_on(day)[programme.review])
        due = Month.of(day).plus(months)
        on = due.first_day.replace(day=min(day.day, due.last_day.day))
        return on if on < award.valid_until else None


def _runs(award: Award, on: date) -> bool:
    return award.valid_from <= on < award.valid_until
