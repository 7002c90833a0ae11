"""Yearly reviews 年度复核: what runs out, what is on record, what has changed since, and what it comes to."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, prefetch_related_objects

from linli.aid.assistance.codes import RenewalState
from linli.aid.assistance.models import Application, Assessment, Decision, Renewal
from linli.aid.assistance.queries.facts import case_facts, departures_on
from linli.aid.assistance.queries.people import called
from linli.aid.assistance.rules.results import ProgrammeResult, results
from linli.aid.assistance.steps import RENEWAL
from linli.foundation.data.scope import Scope, within
from linli.ground.users.queries import Authority
from linli.kernel.bilingual import Text
from linli.kernel.period import Month
from linli.law.policies.engine.determination import Determination as Said
from linli.law.policies.engine.determination import determine
from linli.law.policies.engine.facts import CaseFacts
from linli.law.policies.engine.model import Pack, RenewalRule
from linli.law.policies.queries import PackNotInForce, pack_by_digest, pack_of, pack_version_in_force
from linli.money.awards.codes import AwardState
from linli.money.awards.queries import Award, running_out, running_until
from linli.registry.residents.codes import DepartureKind
from linli.registry.residents.queries import departures, ids_of_residents

# So many days before its end an award of which no yearly review decides is work.
ENDING_DAYS = 30
# Where a pack does not say: the list opens ninety days before the end, is decided by the last day, and all apply anew.
OPENS_DAYS, DECIDED_DAYS, CONFIRM = 90, 0, "APPLICATION"
_OPEN = (RenewalState.OPEN, RenewalState.CONFIRMED)
# Worked out of the register and the day: a birthday is no change of circumstances.
_BY_ITSELF = frozenset({"age", "size"})


@dataclass(frozen=True)
class Known:
    """One thing known since the family was last looked at: JOINED, DIED, LEFT, or a FACT with another value."""

    kind: str
    number: str  # of the member, "" for the household
    name: str
    fact: str = ""
    label: Text | None = None
    unit: str = ""
    before: int | bool | None = None
    after: int | bool | None = None


@dataclass(frozen=True)
class Foreseen:
    """What the rules of the new period make of what is on record: results unit by unit, and what is missing."""

    said: Said
    results: tuple[ProgrammeResult, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class RenewalView:
    """One family's review as a page shows it."""

    renewal: Renewal
    applicant: str
    household: str
    awards: tuple[Award, ...]
    known: tuple[Known, ...]
    rule: str  # BULK, SINGLE or APPLICATION
    application_since: str  # number of a newer application of the household, "" when there is none
    planned: bool  # whether a plan pays the month after the end: without one nothing can be confirmed

    @property
    def last_date(self) -> date:
        """The last day that is covered."""
        return self.renewal.until_date - timedelta(days=1)

    @cached_property
    def results(self) -> tuple[dict[str, Any], ...]:
        """What was confirmed: programme, unit, unit_key, amount_fen, was_fen."""
        return tuple(json.loads(self.renewal.results))

    @property
    def monthly_fen(self) -> int:
        """What the awards come to a month today."""
        return sum(award.amount_fen for award in self.awards)

    @property
    def suspended(self) -> bool:
        """Whether one of the awards is suspended: that comes first."""
        return any(award.state == AwardState.SUSPENDED for award in self.awards)


@dataclass(frozen=True)
class RenewalWork:
    """How many reviews wait for a step in the person's places, and the earliest day."""

    state: RenewalState
    number: int
    due_date: date


def renewals(scope: Scope, *, state: str | None = "") -> QuerySet[Renewal]:
    """Reviews in the scope in the order in which they were opened; those still open by default, all for None.

    Open is also one whose family was asked to apply anew and has not: somebody has to remind it.
    """
    rows = within(Renewal.objects.all(), scope).order_by("pk")
    if state is None:
        return rows
    return rows.filter(state=state) if state else rows.filter(Q(state__in=_OPEN) | _not_applied())


def _not_applied() -> Q:
    """Reviews whose families were asked to apply anew and have not done so since the review was opened."""
    later = Application.objects.filter(
        household_id=OuterRef("application__household_id"),
        received_date__gte=OuterRef("opened_date"),
        pk__gt=OuterRef("application_id"),
    )
    return Q(~Exists(later), state=RenewalState.REAPPLY)


def renewal(scope: Scope, renewal_id: int) -> Renewal:
    """One review; Renewal.DoesNotExist when it is not in the scope."""
    found: Renewal = within(Renewal.objects.select_related("application__pack_version", "confirmed_by"), scope).get(
        pk=renewal_id
    )
    return found


