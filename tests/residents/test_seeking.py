"""What a mask hides is not found by asking: whole numbers are noted, and those of nobody are few a day."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from linli.foundation.data.crypto import blind_index
from linli.foundation.data.scope import Scope
from linli.foundation.trail.models import AuditEntry
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.identity import with_check_digit
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import (
    ImportRefused,
    NumbersSpent,
    RegistrationRefused,
    add_member,
    correct_resident,
    import_households,
    read_households,
    register_households,
    seek,
)
from linli.registry.residents.operations.refusals import DoorsTried
from linli.registry.residents.operations.seeking import MISSES_A_DAY, holders_of_numbers
from linli.registry.residents.queries.tokens import phone_tokens
from tests.conftest import MONDAY, Community, Staff, at
from tests.residents.people import id_number, person, single

PHONE = "13800138000"
BORN = date(1950, 5, 1)
MAN = id_number(BORN, 1, male=True)
NOBODY = "13900000000"


def names(act: Act, scope: Scope, text: str) -> list[str]:
    return [hit.name for hit in seek(act, scope, text)]


def noted(act: str = "residents.note_number") -> list[tuple[str, dict[str, object]]]:
    rows = AuditEntry.objects.filter(act=act).order_by("pk")
    return [(row.subject, json.loads(row.note)) for row in rows]


def spend(act: Act, scope: Scope, times: int = MISSES_A_DAY) -> None:
    for count in range(times):
        seek(act, scope, f"139{count:08d}")


@pytest.fixture
def elsewhere(staff: Staff, community: Community) -> Resident:
    """Somebody of another street, with an own number."""
    their = Act(staff.outsider, at(MONDAY))
    register_households(their, households=[single(community.foreign.pk, person("赵芳", order=7, male=False))])
    return Resident.objects.get(name="赵芳")


@pytest.mark.usefixtures("household")
class TestSearch:
    @pytest.mark.parametrize("text", [PHONE, "+86 138 0013 8000", MAN, f" {MAN[:6]} {MAN[6:]} "])
    def test_finds_by_the_whole_number_however_it_is_typed(self, clerk, scope, text):
        assert names(clerk, scope, text) == ["王建国"]

    @pytest.mark.parametrize(("text", "kind"), [(PHONE, "telephone"), (MAN, "identity number")])
    def test_notes_whose_number_it_was_and_never_the_digits(self, clerk, scope, text, kind):
        seek(clerk, scope, text)

        assert noted() == [("resident:R-000001", {"kind": kind, "found": 1, "missed": 0})]
        assert not any(text in f"{row.subject} {row.note}" for row in AuditEntry.objects.all())

    @pytest.mark.parametrize(
        ("text", "kind"), [(NOBODY, "telephone"), (id_number(BORN, 9, male=True), "identity number")]
    )
    def test_notes_a_number_of_nobody_where_the_auditor_of_the_person_looks(self, clerk, scope, community, text, kind):
        seek(clerk, scope, text)

        assert noted() == [("search", {"kind": kind, "found": 0, "missed": 1})]
        assert AuditEntry.objects.get(act="residents.note_number").chain == community.community.pk

    def test_notes_nothing_of_what_a_mask_shows(self, clerk, scope):
        for text in ("王建国", "138", "8000", MAN[-4:], "R-000001"):
            seek(clerk, scope, text)

        assert noted() == []

    def test_answers_so_many_numbers_of_nobody_a_day_and_then_none_even_of_somebody(self, clerk, scope):
        spend(clerk, scope)

        with pytest.raises(NumbersSpent):
            seek(clerk, scope, PHONE)
        assert noted("residents.stop_numbers") == [("search", {"kind": "telephone"})]
        assert names(clerk, scope, "王建国") == ["王建国"]

    def test_somebody_found_costs_nothing(self, clerk, scope):
        for _again in range(MISSES_A_DAY + 1):
            seek(clerk, scope, PHONE)

        assert names(clerk, scope, NOBODY) == []

    def test_the_next_day_in_china_and_another_person_have_their_own(self, clerk, scope, staff):
        spend(replace(clerk, at=at(MONDAY).replace(hour=23)), scope)

        tomorrow = at(MONDAY + timedelta(days=1)).replace(hour=0)
        assert names(replace(clerk, at=tomorrow), scope, PHONE) == ["王建国"]
        assert names(Act(staff.social_worker, at(MONDAY)), scope, PHONE) == ["王建国"]

    def test_morning_and_afternoon_are_one_day(self, clerk, scope):
        spend(replace(clerk, at=at(MONDAY).replace(hour=7)), scope)

        with pytest.raises(NumbersSpent):
            seek(replace(clerk, at=at(MONDAY).replace(hour=9)), scope, PHONE)

    def test_four_hidden_digits_are_not_found_by_asking(self, clerk, scope):
        """Of ten thousand telephones that fit the mask the day answers thirty."""
        tried = []

        def try_all() -> None:
            for hidden in range(10_000):
                seek(clerk, scope, f"138{hidden:04d}8001")
                tried.append(hidden)

        with pytest.raises(NumbersSpent):
            try_all()
        assert len(tried) == MISSES_A_DAY


class TestRefusedActs:
    """A form that is refused would be a free question."""

    def test_a_registration_says_that_somebody_elsewhere_has_the_number_and_is_noted(
        self, clerk, community: Community, elsewhere
    ):
        asking = single(community.grid.pk, person("赵芳", order=7, male=False))
        with pytest.raises(RegistrationRefused):
            register_households(clerk, households=[asking])

        assert noted() == [("search", {"kind": "identity number", "found": 1, "missed": 0})]

    def test_a_correction_is_noted_as_well(self, clerk, household, elsewhere):
        woman = Resident.objects.get(name="李秀英")
        changes = {"id_number": id_number(BORN, 7, male=False), "birth_date": BORN}
        with pytest.raises(RegistrationRefused):
            correct_resident(clerk, resident_id=woman.pk, changes=changes, reason="证件")

        assert noted() == [("search", {"kind": "identity number", "found": 1, "missed": 0})]

    @pytest.mark.parametrize("form", ["register", "join", "correct"])
    def test_nobody_is_asked_for_where_the_form_is_wrong_by_itself(self, clerk, community, household, form):
        wrong = person(" ", order=1)
        woman = Resident.objects.get(name="李秀英")
        changes = {"id_number": MAN, "birth_date": BORN, "sex": "MALE", "name": " "}
        forms: dict[str, Callable[[], object]] = {
            "register": lambda: register_households(clerk, households=[single(community.grid.pk, wrong)]),
            "join": lambda: add_member(
                clerk, household_id=household.pk, member=replace(wrong, relation="CHILD"), since=MONDAY
            ),
            "correct": lambda: correct_resident(clerk, resident_id=woman.pk, changes=changes, reason="证件"),
        }
        with pytest.raises(RegistrationRefused) as refusal:
            forms[form]()

        assert [fault.error.field for fault in refusal.value.faults] == ["name"]
        assert noted() == []

    def test_a_wrong_number_that_the_question_of_namesakes_stops_is_a_miss(self, clerk, community, household, scope):
        """Somebody without a number is tried on a form: each number asks who it is, and registers nobody."""
        newborn = person("王小宝", order=5, birth=date(2026, 2, 1))
        register_households(clerk, households=[single(community.grid.pk, replace(newborn, id_number=""))])
        spend(clerk, scope, MISSES_A_DAY - 1)
        guess = single(community.grid.pk, newborn)
        with pytest.raises(RegistrationRefused):
            register_households(clerk, households=[guess])

        assert noted()[-1] == ("search", {"kind": "identity number", "found": 0, "missed": 1})
        with pytest.raises(NumbersSpent):
            register_households(clerk, households=[guess])
        assert noted("residents.stop_numbers") == [("search", {"kind": "identity number"})]

    def test_what_takes_effect_is_no_question(self, clerk, community, scope):
        spend(clerk, scope, MISSES_A_DAY - 1)
        for order in range(3):
            register_households(clerk, households=[single(community.grid.pk, person(f"王{order}", order=order))])

        assert len(noted()) == MISSES_A_DAY - 1

    def test_an_act_that_is_not_marked_gets_no_answer(self, clerk, household):
        with pytest.raises(LookupError):
            holders_of_numbers(clerk, [MAN])


class TestFiles:
    def test_a_refused_file_is_noted_and_one_miss(self, clerk, community, scope, elsewhere):
        theirs = id_number(BORN, 7, male=False)
        rows = [f"1,和平里 1 号楼,301,赵芳,户主,女,1950-05-01,{theirs}"]
        rows += [
            f"{n},和平里 1 号楼,30{n},王{n},户主,男,1950-05-01,{id_number(BORN, n, male=True)}" for n in range(2, 6)
        ]
        assert problems(clerk, scope, rows) == ["residents.identity_registered_elsewhere"]

        assert noted() == [("search", {"kind": "identity number", "found": 1, "missed": 4})]
        spend(clerk, scope, MISSES_A_DAY - 1)
        with pytest.raises(NumbersSpent):
            seek(clerk, scope, NOBODY)

    def test_numbers_that_differ_in_the_place_alone_are_not_looked_up(self, clerk, scope, elsewhere):
        """Birth date and last four are shown: a file of all places would be answered in one go."""
        shown = id_number(BORN, 7, male=False)
        places = [
            place for place in range(990_101, 991_000) if with_check_digit(f"{place}{shown[6:17]}")[-1] == shown[-1]
        ]
        rows = [
            f"{n},和平里 1 号楼,{n},王{n},户主,女,1950-05-01,{place}{shown[6:]}"
            for n, place in enumerate(places[:3], 1)
        ]

        assert problems(clerk, scope, rows) == ["residents.identities_alike"] * 3
        assert noted() == []

    def test_two_such_people_happen(self, scope, household):
        shown = id_number(BORN, 7, male=False)
        places = [
            place for place in range(990_101, 991_000) if with_check_digit(f"{place}{shown[6:17]}")[-1] == shown[-1]
        ]
        rows = [
            f"{n},和平里 1 号楼,{n},王{n},户主,女,1950-05-01,{place}{shown[6:]}"
            for n, place in enumerate(places[:2], 1)
        ]

        assert read(scope, rows).problems == ()


class TestDoors:
    """The door is masked: a file that says another one than is registered has asked for it."""

    def guess(self, clerk: Act, scope: Scope, *doors: str, number: str = "") -> list[str]:
        rows = [f"{n},和平里 1 号楼,{door},王建国,户主,男,1950-05-01,{number}" for n, door in enumerate(doors, 1)]
        return problems(clerk, scope, rows)

    @pytest.fixture
    def family(self, clerk: Act, scope: Scope, household: Household) -> None:
        rows = [f"1,和平里 1 号楼,2 单元 301,王建国,户主,男,1950-05-01,{MAN}"]
        import_households(clerk, table=read(scope, rows))

    @pytest.mark.usefixtures("family")
    @pytest.mark.parametrize("number", ["", MAN])
    def test_another_one_is_noted_and_a_miss(self, clerk, scope, number):
        spend(clerk, scope, MISSES_A_DAY - 1)
        before = len(noted())
        assert self.guess(clerk, scope, "1 单元 101", number=number)

        assert noted()[before:][-1] == ("search", {"kind": "door", "found": 0, "missed": 1})
        with pytest.raises(NumbersSpent):
            self.guess(clerk, scope, "1 单元 102", number=number)

    @pytest.mark.usefixtures("family")
    def test_after_the_days_last_none_is_compared(self, clerk, scope):
        spend(clerk, scope, MISSES_A_DAY)
        for door in ("1 单元 101", "2 单元 301"):
            with pytest.raises(NumbersSpent):
                self.guess(clerk, scope, door)
        assert noted("residents.stop_numbers")[-1] == ("search", {"kind": "door"})

    @pytest.mark.usefixtures("family")
    def test_a_file_of_many_doors_is_not_answered_and_each_is_a_miss(self, clerk, scope):
        for doors in (["1 单元 101", "1 单元 102", "1 单元 103"], ["1 单元 101", "1 单元 102", "2 单元 301"]):
            rows = [f"{n},和平里 1 号楼,{door},王建国,户主,男,1950-05-01," for n, door in enumerate(doors, 1)]
            with pytest.raises(DoorsTried):
                import_households(clerk, table=read(scope, rows))
        assert [note for _subject, note in noted()] == [
            {"kind": "door", "found": 0, "missed": 3},
            {"kind": "door", "found": 1, "missed": 2},
        ]

    @pytest.mark.usefixtures("family")
    @pytest.mark.parametrize("door", ["2 单元 301", ""])
    def test_the_registered_one_or_none_is_no_miss(self, clerk, scope, door):
        result = import_households(
            clerk, table=read(scope, [f"1,和平里 1 号楼,{door},王建国,户主,男,1950-05-01,{MAN}"])
        )
        assert (result.people_unchanged, noted()) == (1, [])

    @pytest.mark.usefixtures("family")
    def test_so_is_a_telephone_of_a_file(self, clerk, scope):
        rows = [f"1,和平里 1 号楼,2 单元 301,王建国,户主,男,1950-05-01,{MAN},%s"]
        resident = Resident.objects.get(id_number_index=blind_index("id_number", MAN))
        correct_resident(clerk, resident_id=resident.pk, changes={"phone": PHONE}, reason="登记电话")
        table = read_households(
            "\n".join([f"{HEADER},电话", rows[0] % NOBODY]).encode(), filename="a.csv", scope=scope, on=MONDAY
        )
        with pytest.raises(ImportRefused):
            import_households(clerk, table=table)

        assert ("search", {"kind": "telephone", "found": 0, "missed": 1}) in noted()


HEADER = "户序号,楼栋或网格,门牌,姓名,与户主关系,性别,出生日期,身份证号"


def read(scope: Scope, rows: list[str]):
    return read_households("\n".join([HEADER, *rows]).encode(), filename="a.csv", scope=scope, on=MONDAY)


def problems(act: Act, scope: Scope, rows: list[str]) -> list[str]:
    with pytest.raises(ImportRefused) as refusal:
        import_households(act, table=read(scope, rows))
    reasons = [problem.reason for problem in refusal.value.problems]
    assert all(isinstance(reason, DomainError) for reason in reasons)
    return [reason.code for reason in reasons]


def test_an_upgrade_takes_the_parts_of_short_telephones_away_and_leaves_the_others(clerk, community: Community):
    for order, phone in enumerate(["6234 5678", PHONE]):
        new = person(f"王{order}", order=order, phone=phone)
        register_households(clerk, households=[single(community.grid.pk, new)])
    short, _mobile = Resident.objects.order_by("pk")
    kept = {"phone_first3": blind_index("phone_first3", "623")[:16], "phone_last4": "0" * 16}
    Resident.objects.filter(pk=short.pk).update(**kept)
    import_module("linli.registry.residents.migrations.0008_parts_shown").forget_short_telephones(apps, None)

    parts = [(row.phone_first3, row.phone_last4) for row in Resident.objects.order_by("pk")]
    assert parts == [("", ""), tuple(phone_tokens(PHONE).values())]
    assert Household.objects.count() == 2
