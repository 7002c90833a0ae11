"""Parameters of pages and forms get their one spelling before a view reads them."""

import pytest
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from linli.foundation.screens.middleware import RefusalMiddleware, SpellingMiddleware


def passed(request: HttpRequest) -> HttpRequest:
    door = SpellingMiddleware(lambda request: HttpResponse())
    door.process_view(request, None, (), {})
    return request


def test_search_boxes_are_read_in_one_spelling():
    request = passed(RequestFactory().get("/", {"q": "\u202a王　小明 \u200b", "as": ["a", "b"]}))

    assert (request.GET["q"], request.GET.getlist("as")) == ("王 小明", ["a", "b"])


def test_a_form_s_fields_are_read_by_their_names():
    typed = {
        "m0-name": "张　三",
        "m0-id_number": "１１０１０５ 1949",
        "note": "第一行\r\n 第二行 ",
        "password": " a　b ",
    }

    request = passed(RequestFactory().post("/?q=%E3%80%80x", typed))

    assert (request.POST.dict(), request.GET["q"]) == (
        {"m0-name": "张三", "m0-id_number": "1101051949", "note": "第一行\r\n 第二行", "password": " a　b "},
        "x",
    )


def test_uploaded_files_stay():
    request = passed(RequestFactory().post("/", {"name": "张 三", "file": SimpleUploadedFile("a.csv", b"1, 2")}))

    assert (request.POST["name"], request.FILES["file"].read()) == ("张三", b"1, 2")
    request.close()


def test_parameters_cannot_be_altered_after_the_door():
    request = passed(RequestFactory().get("/", {"q": "x"}))

    assert request.GET._mutable is False


def test_no_control_reaches_a_view():
    sent = {"note": "困\x00难\x1b", "password": "a\x00b"}

    request = passed(RequestFactory().post("/?q=a%00b", sent))

    # A secret is kept to the letter: its form refuses the sign.
    assert (request.GET["q"], request.POST.dict()) == ("ab", {"note": "困难", "password": "a\x00b"})


def test_no_value_of_an_address_is_longer_than_any_of_ours():
    passed(RequestFactory().get("/", {"q": "x" * 4_000}))

    with pytest.raises(BadRequest):
        passed(RequestFactory().get("/", {"a": "1", "q": ["1", "x" * 4_001]}))


def test_what_no_column_holds_is_refused_in_words():
    refusing = RefusalMiddleware(lambda _request: HttpResponse())
    answer = refusing.process_exception(RequestFactory().get("/"), DataError("value too long"))

    assert answer is not None
    assert (answer.status_code, "填写的内容过长" in answer.content.decode()) == (409, True)


def test_a_path_with_a_nul_is_not_there():
    with pytest.raises(Http404):
        passed(RequestFactory().get("/payments/FF%00/"))
