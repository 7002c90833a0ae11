"""Looking after accounts: who closes what, whose password changes, and that somebody always remains."""

from datetime import date

import pytest
from django.contrib.auth.hashers import check_password

from linli.foundation.data.locks import LockSpace
from linli.foundation.trail.models import AuditEntry
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.models import Area
from linli.ground.areas.operations import AreaExists, AreaMisplaced, AreaNameMissing, AreasFixed, AreasMissing, NewArea
from linli.ground.users import queries
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, User
from linli.ground.users.operations import (
    AccountNameMissing,
    AccountStateReached,
    AlreadySetUp,
    AssignmentInPast,
    AssignmentOver,
    LastAdministrator,
    PasswordGuessed,
    PasswordUnchanged,
    PasswordWeak,
    PasswordWrong,
    UsernameMalformed,
    UsernameTaken,
    assign,
    change_password,
    close_account,
    create_user,
    end_assignment,
    extend_territory,
    hand_out_password,
    rename_territory,
    reopen_account,
    set_up,
)
from linli.ground.users.operations.passwords import store_password
from linli.ground.users.permissions import administers_all
from linli.ground.users.queries import NotPermitted, authority_of, has_administrator, has_security
from linli.kernel.act import Act
from tests.conftest import MONDAY, at, make_community, make_staff, system_act
from tests.foundation.trail.threads import in_threads
from tests.ledger.world import inside
from tests.locking import named_locks

GOOD = "correct horse battery"
TUESDAY = date(2026, 3, 10)


@pytest.fixture
def admin(staff):
    return Act(staff.administrator, at(MONDAY))


@pytest.fixture
def street_admin(community):
    """An administrator of the first street alone."""
    user = create_user(system_act(), username="street-admin", name="街道管理员", area_id=community.street.pk)
    given(user, Role.ADMINISTRATOR, community.street)
    return Act(user, at(MONDAY))


def given(user, role, area, valid_from=date(2026, 1, 1), valid_until=None):
    return assign(
        system_act(), user_id=user.pk, role=role, area_id=area.pk, valid_from=valid_from, valid_until=valid_until
    )


def role_of(user):
    return Assignment.objects.get(user=user)


class TestOpening:
    def test_an_account_is_opened_where_its_administrator_works(self, street_admin, community):
        user = create_user(street_admin, username="new", name="新人", area_id=community.community.pk, is_start=True)

        assert (user.area, user.must_change_password) == (community.community, True)

    def test_not_in_another_street(self, street_admin, community):
        with pytest.raises(NotPermitted):
            create_user(street_admin, username="new", name="新人", area_id=community.other_street.pk)

    @pytest.mark.parametrize("username", ["", "two words", "a/b", "x" * 41])
    def test_refuses_a_user_name_that_cannot_be_read_out(self, admin, username):
        with pytest.raises(UsernameMalformed) as refusal:
            create_user(admin, username=username, name="新人")

        assert refusal.value.field == "username"

    @pytest.mark.parametrize("username", ["ﬁona", "wang²", "ⅷ"])
    def test_refuses_a_user_name_that_nobody_types(self, admin, username):
        with pytest.raises(UsernameMalformed):
            create_user(admin, username=username, name="新人")

    @pytest.mark.parametrize("username", ["Clerk", "CLERK", "ｃｌｅｒｋ"])
    def test_refuses_a_user_name_that_another_has_in_another_spelling(self, admin, staff, username):
        with pytest.raises(UsernameTaken):
            create_user(admin, username=username, name="新人")

    def test_refuses_one_beside_a_name_that_was_given_when_any_spelling_was(self, admin):
        User.objects.create(username="ﬁona", name="旧人")

        with pytest.raises(UsernameTaken):
            create_user(admin, username="fiona", name="新人")

    def test_gives_one_name_at_a_time(self, admin):
        taken = named_locks(lambda: create_user(admin, username="new", name="新人"))

        assert (LockSpace.SET_UP, 0) in taken

    @pytest.mark.parametrize("name", [" ", "名" * 61])
    def test_refuses_an_account_of_nobody(self, admin, name):
        with pytest.raises(AccountNameMissing):
            create_user(admin, username="new", name=name)


