"""A list that is declared once: what page, workbook and trail make of it."""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation
from lxml import html

from linli.foundation.screens import listings
from linli.foundation.screens.cells import Button, Cell, unbroken
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.listings import Column, Listing
from linli.kernel.tones import Tone


class Row:
    """What a query might find."""

    def __init__(self, number: int, fen: int | None = None, name: str = "") -> None:
        self.number, self.fen, self.name, self.day = number, fen, name, date(2026, 3, number)


ROWS = [Row(1, 50_000, "甲"), Row(2, None, "<b>乙</b>"), Row(3, -120, "丙")]


class Things(Listing[None, Row]):
    """Three rows."""

    name = "things"
    title = "东西"
    nothing = ("还没有东西", "去找")
    not_found = "没有符合条件的东西"

    def named(self, row: Row) -> Cell:
        return Cell(row.name, meta=("小字",), chips=[("变更", Tone.SOON)])

    def press(self, row: Row) -> Cell:
        return Cell(buttons=[Button("办", "/do/", hidden={"shared": 2})])

    filters = (
        Filter("state", "状态", [("OPEN", "开"), ("SHUT", "关")], default="OPEN"),
        Filter("q", "查找", hint="名字"),
        Filter("kind", "类别", lambda listing: [("A", "甲类")]),
        Filter("on", "日期", kind="day"),
    )
    columns = (
        Column("number", "编号", "INTEGER", phone="title"),
        Column("name", "名称", cell=named),
        Column("fen", "金额", "YUAN"),
        Column("day", "日期", "DATE", only="excel"),
        Column("press", cell=press, only="page"),
    )

    def query(self) -> Sequence[Row]:
        return [row for row in ROWS if self.asked["q"] in row.name]

    def token(self, row: Row) -> str:
        return f"{row.number:04}"

    def reading(self, row: Row) -> tuple[int, str]:
        return row.number % 2, str(row.number)


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def asked(query: str = "") -> HttpRequest:
    """A request for the list."""
    request = RequestFactory().get(f"/things/{query}")
    request.user = AnonymousUser()
    vars(request)["resolver_match"] = None
    return request


def context(query: str = "", kind: type[Things] = Things) -> dict[str, Any]:
    """What the page is drawn from."""
    kept: dict[str, Any] = {}

    def keep(_request: object, _page: str, found: dict[str, Any], **_rest: object) -> Any:
        kept.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listings, "render_page", keep)
        kind(asked(query), None).response()
    return kept


def cell(kept: dict[str, Any], row: int, column: int) -> str:
    """One cell's HTML."""
    found = re.findall(r"<td[^>]*>(.*?)</td>", str(kept["lines"][row][1]))
    return str(found[column])


class TestPage:
    def test_shows_values_by_their_kind(self) -> None:
        kept = context()
        assert (cell(kept, 0, 0), cell(kept, 0, 2), cell(kept, 1, 2)) == ("1", "¥500.00", "—")

    def test_escapes_what_people_wrote(self) -> None:
        assert cell(context(), 1, 1).startswith("&lt;b&gt;乙&lt;/b&gt;")

    def test_shows_small_lines_and_chips(self) -> None:
        assert '<span class="chip soon">变更</span>' in cell(context(), 0, 1)
        assert '<span class="meta">小字</span>' in cell(context(), 0, 1)

    def test_a_button_carries_a_key_and_what_is_hidden(self) -> None:
        shown = cell(context(), 0, 3)
        assert all(
            name in shown for name in ('name="act_key"', 'name="csrfmiddlewaretoken"', 'name="shared" value="2"')
        )

    def test_leaves_out_what_only_the_workbook_has(self) -> None:
        assert [one.label for one in context()["headings"]] == ["编号", "名称", "金额", ""]

    def test_is_cut_and_says_where_it_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(listings, "PAGE", 2)
        assert (len(context()["lines"]), context()["next"]) == (2, "0002")
        assert (cell(context("?after=0002"), 0, 0), context("?after=0002")["next"]) == ("3", "")

    def test_says_what_to_do_where_there_is_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tests.foundation.screens.test_listings.ROWS", [])
        assert context()["nothing"] == ("还没有东西", "去找")

    def test_says_that_a_filter_found_nothing(self) -> None:
        assert context("?q=丁")["nothing"] == ("没有符合条件的东西", "")


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "key", "value"),
        [
            ("", "state", "OPEN"),
            ("?state=", "state", ""),
            ("?state=SHUT", "state", "SHUT"),
            ("?state=x", "state", ""),
            ("?q= 甲 ", "q", "甲"),
            ("?kind=A", "kind", "A"),
            ("?kind=OLD", "kind", "OLD"),
            ("?on=2026-03-09", "on", "2026-03-09"),
            ("?on=yesterday", "on", ""),
        ],
    )
    def test_ask_for_what_they_offer(self, query: str, key: str, value: str) -> None:
        assert Things(asked(query), None).asked[key] == value

    def test_show_what_is_asked_for_though_it_is_offered_no_more(self) -> None:
        drawn = {one.key: one for one in context("?kind=OLD")["filters"]}
        assert (drawn["kind"].value, drawn["kind"].choices) == ("OLD", [("A", "甲类"), ("OLD", "OLD")])


class TestWorkbook:
    @staticmethod
    def sheet(query: str = "?as=xlsx") -> list[tuple[Any, ...]]:
        data = Things(asked(query), None).response().content
        return list(openpyxl.load_workbook(io.BytesIO(data)).active.values)[2:]  # type: ignore[union-attr]

    def test_holds_all_rows_with_numbers_as_numbers(self) -> None:
        head, *rows = self.sheet()
        assert head == ("编号", "名称", "金额", "日期")
        assert [(row[0], row[2]) for row in rows] == [(1, 500), (2, None), (3, -1.2)]
        assert rows[0][3].date() == date(2026, 3, 1)

    def test_follows_the_filters(self) -> None:
        assert [row[1] for row in self.sheet("?as=xlsx&q=甲")[1:]] == ["甲"]


class TestTrail:
    def test_notes_whom_the_page_showed(self) -> None:
        request = asked("?q=甲")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(listings, "render_page", lambda *_some, **_more: None)
            Things(request, None).response()
        assert {name: (one.where, one.shown) for name, one in vars(request)["readings"].items()} == {
            "things": (1, ("1",))
        }

    def test_notes_a_workbook_by_its_own_name_and_of_several_places_none(self) -> None:
        request = asked("?as=xlsx")
        Things(request, None).response()
        assert {name: (one.where, one.shown) for name, one in vars(request)["readings"].items()} == {
            "things:xlsx": (0, ("1", "2", "3"))
        }

    def test_names_the_record_that_the_list_is_of(self) -> None:
        class OfOne(Things):
            name = "of_one"

            def subject(self) -> str:
                return "things:A-1"

        request = asked("?as=xlsx")
        answer = OfOne(request, None).response()
        assert vars(request)["readings"].keys() == {"things:A-1:xlsx"}
        assert 'filename="things-A-1-' in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("WS-2026-0080 · JZ-2026-0034", ["WS-2026-0080", "JZ-2026-0034"]),
        ("和平里 2 号楼 · H-000062", ["H-000062"]),
        ("ISO-8859 <b>", []),
        ("王-1", []),
    ],
)
def test_a_record_s_number_is_never_broken_in_two(words: str, kept: list[str]) -> None:
    found = unbroken(words)

    assert re.findall(r'<span class="whole">([^<]+)</span>', found) == kept
    assert html.fromstring(f"<p>{found}</p>").text_content() == words
