from datetime import date

import pytest

from linli.foundation.data.scope import Scope
from linli.foundation.trail import audit
from linli.kernel.act import Act
from linli.registry.residents.codes import EventKind, GuardianshipKind, IdentifiedHow, Relation, SealedField
from linli.registry.residents.models import Membership, Resident
from linli.registry.residents.operations import (
    NewFact,
    NewIdentification,
    add_guardian,
    add_member,
    correct_resident,
    identify,
    leave,
    link_account,
    move_household,
    record_circumstances,
    record_death,
    register_households,
    unmask,
)
from linli.registry.residents.queries import (
    household_detail,
    household_places,
    local_places,
    own_household_ids,
    places,
    residents_exist,
    timeline,
)
from tests.conftest import MONDAY, Community, Staff, at
from tests.residents.people import person, single

MARCH_2 = date(2026, 3, 2)


@pytest.fixture
def man(household) -> Resident:
    return Resident.objects.get(name="王建国")


def kinds(scope: Scope, number: str) -> list[EventKind]:
    return [event.kind for event in timeline(scope, number)]


class TestTimeline:
    def test_begins_with_the_registration(self, household, scope):
        assert kinds(scope, household.number) == [EventKind.OPENED]

    def test_tells_what_happened_newest_first(self, clerk, household, man, scope, community: Community):
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=date(2026, 3, 1))
        identify(clerk, identifications=[NewIdentification(IdentifiedHow.SELF, MARCH_2, household_id=household.pk)])
        record_circumstances(clerk, facts=[NewFact("lives_alone", None, "走访", date(2026, 3, 3), resident_id=man.pk)])
        record_death(clerk, resident_ids=[man.pk], died_date=date(2026, 3, 4))
        leave(
            clerk, resident_ids=list(Resident.objects.exclude(pk=man.pk).values_list("pk", flat=True)), left_date=MONDAY
        )

        assert kinds(scope, household.number) == [
            EventKind.CLOSED,
            EventKind.DEPARTED,
            EventKind.BECAME,
            EventKind.DIED,
            EventKind.FACT,
            EventKind.IDENTIFIED,
            EventKind.MOVED,
            EventKind.OPENED,
        ]

    def test_names_whom_a_fact_is_of_and_nobody_where_it_is_of_the_household(self, clerk, household, man, scope):
        for whose in ({"resident_id": man.pk}, {"household_id": household.pk}):
            identify(clerk, identifications=[NewIdentification(IdentifiedHow.SELF, MARCH_2, **whose)])
        record_circumstances(
            clerk,
            facts=[
                NewFact("lives_alone", None, "走访", MARCH_2, resident_id=man.pk),
                NewFact("monthly_income_fen", 80_000, "走访", MARCH_2, household_id=household.pk),
            ],
        )

        told = {(event.kind, event.subject) for event in timeline(scope, household.number)}
        assert told == {
            (EventKind.OPENED, ""),
            (EventKind.FACT, man.name),
            (EventKind.FACT, ""),
            (EventKind.IDENTIFIED, man.name),
            (EventKind.IDENTIFIED, ""),
        }

    def test_tells_of_guardians_corrections_and_joiners(self, clerk, household, man, scope):
        add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.PROXY,
            valid_from=MARCH_2,
            document="委托书",
            guardian_name="王强",
        )
        add_member(
            clerk,
            household_id=household.pk,
            member=person("王强", Relation.CHILD, date(1980, 1, 1)),
            since=date(2026, 3, 5),
        )
        correct_resident(clerk, resident_id=man.pk, changes={"name": "王建军"}, reason="更正")

        found = kinds(scope, household.number)
        assert found == [EventKind.CORRECTED, EventKind.JOINED, EventKind.GUARDIAN, EventKind.OPENED]

    def test_tells_who_looked(self, household, man, scope, staff: Staff):
        act = Act(staff.social_worker, at(MONDAY))
        audit.record_read(act, where=man.stamp, subject=f"household:{household.number}")
        unmask(act, resident_id=man.pk, field=SealedField.PHONE, purpose="CALL")

        looks = [(event.kind, event.by_id) for event in timeline(scope, household.number)][:2]
        assert set(looks) == {(EventKind.READ, staff.social_worker.pk), (EventKind.UNMASKED, staff.social_worker.pk)}

    def test_stops_at_its_limit(self, clerk, household, man, scope):
        facts = [NewFact("lives_alone", n, "走访", MARCH_2, resident_id=man.pk) for n in range(5)]
        record_circumstances(clerk, facts=facts)

        assert len(timeline(scope, household.number, limit=3)) == 3


