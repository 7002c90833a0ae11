"""Who may sit in an assessment team."""

from collections.abc import Mapping
from datetime import date

from linli.assistance.codes import AssessorCapacity
from linli.assistance.queries.worklist import CAPACITY_ROLE
from linli.foundation.data.scope import Stamp
from linli.users.queries import holders


def candidates(stamp: Stamp, on: date) -> Mapping[AssessorCapacity, list[tuple[int, str]]]:
    """People of each kind who hold their role over the place: (user id, name)."""
    areas = [area for area in (stamp.community_id, stamp.street_id, stamp.district_id) if area is not None]
    return {
        AssessorCapacity(capacity): [(user.pk, user.name) for user in holders(role, areas, on)]
        for capacity, role in CAPACITY_ROLE.items()
    }
