"""The registry's pages: a list, a household, a resident. Everything sealed leaves here masked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When

from linli.foundation.data.crypto import open_sealed
from linli.foundation.data.scope import Scope, within
from linli.foundation.files.glyphs import unprintable
from linli.foundation.files.print_signs import print_spelling, unstated
from linli.ground.areas.queries import names as area_names
from linli.kernel.masking import mask_identity_number, mask_name, mask_phone
from linli.kernel.period import age_on
from linli.registry.residents.codes import (
    INVERSE_KIN,
    GuardianshipKind,
    HukouKind,
    IdentifiedHow,
    KinRelation,
    Relation,
    ResidenceKind,
    Sex,
)
from linli.registry.residents.models import Guardianship, Household, Identification, Kinship, Membership, Resident
from linli.registry.residents.queries.cards import (
    GuardianView,
    HouseholdDetail,
    HouseholdLine,
    IdentificationView,
    KinView,
    MemberView,
    ResidentDetail,
    ResidentView,
)
from linli.registry.residents.queries.departing import last_move
from linli.registry.residents.queries.facts import FactValue, facts_of
from linli.registry.residents.queries.places import Place


def households(
    scope: Scope, *, among: Iterable[Place] | None = None, closed: bool | None = False
) -> QuerySet[Household, Household]:
    """Households within the scope: those of some grids and buildings, those that are closed, are not, or (None) all."""
    return Household.objects.filter(_households(scope, among, closed, ""))


def _households(scope: Scope, among: Iterable[Place] | None, closed: bool | None, to: str) -> Q:  # noqa: FBT001 - as said
    wanted = scope.condition(to)
    if closed is not None:
        wanted &= Q(**{f"{to}closed_date__isnull": not closed})
    if among is None:
        return wanted
    there = list(among)
    buildings = Q(**{f"{to}building_id__in": [place.area_id for place in there if place.building_id]})
    grids = [place.area_id for place in there if not place.building_id]
    return wanted & (buildings | Q(**{f"{to}grid_id__in": grids}) if grids else buildings)


def all_residents(scope: Scope) -> QuerySet[Resident]:
    """Residents within the scope, those too who died or left."""
    return within(Resident.objects.all(), scope)


def people(
    scope: Scope, *, among: Iterable[Place] | None = None, closed: bool | None = False
) -> QuerySet[Membership, Membership]:
    """Who lives in the same households; ``rank`` puts the head first. Joined: households in order lead to them."""
    rank = Case(When(relation=Relation.HEAD, then=0), default=1, output_field=IntegerField())
    there = _households(scope, among, closed, "household__")
    rows = Membership.objects.filter(there, valid_until__isnull=True)
    return rows.annotate(rank=rank).select_related("household", "resident")


def inhabited(
    scope: Scope, *, among: Iterable[Place] | None = None, closed: bool | None = False
) -> QuerySet[Household, Household]:
    """The same households, those alone in which somebody lives."""
    somebody = Membership.objects.filter(household=OuterRef("pk"), valid_until__isnull=True)
    return households(scope, among=among, closed=closed).filter(Exists(somebody))


def relations_presumed(scope: Scope, *, but: Iterable[str] = ()) -> QuerySet[Household, Household]:
    """Households within the scope in which somebody's relation to the head was worked out and nobody has said it;
    without those of the numbers.
    """
    presumed = Membership.objects.filter(valid_until__isnull=True, presumed_date__isnull=False).values("household_id")
    return households(scope).filter(pk__in=presumed).exclude(number__in=list(but)).order_by("pk")


def is_presumed(number: str) -> bool:
    """Whether that is so in the household with the number."""
    rows = Membership.objects.filter(household__number=number, valid_until__isnull=True)
    return rows.filter(presumed_date__isnull=False).exists()


def household_lines(page: Sequence[Household]) -> Mapping[int, HouseholdLine]:
    """What a list tells of households, by id; two statements for any number."""
    ids = [household.pk for household in page]
    heads: dict[int, str] = {}
    sizes = dict.fromkeys(ids, 0)
    members = Membership.objects.filter(household_id__in=ids, valid_until__isnull=True)
    for household_id, relation, name in members.values_list("household_id", "relation", "resident__name"):
        sizes[household_id] += 1
        if relation == Relation.HEAD:
            heads[household_id] = name
    known = area_names(area for row in page for area in (row.community_id, row.grid_id, row.building_id))
    return {
        row.pk: HouseholdLine(
            heads.get(row.pk, ""),
            sizes[row.pk],
            known.get(row.grid_id or row.community_id or 0, ""),
            known.get(row.building_id or 0, ""),
        )
        for row in page
    }


def household_detail(scope: Scope, number: str, *, on: date) -> HouseholdDetail | None:
    """A household within the scope as known on the day; None when there is none to see."""
    household = within(Household.objects.all(), scope).filter(number=number).first()
    if household is None:
        return None
    memberships = list(
        household.memberships.filter(annulled=False).select_related("resident").order_by("valid_from", "pk")
    )
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
        last_move(household.pk),
        household.version,
        known.facts,
        tuple(sorted((_member_view(m, facts, on) for m in current), key=_head_first)),
        tuple(_member_view(m, {}, on) for m in memberships if m.valid_until is not None and _left(m, current)),
        _guardians(scope, {m.resident_id for m in current}),
        _kin(scope, {m.resident_id for m in current}),
        _identifications(household, people),
    )


def resident_detail(scope: Scope, number: str, *, on: date) -> ResidentDetail | None:
    """A resident within the scope; None when there is none to see."""
    resident = all_residents(scope).filter(number=number).first()
    if resident is None:
        return None
    membership = (
        resident.memberships.filter(valid_until__isnull=True).values_list("household__number", "relation").first()
    )
    household, relation = membership or ("", None)
    return ResidentDetail(view(resident, on), household, Relation(relation) if relation else None)


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
        _printed_as(resident.name),
    )


def _printed_as(name: str) -> str:
    """What paper shows for a name with signs that no font has; "?" stands for what nobody has stated yet."""
    if not unprintable(name):
        return ""
    missing = unstated(name)
    return print_spelling("".join("?" if sign in missing else sign for sign in name))


def head_names(household_ids: Iterable[int]) -> dict[int, str]:
    """The head of each household that has one, unmasked; for pages that name rows already in their reader's scope."""
    heads = Membership.objects.filter(
        household_id__in=set(household_ids), valid_until__isnull=True, relation=Relation.HEAD
    )
    return dict(heads.values_list("household_id", "resident__name"))


