from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.foundation.data.crypto import open_sealed
from linli.foundation.data.locks import LockSpace
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.identity import (
    IdentityNumberBirthImpossible,
    IdentityNumberChecksumFailed,
    IdentityNumberMalformed,
    IdentityNumberMangled,
)
from linli.kernel.text import plain_name
from linli.registry.residents.codes import Relation, Sex
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations import NewHousehold, add_member, register_households, registering
from linli.registry.residents.operations.refusals import (
    BirthInFuture,
    BirthMismatched,
    BirthTooEarly,
    DateInFuture,
    DateTooEarly,
    HouseholdEmpty,
    HouseholdHeadMissing,
    HouseholdHeadRepeated,
    IdentityJustRegistered,
    IdentityRegistered,
    IdentityRegisteredElsewhere,
    IdentityRepeated,
    NameLong,
    NameMissing,
    PhoneMalformed,
    PlaceUnknown,
    RegistrationRefused,
    SexMismatched,
)
from tests.conftest import MONDAY, Community, Staff, at
from tests.locking import named_locks
from tests.residents.people import couple, id_number, person, single


def refused(act: Act, *households: NewHousehold) -> list[type]:
    with pytest.raises(RegistrationRefused) as refusal:
        register_households(act, households=households)
    return [type(fault.error) for fault in refusal.value.faults]


