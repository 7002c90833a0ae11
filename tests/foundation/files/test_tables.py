"""Tables in: good files in every dress, bad cells named by row, column and reason."""

import contextlib
from datetime import date, datetime, time

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.files.cells import REASONS, CellRefused, convert
from linli.foundation.files.grids import TableTooLong
from linli.foundation.files.reading.answers import Formatted
from linli.foundation.files.tables import (
    CellProblem,
    Choice,
    Column,
    RowProblem,
    TableRefused,
    choices_of,
    read_table,
    write_table,
)
from linli.ground.areas.codes import AreaKind
from linli.kernel.errors import DomainError
from linli.kernel.text import plain_name
from tests.foundation.files.builders import HEADER, PEOPLE, PERSON, csv_text, part, repacked, sheet, workbook
from tests.foundation.files.warm import Warm

EXPECTED = {
    "name": "李建国",
    "id_number": "11010119491231002X",
    "birth_date": date(1949, 12, 31),
    "size": 2,
    "income": 120050,
    "sex": "MALE",
}
NOON = datetime(2026, 3, 9, 12)  # noqa: DTZ001 - a cell has no zone
TEXT = csv_text([HEADER, PERSON])
WHOLE = sheet([HEADER, PERSON])
PARTS = {name: part(WHOLE, name) for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml")}


def read_cell(column: Column, cell: object) -> object:
    """The value, or the code and text of the one problem, of a cell in an Excel sheet."""

    def fill(_book, page):
        if isinstance(cell, datetime | date | time):
            kind = "hh:mm" if isinstance(cell, time) else "yyyy-mm-dd hh:mm"
            page.write_datetime(1, 0, cell, _book.add_format({"num_format": kind}))
        else:
            page.write(1, 0, cell)
        page.write_string(1, 1, "filled")

    columns = [column, Column("other", ("其他",))]
    table = read_table(sheet([[column.labels[0], "其他"]], extra=fill), filename="a.xlsx", columns=columns)
    return (table.problems[0].code, table.problems[0].text) if table.problems else table.rows[0].values[column.key]


class TestGoodFiles:
    @pytest.mark.parametrize(
        "data",
        [
            TEXT.encode(),
            TEXT.encode("utf-8-sig"),
            TEXT.encode("gb18030"),
            TEXT.encode("utf-16"),
            TEXT.encode("utf-16-le"),
            TEXT.encode("utf-16-be"),
            csv_text([HEADER, PERSON], delimiter="\t").encode("utf-16"),
            csv_text([HEADER, PERSON], delimiter=";").encode(),
            TEXT.replace("11010119491231002X", '="11010119491231002X"').encode(),
            TEXT.replace("11010119491231002X", "'11010119491231002X").encode(),
            TEXT.replace("11010119491231002X", "\t１１０１０１19491231002X\u200b").encode(),
            TEXT.replace("1200.50", '"1,200.50"').encode(),
            ("\r\n\r\n" + TEXT + ",,,,,\r\n\r\n").encode(),
            TEXT.replace("\r\n", "\r").encode(),
            TEXT.replace("\r\n", "\n").encode("utf-16"),
            TEXT.replace("\r\n", "\r").encode("gb18030"),
            ("低收入家庭名单\r\n填表日期:2026-03-09;经办:甲\r\n" + csv_text([HEADER, PERSON], delimiter="\t")).encode(),
            # Payment services end each value with a tab, so that no program takes it for a number.
            csv_text([[f"{cell}\t" for cell in row] for row in (HEADER, PERSON)]).encode("gbk"),
        ],
    )
    def test_reads_every_dress_of_a_csv(self, data: bytes):
        table = read_table(data, filename="名单.csv", columns=PEOPLE)

        assert (table.problems, [dict(row.values) for row in table.rows]) == ((), [EXPECTED])

    @pytest.mark.parametrize(
        "rows",
        [
            [HEADER, PERSON],
            [list(reversed(HEADER)), list(reversed(PERSON))],
            [["Name*", " id NUMBER ", "Birth date", "Household\nsize", "Monthly income(required)", "Sex"], PERSON],
            [["2026 年低收入家庭名单"], [], HEADER, PERSON],
            [HEADER, ["李建国", "11010119491231002X", 18263, 2, 1200.5, "male"]],
            [HEADER, ["李建国", "11010119491231002X", 19491231, "２", "¥1,200.50元", "男"]],
            [HEADER, PERSON, *[[" "] * 6] * 300],
        ],
    )
    def test_reads_every_dress_of_a_sheet(self, rows: list[list[object]]):
        table = read_table(sheet(rows), filename="a.xlsx", columns=PEOPLE)

        assert (table.problems, [dict(row.values) for row in table.rows]) == ((), [EXPECTED])

    def test_counts_rows_as_the_sheet_does(self):
        table = read_table(sheet([["名单"], HEADER, [], PERSON, [], PERSON]), filename="a.xlsx", columns=PEOPLE)

        assert [row.number for row in table.rows] == [4, 6]

    def test_leaves_optional_columns_out(self):
        table = read_table(sheet([HEADER[:2], PERSON[:2]]), filename="a.xlsx", columns=PEOPLE)

        assert table.rows[0].values["income"] is None

    def test_ignores_formatting_far_below(self):
        def style(book, page):
            page.write_blank(900_000, 50, None, book.add_format({"bold": True}))

        assert len(read_table(sheet([HEADER, PERSON], extra=style), filename="a.xlsx", columns=PEOPLE).rows) == 1

    def test_ignores_other_sheets(self):
        def fill(book):
            book.add_worksheet("说明").write_row(0, 0, ["请按模板填写"])
            page = book.add_worksheet("名单")
            page.write_row(0, 0, HEADER)
            page.write_row(1, 0, PERSON)
            hidden = book.add_worksheet("字典")
            hidden.write_row(0, 0, ["男", "女"])
            hidden.hide()

        assert len(read_table(workbook(fill), filename="a.xlsx", columns=PEOPLE).rows) == 1

    def test_leaves_chart_sheets_out(self):
        def fill(book):
            page = book.add_worksheet("名单")
            page.write_row(0, 0, HEADER)
            page.write_row(1, 0, PERSON)
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": "=名单!$D$2:$D$2"})
            book.add_chartsheet("图").set_chart(chart)

        assert len(read_table(workbook(fill), filename="a.xlsx", columns=PEOPLE).rows) == 1

    def test_ignores_columns_without_header_and_content(self):
        table = read_table(
            sheet([["姓名", "", "身份证号"], ["李建国", "", PERSON[1]]]), filename="a.xlsx", columns=PEOPLE
        )

        assert (len(table.rows), table.problems) == (1, ())

    def test_reads_workbooks_that_leave_out_references(self):
        whole = sheet([HEADER, PERSON])
        xml = part(whole, "xl/worksheets/sheet1.xml").decode()
        bare = "".join(c for c in xml)
        for letter in "ABCDEF":
            for row in "12":
                bare = bare.replace(f' r="{letter}{row}"', "")
        table = read_table(
            repacked(whole, {"xl/worksheets/sheet1.xml": bare.encode()}), filename="a.xlsx", columns=PEOPLE
        )

        assert [dict(row.values) for row in table.rows] == [EXPECTED]

    def test_counts_days_from_1904_where_the_workbook_does(self):
        whole = sheet([HEADER[:3], [*PERSON[:2], 18263 - 1462]])
        book = part(whole, "xl/workbook.xml").replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
        table = read_table(repacked(whole, {"xl/workbook.xml": book}), filename="a.xlsx", columns=PEOPLE)

        assert table.rows[0].values["birth_date"] == date(1949, 12, 31)

    def test_ten_thousand_rows_come_back_as_they_went_out(self):
        rows = [EXPECTED] * 10_000
        table = read_table(write_table(PEOPLE, rows, title="t", sheet="s"), filename="a.xlsx", columns=PEOPLE)

        assert [row.values for row in table.rows] == rows

    @given(
        st.lists(
            st.fixed_dictionaries(
                {
                    "name": st.text(
                        st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30
                    )
                    # What is stored has its one spelling already; the door changes nothing of it.
                    .map(lambda text: plain_name("名" + text)),
                    "id_number": st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True),
                    "birth_date": st.dates(date(1910, 1, 1), date(2199, 12, 31)),
                    "size": st.integers(-(10**14), 10**14),
                    "income": st.integers(-(10**13), 10**13),
                    "sex": st.sampled_from(["MALE", "FEMALE", None]),
                }
            ),
            max_size=5,
        )
    )
    def test_what_is_written_is_read_again(self, warm: Warm, rows: list[dict[str, object]]):
        with warm.reading():
            table = read_table(write_table(PEOPLE, rows, title="t", sheet="s"), filename="a.xlsx", columns=PEOPLE)

        assert ([row.values for row in table.rows], table.problems) == (rows, ())


