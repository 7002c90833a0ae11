"""Registering oneself at the public door, and what the community makes of it."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from linli.foundation.trail.words import act_words
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import Act
from linli.registry.newcomers.codes import RequestState
from linli.registry.newcomers.models import Request
from linli.registry.newcomers.operations import NoSuchHousehold, ask, confirm, empty, reopen
from linli.registry.newcomers.steps import SaidEmptied
from linli.registry.residents.models import Resident
from linli.registry.residents.operations import register_households
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.newcomers.requests import SAID, asked, refused
from tests.paging import assert_turns_over
from tests.residents.people import couple

__all__ = ["log_in"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(settings: LazySettings) -> None:
    live_on(settings, MONDAY)


def send(community: Community, place: str = "127.0.0.1", **changes: str) -> tuple[int, str]:
    """What the door answers somebody."""
    told = {**SAID, "community_id": str(community.community.pk), "agreed": "on", **changes}
    answer = Client().post("/register/", told, REMOTE_ADDR=place)
    return answer.status_code, answer.content.decode()


class TestDoor:
    def test_says_that_somebody_will_call(self, community: Community) -> None:
        status, page = send(community)

        assert (status, "已收到，编号 ZB-2026-0001。" in page) == (200, True)
        assert SAID["phone"] not in page

    def test_puts_nobody_into_the_registry(self, community: Community) -> None:
        send(community)

        assert not Resident.objects.exists()

    def test_answers_who_is_registered_like_everybody_else(self, staff: Staff, community: Community) -> None:
        new = couple(community.grid.pk)
        register_households(Act(staff.clerk, at(MONDAY)), households=[new])
        known = send(community, name=new.members[0].name, phone="13900002222")
        other = send(community, name="吴生", phone="13900003333")

        assert known[1].replace("ZB-2026-0001", "").count("已收到") == other[1].count("已收到") == 1
        assert known[0] == other[0]

    def test_keeps_what_was_said_sealed(self, community: Community) -> None:
        send(community)

        [row] = Request.objects.values()
        assert not any(word in str(row) for word in SAID.values())

    @pytest.mark.parametrize("missing", ["name", "phone", "address", "agreed", "community_id"])
    def test_asks_for_what_is_needed(self, community: Community, missing: str) -> None:
        assert send(community, **{missing: ""})[0] == 422

    def test_counts_tries_by_telephone(self, community: Community) -> None:
        statuses = [send(community)[0] for _try in range(3)]

        assert (statuses, send(community, phone="13900009999")[0]) == ([200, 200, 429], 200)

    def test_a_stranger_uses_up_nobody_else_s_telephone(self, community: Community) -> None:
        """Before, two forms with somebody's telephone kept its owner out for the day."""
        strangers = [send(community, place="203.0.113.7")[0] for _try in range(3)]

        assert (strangers, send(community)[0]) == ([200, 200, 429], 200)

    def test_what_a_telephone_is_refused_the_others_at_the_place_still_have(self, community: Community) -> None:
        for _try in range(30):
            send(community)

        assert [send(community, phone=f"139000022{n:02}")[0] for n in range(19)] == [200] * 18 + [429]

    def test_one_telephone_is_one_however_it_is_written(self, community: Community) -> None:
        written = ("13900008888", "139-0000 8888", "+86 13900008888", "86-139-0000-8888")

        assert [send(community, phone=phone)[0] for phone in written] == [200, 200, 429, 429]
        assert send(community, phone="008613900008888")[0] == 422
        assert send(community, phone="+ - + -")[0] == 422

    def test_the_same_form_sent_twice_is_one_request(self, community: Community) -> None:
        first, again = (send(community, act_key="a" * 32) for _time in range(2))

        assert (first[0], again[0]) == (200, 200)
        assert "已经收到过了" in again[1]
        assert Request.objects.count() == 1

    def test_asks_nothing_more_when_it_has_been_received(self, community: Community) -> None:
        assert '<form method="post" novalidate>' not in send(community)[1]

    def test_a_form_that_says_something_else_than_before_is_no_request(self, community: Community) -> None:
        send(community, act_key="a" * 32)
        status, page = send(community, act_key="a" * 32, address="和平里 9 号楼")

        assert (status, "这次改动的内容没有办理" in page, Request.objects.count()) == (422, True, 1)

    def test_the_product_alone_asks(self, staff: Staff, community: Community) -> None:
        with pytest.raises(NotPermitted):
            ask(Act(staff.clerk, at(MONDAY)), community_id=community.community.pk, said=SAID)

    def test_its_acts_have_words_in_the_trail(self) -> None:
        told = [act_words(f"newcomers.{act}") for act in ("ask", "confirm", "refuse", "reopen", "empty")]
        assert not [one for one in told if "newcomers" in str(one)]


class TestDesk:
    def test_is_one_of_the_lists_of_the_registry(self, staff: Staff, community: Community, log_in: LogIn) -> None:
        [tab] = [one for one in log_in(staff.clerk).get("/residents/").context["tabs"] if one[1].endswith("/requests/")]

        assert (str(tab[0]), tab[2]) == ("自助登记", False)

    def test_waits_for_the_workers_of_that_community(self, staff: Staff, community: Community, log_in: LogIn) -> None:
        row = asked(community.community.pk)

        assert row.number in log_in(staff.clerk).get("/work/").content.decode()
        assert row.number not in log_in(staff.outsider).get("/work/").content.decode()

    def test_shows_what_was_said_to_who_calls_back(self, staff: Staff, community: Community, log_in: LogIn) -> None:
        row = asked(community.community.pk)

        page = log_in(staff.clerk).get(f"/residents/requests/{row.number}/").content.decode()
        assert all(word in page for word in SAID.values())

    def test_is_confirmed_with_a_household_and_emptied(self, staff: Staff, community: Community, log_in: LogIn) -> None:
        [home] = register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])
        row = asked(community.community.pk)

        log_in(staff.clerk).post(f"/residents/requests/{row.number}/confirm/", {"household": home.number.lower()})

        row.refresh_from_db()
        assert (row.state, row.household, row.said) == (RequestState.CONFIRMED, home.number, {})

    def test_is_not_confirmed_with_a_household_of_nowhere(self, staff: Staff, community: Community) -> None:
        with pytest.raises(NoSuchHousehold):
            confirm(Act(staff.clerk, at(MONDAY)), request_id=asked(community.community.pk).pk, household="H-9999-9999")

    def test_is_refused_and_taken_up_again(self, staff: Staff, community: Community) -> None:
        row = refused(staff, community.community.pk)

        again = reopen(Act(staff.clerk, at(MONDAY)), request_id=row.pk)

        assert (again.state, again.name, again.decided_by_id) == (RequestState.WAITING, SAID["name"], None)

    @pytest.mark.parametrize(("days", "kept"), [(29, True), (30, False)])
    def test_is_forgotten_thirty_days_after_a_refusal(
        self, staff: Staff, community: Community, days: int, kept: bool
    ) -> None:
        row = refused(staff, community.community.pk)

        empty(system_act(MONDAY + timedelta(days=days)))

        row.refresh_from_db()
        assert bool(row.said) == kept
        if not kept:
            with pytest.raises(SaidEmptied):
                reopen(Act(staff.clerk, at(MONDAY + timedelta(days=days))), request_id=row.pk)

    def test_list_turns_over(
        self, staff: Staff, community: Community, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _one in range(3):
            asked(community.community.pk)
        browser = log_in(staff.clerk)
        assert_turns_over(lambda address: browser.get(address).content.decode(), "/residents/requests/", monkeypatch)
