"""What every award-month should have come to, worked out a second time: from determinations, law and people alone.

Nothing here asks the acts or ``rules.schedule`` what is due. Month by month it takes the determination that counts,
makes its people as old as they are, takes the law's values of the day from which the pack lets a change count, and
holds what comes out against what was paid, is on its way, waits or is owed.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from linli.foundation.trail.invariants import Violation
from linli.foundation.trail.models import AuditEntry
from linli.kernel.money import yuan
from linli.kernel.period import Month
from linli.law.policies.engine.determination import recorded_facts
from linli.law.policies.engine.evaluation import Evaluation
from linli.law.policies.engine.facts import CaseFacts
from linli.law.policies.engine.following import change_rule
from linli.law.policies.engine.model import AFTER_DECISION, AGE, AUTOMATIC, MONTH_AFTER, PARAMETER
from linli.law.policies.queries import LawBook, PackNotInForce, determinations, law_book
from linli.money.awards.codes import WAITING_ADJUSTMENTS, ChangeKind, MonthState, ReceivableState
from linli.money.awards.models import Adjustment, Award, AwardChange, AwardMonth, Following, Receivable, ReviewOccasion
from linli.money.awards.queries.cases import case_on
from linli.money.awards.queries.months import schedules
from linli.registry.residents.queries import births_of, fates_of

UNDERPAID, OVERPAID, UNNOTICED = "awards.underpaid", "awards.overpaid", "awards.change_unnoticed"
_PEOPLE = ("residents.record_death", "residents.leave", "residents.move_household")


@dataclass(frozen=True)
class _Decided:
    """An amount from a month on, by the determination it rests on (0: somebody's own)."""

    first: Month
    fen: int
    made: int
    granted: bool = False


@dataclass
class _Life:
    """What happened to an award, read from its events alone."""

    first: Month
    until: date
    decided: list[_Decided] = field(default_factory=list)
    end: date | None = None
    paused: list[tuple[date, date]] = field(default_factory=list)

    def stands(self, month: Month) -> bool:
        """Whether the month is covered to its last day and not paused."""
        covered = self.first <= month and month.plus(1).first_day <= (self.end or self.until)
        return covered and not any(since <= month.first_day < until for since, until in self.paused)

    def cut(self, month: Month) -> bool:
        """Whether the award ended within the month: paid before it stays paid, unpaid it is not due."""
        return self.end is not None and month.first_day < self.end < month.plus(1).first_day


@dataclass
class _State:
    """An amount with the days whose law and ages it rests on."""

    fen: int
    law_day: date
    age_day: date


def recomputed() -> list[Violation]:
    """Award-months that are under- or overpaid, and changes nobody noticed; empty when all is well."""
    last = Following.objects.order_by("-pk").first()
    return list(_Recomputation(last).run()) if last is not None else []


class _Recomputation:
    def __init__(self, last: Following) -> None:
        self.on = last.on
        self.book: LawBook = law_book(last.on, until_id=last.pack_version_id)
        self.programmes = self._programmes()
        self.amounts: dict[tuple[object, ...], int | None] = {}
        # What became known of people since the morning is followed tomorrow.
        self.fresh = AuditEntry.objects.filter(day__gte=last.on, act__in=_PEOPLE, at__gt=last.at).exists()

    def _programmes(self) -> Mapping[str, str]:
        found = {}
        for scheme in self.book.schemes():
            try:
                found.update(dict.fromkeys(self.book.on(scheme, self.on).pack.programmes, scheme))
            except PackNotInForce:
                continue
        return found

    def run(self) -> Iterator[Violation]:
        rows = Award.objects.filter(determination_id__isnull=False, programme__in=list(self.programmes))
        awards = list(rows.select_related("household", "resident").order_by("pk"))
        ids = [award.pk for award in awards]
        events: dict[int, list[AwardChange]] = defaultdict(list)
        for change in AwardChange.objects.filter(award_id__in=ids).order_by("award_id", "seq"):
            events[change.award_id].append(change)
        self._read_cases(awards, events)
        found, closed = _found(ids)
        waiting = schedules(ids)
        open_rows = _waiting(ids)
        for award in awards:
            life = _life(award, events[award.pk])
            life.end = _earlier(life.end, self._person_end(award))
            expected, at_most, unnoticed = self._expected(award, life)
            for month in sorted({*expected, *(month for pk, month in found if pk == award.pk)}):
                if (award.pk, month) in closed or any(first <= month for first in open_rows.get(award.pk, ())):
                    continue
                got, paid = found.get((award.pk, month), (0, 0))
                got += max(waiting.get(award.pk, {}).get(month, 0) - paid, 0)
                fen = expected.get(month, 0)
                # Of the month in which it ended what was paid before stays paid, and nothing more is due.
                if got != fen and not (life.cut(month) and 0 <= got <= at_most.get(month, 0)):
                    code = UNDERPAID if got < fen else OVERPAID
                    yield Violation(code, f"{award.number}:{month} {yuan(fen)} ≠ {yuan(got)}")
            if unnoticed is not None and award.pk not in self.noticed:
                yield Violation(UNNOTICED, f"{award.number}:{unnoticed}")
            yield from self._people(award, life)

    # --- what there is to go by -----------------------------------------------------------------------
    def _read_cases(self, awards: Sequence[Award], events: Mapping[int, Sequence[AwardChange]]) -> None:
        ids = {award.determination_id or 0 for award in awards}
        ids |= {change.determination_id or 0 for some in events.values() for change in some}
        self.made: dict[int, dict[str, Any]] = {
            pk: json.loads(row.document) for pk, row in determinations(ids - {0}).items()
        }
        self.cases: dict[int, CaseFacts] = {pk: recorded_facts(content) for pk, content in self.made.items()}
        people = {member.key for case in self.cases.values() for member in case.members}
        self.births = births_of(people)
        self.fates = fates_of(people)
        self.occasions = set(ReviewOccasion.objects.values_list("award_id", "resident__number"))
        rows = Adjustment.objects.filter(award_id__in=[award.pk for award in awards])
        self.noticed = set(rows.values_list("award_id", flat=True))

    def _person_end(self, award: Award) -> date | None:
        """The day on which the person, or the last of the household, died by the register."""
        if self.fresh:
            return None
        if award.resident is not None:
            return award.resident.died_date
        return award.household.closed_date

    # --- month by month -------------------------------------------------------------------------------
    def _expected(self, award: Award, life: _Life) -> tuple[dict[Month, int], dict[Month, int], Month | None]:
        """Fen by month, fen it would be without an end, and the first month in which a person is to decide."""
        expected: dict[Month, int] = {}
        endless: dict[Month, int] = {}
        unnoticed: Month | None = None
        state: _State | None = None
        governing: _Decided | None = None
        month = life.first
        while month.first_day < life.until:
            now = max((one for one in life.decided if one.first <= month), key=lambda one: one.first, default=None)
            if now is not None and now is not governing:
                governing, state = now, self._begin(award, now)
            if governing is not None and state is not None:
                if state.law_day != date.min:
                    left = self._roll(award, governing.made, state, month)
                    # Of an award that has ended, or pauses, nothing is left to anybody.
                    unnoticed = unnoticed or (month if left and life.stands(month) else None)
                endless[month] = state.fen
                if life.stands(month):
                    expected[month] = state.fen
            month = month.plus(1)
        return expected, endless, unnoticed

    def _begin(self, award: Award, decided: _Decided) -> _State:
        """What was decided: the determination's own amount, but where the office granted another one."""
        if not decided.made or self._departed(award, decided):
            return _State(decided.fen, date.min, date.min)
        on = date.fromisoformat(self.made[decided.made]["on"])
        ages = [fact.date for member in self.cases[decided.made].members if (fact := member.facts.get("age"))]
        return _State(self._said(award, decided.made), on, max((day for day in ages if day is not None), default=on))

    def _said(self, award: Award, made: int) -> int:
        key = award.unit_key if award.resident_id is not None else None
        for entry in self.made[made]["entitlements"]:
            if (entry["programme"], entry["member_key"]) == (award.programme, key):
                return int(entry["amount_fen"] or 0)
        return 0

    def _departed(self, award: Award, decided: _Decided) -> bool:
        """Whether the grant departs from the rules: that it is the decision's, the rooms above check."""
        return decided.granted and decided.fen != self._said(award, decided.made)

    def _roll(self, award: Award, made: int, state: _State, month: Month) -> bool:
        """Take the state on to a month; whether something was left to a person."""
        rules = self.book.on(self.programmes[award.programme], self.on).pack
        left = False
        for cause in (PARAMETER, AGE):
            rule = change_rule(rules, cause)
            for way, how, sign in ((rule.upwards, rule.upwards_from, 1), (rule.downwards, rule.downwards_from, -1)):
                day = min(month.plus(-1).last_day if how == MONTH_AFTER else month.last_day, self.on)
                law_day, age_day = (
                    (max(day, state.law_day), state.age_day)
                    if cause == PARAMETER
                    else (state.law_day, max(day, state.age_day))
                )
                fen = self._amount(award, made, law_day, age_day)
                if fen is None or (fen - state.fen) * sign <= 0:
                    if fen == state.fen:
                        state.law_day, state.age_day = law_day, age_day
                    continue
                if way == AUTOMATIC and how != AFTER_DECISION:
                    state.fen, state.law_day, state.age_day = fen, law_day, age_day
                else:
                    left = True
        return left

    def _amount(self, award: Award, made: int, law_day: date, age_day: date) -> int | None:
        """What the rules give that case with the law of one day and the ages of another."""
        try:
            law = self.book.on(self.programmes[award.programme], law_day)
        except PackNotInForce:
            return None
        programme = law.pack.programmes.get(award.programme)
        if programme is None:
            return None
        case = case_on(law.pack, self.cases[made], self.births, age_day)
        key = award.unit_key if award.resident_id is not None else None
        values = law.pack.parameters_on(law_day, law.overrides)
        names = law.pack.graph.parameters_behind(programme.amount_rule)
        names |= law.pack.graph.parameters_behind(programme.eligible_rule)
        ages = tuple(fact.value for member in case.members if (fact := member.facts.get("age")) is not None)
        known = (made, law.version_id, programme.code, key, ages, tuple(values[name] for name in sorted(names)))
        if known not in self.amounts:
            order = law.pack.graph.order_for([programme.eligible_rule, programme.amount_rule])
            run = Evaluation(law.pack.graph, values, case).run(order)
            eligible, amount = run.get(programme.eligible_rule, key), run.get(programme.amount_rule, key)
            self.amounts[known] = 0 if eligible.value is False else amount.value
        return self.amounts[known]

    # --- people ---------------------------------------------------------------------------------------
    def _people(self, award: Award, life: _Life) -> Iterator[Violation]:
        """Somebody who counted in what a household is given died, and nobody was told to look again."""
        if award.resident_id is not None or not life.decided or self.fresh:
            return
        latest = max(life.decided, key=lambda one: one.first).made
        for member in self.cases[latest].members if latest else ():
            died = self.fates.get(member.key)
            over = life.end or life.until
            if died is not None and died <= self.on and died < over and (award.pk, member.key) not in self.occasions:
                yield Violation(UNNOTICED, f"{award.number}:{member.key} {died.isoformat()}")


def _life(award: Award, events: Sequence[AwardChange]) -> _Life:
    granted = events[0]
    first, until = Month.of(granted.effective_date), granted.until_date or granted.effective_date
    life = _Life(first, until, [_Decided(first, granted.amount_fen, award.determination_id or 0, granted=True)])
    since: date | None = None
    for change in events[1:]:
        kind, day = change.kind, change.effective_date
        if kind == ChangeKind.CHANGED:
            # What is recorded later for the same month counts; what began later was worked out again.
            life.decided = [one for one in life.decided if one.first < Month.of(day)]
            life.decided.append(_Decided(Month.of(day), change.amount_fen, change.determination_id or 0))
        elif kind in (ChangeKind.ENDED, ChangeKind.REINSTATED):
            life.end = day if kind == ChangeKind.ENDED else None
        elif kind in (ChangeKind.SUSPENDED, ChangeKind.RESUMED):
            if since is not None:
                life.paused.append((since, day))
            since = day if kind == ChangeKind.SUSPENDED else None
    if since is not None:
        life.paused.append((since, date.max))
    return life


def _earlier(first: date | None, second: date | None) -> date | None:
    return min((day for day in (first, second) if day is not None), default=None)


def _found(ids: Sequence[int]) -> tuple[dict[tuple[int, Month], tuple[int, int]], set[tuple[int, Month]]]:
    """Fen paid or on its way less what is or was owed, and fen taken up less what came back; months given up."""
    got: dict[tuple[int, Month], tuple[int, int]] = {}
    closed = set()
    rows = AwardMonth.objects.filter(award_id__in=ids).exclude(state=MonthState.VOIDED)
    for pk, day, fen, state in rows.values_list("award_id", "month_date", "amount_fen", "state"):
        key = (pk, Month.of(day))
        paid, taken = got.get(key, (0, 0))
        got[key] = (paid + fen, taken + fen)
        if state == MonthState.WRITTEN_OFF:
            closed.add(key)
    claims = Receivable.objects.filter(award_id__in=ids).exclude(state=ReceivableState.WITHDRAWN)
    for pk, day, fen, state in claims.values_list("award_id", "month__month_date", "amount_fen", "state"):
        key = (pk, Month.of(day))
        paid, taken = got.get(key, (0, 0))
        got[key] = (paid - fen, taken - fen if state == ReceivableState.RECOVERED else taken)
    return got, closed


def _waiting(ids: Sequence[int]) -> dict[int, list[Month]]:
    """The months from which on something waits for somebody, by award."""
    found: dict[int, list[Month]] = defaultdict(list)
    rows = Adjustment.objects.filter(Q(award_id__in=ids), state__in=WAITING_ADJUSTMENTS)
    for pk, day in rows.values_list("award_id", "effective_date"):
        found[pk].append(Month.of(day))
    return found