class TestHouseholdPage:
    def test_shows_guardians_identification_and_former_members(self, clerk, household, man, scope):
        wife = Resident.objects.get(name="李秀英")
        add_guardian(
            clerk,
            ward_id=wife.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=MARCH_2,
            document="判决",
            guardian_id=man.pk,
        )
        identify(clerk, identifications=[NewIdentification(IdentifiedHow.CENSUS, MARCH_2, "王丽", resident_id=man.pk)])
        record_death(clerk, resident_ids=[man.pk], died_date=MONDAY)

        detail = household_detail(scope, household.number, on=MONDAY)
        shown = (
            [guardian.guardian_number for guardian in detail.guardians],
            [found.subject_name for found in detail.identifications],
            [member.person.name for member in detail.former],
            [member.person.name for member in detail.members],
        )
        assert shown == (["R-000001"], ["王建国"], ["王建国"], ["李秀英"])


class TestSmallReads:
    def test_open_households_have_a_place(self, household, community: Community):
        found = household_places([household.pk, 999_999])

        assert (list(found), found[household.pk].stamp) == ([household.pk], community.building.stamp)

    def test_knows_whether_everybody_is_registered(self, man):
        assert (residents_exist([man.pk]), residents_exist([man.pk, 999_999])) == (True, False)

    def test_an_applicant_sees_the_own_household(self, clerk, household, man, staff: Staff):
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=man.pk)

        assert own_household_ids(staff.volunteer.pk, MONDAY) == {household.pk}

    def test_each_account_sees_the_household_of_its_own_resident(
        self, clerk, household, man, community: Community, staff: Staff
    ):
        [other] = register_households(clerk, households=[single(community.grid.pk, person("孙七", order=7))])
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=man.pk)
        link_account(clerk, user_id=staff.director.pk, resident_id=Resident.objects.get(name="孙七").pk)

        seen = [own_household_ids(user.pk, MONDAY) for user in (staff.volunteer, staff.director)]
        assert seen == [{household.pk}, {other.pk}]

    def test_places_are_those_of_the_households_asked_for(self, clerk, household, community: Community):
        register_households(clerk, households=[single(community.grid.pk, person("孙七", order=7))])

        assert {pk: place.number for pk, place in household_places([household.pk]).items()} == {
            household.pk: household.number
        }

    @pytest.mark.parametrize(
        ("day", "seen"),
        [
            (date(2026, 2, 28), False),
            (date(2026, 3, 1), True),
            (date(2026, 3, 4), True),
            (date(2026, 3, 5), False),
        ],
    )
    def test_a_guardian_sees_the_wards_household_while_it_lasts(
        self, clerk, household, man, community: Community, staff: Staff, day, seen
    ):
        [other] = register_households(
            clerk, households=[single(community.grid.pk, person("孙七", birth=date(1980, 1, 1), order=7))]
        )
        guardian = Resident.objects.get(name="孙七")
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=guardian.pk)
        add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=date(2026, 3, 1),
            valid_until=date(2026, 3, 5),
            document="判决书",
            guardian_id=guardian.pk,
        )
        Membership.objects.filter(household=other).update(valid_from=date(2026, 1, 1))

        assert (household.pk in own_household_ids(staff.volunteer.pk, day)) is seen
        assert other.pk in own_household_ids(staff.volunteer.pk, day)

    def test_a_guardianship_without_end_lasts(self, clerk, household, man, community: Community, staff: Staff):
        register_households(clerk, households=[single(community.grid.pk, person("孙七", order=7))])
        guardian = Resident.objects.get(name="孙七")
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=guardian.pk)
        add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=MONDAY,
            document="判决书",
            guardian_id=guardian.pk,
        )

        assert household.pk in own_household_ids(staff.volunteer.pk, date(2030, 1, 1))

    @pytest.mark.parametrize(
        ("day", "seen"),
        [
            (date(2024, 12, 31), False),
            (date(2025, 1, 1), True),
            (date(2026, 3, 1), True),
            (date(2026, 3, 2), False),
        ],
    )
    def test_one_sees_a_household_while_one_lives_in_it(self, clerk, household, man, staff: Staff, day, seen):
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=man.pk)
        leave(clerk, resident_ids=[man.pk], left_date=MARCH_2)

        assert (household.pk in own_household_ids(staff.volunteer.pk, day)) is seen

    def test_a_closed_household_has_no_place(self, clerk, household):
        leave(clerk, resident_ids=list(Resident.objects.values_list("pk", flat=True)), left_date=MARCH_2)

        assert household_places([household.pk]) == {}

    def test_somebody_without_a_link_sees_no_household(self, household, staff: Staff):
        assert own_household_ids(staff.volunteer.pk, MONDAY) == frozenset()

    def test_places_are_found_one_by_one_and_as_a_set(self, community: Community):
        ids = [area.pk for area in (community.community, community.grid, community.building)]
        everything = [area.pk for area in vars(community).values()]

        assert (len(places([*ids, 999_999])), len(places(everything))) == (3, 9)

    @pytest.mark.parametrize(
        ("level", "area", "count"),
        [("communities", "community", 4), ("streets", "street", 5), ("grids", "grid", 2), ("districts", "district", 6)],
    )
    def test_places_to_live_in_within_a_scope(self, community: Community, level, area, count):
        scope = Scope(**{level: frozenset({getattr(community, area).pk})})

        assert len(local_places(scope)) == count
