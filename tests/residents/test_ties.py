from dataclasses import replace
from datetime import date

import pytest

from linli.foundation.data.scope import NOWHERE
from linli.foundation.screens.lights import PLACE, lights
from linli.ground.notifications.models import Letter
from linli.ground.notifications.queries import addressees
from linli.ground.users.codes import NoticeKind
from linli.ground.users.models import AccountNotice
from linli.ground.users.operations import create_user
from linli.ground.users.queries import Authority, NotPermitted, authority_of
from linli.kernel.act import Act
from linli.kernel.steps import OwnFamily
from linli.overview.workbench.web.overseeing import Overseer
from linli.registry.residents.codes import Bond, GuardianshipKind, KinRelation, Relation
from linli.registry.residents.models import Guardianship, Kinship, Resident
from linli.registry.residents.operations import (
    add_guardian,
    add_kinship,
    end_guardian,
    link_account,
    move_resident,
    record_death,
    register_households,
)
from linli.registry.residents.operations.refusals import (
    AccountLinked,
    DateTooEarly,
    NameMissing,
    ResidentGone,
    ResidentUnknown,
    SamePerson,
    SourceMissing,
    TieRecorded,
)
from linli.registry.residents.queries import kin_of, own_family, resident_of
from tests.conftest import MONDAY, Community, Staff, at
from tests.layers import layer
from tests.residents.people import couple, person, single


@layer
def neighbour(clerk, community: Community) -> Resident:
    register_households(clerk, households=[single(community.grid.pk, person("赵芳", order=9, male=False))])
    return Resident.objects.get(name="赵芳")


@pytest.fixture
def man(household) -> Resident:
    return Resident.objects.get(name="王建国")


def bound(user_id: int, household_id: int, on: date) -> Bond | None:
    """What binds them, and whether the families that are the person's own say the same."""
    bond = kin_of(user_id, household_id, on)
    assert own_family(Authority(user_id, ()), on).has(household_id) is (bond is not None)
    return bond


class TestGuardian:
    def test_another_resident_may_act_for_somebody(self, clerk, man, neighbour):
        add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=MONDAY,
            document="法院判决",
            guardian_id=neighbour.pk,
        )

        assert man.guardians.get().guardian == neighbour

    def test_the_family_is_written_to_where_somebody_from_elsewhere_acts_for_one_of_them(
        self, clerk, man, neighbour, household, community
    ):
        tie = add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.PROXY,
            valid_from=MONDAY,
            document="委托书",
            guardian_id=neighbour.pk,
        )

        letter = Letter.objects.get()
        assert (letter.kind, letter.subject) == ("GUARDIAN_REGISTERED", f"guardians:{tie.pk}")
        assert letter.words("zh")["body"].startswith("王建国：从即日起，有一位监护人或委托代理人登记在册")
        assert "赵芳" not in str(letter.content)
        to = addressees["guardians"]([str(tie.pk)], NOWHERE, MONDAY)[str(tie.pk)]
        assert (to.number, to.name, to.place) == (man.number, "王建国", community.building.name)

    def test_nobody_is_written_to_of_who_lives_with_them(self, clerk, man, household):
        wife = Resident.objects.get(memberships__household=household, memberships__relation="SPOUSE")
        add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=MONDAY,
            document="法院判决",
            guardian_id=wife.pk,
        )

        assert not Letter.objects.exists()

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"guardian_name": " "}, NameMissing),
            ({"document": ""}, SourceMissing),
            ({"valid_until": MONDAY}, DateTooEarly),
            ({"valid_from": date(1940, 1, 1)}, DateTooEarly),
            ({"guardian_id": 999_999}, ResidentUnknown),
            ({"ward_id": 999_999}, ResidentUnknown),
        ],
    )
    def test_refuses_what_is_incomplete(self, clerk, man, change, reason):
        values = {
            "ward_id": man.pk,
            "kind": GuardianshipKind.PROXY,
            "valid_from": MONDAY,
            "document": "委托书",
            "guardian_name": "王强",
        } | change

        with pytest.raises(reason):
            add_guardian(clerk, **values)

    def test_nobody_guards_themselves(self, clerk, man):
        with pytest.raises(SamePerson):
            add_guardian(
                clerk,
                ward_id=man.pk,
                kind=GuardianshipKind.PROXY,
                valid_from=MONDAY,
                document="委托书",
                guardian_id=man.pk,
            )

    def test_ends_on_a_day(self, clerk, man):
        tie = add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.PROXY,
            valid_from=date(2026, 1, 1),
            document="委托书",
            guardian_name="王强",
        )
        end_guardian(clerk, guardianship_id=tie.pk, valid_until=MONDAY)

        assert Guardianship.objects.get().valid_until == MONDAY

    def test_cannot_end_before_it_began(self, clerk, man):
        tie = add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.PROXY,
            valid_from=MONDAY,
            document="委托书",
            guardian_name="王强",
        )

        with pytest.raises(DateTooEarly):
            end_guardian(clerk, guardianship_id=tie.pk, valid_until=MONDAY)

    def test_refuses_to_end_what_is_not_there(self, clerk):
        with pytest.raises(ResidentUnknown):
            end_guardian(clerk, guardianship_id=999_999, valid_until=MONDAY)


