from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from linli.foundation.screens.desks import pages_at

reading = pages_at("money", lambda somebody, on: {"who": somebody.pk, "on": on}, lambda desk: desk["who"] == 7)
writing = pages_at("money", lambda somebody, on: {"who": somebody.pk, "on": on}, lambda desk: desk["who"] == 8)


@reading
def reads(request, desk, number):
    return HttpResponse(f"{desk['who']} {desk['on']} {number}")


@writing
def writes(request, desk):
    raise AssertionError("nobody is admitted")


class TestPagesAt:
    def test_give_the_page_the_desk_of_who_asks_on_the_day(self, request_of):
        assert reads(request_of(), number="F-1").content.decode() == f"7 {date(2026, 3, 9)} F-1"

    def test_mark_the_job_in_the_frame(self, request_of):
        request = request_of()
        reads(request, "F-1")

        assert request.nav_key == "money"

    def test_refuse_whom_the_room_does_not_admit(self, request_of):
        with pytest.raises(PermissionDenied):
            writes(request_of())

    def test_send_strangers_to_the_log_in(self, request_of, settings):
        settings.LOGIN_URL = "/log-in/"

        assert reads(request_of(anonymous=True), "F-1").url == "/log-in/?next=/"

    def test_tell_a_strangers_script_apart_the_log_in_is_no_part_of_its_page(self, request_of, settings):
        settings.LOGIN_URL = "/log-in/"
        asks, restores = request_of(anonymous=True), request_of(anonymous=True)
        asks.META["HTTP_HX_REQUEST"] = restores.META["HTTP_HX_REQUEST"] = "true"
        restores.META["HTTP_HX_HISTORY_RESTORE_REQUEST"] = "true"

        assert reads(asks, "F-1").status_code == 401
        assert reads(restores, "F-1").status_code == 302
