"""The yearly review in my work: one line for whoever confirms, then one for whoever decides."""

from datetime import date

from linli.foundation.screens.work import waiting
from linli.ground.users.models import User
from linli.ground.users.queries import authority_of
from tests.assistance.renewals import NOV_9, confirmed, granted, next_fund, next_plan, opened
from tests.assistance.world import World, make_world
from tests.conftest import Community, Staff
from tests.layers import layer


@layer
def world(community: Community, staff: Staff) -> World:
    """Two families under review."""
    return make_world(community, staff)


def lines(who: User) -> list[tuple[str, date | None]]:
    found = waiting(authority_of(who, NOV_9), NOV_9)
    return [(str(todo.subject), todo.due_date) for todo in found if todo.kind == "RENEWALS"]


def test_it_is_one_line_with_the_most_urgent_day(world: World) -> None:
    granted(world)
    granted(world)
    next_plan()
    next_fund(world)
    opened()
    due = date(2026, 12, 17)
    assert (lines(world.staff.clerk), lines(world.staff.street_officer)) == ([("2 户待核实", due)], [])
    confirmed(world)
    assert (lines(world.staff.clerk), lines(world.staff.street_officer)) == ([], [("2 户待决定", due)])
