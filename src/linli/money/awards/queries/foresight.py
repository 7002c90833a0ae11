"""What the rules say of awards that run, since some day: the same for the preview and for the act."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from linli.kernel.period import Month
from linli.law.policies.engine.determination import Entitlement, determine, recorded_facts
from linli.law.policies.engine.facts import CaseFacts
from linli.law.policies.engine.following import change_rule, counts_from, law_dates
from linli.law.policies.engine.model import AGE, AUTOMATIC, FACT, MONTH_AFTER, PARAMETER, Pack
from linli.law.policies.operations import Said
from linli.law.policies.queries import LawBook, PackNotInForce, determinations, law_book, pack_by_digest
from linli.money.awards.codes import ChangeKind, Unit
from linli.money.awards.models import Award, AwardChange
from linli.money.awards.queries.awards import letter_subject
from linli.money.awards.queries.cases import case_of, case_on, completed
from linli.money.awards.queries.months import TakenMonths, event_of, taken_months
from linli.money.awards.rules.following import AMOUNT, FACTS, MEMBERS, Finding, Piece, follow, turns
from linli.money.awards.rules.schedule import NOTHING, Event, amounts_by_month, kept_months, promises_by_month, rest
from linli.registry.residents.queries import HouseholdFacts, births_of, facts_of, members_on

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Basis:
    """A determination that an award rests on from a month on."""

    determination_id: int
    on: date
    first: Month
    case: CaseFacts
    amounts: Mapping[tuple[str, str | None], int | None]


@dataclass(frozen=True)
class Foreseen:
    """An award, what it gives by month, what it should give, and each difference with what the rules said."""

    award: Award
    current: Mapping[Month, int]
    target: Mapping[Month, int]
    findings: tuple[Finding, ...]
    said: Mapping[int, Said]
    missing: Mapping[int, tuple[str, ...]]
    life: tuple[Event, ...]
    taken: TakenMonths

    def promised_then(self) -> int:
        """Fen promised to the award in its fund's year once what counts by itself is followed."""
        changes = (Event("CHANGED", month.first_day, fen) for month, fen in turns(self.current, self.target))
        return sum(
            rest(fen, self.taken.get((self.award.pk, month), NOTHING))
            for month, fen in promises_by_month([*self.life, *changes]).items()
            if month.year == self.award.line.fund.year
        )

    def back_fen(self, finding: Finding) -> int:
        """Fen for months that batches took up already and for which the finding counts; below 0: paid too much."""
        if finding.fen is None:
            return 0
        later = [one.first for one in self.findings if one.first > finding.first]
        until = min(later, default=None)
        kept = kept_months(self.life)
        return sum(
            finding.fen - fen
            for month, fen in self.current.items()
            if month >= finding.first and (until is None or month < until)
            if month in kept and self.taken.get((self.award.pk, month), NOTHING).parts
        )


@dataclass(frozen=True)
class _Moment:
    """When to ask the rules, because of what, held against which determination.

    ``first``: the month it counts from, where that is known; ``by_hand``: somebody wants it followed now.
    """

    cause: str
    day: date
    basis: Basis
    first: Month | None = None
    by_hand: bool = False


def causes_behind(pack: Pack, programme: str) -> tuple[frozenset[str], frozenset[str]]:
    """The parameters and the facts that a programme's amount rests on."""
    rules = [pack.programmes[programme].eligible_rule, pack.programmes[programme].amount_rule]
    facts = frozenset().union(*(pack.graph.facts_behind(rule) for rule in rules))
    return frozenset().union(*map(pack.graph.parameters_behind, rules)), facts


def asked_of(book: LawBook, schemes: Mapping[str, str], programme: str, on: date) -> frozenset[str]:
    """The facts that a programme's amount rests on by the law of the day."""
    return causes_behind(book.on(schemes[programme], on).pack, programme)[1]


def foresee(
    awards: Sequence[Award], since: Mapping[int, date], on: date, *, changed: Mapping[int, date] | None = None
) -> list[Foreseen]:
    """What is to change for the awards (household, line and fund loaded) by causes after their day ``since`` (by id) up
    to ``on``. ``changed``: awards whose registered facts changed, with the day.

    As many queries for many awards as for one. Awards that rest on no determination are left out, and so are those
    whose programme no pack in force knows.
    """
    return list(_Foresight(awards, since, on, changed or {}).run())


def foresee_by_registry(awards: Sequence[Award], on: date, first: Mapping[int, Month]) -> list[Foreseen]:
    """What the rules say of the awards by what is registered on the day, from a month on (by id).

    Each is in the result, without findings where nothing differs.
    """
    return _Foresight(awards, {}, on, {}).by_registry(first)


