"""Accounts, assignments, and what they permit on a day."""

from datetime import date, timedelta
from itertools import permutations, product

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from linli.foundation.data.scope import NOWHERE, Scope, Stamp
from linli.foundation.trail.models import AuditEntry
from linli.ground.areas.models import Area
from linli.ground.users import queries
from linli.ground.users.codes import APART_ROLES, DECIDING_ROLES, FINANCE_ROLES, GIVEN_BY_TWO, RECORDING_ROLES, Role
from linli.ground.users.models import AccessRequest, Assignment, User
from linli.ground.users.operations import (
    PeriodEmpty,
    RoleHeld,
    TwoNeeded,
    UsernameTaken,
    assign,
    close_account,
    create_user,
    propose_role,
)
from linli.ground.users.operations.assignments import MoneyRoleTooSoon, OwnRole, RoleBackdated, RolesApart
from linli.ground.users.queries import NotPermitted, authority, authority_of, check_system
from linli.kernel.act import SYSTEM, Act
from tests.conftest import MONDAY, at, system_act
from tests.layers import layer


@layer
def newcomer(community):
    """An account without any role."""
    return create_user(system_act(), username="newcomer", name="新人")


def give(user, role, area, valid_from=date(2026, 1, 1), valid_until=None, by=None):
    return assign(
        system_act() if by is None else by,
        user_id=user.pk,
        role=role,
        area_id=area.pk,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def ask(user: User, role: Role, area: Area, valid_from: date, *, by: Act) -> AccessRequest:
    """One administrator asks for a role that two give."""
    return propose_role(by, user_id=user.pk, role=role, area_id=area.pk, valid_from=valid_from, reason="接替")


class TestNobodyAlone:
    """What an administrator cannot do alone, not even to a colleague; the product itself may, at its installation."""

    @pytest.fixture
    def administrator(self, staff):
        return Act(staff.administrator, at(MONDAY))

    def test_nobody_gives_themselves_a_role(self, staff, administrator, community):
        with pytest.raises(OwnRole):
            give(staff.administrator, Role.VOLUNTEER, community.grid, MONDAY, by=administrator)

    def test_no_role_begins_on_a_past_day(self, newcomer, administrator, community):
        with pytest.raises(RoleBackdated):
            give(newcomer, Role.VOLUNTEER, community.grid, MONDAY - timedelta(days=1), by=administrator)

    @pytest.mark.parametrize("role", FINANCE_ROLES)
    def test_a_role_in_money_begins_on_the_next_working_day(self, newcomer, community, staff, role):
        friday = date(2026, 3, 13)
        act = Act(staff.administrator, at(friday))
        for too_soon in (friday, date(2026, 3, 14), date(2026, 3, 15)):
            with pytest.raises(MoneyRoleTooSoon) as refusal:
                ask(newcomer, role, community.street, too_soon, by=act)
            assert refusal.value.details["day"] == date(2026, 3, 16)

        assert ask(newcomer, role, community.street, date(2026, 3, 16), by=act).pk

    @pytest.mark.parametrize(("held", "role"), [*permutations(APART_ROLES, 2)])
    def test_what_must_not_meet_meets_in_nobody(self, newcomer, administrator, community, held, role):
        give(newcomer, held, community.street, MONDAY, date(2026, 6, 1))
        with pytest.raises(RolesApart):
            ask(newcomer, role, community.other_street, date(2026, 5, 31), by=administrator)

        assert ask(newcomer, role, community.other_street, date(2026, 6, 1), by=administrator).pk

    @pytest.mark.parametrize(
        ("held", "role"),
        [pair for two in product(RECORDING_ROLES, DECIDING_ROLES) for pair in (two, two[::-1])],
    )
    def test_who_records_and_who_decides_on_it_are_two_people(self, newcomer, administrator, community, held, role):
        give(newcomer, held, community.street, MONDAY, date(2026, 6, 1))
        given = ask if role in GIVEN_BY_TWO else give
        with pytest.raises(RolesApart):
            given(newcomer, role, community.street, date(2026, 5, 31), by=administrator)

        assert given(newcomer, role, community.street, date(2026, 6, 1), by=administrator).pk

    def test_the_same_role_is_held_elsewhere_too(self, newcomer, administrator, community):
        give(newcomer, Role.AUDITOR, community.street)
        assert ask(newcomer, Role.AUDITOR, community.other_street, MONDAY, by=administrator).pk

    @pytest.mark.parametrize("role", GIVEN_BY_TWO)
    def test_what_moves_money_or_lets_people_in_is_given_by_no_one_alone(
        self, newcomer, administrator, community, role
    ):
        with pytest.raises(TwoNeeded):
            give(newcomer, role, community.street, date(2026, 6, 1), by=administrator)


class TestCreateUser:
    def test_an_administrator_opens_accounts(self, staff):
        user = create_user(Act(staff.administrator, at(MONDAY)), username="new", name="新人", password="correct horse")

        assert check_password("correct horse", user.password)

    def test_without_password_nobody_logs_in(self, newcomer):
        assert not newcomer.has_usable_password()

    def test_refuses_a_name_that_is_taken(self, newcomer):
        with pytest.raises(UsernameTaken) as refusal:
            create_user(system_act(), username="newcomer", name="另一人")

        assert (refusal.value.field, refusal.value.username) == ("username", "newcomer")

    @pytest.mark.parametrize("who", ["clerk", "district_officer", "auditor"])
    def test_nobody_else_opens_accounts(self, staff, who):
        with pytest.raises(NotPermitted):
            create_user(Act(getattr(staff, who), at(MONDAY)), username="new", name="新人")

    def test_keeps_the_password_out_of_the_trail(self, db):
        create_user(system_act(), username="new", name="新人", password="correct horse")
        entry = AuditEntry.objects.get()

        assert "horse" not in f"{entry.subject}{entry.note}"


class TestAssign:
    def test_an_administrator_assigns_in_their_territory(self, staff, newcomer, community):
        give(newcomer, Role.VOLUNTEER, community.grid, valid_from=MONDAY, by=Act(staff.administrator, at(MONDAY)))

        assert authority_of(newcomer, MONDAY).holds(Role.VOLUNTEER)

    def test_an_administrator_of_one_street_does_not_assign_in_another(self, newcomer, community):
        local = create_user(system_act(), username="local", name="街道管理员")
        give(local, Role.ADMINISTRATOR, community.street)

        with pytest.raises(NotPermitted):
            give(newcomer, Role.VOLUNTEER, community.foreign, by=Act(local, at(MONDAY)))

    @pytest.mark.parametrize("who", ["clerk", "street_officer", "auditor"])
    def test_nobody_else_assigns(self, staff, newcomer, community, who):
        with pytest.raises(NotPermitted):
            give(newcomer, Role.VOLUNTEER, community.grid, by=Act(getattr(staff, who), at(MONDAY)))

    def test_a_period_cannot_end_before_it_begins(self, newcomer, community):
        with pytest.raises(PeriodEmpty):
            give(newcomer, Role.VOLUNTEER, community.grid, date(2026, 3, 9), date(2026, 3, 9))

    def test_the_database_refuses_a_period_that_ends_before_it_begins(self, newcomer, community):
        given = give(newcomer, Role.VOLUNTEER, community.grid)

        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.filter(pk=given.pk).update(valid_until=date(2025, 12, 31))

    def test_refuses_a_role_that_is_held_there_already(self, newcomer, community):
        give(newcomer, Role.VOLUNTEER, community.grid)

        with pytest.raises(RoleHeld):
            give(newcomer, Role.VOLUNTEER, community.grid, date(2026, 6, 1), date(2026, 7, 1))

    def test_of_nobody_is_answered_as_every_account_that_is_not_there(self, staff, community):
        told = {"area_id": community.grid.pk, "valid_from": MONDAY}
        with pytest.raises(User.DoesNotExist):
            assign(Act(staff.administrator, at(MONDAY)), user_id=999_999, role=Role.VOLUNTEER, **told)

    def test_the_same_role_may_follow_where_the_first_ended(self, newcomer, community):
        give(newcomer, Role.VOLUNTEER, community.grid, date(2026, 3, 9), date(2026, 4, 1))

        assert give(newcomer, Role.VOLUNTEER, community.grid, date(2026, 4, 1)).pk

    def test_says_in_the_trail_which_role_and_where(self, newcomer, community):
        give(newcomer, Role.VOLUNTEER, community.grid)
        entry = AuditEntry.objects.get(act="users.assign")

        assert (entry.subject, entry.chain, entry.note) == (
            "user:newcomer",
            community.community.pk,
            '{"area":"990101001001-G1","role":"VOLUNTEER"}',
        )

    def test_names_the_colleague_it_stands_in_for(self, staff, newcomer, community):
        assignment = assign(
            system_act(),
            user_id=newcomer.pk,
            role=Role.COMMUNITY_WORKER,
            area_id=community.community.pk,
            valid_from=MONDAY,
            stand_in_for_id=staff.clerk.pk,
        )

        assert assignment.stand_in_for == staff.clerk


class TestNothingIsDeleted:
    @pytest.mark.parametrize("table", ["users_assignment", "users_user"])
    def test_the_database_refuses_to_forget(self, staff, table):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


class TestAuthority:
    def test_without_assignment_is_nothing(self, newcomer):
        found = authority_of(newcomer, MONDAY)

        assert (found.held, found.scope(), found.holds(*Role)) == ((), NOWHERE, False)

    @pytest.mark.parametrize(
        ("day", "holds"),
        [(date(2026, 3, 8), False), (date(2026, 3, 9), True), (date(2026, 3, 31), True), (date(2026, 4, 1), False)],
    )
    def test_holds_from_its_first_day_until_its_end(self, newcomer, community, day, holds):
        give(newcomer, Role.VOLUNTEER, community.grid, date(2026, 3, 9), date(2026, 4, 1))

        assert authority_of(newcomer, day).holds(Role.VOLUNTEER) is holds

    def test_a_closed_account_holds_nothing(self, staff):
        User.objects.filter(pk=staff.clerk.pk).update(is_active=False)

        assert authority_of(staff.clerk, MONDAY).held == ()

    @pytest.mark.parametrize(
        ("level", "scope"),
        [("district", "districts"), ("street", "streets"), ("community", "communities"), ("grid", "grids")],
    )
    def test_reaches_over_its_area(self, newcomer, community, level, scope):
        area = getattr(community, level)
        give(newcomer, Role.SOCIAL_WORKER, area)

        assert authority_of(newcomer, MONDAY).scope() == Scope(**{scope: frozenset({area.pk})})

    def test_a_role_in_a_building_reaches_over_nothing(self, newcomer, community):
        give(newcomer, Role.VOLUNTEER, community.building)

        assert authority_of(newcomer, MONDAY).scope() == NOWHERE

    def test_each_role_has_its_own_reach(self, newcomer, community):
        give(newcomer, Role.VOLUNTEER, community.grid)
        give(newcomer, Role.AUDITOR, community.street)
        found = authority_of(newcomer, MONDAY)

        assert found.scope(Role.VOLUNTEER) == Scope(grids=frozenset({community.grid.pk}))
        assert found.scope() == Scope(streets=frozenset({community.street.pk}), grids=frozenset({community.grid.pk}))

    def test_may_act_where_it_holds_the_role(self, staff, community):
        found = authority_of(staff.clerk, MONDAY)

        assert found.may(community.grid.stamp, Role.COMMUNITY_WORKER)
        assert not found.may(community.sibling.stamp, Role.COMMUNITY_WORKER)

    def test_may_nothing_when_no_role_is_asked_for(self, staff, community):
        assert not authority_of(staff.district_officer, MONDAY).may(community.grid.stamp)

    def test_check_passes_over_every_place_it_covers(self, staff, community):
        places = [community.grid.stamp, community.sibling.stamp]

        assert authority_of(staff.street_officer, MONDAY).check(places, Role.STREET_OFFICER) is None

    def test_check_refuses_when_one_place_is_outside(self, staff, community):
        with pytest.raises(NotPermitted):
            authority_of(staff.clerk, MONDAY).check(
                [community.grid.stamp, community.sibling.stamp], Role.COMMUNITY_WORKER
            )

    def test_check_without_a_role_refuses(self, staff, community):
        with pytest.raises(NotPermitted):
            authority_of(staff.district_officer, MONDAY).check(community.grid.stamp)

    def test_asks_the_database_once(self, staff, django_assert_num_queries):
        with django_assert_num_queries(1):
            authority(Act(staff.clerk, at(MONDAY)))


class TestCheckSystem:
    def test_lets_the_product_itself_pass(self):
        assert check_system(Act(SYSTEM, at(MONDAY))) is None

    def test_refuses_everybody_else(self, staff):
        with pytest.raises(NotPermitted):
            check_system(Act(staff.administrator, at(MONDAY)))


class TestQueries:
    def test_find_an_account_by_name_and_by_id(self, staff):
        assert queries.user_by_username("clerk") == queries.person(staff.clerk.pk)

    def test_names_in_one_query(self, staff, django_assert_num_queries):
        with django_assert_num_queries(1):
            names = queries.names([staff.clerk.pk, None])

        assert names == {staff.clerk.pk: "王丽"}

    def test_holders_of_a_role_in_an_area_in_order_of_name(self, staff, community):
        found = queries.holders(Role.STREET_OFFICER, [community.street.pk], MONDAY)

        assert found == [staff.street_officer, staff.second_officer]

    def test_holders_leaves_out_who_is_gone(self, staff, community):
        Assignment.objects.filter(user=staff.street_officer).update(valid_until=date(2026, 3, 9))
        User.objects.filter(pk=staff.second_officer.pk).update(is_active=False)

        assert queries.holders(Role.STREET_OFFICER, [community.street.pk], MONDAY) == []

    def test_holders_names_nobody_twice(self, staff, community):
        give(staff.street_officer, Role.STREET_OFFICER, community.other_street)
        areas = [community.street.pk, community.other_street.pk]

        assert len(queries.holders(Role.STREET_OFFICER, areas, MONDAY)) == 2

    def test_demonstration_accounts_are_all_who_hold_a_role_in_the_order_of_roles(self, staff):
        accounts = queries.demo_accounts(MONDAY)

        order = [role for role in Role if role in {account.role for account in accounts}]
        assert len(order) == 12
        assert [account.role for account in accounts] == sorted((a.role for a in accounts), key=order.index)
        officers = [account.username for account in accounts if account.role == Role.STREET_OFFICER]
        assert officers == [staff.street_officer.username, staff.second_officer.username]

    def test_nobody_whose_account_is_closed_or_whose_role_is_over_or_not_begun_is_among_them(self, staff, community):
        close_account(Act(staff.administrator, at(MONDAY)), user_id=staff.volunteer.pk, reason="离任")
        clerks = Assignment.objects.filter(user=staff.clerk)
        officers = Assignment.objects.filter(user=staff.second_officer)

        def shown() -> set[str]:
            return {account.username for account in queries.demo_accounts(MONDAY)}

        assert (staff.volunteer.username in shown(), staff.clerk.username in shown()) == (False, True)
        clerks.update(valid_until=MONDAY)
        officers.update(valid_from=MONDAY + timedelta(days=1))
        assert shown() & {staff.clerk.username, staff.second_officer.username} == set()
        clerks.update(valid_until=MONDAY + timedelta(days=1))
        officers.update(valid_from=MONDAY)
        assert shown() >= {staff.clerk.username, staff.second_officer.username}

    def test_an_account_without_any_role_is_a_residents_own(self, staff):
        create_user(system_act(), username="resident", name="王建国", password="correct horse")

        assert queries.demo_accounts(MONDAY)[-1].role == Role.RESIDENT
        User.objects.filter(username="resident").update(is_active=False)
        assert queries.demo_accounts(MONDAY)[-1].role != Role.RESIDENT


class TestTexts:
    def test_a_user_reads_as_their_name(self):
        assert str(User(username="clerk", name="王丽")) == "王丽"

    def test_an_assignment_reads_as_who_what_where(self):
        assert str(Assignment(user_id=1, role=Role.VOLUNTEER, area_id=2)) == "1 VOLUNTEER 2"

    def test_a_stamp_outside_every_area_is_covered_by_nobody(self, staff):
        assert not authority_of(staff.district_officer, MONDAY).scope().covers(Stamp(10**6))
