"""A log-in that was linked to the wrong person: doubted at once, settled by another, told to all."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linli.foundation.data import triggers
from linli.foundation.data.numbering import take_labels
from linli.foundation.data.scope import NOWHERE
from linli.foundation.screens.lights import PLACE, lights
from linli.foundation.screens.work import work
from linli.foundation.trail.models import AuditEntry
from linli.ground.notifications.models import Letter
from linli.ground.notifications.queries import addressees
from linli.ground.users.codes import GIVEN_BY_TWO, NoticeKind, Role
from linli.ground.users.models import AccountNotice, Assignment, User
from linli.ground.users.operations import assign, create_user, end_assignment
from linli.ground.users.operations.assignments import OwnRole, RolesApartInPerson
from linli.ground.users.queries import Authority, NotPermitted, authority_of
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.steps import OwnFamily, SamePerson, StepNotPossible
from linli.overview.workbench.web.overseeing import Overseer
from linli.registry.residents.codes import Bond, KinRelation, LinkState
from linli.registry.residents.models import Household, Resident, ResidentAccount
from linli.registry.residents.operations import (
    add_kinship,
    doubt_link,
    end_link,
    keep_link,
    link_account,
    move_household,
    record_death,
    register_households,
)
from linli.registry.residents.operations.links import DoubtUnclear
from linli.registry.residents.operations.refusals import AccountLinked, PostLinked
from linli.registry.residents.queries import kin_of, own_family, own_household_ids, resident_of
from linli.registry.residents.queries.measures import ACCOUNTS_OF_NOBODY
from linli.registry.residents.steps import SETTLERS
from tests.conftest import MONDAY, Community, Staff, at, make_community, make_staff, system_act
from tests.layers import layer
from tests.residents.people import couple, person, single

WHY = "本人说不是自己的账号"


@layer
def user(staff: Staff) -> User:
    """Somebody who works nowhere here."""
    return create_user(system_act(), username="jumin", name="王强")


@layer
def neighbour(clerk: Act, community: Community) -> Resident:
    register_households(clerk, households=[single(community.grid.pk, person("赵芳", order=9, male=False))])
    return Resident.objects.get(name="赵芳")


@layer
def man(household: Household) -> Resident:
    return Resident.objects.get(name="王建国")


@layer
def link(clerk: Act, man: Resident, user: User) -> ResidentAccount:
    """The log-in of a stranger, linked to the head of the family."""
    return link_account(clerk, user_id=user.pk, resident_id=man.pk)


def by(who: User, day: date = MONDAY) -> Act:
    return Act(who, at(day))


def doubted(row: ResidentAccount, who: User, day: date = MONDAY) -> ResidentAccount:
    return doubt_link(by(who, day), link_id=row.pk, note=WHY)


def ended(row: ResidentAccount, staff: Staff, day: date = MONDAY) -> ResidentAccount:
    doubted(row, staff.clerk, day)
    return end_link(by(staff.director, day), link_id=row.pk, note="当面核实")


def own(user_id: int, household: Household, on: date) -> bool:
    """Whether the household is the person's own, as both ways to ask say."""
    mine = own_family(Authority(user_id, ()), on).has(household.pk)
    assert mine is (kin_of(user_id, household.pk, on) is not None)
    return mine


def kinds(who: User) -> list[str]:
    return list(AccountNotice.objects.filter(user=who).order_by("pk").values_list("kind", flat=True))