class TestCells:
    TEXT = Column("text", ("门牌",))
    DATE = Column("date", ("日期",), kind="DATE")
    INTEGER = Column("count", ("人数",), kind="INTEGER")
    YUAN = Column("fen", ("金额",), kind="YUAN")
    CHOICE = Column("code", ("类别",), kind="CHOICE", choices=(Choice("LOW_INCOME", ("低收入", "Low income")),))

    @pytest.mark.parametrize(
        ("cell", "value"),
        [
            ("  3-2 ", "3-2"),
            (13800138000, "13800138000"),
            (3.5, "3.5"),
            ("'0012", "0012"),
            ("'引'", "'引'"),
            ("ＡＢ１２", "AB12"),
            ("甲,乙。", "甲,乙。"),
            ("", None),
        ],
    )
    def test_text(self, cell: object, value: object):
        assert read_cell(self.TEXT, cell) == value

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            (110101194912310021, "mangled"),
            ("1.10101E+17", "mangled"),
            (date(2026, 3, 2), "text_is_date"),
            (True, "text_is_not_plain"),
            (time(3, 4), "text_is_not_plain"),
            ("长" * 501, "text_too_long"),
            ("a\x7fb", "text_control"),
        ],
    )
    def test_text_refused(self, cell: object, code: str):
        assert read_cell(self.TEXT, cell)[0] == code

    @pytest.mark.parametrize(
        "cell",
        [
            "2026-03-09",
            "2026-3-9",
            "2026/3/9",
            "2026.3.9",
            "2026年3月9日",
            "2026 年 3 月 9 日",
            "２０２６年３月９日",
            "2026/3/9 0:00",
            "2026-03-09T00:00:00",
            "20260309",
            20260309,
            46090,
            date(2026, 3, 9),
            NOON.replace(hour=0),
        ],
    )
    def test_date(self, cell: object):
        assert read_cell(self.DATE, cell) == date(2026, 3, 9)

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("2026-02-30", "date_impossible"),
            ("20261301", "date_impossible"),
            ("09/03/2026", "date"),
            ("2026/3-9", "date"),
            ("26-3-9", "date"),
            ("三月九日", "date"),
            (2026, "date"),
            (46090.25, "date"),
            (-5, "date"),
            (time(8, 30), "date"),
            (True, "date"),
            ("2026-03-09 08:30", "date_has_time"),
            (NOON, "date_has_time"),
        ],
    )
    def test_date_refused(self, cell: object, code: str):
        assert read_cell(self.DATE, cell)[0] == code

    def test_date_with_the_first_minute_of_the_day(self):
        assert convert(NOON.replace(hour=0), self.DATE, day_zero=date(1899, 12, 30)) == date(2026, 3, 9)

    @pytest.mark.parametrize(("cell", "value"), [(3, 3), ("３", 3), ("1,200", 1200), ("-4", -4), (0, 0)])
    def test_integer(self, cell: object, value: int):
        assert read_cell(self.INTEGER, cell) == value

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            (2.5, "integer"),
            ("两人", "integer"),
            ("1,20", "integer"),
            (True, "integer"),
            (date(2026, 3, 9), "integer"),
            (1e18, "integer_too_large"),
            ("9" * 40, "integer_too_large"),
        ],
    )
    def test_integer_refused(self, cell: object, code: str):
        assert read_cell(self.INTEGER, cell)[0] == code

    @pytest.mark.parametrize(
        ("cell", "fen"),
        [(1200.5, 120050), (0.29, 29), (1200, 120000), ("1,200.50", 120050), ("¥５元", 500), (-3, -300)],
    )
    def test_yuan(self, cell: object, fen: int):
        assert read_cell(self.YUAN, cell) == fen

    @pytest.mark.parametrize(
        ("computed", "fen"), [(0.1 + 0.2, 30), (98_200.3 + 300.4 - 0.1, 98_500_60), (4.35 * 100, 435_00)]
    )
    def test_yuan_that_a_spreadsheet_computed_are_what_it_shows(self, computed: float, fen: int):
        assert read_cell(self.YUAN, computed) == fen

    @pytest.mark.parametrize("cell", [33.333, "12.345", "一千", True, 1e20, date(2026, 3, 9)])
    def test_yuan_refused(self, cell: object):
        assert read_cell(self.YUAN, cell)[0] == "yuan"

    @pytest.mark.parametrize("cell", ["低收入", " low income ", "LOW_INCOME"])
    def test_choice(self, cell: str):
        assert read_cell(self.CHOICE, cell) == "LOW_INCOME"

    def test_choice_refused_names_what_may_be_chosen(self):
        data = sheet([["类别"], ["富裕"]])
        problem = read_table(data, filename="a.xlsx", columns=[self.CHOICE]).problems[0]

        assert problem.message == "「类别」的「富裕」不在可选范围内；可选：低收入"


