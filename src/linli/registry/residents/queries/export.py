"""People with their households as rows, for a workbook."""

from dataclasses import dataclass
from datetime import date

from linli.foundation.data.scope import Scope
from linli.ground.areas.queries import names as area_names
from linli.registry.residents.models import Membership
from linli.registry.residents.queries.cards import HouseholdFilter
from linli.registry.residents.queries.registry import household_rows, view


@dataclass(frozen=True)
class PersonRow:
    """One person; numbers masked."""

    household_number: str
    place_name: str
    name: str
    relation: str
    sex: str
    birth_date: date
    masked_id_number: str
    masked_phone: str
    hukou_kind: str
    hukou_place: str
    residence_kind: str
    residence_place: str


def people_rows(scope: Scope, filters: HouseholdFilter, *, on: date) -> list[PersonRow]:
    """Everybody who lives in the listed households, by household, the head first; two statements."""
    memberships = Membership.objects.filter(household__in=household_rows(scope, filters), valid_until__isnull=True)
    rows = list(memberships.select_related("household", "resident"))
    places = area_names(row.household.building_id or row.household.grid_id for row in rows)
    made = []
    for row in sorted(rows, key=lambda r: (r.household.number, r.relation != "HEAD", r.resident.number)):
        person = view(row.resident, on)
        made.append(
            PersonRow(
                row.household.number,
                places.get(row.household.building_id or row.household.grid_id or 0, ""),
                person.name,
                row.relation,
                person.sex,
                person.birth_date,
                person.masked_id_number,
                person.masked_phone,
                person.hukou_kind,
                person.hukou_place,
                person.residence_kind,
                person.residence_place,
            )
        )
    return made
