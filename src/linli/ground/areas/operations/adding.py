"""Areas come into the tree and change their names. Who may do that, rooms above say: this one knows no people."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import check_version, locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, within_act
from linli.ground.areas.codes import OFFICES, PARENT_KIND, AreaKind
from linli.ground.areas.models import Area
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import DomainError

NAME_LENGTH = 60
# GB/T 2260 and its extensions for the official levels; grids and buildings as the office numbers them.
_CODE = re.compile(r"[0-9A-Za-z-]{1,24}\Z")


class AreaMisplaced(DomainError):
    """A street lies in a district, a community in a street, and so on."""

    message = _("%(name)s 的上级区划不正确")


class AreasFixed(DomainError):
    """Districts are set up when the product is installed."""

    message = _("区划只能在安装时设定")


class AreasMissing(DomainError):
    """There is nothing to add."""

    message = _("没有可添加的区划")


class AreaCodeMalformed(DomainError):
    """A code is short and plain, since it stands in addresses and tables."""

    message = _("区划代码限用数字、字母和 -，最多 24 位")


class AreaNameMissing(DomainError):
    """An area has a name that fits its place."""

    message = _("请填写区划名称，最多 60 个字")


class AreaRepeated(DomainError):
    """One code stands for one area."""

    message = _("区划代码 %(code)s 出现了不止一次")


class AreaExists(DomainError):
    """Another area has the code already."""

    message = _("区划代码 %(code)s 已用于「%(name)s」")


@dataclass(frozen=True)
class NewArea:
    """One area to add; ``parent_code`` is empty for a district."""

    code: str
    kind: AreaKind
    name: str
    parent_code: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one of the areas: its place in the sequence, and the refusal with its field."""

    index: int
    error: DomainError


@act
def add_areas(act: Act, *, areas: Sequence[NewArea]) -> list[Area]:
    """Add areas at installation, parents before children.

    Raises AreasFixed when a person tries (who may, does it through users.operations.extend_territory), and what
    :func:`place_areas` raises.
    """
    if act.by != SYSTEM:
        raise AreasFixed
    return place_areas(act, areas=areas)


@within_act
def place_areas(act: Act, *, areas: Sequence[NewArea]) -> list[Area]:
    """Add areas, parents before children, all or none; leaves the audit entry.

    Raises the first of :func:`area_faults`, AreasMissing when there are none.
    """
    if not areas:
        raise AreasMissing
    parents = Area.objects.filter(code__in={new.parent_code for new in areas})
    taken = Area.objects.filter(code__in={new.code for new in areas})
    known = {area.code: area for area in (*parents, *taken)}
    for fault in area_faults(areas, known):
        raise fault.error
    added = []
    for new in areas:
        added.append(_place(new, known.get(new.parent_code)))
        known[new.code] = added[-1]
    chain = added[0].district_id or 0
    audit.record(act, where=chain, subject=f"areas:{added[0].code}", lines=[area.code for area in added])
    return added


@within_act
def rename_area(act: Act, *, area_id: int, name: str, version: int | None = None) -> Area:
    """Give an area another name; its code stays. Raises AreaNameMissing, FormStale."""
    name = _checked_name(name)
    area: Area = locked(Area.objects.filter(pk=area_id)).get()
    check_version(area, version)
    before, area.name = area.name, name
    area.save(update_fields=["name"])
    audit.record(act, where=area.stamp, subject=f"area:{area.code}", note={"before": before, "name": name})
    return area


def area_faults(areas: Sequence[NewArea], known: Mapping[str, Area]) -> list[Fault]:
    """Everything wrong with areas that come parents first; ``known`` are those already there, by code."""
    faults = []
    kinds = {code: AreaKind(area.kind) for code, area in known.items()}
    seen: set[str] = set()
    for index, new in enumerate(areas):
        faults += [Fault(index, error) for error in _errors(new, known, kinds, seen)]
        seen.add(new.code)
        kinds.setdefault(new.code, new.kind)
    return faults


def _errors(
    new: NewArea, known: Mapping[str, Area], kinds: Mapping[str, AreaKind], seen: set[str]
) -> list[DomainError]:
    errors: list[DomainError] = []
    if not _CODE.match(new.code):
        errors.append(AreaCodeMalformed(field="code"))
    elif new.code in seen:
        errors.append(AreaRepeated(field="code", code=new.code))
    elif new.code in known:
        errors.append(AreaExists(field="code", code=new.code, name=known[new.code].name))
    try:
        _checked_name(new.name)
    except AreaNameMissing as error:
        errors.append(error)
    there = kinds.get(new.parent_code) if new.parent_code else None
    if there != PARENT_KIND.get(new.kind) or (new.parent_code and there is None):
        errors.append(AreaMisplaced(field="parent", name=new.name))
    return errors


def _checked_name(name: str) -> str:
    if not name.strip() or len(name.strip()) > NAME_LENGTH:
        raise AreaNameMissing(field="name")
    return name.strip()


def _place(new: NewArea, parent: Area | None) -> Area:
    area = Area.objects.create(
        code=new.code,
        kind=new.kind,
        name=new.name.strip(),
        parent=parent,
        **(parent.stamp.columns() if parent else {}),
    )
    if new.kind != AreaKind.BUILDING:
        # An area is its own ancestor at its level; its id exists only now.
        column = f"{new.kind.lower()}_id"
        setattr(area, column, area.pk)
        area.save(update_fields=[column])
    return area


# --- where an office is reached: entered by an administrator, said under every letter and on every poster ---


# A number with its area code, or a service line of five digits; an extension after 转 or a hyphen.
_TELEPHONE = re.compile(r"\+?\d[\d -]{3,18}\d(?:\s?(?:转|-|ext\.?)\s?\d{1,6})?", re.ASCII)
_DIGITS = range(5, 21)
ADDRESS_LENGTH = 120


class NoOffice(DomainError):
    """Streets and communities have offices."""

    message = _("只有街道和社区登记办公电话和地址")


class TelephoneMalformed(DomainError):
    """A telephone has 5 to 20 digits."""

    message = _("电话填数字，可带区号和分机，例如 010-62340000 转 8012")


class AddressMissing(DomainError):
    """An address that a letter can carry."""

    message = _("地址须填写，最长 120 字")


@within_act
def set_office(act: Act, *, area_id: int, telephone: str, address: str, version: int | None = None) -> Area:
    """Enter or correct where the office of a street or community is reached; the trail keeps what stood before.

    Raises NoOffice, TelephoneMalformed, AddressMissing, FormStale.
    """
    telephone, address = " ".join(telephone.split()), " ".join(address.split())
    area: Area = locked(Area.objects.filter(pk=area_id)).get()
    check_version(area, version)
    if area.kind not in OFFICES:
        raise NoOffice
    if not _TELEPHONE.fullmatch(telephone) or sum(sign.isdigit() for sign in telephone) not in _DIGITS:
        raise TelephoneMalformed(field="telephone")
    if not address or len(address) > ADDRESS_LENGTH:
        raise AddressMissing(field="address")
    before = {"telephone": area.telephone, "address": area.address}
    area.telephone, area.address = telephone, address
    area.save(update_fields=["telephone", "address"])
    note = {"before": before, "telephone": telephone, "address": address}
    audit.record(act, where=area.stamp, subject=f"area:{area.code}", note=note)
    return area
