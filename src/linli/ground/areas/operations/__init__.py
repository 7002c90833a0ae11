"""Acts on the territory."""

from linli.ground.areas.operations.adding import (
    AddressMissing,
    AreaExists,
    AreaMisplaced,
    AreaNameMissing,
    AreasFixed,
    AreasMissing,
    NewArea,
    NoOffice,
    TelephoneMalformed,
    add_areas,
    place_areas,
    rename_area,
    set_office,
)
from linli.ground.areas.operations.tables import (
    AreasRefused,
    area_columns,
    area_rows,
    area_template,
    check_areas,
    read_areas,
    read_areas_toml,
)
