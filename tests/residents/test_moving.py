from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, transaction

from linli.foundation.data.locks import FormStale
from linli.foundation.data.scope import AreaStamped, Scope
from linli.ground.users.operations import create_user
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.registry.residents.codes import ClosedReason, DepartureKind, GuardianshipKind, Relation
from linli.registry.residents.models import Circumstance, Guardianship, Household, Membership, Relocation, Resident
from linli.registry.residents.operations import (
    NewFact,
    add_guardian,
    add_member,
    leave,
    link_account,
    move_household,
    move_resident,
    record_circumstances,
    record_death,
    register_households,
)
from linli.registry.residents.operations.refusals import (
    DateInFuture,
    DateTooEarly,
    HouseholdClosed,
    HouseholdHeadRepeated,
    PlaceUnchanged,
    PlaceUnknown,
    ResidentGone,
    ResidentUnknown,
    SamePerson,
)
from linli.registry.residents.queries import departures, household_detail, last_move
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.residents.people import couple, person, single

MARCH_2 = date(2026, 3, 2)


def resident(name: str) -> Resident:
    return Resident.objects.get(name=name)


def give_rows_of_every_kind(home: Household, clerk: Act, staff: Staff) -> None:
    """A log-in, a guardian and a fact of its first person, a fact of the household."""
    man = Resident.objects.filter(memberships__household=home).earliest("pk")
    user = create_user(system_act(), username=f"jumin{home.pk}", name=man.name)
    link_account(Act(staff.administrator, at(MONDAY)), user_id=user.pk, resident_id=man.pk)
    add_guardian(
        clerk, ward_id=man.pk, kind=GuardianshipKind.PROXY, valid_from=MONDAY, document="委托书", guardian_name="王强"
    )
    facts = [
        NewFact("lives_alone", 0, "走访", MARCH_2, household_id=home.pk),
        NewFact("monthly_income_fen", 80_000, "走访", MARCH_2, resident_id=man.pk),
    ]
    record_circumstances(clerk, facts=facts)


def rows_with_a_place() -> list[AreaStamped]:
    """Every row of the room that lies somewhere."""
    models = [model for model in apps.get_app_config("residents").get_models() if issubclass(model, AreaStamped)]
    return [row for model in models for row in model._default_manager.all()]


def belongs(row: AreaStamped, household_id: int, people: set[int]) -> bool:
    """Whether it is the household's or one of its people's."""
    if isinstance(row, (Household, Resident)):
        return row.pk == household_id if isinstance(row, Household) else row.pk in people
    whose = {getattr(row, name, None) for name in ("resident_id", "ward_id")} & people
    return bool(whose) or getattr(row, "household_id", None) == household_id