class TestClosing:
    def test_a_closed_account_holds_nothing_and_opens_again_with_its_roles(self, admin, staff):
        close_account(admin, user_id=staff.clerk.pk, reason="离职")
        closed = authority_of(staff.clerk, MONDAY).held

        reopen_account(admin, user_id=staff.clerk.pk)

        assert (closed, authority_of(staff.clerk, MONDAY).holds(Role.COMMUNITY_WORKER)) == ((), True)

    def test_the_trail_keeps_the_reason(self, admin, staff):
        close_account(admin, user_id=staff.clerk.pk, reason="离职")

        assert AuditEntry.objects.get(act="users.close_account").note == '{"active":false,"reason":"离职"}'

    def test_refuses_what_is_so_already(self, admin, staff):
        with pytest.raises(AccountStateReached):
            reopen_account(admin, user_id=staff.clerk.pk)
        close_account(admin, user_id=staff.clerk.pk)
        with pytest.raises(AccountStateReached):
            close_account(admin, user_id=staff.clerk.pk)

    @pytest.mark.parametrize("who", ["clerk", "street_officer", "district_officer", "auditor"])
    def test_only_an_administrator_closes(self, staff, who):
        with pytest.raises(NotPermitted):
            close_account(Act(getattr(staff, who), at(MONDAY)), user_id=staff.volunteer.pk)

    def test_a_street_does_not_close_the_account_of_somebody_above(self, street_admin, staff):
        with pytest.raises(NotPermitted):
            close_account(street_admin, user_id=staff.administrator.pk)

    def test_nor_one_that_also_works_elsewhere(self, street_admin, staff, community):
        given(staff.clerk, Role.VOLUNTEER, community.foreign)

        with pytest.raises(NotPermitted):
            close_account(street_admin, user_id=staff.clerk.pk)

    def test_nor_one_that_belongs_nowhere(self, street_admin):
        nobody = create_user(system_act(), username="resident", name="王建国")

        with pytest.raises(NotPermitted):
            close_account(street_admin, user_id=nobody.pk)

    def test_who_administers_every_district_looks_after_those(self, admin):
        nobody = create_user(system_act(), username="resident", name="王建国")

        assert not close_account(admin, user_id=nobody.pk).is_active

    def test_the_last_administrator_stays(self, admin, staff):
        with pytest.raises(LastAdministrator):
            close_account(admin, user_id=staff.administrator.pk)

    def test_one_of_two_may_go(self, admin, staff, community):
        given(staff.auditor, Role.ADMINISTRATOR, community.district)

        assert not close_account(admin, user_id=staff.administrator.pk).is_active

    def test_one_who_is_administrator_for_a_time_does_not_count(self, admin, staff, community):
        given(staff.auditor, Role.ADMINISTRATOR, community.district, valid_until=date(2026, 12, 31))

        with pytest.raises(LastAdministrator):
            close_account(admin, user_id=staff.administrator.pk)