class TestDoubted:
    def test_shows_nothing_of_the_family_at_once_and_bars_all_the_same(
        self, link: ResidentAccount, household: Household, user: User, staff: Staff
    ) -> None:
        before = own_household_ids(user.pk, MONDAY), resident_of(user.pk)
        doubted(link, staff.social_worker)

        assert before == ({household.pk}, link.resident_id)
        assert (own_household_ids(user.pk, MONDAY), resident_of(user.pk)) == (frozenset(), None)
        assert own(user.pk, household, MONDAY)
        assert kin_of(user.pk, household.pk, MONDAY) == Bond.OWN_HOUSEHOLD

    @pytest.mark.parametrize(("note", "refusal"), [(" ", ReasonMissing), ("错了", DoubtUnclear)])
    def test_needs_words(self, link: ResidentAccount, staff: Staff, note: str, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            doubt_link(by(staff.social_worker), link_id=link.pk, note=note)

    @pytest.mark.parametrize("who", ["director", "street_officer", "auditor", "outsider", "volunteer", "security"])
    def test_is_for_whoever_may_link_there(self, link: ResidentAccount, staff: Staff, who: str) -> None:
        with pytest.raises(NotPermitted):
            doubted(link, getattr(staff, who))

    def test_keeps_who_why_and_when(self, link: ResidentAccount, staff: Staff) -> None:
        row = doubted(link, staff.administrator)

        assert (row.state, row.doubted_by_id, row.doubt) == (LinkState.DOUBTED, staff.administrator.pk, WHY)
        assert row.doubted_at == at(MONDAY)

    def test_once(self, link: ResidentAccount, staff: Staff) -> None:
        doubted(link, staff.clerk)

        with pytest.raises(StepNotPossible):
            doubted(link, staff.social_worker)

    def test_is_no_other_resident_and_nobody_elses_account_meanwhile(
        self, clerk: Act, link: ResidentAccount, neighbour: Resident, staff: Staff
    ) -> None:
        """It may be found right: then there would be two."""
        doubted(link, staff.clerk)

        with pytest.raises(AccountLinked):
            link_account(clerk, user_id=link.user_id, resident_id=neighbour.pk)
        another = create_user(system_act(), username="linju", name="赵强")
        with pytest.raises(AccountLinked):
            link_account(clerk, user_id=another.pk, resident_id=link.resident_id)

    def test_is_work_of_who_may_settle_it(self, link: ResidentAccount, staff: Staff) -> None:
        doubted(link, staff.clerk)
        people = ("clerk", "social_worker", "administrator", "director", "auditor", "outsider", "security")
        piles = {
            who: list(work["residents.links"](authority_of(getattr(staff, who), MONDAY), MONDAY)) for who in people
        }

        told = {who: [todo.arguments for pile in some for todo in pile.first(9)] for who, some in piles.items() if some}
        assert told == {"director": [(link.number,)]}

    @pytest.mark.parametrize("step", [keep_link, end_link])
    @pytest.mark.parametrize("who", ["administrator", "social_worker", "security", "auditor"])
    def test_is_settled_by_nobody_whose_role_one_person_gives(
        self, link: ResidentAccount, staff: Staff, who: str, step: Any
    ) -> None:
        """An administrator makes workers alone, and would be the first and the second hand."""
        doubted(link, staff.clerk)

        with pytest.raises(NotPermitted):
            step(by(getattr(staff, who)), link_id=link.pk, note="当面核实")
        assert set(SETTLERS) <= set(GIVEN_BY_TWO)


class TestOnePersonOneAccountOfPosts:
    """Two accounts with a post would be two hands of one person, and two sets of roles."""

    def test_a_second_is_not_linked(self, man: Resident, staff: Staff) -> None:
        link_account(by(staff.administrator), user_id=staff.clerk.pk, resident_id=man.pk)
        with pytest.raises(PostLinked, match="先结束那个账号的角色") as told:
            link_account(by(staff.administrator), user_id=staff.checker.pk, resident_id=man.pk)
        assert told.value.field == "user"

    def test_nor_one_whose_post_begins_tomorrow(
        self, man: Resident, user: User, staff: Staff, community: Community
    ) -> None:
        link_account(by(staff.administrator), user_id=staff.clerk.pk, resident_id=man.pk)
        place, tomorrow = community.community.pk, MONDAY + timedelta(days=1)
        assign(system_act(), user_id=user.pk, role=Role.AUDITOR, area_id=place, valid_from=tomorrow)
        with pytest.raises(PostLinked):
            link_account(by(staff.administrator), user_id=user.pk, resident_id=man.pk)

    def test_the_log_in_at_home_stands_beside_it(self, link: ResidentAccount, staff: Staff) -> None:
        assert link_account(by(staff.administrator), user_id=staff.clerk.pk, resident_id=link.resident_id).of_post

    def test_once_the_roles_of_the_first_have_ended_the_second_is_linked(self, man: Resident, staff: Staff) -> None:
        link_account(by(staff.administrator), user_id=staff.clerk.pk, resident_id=man.pk)
        for row in Assignment.objects.filter(user=staff.clerk):
            end_assignment(by(staff.administrator), assignment_id=row.pk, valid_until=MONDAY)
        assert link_account(by(staff.administrator), user_id=staff.checker.pk, resident_id=man.pk).of_post

    def test_the_log_in_at_home_gets_no_role_that_must_not_meet_the_others(
        self, link: ResidentAccount, user: User, staff: Staff, community: Community
    ) -> None:
        """Roles are looked for in all accounts of one resident."""
        link_account(by(staff.administrator), user_id=staff.director.pk, resident_id=link.resident_id)
        told = {"user_id": user.pk, "area_id": community.community.pk, "valid_from": MONDAY}
        with pytest.raises(RolesApartInPerson, match="另有一个账号"):
            assign(by(staff.administrator), role=Role.COMMUNITY_WORKER, **told)
        assert assign(by(staff.administrator), role=Role.VOLUNTEER, **told).user_id == user.pk

    def test_nor_a_role_by_the_hand_of_its_own_person(
        self, link: ResidentAccount, user: User, staff: Staff, community: Community
    ) -> None:
        link_account(by(staff.clerk), user_id=staff.administrator.pk, resident_id=link.resident_id)
        told = {"user_id": user.pk, "area_id": community.community.pk, "valid_from": MONDAY}
        with pytest.raises(OwnRole):
            assign(by(staff.administrator), role=Role.VOLUNTEER, **told)


class TestOfOnesOwn:
    """Neither the account's person nor anybody of the family says whether it is right."""

    @pytest.fixture
    def of_worker(self, man: Resident, staff: Staff) -> ResidentAccount:
        """A worker who was taken for the head of a family, or is it."""
        return link_account(by(staff.administrator), user_id=staff.clerk.pk, resident_id=man.pk)

    def test_the_accounts_person_takes_no_step(self, of_worker: ResidentAccount, staff: Staff) -> None:
        with pytest.raises(OwnFamily):
            doubted(of_worker, staff.clerk)

    def test_nor_settles_it(self, man: Resident, staff: Staff) -> None:
        row = link_account(by(staff.administrator), user_id=staff.director.pk, resident_id=man.pk)
        doubted(row, staff.social_worker)
        for step in (keep_link, end_link):
            with pytest.raises(OwnFamily):
                step(by(staff.director), link_id=row.pk, note="当面核实")

    def test_nor_does_somebody_of_the_family(self, link: ResidentAccount, neighbour: Resident, staff: Staff) -> None:
        wife = Resident.objects.get(name="李秀英")
        add_kinship(by(staff.clerk), a_id=wife.pk, b_id=neighbour.pk, relation=KinRelation.SIBLING)
        for who, resident in ((staff.social_worker, wife.pk), (staff.director, neighbour.pk)):
            link_account(by(staff.administrator), user_id=who.pk, resident_id=resident)
        with pytest.raises(OwnFamily):
            doubted(link, staff.social_worker)
        doubted(link, staff.clerk)

        for step in (keep_link, end_link):
            with pytest.raises(OwnFamily):
                step(by(staff.director), link_id=link.pk, note="当面核实")
        assert not list(work["residents.links"](authority_of(staff.director, MONDAY), MONDAY))

    @pytest.mark.parametrize("step", [keep_link, end_link])
    def test_who_doubts_does_not_settle(
        self, link: ResidentAccount, staff: Staff, community: Community, step: Any
    ) -> None:
        place = community.community.pk
        both = {"user_id": staff.director.pk, "role": Role.SOCIAL_WORKER, "area_id": place, "valid_from": MONDAY}
        assign(system_act(), **both)
        doubted(link, staff.director)

        with pytest.raises(SamePerson):
            step(by(staff.director), link_id=link.pk, note="当面核实")

    def test_who_was_linked_till_lately_may_not_free_themselves_by_a_friendly_mistake(
        self, of_worker: ResidentAccount, household: Household, staff: Staff
    ) -> None:
        """Ninety days, as a guardian whose time is over."""
        doubted(of_worker, staff.social_worker)
        end_link(by(staff.director), link_id=of_worker.pk, note="关错了人")

        days = [MONDAY, MONDAY + timedelta(days=89), MONDAY + timedelta(days=90)]
        assert [own(staff.clerk.pk, household, day) for day in days] == [True, True, False]
        with pytest.raises(OwnFamily):
            link_account(by(staff.clerk), user_id=staff.volunteer.pk, resident_id=of_worker.resident_id)

    def test_nor_whoever_gets_a_role_the_day_after(
        self, link: ResidentAccount, household: Household, user: User, staff: Staff, community: Community
    ) -> None:
        ended(link, staff)
        place = community.community.pk
        assign(system_act(), user_id=user.pk, role=Role.COMMUNITY_WORKER, area_id=place, valid_from=MONDAY)

        with pytest.raises(OwnFamily):
            link_account(by(user), user_id=staff.volunteer.pk, resident_id=link.resident_id)

    def test_both_families_bar_whoever_was_linked_anew(
        self, of_worker: ResidentAccount, household: Household, neighbour: Resident, staff: Staff
    ) -> None:
        doubted(of_worker, staff.social_worker)
        end_link(by(staff.director), link_id=of_worker.pk, note="关错了人")
        link_account(by(staff.administrator), user_id=staff.clerk.pk, resident_id=neighbour.pk)

        home = Household.objects.get(memberships__resident=neighbour)
        assert [own(staff.clerk.pk, one, MONDAY) for one in (household, home)] == [True, True]
        assert own_family(Authority(staff.clerk.pk, ()), MONDAY).people == {of_worker.resident_id, neighbour.pk}
        assert own_household_ids(staff.clerk.pk, MONDAY) == {home.pk}

    def test_an_auditor_sees_that_a_workers_link_ended(self, of_worker: ResidentAccount, staff: Staff) -> None:
        doubted(of_worker, staff.social_worker)
        end_link(by(staff.director), link_id=of_worker.pk, note="关错了人")
        light = lights["residents.links"]
        seat = Overseer(authority_of(staff.auditor, MONDAY), MONDAY)

        assert len(light.measure.lines(seat.window(light), PLACE, None).rows) == 2


class TestSettled:
    def test_found_right_it_shows_the_family_again(
        self, link: ResidentAccount, household: Household, user: User, staff: Staff
    ) -> None:
        doubted(link, staff.clerk)
        row = keep_link(by(staff.director), link_id=link.pk, note="当面核实")

        assert (row.state, row.kept_by_id, row.settlement) == (LinkState.STANDING, staff.director.pk, "当面核实")
        assert own_household_ids(user.pk, MONDAY) == {household.pk}

    def test_it_may_be_doubted_again_when_it_was_found_right(self, link: ResidentAccount, staff: Staff) -> None:
        doubted(link, staff.clerk)
        keep_link(by(staff.director), link_id=link.pk, note="当面核实")
        row = doubted(link, staff.social_worker)

        assert (row.doubted_by_id, row.kept_by_id, row.kept_at) == (staff.social_worker.pk, None, None)
        assert end_link(by(staff.director), link_id=link.pk, note="当面核实").state == LinkState.ENDED

    def test_found_wrong_both_may_be_linked_anew(
        self, clerk: Act, link: ResidentAccount, neighbour: Resident, user: User, staff: Staff
    ) -> None:
        ended(link, staff)
        link_account(clerk, user_id=user.pk, resident_id=neighbour.pk)
        link_account(clerk, user_id=staff.volunteer.pk, resident_id=link.resident_id)

        assert resident_of(user.pk) == neighbour.pk
        assert resident_of(staff.volunteer.pk) == link.resident_id
        states = list(ResidentAccount.objects.order_by("pk").values_list("state", flat=True))
        assert states == [LinkState.ENDED, LinkState.STANDING, LinkState.STANDING]

    @pytest.mark.parametrize("step", [keep_link, end_link])
    def test_needs_words(self, link: ResidentAccount, staff: Staff, step: Any) -> None:
        doubted(link, staff.clerk)

        with pytest.raises(ReasonMissing):
            step(by(staff.director), link_id=link.pk, note=" ")

    @pytest.mark.parametrize("step", [keep_link, end_link])
    def test_what_nobody_doubts_is_not_settled(self, link: ResidentAccount, staff: Staff, step: Any) -> None:
        with pytest.raises(StepNotPossible):
            step(by(staff.director), link_id=link.pk, note="当面核实")

    def test_what_ended_keeps_its_place_when_the_family_moves(
        self, clerk: Act, link: ResidentAccount, household: Household, staff: Staff, community: Community
    ) -> None:
        before = link.stamp
        ended(link, staff)
        anew = link_account(clerk, user_id=staff.volunteer.pk, resident_id=link.resident_id)
        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MONDAY)
        for row in (link, anew):
            row.refresh_from_db()

        assert (link.stamp, anew.stamp) == (before, community.sibling.stamp)

    def test_its_account_is_nobodys_again(
        self, link: ResidentAccount, user: User, staff: Staff, community: Community
    ) -> None:
        User.objects.filter(pk=user.pk).update(area=community.community)
        light = lights["residents.accounts_of_nobody"]
        assert light.measure is ACCOUNTS_OF_NOBODY
        seat = Overseer(authority_of(staff.administrator, MONDAY), MONDAY)

        def names() -> list[str]:
            return [
                str(row) for row in light.measure.lines(seat.window(light), PLACE, None).rows if "jumin" in str(row)
            ]

        found = [len(names())]
        doubted(link, staff.clerk)
        found.append(len(names()))
        end_link(by(staff.director), link_id=link.pk, note="当面核实")
        assert [*found, len(names())] == [0, 0, 1]

    def test_every_step_is_in_the_trail(self, link: ResidentAccount, staff: Staff) -> None:
        ended(link, staff)

        found = AuditEntry.objects.filter(subject=f"links:{link.number}").order_by("pk")
        acts = list(found.values_list("act", "note"))
        assert [name for name, _note in acts] == ["residents.doubt_link", "residents.end_link"]
        assert WHY in acts[0][1]


