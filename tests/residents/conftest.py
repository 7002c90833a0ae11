"""The registry's cast: a clerk's act and scope, and a registered couple."""

import pytest

from linli.foundation.data.scope import Scope
from linli.kernel.act import Act
from linli.registry.residents.models import Household
from linli.registry.residents.operations import register_households
from tests.conftest import MONDAY, Community, Staff, at
from tests.layers import layer
from tests.residents.people import couple


@layer
def clerk(staff: Staff) -> Act:
    """The community worker on Monday at nine."""
    return Act(staff.clerk, at(MONDAY))


@layer
def household(clerk: Act, community: Community) -> Household:
    """王建国 and 李秀英, in building 1 since 2025."""
    return register_households(clerk, households=[couple(community.building.pk)])[0]


@pytest.fixture
def scope(community: Community) -> Scope:
    """The community worker's scope."""
    return Scope(communities=frozenset({community.community.pk}))