def renewal_views(rows: Iterable[Renewal], on: date) -> list[RenewalView]:
    """The reviews with what they are about, in their order; a fixed number of statements for any number of them."""
    found = list(rows)
    applications = _applications(found)
    awards = awards_of(found)
    known = known_since(found, on)
    newer = _newer(found, applications)
    packs = {pk: pack_of(row.pack_version_id) for pk, row in applications.items()}
    terms = {(packs[one.application_id].code, one.until_date) for one in found}
    planned = {term: next_pack(*term) is not None for term in terms}
    return [
        RenewalView(
            one,
            applications[one.application_id].applicant.name,
            applications[one.application_id].household.number,
            awards[one.pk],
            known[one.pk],
            rule_of(packs[one.application_id]).confirm,
            newer.get(one.pk, ""),
            planned[packs[one.application_id].code, one.until_date],
        )
        for one in found
    ]


def _applications(rows: Sequence[Renewal]) -> dict[int, Application]:
    """What the reviews are of, by id, with applicant and household: read once for the same rows."""
    prefetch_related_objects(rows, "application__applicant", "application__household")
    return {one.application_id: one.application for one in rows}


def renewal_work(authority: Authority, on: date) -> list[RenewalWork]:
    """What waits for the person: to confirm or to remind for those who answer applications, else to decide; not their
    own family's.
    """
    found = []
    for state, roles in (
        (RenewalState.OPEN, RENEWAL.step("confirm").roles),
        (RenewalState.REAPPLY, RENEWAL.step("confirm").roles),
        (RenewalState.CONFIRMED, RENEWAL.step("decide").roles),
    ):
        scope = authority.scope(*roles)
        if not scope:
            continue
        rows = within(
            Renewal.objects.filter(_not_applied() if state == RenewalState.REAPPLY else Q(state=state)), scope
        )
        if state == RenewalState.CONFIRMED:
            rows = rows.exclude(confirmed_by_id__in=authority.accounts(on))
        rows = RENEWAL.of_others(rows, authority, on)
        sums = rows.aggregate(number=Count("pk"), due=Min("due_date"))
        if sums["number"]:
            found.append(RenewalWork(state, sums["number"], sums["due"]))
    return found


def ending_alone(scope: Scope, on: date) -> QuerySet[Award]:
    """Awards that end soon and of which no yearly review decides: somebody looks whether the family needs more."""
    reviewed = Renewal.objects.filter(
        application__number=OuterRef("application_number"), until_date=OuterRef("valid_until")
    )
    return running_out(scope, on, on + timedelta(days=ENDING_DAYS)).exclude(Exists(reviewed))


def renewal_counts(scope: Scope, until: date) -> Mapping[str, int]:
    """How many reviews of what ends before the day stand where, by state."""
    rows = within(Renewal.objects.filter(until_date__lte=until), scope).values("state").order_by("state")
    return {row["state"]: row["number"] for row in rows.annotate(number=Count("pk"))}


def rule_of(pack: Pack) -> RenewalRule:
    """How the pack reviews; where it does not say, everybody applies anew."""
    return pack.renewal or RenewalRule(opens="", decided="", confirm=CONFIRM, basis=pack.intake.basis)


def days_before(pack: Pack, on: date) -> tuple[int, int]:
    """Days before the end: when the list opens, and by when it should be decided."""
    rule, figures = rule_of(pack), pack.parameters_on(on)
    opens = int(figures[rule.opens]) if rule.opens else OPENS_DAYS
    decided = int(figures[rule.decided]) if rule.decided else DECIDED_DAYS
    return opens, decided


def next_pack(scheme: str, on: date) -> Pack | None:
    """The pack of the scheme that pays a month which begins on the day; None while there is none."""
    try:
        pack = pack_by_digest(pack_version_in_force(scheme, on).digest)
    except PackNotInForce:
        return None
    month = Month.of(on)
    return pack if any(one.first_month <= month <= one.last_month for one in pack.programmes.values()) else None


def awards_of(rows: Iterable[Renewal]) -> dict[int, tuple[Award, ...]]:
    """The awards that each review is about: granted by its application, running to its last day; one statement."""
    found = list(rows)
    if not found:
        return {}
    numbers = {pk: row.number for pk, row in _applications(found).items()}
    by_end: dict[tuple[str, date], list[Award]] = defaultdict(list)
    for award in running_until(set(numbers.values())):
        by_end[award.application_number, award.valid_until].append(award)
    return {one.pk: tuple(by_end[numbers[one.application_id], one.until_date]) for one in found}


def foreseen(rows: Iterable[Renewal], packs: Mapping[int, Pack]) -> dict[int, Foreseen]:
    """What the packs (by application id) give from each review's day on, by review; amounts that assessors set stay."""
    found = list(rows)
    applications = _applications(found)
    sheets = _sheets(applications)
    by_day: dict[date, list[Renewal]] = defaultdict(list)
    for one in found:
        by_day[one.until_date].append(one)
    said: dict[int, Foreseen] = {}
    for day, group in sorted(by_day.items()):
        asked = [applications[one.application_id] for one in group]
        facts = case_facts(asked, day, packs=packs)
        for one in group:
            application = applications[one.application_id]
            sheet = sheets.get(application.pk)
            said[one.pk] = _foreseen(packs[application.pk], application, facts[application.pk], day, sheet)
    return said


