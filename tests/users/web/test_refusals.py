"""Whoever is kept out of a page or an act leaves a line in the trail, and an auditor sees it."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.aid.assistance.operations.papers import PaperNeedsOffice
from linli.aid.assistance.operations.team import AssessorKin
from linli.foundation.screens.exporting import ExportNotPossible, ExportReachChanged
from linli.foundation.screens.lights import PLACE, lights
from linli.foundation.trail.audit import seal_days
from linli.foundation.trail.models import AuditEntry
from linli.ground.users import operations
from linli.ground.users.models import Assignment, ExtraLooks, User
from linli.ground.users.operations import ask_for_looks, note_failure
from linli.ground.users.operations.assignments import OwnRole, RolesApart, TwoNeeded
from linli.ground.users.operations.factors import FactorGuessed
from linli.ground.users.operations.passwords import PasswordGuessed, RecoveryNeeded
from linli.ground.users.queries import NotPermitted, authority_of
from linli.ground.users.queries.looks import LooksSpent, UrgentLooksSpent
from linli.ground.users.steps import NotYourRequest, OwnAccess
from linli.ground.users.web.refusals import _kept
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import OwnFamily, SamePerson
from linli.overview.workbench.web.overseeing import Overseer
from linli.registry.residents.models import Household
from linli.registry.residents.operations import register_households
from tests.browser import LogIn, desk, log_in
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.residents.people import couple

__all__ = ["desk", "log_in"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(staff: Staff, community: Community) -> dict[str, str]:
    """Records of another community, by the routes of their pages: a household, one of its people."""
    home: Household = register_households(Act(staff.outsider, at(MONDAY)), households=[couple(community.foreign.pk)])[0]
    one = home.memberships.order_by("pk")[0].resident
    return {
        "household_detail": f"/residents/households/{home.number}/",
        "resident_detail": f"/residents/people/{one.number}/",
    }


def refusals() -> list[tuple[int | None, str, Any]]:
    """Who was refused what, as the trail has it."""
    rows = AuditEntry.objects.filter(act="refused").order_by("pk")
    return [(row.actor_id, row.subject, json.loads(row.note)) for row in rows]


def test_a_page_that_is_not_theirs(staff: Staff, log_in: LogIn) -> None:
    assert log_in(staff.clerk).get("/payments/new/").status_code == 403

    assert refusals() == [(staff.clerk.pk, "page:/payments/new/", {"status": 403, "route": "batch_new"})]


def test_an_act_that_is_not_theirs_whatever_the_page_answers(staff: Staff, log_in: LogIn) -> None:
    number = ask_for_looks(Act(staff.director, at(MONDAY)), purpose="CALL", reason="名册核对").number
    page = log_in(staff.director).post(f"/looks/{number}/allow/", {"act_key": "a" * 32})

    assert (page.status_code, ExtraLooks.objects.get().state) == (422, "PROPOSED")
    told = {"status": 422, "route": "looks_step", "tried": "users.allow_looks", "refused": "steps.same_person"}
    assert refusals() == [(staff.director.pk, f"page:/looks/{number}/…/", told)]


def test_a_mistake_in_a_form_is_none(staff: Staff, log_in: LogIn) -> None:
    assert log_in(staff.clerk).post("/looks/ask/", {"purpose": "", "act_key": "a" * 32}).status_code == 422

    assert refusals() == []


def test_what_somebody_types_into_an_address_is_not_kept(staff: Staff, log_in: LogIn) -> None:
    maker = log_in(staff.maker)
    maker.get("/residents/people/王建国 110101194910010017 电话13800138000/")
    maker.get("/residents/households/110101194910010017/")
    maker.get("/residents/import/110101194910010017/?who=王建国")
    log_in(staff.clerk).get("/payments/FF-2026-03-1/proof/")

    kept = [subject for _who, subject, _note in refusals()]
    assert kept[:2] == ["page:/residents/people/…/", "page:/residents/households/…/"]
    assert not [row for row in AuditEntry.objects.all() if re.search("王建国|1101011949", f"{row.subject}{row.note}")]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        *((number, number) for number in ("H-000123", "R-1000001", "JZ-2026-0152", "FF-2026-03-1", "LZ-2026-000001")),
        *((number, "…") for number in ("110101194910010017", "R-13800138000", "王建国", "jz-2026-0001", "张-2026-1")),
        *((number, "…") for number in ("JZ-2026-0001 王建国", "JZ-2026-0001\n", "٣-2026-0001", "A-1949-10-0100171234")),
        (152, "152"),
        (13800138000, "…"),
        (110101194910010017, "…"),
    ],
)
def test_numbers_of_ours_are_kept_and_nothing_else(said: object, kept: str) -> None:
    assert _kept(said) == kept


def test_thirty_of_one_hour_are_one_line_and_the_next_hour_has_its_own(
    staff: Staff, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, moment = log_in(staff.clerk), at(MONDAY)
    monkeypatch.setattr("linli.ground.users.web.refusals.now", lambda: moment)
    for _time in range(30):
        assert clerk.get("/payments/new/").status_code == 403
    assert clerk.get("/payments/reconcile/").status_code == 403
    assert [subject for _who, subject, _note in refusals()] == ["page:/payments/new/", "page:/payments/reconcile/"]

    moment = at(MONDAY, 10)
    clerk.get("/payments/new/")
    assert len(refusals()) == 3


def test_who_asks_for_what_is_there_and_out_of_reach_leaves_a_line(
    staff: Staff, log_in: LogIn, elsewhere: dict[str, str]
) -> None:
    clerk = log_in(staff.clerk)
    for route, address in elsewhere.items():
        assert clerk.get(address).status_code == 404
        assert refusals()[-1] == (staff.clerk.pk, f"page:{address}", {"status": 404, "route": route})
    assert len(refusals()) == len(elsewhere)


def test_who_asks_for_what_is_nowhere_leaves_none(staff: Staff, log_in: LogIn, elsewhere: dict[str, str]) -> None:
    clerk = log_in(staff.clerk)
    for address in elsewhere.values():
        assert clerk.get(re.sub("[0-9]{4,6}/", "9999/", address)).status_code == 404

    assert refusals() == []


def test_the_answer_is_gone_before_the_trail_is_asked(
    staff: Staff, log_in: LogIn, elsewhere: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever measures how long an answer takes learns nothing of what is out of reach."""
    clerk, at_close = log_in(staff.clerk), []
    monkeypatch.setattr(HttpResponseBase, "close", lambda response: at_close.append(len(refusals())))
    there, nowhere = elsewhere["household_detail"], "/residents/households/H-999999/"

    with CaptureQueriesContext(connection) as of_there:
        one = clerk.get(there)
    with CaptureQueriesContext(connection) as of_nowhere:
        other = clerk.get(nowhere)

    told = [text.replace(there, "").replace(nowhere, "") for text in (one.text, other.text)]
    assert len(of_there) - len(of_nowhere) == 0
    assert len(told[0]) == len(told[1])
    assert at_close == [0, 0]
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


