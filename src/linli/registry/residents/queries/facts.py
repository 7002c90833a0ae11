"""What is known on a day, for determinations, payments and the kinship check. Callers check their own scope."""

from calendar import isleap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_noop

from linli.foundation.data.locks import LockSpace, alone
from linli.foundation.data.prepared import prepared
from linli.foundation.data.scope import Stamp
from linli.kernel.period import age_on
from linli.registry.residents.codes import DepartureKind, LinkState, Relation
from linli.registry.residents.models import (
    Circumstance,
    Correction,
    Household,
    Membership,
    Relocation,
    Resident,
    ResidentAccount,
)

# Beyond this a list of ids becomes a range that is sifted here: both databases limit the values of one statement.
_MOST_IDS = 10_000
# Departures are few among many: beyond this many ids the few of the whole range are read rather than each id named.
_FEW_IDS = 50
# From so many days on everybody's birthday is read rather than each day named.
_MANY_DAYS = 32
# Sources of derived facts; not translated, since facts are kept with the determination.
_BIRTH, _MEMBERS = gettext_noop("登记的出生日期"), gettext_noop("登记的家庭成员")


class FactValue(NamedTuple):
    """A fact's value (None: asked, not known; yes 1, no 0), where it comes from and as of when."""

    value: int | None
    source: str
    as_of: date


class Member(NamedTuple):
    """Who lives in a household on a day."""

    resident_id: int
    number: str
    name: str
    relation: Relation
    birth_date: date
    presumed: bool = False  # the relation was worked out when the head changed, nobody has said it


class MemberFacts(NamedTuple):
    """A member and what is known of the person, ``age`` included."""

    resident_id: int
    number: str
    relation: Relation
    facts: Mapping[str, FactValue]
    presumed: bool = False


@dataclass(frozen=True)
class HouseholdFacts:
    """A household and what is known of it (``size`` included) and of its members, the head first."""

    household_id: int
    number: str
    stamp: Stamp
    facts: Mapping[str, FactValue]
    members: tuple[MemberFacts, ...]


class Departure(NamedTuple):
    """Somebody, or a household, is no longer where they were since ``departed_date``. One of the ids is set."""

    kind: DepartureKind
    departed_date: date
    resident_id: int | None = None
    household_id: int | None = None


def members_on(household_ids: Collection[int], on: date) -> Mapping[int, tuple[Member, ...]]:
    """Members of each household on the day, head first, then by age and number; one statement."""
    members: dict[int, list[Member]] = {household: [] for household in household_ids}
    for household, resident, number, name, relation, birth, presumed in _living_in(household_ids, on):
        if household in members:
            members[household].append(Member(resident, number, name, Relation(relation), birth, presumed is not None))
    return {household: tuple(sorted(people, key=_head_first)) for household, people in members.items()}


class Stay(NamedTuple):
    """Who lives in a household from a day on, until another (None: still)."""

    number: str
    valid_from: date
    valid_until: date | None

    def covers(self, day: date) -> bool:
        """Whether the person lives there on the day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


def stays_in(household_ids: Collection[int]) -> Mapping[int, list[Stay]]:
    """Everybody who ever lived in each of the households, by day and number; one statement.

    Members recorded by mistake count for nothing.
    """
    found: dict[int, list[Stay]] = {household: [] for household in household_ids}
    for household, *row in _stays_in(household_ids):
        if household in found:
            found[household].append(Stay(*row))
    return found


def facts_of(household_ids: Collection[int], on: date) -> Mapping[int, HouseholdFacts]:
    """Everything known of the households and their members on the day, in three statements for any number of them.

    Of each fact the newest ``as_of`` not after the day counts, of two from one day the later recorded. Households that
    do not exist are left out.
    """
    members = members_on(household_ids, on)
    found: dict[tuple[str, int], dict[str, FactValue]] = {}
    people = {member.resident_id for family in members.values() for member in family}
    for resident, household, code, value, source, as_of in _newest(set(household_ids), people, on):
        subject = ("r", resident) if resident is not None else ("h", household)
        found.setdefault(subject, {})[code] = FactValue(value, source, as_of)
    wanted = set(household_ids)
    rows = _households(wanted)
    return {row.pk: _household_facts(row, members[row.pk], found, on) for row in rows if row.pk in wanted}


def departures(
    resident_ids: Collection[int] = (), household_ids: Collection[int] = (), *, on: date, since: date | None = None
) -> list[Departure]:
    """Who died, left or moved by the day (not before ``since``, when given), by date; four statements.

    A household that moved to another community is MOVED, and so is each of its people at that time; a resident who
    joined another household is REHOUSED.
    """
    found = [
        *_ended(resident_ids, on),
        *_rehoused(resident_ids, on),
        *_closed(household_ids, on),
        *_moved(resident_ids, household_ids, on),
    ]
    kept = [departure for departure in found if since is None or departure.departed_date >= since]
    return sorted(kept, key=lambda d: (d.departed_date, d.resident_id or 0, d.household_id or 0, d.kind.value))


def births_of(numbers: Iterable[str]) -> Mapping[str, date]:
    """Dates of birth by the people's numbers, in one query."""
    return dict(Resident.objects.filter(number__in=set(numbers)).values_list("number", "birth_date"))


