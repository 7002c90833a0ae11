import io
import tomllib
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.foundation.data.locks import LockSpace
from linli.foundation.data.scope import Scope
from linli.foundation.files.grids import TableEncodingRefused
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.kernel.identity import with_check_digit
from linli.registry.residents.models import Household, Membership, Resident
from linli.registry.residents.operations import (
    HouseholdTable,
    ImportRefused,
    ImportResult,
    household_template,
    import_households,
    leave,
    read_households,
    register_households,
)
from linli.registry.residents.rules import registration
from linli.registry.residents.rules.registration import register_words
from tests.conftest import MONDAY, Community, Staff, at
from tests.locking import named_locks
from tests.residents.people import id_number, person, single

HEADER = "户序号,楼栋或网格,门牌,姓名,与户主关系,性别,出生日期,身份证号,电话"
MAN = id_number(date(1950, 5, 1), 1, male=True)
WIFE = id_number(date(1953, 8, 12), 1, male=False)
COUPLE = (
    f"1,和平里 1 号楼,2 单元 301,王建国,户主,男,1950-05-01,{MAN},13800138000",
    f"1,和平里 1 号楼,2 单元 301,李秀英,配偶,女,1953年8月12日,{WIFE},",
)


def table(scope: Scope, rows: Sequence[str], *, encoding: str = "utf-8-sig") -> HouseholdTable:
    data = "\n".join([HEADER, *rows]).encode(encoding)
    return read_households(data, filename="households.csv", scope=scope, on=MONDAY)


def problems_of(scope: Scope, *rows: str) -> list[tuple[int, str]]:
    return [(problem.row, problem.field) for problem in table(scope, rows).problems]


def imported(act: Act, scope: Scope, *rows: str) -> ImportResult:
    return import_households(act, table=table(scope, rows))


def refused(act: Act, scope: Scope, *rows: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRefused) as refusal:
        imported(act, scope, *rows)
    return [(problem.row, problem.field, problem.reason.code) for problem in refusal.value.problems]


def snapshot() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Household, Resident, Membership)]


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
    def test_reads_what_spreadsheets_save(self, scope, encoding):
        read = table(scope, COUPLE, encoding=encoding)

        assert (read.problems, [member.member.name for member in read.households[0].members]) == (
            (),
            ["王建国", "李秀英"],
        )

    def test_refuses_bytes_that_are_no_text(self, scope):
        with pytest.raises(TableEncodingRefused):
            read_households(b"\xff\xfa\x81" * 40, filename="households.csv", scope=scope, on=MONDAY)

    @pytest.mark.parametrize(
        ("row", "field"),
        [
            ("1,和平里 1 号楼,,王建国,户主,男,1950-05-01,1.10105E+17,", "id_number"),
            ("1,和平里 1 号楼,,王建国,户主,男,1950-05-01,110105194912310021,", "id_number"),
            (f"1,和平里 1 号楼,,王建国,户主,男,1951-05-01,{MAN},", "birth_date"),
            (f"1,和平里 1 号楼,,王建国,户主,女,1950-05-01,{MAN},", "sex"),
            ("1,和平里 1 号楼,,王建国,户主,男,2030-05-01,,", "birth_date"),
            ("1,和平里 1 号楼,,王建国,户主,男,很久以前,,", "birth_date"),
            ("1,和平里 1 号楼,,王建国,族长,男,1950-05-01,,", "relation"),
            ("1,和平里 1 号楼,,王建国,配偶,男,1950-05-01,,", "relation"),
            ("1,和平里 1 号楼,,,户主,男,1950-05-01,,", "name"),
            ("1,不存在的楼,,王建国,户主,男,1950-05-01,,", "place"),
            ("1,新桥社区,,王建国,户主,男,1950-05-01,,", "place"),
            ("1,和平里 1 号楼,,王建国,户主,男,1950-05-01,,12", "phone"),
            (",和平里 1 号楼,,王建国,户主,男,1950-05-01,,", "household"),
        ],
    )
    def test_names_row_and_column_of_what_is_wrong(self, scope, row, field):
        good = f"9,第二网格,,赵芳,户主,女,1960-01-01,{id_number(date(1960, 1, 1), 5, male=False)},"

        assert problems_of(scope, good, row) == [(3, field)]

    def test_names_two_heads(self, scope):
        rows = [
            "1,第一网格,,王建国,户主,男,1950-05-01,,",
            "1,第一网格,,王建军,户主,男,1952-05-01,,",
        ]

        assert problems_of(scope, *rows) == [(2, "relation")]

    def test_names_a_number_that_stands_in_two_households(self, scope):
        rows = [f"{n},第一网格,,王建国,户主,男,1950-05-01,{MAN}," for n in (1, 2)]

        assert problems_of(scope, *rows) == [(3, "id_number")]

    def test_names_members_of_one_household_in_two_places(self, scope):
        rows = [COUPLE[0], COUPLE[1].replace("和平里 1 号楼", "第二网格")]

        assert problems_of(scope, *rows) == [(3, "place")]

    def test_names_a_number_that_a_spreadsheet_mangled(self, scope):
        book = openpyxl.load_workbook(io.BytesIO(household_template()))
        book.worksheets[0].append(
            ["1", "第一网格", None, "王建国", "户主", "男", "1950-05-01", 110105194912310000, None]
        )
        data = io.BytesIO()
        book.save(data)
        read = read_households(data.getvalue(), filename="households.xlsx", scope=scope, on=MONDAY)

        assert [(problem.row, problem.field, problem.reason.code) for problem in read.problems] == [
            (2, "id_number", "mangled")
        ]

    def test_says_the_reason_in_words(self, scope):
        problem = table(scope, ["1,第一网格,,王建国,配偶,男,1950-05-01,,"]).problems[0]

        assert (problem.labels[0], problem.message) == ("与户主关系", "每户须有且只有一名户主，这一户没有户主")