def read_formatted(column: Column, number: float, form: str) -> object:
    """The value, or the problem's code, of a number in a cell of that format."""

    def fill(book, page):
        page.write_number(1, 0, number, book.add_format({"num_format": form}))

    table = read_table(sheet([[column.labels[0]]], extra=fill), filename="a.xlsx", columns=[column])
    return table.problems[0].code if table.problems else table.rows[0].values[column.key]


class TestNumbersAsTheirCellsShowThem:
    TEXT, INTEGER, YUAN, DATE = TestCells.TEXT, TestCells.INTEGER, TestCells.YUAN, TestCells.DATE

    @pytest.mark.parametrize(
        ("number", "form", "text"),
        [
            (1062340000, "00000000000", "01062340000"),
            (620001234, "000000000000", "000620001234"),
            (1062340000, "000-00000000", "010-62340000"),
            (1062340000, r"000\-0000\-0000", "010-6234-0000"),
            (1062340000, "000 00000000", "010 62340000"),
            (13800138000, "000-0000-0000", "138-0013-8000"),
            (123456, "0000", "123456"),
            (12, '"R-"000000', "R-000012"),
            (3, '0"号"', "3号"),
            (0, "0000", "0000"),
            (7, "000;-000;0", "007"),
            (7, "[Red]000", "007"),
        ],
    )
    def test_a_text_is_what_is_seen(self, number: float, form: str, text: str):
        assert read_formatted(self.TEXT, number, form) == text

    @pytest.mark.parametrize(
        "form", ["General", "@", "0", "0.00", "#,##0", "#,##0.00", "0_ ", "#", "[DBNum1]0", "[<=9999999]###-####;0"]
    )
    def test_a_text_in_a_plain_format_is_the_number(self, form: str):
        assert read_formatted(self.TEXT, 13800138000, form) == "13800138000"

    PLAIN = (
        "General",
        "0",
        "0.00",
        "0.0",
        "#,##0.00",
        "#,##0.00_ ",
        "#,##0.00_);(#,##0.00)",
        "#,##0.00;[Red]-#,##0.00",
        '#,##0.00"元"',
        "#,##0.00元",
        "¥#,##0.00",
        "￥#,##0.00",
        '"¥"#,##0.00;"¥"\\-#,##0.00',
        "[$¥-804]#,##0.00",
        "[$￥-804]#,##0.00;[Red]-[$￥-804]#,##0.00",
        "[$CNY] #,##0.00",
        '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
        "0.00E+00",
        "0;;",
        "000000",
    )

    @pytest.mark.parametrize("form", PLAIN)
    @pytest.mark.parametrize(("number", "fen"), [(1234.5, 1234_50), (0, 0)])
    def test_yuan_in_a_plain_format_are_taken(self, form: str, number: float, fen: int):
        assert read_formatted(self.YUAN, number, form) == fen

    OTHER = (
        '0.00"万元"',
        "0.00万",
        '0.00"万"',
        r"0.00\万",
        '0"千"',
        '0.00"亿"',
        "0%",
        "0.00%",
        "$#,##0.00",
        '"$"#,##0.00',
        "[$$-409]#,##0.00",
        "[$€-2] #,##0.00",
        "[$HKD] #,##0.00",
        '0.00"美元"',
        '"US"0.00',
        "#,##0,",
        "0.0,",
        '0.00,"K"',
        '0!.0,"万"',
        r"0\.0000",
        '[>=10000]0.0,"千";0',
        '"满"',
        ";;;",
    )

    @pytest.mark.parametrize("form", OTHER)
    def test_yuan_of_which_another_sum_or_nothing_is_seen_are_refused(self, form: str):
        assert read_formatted(self.YUAN, 12.5, form) == "number_format"

    @pytest.mark.parametrize("form", ['0"万"', "0%", "#,##0,", "$0", ";;;"])
    def test_whole_numbers_and_texts_of_which_others_are_seen_are_refused(self, form: str):
        assert [read_formatted(column, 12, form) for column in (self.INTEGER, self.TEXT)] == ["number_format"] * 2

    @pytest.mark.parametrize("form", ["0", '0"人"', "00", "0_ ", '0" 岁"'])
    def test_whole_numbers_may_have_their_unit(self, form: str):
        assert read_formatted(self.INTEGER, 3, form) == 3

    def test_a_text_of_which_a_rounded_number_is_seen_is_refused(self):
        assert read_formatted(self.TEXT, 3.5, "000") == "number_format"

    def test_a_negative_sum_is_judged_by_the_format_of_negative_ones(self):
        assert read_formatted(self.YUAN, -3, '0.00;0.00"万"') == "number_format"
        assert read_formatted(self.YUAN, 3, '0.00;0.00"万"') == 300

    @pytest.mark.parametrize("form", ["yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"', "[$-804]yyyy-mm-dd", "0"])
    def test_days_are_days_by_whatever_format(self, form: str):
        assert read_formatted(self.DATE, 46090, form) == date(2026, 3, 9)

    def test_a_day_written_in_eight_digits_is_one(self):
        assert read_formatted(self.DATE, 20260309, "00000000") == date(2026, 3, 9)

    def test_a_number_that_lost_its_end_is_told_before_its_format(self):
        assert read_formatted(self.TEXT, 110101194912310021, "0" * 18) == "mangled"

    def test_the_sentence_says_what_is_in_the_cell_and_what_to_do(self):
        problem = CellProblem(2, "A", "月收入", '12.5（0.00"万元"）', "number_format")

        with translation.override("zh-hans"):
            assert '12.5（0.00"万元"）' in problem.message
            assert "“常规”" in problem.message

    def test_a_sheet_full_of_formats_is_read(self):
        """As many numbers as a table may hold, each with a format to be looked at."""

        def fill(book, page):
            form = book.add_format({"num_format": '#,##0.00,"千"'})
            for row in range(1, 4_001):
                for column in range(50):
                    page.write_number(row, column, row, form)

        table = read_table(sheet([["金额"]], extra=fill), filename="a.xlsx", columns=[self.YUAN])

        assert {problem.code for problem in table.problems} == {"header_blank", "number_format"}
        assert len(table.rows) == 4_000

    @given(
        st.text(st.sampled_from('0#?.,;"\\!_*[]$¥%E+-万元/ @yd<>=9'), max_size=40),
        st.sampled_from([0.0, -7.0, 12.5, 3.0]),
    )
    def test_any_format_is_understood_or_refused(self, form: str, number: float):
        for kind in ("TEXT", "INTEGER", "YUAN"):
            with contextlib.suppress(CellRefused):
                convert(Formatted(number, form), Column("a", ("a",), kind=kind), day_zero=date(1899, 12, 30))


class TestProblems:
    def test_blank_lines_are_no_rows_however_many(self):
        data = TEXT.encode() + b"\n" * 3_000_000

        assert len(read_table(data, filename="a.csv", columns=PEOPLE).rows) == 1

    def test_a_value_of_any_length_is_named_by_its_cell(self):
        data = TEXT.replace("李建国", "李" * 140_000).encode()
        problem = read_table(data, filename="a.csv", columns=PEOPLE).problems[0]

        assert (problem.row, problem.column, problem.code) == (2, "A", "text_too_long")

    def test_name_row_column_and_reason_of_every_bad_cell(self):
        bad = ["", "1.1E+17", "2026-02-30", "x", "1.234", "他"]
        table = read_table(sheet([HEADER, PERSON, bad]), filename="a.xlsx", columns=PEOPLE)

        assert [(problem.row, problem.column, problem.code) for problem in table.problems] == [
            (3, "A", "required"),
            (3, "B", "mangled"),
            (3, "C", "date_impossible"),
            (3, "D", "integer"),
            (3, "E", "yuan"),
            (3, "F", "choice"),
        ]

    def test_leave_the_other_cells_of_the_row(self):
        table = read_table(sheet([HEADER, ["李建国", "1.1E+17"]]), filename="a.xlsx", columns=PEOPLE)

        assert (table.rows[0].values["name"], table.rows[0].values["id_number"]) == ("李建国", None)

    def test_name_formulas(self):
        def formula(_book, page):
            page.write_formula("B2", "=A2", None, "11010119491231002X")

        table = read_table(sheet([HEADER, PERSON], extra=formula), filename="a.xlsx", columns=PEOPLE)

        assert [(problem.column, problem.code) for problem in table.problems] == [("B", "formula")]

    def test_name_formulas_in_a_csv(self):
        text = TEXT.replace("李建国", "=HYPERLINK(1)")

        assert [p.code for p in read_table(text.encode(), filename="a.csv", columns=PEOPLE).problems] == ["formula"]

    def test_name_error_values_even_in_an_otherwise_blank_row(self):
        whole = sheet([HEADER, PERSON, [], ["#REF!"]])
        xml = part(whole, "xl/worksheets/sheet1.xml")
        at = xml.index(b'<c r="A4"')
        xml = xml[:at] + b'<c r="A4" t="e"><v>#REF!</v></c>' + xml[xml.index(b"</c>", at) + 4 :]
        table = read_table(repacked(whole, {"xl/worksheets/sheet1.xml": xml}), filename="a.xlsx", columns=PEOPLE)

        assert (table.problems[0].row, table.problems[0].code, table.problems[0].text) == (4, "error", "#REF!")

    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            (["姓名", "出生日期", "性别"], [("", "身份证号", "header_missing")]),
            (["姓名", "身份证号", "Name"], [("C", "姓名", "header_duplicate")]),
            (["姓名", "身份证号", "爱好"], [("C", "", "header_unknown")]),
            (["姓名", "身份证号", ""], [("C", "", "header_blank")]),
            (["李建国", "11010119491231002X"], [("A", "", "header_unknown"), ("B", "", "header_unknown")]),
        ],
    )
    def test_name_what_is_wrong_with_the_header(self, header: list[str], expected: list[tuple[str, str, str]]):
        table = read_table(sheet([header, [*PERSON[:2], "x"]]), filename="a.xlsx", columns=PEOPLE)
        found = [(problem.column, problem.label, problem.code) for problem in table.problems]

        assert found[: len(expected)] == expected

    @pytest.mark.parametrize("wrong", [["姓名", "Name"], ["姓名", "身份证号", "爱好"], ["姓名", "身份证号", ""]])
    @pytest.mark.parametrize("above", [0, 2])
    def test_name_the_row_of_the_header(self, wrong: list[str], above: int):
        """It need not be the first: titles stand above."""
        rows = [*[["登记表"], ["2026年3月"]][:above], wrong, [*PERSON[:2], "x"]]
        table = read_table(sheet(rows), filename="a.xlsx", columns=PEOPLE)

        assert {problem.row for problem in table.problems} == {above + 1}

    @pytest.mark.parametrize("separator", [",", "\t", ";"])
    def test_take_nothing_of_a_row_with_more_cells_than_the_header(self, separator: str):
        """A separator in a text moves every cell behind it: 李建国's day of birth would be what stood before it."""
        moved = ["李建国", "11010119491231002X", "", "1949-12-31", "2", "1200.50", "男"]
        data = csv_text([HEADER, moved, PERSON], delimiter=separator).encode()
        table = read_table(data, filename="a.csv", columns=PEOPLE)

        assert [(p.row, p.column, p.text, p.code) for p in table.problems] == [(2, "G", "男", "row_beyond_header")]
        assert set(table.rows[0].values.values()) == {None}
        assert table.rows[1].values == EXPECTED

    def test_say_what_to_do_with_a_row_that_is_longer_than_the_header(self):
        text = "姓名,身份证号\n李建国,11010119491231002X,独居老人,需上门\n"
        problem = read_table(text.encode(), filename="a.csv", columns=PEOPLE[:2]).problems[0]

        with translation.override("zh-hans"):
            assert "双引号" in problem.message

    def test_are_not_made_of_blank_cells_beyond_the_header(self):
        data = csv_text([HEADER, [*PERSON, "", " "]]).encode()
        table = read_table(data, filename="a.csv", columns=PEOPLE)

        assert (table.rows[0].values, table.problems) == (EXPECTED, ())

    def test_tell_a_longer_row_under_a_header_with_blank_cells_at_its_end(self):
        data = csv_text([[*HEADER, "", ""], [*PERSON, "x", ""]]).encode()
        table = read_table(data, filename="a.csv", columns=PEOPLE)

        assert [(p.row, p.code) for p in table.problems] == [(1, "header_blank"), (2, "row_beyond_header")]

    def test_read_no_rows_under_a_wrong_header(self):
        assert read_table(sheet([["姓名"], ["李建国"]]), filename="a.xlsx", columns=PEOPLE).rows == ()

    @pytest.mark.parametrize("code", REASONS)
    def test_have_a_whole_sentence_for_every_reason(self, code: str):
        problem = CellProblem(2, "A", "姓名", "100%", code, "男")

        assert "%(" not in problem.message

    def test_take_as_many_rows_as_allowed(self):
        data = sheet([HEADER, PERSON, PERSON])

        assert len(read_table(data, filename="a.xlsx", columns=PEOPLE, max_rows=2).rows) == 2

    def test_refuse_one_row_more(self):
        with pytest.raises(TableTooLong) as caught:
            read_table(sheet([HEADER, PERSON, PERSON]), filename="a.xlsx", columns=PEOPLE, max_rows=1)

        assert caught.value.details == {"last": 3, "limit": 1}

    def test_speak_the_readers_language(self):
        problem = read_table(sheet([["姓名"]]), filename="a.xlsx", columns=PEOPLE).problems[0]

        with translation.override("zh-hans"):
            assert problem.message == "缺少「身份证号」列；请使用导入模板的表头"


