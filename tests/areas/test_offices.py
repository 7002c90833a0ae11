"""Where an office is reached: its own entry, else its street's; a place of which nothing is known is told."""

import json

import pytest

from linli.foundation.data.scope import NOWHERE, Scope
from linli.foundation.trail.models import AuditEntry
from linli.ground.areas.models import Area
from linli.ground.areas.operations import AddressMissing, NoOffice, TelephoneMalformed
from linli.ground.areas.queries import offices, without_office
from linli.ground.users.operations import record_office
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from tests.conftest import MONDAY, at

PHONE, PLACE = "010-62340000 转 8012", "和平里 1 号"


@pytest.fixture
def admin(staff):
    return Act(staff.administrator, at(MONDAY))


class TestRecordOffice:
    def test_is_kept_as_entered_but_for_blanks(self, admin, community):
        record_office(admin, area_id=community.community.pk, telephone=" 010-62340000  转 8012 ", address=f"{PLACE} ")

        area = Area.objects.get(pk=community.community.pk)
        assert (area.telephone, area.address) == (PHONE, PLACE)

    def test_the_trail_keeps_what_stood_before(self, staff, community):
        for second, address in enumerate((PLACE, "和平里 2 号")):
            act = Act(staff.administrator, at(MONDAY, minute=second))
            record_office(act, area_id=community.street.pk, telephone="62340000", address=address)

        last = AuditEntry.objects.filter(subject=f"area:{community.street.code}").order_by("pk").last()
        assert json.loads(last.note)["before"] == {"telephone": "62340000", "address": PLACE}

    @pytest.mark.parametrize("telephone", ["12345", "+86 10 6234-0000", "010-62340000-8012", "13800000000"])
    def test_takes_telephones_as_they_are_written(self, admin, community, telephone):
        assert (
            record_office(admin, area_id=community.street.pk, telephone=telephone, address=PLACE).telephone == telephone
        )

    @pytest.mark.parametrize("telephone", ["", "1234", "找社区", "010 62340000 或 62340001", "0" * 22])
    def test_refuses_what_nobody_can_call(self, admin, community, telephone):
        with pytest.raises(TelephoneMalformed) as refusal:
            record_office(admin, area_id=community.street.pk, telephone=telephone, address=PLACE)

        assert refusal.value.field == "telephone"

    @pytest.mark.parametrize("address", ["", " ", "长" * 121])
    def test_refuses_an_address_that_no_letter_carries(self, admin, community, address):
        with pytest.raises(AddressMissing) as refusal:
            record_office(admin, area_id=community.street.pk, telephone=PHONE, address=address)

        assert refusal.value.field == "address"

    @pytest.mark.parametrize("place", ["district", "grid", "building"])
    def test_only_streets_and_communities_have_offices(self, admin, community, place):
        with pytest.raises(NoOffice):
            record_office(admin, area_id=getattr(community, place).pk, telephone=PHONE, address=PLACE)

    @pytest.mark.parametrize("who", ["clerk", "director", "street_officer", "auditor"])
    def test_nobody_but_an_administrator(self, staff, community, who):
        with pytest.raises(NotPermitted):
            record_office(
                Act(getattr(staff, who), at(MONDAY)), area_id=community.community.pk, telephone=PHONE, address=PLACE
            )


class TestOffices:
    def test_a_grid_is_reached_at_its_community(self, admin, community):
        record_office(admin, area_id=community.community.pk, telephone=PHONE, address=PLACE)

        assert offices([community.grid.stamp]) == {community.grid.stamp: (PHONE, PLACE)}

    def test_without_an_entry_of_its_own_at_its_street(self, admin, community):
        record_office(admin, area_id=community.street.pk, telephone="62340000", address="和平路 9 号")

        assert offices([community.grid.stamp])[community.grid.stamp] == ("62340000", "和平路 9 号")

    def test_its_own_entry_goes_before_the_streets(self, staff, community):
        for second, (area, phone) in enumerate(((community.street, "62340000"), (community.community, PHONE))):
            act = Act(staff.administrator, at(MONDAY, minute=second))
            record_office(act, area_id=area.pk, telephone=phone, address=PLACE)

        assert offices([community.grid.stamp])[community.grid.stamp].telephone == PHONE

    def test_not_at_another_streets(self, admin, community):
        record_office(admin, area_id=community.other_street.pk, telephone=PHONE, address=PLACE)

        assert offices([community.grid.stamp]) == {}

    def test_many_places_cost_one_query(self, community, django_assert_num_queries):
        with django_assert_num_queries(1):
            offices([community.grid.stamp, community.foreign.stamp, community.street.stamp])


class TestWithoutOffice:
    def whole(self, community):
        return Scope(districts=frozenset({community.district.pk}))

    def test_names_the_communities_that_nobody_can_call(self, community):
        names = [area.name for area in without_office(self.whole(community))]

        assert names == ["幸福里社区", "槐树街社区", "新桥社区"]

    def test_a_streets_entry_is_enough_for_its_communities(self, admin, community):
        record_office(admin, area_id=community.street.pk, telephone=PHONE, address=PLACE)

        assert [area.name for area in without_office(self.whole(community))] == ["新桥社区"]

    def test_a_communitys_own_entry_is_enough_for_itself(self, admin, community):
        record_office(admin, area_id=community.community.pk, telephone=PHONE, address=PLACE)

        assert [area.name for area in without_office(self.whole(community))] == ["槐树街社区", "新桥社区"]

    def test_none_where_nobody_may_look(self, community):
        assert without_office(NOWHERE) == []
