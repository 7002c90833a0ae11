"""The registry's pages: a list, a household, a resident. Everything sealed leaves here masked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from linli.areas.queries import names as area_names
from linli.foundation.data.crypto import open_sealed
from linli.foundation.data.scope import Scope, Stamp, within
from linli.kernel.masking import mask_identity_number, mask_phone
from linli.kernel.period import age_on
from linli.residents.codes import GuardianshipKind, HukouKind, IdentifiedHow, Relation, ResidenceKind, Sex
from linli.residents.models import Guardianship, Household, Identification, Membership, Resident
from linli.residents.queries.facts import FactValue, facts_of


@dataclass(frozen=True)
class HouseholdFilter:
    """What the list shows; empty values do not narrow."""

    grid_id: int | None = None
    building_id: int | None = None
    include_closed: bool = False


@dataclass(frozen=True)
class HouseholdRow:
    """One line of the list."""

    household_id: int
    number: str
    head_name: str
    size: int
    community_name: str
    grid_name: str
    building_name: str
    opened_date: date
    closed_date: date | None


@dataclass(frozen=True)
class HouseholdPage:
    """Lines in order of number; ``next_after`` is what to ask for next, empty at the end."""

    rows: tuple[HouseholdRow, ...]
    next_after: str


@dataclass(frozen=True)
class ResidentView:
    """A person as shown: numbers masked."""

    resident_id: int
    number: str
    name: str
    sex: Sex
    birth_date: date
    age: int
    masked_id_number: str
    masked_phone: str
    hukou_kind: HukouKind
    hukou_place: str
    residence_kind: ResidenceKind
    residence_place: str
    died_date: date | None
    left_date: date | None
    stamp: Stamp
    version: int


@dataclass(frozen=True)
class MemberView:
    """A person's place in the household, and what is known on the day."""

    person: ResidentView
    relation: Relation
    valid_from: date
    valid_until: date | None
    facts: Mapping[str, FactValue]


@dataclass(frozen=True)
class GuardianView:
    """Who acts for a member."""

    guardianship_id: int
    ward_name: str
    guardian_name: str
    guardian_number: str
    kind: GuardianshipKind
    valid_from: date
    valid_until: date | None
    document: str


@dataclass(frozen=True)
class IdentificationView:
    """How somebody was found; ``subject_name`` is empty for the household."""

    subject_name: str
    how: IdentifiedHow
    by_name: str
    identified_date: date


@dataclass(frozen=True)
class HouseholdDetail:
    """A household's page. ``has_address`` says whether there is a door to unmask."""

    household_id: int
    number: str
    stamp: Stamp
    community_name: str
    grid_name: str
    building_id: int | None
    building_name: str
    has_address: bool
    opened_date: date
    closed_date: date | None
    closed_reason: str
    version: int
    facts: Mapping[str, FactValue]
    members: tuple[MemberView, ...]
    former: tuple[MemberView, ...]
    guardians: tuple[GuardianView, ...]
    identifications: tuple[IdentificationView, ...]


@dataclass(frozen=True)
class ResidentDetail:
    """A person's page: the person, the household now (empty: none), kin in the registry."""

    person: ResidentView
    household_number: str
    relation: Relation | None


def households(
    scope: Scope, filters: HouseholdFilter | None = None, *, after: str = "", limit: int = 50
) -> HouseholdPage:
    """A page of households within the scope in order of number, three statements whatever its size."""
    rows = household_rows(scope, filters or HouseholdFilter())
    if after:
        rows = rows.filter(number__gt=after)
    page = list(rows.order_by("number")[: limit + 1])
    lines = _lines(page[:limit])
    return HouseholdPage(lines, lines[-1].number if len(page) > limit else "")


def household_detail(scope: Scope, number: str, *, on: date) -> HouseholdDetail | None:
    """A household within the scope as known on the day; None when there is none to see."""
    household = within(Household.objects.all(), scope).filter(number=number).first()
    if household is None:
        return None
    memberships = list(household.memberships.select_related("resident").order_by("valid_from", "pk"))
    current = [m for m in memberships if m.valid_until is None]
    people = {m.resident_id: m.resident for m in memberships}
    known = facts_of([household.pk], on)[household.pk]
    facts = {member.resident_id: member.facts for member in known.members}
    names = area_names([household.community_id, household.grid_id, household.building_id])
    return HouseholdDetail(
        household.pk,
        household.number,
        household.stamp,
        names.get(household.community_id or 0, ""),
        names.get(household.grid_id or 0, ""),
        household.building_id,
        names.get(household.building_id or 0, ""),
        bool(household.address_envelope),
        household.opened_date,
        household.closed_date,
        household.get_closed_reason_display(),
        household.version,
        known.facts,
        tuple(sorted((_member_view(m, facts, on) for m in current), key=_head_first)),
        tuple(_member_view(m, {}, on) for m in memberships if m.valid_until is not None and _left(m, current)),
        _guardians({m.resident_id for m in current}),
        _identifications(household, people),
    )


