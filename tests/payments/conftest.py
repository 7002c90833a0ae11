"""The fund most tests of money start from."""

from tests.conftest import Community, Staff
from tests.foundation.files.conftest import warm
from tests.layers import layer
from tests.ledger.world import World, make_world

__all__ = ["warm", "world"]


@layer
def world(community: Community, staff: Staff) -> World:
    """A fund of 2026 with 100,000 yuan and a budget of a million."""
    return make_world(community, staff)