class TestTwoAtOnce:
    """Whether an account is open stands in another row than its roles: locks on roles alone let both go."""

    @pytest.fixture
    def pair(self, committed_database):
        """Two who hold the role over the district, and nobody else."""

        def made(role):
            places = make_community()
            staff = make_staff(places)
            one = staff.administrator if role == Role.ADMINISTRATOR else staff.security
            two = create_user(system_act(), username="second", name="第二人")
            given(two, role, places.district)
            # Who administers ends those who answer for security too: they need not be one of them.
            return (one, two) if role == Role.ADMINISTRATOR else (staff.administrator, one, two)

        return made

    @pytest.mark.parametrize("turn", range(5))
    def test_of_two_administrators_who_close_each_other_one_stays(self, pair, turn):
        one, two = pair(Role.ADMINISTRATOR)

        done = at_once(
            lambda: close_account(Act(one, at(MONDAY), sure=True), user_id=two.pk),
            lambda: close_account(Act(two, at(MONDAY), sure=True), user_id=one.pk),
        )

        assert (done.count("done"), has_administrator(MONDAY)) == (1, True)

    @pytest.mark.parametrize("turn", range(5))
    def test_nor_do_both_go_when_one_ends_the_role_of_who_closes_them(self, pair, turn):
        one, two = pair(Role.ADMINISTRATOR)
        role = role_of(one)

        done = at_once(
            lambda: close_account(Act(one, at(MONDAY), sure=True), user_id=two.pk),
            lambda: end_assignment(Act(two, at(MONDAY), sure=True), assignment_id=role.pk, valid_until=MONDAY),
        )

        assert (done.count("done"), has_administrator(MONDAY)) == (1, True)

    @pytest.mark.parametrize("turn", range(5))
    def test_nor_do_both_who_answer_for_security(self, pair, turn):
        admin, one, two = pair(Role.SECURITY_ADMINISTRATOR)
        role = role_of(one)

        done = at_once(
            lambda: close_account(Act(admin, at(MONDAY), sure=True), user_id=two.pk),
            lambda: end_assignment(Act(admin, at(MONDAY), sure=True), assignment_id=role.pk, valid_until=MONDAY),
        )

        assert (done.count("done"), has_security(MONDAY)) == (1, True)

    def test_who_takes_one_away_holds_them_all(self, admin, staff, community):
        second = given(staff.auditor, Role.ADMINISTRATOR, community.district)
        third = create_user(system_act(), username="third", name="第三人")
        name = (LockSpace.ADMINISTRATORS, 0)

        assert name in named_locks(lambda: end_assignment(admin, assignment_id=second.pk, valid_until=TUESDAY))
        assert name in named_locks(lambda: close_account(admin, user_id=third.pk))


def at_once(*works):
    """What each of the works came to, begun at the same moment: done, or by which refusal it was not."""

    def run(number):
        try:
            works[number]()
        except (LastAdministrator, NotPermitted) as refusal:
            return type(refusal).__name__
        return "done"

    return in_threads(len(works), run)


class TestEndingARole:
    def test_the_day_is_the_first_without_it(self, admin, staff):
        end_assignment(admin, assignment_id=role_of(staff.clerk).pk, valid_until=TUESDAY)

        held = [bool(authority_of(staff.clerk, day).held) for day in (MONDAY, TUESDAY)]
        assert held == [True, False]

    def test_one_that_has_not_begun_is_taken_back(self, admin, staff, community):
        later = given(staff.clerk, Role.VOLUNTEER, community.grid, valid_from=date(2026, 6, 1))

        ended = end_assignment(admin, assignment_id=later.pk, valid_until=MONDAY)

        assert (ended.valid_until, authority_of(staff.clerk, date(2026, 6, 1)).holds(Role.VOLUNTEER)) == (
            date(2026, 6, 1),
            False,
        )

    def test_never_in_the_past(self, admin, staff):
        with pytest.raises(AssignmentInPast) as refusal:
            end_assignment(admin, assignment_id=role_of(staff.clerk).pk, valid_until=date(2026, 3, 8))

        assert refusal.value.field == "valid_until"

    def test_not_later_than_it_ends_anyway(self, admin, staff):
        end_assignment(admin, assignment_id=role_of(staff.clerk).pk, valid_until=TUESDAY)

        with pytest.raises(AssignmentOver):
            end_assignment(admin, assignment_id=role_of(staff.clerk).pk, valid_until=date(2026, 4, 1))

    def test_the_last_administrator_does_not_end(self, admin, staff):
        with pytest.raises(LastAdministrator):
            end_assignment(admin, assignment_id=role_of(staff.administrator).pk, valid_until=date(2026, 12, 1))

    def test_an_administrator_below_another_ends(self, admin, street_admin):
        row = Assignment.objects.get(user_id=street_admin.by.pk)

        assert end_assignment(admin, assignment_id=row.pk, valid_until=TUESDAY).valid_until == TUESDAY

    def test_nobody_ends_roles_above_their_own_area(self, street_admin, staff):
        with pytest.raises(NotPermitted):
            end_assignment(street_admin, assignment_id=role_of(staff.auditor).pk, valid_until=TUESDAY)