class TestKinship:
    def test_is_kept_once_and_turned_round(self, clerk, man, neighbour):
        add_kinship(clerk, a_id=neighbour.pk, b_id=man.pk, relation=KinRelation.PARENT)

        kept = Kinship.objects.get()
        assert (kept.a, kept.b, kept.relation) == (man, neighbour, KinRelation.CHILD)

    def test_refuses_the_same_pair_again(self, clerk, man, neighbour):
        add_kinship(clerk, a_id=man.pk, b_id=neighbour.pk, relation=KinRelation.CHILD)

        with pytest.raises(TieRecorded):
            add_kinship(clerk, a_id=neighbour.pk, b_id=man.pk, relation=KinRelation.PARENT)

    def test_refuses_one_person_twice(self, clerk, man):
        with pytest.raises(SamePerson):
            add_kinship(clerk, a_id=man.pk, b_id=man.pk, relation=KinRelation.SIBLING)

    def test_refuses_somebody_unknown(self, clerk, man):
        with pytest.raises(ResidentUnknown):
            add_kinship(clerk, a_id=man.pk, b_id=999_999, relation=KinRelation.SIBLING)


class TestAccount:
    def test_links_a_log_in_to_a_resident(self, clerk, neighbour, staff: Staff):
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=neighbour.pk)

        assert resident_of(staff.volunteer.pk) == neighbour.pk

    def test_links_once(self, clerk, neighbour, man, staff: Staff):
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=neighbour.pk)

        with pytest.raises(AccountLinked):
            link_account(clerk, user_id=staff.volunteer.pk, resident_id=man.pk)

    def test_the_dead_get_no_account(self, clerk, man, staff: Staff):
        record_death(clerk, resident_ids=[man.pk], died_date=MONDAY)

        with pytest.raises(ResidentGone):
            link_account(clerk, user_id=staff.volunteer.pk, resident_id=man.pk)

    def test_an_administrator_may_link(self, man, staff: Staff):
        link_account(Act(staff.administrator, at(MONDAY)), user_id=staff.volunteer.pk, resident_id=man.pk)

        assert resident_of(staff.volunteer.pk) == man.pk

    def test_an_auditor_may_not(self, man, staff: Staff):
        with pytest.raises(NotPermitted):
            link_account(Act(staff.auditor, at(MONDAY)), user_id=staff.volunteer.pk, resident_id=man.pk)