class TestMoveHousehold:
    def moved_to(self, clerk, household, area, address: str = "") -> None:
        move_household(clerk, household_id=household.pk, area_id=area.pk, moved_date=MARCH_2, address=address)

    def test_to_where_it_lives_is_no_move(self, clerk, household, community: Community):
        for door in ("", "2 单元 301"):
            with pytest.raises(PlaceUnchanged):
                self.moved_to(clerk, household, community.building, door)
        self.moved_to(clerk, household, community.building, "1 单元 101")

        assert Relocation.objects.count() == 1

    def test_within_a_place_without_buildings_it_may_be_another_house(self, clerk, household, community: Community):
        self.moved_to(clerk, household, community.grid, "河边 3 号")
        self.moved_to(clerk, household, community.grid)

        assert Relocation.objects.count() == 2

    def test_takes_its_people_along(self, clerk, household, community: Community):
        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MARCH_2)

        stamps = {row.stamp for model in (Household, Resident, Membership) for row in model.objects.all()}
        assert stamps == {community.sibling.stamp}

    @pytest.mark.parametrize(("day", "early"), [(date(2024, 12, 31), True), (date(2025, 1, 1), False)])
    def test_the_first_move_is_not_before_the_household_opened(
        self, clerk, household, community: Community, day, early
    ):
        def move() -> None:
            move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=day)

        if not early:
            move()
            assert Relocation.objects.get().moved_date == day
            return
        with pytest.raises(DateTooEarly) as refusal:
            move()
        assert refusal.value.details["earliest"] == date(2025, 1, 1)

    def test_takes_guardianships_along(self, clerk, household, community: Community):
        man = resident("王建国")
        add_guardian(
            clerk,
            ward_id=man.pk,
            kind=GuardianshipKind.PROXY,
            valid_from=MONDAY,
            document="委托书",
            guardian_name="王强",
        )
        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MARCH_2)

        assert Guardianship.objects.get().stamp == community.sibling.stamp

    def test_leaves_everything_of_the_neighbours_where_it_is(
        self, clerk, household, community: Community, staff: Staff
    ):
        """Every row with a place that belongs to somebody else: people, log-ins, guardians, facts."""
        neighbours = register_households(clerk, households=[couple(community.building.pk, order=7)])[0]
        for home in (household, neighbours):
            give_rows_of_every_kind(home, clerk, staff)
        before = {(type(row), row.pk): row.stamp for row in rows_with_a_place()}
        assert len({kind for kind, _pk in before}) >= 6

        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MARCH_2)

        people = Membership.objects.filter(household=neighbours).values_list("resident_id", flat=True)
        theirs = [row for row in rows_with_a_place() if belongs(row, neighbours.pk, set(people))]
        assert len(theirs) >= 9
        assert {row for row in theirs if row.stamp != before[type(row), row.pk]} == set()

    def test_leaves_history_where_it_was_recorded(self, clerk, household, community: Community):
        fact = NewFact("lives_alone", 0, "走访", MARCH_2, household_id=household.pk)
        record_circumstances(clerk, facts=[fact])
        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MARCH_2)

        assert (Circumstance.objects.get().stamp, Relocation.objects.get().stamp) == (community.building.stamp,) * 2

    def test_is_seen_by_the_new_community_alone(self, clerk, household, community: Community):
        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MARCH_2)

        scopes = [Scope(communities=frozenset({area.pk})) for area in (community.community, community.sibling)]
        seen = [household_detail(scope, household.number, on=MONDAY) is not None for scope in scopes]
        assert seen == [False, True]

    def test_refuses_a_day_to_come(self, clerk, household, community: Community):
        with pytest.raises(DateInFuture):
            move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=date(2026, 3, 10))

    def test_refuses_a_day_before_the_last_move(self, clerk, household, community: Community):
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_2)

        with pytest.raises(DateTooEarly):
            move_household(clerk, household_id=household.pk, area_id=community.grid.pk, moved_date=date(2026, 3, 1))

    def test_the_move_of_another_household_bars_no_earlier_day(self, clerk, household, community: Community):
        other = register_households(clerk, households=[single(community.grid.pk, person("邻居", order=7))])[0]
        move_household(clerk, household_id=other.pk, area_id=community.other_grid.pk, moved_date=MARCH_2)

        move_household(clerk, household_id=household.pk, area_id=community.grid.pk, moved_date=date(2026, 3, 1))

        assert [last_move(one.pk) for one in (household, other)] == [date(2026, 3, 1), MARCH_2]

    @pytest.mark.parametrize("place", ["street", None])
    def test_refuses_a_place_nobody_lives_in(self, clerk, household, community: Community, place):
        area_id = getattr(community, place).pk if place else 999_999

        with pytest.raises(PlaceUnknown):
            move_household(clerk, household_id=household.pk, area_id=area_id, moved_date=MARCH_2)

    def test_refuses_a_form_that_somebody_overtook(self, clerk, household, community: Community):
        area_id = community.other_grid.pk
        move_household(clerk, household_id=household.pk, area_id=area_id, moved_date=MARCH_2, version=1)

        with pytest.raises(FormStale):
            move_household(clerk, household_id=household.pk, area_id=area_id, moved_date=MARCH_2, version=1)

    def test_refuses_a_stranger(self, household, staff: Staff, community: Community):
        act = Act(staff.outsider, at(MONDAY))

        with pytest.raises(NotPermitted):
            move_household(act, household_id=household.pk, area_id=community.foreign.pk, moved_date=MARCH_2)

    def test_refuses_a_household_that_is_not_there(self, clerk, community: Community):
        with pytest.raises(ResidentUnknown):
            move_household(clerk, household_id=999_999, area_id=community.grid.pk, moved_date=MARCH_2)