class TestPasswords:
    @pytest.fixture
    def person(self, community):
        return create_user(
            system_act(),
            username="wangli",
            name="王丽",
            password="start-start-1",
            area_id=community.street.pk,
            is_start=True,
        )

    def test_a_person_changes_their_own(self, person):
        user = change_password(Act(person, at(MONDAY)), current="start-start-1", new=GOOD)

        assert (check_password(GOOD, user.password), user.must_change_password) == (True, False)

    def test_only_knowing_the_present_one(self, person):
        with pytest.raises(PasswordWrong) as refusal:
            change_password(Act(person, at(MONDAY)), current="guess", new=GOOD)

        assert refusal.value.field == "current"

    def test_to_another_one(self, person):
        with pytest.raises(PasswordUnchanged):
            change_password(Act(person, at(MONDAY)), current="start-start-1", new="start-start-1")

    def test_cannot_stay_by_being_typed_otherwise(self, person):
        """é of two signs is the é of one; who handed the start password out would know it still."""
        first = change_password(Act(person, at(MONDAY)), current="start-start-1", new="caf\u00e9 bleu 2026")
        with pytest.raises(PasswordUnchanged):
            change_password(Act(first, at(MONDAY)), current="cafe\u0301 bleu 2026", new="caf\u00e9 bleu 2026")

    @pytest.mark.parametrize(
        "weak", ["short1", "1234567890123", "password123", "wangli1234", "x-Wangli-2026-07", "ilgnaw-2026-07-x"]
    )
    def test_a_weak_one_is_refused_with_its_reasons(self, person, weak):
        with pytest.raises(PasswordWeak) as refusal:
            change_password(Act(person, at(MONDAY)), current="start-start-1", new=weak)

        assert refusal.value.field == "new"

    @pytest.mark.parametrize(
        ("weak", "because"),
        [
            (" " * 10, "不同的字符"),
            ("\u200b" * 12, "不同的字符"),
            ("1111111111a", "不同的字符"),
            ("0000000000.", "不同的字符"),
            ("abAB ａｂ cd" + "\u2060" * 9, "不同的字符"),
            ("linli-2026-07", "名称"),
            ("LinLi linli LINLI 2026", "名称"),
            ("邻里邻里邻里邻里-2026", "名称"),
            ("ilnil-2026-07", "名称"),
        ],
    )
    def test_one_of_few_signs_or_of_the_products_names_is_refused(self, person, weak, because):
        with pytest.raises(PasswordWeak) as refusal:
            change_password(Act(person, at(MONDAY)), current="start-start-1", new=weak)

        assert because in str(refusal.value.details["reasons"])

    @pytest.mark.parametrize("new", ["abcde abcde", "correct horse linli battery", "q1w9-q1w9-q"])
    def test_one_of_five_signs_and_more_than_the_products_names_is_taken(self, person, new):
        assert change_password(Act(person, at(MONDAY)), current="start-start-1", new=new).pk

    def test_is_taken_to_the_letter_up_to_a_hundred_and_twenty_eight_characters(self, person):
        new = ("长的口令也行 Quite long, ok? " * 6)[:128]

        user = change_password(Act(person, at(MONDAY)), current="start-start-1", new=new)

        assert [check_password(one, user.password) for one in (new, new[:-1])] == [True, False]

    def test_one_that_holds_the_name_is_refused_however_long(self, person):
        with pytest.raises(PasswordWeak) as refusal:
            change_password(Act(person, at(MONDAY)), current="start-start-1", new=f"2026-07-01-{person.name}-x1")

        assert "含有用户名或姓名" in str(refusal.value.details["reasons"])

    def test_guesses_of_the_present_one_end_for_a_while(self, person):
        def guess(current, at_minute=0):
            change_password(Act(person, at(MONDAY, 9, at_minute)), current=current, new=GOOD)

        for number in range(5):
            with pytest.raises(PasswordWrong):
                guess(f"guess {number}")
        with pytest.raises(PasswordGuessed, match="15"):
            guess("start-start-1", 14)
        guess("start-start-1", 15)

        assert check_password(GOOD, User.objects.get(pk=person.pk).password)

    def test_who_knows_the_present_one_is_not_held_off_by_other_mistakes(self, person):
        for _ in range(6):
            with pytest.raises(PasswordWeak):
                change_password(Act(person, at(MONDAY)), current="start-start-1", new="short")

    def test_a_closed_account_changes_nothing(self, person):
        User.objects.filter(pk=person.pk).update(is_active=False)

        with pytest.raises(NotPermitted):
            change_password(Act(person, at(MONDAY)), current="start-start-1", new=GOOD)

    def test_of_two_changes_at_one_moment_the_second_is_refused(self, person):
        with pytest.raises(PasswordWrong):
            store_password(Act(person, at(MONDAY)), user_id=person.pk, encoded="!", known="another")

    def test_nobody_stores_one_for_another(self, person, staff):
        with pytest.raises(NotPermitted):
            store_password(Act(staff.clerk, at(MONDAY)), user_id=person.pk, encoded="!", known=person.password)

    def test_an_administrator_hands_out_one_that_must_be_changed(self, admin, staff):
        user = hand_out_password(admin, user_id=staff.clerk.pk, password=GOOD)

        assert (check_password(GOOD, user.password), user.must_change_password) == (True, True)

    def test_not_to_somebody_above(self, street_admin, staff):
        with pytest.raises(NotPermitted):
            hand_out_password(street_admin, user_id=staff.administrator.pk, password=GOOD)

    def test_the_trail_holds_no_password(self, admin, staff):
        hand_out_password(admin, user_id=staff.clerk.pk, password=GOOD)

        entry = AuditEntry.objects.latest("pk")
        assert (entry.act, entry.subject) == ("users.store_start_password", f"user:{staff.clerk.username}")
        told = "".join(str(value) for row in AuditEntry.objects.values() for value in row.values())
        user = User.objects.get(pk=staff.clerk.pk)
        assert GOOD not in told
        assert user.password not in told