class TestRegisterHouseholds:
    def test_puts_people_where_the_household_lies(self, clerk, community: Community):
        register_households(clerk, households=[couple(community.building.pk)])

        stamps = {row.stamp for model in (Household, Resident, Membership) for row in model.objects.all()}
        assert stamps == {community.building.stamp}

    @pytest.mark.parametrize("sign", ["w", "王", "重", "㐂", "𠮷", "é", "ŉ", "İ", "ß", "ﷺ", "한", "·a", "🀄"])
    def test_keeps_a_name_of_sixty_signs_whatever_they_are(self, clerk, community: Community, sign: str):
        name = plain_name(sign * 60)[:60]

        register_households(clerk, households=[single(community.grid.pk, replace(person(name), print_as="WANG"))])

        kept = Resident.objects.get()
        assert kept.name == name
        for column in ("name", "name_key", "given_key", "pinyin_key", "initials_key"):
            limit = Resident._meta.get_field(column).max_length
            assert limit is not None
            assert 0 < len(getattr(kept, column)) <= limit, column

    def test_refuses_a_name_that_no_register_writes(self, clerk, community: Community):
        assert refused(clerk, single(community.grid.pk, person("王" * 61))) == [NameLong]

    @pytest.mark.parametrize("name", ["\u200b", "\u3000\u2800", "\u202e\u202c", "\u3164\u115f", "\ufeff\u00ad", "\x00"])
    def test_refuses_a_name_of_which_nothing_is_seen(self, clerk, community: Community, name: str):
        assert refused(clerk, single(community.grid.pk, person(name))) == [NameMissing]

    def test_numbers_households_and_people_in_order(self, clerk, community: Community):
        register_households(clerk, households=[couple(community.grid.pk, order=1), couple(community.grid.pk, order=2)])

        assert list(Household.objects.order_by("pk").values_list("number", flat=True)) == ["H-000001", "H-000002"]

    def test_seals_identity_number_phone_and_door(self, clerk, community: Community):
        register_households(clerk, households=[couple(community.building.pk)])

        man = Resident.objects.get(name="王建国")
        assert "13800138000" not in man.phone_envelope
        assert open_sealed(man.id_number_envelope, aad=man.id_number_aad) == id_number(date(1950, 5, 1), 1, male=True)

    def test_leaves_one_audit_entry_for_the_set(self, clerk, community: Community):
        before = AuditEntry.objects.count()
        register_households(clerk, households=[couple(community.grid.pk, order=n) for n in range(3)])

        assert AuditEntry.objects.count() == before + 1

    def test_takes_few_statements_for_a_census(self, clerk, community: Community):
        households = [
            single(community.building.pk, person(order=n % 400, birth=date(1950 + n // 400, 5, 1))) for n in range(1000)
        ]
        with CaptureQueriesContext(
            connection,
        ) as statements:
            register_households(clerk, households=households)

        assert len(statements) < 60

    def test_returns_households_with_their_ids(self, clerk, community: Community):
        registered = register_households(clerk, households=[couple(community.grid.pk)])

        assert [household.pk for household in registered] == list(Household.objects.values_list("pk", flat=True))

    def test_a_newborn_needs_no_number_and_joins_on_the_day_of_birth(self, clerk, community: Community):
        baby = replace(person("王小宝", Relation.CHILD, date(2026, 3, 1)), id_number="")
        register_households(clerk, households=[replace(couple(community.grid.pk), members=(person(), baby))])

        assert Membership.objects.get(resident__name="王小宝").valid_from == date(2026, 3, 1)

    def test_accepts_full_width_and_lower_case_numbers_as_the_same(self, clerk, community: Community):
        member = person()
        wide = "".join(chr(ord(c) + 0xFEE0) for c in member.id_number)
        register_households(clerk, households=[single(community.grid.pk, member)])

        again = single(community.grid.pk, replace(member, id_number=wide))
        assert refused(clerk, again) == [IdentityRegistered]


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"id_number": "11010519491231002Y"}, IdentityNumberMalformed),
            ({"id_number": "1.10105E+17"}, IdentityNumberMangled),
            ({"id_number": "110105194912310021"}, IdentityNumberChecksumFailed),
            ({"id_number": "110105194913310022"}, IdentityNumberBirthImpossible),
            ({"birth_date": date(1950, 5, 2)}, BirthMismatched),
            ({"birth_date": date(2026, 3, 10), "id_number": ""}, BirthInFuture),
            ({"birth_date": date(1890, 3, 10), "id_number": ""}, BirthTooEarly),
            ({"sex": Sex.FEMALE}, SexMismatched),
            ({"name": "  "}, NameMissing),
            ({"phone": "123"}, PhoneMalformed),
            ({"phone": "1380013800"}, PhoneMalformed),
            # An area code without its 0, an extension, two numbers: as digits alone they would be other numbers.
            ({"phone": "57188001234"}, PhoneMalformed),
            ({"phone": "88001234/8123"}, PhoneMalformed),
            ({"phone": "88001234转801"}, PhoneMalformed),
            ({"phone": "8800123 或 8801"}, PhoneMalformed),
            ({"phone": "+86 138 0013 80001"}, PhoneMalformed),
        ],
    )
    def test_names_what_is_wrong_with_a_person(self, clerk, community: Community, change, reason):
        assert refused(clerk, single(community.grid.pk, replace(person(), **change))) == [reason]

    def test_refuses_two_heads(self, clerk, community: Community):
        household = replace(couple(community.grid.pk), members=(person(order=1), person(order=2)))

        assert refused(clerk, household) == [HouseholdHeadRepeated]

    def test_refuses_a_household_without_a_head(self, clerk, community: Community):
        household = replace(couple(community.grid.pk), members=(person(relation=Relation.SPOUSE),))

        assert refused(clerk, household) == [HouseholdHeadMissing]

    def test_refuses_a_household_without_members(self, clerk, community: Community):
        assert refused(clerk, NewHousehold(community.grid.pk, ())) == [HouseholdEmpty]

    def test_refuses_an_empty_set(self, clerk):
        assert refused(clerk) == [HouseholdEmpty]

    def test_refuses_a_number_twice_in_one_household(self, clerk, community: Community):
        household = replace(couple(community.grid.pk), members=(person(), person(relation=Relation.SIBLING)))

        assert refused(clerk, household) == [IdentityRepeated, IdentityRepeated]

    def test_refuses_a_number_in_two_households_of_one_set(self, clerk, community: Community):
        twice = [single(community.grid.pk, person()), single(community.grid.pk, person())]

        assert refused(clerk, *twice) == [IdentityRepeated, IdentityRepeated]

    def test_says_whose_number_it_is_to_the_own_community(self, clerk, community: Community):
        register_households(clerk, households=[single(community.grid.pk, person())])

        with pytest.raises(RegistrationRefused, match="R-000001"):
            register_households(clerk, households=[single(community.grid.pk, person())])

    def test_does_not_say_whose_number_it_is_to_another_street(self, clerk, staff: Staff, community: Community):
        register_households(clerk, households=[single(community.grid.pk, person())])

        outsider = Act(staff.outsider, at(MONDAY))
        assert refused(outsider, single(community.foreign.pk, person())) == [IdentityRegisteredElsewhere]

    def test_reports_all_faults_at_once_with_their_places(self, clerk, community: Community):
        wrong = replace(person("", birth=date(1960, 1, 1)), phone="1")
        households = [single(community.grid.pk, person(order=3)), single(community.grid.pk, wrong)]
        with pytest.raises(RegistrationRefused) as refusal:
            register_households(clerk, households=households)

        places = [(fault.household, fault.member, fault.error.field) for fault in refusal.value.faults]
        assert places == [(1, 0, "name"), (1, 0, "phone")]

    def test_registers_nothing_of_a_set_with_a_fault(self, clerk, community: Community):
        refused(clerk, single(community.grid.pk, person()), single(community.grid.pk, person(name="", order=2)))

        assert not Resident.objects.exists()

    def test_refuses_a_place_that_does_not_exist(self, clerk):
        assert refused(clerk, single(999_999, person())) == [PlaceUnknown]

    def test_refuses_a_street_as_a_place(self, staff: Staff, community: Community, clerk):
        with pytest.raises(NotPermitted):
            register_households(clerk, households=[single(community.street.pk, person())])

    def test_refuses_an_opening_day_in_the_future(self, clerk, community: Community):
        household = replace(couple(community.grid.pk), opened_date=date(2026, 3, 10))

        assert refused(clerk, household) == [DateInFuture]


