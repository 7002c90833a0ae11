"""Many processes on one fund, and the same post many times."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from linli.foundation.trail.audit import verify
from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.queries.looks import LOOKS_A_DAY
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import Journal, Proposal
from linli.money.ledger.operations import Promise, commit
from linli.money.ledger.queries import invariants
from linli.money.payments.queries import invariants as payment_invariants
from tests.faults.conftest import Driver
from tests.ledger.test_funds import spend
from tests.ledger.world import OPENED, World, by, inside
from tests.served import served

PROCESSES, PAYMENTS = 8, 250
Answer = Any  # urllib's response or its HTTPError: both have a status and a body


@pytest.mark.faults
def test_eight_processes_share_the_last_money_exactly(
    committed_world: World, start_driver: Callable[[], Driver]
) -> None:
    world = committed_world
    spend(world, 10_000_00 - 1_900_00, source="OWN")
    promise = Promise(world.line().pk, PROCESSES * PAYMENTS * 1_00)
    inside(
        by(world.staff.maker), step=lambda act: commit(act, fund_id=world.fund.pk, promises=[promise], subject="race")
    )
    results = start_driver().race(
        "pay_many",
        [
            {
                "fund_id": world.fund.pk,
                "line_id": world.line().pk,
                "source_id": world.source("OWN").pk,
                "count": PAYMENTS,
                "worker": number,
            }
            for number in range(PROCESSES)
        ],
    )
    assert sum(result["paid"] for result in results) == 1_900
    assert sum(result["refused"] for result in results) == PROCESSES * PAYMENTS - 1_900
    assert world.balance(AccountKind.SPENDABLE, "OWN") == 0
    assert [*invariants(), *verify()] == []


@pytest.mark.faults
def test_eight_browsers_of_one_person_have_no_more_looks_than_a_day_has(
    committed_world: World, start_driver: Callable[[], Driver]
) -> None:
    [home] = committed_world.register()
    call: dict[str, object] = {"household_id": home.pk, "times": 8}

    shown = start_driver().race("look_often", [call] * PROCESSES)

    assert sum(shown) == LOOKS_A_DAY[Role.COMMUNITY_WORKER] < PROCESSES * 8


@pytest.mark.faults
def test_whoever_pushes_a_batch_on_together_with_others_each_step_happens_once(
    committed_world: World, start_driver: Callable[[], Driver]
) -> None:
    world = committed_world
    world.register(5)
    world.grant(*(world.base(one) for one in world.families))
    call = {"fund_id": world.fund.pk, "month": "2026-03"}
    steps = start_driver().race("compete", [call] * PROCESSES)
    assert sum(steps) == len(("propose", "approve", "release", "answer"))
    kinds = Journal.objects.filter(fund=world.fund, kind__in=("ACCRUAL", "SENDING", "SETTLEMENT"))
    assert sorted(kinds.values_list("kind", flat=True)) == ["ACCRUAL", "SENDING", "SETTLEMENT"]
    assert [*invariants(), *payment_invariants(), *verify()] == []


@pytest.mark.faults
def test_fifty_identical_posts_have_one_effect(committed_world: World, committed_database: str) -> None:
    world = committed_world
    before = world.total(AccountKind.CASH)
    with served() as site:
        site.tell(f"database {committed_database}")
        site.live_on(OPENED)
        address = f"{site.url}/funds/{world.fund.code}/inflows/new/"
        cookies = {settings.SESSION_COOKIE_NAME: session_of(world.staff.maker)}
        form = hidden_fields(ask(address, cookies).read().decode())
        cookies["csrftoken"] = form["csrfmiddlewaretoken"]
        form |= {"source": str(world.source("GOV").pk), "amount": "1", "on": OPENED.isoformat(), "reference": "IN-50"}
        form["paper"] = "银行回单"
        with ThreadPoolExecutor(16) as hands:
            answers = list(hands.map(lambda _: ask(address, cookies, form).status, range(50)))
    assert answers == [302] * 50
    assert Proposal.objects.filter(reference="IN-50").count() == 1
    assert world.total(AccountKind.CASH) == before
    assert [*invariants(), *verify()] == []


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    # The server believes in no factor that is shown in the future: just now it was.
    session = client.session
    session["sure_at"] = timezone.now().isoformat()
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def hidden_fields(page: str) -> dict[str, str]:
    """What the form carries besides what is typed: its token and the key of its act."""
    return dict(re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|act_key)" value="([^"]+)"', page))


def ask(address: str, cookies: Mapping[str, str], form: Mapping[str, str] | None = None) -> Answer:
    """One request; redirections are answers."""
    data = urlencode(form).encode() if form else None
    request = Request(address, data, {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())})
    try:
        return build_opener(_Stay).open(request, timeout=60)
    except HTTPError as answer:
        return answer


class _Stay(HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_: object) -> None:
        return None
