"""The page of a family: what rooms bring is put together, the history is cut at whole days."""

from collections.abc import Iterator
from datetime import UTC, date, timedelta

import pytest
from django.test import RequestFactory

from linli.foundation.data.scope import Stamp
from linli.foundation.screens import families
from linli.foundation.screens.cells import Cell
from linli.foundation.screens.families import Asking, Card, Family, Happened, Line, Part, Window, gathered, history
from linli.foundation.screens.work import Todo
from linli.foundation.shelves import Shelf

MONDAY = date(2026, 3, 9)
HOME = Family(7, "H-000007", {3: ("R-000003", "王建国")}, Stamp(None, None, None, None))


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Asking:
    """Nobody brings anything yet."""
    monkeypatch.setattr(families, "parts", Shelf())
    monkeypatch.setattr(families, "stories", Shelf())
    return Asking(RequestFactory().get("/residents/households/H-000007/"), None, HOME, MONDAY)


def card(*words: str, over: tuple[str, ...] = (), place: int = 1) -> Card:
    return Card(place, words, [Line(Cell(one), key=one) for one in words], [Line(Cell(one)) for one in over])


def told(*days: date) -> list[Happened]:
    return [Happened(day, f"{day} {place}") for place, day in enumerate(days)]


def shown(asking: Asking, own: list[Happened], before: date | None = None) -> tuple[list[str], date | None]:
    def story(_asking: Asking, window: Window) -> list[Happened]:
        return [one for one in own if one.day < window.before][: window.most]

    lines, earlier = history(asking, story, before)
    return [str(line["title"]) for line in lines], earlier


def test_who_belongs_to_it_bears_a_number():
    assert (HOME.units, HOME.named("R-000003"), HOME.named("H-000007")) == (["H-000007", "R-000003"], "王建国", "")


def test_cards_stand_in_their_order_and_empty_ones_do_not(asking: Asking):
    families.parts.put({"a": lambda _asking: Part([card("later", place=2), Card(0, "empty")])})
    families.parts.put({"b": lambda _asking: Part([card("first")])})

    assert [title for title, _lines, _over in gathered(asking).cards] == [("first",), ("later",)]


def test_of_what_is_over_the_newest_shows_where_nothing_else_does(asking: Asking):
    families.parts.put({"a": lambda _asking: Part([card(over=("new", "old")), card("live", over=("past",))])})

    lines = [([one.what for one in now], [one.what for one in over]) for _title, now, over in gathered(asking).cards]
    assert lines == [(["new"], ["old"]), (["live"], ["past"])]


def test_a_room_s_note_stands_below_another_s_line(asking: Asking):
    families.parts.put({"a": lambda _asking: Part([card("DY-1")])})
    families.parts.put({"b": lambda _asking: Part(notes={"DY-1": ["paid"], "R-000003": ["poor"]})})

    found = gathered(asking)
    assert (found.cards[0][1][0].notes, found.notes["R-000003"]) == (["paid"], ["poor"])


def test_next_is_what_the_law_lets_wait_least_and_leads_back(asking: Asking):
    late = Todo("A", "a", "1", "log_in", due_date=MONDAY + timedelta(9))
    soon, some_day = Todo("B", "b", "2", "log_in", due_date=MONDAY), Todo("C", "c", "3", "log_in")
    families.parts.put({"a": lambda _asking: Part(waits=[some_day, late, soon])})

    assert gathered(asking).next == (soon, "/log-in/?next=%2Fresidents%2Fhouseholds%2FH-000007%2F")


def test_what_two_rooms_need_is_read_once(asking: Asking):
    asked: list[Asking] = []

    def read(one: Asking) -> list[str]:
        asked.append(one)
        return ["row"]

    assert [asking.once(read), asking.once(read), asked] == [["row"], ["row"], [asking]]


class TestHistory:
    def test_is_newest_first_from_every_room(self, asking: Asking):
        def story(_asking: Asking, _window: Window) -> Iterator[Happened]:
            yield Happened(MONDAY - timedelta(1), "between")

        families.stories.put({"a": story})
        titles, earlier = shown(asking, told(MONDAY, MONDAY - timedelta(2)))
        assert (titles, earlier) == (["2026-03-09 0", "between", "2026-03-07 1"], None)

    def test_goes_on_page_by_page_and_loses_nothing(self, asking: Asking):
        days = told(*sorted((MONDAY - timedelta(place // 3) for place in range(200)), reverse=True))
        found, before, pages = [], None, 0
        while pages == 0 or before:
            titles, before = shown(asking, days, before)
            found, pages = [*found, *titles], pages + 1

        assert (found, pages) == ([one.title for one in days], 6)

    def test_lies_before_a_moment_that_every_database_takes(self) -> None:
        begins = [Window(day).until.astimezone(UTC).date() for day in (date.min, date(2026, 3, 10), date.max)]
        assert begins == [date.min, date(2026, 3, 9), date(9999, 12, 30)]

    def test_of_one_hand_or_several_about_one_thing_is_one_line(self, asking: Asking, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(families.cells, "names_of", lambda _hands: {1: "王丽", 2: "李明"})
        facts = [Happened(MONDAY, "记录情况", 1, note, "走访") for note in ("独居", "低收入", "独居")]
        signed = [Happened(MONDAY, "签署", hand, "JZ-1") for hand in (1, 2)]
        (first, second), _earlier = history(asking, lambda _asking, _window: [*facts, *signed], None)

        assert (first["by"], first["note"], first["mark"]) == ("王丽", "独居 · 低收入 · 走访", True)
        assert (second["by"], second["note"], second["mark"]) == ("王丽、李明", "JZ-1", False)
