"""A name that would be a box on paper is told where it is typed, with the way out."""

from dataclasses import replace
from datetime import date

import pytest

from linli.foundation.data.scope import Scope
from linli.foundation.files.print_signs import PrintSign, print_spelling
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Resident
from linli.registry.residents.operations import (
    ImportRefused,
    NewHousehold,
    NewMember,
    RegistrationRefused,
    add_member,
    correct_resident,
    import_households,
    read_households,
    register_households,
    state_print_sign,
)
from linli.registry.residents.queries import resident_detail
from tests.conftest import MONDAY, Community, Staff, at
from tests.ledger.world import inside
from tests.residents.people import person

SIGN, OTHER = "\U0002c386", "\U00020bb7"
NAME = f"李{SIGN}"
HEADER = "户序号,楼栋或网格,门牌,姓名,与户主关系,性别,出生日期,身份证号,打印写法"


def register(act: Act, community: Community, *members: NewMember) -> None:
    register_households(act, households=[NewHousehold(community.building.pk, members)])


def faults(deed) -> list[tuple[str, str]]:
    with pytest.raises(RegistrationRefused) as refusal:
        deed()
    return [(fault.error.field, fault.error.code) for fault in refusal.value.faults]


class TestRegistering:
    def test_is_told_at_the_name_s_spelling_for_paper(self, clerk, community):
        assert faults(lambda: register(clerk, community, person(NAME))) == [("print_as", "residents.name_unprintable")]

    def test_the_stated_spelling_is_kept_and_the_name_stays(self, clerk, community):
        register(clerk, community, replace(person(NAME), print_as="〔王+其〕"))

        assert (Resident.objects.get().name, print_spelling(NAME)) == (NAME, "李〔王+其〕")

    def test_the_next_person_of_the_sign_is_not_asked(self, clerk, community):
        register(clerk, community, replace(person(NAME), print_as="QI YI"))

        register(clerk, community, person(f"王{SIGN}", order=2))

        assert print_spelling(f"王{SIGN}") == "王QI YI"

    @pytest.mark.parametrize("print_as", ["甲", "甲 乙 丙"])
    def test_two_signs_need_two_spellings(self, clerk, community, print_as):
        member = replace(person(f"{OTHER}{SIGN}"), print_as=print_as)

        assert faults(lambda: register(clerk, community, member)) == [("print_as", "residents.name_unprintable")]

    def test_two_signs_are_stated_in_their_order(self, clerk, community):
        register(clerk, community, replace(person(f"{OTHER}{SIGN}"), print_as="吉 QI"))

        assert print_spelling(f"{OTHER}{SIGN}") == "吉QI"

    def test_a_spelling_that_is_a_box_itself_is_refused(self, clerk, community):
        member = replace(person(NAME), print_as=OTHER)

        assert faults(lambda: register(clerk, community, member)) == [("print_as", "files.print_spelling_refused")]

    def test_a_member_who_joins_is_asked_too(self, clerk, household):
        child = person(NAME, Relation.CHILD, date(1980, 1, 1), order=5)

        def join(print_as: str = "") -> Resident:
            return add_member(
                clerk, household_id=household.pk, member=replace(child, print_as=print_as), since=date(2026, 1, 1)
            )

        assert faults(join) == [("print_as", "residents.name_unprintable")]
        assert join("QI").name == NAME

    def test_a_corrected_name_is_asked_too(self, clerk, household):
        man = Resident.objects.get(name="王建国")

        def correct(print_as: str = "") -> Resident:
            changes = {"name": NAME}
            return correct_resident(clerk, resident_id=man.pk, changes=changes, reason="更正", print_as=print_as)

        assert faults(correct) == [("print_as", "residents.name_unprintable")]
        assert correct("QI").name == NAME

    def test_an_old_name_is_stated_by_a_correction_of_nothing_else(self, clerk, household):
        man = Resident.objects.get(name="王建国")
        inside(clerk, step=lambda _act: Resident.objects.filter(pk=man.pk).update(name=NAME))

        correct_resident(clerk, resident_id=man.pk, changes={}, reason="补打印写法", print_as="QI")

        assert print_spelling(NAME) == "李QI"


class TestFile:
    def taken(self, act: Act, scope: Scope, *rows: str) -> None:
        data = "\n".join([HEADER, *rows]).encode()
        import_households(act, table=read_households(data, filename="a.csv", scope=scope, on=MONDAY))

    def test_names_the_row(self, clerk, scope):
        with pytest.raises(ImportRefused) as refusal:
            self.taken(clerk, scope, f"1,和平里 1 号楼,,{NAME},户主,男,1950-05-01,,")

        assert [(p.row, p.field, p.reason.code) for p in refusal.value.problems] == [
            (2, "print_as", "residents.name_unprintable")
        ]

    def test_its_column_answers(self, clerk, scope):
        self.taken(clerk, scope, f"1,和平里 1 号楼,,{NAME},户主,男,1950-05-01,,QI")

        assert print_spelling(NAME) == "李QI"

    def test_who_is_registered_is_not_asked_again(self, clerk, scope, household):
        Resident.objects.filter(name="王建国").update(name=NAME)
        row = f"1,和平里 1 号楼,2 单元 301,{NAME},户主,男,1950-05-01,{person().id_number},"

        self.taken(clerk, scope, row)

        assert PrintSign.objects.count() == 0


class TestShown:
    def test_the_record_says_what_paper_shows(self, clerk, community, scope):
        register(clerk, community, replace(person(NAME), print_as="〔王+其〕"))

        detail = resident_detail(scope, "R-000001", on=MONDAY)
        assert detail is not None
        assert detail.person.printed_as == "李〔王+其〕"

    def test_what_nobody_has_stated_is_shown_as_open(self, household, scope):
        Resident.objects.filter(number="R-000001").update(name=NAME)

        detail = resident_detail(scope, "R-000001", on=MONDAY)
        assert detail is not None
        assert detail.person.printed_as == "李?"

    def test_other_names_say_nothing(self, household, scope):
        detail = resident_detail(scope, "R-000001", on=MONDAY)
        assert detail is not None
        assert detail.person.printed_as == ""


class TestStatePrintSign:
    def test_whoever_registers_states_it(self, clerk):
        state_print_sign(clerk, sign=SIGN, print_as="QI")

        assert print_spelling(NAME) == "李QI"

    @pytest.mark.parametrize("role", ["volunteer", "director", "street_officer", "auditor", "administrator"])
    def test_nobody_else(self, staff: Staff, role):
        with pytest.raises(NotPermitted):
            state_print_sign(Act(getattr(staff, role), at(MONDAY)), sign=SIGN, print_as="QI")