@dataclass
class _Foresight:
    awards: Sequence[Award]
    since: Mapping[int, date]
    on: date
    changed: Mapping[int, date]
    said: dict[tuple[int, date, date], Said] = field(default_factory=dict)

    def run(self) -> Iterator[Foreseen]:
        self.book: LawBook = law_book(self.on)
        self.schemes = schemes_by_programme(self.book, self.on)
        known = [award for award in self.awards if award.programme in self.schemes]
        self.lives: dict[int, list[AwardChange]] = defaultdict(list)
        for change in AwardChange.objects.filter(award_id__in=[a.pk for a in known]).order_by("award_id", "seq"):
            self.lives[change.award_id].append(change)
        self.bases = self._bases(known)
        known = [award for award in known if self.bases[award.pk]]
        people = {member.key for some in self.bases.values() for basis in some for member in basis.case.members}
        self.births = births_of(people)
        households = {award.household_id for award in known}
        self.members = {pk: {m.number for m in rows} for pk, rows in members_on(households, self.on).items()}
        self.facts: Mapping[int, HouseholdFacts] | None = None
        self.taken = taken_months(award.pk for award in known)
        for award in known:
            found = self._one(award)
            if found.findings:
                yield found

    def by_registry(self, first: Mapping[int, Month]) -> list[Foreseen]:
        """As :func:`foresee_by_registry`."""
        list(self.run())
        return [self._one(award, [self._now(award, first[award.pk])]) for award in self.awards]

    def _now(self, award: Award, first: Month) -> _Moment:
        basis = Basis(0, self.on, first, CaseFacts(()), {})
        return _Moment(FACT, self.on, basis, first, by_hand=True)

    # --- what an award rests on ---------------------------------------------------------------------
    def _bases(self, awards: Sequence[Award]) -> dict[int, list[Basis]]:
        wanted: dict[int, dict[Month, int]] = {award.pk: {} for award in awards}
        for award in awards:
            for change in self.lives[award.pk]:
                made = award.determination_id if change.kind == ChangeKind.GRANTED else change.determination_id
                if made is not None:
                    # Of two for one month the later recorded counts.
                    wanted[award.pk][Month.of(change.effective_date)] = made
        rows = determinations({pk for some in wanted.values() for pk in some.values()})
        contents = {pk: json.loads(row.document) for pk, row in rows.items()}
        cases = {pk: recorded_facts(content) for pk, content in contents.items()}
        return {
            award.pk: [
                Basis(made, rows[made].on, first, cases[made], _amounts(contents[made]["entitlements"]))
                for first, made in sorted(wanted[award.pk].items())
                if made in rows
            ]
            for award in awards
        }

    def _basis_for(self, award: Award, month: Month) -> Basis:
        some = self.bases[award.pk]
        return next((basis for basis in reversed(some) if basis.first <= month), some[0])

    # --- when something changed ---------------------------------------------------------------------
    def _one(self, award: Award, moments: Sequence[_Moment] | None = None) -> Foreseen:
        life = [event_of(change) for change in self.lives[award.pk]]
        current = amounts_by_month(life)
        said: dict[int, Said] = {}
        missing: dict[int, tuple[str, ...]] = {}
        asked = self._moments(award) if moments is None else moments
        pieces = [piece for one in asked if (piece := self._piece(award, one, said, missing)) is not None]
        target, findings = follow(current, pieces) if pieces and current else (dict(current), [])
        return Foreseen(award, current, target, tuple(findings), said, missing, tuple(life), self.taken)

    def _moments(self, award: Award) -> Iterator[_Moment]:
        bases = self.bases[award.pk]
        # The day of the determination itself counts: its law may be known otherwise by now.
        made = bases[0].on - _DAY
        since = max(self.since.get(award.pk, made), made)
        scheme = self.schemes[award.programme]
        law = [day for day in self._law_days(scheme, award.programme) if since < day <= self.on]
        days = dict.fromkeys(self._ages(award, scheme, since), AGE) | dict.fromkeys(law, PARAMETER)
        for day, cause in sorted(days.items()):
            yield _Moment(cause, day, self._basis_for(award, Month.of(day)))
        # What was determined for later months is worked out again under the law as it is now known.
        for basis in bases if law else ():
            if basis.first > Month.of(min(law)):
                yield _Moment(PARAMETER, basis.first.first_day, basis, basis.first)
        if award.pk in self.changed:
            yield _Moment(FACT, max(self.changed[award.pk], bases[0].on), bases[-1])

    def _ages(self, award: Award, scheme: str, since: date) -> frozenset[date]:
        """The days on which somebody whom the award looks at grew a year older."""
        if not self._asks_age(award.programme, scheme):
            return frozenset()
        people = {member.key for basis in self.bases[award.pk] for member in basis.case.members}
        return frozenset(day for key in people for day in _birthdays(self.births.get(key), since, self.on))

    def _asks_age(self, programme: str, scheme: str) -> bool:
        return "age" in causes_behind(self.book.on(scheme, self.on).pack, programme)[1]

    def _law_days(self, scheme: str, programme: str) -> frozenset[date]:
        days: set[date] = set()
        for version in self.book.schemes()[scheme]:
            if version.valid_from > self.on:
                continue
            pack = pack_by_digest(version.digest)
            days.add(version.valid_from)
            if programme in pack.programmes:
                days |= law_dates(pack, causes_behind(pack, programme)[0])
        return frozenset(days)

    # --- what the rules say then --------------------------------------------------------------------
    def _piece(
        self, award: Award, moment: _Moment, said: dict[int, Said], missing: dict[int, tuple[str, ...]]
    ) -> Piece | None:
        rules = self.book.on(self.schemes[award.programme], self.on).pack
        rule = change_rule(rules, moment.cause)
        rising = moment.first or counts_from(rule.upwards_from, moment.day, self.on)
        falling = moment.first or counts_from(rule.downwards_from, moment.day, self.on)
        one = self._say(award, moment, rules, rising)
        entry = _entitlement(one, award) if one is not None else None
        if one is None or entry is None:
            return None
        place = len(said)
        said[place] = one
        if entry.amount_fen is None:
            missing[place] = entry.stopped_by
        return Piece(
            moment.cause,
            moment.day,
            entry.amount_fen,
            (rising, moment.by_hand or rule.upwards == AUTOMATIC),
            (falling, moment.by_hand or rule.downwards == AUTOMATIC),
            self._why(award, moment, entry),
            place,
            newest=moment.cause == FACT,
        )

    def _say(self, award: Award, moment: _Moment, rules: Pack, first: Month) -> Said | None:
        """What the rules say for a month: by the law and the ages that the pack lets count then."""
        law_day = max(moment.basis.on, self._counting(rules, PARAMETER, first)) if moment.cause != FACT else self.on
        try:
            law = self.book.on(self.schemes[award.programme], law_day)
        except PackNotInForce:
            return None
        if award.programme not in law.pack.programmes:
            return None
        if moment.cause == FACT:
            known = self._registry(award.household_id)
            if known is None or not known.members:
                return None
            result = determine(law.pack, case_of(law.pack, known), law_day, overrides=law.overrides)
            return Said(letter_subject(award), law.version_id, result)
        age_day = max(moment.basis.on, self._counting(rules, AGE, first))
        key = (moment.basis.determination_id, law_day, age_day)
        if key not in self.said:
            case = case_on(law.pack, moment.basis.case, self.births, age_day)
            result = determine(law.pack, case, law_day, overrides=law.overrides)
            known = self._registry(award.household_id) if result.stopped else None
            if known is not None:
                case = completed(case, case_of(law.pack, known))
                result = determine(law.pack, case, law_day, overrides=law.overrides)
            self.said[key] = Said(letter_subject(award), law.version_id, result)
        return self.said[key]

    def _counting(self, rules: Pack, cause: str, month: Month) -> date:
        """The last day on which a change of the cause counts for the month, as far as the day has come."""
        how = change_rule(rules, cause).upwards_from
        return min(month.plus(-1).last_day if how == MONTH_AFTER else month.last_day, self.on)

    def _registry(self, household_id: int) -> HouseholdFacts | None:
        if self.facts is None:
            self.facts = facts_of({award.household_id for award in self.awards}, self.on)
        return self.facts.get(household_id)

    def _why(self, award: Award, moment: _Moment, entry: Entitlement) -> str:
        """What a person must look at before the rules are followed."""
        if entry.amount_fen is None:
            return FACTS
        if moment.cause == FACT:
            return ""
        basis = moment.basis
        now, then = self.members.get(award.household_id, set()), {member.key for member in basis.case.members}
        if award.unit == Unit.HOUSEHOLD and now != then:
            return MEMBERS
        later = [one.first for one in self.bases[award.pk] if one.first > basis.first]
        given = _given(self.lives[award.pk], basis.first, min(later, default=None))
        key = (award.programme, award.unit_key if award.unit == Unit.PERSON else None)
        return "" if given == basis.amounts.get(key) else AMOUNT


