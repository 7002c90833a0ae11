"""The community that every test of the case starts from."""

from tests.assistance.world import Decidable, World, make_world
from tests.conftest import Community, Staff
from tests.layers import layer


@layer
def world(community: Community, staff: Staff) -> World:
    """S2 in force, working days of 2025 and 2026 loaded, a fund of 2026."""
    return make_world(community, staff)


@layer
def decidable(world: World) -> Decidable:
    """A case that everybody wants granted, with accounts, published on Monday."""
    return world.at_decision()
