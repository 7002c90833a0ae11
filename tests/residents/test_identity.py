"""Who a person is: a number, else name, birth date and household; what these do not settle is asked."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from importlib import import_module
from threading import Barrier, BrokenBarrierError

import pytest

from linli.foundation.data.scope import Scope
from linli.kernel.act import Act
from linli.registry.residents.codes import Relation, Sex
from linli.registry.residents.models import Correction, Household, Resident
from linli.registry.residents.operations import (
    ImportRefused,
    ImportResult,
    NewHousehold,
    NewMember,
    RegistrationRefused,
    add_member,
    import_households,
    read_households,
    register_households,
)
from linli.registry.residents.operations.matching import match
from linli.registry.residents.rules.sameness import Namesake, Verdict, judge
from tests.conftest import MONDAY, Community, Staff, at, make_community, make_staff
from tests.foundation.trail.threads import in_threads
from tests.residents.people import couple, id_number, person

IMPORTING = import_module("linli.registry.residents.operations.importing")
HEADER = "户序号,楼栋或网格,门牌,姓名,与户主关系,性别,出生日期,身份证号,电话,居民编号"
BORN = date(2026, 2, 1)
NEWBORN = NewMember("王小宝", Relation.GRANDCHILD, Sex.MALE, BORN)
BABY_NUMBER = id_number(BORN, 7, male=True)


def head(family: int, *, number: bool = True, door: int | None = None) -> str:
    """The head of an invented family by its number."""
    day = date(1950 + family, 5, 1)
    own = id_number(day, family, male=True) if number else ""
    return f"{family},和平里 1 号楼,{door or 300 + family},王建国{family},户主,男,{day},{own},,"


def baby(
    family: int, *, name: str = "王小宝", number: str = "", answer: str = "", door: int | None = None, born: date = BORN
) -> str:
    return f"{family},和平里 1 号楼,{door or 300 + family},{name},孙子女或外孙子女,男,{born},{number},,{answer}"


def imported(act: Act, scope: Scope, *rows: str) -> ImportResult:
    data = "\n".join([HEADER, *rows]).encode()
    return import_households(act, table=read_households(data, filename="a.csv", scope=scope, on=MONDAY))


def refused(act: Act, scope: Scope, *rows: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRefused) as refusal:
        imported(act, scope, *rows)
    return [(problem.row, problem.field, problem.reason.code) for problem in refusal.value.problems]


def said(act: Act, scope: Scope, *rows: str) -> str:
    with pytest.raises(ImportRefused) as refusal:
        imported(act, scope, *rows)
    return str(refusal.value.problems[0].reason)


def babies() -> int:
    return Resident.objects.filter(name="王小宝").count()


class TestJudge:
    def judged(self, *namesakes: Namesake, number: bool = False, home: int | None = None, new: bool = False) -> Verdict:
        return judge(namesakes, has_number=number, home_id=home, family_is_new=new)[0]

    def test_nobody_of_the_name_is_somebody_else(self):
        assert self.judged(home=1) == Verdict.ANOTHER

    @pytest.mark.parametrize(("mine", "theirs"), [(False, False), (True, False), (False, True)])
    def test_in_one_household_they_are_one_person(self, mine, theirs):
        assert self.judged(Namesake(7, theirs, 1), number=mine, home=1) == Verdict.SAME

    def test_two_numbers_are_two_people(self):
        assert self.judged(Namesake(7, True, 1), number=True, home=1) == Verdict.ANOTHER

    def test_two_of_the_name_in_the_household_are_asked_about(self):
        assert self.judged(Namesake(7, False, 1), Namesake(8, False, 1), home=1) == Verdict.UNSURE

    def test_one_in_another_household_is_asked_about(self):
        assert self.judged(Namesake(7, False, 2), home=1) == Verdict.UNSURE

    def test_one_without_a_household_is_asked_about(self):
        assert self.judged(Namesake(7, False, None)) == Verdict.UNSURE

    def test_a_child_of_a_new_family_is_its_own(self):
        assert self.judged(Namesake(7, False, 2), new=True) == Verdict.ANOTHER

    def test_a_number_of_a_new_family_may_belong_to_a_newborn_elsewhere(self):
        assert self.judged(Namesake(7, False, 2), number=True, new=True) == Verdict.UNSURE


class TestNumberComesLater:
    def test_it_belongs_to_the_newborn_of_the_household(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1))

        result = imported(clerk, scope, head(1), baby(1, number=BABY_NUMBER))

        assert (result.people_added, result.numbers_added, result.people_unchanged, babies()) == (0, 1, 1, 1)

    def test_the_newborn_is_found_under_it_and_the_correction_is_kept(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1))

        imported(clerk, scope, head(1), baby(1, number=BABY_NUMBER))
        again = imported(clerk, scope, head(1), baby(1, number=BABY_NUMBER))

        assert (again.numbers_added, again.people_unchanged, Correction.objects.get().field) == (0, 2, "id_number")

    def test_in_another_household_it_is_asked_about(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1))

        assert refused(clerk, scope, head(2), baby(2, number=BABY_NUMBER)) == [
            (3, "resident", "residents.namesake_in_file")
        ]

    def test_the_question_names_the_person_and_the_way_out(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1))

        question = said(clerk, scope, head(2), baby(2, number=BABY_NUMBER))
        assert "R-000002（H-000001）" in question
        assert "请在「居民编号」列填写 R-000002" in question

    def test_a_newborn_named_since_is_asked_about(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1, name="王宝宝"))

        assert refused(clerk, scope, head(1), baby(1, number=BABY_NUMBER)) == [
            (3, "resident", "residents.namesake_in_file")
        ]

    def test_a_twin_who_is_in_the_file_is_no_question(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1, name="王大宝"))

        result = imported(clerk, scope, head(1), baby(1, name="王大宝"), baby(1, number=BABY_NUMBER))

        assert (result.people_added, babies()) == (1, 1)


class TestAnswers:
    def test_the_same_person_is_told_by_the_registry_s_number(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1))

        result = imported(clerk, scope, head(1), baby(1, number=BABY_NUMBER, answer="r2"))

        assert (result.numbers_added, babies()) == (1, 1)

    @pytest.mark.parametrize("answer", ["新登记", "new", " 新 "])
    def test_another_person_is_taken_in(self, clerk, scope, answer):
        imported(clerk, scope, head(1), baby(1))

        imported(clerk, scope, head(2), baby(2, number=BABY_NUMBER, answer=answer))

        assert babies() == 2

    def test_a_number_that_nobody_has_is_asked_for_again(self, clerk, scope):
        assert refused(clerk, scope, head(1), baby(1, answer="R-000099")) == [
            (3, "resident", "residents.registry_number_unknown")
        ]

    def test_somebody_out_of_reach_is_nobody(self, clerk, scope, staff: Staff, community: Community):
        register_households(Act(staff.outsider, at(MONDAY)), households=[couple(community.foreign.pk)])

        assert refused(clerk, scope, head(1), baby(1, answer="R-000001"))[0][2] == "residents.registry_number_unknown"

    def test_an_answer_cannot_give_somebody_a_second_number(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1, number=BABY_NUMBER))
        other = id_number(BORN, 9, male=True)

        assert refused(clerk, scope, head(1), baby(1, number=other, answer="R-000002")) == [
            (3, "id_number", "residents.differs")
        ]

    def test_two_rows_cannot_be_one_person(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1))

        assert (4, "resident", "residents.differs") in refused(
            clerk, scope, head(1), baby(1, answer="R-000002"), baby(1, name="王大宝", answer="R-000002")
        )


class TestFileWithoutNumbers:
    def test_adds_nobody_twice(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1, number=BABY_NUMBER), head(2))

        result = imported(clerk, scope, head(1, number=False), baby(1), head(2, number=False))

        assert (result.people_added, result.people_unchanged) == (0, 3)

    def test_a_family_at_another_door_is_asked_about(self, clerk, scope):
        imported(clerk, scope, head(1))

        assert refused(clerk, scope, head(1, number=False, door=999)) == [(2, "resident", "residents.namesake_in_file")]

    def test_a_new_member_joins_the_family_at_its_door(self, clerk, scope):
        imported(clerk, scope, head(1))

        result = imported(clerk, scope, head(1, number=False), baby(1))

        assert (result.people_added, Household.objects.count()) == (1, 1)


class TestTwoBabiesOfOneNameAndDay:
    @pytest.fixture
    def two(self, clerk, scope) -> Sequence[str]:
        rows = (head(1), baby(1), head(2), baby(2))
        imported(clerk, scope, *rows)
        return rows

    def test_in_two_households_are_two_people(self, two):
        assert babies() == 2

    def test_the_same_file_again_changes_nothing(self, clerk, scope, two):
        result = imported(clerk, scope, *two)

        assert (result.people_added, result.people_unchanged, babies()) == (0, 4, 2)

    def test_a_third_family_of_the_file_comes_in(self, clerk, scope, two):
        imported(clerk, scope, *two, head(3), baby(3))

        assert babies() == 3

    def test_a_third_family_comes_in_alone(self, clerk, scope, two):
        imported(clerk, scope, head(3), baby(3))

        assert babies() == 3

    def test_their_numbers_find_the_right_one(self, clerk, scope, two):
        imported(clerk, scope, head(1), baby(1), head(2), baby(2, number=BABY_NUMBER))

        named = Resident.objects.get(id_number_index__isnull=False, name="王小宝")
        assert named.memberships.get().household.number == "H-000002"

    def test_a_family_without_any_number_is_asked_about(self, clerk, scope, two):
        assert refused(clerk, scope, head(3, number=False), baby(3)) == [(3, "resident", "residents.namesake_in_file")]

    def test_twice_in_one_household_is_told(self, clerk, scope):
        assert (3, "name", "residents.member_repeated") in refused(clerk, scope, head(1), baby(1), baby(1))

    def test_two_cousins_with_numbers_of_their_own_are_no_question(self, clerk, scope):
        imported(clerk, scope, head(1), baby(1, number=BABY_NUMBER), baby(1, number=id_number(BORN, 9, male=True)))

        assert babies() == 2


class TestOnAPage:
    @pytest.fixture
    def homes(self, clerk, community: Community) -> list[Household]:
        return register_households(
            clerk, households=[couple(community.building.pk), couple(community.building.pk, order=2)]
        )

    def codes(self, act: Act, household: Household, member: NewMember) -> list[str]:
        with pytest.raises(RegistrationRefused) as refusal:
            add_member(act, household_id=household.pk, member=member, since=BORN)
        return [fault.error.code for fault in refusal.value.faults]

    def test_the_colleague_who_adds_the_same_newborn_is_told(self, clerk, staff: Staff, homes):
        add_member(clerk, household_id=homes[0].pk, member=NEWBORN, since=BORN)
        colleague = Act(staff.social_worker, at(MONDAY))

        assert self.codes(colleague, homes[0], NEWBORN) == ["residents.member_registered"]

    @pytest.mark.parametrize("another", [False, True])
    def test_with_a_number_too_and_whatever_is_ticked(self, clerk, homes, another):
        add_member(clerk, household_id=homes[0].pk, member=NEWBORN, since=BORN)
        numbered = replace(NEWBORN, id_number=BABY_NUMBER, is_another=another)

        assert self.codes(clerk, homes[0], numbered) == ["residents.member_registered"]

    def test_in_another_household_it_is_asked(self, clerk, homes):
        add_member(clerk, household_id=homes[0].pk, member=NEWBORN, since=BORN)

        assert self.codes(clerk, homes[1], NEWBORN) == ["residents.namesake_registered"]

    def test_another_person_comes_in_once_that_is_said(self, clerk, homes):
        add_member(clerk, household_id=homes[0].pk, member=NEWBORN, since=BORN)

        add_member(clerk, household_id=homes[1].pk, member=replace(NEWBORN, is_another=True), since=BORN)

        assert babies() == 2

    def test_a_newborn_named_since_is_asked_about(self, clerk, homes):
        add_member(clerk, household_id=homes[0].pk, member=replace(NEWBORN, name="王宝宝"), since=BORN)

        assert self.codes(clerk, homes[0], replace(NEWBORN, id_number=BABY_NUMBER)) == ["residents.newborn_renamed"]

    def test_a_household_without_any_number_is_asked_about(self, clerk, community: Community, homes):
        add_member(clerk, household_id=homes[0].pk, member=NEWBORN, since=BORN)
        family = [replace(person("赵一"), id_number=""), NEWBORN]

        with pytest.raises(RegistrationRefused) as refusal:
            register_households(clerk, households=[NewHousehold(community.building.pk, family)])

        assert [(f.member, f.error.code) for f in refusal.value.faults] == [(1, "residents.namesake_registered")]

    def test_people_of_another_community_are_no_question(self, clerk, community: Community, homes):
        Resident.objects.filter(name="王建国").update(community_id=community.sibling.pk, id_number_index=None)
        alone = replace(person(order=31), id_number="")

        register_households(clerk, households=[NewHousehold(community.building.pk, [alone])])

        assert Resident.objects.filter(name="王建国").count() == 3


class TestAtOneMoment:
    @pytest.mark.usefixtures("committed_database")
    def test_of_two_colleagues_who_add_the_same_newborn_one_is_told(self):
        places = make_community()
        staff = make_staff(places)
        household = register_households(Act(staff.clerk, at(MONDAY)), households=[couple(places.building.pk)])[0]
        colleagues = (staff.clerk, staff.social_worker)

        def add(number: int) -> str:
            try:
                add_member(Act(colleagues[number], at(MONDAY)), household_id=household.pk, member=NEWBORN, since=BORN)
            except RegistrationRefused as refused:
                return refused.faults[0].error.code
            return "added"

        assert (sorted(in_threads(2, add)), babies()) == (["added", "residents.member_registered"], 1)

    @pytest.mark.usefixtures("committed_database")
    def test_of_two_files_with_one_family_without_numbers_one_is_told(self, monkeypatch):
        places = make_community()
        staff = make_staff(places)
        colleagues = (staff.clerk, staff.social_worker)
        scope = Scope(communities=frozenset({places.community.pk}))
        both_looked = Barrier(2)

        def looked(*asked: object) -> object:
            """Whoever is not held back waits for the other to have looked too, before anything is written."""
            found = match(*asked)
            with suppress(BrokenBarrierError):
                both_looked.wait(timeout=3)
            return found

        monkeypatch.setattr(IMPORTING, "match", looked)

        def take(number: int) -> int:
            rows = (head(1, number=False), baby(1))
            return imported(Act(colleagues[number], at(MONDAY)), scope, *rows).people_added

        assert (sorted(in_threads(2, take)), babies()) == ([0, 2], 1)
