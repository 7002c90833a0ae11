"""Who may sit in an assessment team."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from linli.aid.assistance.codes import AssessorCapacity
from linli.aid.assistance.queries.worklist import CAPACITY_ROLE
from linli.foundation.data.scope import Stamp
from linli.ground.users.queries import holders
from linli.registry.residents.queries import kin_of


class Candidate(NamedTuple):
    """Somebody who may be asked; kin of the family withdraw."""

    user_id: int
    name: str
    is_kin: bool


def candidates(stamp: Stamp, household_id: int, on: date) -> Mapping[AssessorCapacity, list[Candidate]]:
    """People of each kind who hold their role over the place, and whether the registry knows them as kin."""
    areas = [area for area in (stamp.community_id, stamp.street_id, stamp.district_id) if area is not None]
    return {
        AssessorCapacity(capacity): [
            Candidate(user.pk, user.name, kin_of(user.pk, household_id, on) is not None)
            for user in holders(role, areas, on)
        ]
        for capacity, role in CAPACITY_ROLE.items()
    }