def schemes_by_programme(book: LawBook, on: date) -> dict[str, str]:
    """Programme → scheme, of the packs in force."""
    found = {}
    for scheme in book.schemes():
        try:
            found.update(dict.fromkeys(book.on(scheme, on).pack.programmes, scheme))
        except PackNotInForce:
            continue
    return found


def _amounts(entitlements: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str | None], int | None]:
    return {(e["programme"], e["member_key"]): e["amount_fen"] for e in entitlements}


def _entitlement(said: Said, award: Award) -> Entitlement | None:
    key = award.unit_key if award.unit == Unit.PERSON else None
    try:
        return said.result.entitlement(award.programme, key)
    except KeyError:
        return None


def _given(life: Sequence[AwardChange], since: Month, until: Month | None) -> int:
    """Fen a month that the award gives from the month on by its last grant or change before ``until``; 0 without."""
    fen = 0
    for change in life:
        month = Month.of(change.effective_date)
        if change.kind in (ChangeKind.GRANTED, ChangeKind.CHANGED) and since <= month and (not until or month < until):
            fen = change.amount_fen
    return fen


def _birthdays(birth: date | None, since: date, until: date) -> Iterator[date]:
    """Birthdays after ``since`` up to ``until``; of somebody born on 29 February on 1 March in common years."""
    if birth is None:
        return
    for year in range(since.year, until.year + 1):
        try:
            day = birth.replace(year=year)
        except ValueError:
            day = date(year, 3, 1)
        if since < day <= until and day > birth:
            yield day
