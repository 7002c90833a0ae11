"""Acts on the territory."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from linli.areas.codes import PARENT_KIND, AreaKind
from linli.areas.models import Area
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import DomainError


class AreaMisplaced(DomainError):
    """A street lies in a district, a community in a street, and so on."""

    code = "areas.misplaced"
    message = _("%(name)s 的上级区划不正确")


class AreasFixed(DomainError):
    """Territory is set up when the product is installed."""

    code = "areas.fixed"
    message = _("区划只能在安装时设定")


@dataclass(frozen=True)
class NewArea:
    """One area to add; ``parent_code`` is empty for a district."""

    code: str
    kind: AreaKind
    name: str
    parent_code: str = ""


@act
def add_areas(act: Act, *, areas: Sequence[NewArea]) -> list[Area]:
    """Add areas at installation, parents before children.

    Raises AreasFixed when a person tries, AreaMisplaced when a parent is missing or of the wrong kind.
    """
    if act.by != SYSTEM:
        raise AreasFixed
    known = {area.code: area for area in Area.objects.filter(code__in={new.parent_code for new in areas})}
    added = []
    for new in areas:
        parent = known.get(new.parent_code)
        if (AreaKind(parent.kind) if parent else None) != PARENT_KIND.get(new.kind):
            raise AreaMisplaced(field="parent", name=new.name)
        added.append(_place(new, parent))
        known[new.code] = added[-1]
    chain = added[0].district_id or 0
    audit.record(act, where=chain, subject=f"areas:{added[0].code}", lines=[area.code for area in added])
    return added


def _place(new: NewArea, parent: Area | None) -> Area:
    area = Area.objects.create(
        code=new.code,
        kind=new.kind,
        name=new.name,
        parent=parent,
        **(parent.stamp.columns() if parent else {}),
    )
    if new.kind != AreaKind.BUILDING:
        # An area is its own ancestor at its level; its id exists only now.
        column = f"{new.kind.lower()}_id"
        setattr(area, column, area.pk)
        area.save(update_fields=[column])
    return area