class TestRaces:
    def test_a_number_registered_meanwhile_is_a_refusal(self, clerk, community: Community, monkeypatch):
        register_households(clerk, households=[single(community.grid.pk, person())])
        # The other clerk's act committed after this one looked.
        monkeypatch.setattr(registering, "registered_faults", lambda _act, _everyone, _scope: [])

        assert refused(clerk, single(community.grid.pk, person())) == [IdentityJustRegistered]


class TestPermission:
    @pytest.mark.parametrize("role", ["volunteer", "director", "street_officer", "maker", "auditor", "outsider"])
    def test_refuses_everybody_who_does_not_register_there(self, staff: Staff, community: Community, role):
        act = Act(getattr(staff, role), at(MONDAY))

        with pytest.raises(NotPermitted):
            register_households(act, households=[couple(community.grid.pk)])

    def test_lets_the_social_worker_register(self, staff: Staff, community: Community):
        register_households(Act(staff.social_worker, at(MONDAY)), households=[couple(community.grid.pk)])

        assert Household.objects.count() == 1


class TestAddMember:
    def test_puts_a_newborn_into_the_household(self, clerk, community: Community):
        household = register_households(clerk, households=[couple(community.grid.pk)])[0]
        baby = replace(person("王小宝", Relation.GRANDCHILD, date(2026, 3, 1)), id_number="")
        add_member(clerk, household_id=household.pk, member=baby, since=date(2026, 3, 1))

        assert household.memberships.count() == 3

    def test_lets_nobody_else_register_there_meanwhile(self, clerk, community: Community):
        made: list[Household] = []
        family = [couple(community.grid.pk)]
        baby = replace(person("王小宝", Relation.GRANDCHILD, date(2026, 3, 1)), id_number="")

        taken = [
            named_locks(lambda: made.extend(register_households(clerk, households=family))),
            named_locks(lambda: add_member(clerk, household_id=made[0].pk, member=baby, since=MONDAY)),
        ]

        assert taken == [{(LockSpace.REGISTRY, community.community.pk)}] * 2

    def test_refuses_a_second_head(self, clerk, community: Community):
        household = register_households(clerk, households=[couple(community.grid.pk)])[0]

        with pytest.raises(RegistrationRefused) as refusal:
            add_member(clerk, household_id=household.pk, member=person(order=7), since=MONDAY)
        assert [type(fault.error) for fault in refusal.value.faults] == [HouseholdHeadRepeated]

    def test_refuses_a_day_before_the_household(self, clerk, community: Community):
        household = register_households(clerk, households=[couple(community.grid.pk)])[0]
        child = person("王强", Relation.CHILD, date(1980, 1, 1))

        with pytest.raises(DateTooEarly):
            add_member(clerk, household_id=household.pk, member=child, since=date(2024, 1, 1))
