"""The page of an act: shown, refused with what was typed, done once."""

from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from linli.foundation.data.locks import FormStale
from linli.foundation.screens import acting
from linli.foundation.screens.acting import ActPage, act_at_once
from linli.foundation.trail.acts import ActRepeated
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from tests.conftest import ALWAYS


class Taken(DomainError):
    """Somebody was faster."""

    code = "tests.taken"
    message = "已被占用"


class NameForm(forms.Form):
    """A name."""

    name = forms.CharField()


class FullForm(NameForm):
    """Fields of several kinds."""

    kind = forms.ChoiceField(choices=[("A", "本社区户籍"), ("", [("B", "集体户口")])])
    day = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d"))
    living = forms.BooleanField(required=False)
    moved_date = forms.DateField()
    reason = forms.CharField(required=False)


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def request_of(**sent: str) -> HttpRequest:
    """A request to the page; with fields, the form sent."""
    request = RequestFactory().post("/x/", sent) if sent else RequestFactory().get("/x/")
    request.user = SimpleNamespace(pk=7, is_anonymous=False, is_authenticated=True)  # type: ignore[assignment]
    vars(request)["session"] = {"sure_at": ALWAYS}
    vars(request)["_messages"] = FallbackStorage(request)
    return request


class Rename(ActPage[object, None]):
    """Another name."""

    title, done = "改名", "已改名"
    form = NameForm

    def home(self) -> str:
        return "/next/"


def page(
    request: HttpRequest, deed: Callable[[Act], object], **declared: object
) -> tuple[HttpResponse, dict[str, Any]]:
    """The answer, and what the page was drawn from."""
    kept: dict[str, Any] = {}

    def keep(_request: object, _template: str, found: dict[str, Any], *, status: int = 200) -> HttpResponse:
        kept.update(found)
        return HttpResponse(status=status)

    shown = type("Shown", (Rename,), {"run": lambda _page, act, _said: deed(act), **declared})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acting, "render_page", keep)
        answer: HttpResponse = shown(request, None).response()
    return answer, kept


def told(request: HttpRequest) -> list[str]:
    """The messages of the next page."""
    return [str(one) for one in get_messages(request)]


def refuses(error: Exception) -> Callable[[Act], object]:
    """A deed that is refused."""

    def deed(_act: Act) -> object:
        raise error

    return deed


class TestActPage:
    def test_shows_the_form(self) -> None:
        answer, kept = page(request_of(), lambda act: None)
        assert (answer.status_code, kept["submit"], kept["back"]) == (200, "改名", "/next/")

    def test_acts_as_the_person_and_goes_on(self) -> None:
        acts: list[Act] = []
        request = request_of(name="甲", act_key="a" * 32)
        answer, _kept = page(request, acts.append)
        assert (answer.status_code, answer["Location"], told(request)) == (302, "/next/", ["已改名"])
        assert (acts[0].by.pk, acts[0].key) == (7, "a" * 32)

    def test_a_form_that_is_not_sound_answers_422_and_does_not_act(self) -> None:
        acts: list[Act] = []
        answer, kept = page(request_of(name=""), acts.append)
        assert (answer.status_code, "name" in kept["form"].errors, acts) == (422, True, [])

    def test_a_refusal_is_shown_on_the_form_with_what_was_typed(self) -> None:
        answer, kept = page(request_of(name="甲"), refuses(Taken()))
        assert (answer.status_code, kept["form"].data["name"]) == (422, "甲")
        assert kept["form"].non_field_errors() == ["已被占用"]

    def test_a_refusal_stands_at_the_field_that_it_names(self) -> None:
        error = Taken()
        error.field = "name"
        assert page(request_of(name="甲"), refuses(error))[1]["form"].errors["name"] == ["已被占用"]

    def test_what_somebody_else_changed_meanwhile_is_told_beside_what_was_typed(self) -> None:
        """Sent again, the form would change it back unseen."""
        stands = {"name": "乙", "kind": "B", "day": date(2026, 3, 9), "living": True, "moved_date": date(2026, 3, 9)}
        sent = {
            "name": "甲",
            "kind": "A",
            "day": "2026-03-09",
            "moved_date": "2026-03-01",
            "reason": "更正",
            "act_key": "a" * 32,
        }
        given = {"form": FullForm, "today": "moved_date", "initial": lambda _page: stands}
        _answer, kept = page(request_of(**sent), refuses(FormStale()), **given)

        assert {name: list(errors) for name, errors in kept["form"].errors.items() if name != "__all__"} == {
            "name": ["现在登记的是“乙”"],
            "kind": ["现在登记的是“集体户口”"],
            "living": ["现在登记的是“是”"],
        }
        assert kept["form"].data["name"] == "甲"

    def test_what_had_taken_effect_before_counts_as_done(self) -> None:
        request = request_of(name="甲")
        assert page(request, refuses(ActRepeated()))[0]["Location"] == "/next/"

    def test_words_and_way_may_ask_what_was_done(self) -> None:
        request = request_of(name="甲")
        answer, _kept = page(
            request, lambda act: 3, told=lambda _page, found: f"{found} 件", to=lambda _page, found: f"/{found}/"
        )
        assert (answer["Location"], told(request)) == ("/3/", ["3 件"])

    def test_what_is_told_once_is_the_answer_and_is_kept_by_nobody(self) -> None:
        request = request_of(name="甲")
        answer, _kept = page(request, lambda act: "口令", answer=lambda _page, told: HttpResponse(f"{told}"))
        assert (answer.status_code, answer.content.decode(), answer["Cache-Control"]) == (200, "口令", "no-store")

    def test_sent_again_it_is_not_told_again(self) -> None:
        answer, _kept = page(
            request_of(name="甲"), refuses(ActRepeated()), answer=lambda _page, told: HttpResponse("口令")
        )
        assert answer["Location"] == "/next/"

    def test_a_secret_page_is_kept_by_nobody(self) -> None:
        assert page(request_of(), lambda act: None, secret=True)[0]["Cache-Control"] == "no-store"


