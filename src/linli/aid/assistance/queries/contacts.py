"""Whom a family calls: the workers of its community, and where their office is reached."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from linli.ground.areas.queries import NO_OFFICE, Office, offices
from linli.ground.areas.queries import names as area_names
from linli.ground.users.codes import Role
from linli.ground.users.queries import holders
from linli.registry.residents.queries.own import household_places


@dataclass(frozen=True)
class Contact:
    """A community: its name, the people who work there, telephone and address of the office."""

    place: str
    people: tuple[str, ...]
    office: Office


def contacts(household_ids: Collection[int], on: date) -> list[Contact]:
    """The communities where the households live."""
    stamps = {place.stamp.chain: place.stamp for place in household_places(household_ids).values()}
    known, names = offices(stamps.values()), area_names(stamps)
    return [
        Contact(
            names.get(chain, ""),
            tuple(user.name for user in holders(Role.COMMUNITY_WORKER, [chain], on)),
            known.get(stamps[chain], NO_OFFICE),
        )
        for chain in sorted(stamps)
    ]
