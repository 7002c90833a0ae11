import pytest

from linli.ground.users.queries import authority_of
from linli.registry.residents.permissions import can_read, can_register
from tests.conftest import MONDAY, Community, Staff


class TestWhoMay:
    @pytest.mark.parametrize(
        ("role", "register", "read"),
        [
            ("clerk", True, True),
            ("social_worker", True, True),
            ("director", False, True),
            ("street_officer", False, True),
            ("district_officer", False, True),
            ("auditor", False, True),
            ("volunteer", False, False),
            ("maker", False, False),
            ("administrator", False, False),
            ("outsider", False, False),
        ],
    )
    def test_register_and_read_in_the_community(self, staff: Staff, community: Community, role, register, read):
        person = authority_of(getattr(staff, role), MONDAY)
        stamp = community.community.stamp

        assert (can_register(person, stamp), can_read(person, stamp)) == (register, read)
