"""Administrators extend the territory below their own areas. The tree itself is kept by the room below."""

from collections.abc import Sequence

from linli.foundation.trail.acts import act
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.operations import AreaMisplaced, AreasFixed, NewArea, place_areas, rename_area, set_office
from linli.ground.areas.queries import Area, area_by_id, by_codes
from linli.ground.users.permissions import check_administer
from linli.kernel.act import Act


@act
def extend_territory(act: Act, *, areas: Sequence[NewArea]) -> list[Area]:
    """Add streets, communities, grids and buildings, parents before children, all or none.

    An administrator over each parent does this; districts are added at installation alone. Raises NotPermitted,
    AreasFixed, AreaMisplaced, and what areas.operations.place_areas raises.
    """
    new = {area.code for area in areas}
    parents = by_codes({area.parent_code for area in areas if area.parent_code not in new})
    for area in areas:
        if area.parent_code in new:
            continue
        if area.kind == AreaKind.DISTRICT:
            raise AreasFixed(field="kind")
        if area.parent_code not in parents:
            raise AreaMisplaced(field="parent", name=area.name)
        check_administer(act, parents[area.parent_code].stamp)
    return place_areas(act, areas=areas)


@act
def rename_territory(act: Act, *, area_id: int, name: str) -> Area:
    """Give an area another name. An administrator over it does this. Raises NotPermitted, AreaNameMissing."""
    check_administer(act, area_by_id(area_id).stamp)
    return rename_area(act, area_id=area_id, name=name)


@act
def record_office(act: Act, *, area_id: int, telephone: str, address: str) -> Area:
    """Enter or correct where the office of a street or community is reached. An administrator over it does this.

    Raises NotPermitted, NoOffice, TelephoneMalformed, AddressMissing.
    """
    check_administer(act, area_by_id(area_id).stamp)
    return set_office(act, area_id=area_id, telephone=telephone, address=address)