class TestDamagedFiles:
    @given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", TEXT.encode("gb18030")]))
    def test_noise_is_read_or_refused_but_never_crashes(self, warm: Warm, noise: bytes, start: bytes):
        warm.take(lambda: read_table(start + noise, filename="a.csv", columns=PEOPLE))

    @given(st.integers(0, 5000), st.binary(min_size=1, max_size=8))
    def test_a_damaged_workbook_is_read_or_refused_but_never_crashes(self, warm: Warm, at: int, noise: bytes):
        damaged = WHOLE[:at] + noise + WHOLE[at + len(noise) :]
        warm.take(lambda: read_table(damaged, filename="a.xlsx", columns=PEOPLE))

    @given(
        st.integers(0, 3000),
        st.sampled_from([b"<", b'"', b"&x;", b"<c/>", b'<c r="A0"/>', b"<v>", b"\xff", b"9999999999"]),
    )
    def test_damaged_xml_is_read_or_refused_but_never_crashes(self, warm: Warm, at: int, noise: bytes):
        for name, xml in PARTS.items():
            damaged = repacked(WHOLE, {name: xml[: at % len(xml)] + noise + xml[at % len(xml) :]})
            warm.take(lambda damaged=damaged: read_table(damaged, filename="a.xlsx", columns=PEOPLE))


