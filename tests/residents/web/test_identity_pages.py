"""Whether somebody is registered already is asked on the page, where it can be answered."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.registry.residents.models import Household
from linli.registry.residents.operations import add_member, register_households
from tests.conftest import Community, Staff
from tests.residents.people import couple
from tests.residents.test_identity import BORN, HEADER, NEWBORN, babies, baby, head


class TestPages:
    def form(self, household: Household, **changes: str) -> tuple[str, dict[str, str]]:
        data = {
            "name": "王小宝",
            "relation": "GRANDCHILD",
            "sex": "MALE",
            "birth_date": BORN.isoformat(),
            "hukou_kind": "HERE",
            "residence_kind": "PERMANENT",
            "since": BORN.isoformat(),
            "act_key": "c" * 32,
        }
        return reverse("member_new", args=[household.number]), data | changes

    @pytest.fixture
    def asked(self, clerk, community: Community) -> Household:
        """The household to which somebody adds a newborn whom another household has."""
        homes = register_households(
            clerk, households=[couple(community.building.pk), couple(community.building.pk, order=2)]
        )
        add_member(clerk, household_id=homes[0].pk, member=NEWBORN, since=BORN)
        return homes[1]

    def test_the_question_stands_at_the_name_with_the_box_that_answers_it(self, log_in, staff: Staff, asked):
        page = log_in(staff.clerk).post(*self.form(asked)).content.decode()

        assert ("R-000005（H-000001）" in page, 'name="is_another"' in page, babies()) == (True, True, 1)

    def test_the_box_answers_it(self, log_in, staff: Staff, asked):
        response = log_in(staff.clerk).post(*self.form(asked, is_another="on"))

        assert (response.status_code, babies()) == (302, 2)

    def test_a_file_s_question_is_shown_with_its_row(self, log_in, staff: Staff, asked):
        rows = "\n".join([HEADER, head(3, number=False), baby(3)])
        file = SimpleUploadedFile("a.csv", rows.encode())

        page = log_in(staff.clerk).post(reverse("household_import"), {"file": file, "act_key": "d" * 32})

        assert "王小宝 可能就是已登记的居民 R-000005（H-000001）" in page.content.decode()
