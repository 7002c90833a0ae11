"""What the rules say of awards that run, since some day: the same for the preview and for the act."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from linli.kernel.act import CHINA_TIME
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
from linli.money.awards.rules.schedule import (
    NOTHING,
    Event,
    amounts_by_month,
    kept_months,
    promises_by_month,
    rest,
    sources_by_month,
)
from linli.registry.residents.queries import HouseholdFacts, Stay, births_of, facts_of, stays_in

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Basis:
    """A determination that an award rests on from a month on; ``by_hand``: only its people, somebody set the amount."""

    determination_id: int
    on: date
    first: Month
    case: CaseFacts
    amounts: Mapping[tuple[str, str | None], int | None]
    by_hand: bool = False

    @property
    def people(self) -> frozenset[str]:
        """The numbers of who was reckoned with."""
        return frozenset(member.key for member in self.case.members)


@dataclass(frozen=True)
class Foreseen:
    """An award, what it gives by month, what it should give, and each difference with what the rules said.

    ``rests_on``: the determination that a month's present amount comes from; None: somebody set it. ``again_since``:
    the day on which its end was last taken back.
    """

    award: Award
    current: Mapping[Month, int]
    target: Mapping[Month, int]
    rests_on: Mapping[Month, int | None]
    findings: tuple[Finding, ...]
    said: Mapping[int, Said]
    missing: Mapping[int, tuple[str, ...]]
    life: tuple[Event, ...]
    taken: TakenMonths
    again_since: date | None

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
        kept = kept_months(self.life)
        return sum(
            finding.fen - self.current[month]
            for month in finding.months
            if month in kept and self.taken.get((self.award.pk, month), NOTHING).parts
        )


@dataclass(frozen=True)
class _Moment:
    """When to ask the rules, because of what, held against which determination.

    ``first``: the month it counts from, where that is known; ``by_hand``: somebody wants it followed now; ``apart``: it
    is told apart from what came before.
    """

    cause: str
    day: date
    basis: Basis
    first: Month | None = None
    by_hand: bool = False
    apart: bool = False


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


def given_by_rules(award: Award, on: date, first: Month) -> int | None:
    """Fen a month that the rules give from a month on, by what is registered on the day; None where they say nothing:
    facts are missing, no pack in force knows the programme, or the award rests on no determination.
    """
    if award.determination_id is None or award.programme not in schemes_by_programme(law_book(on), on):
        return None
    [one] = foresee_by_registry([award], on, {award.pk: first})
    said = next(iter(one.said.values()), None)
    entry = _entitlement(said, award) if said else None
    return entry.amount_fen if entry else None


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
        self.stays = stays_in(households)
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
        self.current = {award.pk: amounts_by_month(map(event_of, self.lives[award.pk])) for award in awards}
        self.rests_on = {award.pk: _rests_on(award, self.lives[award.pk]) for award in awards}
        wanted = {award.determination_id for award in awards}
        wanted |= {made for some in self.rests_on.values() for made in some.values()}
        rows = determinations({pk for pk in wanted if pk is not None})
        contents = {pk: json.loads(row.document) for pk, row in rows.items()}
        said = {pk: _basis(pk, row.on, contents[pk]) for pk, row in rows.items()}
        return {award.pk: list(self._stretches(award, said)) for award in awards}

    def _stretches(self, award: Award, said: Mapping[int, Basis]) -> Iterator[Basis]:
        """What the award rests on, one after another; an amount that somebody set stands on the people known before."""
        basis = said.get(award.determination_id or 0)
        before: tuple[int | None] | None = None
        for month, made in self.rests_on[award.pk].items():
            basis = said.get(made or 0, basis)
            if basis is not None and before != (made,):
                before = (made,)
                yield (
                    replace(basis, first=month)
                    if made in said
                    else replace(basis, first=month, amounts={}, by_hand=True)
                )

    def _basis_for(self, award: Award, month: Month) -> Basis:
        some = self.bases[award.pk]
        return next((basis for basis in reversed(some) if basis.first <= month), some[0])

    # --- when something changed ---------------------------------------------------------------------
    def _one(self, award: Award, moments: Sequence[_Moment] | None = None) -> Foreseen:
        life = [event_of(change) for change in self.lives[award.pk]]
        current = self.current.get(award.pk, {})
        said: dict[int, Said] = {}
        missing: dict[int, tuple[str, ...]] = {}
        asked = self._moments(award) if moments is None else moments
        pieces = [piece for one in asked if (piece := self._piece(award, one, said, missing)) is not None]
        target, findings = follow(current, pieces) if pieces and current else (dict(current), [])
        back = [change.at for change in self.lives[award.pk] if change.kind == ChangeKind.REINSTATED]
        return Foreseen(
            award=award,
            current=current,
            target=target,
            rests_on=self.rests_on.get(award.pk, {}),
            findings=tuple(findings),
            said=said,
            missing=missing,
            life=tuple(life),
            taken=self.taken,
            again_since=max(back).astimezone(CHINA_TIME).date() if back else None,
        )

    def _moments(self, award: Award) -> Iterator[_Moment]:
        bases = self.bases[award.pk]
        # The day of the determination itself counts, and so do days before it: a decree may come after it that says
        # what their law was.
        made = bases[0].on - _DAY
        since = self.since.get(award.pk, made)
        scheme = self.schemes[award.programme]
        law = [day for day in self._law_days(scheme, award.programme) if since < day <= self.on]
        asked = dict.fromkeys(self._ages(award, scheme, max(since, made)), AGE) | dict.fromkeys(law, PARAMETER)
        for day, cause in sorted(asked.items()):
            yield _Moment(cause, day, self._basis_for(award, Month.of(day)))
        # What was determined for later months, or for other people, is worked out for itself.
        for month in sorted({basis.first for basis in bases} | self._other_people(award)):
            before = [day for day in asked if Month.of(day) < month]
            if before:
                day = max(before)
                yield _Moment(asked[day], day, self._basis_for(award, month), month, apart=True)
        if award.pk in self.changed:
            yield _Moment(FACT, max(self.changed[award.pk], bases[0].on), bases[-1])

    def _other_people(self, award: Award) -> set[Month]:
        """The months from which on other people live in the household than were reckoned with, or the same again."""
        if award.unit != Unit.HOUSEHOLD:
            return set()
        stays = self.stays.get(award.household_id, ())
        days = {day for stay in stays for day in (stay.valid_from, stay.valid_until) if day and day <= self.on}
        months = {Month.of(day).plus(day.day > 1) for day in days}
        return {
            month
            for month in months & self.rests_on[award.pk].keys()
            if self._same_people(award, month) != self._same_people(award, month.plus(-1))
        }

    def _same_people(self, award: Award, month: Month) -> bool:
        """Whether those live there on the month's first day whom its amount was reckoned with."""
        basis = self._basis_for(award, month)
        day = min(month.first_day, self.on)
        return _living(self.stays.get(award.household_id, ()), basis, day) == basis.people

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
            self._why(award, moment, entry, rising),
            place,
            newest=moment.cause == FACT,
            apart=moment.apart,
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

    def _why(self, award: Award, moment: _Moment, entry: Entitlement, first: Month) -> str:
        """What a person must look at before the rules are followed from a month on."""
        if entry.amount_fen is None:
            return FACTS
        if moment.cause == FACT:
            return ""
        months = self.rests_on[award.pk]
        first = min(max(first, min(months)), max(months)) if months else first
        if award.unit == Unit.HOUSEHOLD and not self._same_people(award, first):
            return MEMBERS
        basis = moment.basis
        given = self.current[award.pk].get(basis.first)
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