class TestLogInAtWork:
    """Whoever works here is linked besides a log-in of their own at home: that one does not shield the post."""

    def test_is_linked_besides_the_one_at_home(self, link: ResidentAccount, household: Household, staff: Staff) -> None:
        row = link_account(by(staff.social_worker), user_id=staff.director.pk, resident_id=link.resident_id)

        assert (link.of_post, row.of_post) == (False, True)
        assert own(staff.director.pk, household, MONDAY)
        assert own_household_ids(link.user_id, MONDAY) == {household.pk}

    def test_may_be_the_first(self, clerk: Act, man: Resident, user: User, staff: Staff) -> None:
        link_account(clerk, user_id=staff.director.pk, resident_id=man.pk)
        row = link_account(clerk, user_id=user.pk, resident_id=man.pk)

        assert resident_of(row.user_id) == resident_of(staff.director.pk) == man.pk

    @pytest.mark.parametrize("first", ["at home", "at work"])
    def test_is_one_though_the_post_begins_tomorrow(
        self, clerk: Act, man: Resident, user: User, community: Community, first: str
    ) -> None:
        tomorrow, post = MONDAY + timedelta(days=1), create_user(system_act(), username="xinren", name="王强")
        told = {"area_id": community.community.pk, "valid_from": tomorrow}
        assign(system_act(), user_id=post.pk, role=Role.FINANCE_MAKER, **told)
        order = (user, post) if first == "at home" else (post, user)

        rows = [link_account(clerk, user_id=one.pk, resident_id=man.pk) for one in order]

        assert {row.user_id: row.of_post for row in rows} == {user.pk: False, post.pk: True}

    def test_is_linked_once(self, clerk: Act, link: ResidentAccount, neighbour: Resident, staff: Staff) -> None:
        link_account(clerk, user_id=staff.director.pk, resident_id=link.resident_id)

        for resident in (link.resident_id, neighbour.pk):
            with pytest.raises(AccountLinked):
                link_account(clerk, user_id=staff.director.pk, resident_id=resident)

    def test_at_home_there_is_one(self, clerk: Act, link: ResidentAccount, staff: Staff) -> None:
        link_account(clerk, user_id=staff.director.pk, resident_id=link.resident_id)
        another = create_user(system_act(), username="linju", name="赵强")

        with pytest.raises(AccountLinked):
            link_account(clerk, user_id=another.pk, resident_id=link.resident_id)

    def test_stays_when_the_one_at_home_ends(
        self, clerk: Act, link: ResidentAccount, household: Household, staff: Staff
    ) -> None:
        link_account(clerk, user_id=staff.director.pk, resident_id=link.resident_id)
        doubted(link, staff.clerk)
        end_link(by(staff.street_officer), link_id=link.pk, note="当面核实")

        assert own(staff.director.pk, household, date(2027, 3, 9))
        assert own_household_ids(link.user_id, MONDAY) == frozenset()


