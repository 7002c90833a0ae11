"""A table is read on a phone too: row by row as a list, never a strip that is cut off at the edge."""

import re

from tests.architecture.source import PACKAGE, short

_TABLE = re.compile(r"<table[^>]*>")
# What is read across: a grid of months, a picture's twin, two short columns.
ACROSS = {
    "foundation/templates/parts/chart.html": "the twin of a picture, month by month",
    "foundation/templates/parts/table.html": "its user says how it is read",
    "foundation/templates/parts/listing.html": "a card of two lines",
    "workbench/templates/workbench/_work.html": "a card of two lines",
    "planning/templates/planning/_live.html": "month by month",
    "planning/templates/planning/plan_actual.html": "month by month",
    "policies/templates/policies/working_days.html": "a month of days",
}


def test_tables_are_read_row_by_row_on_a_phone() -> None:
    across = {
        short(path)
        for path in PACKAGE.rglob("templates/**/*.html")
        if any("stack" not in tag for tag in _TABLE.findall(path.read_text()))
    }

    assert across == set(ACROSS)
