"""One stream per household: who came and went, what became known, who looked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from linli.foundation.data.scope import Scope, within
from linli.foundation.trail.audit import looks
from linli.kernel.act import CHINA_TIME
from linli.kernel.masking import mask_name
from linli.registry.residents.codes import EventKind, Relation
from linli.registry.residents.models import (
    Circumstance,
    Correction,
    Guardianship,
    Household,
    Identification,
    Membership,
    Resident,
)


@dataclass(frozen=True)
class Event:
    """Something that happened. ``subject`` is a person's name, empty for the household; ``words`` fill the sentence.

    ``by_id`` is who recorded or looked, None when the row does not say; of one day ``order`` puts the later above.
    """

    day: date
    order: int
    kind: EventKind
    subject: str
    words: Mapping[str, str]
    by_id: int | None = None


def timeline(scope: Scope, number: str, *, before: date = date.max, limit: int = 200) -> list[Event]:
    """The newest events before a day of a household within the scope, or of a resident, newest first; eight statements.

    Empty out of scope.
    """
    household = within(Household.objects.all(), scope).filter(number=number).first()
    if household is not None:
        memberships = list(household.memberships.select_related("resident").order_by("pk"))
        people = {membership.resident_id: membership.resident for membership in memberships}
        stays = _stays(household, memberships)
    else:
        people = within(Resident.objects.filter(number=number), scope).in_bulk()
        stays = _gone(people.values())
    told = [*stays, *_facts(household, people), *_ties(scope, people), *_looks(household, people, before, limit)]
    earlier = [event for event in told if event.day < before]
    return sorted(earlier, key=lambda event: (event.day, event.order), reverse=True)[:limit]


def _gone(people: Iterable[Resident]) -> Iterator[Event]:
    for person in people:
        for day, kind in ((person.left_date, EventKind.DEPARTED), (person.died_date, EventKind.DIED)):
            if day is not None:
                yield Event(day, 2, kind, person.name, {})


def _stays(household: Household, memberships: Sequence[Membership]) -> Iterator[Event]:
    yield Event(household.opened_date, 0, EventKind.OPENED, "", {})
    memberships = [m for m in memberships if not m.annulled]
    lasting = [m for m in memberships if m.valid_from != m.valid_until]
    began = {(m.resident_id, m.valid_from) for m in lasting}
    ended = {(m.resident_id, m.valid_until): m.relation for m in lasting}
    for membership in memberships:
        person, words = membership.resident, {"relation": str(Relation(membership.relation).label)}
        was = ended.get((membership.resident_id, membership.valid_from))
        if was is not None and was != membership.relation:  # who is the same to another head, became nothing
            yield Event(membership.valid_from, 3, EventKind.BECAME, person.name, words)
        elif was is None and membership.valid_from > household.opened_date:
            yield Event(membership.valid_from, 1, EventKind.JOINED, person.name, words)
        if membership.valid_until is not None and (membership.resident_id, membership.valid_until) not in began:
            kind = EventKind.DIED if person.died_date == membership.valid_until else EventKind.DEPARTED
            yield Event(membership.valid_until, 2, kind, person.name, words)
    moves = household.relocations.filter(annulment__isnull=True)
    for move in moves.select_related("from_building", "to_building").order_by("pk"):
        words = {
            "origin": move.from_building.name if move.from_building else "",
            "target": move.to_building.name if move.to_building else "",
        }
        yield Event(move.moved_date, 3, EventKind.MOVED, "", words, move.recorded_by_id)
    if household.closed_date is not None:
        yield Event(household.closed_date, 4, EventKind.CLOSED, "", {"reason": household.get_closed_reason_display()})


def _facts(household: Household | None, people: Mapping[int, Resident]) -> Iterator[Event]:
    mine = Q(resident_id__in=list(people))
    mine |= Q(household=household) if household else Q()
    for fact in Circumstance.objects.filter(mine).order_by("pk"):
        words = {"code": fact.code, "value": "" if fact.value is None else str(fact.value), "source": fact.source}
        yield Event(fact.as_of, 5, EventKind.FACT, _name(people, fact.resident_id), words, fact.recorded_by_id)
    for found in Identification.objects.filter(mine).order_by("pk"):
        words = {"how": found.get_how_display(), "by_name": found.by_name}
        subject = _name(people, found.resident_id)
        yield Event(found.identified_date, 6, EventKind.IDENTIFIED, subject, words, found.recorded_by_id)


def _ties(scope: Scope, people: Mapping[int, Resident]) -> Iterator[Event]:
    for tie in Guardianship.objects.filter(ward_id__in=list(people)).select_related("guardian").order_by("pk"):
        name = tie.guardian_name
        if tie.guardian is not None:
            name = tie.guardian.name if scope.covers(tie.guardian.stamp) else mask_name(tie.guardian.name)
        words = {"guardian": name, "kind": tie.get_kind_display()}
        yield Event(tie.valid_from, 7, EventKind.GUARDIAN, people[tie.ward_id].name, words, tie.recorded_by_id)
    for change in Correction.objects.filter(resident_id__in=list(people)).order_by("pk"):
        words = {"field": change.field, "reason": change.reason}
        day = change.recorded_at.astimezone(CHINA_TIME).date()
        yield Event(day, 8, EventKind.CORRECTED, people[change.resident_id].name, words, change.recorded_by_id)


def _looks(household: Household | None, people: Mapping[int, Resident], before: date, limit: int) -> Iterator[Event]:
    subjects = {f"resident:{person.number}": person.name for person in people.values()}
    subjects |= {f"household:{household.number}": ""} if household else {}
    acts = {"read": EventKind.READ, "residents.unmask": EventKind.UNMASKED}
    for day, act, subject, actor_id in looks(subjects, acts, before=before, limit=limit):
        yield Event(day, 9, acts[act], subjects[subject], {}, actor_id)


def _name(people: Mapping[int, Resident], resident_id: int | None) -> str:
    return people[resident_id].name if resident_id is not None else ""