def fates_of(numbers: Iterable[str]) -> Mapping[str, date]:
    """Days of death of those of the people (by number) who died, in one query."""
    rows = Resident.objects.filter(number__in=set(numbers), died_date__isnull=False)
    return {number: died for number, died in rows.values_list("number", "died_date") if died is not None}


def birthdays_between(household_ids: Collection[int], since: date, until: date) -> Mapping[int, date]:
    """Households in which somebody grew a year older after ``since``, up to ``until``, with the first such day.

    One query; whoever was born on 29 February grows older on 1 March in common years.
    """
    days = {since + timedelta(days=number) for number in range(1, (until - since).days + 1)}
    if not days:
        return {}
    turned = {(day.month, day.day): day for day in sorted(days, reverse=True)}
    for day in days:
        if (day.month, day.day) == (3, 1) and not isleap(day.year):
            turned.setdefault((2, 29), day)
    dates = Q()
    for month, number in turned:
        dates |= Q(resident__birth_date__month=month, resident__birth_date__day=number)
    rows = _memberships(household_ids, until)
    rows = rows.filter(dates) if len(turned) < _MANY_DAYS else rows
    found: dict[int, date] = {}
    for household, birth in rows.values_list("household_id", "resident__birth_date"):
        birthday = turned.get((birth.month, birth.day))
        if birthday is not None and birth < birthday:
            found[household] = min(birthday, found.get(household, birthday))
    return found


class NewFact(NamedTuple):
    """A fact that became known or came into force: of whom (a number; one of the two), which, as of when."""

    resident_id: int | None
    household_id: int | None
    code: str
    as_of: date


def facts_since(*, after_id: int, since: date, until: date) -> list[NewFact]:
    """Facts recorded after the one of that id, and those in force since a day after ``since``; none of a later day than
    ``until``. In order of their day; one query.
    """
    return [NewFact(*row) for row in _facts_since(after_id, since, until)]


@prepared
def _facts_since(after_id: int, since: date, until: date) -> QuerySet[Circumstance, Any]:
    rows = Circumstance.objects.filter(Q(pk__gt=after_id) | Q(as_of__gt=since), as_of__lte=until)
    return rows.order_by("as_of", "pk").values_list("resident_id", "household_id", "code", "as_of")


def newest_fact() -> int:
    """The id of the fact recorded last, 0 without any."""
    return next(iter(_newest_fact()), 0)


def settled_fact() -> int:
    """As :func:`newest_fact`, when all who are recording have ended: no fact of a smaller id appears later.

    PostgreSQL gives ids out before the acts that take them commit.
    """
    with alone(LockSpace.FACTS, 0):
        return newest_fact()


@prepared
def _newest_fact() -> QuerySet[Circumstance, int]:
    return Circumstance.objects.order_by("-pk").values_list("pk", flat=True)[:1]


def resident_of(user_id: int) -> int | None:
    """The resident behind an account, None when it is linked to nobody or the link is doubted."""
    rows = ResidentAccount.objects.filter(user_id=user_id).filter(state=LinkState.STANDING)
    return rows.values_list("resident_id", flat=True).first()


def newest_recordings(members: Mapping[int, Sequence[Member]]) -> Mapping[int, datetime]:
    """When a fact of each household (id), or of one of its members, was last recorded; one statement."""
    homes = {one.resident_id: household for household, some in members.items() for one in some}
    found: dict[int, datetime] = {}
    for household, resident, last in _last_recorded(set(members), set(homes)):
        home = household if household is not None else homes.get(resident or 0)
        if home is not None:
            found[home] = max(found.get(home, last), last)
    return found


@prepared
def _last_recorded(household_ids: Collection[int], resident_ids: Collection[int]) -> QuerySet[Circumstance, Any]:
    rows = Circumstance.objects.filter(among("household_id", household_ids) | among("resident_id", resident_ids))
    newest = rows.values("household_id", "resident_id").annotate(last=Max("recorded_at")).order_by()
    return newest.values_list("household_id", "resident_id", "last")


