"""Nothing about a person is irreversible: wrong deaths, departures and moves are put right; who left comes back."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from linli.foundation.data.locks import FormStale
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.registry.residents.codes import ClosedReason, DepartureKind, Relation
from linli.registry.residents.models import Correction, Household, Membership, Relocation, RelocationAnnulment, Resident
from linli.registry.residents.operations import (
    Amendment,
    add_member,
    common,
    correct_departure,
    correct_household_move,
    correct_resident,
    leave,
    move_household,
    move_resident,
    record_death,
    register_follower,
    register_households,
    return_resident,
)
from linli.registry.residents.operations.refusals import (
    DateInFuture,
    DateTooEarly,
    DayUnchanged,
    HouseholdClosed,
    HouseholdHeadRepeated,
    NothingToCorrect,
    RegistrationRefused,
    ResidentNotAway,
    ResidentUnknown,
)
from linli.registry.residents.queries import departures, household_detail, last_departure, members_on, timeline
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.layers import layer
from tests.residents.people import couple, person, single

MARCH_2, MARCH_4 = date(2026, 3, 2), date(2026, 3, 4)
MAN, WIFE = "王建国", "李秀英"


def resident(name: str) -> Resident:
    return Resident.objects.get(name=name)


def roles(household: Household, on: date = MONDAY) -> list[tuple[str, str]]:
    return [(member.name, member.relation) for member in members_on([household.pk], on)[household.pk]]


def undo(clerk: Act, name: str, **changes: object) -> None:
    values: dict[str, object] = {"day": None, "reason": "弄错了人"}
    correct_departure(clerk, resident_id=resident(name).pk, **{**values, **changes})  # type: ignore[arg-type]


@layer
def other(clerk: Act, community: Community) -> Household:
    """Another household of one."""
    return register_households(clerk, households=[single(community.grid.pk, person("王强", order=9))])[0]


@pytest.fixture
def amended() -> Iterator[list[Amendment]]:
    """What rooms above are told."""
    told: list[Amendment] = []

    def note(_act: Act, amendment: Amendment) -> None:
        told.append(amendment)

    register_follower(note)
    yield told
    common._followers.remove(note)


class TestWrongDeath:
    @pytest.mark.parametrize("name", [MAN, WIFE])
    def test_the_person_lives_where_they_lived_as_what_they_were(self, clerk, household, name):
        before = roles(household)
        record_death(clerk, resident_ids=[resident(name).pk], died_date=MARCH_2)
        undo(clerk, name)

        assert (roles(household), resident(name).died_date) == (before, None)

    @pytest.mark.parametrize("name", [MAN, WIFE])
    def test_it_is_as_if_it_never_was_for_those_who_ask_of_any_day(self, clerk, household, name):
        before = roles(household, MARCH_4)
        record_death(clerk, resident_ids=[resident(name).pk], died_date=MARCH_2)
        undo(clerk, name)

        assert roles(household, MARCH_4) == before
        assert departures([one.pk for one in Resident.objects.all()], [household.pk], on=MONDAY) == []

    def test_a_household_that_had_closed_is_open_again(self, clerk, household):
        record_death(clerk, resident_ids=[resident(MAN).pk, resident(WIFE).pk], died_date=MARCH_2)
        undo(clerk, WIFE)

        household.refresh_from_db()
        assert (household.closed_date, household.closed_reason, roles(household)) == (None, "", [(WIFE, "HEAD")])

    def test_two_wrong_deaths_are_put_right_one_by_one(self, clerk, household):
        before = roles(household)
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
        record_death(clerk, resident_ids=[resident(WIFE).pk], died_date=MARCH_4)
        undo(clerk, WIFE)
        undo(clerk, MAN)

        assert roles(household) == before

    def test_who_came_back_as_head_since_stays_head(self, clerk, household):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
        leave(clerk, resident_ids=[resident(WIFE).pk], left_date=MARCH_2)
        return_resident(
            clerk,
            resident_id=resident(WIFE).pk,
            household_id=household.pk,
            relation=Relation.HEAD,
            returned_date=MARCH_4,
        )
        undo(clerk, MAN)

        assert roles(household) == [(WIFE, "HEAD"), (MAN, "OTHER_RELATIVE")]

    def test_a_person_lies_where_the_household_lies_now(self, clerk, household, community: Community):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_4)
        undo(clerk, MAN)

        assert resident(MAN).stamp == community.other_grid.stamp

    def test_keeps_who_why_and_what_was_wrong(self, clerk, household, scope):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
        undo(clerk, MAN, reason="同名同姓，本人到场")

        row = Correction.objects.get()
        assert (row.resident, row.field, row.reason) == (resident(MAN), "died_date", "同名同姓，本人到场")
        entry = AuditEntry.objects.get(act="residents.correct_departure")
        note = json.loads(entry.note)
        assert (entry.subject, note["died_date"], note["corrected"]) == ("resident:R-000001", "2026-03-02", None)
        assert [event.subject for event in timeline(scope, household.number) if event.kind == "CORRECTED"] == [MAN]

    def test_rooms_above_are_told_within_the_act(self, clerk, household, amended):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
        undo(clerk, MAN)

        home = (household.pk,)
        assert amended == [Amendment(DepartureKind.DIED, MARCH_2, None, "弄错了人", resident(MAN).pk, home)]

    def test_where_a_room_above_refuses_nothing_is_put_right(self, clerk, household):
        def refuse(_act: Act, _amendment: Amendment) -> None:
            raise ReasonMissing

        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
        register_follower(refuse)
        try:
            with pytest.raises(ReasonMissing):
                undo(clerk, MAN)
        finally:
            common._followers.remove(refuse)
        assert resident(MAN).died_date == MARCH_2

    def test_somebody_dies_again_after_a_correction(self, clerk, household):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
        undo(clerk, MAN)
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_4)

        departed = last_departure(resident(MAN).pk)
        assert departed is not None
        assert (departed.kind, departed.day, roles(household)) == (DepartureKind.DIED, MARCH_4, [(WIFE, "HEAD")])


class TestWrongDay:
    @pytest.mark.parametrize("day", [date(2026, 2, 20), date(2026, 3, 6), date(2019, 1, 1)])
    def test_the_day_of_a_death_is_put_right(self, clerk, household, day):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
        undo(clerk, MAN, day=day)

        assert [(one.kind, one.departed_date) for one in departures([resident(MAN).pk], on=MONDAY)] == [("DIED", day)]
        assert roles(household) == [(WIFE, "HEAD")]

    def test_a_closed_household_closes_on_the_right_day(self, clerk, household):
        record_death(clerk, resident_ids=[resident(MAN).pk, resident(WIFE).pk], died_date=MARCH_2)
        undo(clerk, WIFE, day=MARCH_4)

        household.refresh_from_db()
        assert (household.closed_date, household.closed_reason) == (MARCH_4, ClosedReason.ALL_DIED)

    def test_a_departure_lies_after_the_person_came(self, clerk, household):
        leave(clerk, resident_ids=[resident(MAN).pk], left_date=MARCH_2)

        with pytest.raises(DateTooEarly):
            undo(clerk, MAN, day=date(2024, 12, 31))

    def test_the_day_of_a_move_is_put_right(self, clerk, household, other):
        wife = resident(WIFE)
        move_resident(clerk, resident_id=wife.pk, household_id=other.pk, relation=Relation.PARENT, moved_date=MARCH_2)
        undo(clerk, WIFE, day=MARCH_4)

        assert [(one.kind, one.departed_date) for one in departures([wife.pk], on=MONDAY)] == [("REHOUSED", MARCH_4)]
        assert (WIFE, "PARENT") in roles(other)
        assert len(roles(household, date(2026, 3, 3))) == 2


class TestWrongDepartureAndMove:
    def test_who_did_not_leave_is_there(self, clerk, household):
        before = roles(household)
        leave(clerk, resident_ids=[resident(MAN).pk], left_date=MARCH_2)
        undo(clerk, MAN)

        assert (roles(household), resident(MAN).left_date) == (before, None)

    @pytest.mark.parametrize("name", [MAN, WIFE])
    def test_who_did_not_move_is_where_they_were(self, clerk, household, other, name):
        before = roles(household), roles(other)
        move_resident(
            clerk, resident_id=resident(name).pk, household_id=other.pk, relation=Relation.PARENT, moved_date=MARCH_2
        )
        undo(clerk, name)

        assert (roles(household), roles(other)) == before
        assert departures([resident(name).pk], on=MONDAY) == []

    def test_a_household_emptied_by_the_wrong_move_is_open_again(self, clerk, household, other):
        move_resident(
            clerk,
            resident_id=resident("王强").pk,
            household_id=household.pk,
            relation=Relation.CHILD,
            moved_date=MARCH_2,
        )
        undo(clerk, "王强")

        other.refresh_from_db()
        assert (other.closed_date, roles(other)) == (None, [("王强", "HEAD")])

    def test_one_who_became_head_where_they_never_lived_leaves_a_head_behind(self, clerk, household, other):
        move_resident(
            clerk,
            resident_id=resident("王强").pk,
            household_id=household.pk,
            relation=Relation.CHILD,
            moved_date=MARCH_2,
        )
        record_death(clerk, resident_ids=[resident(MAN).pk, resident(WIFE).pk], died_date=MARCH_4)
        undo(clerk, "王强")

        household.refresh_from_db()
        assert (roles(other), roles(household), household.closed_date) == ([("王强", "HEAD")], [], MARCH_2)

    def test_the_page_shows_no_member_who_never_was(self, clerk, household, other, scope):
        wife = resident(WIFE)
        move_resident(clerk, resident_id=wife.pk, household_id=other.pk, relation=Relation.PARENT, moved_date=MARCH_2)
        undo(clerk, WIFE)

        detail = household_detail(scope, other.number, on=MONDAY)
        assert detail is not None
        assert detail.former == ()
        assert [event.subject for event in timeline(scope, other.number) if event.kind == "JOINED"] == []


class TestCorrectionRefuses:
    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"reason": "  "}, ReasonMissing),
            ({"day": MARCH_2}, DayUnchanged),
            ({"day": date(2026, 3, 10)}, DateInFuture),
            ({"day": date(1949, 1, 1)}, DateTooEarly),
            ({"version": 7}, FormStale),
        ],
    )
    def test_what_makes_no_sense(self, clerk, household, changes, refusal):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)

        with pytest.raises(refusal):
            undo(clerk, MAN, **changes)

    def test_what_did_not_happen_and_names_the_person(self, clerk, household):
        with pytest.raises(NothingToCorrect) as refusal:
            undo(clerk, MAN)
        assert "王建国（R-000001）" in str(refusal.value)

    def test_somebody_unknown(self, clerk):
        with pytest.raises(ResidentUnknown):
            correct_departure(clerk, resident_id=999_999, day=None, reason="x")

    def test_a_stranger(self, clerk, household, staff: Staff):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)

        with pytest.raises(NotPermitted):
            undo(Act(staff.outsider, at(MONDAY)), MAN)

    def test_a_correction_of_one_who_came_back(self, clerk, household, other):
        leave(clerk, resident_ids=[resident(WIFE).pk], left_date=MARCH_2)
        return_resident(
            clerk,
            resident_id=resident(WIFE).pk,
            household_id=other.pk,
            relation=Relation.PARENT,
            returned_date=MARCH_4,
        )

        with pytest.raises(NothingToCorrect):
            undo(clerk, WIFE)


class TestReturn:
    @pytest.fixture
    def away(self, clerk, household) -> Resident:
        leave(clerk, resident_ids=[resident(MAN).pk], left_date=MARCH_2)
        return resident(MAN)

    def back(self, clerk: Act, who: Resident, home: Household, **changes: object) -> None:
        values: dict[str, object] = {"relation": Relation.SPOUSE, "returned_date": MARCH_4}
        return_resident(clerk, resident_id=who.pk, household_id=home.pk, **{**values, **changes})  # type: ignore[arg-type]

    def test_is_under_the_old_number(self, clerk, household, away):
        self.back(clerk, away, household)

        assert (resident(MAN).number, resident(MAN).left_date) == ("R-000001", None)
        assert roles(household) == [(WIFE, "HEAD"), (MAN, "SPOUSE")]

    def test_leaves_the_time_away_in_the_history(self, clerk, household, away):
        self.back(clerk, away, household)

        assert (MAN, "HEAD") not in roles(household, date(2026, 3, 3))
        assert len(roles(household, date(2026, 3, 3))) == 1

    def test_opens_the_household_again_that_nobody_was_left_in(self, clerk, household, away):
        leave(clerk, resident_ids=[resident(WIFE).pk], left_date=MARCH_2)
        self.back(clerk, away, household, relation=Relation.OTHER_RELATIVE)

        household.refresh_from_db()
        assert (household.closed_date, roles(household)) == (None, [(MAN, "HEAD")])

    def test_goes_to_another_household(self, clerk, household, away, other):
        self.back(clerk, away, other, relation=Relation.PARENT)

        assert (MAN, "PARENT") in roles(other)

    def test_lies_where_the_household_lies(self, clerk, away, community: Community):
        elsewhere = register_households(clerk, households=[single(community.other_grid.pk, person("王强", order=9))])[0]
        self.back(clerk, away, elsewhere, relation=Relation.PARENT)

        assert resident(MAN).stamp == community.other_grid.stamp

    def test_is_written_in_the_audit(self, clerk, household, away):
        self.back(clerk, away, household)

        entry = AuditEntry.objects.get(act="residents.return_resident")
        assert json.loads(entry.note)["returned"] == "2026-03-04"

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"returned_date": date(2026, 3, 1)}, DateTooEarly),
            ({"returned_date": date(2026, 3, 10)}, DateInFuture),
            ({"relation": Relation.HEAD}, HouseholdHeadRepeated),
            ({"version": 9}, FormStale),
        ],
    )
    def test_refuses_what_makes_no_sense(self, clerk, household, away, changes, refusal):
        with pytest.raises(refusal):
            self.back(clerk, away, household, **changes)

    def test_refuses_who_did_not_leave_and_names_them(self, clerk, household):
        with pytest.raises(ResidentNotAway) as refusal:
            self.back(clerk, resident(MAN), household)
        assert MAN in str(refusal.value)

    def test_refuses_a_closed_household_of_others(self, clerk, household, away, other):
        leave(clerk, resident_ids=[resident("王强").pk], left_date=MARCH_2)

        with pytest.raises(HouseholdClosed):
            self.back(clerk, away, other)

    def test_refuses_a_stranger(self, household, away, staff: Staff):
        with pytest.raises(NotPermitted):
            self.back(Act(staff.outsider, at(MONDAY)), away, household)

    def test_refuses_a_household_that_is_not_there(self, clerk, away):
        with pytest.raises(ResidentUnknown):
            self.back(clerk, away, Household(pk=999_999))


class TestNumberOfSomebodyGone:
    def again(self, clerk: Act, community: Community) -> str:
        with pytest.raises(RegistrationRefused) as refusal:
            register_households(clerk, households=[single(community.grid.pk, person())])
        return str(refusal.value.faults[0].error)

    def test_of_who_left_leads_to_the_return(self, clerk, household, community: Community):
        leave(clerk, resident_ids=[resident(MAN).pk], left_date=MARCH_2)

        said = self.again(clerk, community)
        assert "王建国（R-000001）" in said
        assert "迁回" in said

    def test_of_the_dead_leads_to_the_correction(self, clerk, household, community: Community):
        record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)

        said = self.again(clerk, community)
        assert "王建国（R-000001）" in said
        assert "更正" in said

    def test_of_who_is_here_is_named(self, clerk, household, community: Community):
        assert "王建国（R-000001）" in self.again(clerk, community)


class TestWrongMoveOfAHousehold:
    @pytest.fixture
    def new_clerk(self, staff: Staff, community: Community) -> Act:
        """Who registers where the household lies by the wrong record."""
        worker = Role.COMMUNITY_WORKER
        assign(system_act(), user_id=staff.outsider.pk, role=worker, area_id=community.sibling.pk, valid_from=MARCH_2)
        return Act(staff.outsider, at(MONDAY))

    @pytest.fixture
    def moved(self, clerk, household, community: Community) -> Household:
        return move_household(
            clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_2, address="3 单元"
        )

    def test_takes_it_back_with_its_people_and_its_door(self, clerk, moved, community: Community):
        door = Relocation.objects.get().old_address_envelope
        correct_household_move(clerk, household_id=moved.pk, moved_date=None, reason="输错了户号")

        rows = [row for model in (Household, Resident, Membership) for row in model.objects.all()]
        assert {row.stamp for row in rows} == {community.building.stamp}
        home = Household.objects.get(pk=moved.pk)
        assert (home.building, home.address_envelope) == (community.building, door)

    def test_is_found_by_its_building_again(self, clerk, household, community: Community):
        before = Household.objects.get().building_key
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_2)
        correct_household_move(clerk, household_id=household.pk, moved_date=None, reason="输错了户号")

        assert Household.objects.get().building_key == before

    def test_never_was_a_departure(self, clerk, household, community: Community, new_clerk: Act):
        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MARCH_2)
        correct_household_move(new_clerk, household_id=household.pk, moved_date=None, reason="没有搬")

        assert departures([resident(MAN).pk], [household.pk], on=MONDAY) == []

    def test_the_right_day_counts(self, clerk, household, community: Community, new_clerk: Act):
        move_household(clerk, household_id=household.pk, area_id=community.sibling.pk, moved_date=MARCH_2)
        correct_household_move(new_clerk, household_id=household.pk, moved_date=MARCH_4, reason="日期不对")

        assert [one.departed_date for one in departures((), [household.pk], on=MONDAY)] == [MARCH_4]
        assert Household.objects.get().stamp == community.sibling.stamp

    def test_rooms_above_are_told(self, clerk, moved, amended):
        correct_household_move(clerk, household_id=moved.pk, moved_date=None, reason="没有搬")

        assert amended == [Amendment(DepartureKind.MOVED, MARCH_2, None, "没有搬", None, (moved.pk,))]

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"reason": ""}, ReasonMissing),
            ({"moved_date": MARCH_2}, DayUnchanged),
            ({"moved_date": date(2026, 3, 10)}, DateInFuture),
            ({"moved_date": date(2024, 12, 31)}, DateTooEarly),
            ({"version": 9}, FormStale),
        ],
    )
    def test_refuses_what_makes_no_sense(self, clerk, moved, changes, refusal):
        values: dict[str, object] = {"moved_date": None, "reason": "没有搬"}

        with pytest.raises(refusal):
            correct_household_move(clerk, household_id=moved.pk, **{**values, **changes})

    def test_refuses_a_household_that_is_not_there(self, clerk):
        with pytest.raises(ResidentUnknown):
            correct_household_move(clerk, household_id=999_999, moved_date=None, reason="没有搬")

    def test_is_corrected_once(self, clerk, moved):
        correct_household_move(clerk, household_id=moved.pk, moved_date=None, reason="没有搬")

        with pytest.raises(NothingToCorrect):
            correct_household_move(clerk, household_id=moved.pk, moved_date=None, reason="没有搬")

    def test_refuses_a_stranger(self, moved, staff: Staff):
        with pytest.raises(NotPermitted):
            correct_household_move(
                Act(staff.outsider, at(MONDAY)), household_id=moved.pk, moved_date=None, reason="没有搬"
            )


def test_the_name_of_the_dead_is_put_right(clerk: Act, household: Household):
    record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
    correct_resident(clerk, resident_id=resident(MAN).pk, changes={"name": "王建军"}, reason="证件核对")

    assert resident("王建军").died_date == MARCH_2


def test_a_newborn_of_a_wrong_death_stays(clerk: Act, community: Community):
    home = register_households(clerk, households=[couple(community.grid.pk)])[0]
    record_death(clerk, resident_ids=[resident(MAN).pk], died_date=MARCH_2)
    add_member(clerk, household_id=home.pk, member=person("王小明", Relation.CHILD, MARCH_4, order=3), since=MARCH_4)
    undo(clerk, MAN)

    assert roles(home)[0] == (MAN, "HEAD")
    assert len(roles(home)) == 3


class TestDatabase:
    def test_an_annulled_membership_is_empty(self, household):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.update(annulled=True)

    def test_a_move_is_annulled_once(self, clerk, household, community: Community):
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_2)
        correct_household_move(clerk, household_id=household.pk, moved_date=None, reason="没有搬")
        row = RelocationAnnulment.objects.get()
        row.pk = None

        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)

    @pytest.mark.parametrize("change", ["update", "delete"])
    def test_an_annulment_stands(self, clerk, household, community: Community, change):
        move_household(clerk, household_id=household.pk, area_id=community.other_grid.pk, moved_date=MARCH_2)
        correct_household_move(clerk, household_id=household.pk, moved_date=None, reason="没有搬")
        rows = RelocationAnnulment.objects.all()

        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(reason="x") if change == "update" else rows._raw_delete("default")