class TestMoveResident:
    def test_ends_one_membership_and_begins_the_next_on_one_day(self, clerk, household, community: Community):
        other = register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])[0]
        wife = resident("李秀英")
        move_resident(clerk, resident_id=wife.pk, household_id=other.pk, relation=Relation.PARENT, moved_date=MARCH_2)

        periods = list(wife.memberships.order_by("pk").values_list("valid_from", "valid_until"))
        assert periods == [(date(2025, 1, 1), MARCH_2), (MARCH_2, None)]

    def test_makes_every_form_of_the_person_stale(self, clerk, household, community: Community):
        other = register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])[0]
        wife = resident("李秀英")
        goes = {"resident_id": wife.pk, "relation": Relation.PARENT, "version": wife.version}
        move_resident(clerk, household_id=other.pk, moved_date=MARCH_2, **goes)

        with pytest.raises(FormStale):
            move_resident(clerk, household_id=household.pk, moved_date=MONDAY, **goes)
        assert {one.name: one.version for one in Resident.objects.all()}["王建国"] == 1

    @pytest.mark.parametrize("who", ["clerk", "outsider"])
    def test_is_for_whoever_registers_at_both_ends(self, clerk, household, staff: Staff, community: Community, who):
        abroad = Act(staff.outsider, at(MONDAY))
        away = register_households(abroad, households=[single(community.foreign.pk, person("王强", order=9))])[0]
        goes = {"resident_id": resident("李秀英").pk, "household_id": away.pk, "relation": Relation.PARENT}

        with pytest.raises(NotPermitted):
            move_resident(Act(getattr(staff, who), at(MONDAY)), moved_date=MARCH_2, **goes)

    def test_closes_the_household_that_became_empty(self, clerk, household, community: Community):
        lone = register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])[0]
        move_resident(
            clerk,
            resident_id=resident("王强").pk,
            household_id=household.pk,
            relation=Relation.CHILD,
            moved_date=MARCH_2,
        )

        lone.refresh_from_db()
        assert (lone.closed_date, lone.closed_reason) == (MARCH_2, ClosedReason.ALL_LEFT)

    def test_refuses_a_second_head(self, clerk, household, community: Community):
        other = register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])[0]

        with pytest.raises(HouseholdHeadRepeated):
            move_resident(
                clerk,
                resident_id=resident("李秀英").pk,
                household_id=other.pk,
                relation=Relation.HEAD,
                moved_date=MARCH_2,
            )

    def test_refuses_the_household_the_person_lives_in(self, clerk, household):
        with pytest.raises(SamePerson):
            move_resident(
                clerk,
                resident_id=resident("李秀英").pk,
                household_id=household.pk,
                relation=Relation.CHILD,
                moved_date=MARCH_2,
            )

    def test_refuses_a_closed_household(self, clerk, household, community: Community):
        lone = register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])[0]
        leave(clerk, resident_ids=[resident("王强").pk], left_date=MARCH_2)

        with pytest.raises(HouseholdClosed):
            move_resident(
                clerk,
                resident_id=resident("李秀英").pk,
                household_id=lone.pk,
                relation=Relation.HEAD,
                moved_date=MONDAY,
            )


class TestDeathAndLeaving:
    def test_the_spouse_becomes_head_when_the_head_dies(self, clerk, household):
        record_death(clerk, resident_ids=[resident("王建国").pk], died_date=MARCH_2)

        heads = household.memberships.filter(relation=Relation.HEAD, valid_until__isnull=True)
        assert [membership.resident.name for membership in heads] == ["李秀英"]

    def test_who_became_head_is_no_former_member(self, clerk, household, community: Community):
        son = person("王强", Relation.CHILD, date(1980, 1, 1), order=3)
        add_member(clerk, household_id=household.pk, member=son, since=date(2026, 1, 1))
        record_death(clerk, resident_ids=[resident("王建国").pk], died_date=MARCH_2)

        detail = household_detail(Scope(communities=frozenset({community.community.pk})), household.number, on=MONDAY)

        assert detail is not None
        assert [member.person.name for member in detail.former] == ["王建国"]
        assert [member.person.name for member in detail.members] == ["李秀英", "王强"]

    def test_the_household_is_closed_when_the_last_member_dies(self, clerk, household):
        ids = [resident("王建国").pk, resident("李秀英").pk]
        record_death(clerk, resident_ids=ids, died_date=MARCH_2)

        household.refresh_from_db()
        assert (household.closed_date, household.closed_reason) == (MARCH_2, ClosedReason.ALL_DIED)

    def test_nobody_dies_twice(self, clerk, household):
        record_death(clerk, resident_ids=[resident("王建国").pk], died_date=MARCH_2)

        with pytest.raises(ResidentGone):
            record_death(clerk, resident_ids=[resident("王建国").pk], died_date=MARCH_2)

    def test_refuses_a_death_to_come(self, clerk, household):
        with pytest.raises(DateInFuture):
            record_death(clerk, resident_ids=[resident("王建国").pk], died_date=date(2026, 3, 10))

    def test_a_death_before_the_household_was_formed_is_recorded(self, clerk, household):
        record_death(clerk, resident_ids=[resident("王建国").pk], died_date=date(2019, 12, 31))

        member = Membership.objects.get(resident=resident("王建国"))
        assert (resident("王建国").died_date, member.valid_until) == (date(2019, 12, 31), member.valid_from)

    def test_a_household_of_nobody_living_closes_no_earlier_than_it_opened(self, clerk, household):
        ids = [resident("王建国").pk, resident("李秀英").pk]
        record_death(clerk, resident_ids=ids, died_date=date(2019, 12, 31))

        household.refresh_from_db()
        assert household.closed_date == household.opened_date

    def test_refuses_a_death_before_birth_and_names_whose(self, clerk, household):
        with pytest.raises(DateTooEarly) as refusal:
            record_death(clerk, resident_ids=[resident("李秀英").pk, resident("王建国").pk], died_date=date(1951, 1, 1))
        assert "李秀英" in str(refusal.value)

    def test_refuses_a_departure_before_the_person_came_and_names_whose(self, clerk, household):
        with pytest.raises(DateTooEarly) as refusal:
            leave(clerk, resident_ids=[resident("王建国").pk], left_date=date(2024, 12, 31))
        assert "王建国" in str(refusal.value)

    def test_who_is_gone_is_named(self, clerk, household):
        record_death(clerk, resident_ids=[resident("王建国").pk], died_date=MARCH_2)

        with pytest.raises(ResidentGone) as refusal:
            leave(clerk, resident_ids=[resident("李秀英").pk, resident("王建国").pk], left_date=MARCH_2)
        assert "王建国（R-000001）" in str(refusal.value)

    def test_a_stranger_is_not_told_who_is_gone(self, clerk, household, staff: Staff):
        record_death(clerk, resident_ids=[resident("王建国").pk], died_date=MARCH_2)

        with pytest.raises(NotPermitted):
            leave(Act(staff.outsider, at(MONDAY)), resident_ids=[resident("王建国").pk], left_date=MARCH_2)

    def test_refuses_a_set_with_somebody_unknown(self, clerk, household):
        with pytest.raises(ResidentUnknown):
            leave(clerk, resident_ids=[resident("王建国").pk, 999_999], left_date=MARCH_2)

    def test_refuses_an_empty_set(self, clerk):
        with pytest.raises(ResidentUnknown):
            leave(clerk, resident_ids=[], left_date=MARCH_2)