def _basis(determination_id: int, on: date, content: Mapping[str, Any]) -> Basis:
    return Basis(determination_id, on, Month.of(on), recorded_facts(content), _amounts(content["entitlements"]))


def _amounts(entitlements: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str | None], int | None]:
    return {(e["programme"], e["member_key"]): e["amount_fen"] for e in entitlements}


def _entitlement(said: Said, award: Award) -> Entitlement | None:
    key = award.unit_key if award.unit == Unit.PERSON else None
    try:
        return said.result.entitlement(award.programme, key)
    except KeyError:
        return None


def _rests_on(award: Award, life: Sequence[AwardChange]) -> dict[Month, int | None]:
    """The determination that gives each month its amount; None: somebody set it."""
    made = [award.determination_id if one.kind == ChangeKind.GRANTED else one.determination_id for one in life]
    return {month: made[place] for month, place in sources_by_month([event_of(one) for one in life]).items()}


def _living(stays: Iterable[Stay], basis: Basis, day: date) -> frozenset[str]:
    """Who lives in a household on the day, as far as that tells something else than the basis knew.

    Who was reckoned with counts for days before the household was registered; who had left by then never.
    """
    return frozenset(
        stay.number
        for stay in stays
        if (stay.covers(day) or (stay.number in basis.people and day < stay.valid_from <= basis.on))
        and (stay.number in basis.people or stay.valid_until is None or stay.valid_until > basis.on)
    )


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
