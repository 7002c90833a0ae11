"""Every list's Excel opens as offices lay one out and holds no formula; money and days are what they are."""

import io
from datetime import datetime

import openpyxl
import pytest
from django.db import connection

from tests.access.asking import Office
from tests.access.test_paging import LISTS
from tests.access.world import World

WORKBOOKS = {name: asked for name, asked in LISTS.items() if not name.endswith(".html")} | {
    "statement": ("/funds/F1-2026/", "auditor"),
    "actual": ("/plan/actual/", "director"),
}


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="what a workbook looks like does not differ by database")
@pytest.mark.parametrize(("address", "role"), WORKBOOKS.values(), ids=WORKBOOKS.keys())
def test_a_list_goes_out_in_the_official_layout(world: World, office: Office, address: str, role: str) -> None:
    sign = "&" if "?" in address else "?"
    sheet = openpyxl.load_workbook(io.BytesIO(office.file(role, f"{address}{sign}as=xlsx"))).worksheets[0]
    title, lead, header, *rows = sheet.iter_rows()

    assert (title[0].value, title[0].font.b, sheet.merged_cells.ranges) == (sheet.title, True, set())
    assert str(lead[0].value).startswith("制表日期：2026年3月9日 · 制表人：")
    assert all(cell.value and cell.font.b for cell in header)
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("A4", "$3:$3", "landscape")
    assert rows
    kinds = {"#,##0.00": (int, float), "yyyy-mm-dd": datetime, "0": int, "@": str}
    for cell in (cell for row in rows[:-1] for cell in row if cell.value is not None):
        assert cell.data_type != "f", cell.coordinate
        assert isinstance(cell.value, kinds[cell.number_format]), (cell.coordinate, cell.value)
    has_money = any(cell.number_format == "#,##0.00" for row in rows for cell in row)
    assert ("金额单位：元" in lead[0].value) >= has_money