class PersonProblem(RowProblem):
    """A problem of the tests' table."""

    headers = {column.key: column.labels for column in PEOPLE}


class Married(DomainError):
    """A refusal by a column."""

    code = "test.married"
    message = "%(name)s已婚"


class TestRowProblems:
    def test_of_a_cell_are_named_by_its_column(self):
        cell = read_table(sheet([["姓名", "身份证号"], ["", "1"]]), filename="a.xlsx", columns=PEOPLE).problems[0]
        problem = PersonProblem(cell.row, cell)

        assert (problem.field, problem.labels[0], problem.message) == ("name", "姓名", "「姓名」必须填写")

    @pytest.mark.parametrize(("field", "labels"), [("name", ("姓名", "Name")), ("", ())])
    def test_of_a_refusal_are_named_by_its_field(self, field: str, labels: tuple[str, ...]):
        problem = PersonProblem(2, Married(field=field, name="李建国"))

        assert (problem.labels[:2], problem.message) == (labels, "李建国已婚")

    def test_refuse_a_file_in_the_order_of_its_rows(self):
        refused = TableRefused(PersonProblem(row, Married(name="李建国")) for row in (7, 3))

        assert ([problem.row for problem in refused.problems], str(refused)) == (
            [3, 7],
            "表格没有导入，共 2 处需要更正",
        )


def test_codes_are_chosen_by_their_chinese_and_english_name_and_by_themselves():
    assert choices_of(AreaKind)[0] == Choice("DISTRICT", ("区", "District", "DISTRICT"))
