"""Invented people for the registry's tests. Identity numbers carry the area 990101, which no place in China has."""

from dataclasses import replace
from datetime import date

from linli.kernel.identity import with_check_digit
from linli.registry.residents.codes import Relation, Sex
from linli.registry.residents.operations import NewHousehold, NewMember


def id_number(birth: date, order: int, *, male: bool) -> str:
    """A valid invented identity number; ``order`` (0–499) tells people of one birthday apart."""
    return with_check_digit(f"990101{birth:%Y%m%d}{order * 2 + male:03d}")


def person(
    name: str = "王建国",
    relation: Relation = Relation.HEAD,
    birth: date = date(1950, 5, 1),
    *,
    order: int = 1,
    male: bool = True,
    phone: str = "",
) -> NewMember:
    """One member with a valid number."""
    sex = Sex.MALE if male else Sex.FEMALE
    return NewMember(name, relation, sex, birth, id_number(birth, order, male=male), phone)


def couple(area_id: int, *, order: int = 1) -> NewHousehold:
    """An old man and his wife."""
    members = (
        person(order=order, phone="13800138000"),
        person("李秀英", Relation.SPOUSE, date(1953, 8, 12), order=order, male=False),
    )
    return NewHousehold(area_id, members, address="2 单元 301", opened_date=date(2025, 1, 1))


def single(area_id: int, member: NewMember) -> NewHousehold:
    """A household of one."""
    return NewHousehold(area_id, (replace(member, relation=Relation.HEAD),), opened_date=date(2025, 1, 1))