def _foreseen(pack: Pack, application: Application, facts: CaseFacts, on: date, sheet: Assessment | None) -> Foreseen:
    said = determine(pack, facts, on)
    claimed = {code for code, programme in pack.programmes.items() if programme.group in application.group_codes}
    entitled = [one for one in said.entitlements if one.programme in claimed]
    determined = [
        ProgrammeResult(
            one.programme,
            one.unit,
            one.member_key or application.household.number,
            one.amount_fen or 0,
            one.amount_fen,
        )
        for one in entitled
    ]
    missing = sorted({name for one in entitled if one.amount_fen is None for name in one.stopped_by})
    return Foreseen(said, tuple(results(determined, departures_on(sheet) if sheet else [])), tuple(missing))


def _sheets(applications: Mapping[int, Application]) -> dict[int, Assessment]:
    """The completed sheet of each application's last round."""
    rows = Assessment.objects.filter(application_id__in=applications, completed_date__isnull=False).order_by("round")
    return {row.application_id: row for row in rows}


def last_facts(rows: Iterable[Renewal]) -> dict[int, Mapping[str, Any]]:
    """What each family was last determined on: the kept document, by review."""
    found = list(rows)
    ids = {one.application_id for one in found}
    decided = {
        row.application_id: row.determination.document
        for row in Decision.objects.filter(application_id__in=ids).select_related("determination")
    }
    before: dict[int, list[tuple[date, str]]] = defaultdict(list)
    earlier = Renewal.objects.filter(application_id__in=ids, state=RenewalState.RENEWED, determination__isnull=False)
    for row in earlier.select_related("determination").order_by("until_date"):
        if row.determination is not None:
            before[row.application_id].append((row.until_date, row.determination.document))
    documents = {}
    for one in found:
        past = [text for day, text in before[one.application_id] if day < one.until_date]
        text = past[-1] if past else decided.get(one.application_id)
        documents[one.pk] = json.loads(text) if text else {}
    return documents


def known_since(rows: Iterable[Renewal], on: date) -> dict[int, tuple[Known, ...]]:
    """What the register knows today and the last determination did not, by review."""
    found = list(rows)
    documents = last_facts(found)
    applications = _applications(found)
    facts = case_facts(applications.values(), on)
    names = called({row.household_id for row in applications.values()}, on)
    gone = _gone(found, documents, facts, on)
    return {
        one.pk: tuple(
            _differences(
                pack_of(applications[one.application_id].pack_version_id),
                documents[one.pk].get("facts", {"household": {}, "members": []}),
                facts[one.application_id],
                names,
                gone,
            )
        )
        for one in found
    }


def _differences(
    pack: Pack, before: Mapping[str, Any], now: CaseFacts, names: Mapping[str, str], gone: Mapping[str, str]
) -> Iterable[Known]:
    was = {member["key"]: member["facts"] for member in before["members"]}
    present = {member.key: member.facts for member in now.members}
    for key in sorted(was.keys() - present.keys()):
        yield Known(gone.get(key, "LEFT"), key, key)
    for key in sorted(present.keys() - was.keys()):
        yield Known("JOINED", key, names.get(key, key))
    subjects = [
        ("", before["household"], now.household),
        *((k, was[k], present[k]) for k in sorted(was & present.keys())),
    ]
    for key, old, new in subjects:
        for name in sorted(new):
            value = new[name].value
            last = old.get(name, {}).get("value")
            if name not in _BY_ITSELF and name in pack.facts and value != last:
                spec = pack.facts[name]
                yield Known("FACT", key, names.get(key, key), name, spec.label, spec.unit, last, value)


def _gone(
    rows: Sequence[Renewal], documents: Mapping[int, Mapping[str, Any]], facts: Mapping[int, CaseFacts], on: date
) -> Mapping[str, str]:
    """Number → DIED or LEFT of those who were in a family and are not any more."""
    missing: set[str] = set()
    for one in rows:
        was = {member["key"] for member in documents[one.pk].get("facts", {}).get("members", [])}
        missing |= was - {member.key for member in facts[one.application_id].members}
    if not missing:
        return {}
    by_id = {pk: number for number, pk in ids_of_residents(missing).items()}
    found = departures(list(by_id), on=on)
    return {
        by_id[one.resident_id]: "DIED" if one.kind == DepartureKind.DIED else "LEFT"
        for one in found
        if one.resident_id in by_id
    }


def _newer(rows: Sequence[Renewal], applications: Mapping[int, Application]) -> dict[int, str]:
    """The number of an application that the household made after its review was opened, by review."""
    households = {applications[one.application_id].household_id for one in rows}
    since: dict[int, list[tuple[date, str]]] = defaultdict(list)
    later = Application.objects.filter(household_id__in=households).order_by("pk")
    for household, day, number in later.values_list("household_id", "received_date", "number"):
        since[household].append((day, number))
    return {
        one.pk: number
        for one in rows
        for day, number in since[applications[one.application_id].household_id]
        if day >= one.opened_date and number != applications[one.application_id].number
    }