def told_to(operation: dict[str, Any], of: str = "person_id", **declared: object) -> dict[str, Any]:
    """What an operation is given by a page that says no more than names."""

    def act_with(_act: Act, **given: object) -> None:
        operation.update(given)

    row = SimpleNamespace(pk=5, version=3)
    shown = Rename.doing(act_with, of, find=lambda _page: row, **declared)
    shown(request_of(name="甲", version="3"), object()).response()
    return operation


class TestDoing:
    def test_the_operation_gets_the_fields_by_name_and_the_row_by_its_id(self) -> None:
        assert told_to({}) == {"name": "甲", "person_id": 5}

    def test_a_set_of_one_where_the_name_is_plural(self) -> None:
        assert told_to({}, of="person_ids") == {"name": "甲", "person_ids": [5]}

    def test_fields_are_called_as_the_operation_calls_them_and_left_out_where_they_are_asked_only(self) -> None:
        assert told_to({}, called={"name": "words"}) == {"words": "甲", "person_id": 5}
        assert told_to({}, called={"name": ""}) == {"person_id": 5}

    def test_the_version_that_the_page_showed_goes_along(self) -> None:
        assert told_to({}, versioned=True) == {"name": "甲", "person_id": 5, "version": 3}

    def test_texts_tell_of_the_row(self) -> None:
        request = request_of(name="甲")
        page(request, lambda act: None, done="%(who)s 已改名", words=lambda _page: {"who": "乙"})
        assert told(request) == ["乙 已改名"]

    def test_a_form_begins_with_the_day_of_the_desk(self) -> None:
        desk = SimpleNamespace(on="2026-03-09")
        assert Rename.doing(print, "", today="name")(request_of(), desk).filled.initial == {"name": "2026-03-09"}

    def test_nothing_is_said_where_there_are_no_words(self) -> None:
        request = request_of(name="甲")
        page(request, lambda act: None, done="")
        assert told(request) == []

    def test_a_refusal_that_names_no_field_is_about_the_one_that_is_declared(self) -> None:
        assert page(request_of(name="甲"), refuses(Taken()), about="name")[1]["form"].errors["name"] == ["已被占用"]


class TestActAtOnce:
    @pytest.mark.parametrize(
        ("deed", "words"),
        [(lambda act: 1, "已办"), (refuses(Taken()), "已被占用"), (refuses(ActRepeated()), "已办")],
        ids=["done", "refused", "repeated"],
    )
    def test_the_page_it_stands_on_says_what_came_of_it(self, deed: Callable[[Act], object], words: str) -> None:
        request = request_of(act_key="b" * 32)
        answer = act_at_once(request, deed, done="已办", to="/list/")
        assert (answer["Location"], told(request)) == ("/list/", [words])
