"""When the head goes, what the others are to the new one is worked out where it follows, presumed, and asked."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linli.foundation.data.locks import FormStale
from linli.foundation.screens.work import waiting
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.act import Act
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import (
    NewHousehold,
    NewMember,
    add_member,
    correct_departure,
    leave,
    move_resident,
    record_death,
    register_households,
    state_relations,
)
from linli.registry.residents.operations.refusals import HouseholdHeadMissing, HouseholdHeadRepeated
from linli.registry.residents.queries import (
    departures,
    last_departure,
    members_on,
    timeline,
    who_joined,
    who_left,
)
from linli.registry.residents.rules.succession import inverse, to_new_head
from tests.conftest import MONDAY, Community, Staff, at, make_community, make_staff
from tests.residents.people import person, single

FEBRUARY_20, MARCH_1, MARCH_2, MARCH_4 = date(2026, 2, 20), date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 4)
SINCE = date(2025, 1, 1)
HEAD, SPOUSE, CHILD, PARENT = Relation.HEAD, Relation.SPOUSE, Relation.CHILD, Relation.PARENT
OTHER = Relation.OTHER_RELATIVE
ZHAO, QIAN, SON, WIFE = "赵强", "钱氏", "赵小明", "孙丽"
BORN = {ZHAO: date(1975, 1, 1), QIAN: date(1948, 1, 1), SON: date(2013, 1, 1), WIFE: date(1977, 1, 1)}
ALL = ((ZHAO, HEAD), (WIFE, SPOUSE), (QIAN, PARENT), (SON, CHILD))
WITHOUT_WIFE = ((ZHAO, HEAD), (QIAN, PARENT), (SON, CHILD))


def living(clerk: Act, community: Community, *members: tuple[str, Relation], first: int = 1) -> Household:
    """A household of named people."""
    people = tuple(
        NewMember(**{**vars(person(name, relation, BORN.get(name, date(2000 + n, 1, 1)), order=first + n))})
        for n, (name, relation) in enumerate(members)
    )
    return register_households(clerk, households=[NewHousehold(community.grid.pk, people, opened_date=SINCE)])[0]


def pk(name: str) -> int:
    return Resident.objects.get(name=name).pk


def dies(clerk: Act, *names: str, day: date = MARCH_2) -> None:
    record_death(clerk, resident_ids=[pk(name) for name in names], died_date=day)


def undo(clerk: Act, name: str, day: date | None = None) -> None:
    correct_departure(clerk, resident_id=pk(name), day=day, reason="弄错了人")


def roles(home: Household, on: date = MONDAY) -> dict[str, tuple[Relation, bool]]:
    return {one.name: (one.relation, one.presumed) for one in members_on([home.pk], on)[home.pk]}


class TestWhatFollows:
    @pytest.mark.parametrize(
        ("heir", "other", "now"),
        [
            ("SPOUSE", "CHILD", "CHILD"),
            ("SPOUSE", "PARENT", "PARENT_IN_LAW"),
            ("SPOUSE", "PARENT_IN_LAW", "PARENT"),
            ("SPOUSE", "SIBLING", "OTHER_RELATIVE"),
            ("CHILD", "SPOUSE", "PARENT"),
            ("CHILD", "CHILD", "SIBLING"),
            ("CHILD", "PARENT", "GRANDPARENT"),
            ("CHILD", "GRANDCHILD", "OTHER_RELATIVE"),
            ("CHILD", "CHILD_IN_LAW", "OTHER_RELATIVE"),
            ("PARENT", "CHILD", "GRANDCHILD"),
            ("PARENT", "SIBLING", "CHILD"),
            ("PARENT", "PARENT", "OTHER_RELATIVE"),
            ("SIBLING", "CHILD", "OTHER_RELATIVE"),
            ("OTHER_RELATIVE", "CHILD", "OTHER_RELATIVE"),
            ("SPOUSE", "NON_RELATIVE", "NON_RELATIVE"),
            ("NON_RELATIVE", "CHILD", "OTHER_RELATIVE"),
            ("NON_RELATIVE", "NON_RELATIVE", "OTHER_RELATIVE"),
        ],
    )
    def test_of_two_relations_to_the_head_before(self, heir: str, other: str, now: str) -> None:
        assert to_new_head(heir, other) == now

    @pytest.mark.parametrize("heir", Relation.values)
    @pytest.mark.parametrize("other", Relation.values)
    def test_is_a_relation_of_the_registry_and_never_a_second_head(self, heir: str, other: str) -> None:
        assert to_new_head(heir, other) in set(Relation.values) - {"HEAD"}

    @pytest.mark.parametrize("relation", sorted(set(Relation.values) - {"HEAD", "SIBLING", "SPOUSE"}))
    def test_the_other_way_round_is_the_way_back(self, relation: str) -> None:
        assert inverse(inverse(relation)) in {relation, "OTHER_RELATIVE"}


class TestSuccession:
    def test_of_a_dead_mans_mother_his_son_is_the_grandchild(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, *WITHOUT_WIFE)
        dies(clerk, ZHAO)

        assert roles(home) == {QIAN: (HEAD, False), SON: (Relation.GRANDCHILD, True)}

    def test_a_widows_children_stay_hers_and_his_mother_is_her_mother_in_law(
        self, clerk: Act, community: Community
    ) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)

        assert roles(home) == {WIFE: (HEAD, False), QIAN: (Relation.PARENT_IN_LAW, True), SON: (CHILD, True)}

    def test_of_orphans_the_younger_is_the_sibling(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, (ZHAO, HEAD), (WIFE, SPOUSE), (SON, CHILD), ("赵小红", CHILD))
        dies(clerk, ZHAO, WIFE)

        assert sorted(roles(home).values()) == [(HEAD, False), (Relation.SIBLING, True)]

    @pytest.mark.parametrize("how", ["leave", "move"])
    def test_it_is_the_same_when_the_head_leaves_or_moves(self, clerk: Act, community: Community, how: str) -> None:
        home = living(clerk, community, *ALL)
        if how == "leave":
            leave(clerk, resident_ids=[pk(ZHAO)], left_date=MARCH_2)
        else:
            [away] = register_households(clerk, households=[single(community.grid.pk, person("王强", order=40))])
            goes = {"resident_id": pk(ZHAO), "household_id": away.pk, "relation": OTHER}
            move_resident(clerk, moved_date=MARCH_2, **goes)  # type: ignore[arg-type]  # as named

        assert roles(home)[QIAN] == (Relation.PARENT_IN_LAW, True)

    def test_what_they_were_to_the_head_before_is_kept(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)

        assert roles(home, MARCH_1) == {name: (relation, False) for name, relation in ALL}

    def test_nobody_who_became_another_relation_left_or_joined(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)

        assert [one.name for one in who_left([home.pk], on=MONDAY)] == [ZHAO]
        assert who_joined([home.pk], after=FEBRUARY_20, on=MONDAY) == []
        assert [one.resident_id for one in departures([pk(name) for name, _ in ALL], on=MONDAY)] == [pk(ZHAO)]

    def test_who_joined_before_the_head_went_joined_on_that_day(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, *WITHOUT_WIFE)
        child = person("赵小红", CHILD, date(2015, 1, 1), order=30)
        add_member(clerk, household_id=home.pk, member=child, since=MARCH_1)
        dies(clerk, ZHAO)

        joined = who_joined([home.pk], after=FEBRUARY_20, on=MONDAY)
        assert [(one.resident_id, one.day) for one in joined] == [(pk("赵小红"), MARCH_1)]

    def test_the_history_tells_who_became_what_and_not_who_stayed_it(
        self, clerk: Act, community: Community, scope
    ) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)

        told = {(one.subject, one.kind.value) for one in timeline(scope, home.number) if one.day == MARCH_2}
        assert told == {(ZHAO, "DIED"), (WIFE, "BECAME"), (QIAN, "BECAME")}

    def test_a_departure_before_the_succession_is_recorded_after_it(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)
        leave(clerk, resident_ids=[pk(SON)], left_date=FEBRUARY_20)

        assert SON in roles(home, date(2026, 2, 19))
        assert SON not in roles(home, FEBRUARY_20)
        assert [(one.name, one.day) for one in who_left([home.pk], on=MARCH_1)] == [(SON, FEBRUARY_20)]
        departed = last_departure(pk(SON))
        assert departed is not None
        assert (departed.day, departed.since) == (FEBRUARY_20, SINCE)


class TestUndone:
    def test_everybody_is_what_they_were_when_the_head_did_not_die(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)
        undo(clerk, ZHAO)

        assert roles(home) == roles(home, MARCH_4) == {name: (relation, False) for name, relation in ALL}

    def test_so_they_are_when_relations_to_the_new_head_were_said_meanwhile(
        self, clerk: Act, community: Community
    ) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)
        state_relations(clerk, household_id=home.pk, relations={pk(WIFE): HEAD, pk(QIAN): OTHER, pk(SON): CHILD})
        undo(clerk, ZHAO)

        assert roles(home) == {name: (relation, False) for name, relation in ALL}

    def test_another_day_of_the_death_is_the_day_of_the_succession(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)
        undo(clerk, ZHAO, day=MARCH_4)

        assert roles(home, date(2026, 3, 3)) == {name: (relation, False) for name, relation in ALL}
        assert roles(home, MARCH_4)[QIAN] == (Relation.PARENT_IN_LAW, True)

    def test_who_joined_the_new_head_is_presumed_what_follows_to_the_old_one(
        self, clerk: Act, community: Community
    ) -> None:
        home = living(clerk, community, *ALL)
        dies(clerk, ZHAO)
        mother = person("周氏", PARENT, date(1950, 1, 1), order=30)
        add_member(clerk, household_id=home.pk, member=mother, since=MARCH_4)
        undo(clerk, ZHAO)

        assert roles(home)["周氏"] == (Relation.PARENT_IN_LAW, True)

    def test_who_did_not_leave_before_the_succession_is_what_follows_to_the_new_head(
        self, clerk: Act, community: Community
    ) -> None:
        home = living(clerk, community, *WITHOUT_WIFE)
        leave(clerk, resident_ids=[pk(SON)], left_date=FEBRUARY_20)
        dies(clerk, ZHAO)
        undo(clerk, SON)

        assert roles(home, MARCH_1)[SON] == (CHILD, False)
        assert roles(home)[SON] == (Relation.GRANDCHILD, True)

    def test_who_did_not_leave_as_was_recorded_after_it_is_too(self, clerk: Act, community: Community) -> None:
        home = living(clerk, community, *WITHOUT_WIFE)
        dies(clerk, ZHAO)
        leave(clerk, resident_ids=[pk(SON)], left_date=FEBRUARY_20)
        undo(clerk, SON)

        assert roles(home)[SON] == (Relation.GRANDCHILD, True)


class TestStating:
    def said(self, home: Household, **changes: Relation) -> dict[int, Relation]:
        told = {name: relation for name, (relation, _presumed) in roles(home).items()} | changes
        return {pk(name): relation for name, relation in told.items()}

    @pytest.fixture
    def home(self, clerk: Act, community: Community) -> Household:
        found = living(clerk, community, *ALL)
        dies(clerk, ZHAO)
        return found

    def test_what_is_confirmed_is_presumed_no_more(self, clerk: Act, home: Household) -> None:
        state_relations(clerk, household_id=home.pk, relations=self.said(home))

        assert {presumed for _relation, presumed in roles(home).values()} == {False}
        assert AuditEntry.objects.filter(act="residents.state_relations", subject=f"household:{home.number}").exists()

    def test_what_was_presumed_wrongly_never_was(self, clerk: Act, home: Household) -> None:
        state_relations(clerk, household_id=home.pk, relations=self.said(home, **{SON: OTHER}))

        assert roles(home, MARCH_4)[SON] == (OTHER, False)
        assert who_joined([home.pk], after=FEBRUARY_20, on=MONDAY) == []

    def test_another_head_is_one_from_today(self, clerk: Act, home: Household) -> None:
        said = self.said(home, **{WIFE: Relation.CHILD_IN_LAW, QIAN: HEAD, SON: Relation.GRANDCHILD})
        state_relations(clerk, household_id=home.pk, relations=said)

        assert roles(home, MARCH_4)[WIFE] == (HEAD, False)
        assert roles(home) == {
            QIAN: (HEAD, False),
            WIFE: (Relation.CHILD_IN_LAW, False),
            SON: (Relation.GRANDCHILD, False),
        }

    @pytest.mark.parametrize(
        ("changes", "refusal"), [({WIFE: OTHER}, HouseholdHeadMissing), ({QIAN: HEAD}, HouseholdHeadRepeated)]
    )
    def test_one_is_the_head(self, clerk: Act, home: Household, changes: dict[str, Relation], refusal) -> None:
        with pytest.raises(refusal):
            state_relations(clerk, household_id=home.pk, relations=self.said(home, **changes))

    def test_everybody_who_lives_there_is_named(self, clerk: Act, home: Household) -> None:
        said = self.said(home)
        leave(clerk, resident_ids=[pk(SON)], left_date=MARCH_4)

        with pytest.raises(FormStale):
            state_relations(clerk, household_id=home.pk, relations=said)

    def test_a_form_opened_before_another_said_so_is_refused(self, clerk: Act, home: Household) -> None:
        home.refresh_from_db()
        said, seen = self.said(home), home.version
        state_relations(clerk, household_id=home.pk, relations=said, version=seen)

        with pytest.raises(FormStale):
            state_relations(clerk, household_id=home.pk, relations=said, version=seen)

    def test_a_stranger_says_nothing(self, home: Household, staff: Staff) -> None:
        with pytest.raises(NotPermitted):
            state_relations(Act(staff.outsider, at(MONDAY)), household_id=home.pk, relations=self.said(home))


class TestTold:
    def todo(self, who) -> list[tuple[str, str]]:
        return [(one.subject, one.who) for one in waiting(authority_of(who, MONDAY), MONDAY) if one.kind == "RELATIONS"]

    def test_whoever_registers_there_is_asked_until_it_is_said(
        self, clerk: Act, community: Community, staff: Staff
    ) -> None:
        home = living(clerk, community, *WITHOUT_WIFE)
        assert self.todo(staff.clerk) == []
        dies(clerk, ZHAO)
        assert (self.todo(staff.clerk), self.todo(staff.outsider)) == ([(home.number, QIAN)], [])

        state_relations(clerk, household_id=home.pk, relations={pk(QIAN): HEAD, pk(SON): Relation.GRANDCHILD})
        assert self.todo(staff.clerk) == []


def test_relations_to_heads_who_went_before_are_presumed_after_the_migration(committed_database: str) -> None:
    community = make_community()
    clerk = Act(make_staff(community).clerk, at(MONDAY))
    gone, there = living(clerk, community, *ALL), living(clerk, community, ("吴一", HEAD), ("吴二", CHILD), first=20)
    executor = MigrationExecutor(connection)
    executor.migrate([("residents", "0010_links_of_posts")])
    old = MigrationExecutor(connection).loader.project_state([("residents", "0010_links_of_posts")]).apps
    rows = old.get_model("residents", "Membership").objects
    rows.filter(resident__name__in=[ZHAO, WIFE]).update(valid_until=MARCH_2)
    places = {name: getattr(gone, name) for name in ("district_id", "street_id", "community_id", "grid_id")}
    rows.create(household_id=gone.pk, resident_id=pk(WIFE), relation="HEAD", valid_from=MARCH_2, **places)

    MigrationExecutor(connection).migrate([("residents", "0011_relations_presumed")])

    assert roles(gone) == {WIFE: (HEAD, False), QIAN: (PARENT, True), SON: (CHILD, True)}
    assert {presumed for _relation, presumed in roles(there).values()} == {False}