class TestImport:
    def test_brings_households_and_people_in(self, clerk, scope):
        result = imported(clerk, scope, *COUPLE)

        assert result == ImportResult(("H-000001",), 2, 0)

    def test_lets_nobody_else_register_there_meanwhile(self, clerk, scope, community):
        taken = named_locks(lambda: imported(clerk, scope, *COUPLE))

        assert taken == {(LockSpace.REGISTRY, community.community.pk)}

    def test_changes_nothing_the_second_time(self, clerk, scope):
        baby = "2,第一网格,,王小宝,户主,男,2026-03-01,,"
        imported(clerk, scope, *COUPLE, baby)
        before = snapshot()
        result = imported(clerk, scope, *COUPLE, baby)

        assert (result, snapshot()) == (ImportResult((), 0, 3), before)

    def test_adds_a_new_member_to_a_household_that_is_known(self, clerk, scope):
        imported(clerk, scope, *COUPLE)
        result = imported(clerk, scope, *COUPLE, "1,和平里 1 号楼,2 单元 301,王小宝,子女,男,2026-03-01,,")

        assert (result, Membership.objects.filter(household__number="H-000001").count()) == (
            ImportResult((), 1, 2),
            3,
        )

    def test_takes_nothing_of_a_file_with_one_wrong_row(self, clerk, scope):
        refused(clerk, scope, *COUPLE, "2,第一网格,,王强,配偶,男,1980-05-01,,")

        assert not Resident.objects.exists()

    @pytest.mark.parametrize(
        ("row", "field"),
        [
            (COUPLE[0].replace("王建国", "王建军"), "name"),
            (COUPLE[0].replace("13800138000", "13900139000"), "phone"),
            (COUPLE[0].replace("和平里 1 号楼", "第二网格"), "place"),
            (COUPLE[0].replace("301", "302"), "place"),
        ],
    )
    def test_names_what_differs_from_the_registry(self, clerk, scope, row, field):
        imported(clerk, scope, COUPLE[0])

        assert [(number, name) for number, name, _code in refused(clerk, scope, row)] == [(2, field)]

    @pytest.mark.parametrize(
        ("cell", "other", "field"),
        [
            ("王建国", "王建军", "name"),
            ("配偶", "儿媳", "relation"),
            ("13800138000", "13900139000", "phone"),
            ("本社区户籍", "外地户籍", "hukou_kind"),
            ("江湾县", "河口县", "hukou_place"),
            ("暂住", "常住", "residence_kind"),
            ("桥头村", "渡口村", "residence_place"),
        ],
    )
    def test_names_each_thing_about_a_person_that_differs_and_no_other(self, clerk, scope, cell, other, field):
        header = f"{HEADER},户籍类型,户籍地,居住类型,居住地"
        file = f"{header}\n{COUPLE[0]},本社区户籍,江湾县,暂住,桥头村\n{COUPLE[1]},,,,"

        def read(text: str) -> HouseholdTable:
            return read_households(text.encode(), filename="a.csv", scope=scope, on=MONDAY)

        import_households(clerk, table=read(file))
        assert import_households(clerk, table=read(file)).people_unchanged == 2
        assert file.count(cell) == 1
        with pytest.raises(ImportRefused) as refusal:
            import_households(clerk, table=read(file.replace(cell, other)))
        told = [(problem.field, problem.reason.code) for problem in refusal.value.problems]
        assert told == [(field, "residents.differs")]

    def test_an_empty_cell_says_nothing_and_so_differs_in_nothing(self, clerk, scope):
        imported(clerk, scope, COUPLE[0])

        assert imported(clerk, scope, COUPLE[0].removesuffix("13800138000")).people_unchanged == 1

    def test_does_not_tell_whose_number_it_is_elsewhere(self, clerk, scope, staff: Staff, community: Community):
        outsider = Act(staff.outsider, at(MONDAY))
        register_households(outsider, households=[single(community.foreign.pk, person())])

        assert refused(clerk, scope, COUPLE[0]) == [(2, "id_number", "residents.identity_registered_elsewhere")]

    def test_refuses_people_who_left(self, clerk, scope):
        imported(clerk, scope, *COUPLE)
        leave(clerk, resident_ids=list(Resident.objects.values_list("pk", flat=True)), left_date=MONDAY)

        assert {code for _row, _field, code in refused(clerk, scope, *COUPLE)} == {"residents.gone"}

    def test_refuses_people_of_two_households_as_one(self, clerk, scope, community: Community):
        imported(clerk, scope, COUPLE[0])
        imported(clerk, scope, COUPLE[1].replace("配偶", "户主"))

        found = refused(clerk, scope, *COUPLE)
        assert (2, "household", "residents.household_differs") in found

    def test_takes_the_door_from_the_row_that_has_it(self, scope):
        read = table(scope, (COUPLE[0].replace("2 单元 301", ""), COUPLE[1]))

        assert ([home.address for home in read.households], read.problems) == (["2 单元 301"], ())

    @pytest.mark.parametrize(
        ("field", "told", "other"), [("address", "301", "302"), ("place", "和平里 1 号楼", "第二网格")]
    )
    def test_rows_of_one_household_that_disagree_are_told_as_that(self, scope, field, told, other):
        (problem,) = table(scope, (COUPLE[0], COUPLE[1].replace(told, other))).problems

        assert (problem.row, problem.field, problem.reason.code) == (3, field, "residents.rows_disagree")
        assert "第 2 行" in str(problem.reason)

    def test_refuses_a_second_head_for_a_known_household(self, clerk, scope):
        imported(clerk, scope, *COUPLE)
        rows = [COUPLE[1], "1,和平里 1 号楼,2 单元 301,王强,户主,男,1980-05-01,,"]

        assert refused(clerk, scope, *rows) == [(3, "relation", "residents.head_repeated")]

    def test_refuses_an_empty_file(self, clerk, scope):
        with pytest.raises(ImportRefused):
            imported(clerk, scope)

    def test_refuses_who_does_not_register_there(self, staff: Staff, scope):
        with pytest.raises(NotPermitted):
            imported(Act(staff.director, at(MONDAY)), scope, *COUPLE)

    def test_takes_ten_thousand_rows_in_few_statements(self, clerk, scope):
        rows = []
        for n in range(10_000):
            birth = date(1930 + n // 400, 5, 1 + n % 2)
            number = with_check_digit(f"990101{birth:%Y%m%d}{(n % 400) * 2 + 1:03d}")
            rows.append(f"{n},和平里 1 号楼,{n} 室,王建国,户主,男,{birth},{number},13800138000")
        with CaptureQueriesContext(connection) as statements:
            result = imported(clerk, scope, *rows)

        assert (result.people_added, len(statements) < 60) == (10_000, True)


class TestOut:
    def test_the_template_is_read_back_as_an_empty_table(self, scope):
        read = read_households(household_template(), filename="template.xlsx", scope=scope, on=MONDAY)

        assert read == HouseholdTable((), (), {})


class TestWords:
    @pytest.mark.parametrize(
        ("word", "male", "code"),
        [
            ("长子", True, "CHILD"),
            ("次女", False, "CHILD"),
            ("女婿", True, "CHILD_IN_LAW"),
            ("妻", False, "SPOUSE"),
            ("外孙女", False, "GRANDCHILD"),
            ("岳母", False, "PARENT_IN_LAW"),
            ("祖父", True, "GRANDPARENT"),
            ("曾祖母", False, "OTHER_RELATIVE"),
            ("弟", True, "SIBLING"),
            ("养子或继子", True, "CHILD"),
            ("22", True, "CHILD"),  # the register's own code
        ],
    )
    def test_relations_are_read_in_the_words_of_registers(self, scope, word, male, code):
        row = f"1,和平里 1 号楼,2 单元 301,赵二,{word},{'男' if male else '女'},1965-05-01,,"

        read = table(scope, [COUPLE[0], row])

        assert (read.problems, read.households[0].members[1].member.relation) == ((), code)

    def test_who_is_the_head_may_be_called_oneself(self, scope):
        read = table(scope, [COUPLE[0].replace("户主", "本人"), COUPLE[1]])

        assert (read.problems, read.households[0].members[0].member.relation) == ((), "HEAD")

    def test_every_word_of_the_standard_is_read_once(self):
        words = [word for several in register_words().values() for word in several]

        assert (len(words), len(set(words)), {"01", "99"} <= set(words)) == (len(set(words)), len(words), True)

    def test_its_table_has_every_code_and_says_where_it_is_from(self):
        data = tomllib.loads(registration._TABLE.read_text())

        codes = {int(line["code"]) for line in data["relations"]}
        tens = {1, 2, *range(10, 13), *range(20, 97 + 1), 99} - {*range(13, 20)}
        assert (codes, data["standard"], data["confidence"]) == (tens, "GB/T 4761-2008", "C")

    @pytest.mark.parametrize("word", ["其他", "80", "族长"])
    def test_words_that_do_not_say_enough_are_asked_for_again(self, scope, word):
        assert problems_of(scope, COUPLE[0], f"1,和平里 1 号楼,2 单元 301,赵二,{word},男,1965-05-01,,") == [
            (3, "relation")
        ]


class TestCutNumbers:
    FITS = "990101195001013000"  # a number that was cut and whose check digit fits by chance

    def row(self, household: int, number: str, *, day: str = "1950-01-01") -> str:
        return f"{household},和平里 1 号楼,{household},王秀英{household},户主,女,{day},{number},"

    def reasons(self, scope: Scope, *rows: str) -> list[tuple[int, str]]:
        return [(p.row, p.reason.code) for p in table(scope, rows).problems]

    def test_a_number_that_excel_cut_is_told_as_that(self, scope):
        assert self.reasons(scope, self.row(1, "990101195001017000")) == [(2, "identity.mangled")]

    def test_one_that_fits_by_chance_is_not_believed_beside_a_cut_one(self, scope):
        rows = (self.row(1, self.FITS), self.row(2, "990101195001017000"), self.row(3, WIFE, day="1953-08-12"))

        assert sorted(self.reasons(scope, *rows)) == [(2, "identity.mangled"), (3, "identity.mangled")]

    def test_nor_alone(self, scope):
        assert self.reasons(scope, self.row(1, self.FITS)) == [(2, "identity.mangled")]

    def test_among_whole_numbers_it_is_believed(self, scope):
        assert self.reasons(scope, self.row(1, self.FITS), self.row(2, WIFE, day="1953-08-12")) == []


class TestSpellings:
    @pytest.mark.parametrize("name", ["王　建国", "王 建国", "\u202a王建国\u202c", "王建\u200b国"])
    def test_the_same_person_written_otherwise_is_the_same(self, clerk, scope, name):
        imported(clerk, scope, *COUPLE)

        result = imported(clerk, scope, COUPLE[0].replace("王建国", name), COUPLE[1])

        assert (result.people_added, result.people_unchanged) == (0, 2)

    def test_a_name_is_stored_in_one_spelling(self, clerk, scope):
        imported(clerk, scope, COUPLE[0].replace("王建国", "\u202a买买提．艾力\u202c"))

        assert Resident.objects.get().name == "买买提·艾力"
