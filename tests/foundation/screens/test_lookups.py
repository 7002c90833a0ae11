"""A field whose text is looked up: offered while one types, taken by code, name or as offered."""

import pytest
from django import forms
from django.test import RequestFactory

from linli.foundation.screens.lookups import LookupField, Offer, offered

PLACES = [
    Offer(1, "G1", "第一网格", "幸福里社区 · 第一网格"),
    Offer(2, "B1", "1 号楼", "幸福里社区 · 第一网格 · 1 号楼"),
    Offer(3, "B11", "11 号楼", "幸福里社区 · 第一网格 · 11 号楼"),
    Offer(4, "C1", "1 号楼", "平安里社区 · 1 号楼"),
    Offer(5, "G2", "第二网格", "平安里社区 · 第二网格"),
]


class PlaceForm(forms.Form):
    place = LookupField(label="楼栋")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.fields["place"].find = find


def find(text: str) -> list[Offer]:
    return [one for one in PLACES if one.code == text] or [one for one in PLACES if text in one.name]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("G1", 1),
        ("第一网格", 1),
        ("11 号楼", 3),
        (PLACES[1].said, 2),
        (f" {PLACES[3].said} ", 4),
        # Which one was asked though one alone has it in its name.
        ("第一", 1),
        ("11", 3),
    ],
)
def test_takes_what_is_meant(typed, value):
    form = PlaceForm({"place": typed})
    assert (form.is_valid(), form.cleaned_data["place"]) == (True, value)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1 号楼", "请写明是哪一个：幸福里社区 · 第一网格 · 1 号楼 B1"),
        ("号楼", "请写明是哪一个：幸福里社区 · 第一网格 · 1 号楼 B1"),
        ("二", "请写明是哪一个：平安里社区 · 第二网格 G2"),
        ("别处 第一", "请写明是哪一个：幸福里社区 · 第一网格 G1"),
        ("哪里", "没有找到，请从提示中选择，或填写代码"),
        ("", "请填写"),
    ],
)
def test_refuses_what_is_not_one_thing_and_says_what_was_meant(typed, told):
    form = PlaceForm({"place": typed})
    assert not form.is_valid()
    assert str(form.errors["place"][0]).startswith(told)


def test_offers_what_a_text_could_mean_and_nothing_for_another_field():
    asks = RequestFactory().get("/x/", {"suggest": "place", "place": "第一"})
    assert offered(asks, PlaceForm()).content.decode() == f'<option value="{PLACES[0].said}">'
    for other in ({"suggest": "name"}, {}):
        assert offered(RequestFactory().get("/x/", other), PlaceForm()) is None
    assert offered(RequestFactory().get("/x/", {"suggest": "place"}), PlaceForm()).content == b""


def test_keeps_what_was_typed_and_holds_no_options():
    shown = str(PlaceForm({"place": '"网格'})["place"])
    assert ['value="&quot;网格"' in shown, "<option" in shown, '<datalist id="o-place"></datalist>' in shown] == [
        True,
        False,
        True,
    ]