def changed_by(user_ids: Collection[int], since: Mapping[int, datetime]) -> frozenset[int]:
    """The households (id, with a moment) of which one of the accounts recorded a fact after it, or of one of their
    people, or put right what was recorded of one; three statements for any number of them.
    """
    homes: dict[int, set[int]] = {}
    for household, resident in _everybody_of(set(since)):
        homes.setdefault(resident, set()).add(household)
    facts = Circumstance.objects.filter(among("household_id", set(since)) | among("resident_id", set(homes)))
    corrected = Correction.objects.filter(among("resident_id", set(homes)))
    rows = [
        *facts.filter(recorded_by_id__in=user_ids).values_list("household_id", "resident_id", "recorded_at"),
        *(
            (None, *one)
            for one in corrected.filter(recorded_by_id__in=user_ids).values_list("resident_id", "recorded_at")
        ),
    ]
    touched = {(home, at) for home, one, at in rows for home in ([home] if home is not None else homes.get(one, ()))}
    return frozenset(home for home, at in touched if home in since and at > since[home])


def _everybody_of(household_ids: Collection[int]) -> QuerySet[Membership, Any]:
    rows = Membership.objects.filter(among("household_id", household_ids), annulled=False)
    return rows.values_list("household_id", "resident_id")


def name_of_number(number: str) -> str:
    """The name of the resident with a number, empty when there is none; for sentences to who may know it."""
    return Resident.objects.filter(number=number).values_list("name", flat=True).first() or ""


def named_residents(resident_ids: Iterable[int]) -> list[str]:
    """Name and number of each, in order of number: for sentences to somebody who decides about them. One query."""
    rows = Resident.objects.filter(pk__in=set(resident_ids)).order_by("pk").values_list("name", "number")
    return [f"{name}（{number}）" for name, number in rows]


def ids_of_residents(numbers: Collection[str]) -> Mapping[str, int]:
    """Ids by business key, in one query."""
    return dict(Resident.objects.filter(number__in=set(numbers)).values_list("number", "pk"))


def named_units(numbers: Iterable[str]) -> list[str]:
    """Whom each number of a household or a resident means: the person, or the head of the household. Two queries."""
    wanted = set(numbers)
    names = dict(Resident.objects.filter(number__in=wanted).values_list("number", "name"))
    heads = Membership.objects.filter(
        household__number__in=wanted, valid_until__isnull=True, relation=Relation.HEAD
    ).values_list("household__number", "resident__name")
    names |= dict(heads)
    return [f"{names[number]}（{number}）" if number in names else number for number in sorted(wanted)]


def _memberships(household_ids: Collection[int], on: date) -> QuerySet[Membership, Any]:
    return Membership.objects.filter(among("household_id", household_ids), on_day(on))


@prepared
def _living_in(household_ids: Collection[int], on: date) -> QuerySet[Membership, Any]:
    names = ("resident__number", "resident__name", "relation", "resident__birth_date", "presumed_date")
    return _memberships(household_ids, on).values_list("household_id", "resident_id", *names)


@prepared
def _stays_in(household_ids: Collection[int]) -> QuerySet[Membership, Any]:
    rows = Membership.objects.filter(among("household_id", household_ids), annulled=False)
    names = ("household_id", "resident__number", "valid_from", "valid_until")
    return rows.order_by("valid_from", "resident_id").values_list(*names)


@prepared
def _households(ids: Collection[int]) -> QuerySet[Household]:
    return Household.objects.filter(among("pk", ids)).order_by("pk")


def on_day(day: date) -> Q:
    """Rows with a period that holds on the day."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))


# A tie that was ended yesterday does not let its person decide today; ours, no law.
AFTER_A_TIE = timedelta(days=90)


def bars_on(day: date) -> Q:
    """Rows of a tie that holds on the day, or that ended less than ninety days before."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day - AFTER_A_TIE))


def among(column: str, ids: Collection[int], most: int = _MOST_IDS) -> Q:
    """Rows whose column is one of the ids; of very many the whole range, to be sifted by the caller."""
    if len(ids) > most:
        return Q(**{f"{column}__gte": min(ids), f"{column}__lte": max(ids)})
    return Q(**{f"{column}__in": sorted(ids)})


@prepared
def _newest(household_ids: Collection[int], resident_ids: Collection[int], on: date) -> QuerySet[Circumstance, Any]:
    # Ids, not a query of them: PostgreSQL enters no index by a query that stands in an "or".
    subjects = among("resident_id", resident_ids) | among("household_id", household_ids)
    latest = Window(
        RowNumber(),
        partition_by=[F("resident_id"), F("household_id"), F("code")],
        order_by=[F("as_of").desc(), F("id").desc()],
    )
    return (
        Circumstance.objects.filter(subjects, as_of__lte=on)
        .annotate(place=latest)
        .filter(place=1)
        .order_by("code")
        .values_list("resident_id", "household_id", "code", "value", "source", "as_of")
    )


def _head_first(member: Member) -> tuple[bool, date, str]:
    return (member.relation != Relation.HEAD, member.birth_date, member.number)