class TestTold:
    def test_the_accounts_person_is_told_of_every_step(self, link: ResidentAccount, user: User, staff: Staff) -> None:
        doubted(link, staff.clerk)
        keep_link(by(staff.director), link_id=link.pk, note="当面核实")
        ended(link, staff)

        told = [NoticeKind.LINKED, NoticeKind.DOUBTED, NoticeKind.KEPT, NoticeKind.DOUBTED, NoticeKind.UNLINKED]
        assert kinds(user) == told

    def test_the_family_gets_a_letter_when_it_begins_and_when_it_ends(
        self, link: ResidentAccount, man: Resident, user: User, staff: Staff
    ) -> None:
        """Neither names the account or a worker: whoever opens the door may read it."""
        ended(link, staff)
        began, over = Letter.objects.filter(subject=f"links:{link.number}").order_by("pk")

        assert (began.kind, over.kind) == ("ACCOUNT_LINKED", "ACCOUNT_UNLINKED")
        assert (began.title.zh, over.title.zh) == ("账号关联告知书", "账号解除关联告知书")
        assert began.words("zh")["body"].startswith("王建国：从即日起，有一个登录账号")
        assert over.words("en")["body"].startswith("王建国: the log-in account")
        for one in (began, over):
            said = str(one.content)
            assert not any(word in said for word in (user.username, user.name, staff.clerk.name, man.number, WHY))

    def test_a_letter_goes_to_the_resident_at_home(
        self, link: ResidentAccount, man: Resident, household: Household, community: Community
    ) -> None:
        to = addressees["links"]([link.number], NOWHERE, MONDAY)[link.number]

        assert (to.number, to.name, to.place, to.door) == (man.number, "王建国", community.building.name, "")

    def test_who_has_died_is_not_written_to(
        self, clerk: Act, link: ResidentAccount, man: Resident, staff: Staff
    ) -> None:
        record_death(clerk, resident_ids=[man.pk], died_date=MONDAY)
        ended(link, staff)

        assert list(Letter.objects.values_list("kind", flat=True)) == ["ACCOUNT_LINKED"]
        assert addressees["links"]([link.number], NOWHERE, MONDAY)[link.number].died_date == MONDAY


def test_links_that_stand_get_numbers_by_the_migration(committed_database: str) -> None:
    community = make_community()
    staff = make_staff(community)
    clerk = by(staff.clerk)
    register_households(clerk, households=[couple(community.building.pk)])
    people = Resident.objects.order_by("pk")
    rows = [
        link_account(clerk, user_id=who.pk, resident_id=one.pk)
        for who, one in zip((staff.volunteer, staff.director), people, strict=True)
    ]
    before, after = ("residents", "0008_parts_shown"), ("residents", "0009_links_are_settled")
    MigrationExecutor(connection).migrate([before])
    MigrationExecutor(connection).migrate([after])
    triggers.install(connection)

    found = ResidentAccount.objects.order_by("pk").values_list("pk", "number", "state")
    assert list(found) == [(row.pk, row.number, LinkState.STANDING) for row in rows]
    assert [row.number for row in rows] == ["GL-2026-0001", "GL-2026-0002"]
    assert take_labels("GL", 2026) == ["GL-2026-0003"]
