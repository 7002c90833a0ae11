"""Acts on the territory."""

from linli.ground.areas.operations.adding import (
    AreaCodeMalformed,
    AreaExists,
    AreaMisplaced,
    AreaNameMissing,
    AreaRepeated,
    AreasFixed,
    AreasMissing,
    AreaUnknown,
    NewArea,
    add_areas,
    area_faults,
    place_areas,
    rename_area,
)
from linli.ground.areas.operations.offices import AddressMissing, NoOffice, TelephoneMalformed, set_office
from linli.ground.areas.operations.tables import (
    AreasRefused,
    AreaTable,
    area_template,
    area_workbook,
    check_areas,
    read_areas,
    read_areas_toml,
)

__all__ = [
    "AddressMissing",
    "AreaCodeMalformed",
    "AreaExists",
    "AreaMisplaced",
    "AreaNameMissing",
    "AreaRepeated",
    "AreaTable",
    "AreaUnknown",
    "AreasFixed",
    "AreasMissing",
    "AreasRefused",
    "NewArea",
    "NoOffice",
    "TelephoneMalformed",
    "add_areas",
    "area_faults",
    "area_template",
    "area_workbook",
    "check_areas",
    "place_areas",
    "read_areas",
    "read_areas_toml",
    "rename_area",
    "set_office",
]