class TestSetUp:
    AREAS = (NewArea("99", AreaKind.DISTRICT, "清河区"), NewArea("99-1", AreaKind.STREET, "和平街道", "99"))

    def test_makes_the_first_administrator_over_every_district(self, db):
        user = set_up(system_act(), username="admin", name="张伟", password=GOOD, areas=self.AREAS)

        assert (administers_all(authority_of(user, MONDAY)), user.must_change_password) == (True, False)

    def test_lets_nobody_else_set_up_meanwhile(self, community):
        taken = named_locks(lambda: set_up(system_act(), username="admin", name="张伟", password=GOOD))

        assert taken == {(LockSpace.SET_UP, 0)}

    def test_takes_areas_that_are_there(self, community):
        user = set_up(system_act(), username="admin", name="张伟", password=GOOD)

        assert role_of(user).area == community.district

    def test_refuses_without_a_district(self, db):
        with pytest.raises(AreasMissing):
            set_up(system_act(), username="admin", name="张伟", password=GOOD)

    def test_refuses_a_second_time(self, staff):
        with pytest.raises(AlreadySetUp):
            set_up(system_act(), username="second", name="张伟", password=GOOD)

    def test_is_done_again_where_every_administrator_is_closed(self, staff):
        """Nobody there can let others in: the installation is as good as empty."""
        inside(system_act(), step=lambda _act: User.objects.filter(pk=staff.administrator.pk).update(is_active=False))

        user = set_up(system_act(), username="second", name="张伟", password=GOOD)

        assert administers_all(authority_of(user, MONDAY))

    def test_is_for_the_product_alone(self, community):
        someone = create_user(system_act(), username="someone", name="张伟")

        with pytest.raises(NotPermitted):
            set_up(Act(someone, at(MONDAY)), username="second", name="张伟", password=GOOD)

    def test_all_or_none(self, db):
        with pytest.raises(PasswordWeak):
            set_up(system_act(), username="admin", name="张伟", password="short", areas=self.AREAS)

        assert (Area.objects.count(), User.objects.count()) == (0, 0)