class TestDepartures:
    def test_tells_who_died_and_who_left_and_when(self, clerk, household):
        man, wife = resident("王建国"), resident("李秀英")
        record_death(clerk, resident_ids=[man.pk], died_date=MARCH_2)
        leave(clerk, resident_ids=[wife.pk], left_date=date(2026, 3, 4))

        found = departures([man.pk, wife.pk], [household.pk], on=MONDAY)
        assert [(d.kind, d.departed_date.day) for d in found] == [
            (DepartureKind.DIED, 2),
            (DepartureKind.CLOSED, 4),
            (DepartureKind.LEFT, 4),
        ]

    def test_tells_nothing_before_the_day(self, clerk, household):
        man = resident("王建国")
        record_death(clerk, resident_ids=[man.pk], died_date=MARCH_2)

        assert departures([man.pk], on=date(2026, 3, 1)) == []

    def test_a_move_to_another_community_counts_for_household_and_people(self, clerk, household, community: Community):
        man = resident("王建国")
        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MARCH_2)

        found = departures([man.pk], [household.pk], on=MONDAY)
        assert [(d.kind, d.resident_id, d.household_id) for d in found] == [
            (DepartureKind.MOVED, None, household.pk),
            (DepartureKind.MOVED, man.pk, None),
        ]

    def test_a_move_within_the_community_does_not_count(self, clerk, household, community: Community):
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_2)

        assert departures([resident("王建国").pk], [household.pk], on=MONDAY) == []

    def test_joining_another_household_is_told_apart(self, clerk, household, community: Community):
        other = register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])[0]
        wife = resident("李秀英")
        move_resident(clerk, resident_id=wife.pk, household_id=other.pk, relation=Relation.PARENT, moved_date=MARCH_2)

        assert [d.kind for d in departures([wife.pk], on=MONDAY)] == [DepartureKind.REHOUSED]

    def test_becoming_head_is_no_departure(self, clerk, household):
        record_death(clerk, resident_ids=[resident("王建国").pk], died_date=MARCH_2)

        assert departures([resident("李秀英").pk], on=MONDAY) == []

    def test_leaves_out_what_happened_before_a_day(self, clerk, household):
        man = resident("王建国")
        record_death(clerk, resident_ids=[man.pk], died_date=MARCH_2)

        assert departures([man.pk], on=MONDAY, since=date(2026, 3, 3)) == []


class TestDatabase:
    def test_keeps_one_open_membership_per_resident(self, household):
        row = Membership.objects.first()
        row.pk = None

        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)

    def test_keeps_one_head_per_household(self, household):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.update(relation=Relation.HEAD)

    @pytest.mark.parametrize("model", [Household, Resident, Membership])
    def test_deletes_nothing(self, household, model):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all()._raw_delete("default")
