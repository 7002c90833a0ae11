import pytest
from django.test import RequestFactory

from linli.foundation.screens.drafting import address_of
from linli.foundation.screens.pages import came_from, onward, returning

HOME = "/residents/households/H-000001/"


@pytest.mark.parametrize("asked", [HOME, f"{HOME}?after=3", "/"])
def test_a_page_of_ours_is_gone_back_to(asked):
    address = returning("/letters/WS-2026-0001/", asked)

    assert onward(RequestFactory().get(address), "/letters/") == asked


@pytest.mark.parametrize(
    "asked",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "javascript:alert(1)",
        "residents/",
        "/nowhere/",
        "",
        "\n/",
    ],
)
def test_nothing_else_is(asked):
    request = RequestFactory().get("/letters/", {"next": asked})

    assert (came_from(request), onward(request, "/letters/")) == ("", "/letters/")


def test_a_form_may_say_where_it_came_from_itself():
    assert came_from(RequestFactory().post("/letters/", {"next": HOME})) == HOME


def test_a_draft_lies_at_its_page_whatever_led_there():
    plain, led = RequestFactory().get("/x/?unit=H-1"), RequestFactory().get(returning("/x/?unit=H-1", HOME))

    assert address_of(plain) == address_of(led) == "/x/?unit=H-1"