class TestTerritory:
    def test_an_administrator_adds_below_their_own(self, street_admin, community):
        added = extend_territory(
            street_admin,
            areas=[
                NewArea("990101001009", AreaKind.COMMUNITY, "河东社区", "990101001"),
                NewArea("990101001009-G1", AreaKind.GRID, "第一网格", "990101001009"),
            ],
        )

        assert added[1].stamp.street_id == community.street.pk

    def test_not_below_another_street(self, street_admin):
        with pytest.raises(NotPermitted):
            extend_territory(street_admin, areas=[NewArea("X", AreaKind.COMMUNITY, "河东社区", "990101002")])

    def test_not_in_the_open_air(self, admin):
        with pytest.raises(AreaMisplaced):
            extend_territory(admin, areas=[NewArea("X", AreaKind.COMMUNITY, "河东社区", "unheard-of")])

    def test_no_district(self, admin):
        with pytest.raises(AreasFixed):
            extend_territory(admin, areas=[NewArea("98", AreaKind.DISTRICT, "另一区")])

    def test_no_code_twice(self, admin, community):
        with pytest.raises(AreaExists) as refusal:
            extend_territory(admin, areas=[NewArea(community.foreign.code, AreaKind.COMMUNITY, "甲", "990101001")])

        assert refusal.value.field == "code"

    @pytest.mark.parametrize("who", ["clerk", "street_officer", "district_officer"])
    def test_nobody_else(self, staff, who):
        with pytest.raises(NotPermitted):
            extend_territory(
                Act(getattr(staff, who), at(MONDAY)), areas=[NewArea("X", AreaKind.COMMUNITY, "甲", "990101001")]
            )

    def test_an_area_is_renamed_and_keeps_its_code(self, street_admin, community):
        renamed = rename_territory(street_admin, area_id=community.grid.pk, name=" 向阳网格 ")

        assert (renamed.name, renamed.code) == ("向阳网格", community.grid.code)

    def test_not_to_nothing(self, street_admin, community):
        with pytest.raises(AreaNameMissing):
            rename_territory(street_admin, area_id=community.grid.pk, name=" ")

    def test_not_in_another_street(self, street_admin, community):
        with pytest.raises(NotPermitted):
            rename_territory(street_admin, area_id=community.foreign.pk, name="新名")


class TestAccounts:
    def names(self, act, **narrowed):
        person = authority_of(act.by, MONDAY)
        found = queries.accounts(
            person.scope(Role.ADMINISTRATOR), everywhere=administers_all(person), on=MONDAY, **narrowed
        )
        return [user.username for user in found]

    def test_a_street_sees_who_works_in_it(self, street_admin, staff):
        assert {"clerk", "street", "maker"} <= set(self.names(street_admin))

    def test_and_whom_it_opened_an_account_for_before_they_hold_anything(self, street_admin, community):
        create_user(street_admin, username="newcomer", name="赵新", area_id=community.street.pk)

        assert "newcomer" in self.names(street_admin)

    def test_and_nobody_else(self, street_admin, staff):
        create_user(system_act(), username="resident", name="王建国")

        assert not {"outsider", "admin", "district", "resident"} & set(self.names(street_admin))

    def test_a_district_sees_those_that_belong_nowhere(self, admin):
        create_user(system_act(), username="resident", name="王建国")

        assert "resident" in self.names(admin)

    def test_narrowed_by_text_and_role(self, admin):
        assert (self.names(admin, text="王"), self.names(admin, role=Role.AUDITOR)) == (["clerk"], ["auditor"])

    def test_closed_ones_apart(self, admin, staff):
        close_account(admin, user_id=staff.clerk.pk)

        assert (self.names(admin, closed=True), "clerk" in self.names(admin, closed=False)) == (["clerk"], False)

    def test_in_two_queries_however_many(self, admin, django_assert_num_queries):
        scope = authority_of(admin.by, MONDAY).scope(Role.ADMINISTRATOR)

        with django_assert_num_queries(2):
            [len(user.roles) for user in queries.accounts(scope, everywhere=True, on=MONDAY)]
