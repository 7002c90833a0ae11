"""What the registry's pages show: frozen rows, everything sealed already masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from linli.foundation.data.scope import Stamp
from linli.registry.residents.codes import (
    GuardianshipKind,
    HukouKind,
    IdentifiedHow,
    KinRelation,
    Relation,
    ResidenceKind,
    Sex,
)
from linli.registry.residents.queries.facts import FactValue


@dataclass(frozen=True)
class HouseholdLine:
    """What a list tells of a household. ``grid_name`` is the community's where it lies in no grid."""

    head_name: str
    size: int
    grid_name: str
    building_name: str


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
    printed_as: str = ""  # the name on paper, when it is not the name itself


@dataclass(frozen=True)
class MemberView:
    """A person's place in the household, and what is known on the day."""

    person: ResidentView
    relation: Relation
    valid_from: date
    valid_until: date | None
    facts: Mapping[str, FactValue]
    presumed: bool = False  # the relation: worked out when the head changed


@dataclass(frozen=True)
class GuardianView:
    """Who acts for a member; of a resident out of scope the name is masked and the number empty."""

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
class KinView:
    """A member's relative in the registry; of somebody out of scope the name is masked and the number empty."""

    member_name: str
    kin_name: str
    kin_number: str
    relation: KinRelation


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
    moved_date: date | None  # of the last move as a whole
    version: int
    facts: Mapping[str, FactValue]
    members: tuple[MemberView, ...]
    former: tuple[MemberView, ...]
    guardians: tuple[GuardianView, ...]
    kin: tuple[KinView, ...]
    identifications: tuple[IdentificationView, ...]


@dataclass(frozen=True)
class ResidentDetail:
    """A person's page: the person, the household now (empty: none), kin in the registry."""

    person: ResidentView
    household_number: str
    relation: Relation | None