def _member_view(membership: Membership, facts: Mapping[int, Mapping[str, FactValue]], on: date) -> MemberView:
    return MemberView(
        view(membership.resident, on),
        Relation(membership.relation),
        membership.valid_from,
        membership.valid_until,
        facts.get(membership.resident_id, {}),
        membership.presumed_date is not None,
    )


def _head_first(member: MemberView) -> tuple[bool, date, str]:
    return (member.relation != Relation.HEAD, member.person.birth_date, member.person.number)


def _left(membership: Membership, current: Sequence[Membership]) -> bool:
    """A former member, not somebody who became head and lives here still."""
    return all(membership.resident_id != other.resident_id for other in current)


def _guardians(scope: Scope, resident_ids: set[int]) -> tuple[GuardianView, ...]:
    rows = Guardianship.objects.filter(ward_id__in=resident_ids).select_related("ward", "guardian").order_by("pk")
    found = []
    for row in rows:
        name, number = row.guardian_name, ""
        if row.guardian is not None:
            seen = scope.covers(row.guardian.stamp)
            name, number = (row.guardian.name, row.guardian.number) if seen else (mask_name(row.guardian.name), "")
        kind = GuardianshipKind(row.kind)
        found.append(
            GuardianView(row.pk, row.ward.name, name, number, kind, row.valid_from, row.valid_until, row.document)
        )
    return tuple(found)


def _kin(scope: Scope, resident_ids: set[int]) -> tuple[KinView, ...]:
    """Relatives of the members, from both sides of each tie."""
    rows = Kinship.objects.filter(Q(a_id__in=resident_ids) | Q(b_id__in=resident_ids)).select_related("a", "b")
    found = []
    for row in rows.order_by("pk"):
        relation = KinRelation(row.relation)
        for member, kin, bond in ((row.a, row.b, relation), (row.b, row.a, INVERSE_KIN[relation])):
            if member.pk in resident_ids:
                seen = scope.covers(kin.stamp)
                name, number = (kin.name, kin.number) if seen else (mask_name(kin.name), "")
                found.append(KinView(member.name, name, number, bond))
    return tuple(found)


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
