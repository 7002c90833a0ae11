"""Which awards something may have changed for, since the last time that anybody looked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from linli.foundation.data.prepared import prepared
from linli.kernel.act import CHINA_TIME
from linli.kernel.period import Month
from linli.law.policies.engine.following import law_dates
from linli.law.policies.queries import LawBook, determinations, law_book, pack_by_digest
from linli.money.awards.codes import WAITING_ADJUSTMENTS, AdjustmentState, AwardState, Cause, ChangeKind
from linli.money.awards.models import Adjustment, Award, AwardChange, Following
from linli.money.awards.queries.foresight import asked_of, schemes_by_programme
from linli.registry.residents.queries import birthdays_between, facts_since, homes_of, newest_fact

_DAY = timedelta(days=1)
_RUNNING = (AwardState.ACTIVE, AwardState.SUSPENDED)


@dataclass(frozen=True)
class Causes:
    """Awards to look at (ids) with the day after which something changed; those of changed facts with its day.

    ``on``, ``pack_version_id`` and ``circumstance_id`` say how far this reaches, ``law`` by which versions (ids) of the
    packs.
    """

    on: date
    since: Mapping[int, date]
    facts: Mapping[int, date]
    pack_version_id: int
    circumstance_id: int
    law: frozenset[int]


@dataclass(frozen=True)
class _Row:
    pk: int
    programme: str
    household_id: int
    resident_id: int | None
    valid_until: date
    running: bool
    granted: date
    determination_id: int


def last_followed() -> Following | None:
    """How far the causes were looked at; None before the first time."""
    return next(iter(_last_followed()), None)


@prepared
def _last_followed() -> QuerySet[Following]:
    return Following.objects.order_by("-pk")[:1]


def causes_since(on: date, *, up_to: int | None = None) -> Causes:
    """What may have changed an award since the last time, up to the day: a handful of queries whatever the number.

    The first time every award is looked at since it was determined. ``up_to`` is the fact that counts as the newest, of
    somebody who keeps how far this reaches.
    """
    # Looked at first: a fact recorded while the causes are read is one of the next time.
    newest = newest_fact() if up_to is None else up_to
    last, book = last_followed(), law_book(on)
    schemes = schemes_by_programme(book, on)
    rows = _rows(schemes)
    waiting = _waiting()
    facts = {pk: day for pk, day, cause in waiting if cause == Cause.FACT}
    facts |= _changed_facts(rows, last, on, book, schemes) if last else {}
    again = _running_again(last) if last else {}
    facts |= _changed_meanwhile(rows, again, on, book, schemes)
    since: dict[int, date] = {}
    for pk, after in (
        *_granted_since(rows, last),
        *((pk, day - _DAY) for pk, day in _unseen_since(again)),
        *(_by_law(rows, book, schemes, last, on) if last else ()),
        *(_by_age(rows, book, schemes, last, on) if last else ()),
        *((pk, day - _DAY) for pk, day in facts.items()),
        *((pk, day - _DAY) for pk, day, _cause in waiting),
    ):
        since[pk] = min(after, since.get(pk, after))
    return Causes(on, since, facts, book.newest_id, newest, book.version_ids)


def _rows(programmes: Iterable[str]) -> list[_Row]:
    return [
        _Row(pk, programme, household, resident, until, state in _RUNNING, granted, made)
        for pk, programme, household, resident, until, state, granted, made in _determined(list(programmes))
    ]


@prepared
def _determined(programmes: Sequence[str]) -> QuerySet[Award, Any]:
    known = Award.objects.filter(determination_id__isnull=False, programme__in=programmes).order_by("pk")
    columns = ("pk", "programme", "household_id", "resident_id", "valid_until", "state", "granted_date")
    return known.values_list(*columns, "determination_id")


def _granted_since(rows: Iterable[_Row], last: Following | None) -> Iterator[tuple[int, date]]:
    """What changed between the determination and the grant counts too."""
    new = [row for row in rows if row.running and (last is None or row.granted >= last.on)]
    made = determinations(row.determination_id for row in new)
    for row in new:
        if row.determination_id in made:
            yield row.pk, made[row.determination_id].on - _DAY


def _running_again(last: Following) -> dict[int, AwardChange]:
    """Awards whose end was taken back since the last time, with that end: nobody looked at them in between."""
    back = list(_reinstated_since(last.at))
    if not back:
        return {}
    ends = AwardChange.objects.filter(award_id__in=back, kind=ChangeKind.ENDED, at__lt=last.at).order_by("seq")
    return {change.award_id: change for change in ends}


def _unseen_since(ended: Mapping[int, AwardChange]) -> Iterator[tuple[int, date]]:
    """From which day on awards that run again are looked at: the end, or what was left as it is because of it."""
    rows = Adjustment.objects.filter(award_id__in=ended, state=AdjustmentState.DISMISSED) if ended else ()
    for row in rows:
        if row.decided_date is not None and row.decided_date >= ended[row.award_id].at.astimezone(CHINA_TIME).date():
            yield row.award_id, row.cause_date
    yield from ((pk, change.effective_date) for pk, change in ended.items())


@prepared
def _reinstated_since(at: datetime) -> QuerySet[AwardChange, int]:
    rows = AwardChange.objects.filter(kind=ChangeKind.REINSTATED, at__gte=at).order_by("award_id")
    return rows.values_list("award_id", flat=True)


def _changed_meanwhile(
    rows: Iterable[_Row], ended: Mapping[int, AwardChange], on: date, book: LawBook, schemes: Mapping[str, str]
) -> dict[int, date]:
    """Of awards that run again those whose facts changed while they counted as ended."""
    found: dict[int, date] = {}
    for row in rows:
        if row.pk in ended:
            then = Following.objects.filter(at__lte=ended[row.pk].at).order_by("-pk").first()
            found |= _changed_facts([row], then, on, book, schemes) if then is not None else {}
    return found


def _by_law(
    rows: Iterable[_Row], book: LawBook, schemes: Mapping[str, str], last: Following, on: date
) -> Iterator[tuple[int, date]]:
    changed = _law_changed(book, last, on)
    for row in rows:
        day = changed.get(schemes[row.programme])
        if day is not None and row.valid_until > Month.of(day).first_day:
            yield row.pk, day - _DAY


def _by_age(
    rows: Sequence[_Row], book: LawBook, schemes: Mapping[str, str], last: Following, on: date
) -> Iterator[tuple[int, date]]:
    grown = birthdays_between({row.household_id for row in rows if row.running}, last.on, on)
    for row in rows:
        if row.running and row.household_id in grown and "age" in asked_of(book, schemes, row.programme, on):
            yield row.pk, grown[row.household_id] - _DAY


@prepared
def _waiting() -> QuerySet[Adjustment, tuple[int, date, str]]:
    """Those for whom something waits are looked at again every day: facts may be known now, the budget raised. Changed
    facts on which somebody is to decide stand until he did. The award with the day and the kind of the cause.
    """
    waiting = Adjustment.objects.filter(state__in=WAITING_ADJUSTMENTS).order_by("award_id", "pk")
    return waiting.values_list("award_id", "cause_date", "cause")


def _law_changed(book: LawBook, last: Following, on: date) -> dict[str, date]:
    """Scheme → the first day on which its law is another than it was known to be, of those up to ``on``."""
    found: dict[str, date] = {}
    for scheme, versions in book.schemes().items():
        days: set[date] = set()
        for version in versions:
            if version.valid_from > on:
                continue
            pack = pack_by_digest(version.digest)
            dates = {version.valid_from, *law_dates(pack, pack.parameters)}
            # Of a version that nobody knew last time all its days count, whenever they were.
            days |= {day for day in dates if day <= on and (version.pk > last.pack_version_id or day > last.on)}
        # Before the scheme's first version there was nothing that could change.
        days = {day for day in days if day > min(version.valid_from for version in versions)}
        if days:
            found[scheme] = min(days)
    return found


def _changed_facts(
    rows: Iterable[_Row], last: Following, on: date, book: LawBook, schemes: Mapping[str, str]
) -> dict[int, date]:
    """Running awards of whom a fact that their rules ask for was recorded or came into force, with its newest day."""
    changed = facts_since(after_id=last.circumstance_id, since=last.on, until=on)
    if not changed:
        return {}
    people = {fact.resident_id for fact in changed if fact.resident_id is not None}
    homes = homes_of(people, on)
    by_home: dict[int, list[tuple[str, date]]] = {}
    for fact in changed:
        home = fact.household_id
        if fact.resident_id is not None and fact.resident_id in homes:
            home = homes[fact.resident_id].household_id
        if home is not None:
            by_home.setdefault(home, []).append((fact.code, fact.as_of))
    found: dict[int, date] = {}
    for row in rows:
        if not row.running or row.household_id not in by_home:
            continue
        asked = asked_of(book, schemes, row.programme, on)
        days = [day for code, day in by_home[row.household_id] if code in asked]
        if days:
            found[row.pk] = max(days)
    return found
