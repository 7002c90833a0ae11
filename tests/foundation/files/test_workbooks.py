"""Excel out: texts stay texts, money is a number, same input gives the same bytes."""

import io
import zipfile
from datetime import date
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.files import workbooks
from linli.foundation.files.tables import Column, read_table, stream_table, template_workbook, write_table
from linli.foundation.files.workbooks import TableRowsTooMany
from tests.foundation.files.builders import HEADER, PEOPLE

ROW = {
    "name": "李建国",
    "id_number": "11010119491231002X",
    "birth_date": date(1949, 12, 31),
    "size": 2,
    "income": 120050,
    "sex": "MALE",
}


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def written(row: dict[str, object], **options: object) -> openpyxl.worksheet.worksheet.Worksheet:
    return opened(write_table(PEOPLE, [row], title="名单", sheet="名单", **options)).active


def streamed(text: str) -> bytes:
    """The same table row by row, by way of a folder."""
    target = io.BytesIO()
    with TemporaryDirectory() as folder:
        stream_table(target, [Column("a", ("甲",))], [{"a": text}], title=text, sheet="s", lead=text, folder=folder)
    return target.getvalue()


class TestWriteTable:
    def test_writes_each_kind_as_what_it_is(self):
        values = [cell.value for cell in written(ROW)[4]]
        values[2] = values[2].date()

        assert values == [
            "李建国",
            "11010119491231002X",
            date(1949, 12, 31),
            2,
            1200.5,
            "男",
        ]

    def test_has_its_title_and_what_is_said_of_the_whole_above_the_header(self):
        page = written(ROW, lead="制表人：何平")

        assert [page[place].value for place in ("A1", "A2", "A3")] == ["名单", "制表人：何平", "姓名"]
        assert (page["A1"].alignment.horizontal, page.merged_cells.ranges) == ("centerContinuous", set())

    def test_adds_up_what_is_to_be_added_up_below_the_rows(self):
        columns = [Column("name", ("姓名",)), Column("fen", ("金额",), kind="YUAN", total=True)]
        rows = [{"name": "甲", "fen": 1050}, {"name": "乙", "fen": None}, {"name": "丙", "fen": -25}]
        page = opened(write_table(columns, rows, title="t", sheet="s")).active

        assert [cell.value for cell in page[7]] == ["合计", 10.25]
        assert page["B7"].number_format == "#,##0.00"
        assert page.auto_filter.ref == "A3:B6"

    def test_is_printed_with_its_header_on_every_page(self):
        assert written(ROW).print_title_rows == "$3:$3"

    def test_shows_money_with_two_decimals(self):
        assert written(ROW)["E4"].number_format == "#,##0.00"

    @pytest.mark.parametrize("text", ["=1+1", "+86", "-3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "{=1}"])
    def test_writes_no_formula_whatever_a_text_begins_with(self, text: str):
        cell = written(ROW | {"name": text})["A4"]

        assert (cell.value, cell.data_type) == (text, "s")

    def test_marks_a_dangerous_text_so_that_editing_keeps_it_text(self):
        assert written(ROW | {"name": "=1+1"})["A4"].quotePrefix

    @given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
    def test_keeps_every_text_a_text(self, text: str):
        for data in (
            write_table([Column("a", ("甲",))], [{"a": text}], title=text, sheet="s", lead=text),
            streamed(text),
        ):
            cells = [cell for row in opened(data).active for cell in row if cell.value is not None]
            assert {cell.data_type for cell in cells} == {"s"}
            assert zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").count(b"<f>") == 0

    @given(st.integers(-(10**13), 10**13), st.dates(date(1900, 3, 1)), st.from_regex(r"[0-9]{15,40}", fullmatch=True))
    def test_keeps_money_days_and_long_numbers_as_what_they_are(self, fen: int, day: date, digits: str):
        page = written({"income": fen, "birth_date": day, "id_number": digits})

        assert (round(page["E4"].value * 100), page["E4"].number_format) == (fen, "#,##0.00")
        assert (page["C4"].value.date(), page["C4"].is_date) == (day, True)
        assert (page["B4"].value, page["B4"].number_format) == (digits, "@")

    @pytest.mark.parametrize("text", ["http://example.org", "00123", "1E5", "true", ""])
    def test_changes_no_text(self, text: str):
        assert (written(ROW | {"name": text})["A4"].value or "") == text

    def test_leaves_unknown_values_blank(self):
        assert written({"name": "李建国"})["E4"].value is None

    def test_freezes_the_header(self):
        assert written(ROW).freeze_panes == "A4"

    def test_gives_wide_texts_room(self):
        page = written(ROW | {"name": "很长的名字" * 4})

        assert page.column_dimensions["A"].width > page.column_dimensions["D"].width

    def test_speaks_english_when_asked(self):
        page = written(ROW, language="en")

        assert (page["A3"].value, page["F4"].value) == ("Name", "Male")

    def test_gives_the_same_bytes_for_the_same_input(self):
        first = write_table(PEOPLE, [ROW], title="名单", sheet="名单", created=date(2026, 3, 9))

        assert write_table(PEOPLE, [ROW], title="名单", sheet="名单", created=date(2026, 3, 9)) == first

    def test_carries_the_date_it_was_given(self):
        data = write_table(PEOPLE, [ROW], title="名单", sheet="名单", created=date(2026, 3, 9))

        assert opened(data).properties.created.date() == date(2026, 3, 9)

    @pytest.mark.parametrize(
        ("name", "shown"), [("a/b:c", "a-b-c"), ("长" * 40, "长" * 31), ("", "Sheet"), ("'x'", "x")]
    )
    def test_makes_a_name_that_excel_takes(self, name: str, shown: str):
        assert opened(write_table(PEOPLE, [], title="t", sheet=name)).sheetnames == [shown]

    def test_refuses_more_rows_than_a_sheet_holds(self, monkeypatch):
        monkeypatch.setattr(workbooks, "MAX_ROWS", 3)

        with pytest.raises(TableRowsTooMany):
            write_table(PEOPLE, [ROW, ROW], title="t", sheet="s")

    def test_writes_a_table_without_columns(self):
        assert opened(write_table([], [], title="t", sheet="s")).active.max_row == 2

    def test_writes_a_value_of_another_kind_as_its_text(self):
        assert written(ROW | {"income": "不详"})["E4"].value == "不详"

    def test_uses_the_only_label_there_is(self):
        data = write_table([Column("a", ("甲",))], [], title="t", sheet="s", language="en")

        assert opened(data).active["A3"].value == "甲"


class TestTemplateWorkbook:
    TEMPLATE = template_workbook(PEOPLE, examples={"name": "李明"}, notes=(("每户一行。", "One row per household."),))

    def test_marks_required_columns(self):
        assert [cell.value for cell in opened(self.TEMPLATE).worksheets[0][1]] == ["姓名*", "身份证号*", *HEADER[2:]]

    def test_is_read_without_a_problem(self):
        table = read_table(self.TEMPLATE, filename="a.xlsx", columns=PEOPLE)

        assert (table.rows, table.problems) == ((), ())

    def test_reads_what_was_filled_in(self):
        book = opened(self.TEMPLATE)
        book.worksheets[0].append(["李建国", "11010119491231002X", "1949-12-31", 2, 1200.5, "男"])
        target = io.BytesIO()
        book.save(target)

        assert [dict(r.values) for r in read_table(target.getvalue(), filename="a.xlsx", columns=PEOPLE).rows] == [ROW]

    def test_is_read_even_with_one_column(self):
        columns = [Column("name", ("姓名", "Name"), required=True)]

        assert read_table(template_workbook(columns, examples={}), filename="a.xlsx", columns=columns).problems == ()

    def test_lets_people_choose_from_a_list(self):
        rule = opened(self.TEMPLATE).worksheets[0].data_validations.dataValidation[0]
        listed = opened(self.TEMPLATE)["说明 Guide"][rule.formula1.split("!")[1].replace("$", "")]

        assert (str(rule.sqref), [row[0].value for row in listed]) == ("F2:F20001", ["男", "女"])

    def test_keeps_identity_numbers_text(self):
        dimensions = opened(self.TEMPLATE).worksheets[0].column_dimensions.values()

        assert [(column.min, column.max) for column in dimensions if column.number_format == "@"] == [(1, 2), (6, 6)]

    @pytest.mark.parametrize("text", ["李明", "每户一行。 One row per household.", "1. 姓名 Name", "是 yes"])
    def test_explains_in_both_languages(self, text: str):
        cells = {cell.value for row in opened(self.TEMPLATE)["说明 Guide"].iter_rows() for cell in row}

        assert text in cells

    def test_explains_each_column_in_a_row_and_the_whole_below_in_the_first_column(self):
        rows = [[cell.value for cell in row[:6]] for row in opened(self.TEMPLATE)["说明 Guide"].iter_rows()]
        of_columns, below = rows[1 : len(PEOPLE) + 1], [row for row in rows[len(PEOPLE) + 1 :] if any(row)]

        assert [row[0].split(".")[0] for row in of_columns] == [str(number) for number in range(1, len(PEOPLE) + 1)]
        assert all(all(row[1:4]) for row in of_columns)
        assert below[-1][0] == "每户一行。 One row per household."
        assert [row[1:] for row in below] == [[None] * 5] * len(below)