def _household_facts(
    row: Household, members: tuple[Member, ...], found: Mapping[tuple[str, int], dict[str, FactValue]], on: date
) -> HouseholdFacts:
    return HouseholdFacts(
        row.pk,
        row.number,
        row.stamp,
        {**found.get(("h", row.pk), {}), "size": FactValue(len(members), _MEMBERS, on)},
        tuple(
            MemberFacts(
                member.resident_id,
                member.number,
                member.relation,
                {
                    **found.get(("r", member.resident_id), {}),
                    "age": FactValue(age_on(member.birth_date, on), _BIRTH, on),
                },
                member.presumed,
            )
            for member in members
        ),
    )


def _ended(resident_ids: Collection[int], on: date) -> Iterable[Departure]:
    if not resident_ids:
        return
    wanted = set(resident_ids)
    for pk, died, gone in _dead_or_left(wanted, on):
        if pk in wanted and died is not None and died <= on:
            yield Departure(DepartureKind.DIED, died, resident_id=pk)
        elif pk in wanted and gone is not None:
            yield Departure(DepartureKind.LEFT, gone, resident_id=pk)


@prepared
def _dead_or_left(resident_ids: Collection[int], on: date) -> QuerySet[Resident, Any]:
    rows = Resident.objects.filter(among("pk", resident_ids, _FEW_IDS))
    return rows.filter(Q(died_date__lte=on) | Q(left_date__lte=on)).values_list("pk", "died_date", "left_date")


def _rehoused(resident_ids: Collection[int], on: date) -> Iterable[Departure]:
    """The newest change of household: a membership that another household's preceded."""
    if not resident_ids:
        return
    wanted = set(resident_ids)
    last: dict[int, tuple[int, int | None]] = {}
    for resident, household, since, community in _homes_of_movers(wanted, on):
        before = last.get(resident)
        if resident in wanted and before is not None and before[0] != household:
            moved = DepartureKind.MOVED if before[1] != community else DepartureKind.REHOUSED
            yield Departure(moved, since, resident_id=resident)
        last[resident] = (household, community)


@prepared
def _homes_of_movers(resident_ids: Collection[int], on: date) -> QuerySet[Membership, Any]:
    counted = Membership.objects.filter(annulled=False)
    ended = counted.filter(among("resident_id", resident_ids, _FEW_IDS), valid_until__lte=on)
    return (
        counted.filter(resident_id__in=ended.values("resident_id"), valid_from__lte=on)
        .order_by("resident_id", "valid_from", "id")
        .values_list("resident_id", "household_id", "valid_from", "community_id")
    )


def _closed(household_ids: Collection[int], on: date) -> Iterable[Departure]:
    if not household_ids:
        return
    wanted = set(household_ids)
    for pk, closed in _closed_homes(wanted, on):
        if pk in wanted and closed is not None:
            yield Departure(DepartureKind.CLOSED, closed, household_id=pk)


@prepared
def _closed_homes(household_ids: Collection[int], on: date) -> QuerySet[Household, Any]:
    rows = Household.objects.filter(among("pk", household_ids, _FEW_IDS), closed_date__lte=on)
    return rows.values_list("pk", "closed_date")


def _moved(resident_ids: Collection[int], household_ids: Collection[int], on: date) -> Iterable[Departure]:
    """Moves of households to another community, and of everybody who lived in them on that day."""
    families, people = set(household_ids), set(resident_ids)
    if families:
        for household, moved in _moved_homes(families, on):
            if household in families:
                yield Departure(DepartureKind.MOVED, moved, household_id=household)
    if people:
        for resident, moved in _moved_people(people, on):
            if resident in people:
                yield Departure(DepartureKind.MOVED, moved, resident_id=resident)


def _away(on: date) -> QuerySet[Relocation]:
    rows = Relocation.objects.filter(moved_date__lte=on, annulment__isnull=True)
    return rows.exclude(community_id=F("to_community_id"))


@prepared
def _moved_homes(household_ids: Collection[int], on: date) -> QuerySet[Relocation, Any]:
    return _away(on).filter(among("household_id", household_ids, _FEW_IDS)).values_list("household_id", "moved_date")


@prepared
def _moved_people(resident_ids: Collection[int], on: date) -> QuerySet[Relocation, Any]:
    rows = _away(on).filter(  # in one filter, so that all is said of the same membership
        among("household__memberships__resident_id", resident_ids, _FEW_IDS),
        Q(household__memberships__valid_until__isnull=True)
        | Q(household__memberships__valid_until__gt=F("moved_date")),
        household__memberships__valid_from__lte=F("moved_date"),
        household__memberships__annulled=False,
    )
    return rows.values_list("household__memberships__resident_id", "moved_date")