@pytest.mark.parametrize("gone", [False, True])
def test_a_failed_log_in_to_an_account_of_no_area_is_seen_where_its_person_works(
    staff: Staff, community: Community, *, gone: bool
) -> None:
    """Whose role is over is an account still that somebody tries."""
    User.objects.filter(pk=staff.clerk.pk).update(area=None)
    # A grid has no chain of its own.
    Assignment.objects.filter(user=staff.clerk).update(area=community.grid)
    if gone:
        Assignment.objects.filter(user=staff.clerk).update(valid_until=MONDAY)
    note_failure(Act(SYSTEM, at(MONDAY)), user_id=staff.clerk.pk, what="password")
    light = lights["users.refused"]
    seat = Overseer(authority_of(staff.auditor, MONDAY), MONDAY)

    [row] = light.measure.lines(seat.window(light), PLACE, None).rows
    assert str(row[3]) == f"账号 · {staff.clerk.username}"


def test_a_log_in_to_an_account_of_no_area_stands_where_its_person_works(staff: Staff, community: Community) -> None:
    User.objects.filter(pk=staff.clerk.pk).update(area=None)
    operations.log_in(Act(staff.clerk, at(MONDAY)))

    assert AuditEntry.objects.get(act="users.log_in").chain == community.community.pk


@pytest.mark.parametrize(
    "refusal",
    [
        *(NotPermitted, SamePerson, OwnFamily, OwnAccess, NotYourRequest, OwnRole, RolesApart, TwoNeeded),
        *(RecoveryNeeded, PasswordGuessed, FactorGuessed, LooksSpent, UrgentLooksSpent, AssessorKin, PaperNeedsOffice),
        *(ExportReachChanged, ExportNotPossible),
    ],
)
def test_a_no_because_of_who_somebody_is(refusal: type[DomainError]) -> None:
    assert refusal.of_access


def test_a_role_for_oneself_is_refused_with_a_line(staff: Staff, log_in: LogIn) -> None:
    page = log_in(staff.administrator).post(
        f"/organisation/accounts/of/{staff.administrator.username}/roles/new/",
        {"role": "SOCIAL_WORKER", "area": "990101001001", "valid_from": MONDAY.isoformat(), "act_key": "a" * 32},
    )

    assert page.status_code == 422
    assert [note["refused"] for _who, _page, note in refusals()] == ["users.own_role"]
