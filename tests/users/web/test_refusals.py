"""Whoever is kept out of a page or an act leaves a line in the trail, and an auditor sees it."""

import json
from datetime import date

import pytest
from django.test import Client

from linli.foundation.screens.lights import PLACE, lights
from linli.foundation.trail.audit import seal_days
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.models import ExtraLooks
from linli.ground.users.operations import ask_for_looks
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.overview.workbench.web.overseeing import Overseer
from tests.browser import LogIn, desk, log_in
from tests.conftest import MONDAY, Staff, at, system_act

__all__ = ["desk", "log_in"]
pytestmark = pytest.mark.django_db


def refusals() -> list[tuple[int | None, str, object]]:
    """Who was refused what, as the trail has it."""
    rows = AuditEntry.objects.filter(act="refused").order_by("pk")
    return [(row.actor_id, row.subject, json.loads(row.note)) for row in rows]


def test_a_page_that_is_not_theirs(staff: Staff, log_in: LogIn) -> None:
    assert log_in(staff.clerk).get("/payments/new/").status_code == 403

    assert refusals() == [(staff.clerk.pk, "page:/payments/new/", {"status": 403})]


def test_an_act_that_is_not_theirs_whatever_the_page_answers(staff: Staff, log_in: LogIn) -> None:
    number = ask_for_looks(Act(staff.director, at(MONDAY)), purpose="CALL", reason="名册核对").number
    page = log_in(staff.director).post(f"/looks/{number}/allow/", {"act_key": "a" * 32})

    assert (page.status_code, ExtraLooks.objects.get().state) == (422, "PROPOSED")
    told = {"status": 422, "tried": "users.allow_looks", "refused": "steps.same_person"}
    assert refusals() == [(staff.director.pk, f"page:/looks/{number}/allow/", told)]


def test_a_mistake_in_a_form_is_none(staff: Staff, log_in: LogIn) -> None:
    assert log_in(staff.clerk).post("/looks/ask/", {"purpose": "", "act_key": "a" * 32}).status_code == 422

    assert refusals() == []


def test_who_is_not_logged_in_leaves_none(client: Client, staff: Staff) -> None:
    assert client.get("/payments/new/").status_code == 302

    assert refusals() == []


def test_a_sealed_day_takes_no_line_and_the_page_is_refused_all_the_same(staff: Staff, log_in: LogIn) -> None:
    clerk = log_in(staff.clerk)
    seal_days(system_act(date(2026, 3, 11)), before=date(2026, 3, 10))

    assert clerk.get("/payments/new/").status_code == 403
    assert refusals() == []


def test_an_auditor_of_the_place_sees_it(staff: Staff, log_in: LogIn) -> None:
    log_in(staff.clerk).get("/payments/new/")
    light = lights["users.refused"]
    seat = Overseer(authority_of(staff.auditor, MONDAY), MONDAY)

    [row] = light.measure.lines(seat.window(light), PLACE, None).rows

    assert [str(one) for one in row][1:4] == ["王丽", "被拒绝", "页面 · /payments/new/"]