class TestOfOnesOwn:
    """Nobody says whose family is whose where it is their own."""

    def test_nobody_links_their_own_account(self, clerk, neighbour, staff: Staff):
        with pytest.raises(OwnFamily):
            link_account(clerk, user_id=staff.clerk.pk, resident_id=neighbour.pk)

        assert resident_of(staff.clerk.pk) is None

    def test_nobody_ties_their_own_family_or_ends_a_tie_of_it(self, clerk, household, man, neighbour, staff: Staff):
        told = {"kind": GuardianshipKind.GUARDIAN, "valid_from": date(2026, 1, 1), "document": "法院判决"}
        tie = add_guardian(clerk, ward_id=man.pk, guardian_id=neighbour.pk, **told)
        wife = Resident.objects.get(name="李秀英")
        link_account(Act(staff.administrator, at(MONDAY)), user_id=staff.clerk.pk, resident_id=neighbour.pk)

        with pytest.raises(OwnFamily):
            end_guardian(clerk, guardianship_id=tie.pk, valid_until=MONDAY)
        with pytest.raises(OwnFamily):
            add_guardian(clerk, ward_id=neighbour.pk, guardian_name="钱某", **told)
        with pytest.raises(OwnFamily):
            add_kinship(clerk, a_id=wife.pk, b_id=neighbour.pk, relation=KinRelation.SIBLING)

    def test_each_account_is_told_and_of_whoever_works_here_an_auditor_sees_it(
        self, clerk, neighbour, man, staff: Staff
    ):
        family = create_user(Act(staff.administrator, at(MONDAY)), username="family", name="王建国")
        link_account(clerk, user_id=staff.checker.pk, resident_id=neighbour.pk)
        link_account(clerk, user_id=family.pk, resident_id=man.pk)

        told, of_family = AccountNotice.objects.filter(kind=NoticeKind.LINKED).order_by("pk")
        light = lights["residents.links"]
        seat = Overseer(authority_of(staff.auditor, MONDAY), MONDAY)
        assert (told.user_id, told.by_id, told.detail) == (staff.checker.pk, staff.clerk.pk, neighbour.number)
        assert (of_family.user_id, of_family.detail) == (family.pk, man.number)
        assert len(light.measure.lines(seat.window(light), PLACE, None).rows) == 1


class TestKinOf:
    def test_a_stranger_is_bound_by_nothing(self, clerk, household, neighbour, staff: Staff):
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=neighbour.pk)

        assert bound(staff.volunteer.pk, household.pk, MONDAY) is None

    def test_an_account_without_a_resident_is_bound_by_nothing(self, household, staff: Staff):
        assert bound(staff.social_worker.pk, household.pk, MONDAY) is None

    def test_finds_the_own_household(self, clerk, household, man, staff: Staff):
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=man.pk)

        assert bound(staff.volunteer.pk, household.pk, MONDAY) == Bond.OWN_HOUSEHOLD

    @pytest.mark.parametrize("turned", [False, True])
    def test_finds_kin_from_both_sides(self, clerk, household, man, neighbour, staff: Staff, turned):
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=neighbour.pk)
        pair = (man.pk, neighbour.pk) if turned else (neighbour.pk, man.pk)
        add_kinship(clerk, a_id=pair[0], b_id=pair[1], relation=KinRelation.SIBLING)

        assert bound(staff.volunteer.pk, household.pk, MONDAY) == Bond.KIN

    def test_finds_a_guardian_while_it_lasts(self, clerk, household, man, neighbour, staff: Staff):
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=neighbour.pk)
        add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.GUARDIAN,
            valid_from=date(2026, 1, 1),
            valid_until=date(2026, 2, 1),
            document="法院判决",
            guardian_id=neighbour.pk,
        )

        # It ended on the first of February: ninety days later it bars nobody any more.
        days = (date(2026, 1, 15), MONDAY, date(2026, 5, 1), date(2026, 5, 2))
        bonds = [bound(staff.volunteer.pk, household.pk, day) for day in days]
        assert bonds == [Bond.GUARDIAN, Bond.GUARDIAN, Bond.GUARDIAN, None]

    @pytest.mark.parametrize(
        ("relation", "bond"), [(Relation.CHILD, Bond.FORMER_HOUSEHOLD), (Relation.NON_RELATIVE, None)]
    )
    def test_relatives_who_lived_together_stay_kin(
        self, clerk, community: Community, neighbour, staff: Staff, relation, bond
    ):
        family = couple(community.building.pk)
        grown_up = person("王强", relation, date(1980, 1, 1))
        home = register_households(clerk, households=[replace(family, members=(*family.members, grown_up))])[0]
        child = Resident.objects.get(name="王强")
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=child.pk)
        move_resident(
            clerk,
            resident_id=child.pk,
            household_id=neighbour.memberships.get().household_id,
            relation=Relation.NON_RELATIVE,
            moved_date=MONDAY,
        )

        assert bound(staff.volunteer.pk, home.pk, MONDAY) == bond