def resident_detail(scope: Scope, number: str, *, on: date) -> ResidentDetail | None:
    """A resident within the scope; None when there is none to see."""
    resident = within(Resident.objects.all(), scope).filter(number=number).first()
    if resident is None:
        return None
    membership = (
        resident.memberships.filter(valid_until__isnull=True).values_list("household__number", "relation").first()
    )
    household, relation = membership or ("", None)
    return ResidentDetail(view(resident, on), household, Relation(relation) if relation else None)


def resident_by_id(scope: Scope, resident_id: int, *, on: date) -> ResidentView | None:
    """A resident within the scope by id; None when there is none to see."""
    resident = within(Resident.objects.all(), scope).filter(pk=resident_id).first()
    return view(resident, on) if resident else None


def household_rows(scope: Scope, wanted: HouseholdFilter) -> QuerySet[Household, Household]:
    """The households that the list shows."""
    rows = within(Household.objects.all(), scope)
    if not wanted.include_closed:
        rows = rows.filter(closed_date__isnull=True)
    if wanted.grid_id is not None:
        rows = rows.filter(grid_id=wanted.grid_id)
    if wanted.building_id is not None:
        rows = rows.filter(building_id=wanted.building_id)
    return rows


def visible_households(scope: Scope, household_ids: Iterable[int]) -> set[int]:
    """Which of the households the scope covers."""
    rows = within(Household.objects.all(), scope)
    return set(rows.filter(pk__in=set(household_ids)).values_list("pk", flat=True))


def visible_household(scope: Scope, number: str) -> int:
    """The id of a household within the scope by its number; 0, which no household has, when there is none to see."""
    rows = within(Household.objects.all(), scope).filter(number=number.strip().upper())
    return rows.values_list("pk", flat=True).first() or 0


def view(resident: Resident, on: date) -> ResidentView:
    """The masked view of a person."""
    id_number = open_sealed(resident.id_number_envelope, aad=resident.id_number_aad)
    phone = open_sealed(resident.phone_envelope, aad=resident.phone_aad)
    return ResidentView(
        resident.pk,
        resident.number,
        resident.name,
        Sex(resident.sex),
        resident.birth_date,
        age_on(resident.birth_date, resident.died_date or on),
        mask_identity_number(id_number),
        mask_phone(phone),
        HukouKind(resident.hukou_kind),
        resident.hukou_place,
        ResidenceKind(resident.residence_kind),
        resident.residence_place,
        resident.died_date,
        resident.left_date,
        resident.stamp,
        resident.version,
    )


def _lines(page: Sequence[Household]) -> tuple[HouseholdRow, ...]:
    ids = [household.pk for household in page]
    heads: dict[int, str] = {}
    sizes = dict.fromkeys(ids, 0)
    members = Membership.objects.filter(household_id__in=ids, valid_until__isnull=True)
    for household_id, relation, name in members.values_list("household_id", "relation", "resident__name"):
        sizes[household_id] += 1
        if relation == Relation.HEAD:
            heads[household_id] = name
    places = area_names(area for row in page for area in (row.community_id, row.grid_id, row.building_id))
    return tuple(
        HouseholdRow(
            row.pk,
            row.number,
            heads.get(row.pk, ""),
            sizes[row.pk],
            places.get(row.community_id or 0, ""),
            places.get(row.grid_id or 0, ""),
            places.get(row.building_id or 0, ""),
            row.opened_date,
            row.closed_date,
        )
        for row in page
    )


def _member_view(membership: Membership, facts: Mapping[int, Mapping[str, FactValue]], on: date) -> MemberView:
    return MemberView(
        view(membership.resident, on),
        Relation(membership.relation),
        membership.valid_from,
        membership.valid_until,
        facts.get(membership.resident_id, {}),
    )


def _head_first(member: MemberView) -> tuple[bool, date, str]:
    return (member.relation != Relation.HEAD, member.person.birth_date, member.person.number)


def _left(membership: Membership, current: Sequence[Membership]) -> bool:
    """A former member, not somebody who became head and lives here still."""
    return all(membership.resident_id != other.resident_id for other in current)


def _guardians(resident_ids: set[int]) -> tuple[GuardianView, ...]:
    rows = Guardianship.objects.filter(ward_id__in=resident_ids).select_related("ward", "guardian").order_by("pk")
    return tuple(
        GuardianView(
            row.pk,
            row.ward.name,
            row.guardian.name if row.guardian else row.guardian_name,
            row.guardian.number if row.guardian else "",
            GuardianshipKind(row.kind),
            row.valid_from,
            row.valid_until,
            row.document,
        )
        for row in rows
    )


def _identifications(household: Household, people: Mapping[int, Resident]) -> tuple[IdentificationView, ...]:
    rows = Identification.objects.filter(Q(household=household) | Q(resident_id__in=list(people)))
    return tuple(
        IdentificationView(
            people[row.resident_id].name if row.resident_id is not None else "",
            IdentifiedHow(row.how),
            row.by_name,
            row.identified_date,
        )
        for row in rows.order_by("identified_date", "pk")
    )
