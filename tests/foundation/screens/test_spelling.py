"""Parameters of pages and forms get their one spelling before a view reads them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from linli.foundation.screens.middleware import SpellingMiddleware


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


def test_parameters_cannot_be_altered_after_the_door():
    request = passed(RequestFactory().get("/", {"q": "x"}))

    assert request.GET._mutable is False


def test_no_control_reaches_a_view():
    sent = {"note": "困\x00难\x1b", "password": "a\x00b"}

    request = passed(RequestFactory().post("/?q=a%00b", sent))

    # A secret is kept to the letter: its form refuses the sign.
    assert (request.GET["q"], request.POST.dict()) == ("ab", {"note": "困难", "password": "a\x00b"})


def test_a_path_with_a_nul_is_not_there():
    with pytest.raises(Http404):
        passed(RequestFactory().get("/payments/FF%00/"))
