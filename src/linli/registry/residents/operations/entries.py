"""Who is to be registered, as pages, files and programs hand it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from linli.registry.residents.codes import HukouKind, Relation, ResidenceKind, Sex


@dataclass(frozen=True)
class NewMember:
    """A person to register. No identity number is a fact too (newborns); no telephone likewise.

    ``print_as`` says what paper shows for the name's signs that no font has. ``is_another`` answers whether it is
    somebody registered of the same name and birth date: somebody else.
    """

    name: str
    relation: Relation
    sex: Sex
    birth_date: date
    id_number: str = ""
    phone: str = ""
    hukou_kind: HukouKind = HukouKind.HERE
    hukou_place: str = ""
    residence_kind: ResidenceKind = ResidenceKind.PERMANENT
    residence_place: str = ""
    is_another: bool = False
    print_as: str = ""


@dataclass(frozen=True)
class NewHousehold:
    """A household to register in a community, a grid or a building; ``address`` is the door within it."""

    area_id: int
    members: Sequence[NewMember]
    address: str = ""
    opened_date: date | None = None  # the day of the act when not given
