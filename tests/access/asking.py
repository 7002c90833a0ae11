"""What the oracle in matrix.toml asks of whom, and questions that leave the world as it was."""

import random
import tomllib
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.test import Client, override_settings
from django.urls import reverse

from linli.foundation import clock
from linli.foundation.trail.models import AuditEntry
from linli.ground.areas.models import Area
from linli.ground.users.models import User
from linli.registry.residents.models import Guardianship
from tests.access.world import PAPER, Objects, World
from tests.conftest import MONDAY, at

ORACLE = tomllib.loads(Path(__file__).with_name("matrix.toml").read_text())
ROUTES: Mapping[str, Mapping[str, str]] = ORACLE["routes"]
PROFILES: Mapping[str, Mapping[str, Mapping[str, int]]] = ORACLE["profiles"]
GROUPS: Mapping[str, list[str]] = ORACLE["groups"]
EVERYBODY = frozenset(GROUPS["everybody"])
# The steps on a case, each with a case that waits for it.
STEPS = {
    "accept": "received",
    "supplement": "incomplete",
    "turn-away": "received",
    "team": "accepted",
    "change-team": "assessing",
    "opinion": "assessed",
    "review": "opined",
    "publish": "reviewed",
    "object": "published",
    "answer-objection": "assessed",
    "grant": "published",
    "refuse": "published",
    "withdraw": "received",
}
# What an address points at, by the oracle's word for it: its arguments where it is there, and where it is missing.
ARGUMENTS: Mapping[str, tuple[Callable[[Objects], list[Any]], list[Any]]] = {
    "household": (lambda there: [there.household.number], ["H-0000-0000"]),
    "resident": (lambda there: [_resident(there)], ["R-0000-0000"]),
    "moved_household": (lambda there: [there.moved_household.number], ["H-0000-0000"]),
    "moved_resident": (lambda there: [_moved(there, "CHILD")], ["R-0000-0000"]),
    "away_resident": (lambda there: [_moved(there, "SPOUSE")], ["R-0000-0000"]),
    "masked_field": (lambda there: [_resident(there), "id_number"], ["R-0000-0000", "id_number"]),
    "case": (lambda there: [there.received.number], ["JZ-0000-0000"]),
    "family_case": (lambda there: [there.assessing.number], ["JZ-0000-0000"]),
    "case_paper": (lambda there: [there.assessing.number, PAPER], ["JZ-0000-0000", PAPER]),
    "case_letter": (lambda there: [there.assessing.number, there.letter.number], ["JZ-0000-0000", "WS-0000-0000"]),
    "assessment": (lambda there: [there.assessment.pk], [0]),
    "renewal": (lambda there: [there.renewal.pk], [0]),
    "prepared": (lambda there: [there.prepared.number], ["GS-0000-0000"]),
    "posted": (lambda there: [there.posted.number], ["GS-0000-0000"]),
    "notice": (lambda there: [there.posted.token], ["unheard_of"]),
    "delivered": (lambda there: [there.delivered.number], ["WS-0000-0000"]),
    "letter": (lambda there: [there.letter.number], ["WS-0000-0000"]),
    "award": (lambda there: [there.award.number], ["DY-0000-0000"]),
    "account_of_staff": (lambda _there: ["clerk"], ["unheard-of"]),
    "assignment_of_staff": (
        lambda _there: ["clerk", User.objects.get(username="clerk").assignments.get().pk],
        ["clerk", 0],
    ),
    "guardianship": (lambda there: [there.household.number, _guardianship(there)], ["H-0000-0000", 0]),
    "area": (lambda there: [Area.objects.get(pk=there.household.community_id).code], ["unheard-of"]),
    "account": (lambda there: [there.account.pk], [0]),
    "receivable": (lambda there: [there.receivable.pk], [0]),
    "fund": (lambda there: [there.fund.code], ["unheard_of"]),
    "journal": (lambda there: [there.journal.number], ["JL-0000-0000"]),
    "carry_over": (lambda there: [there.carry_over.number], ["JY-0000-000"]),
    **{
        f"carry_over:{code}": (lambda there, code=code: [there.carry_over.number, code], ["JY-0000-000", code])
        for code in ("approve", "decline", "reverse")
    },
    "proposal": (lambda there: [there.proposal.number], ["FH-0000-0000"]),
    **{
        f"proposal:{code}": (lambda there, code=code: [there.proposal.number, code], ["FH-0000-0000", code])
        for code in ("confirm", "refuse", "withdraw")
    },
    "released": (lambda there: [there.released.number], ["FF-0000-0000"]),
    "proposed": (lambda there: [there.proposed.number], ["FF-0000-0000"]),
    "plan_version": (lambda there: [there.version.number], ["P-0000-0000"]),
    "receipt": (lambda _there: ["0" * 32], ["0" * 32]),
    "request": (lambda there: [there.request.number], ["ZB-0000-0000"]),
    **{
        f"request:{code}": (lambda there, code=code: [there.request.number, code], ["ZB-0000-0000", code])
        for code in ("confirm", "refuse", "reopen")
    },
    "link": (lambda there: [there.link.number], ["GL-0000-0000"]),
    **{
        f"link:{code}": (lambda there, code=code: [there.link.number, code], ["GL-0000-0000", code])
        for code in ("doubt", "keep", "end")
    },
    "nobodys_factor": (lambda _there: [0], [0]),
    "nobodys_session": (lambda _there: ["0" * 40], ["0" * 40]),
    "session_of_staff": (lambda _there: ["clerk", "0" * 40], ["clerk", "0" * 40]),
    "access": (lambda there: [there.access.number], ["SQ-0000-0000"]),
    **{
        f"access:{code}": (lambda there, code=code: [there.access.number, code], ["SQ-0000-0000", code])
        for code in ("confirm", "refuse", "withdraw")
    },
    "looks": (lambda there: [there.looks.number], ["CK-0000-0000"]),
    **{
        f"looks:{code}": (lambda there, code=code: [there.looks.number, code], ["CK-0000-0000", code])
        for code in ("allow", "refuse", "withdraw")
    },
    **{
        f"opened:{code}": (lambda there, code=code: [there.opened.number, code], ["CK-0000-0000", code])
        for code in ("find-right", "question")
    },
    "doubted:settle": (lambda there: [there.doubted.number, "settle"], ["CK-0000-0000", "settle"]),
    "denial": (lambda there: [there.denial.pk], [0]),
    "agreement": (lambda there: [there.agreement.number], ["XY-0000-0000"]),
    **{
        f"agreement:{code}": (lambda there, code=code: [there.agreement.number, code], ["XY-0000-0000", code])
        for code in ("sign", "review", "renew", "end")
    },
    # What lies nowhere: there for all who may come in.
    "scheme": (lambda _there: ["community_assistance"], ["unheard_of"]),
    "guide": (lambda _there: ["community_assistance", "BASE_AWARD"], ["community_assistance", "UNHEARD_OF"]),
    "plan_row": (lambda _there: ["HOUSEHOLDS_AIDED"], ["unheard_of"]),
    **{
        f"light:{code}": (lambda _there, code=code: [code], ["unheard.of"])
        for code in ("assistance.late", "users.unsealed", "users.vacant")
    },
    "export": (lambda _there: [0], [0]),
    "form_page": (lambda _there: ["applicant"], ["unheard_of"]),
    **{
        f"together:{code}": (lambda _there, code=code: [code], ["unheard_of"])
        for code in ("accept", "opinion", "review", "publish", "grant")
    },
    **{
        f"step:{code}": (
            lambda there, code=code, case=case: [getattr(there, case).number, code],
            ["JZ-0000-0000", code],
        )
        for code, case in STEPS.items()
    },
}


def address_of(world: World, kind: str, relation: str) -> list[Any]:
    """The arguments of an address."""
    if not kind:
        return []
    there, missing = ARGUMENTS[kind]
    return missing if relation == "missing" else there(world.at[relation])


def name_of(route: str) -> str:
    """A route with several kinds of objects has a row for each: ``application_deed:accept``."""
    return route.partition(":")[0]


def _resident(there: Objects) -> str:
    return there.household.memberships.order_by("pk")[0].resident.number


def _moved(there: Objects, relation: str) -> str:
    return there.moved_household.memberships.get(relation=relation).resident.number


def _guardianship(there: Objects) -> int:
    return Guardianship.objects.get(ward__memberships__household=there.household).pk


def expected(profile: Mapping[str, int]) -> dict[str, int]:
    """Status by role: groups spelled out. A role named twice is a mistake of the oracle."""
    statuses: dict[str, int] = {}
    for word, status in profile.items():
        for role in GROUPS.get(word, [word]):
            assert role not in statuses, f"{role} has two answers"
            statuses[role] = status
    return statuses


def those_to_ask(statuses: Mapping[str, int]) -> dict[str, int]:
    """On SQLite everybody. Who may what is decided in Python and by one scope in the query: on PostgreSQL two of those
    who get the same answer are asked, other ones from run to run.
    """
    if connection.vendor == "sqlite":
        return dict(statuses)
    alike: dict[int, list[str]] = {}
    for role, status in statuses.items():
        alike.setdefault(status, []).append(role)
    return {role: status for status, roles in alike.items() for role in random.sample(roles, min(2, len(roles)))}


def routes_with_pages() -> list[str]:
    """The routes that answer GET."""
    return [route for route in sorted(ROUTES) if "GET" in ROUTES[route]]


def addresses_of(world: World, route: str, method: str) -> Iterator[tuple[str, str, dict[str, int]]]:
    """Every relation that the oracle names of a route: with its address and each role's status."""
    row = ROUTES[route]
    for relation, statuses in PROFILES[row[method]].items() if method in row else ():
        yield relation, reverse(name_of(route), args=address_of(world, row["object"], relation)), expected(statuses)


def pages_of(world: World, route: str) -> Iterator[tuple[str, list[str]]]:
    """The addresses of a route that show a page of one's own, and the roles that see it."""
    for relation, address, statuses in addresses_of(world, route, "GET"):
        readers = [role for role, status in statuses.items() if status == 200]
        if readers and relation in {"own", "none"}:
            yield address, readers


@dataclass(frozen=True)
class Answer:
    """What came back; ``packed`` is the page, empty when it is a file; ``to`` where it sends whoever asks."""

    status: int
    packed: bytes
    to: str = ""

    @property
    def page(self) -> bytes:
        return zlib.decompress(self.packed) if self.packed else b""


@contextmanager
def monday_evening(folder: Path) -> Iterator[None]:
    """The product on Monday, with a folder of its own for what it keeps."""
    (folder / "packs").mkdir()
    middleware = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    monday = override_settings(
        DEMO_TODAY=MONDAY.isoformat(), MIDDLEWARE=middleware, DATA_DIR=folder, UPLOADS_DIR=folder / "uploads"
    )
    # Pages that show the hour are compared with pages asked later: the clock stands still.
    still = patch.object(clock, "timezone", SimpleNamespace(now=lambda: at(MONDAY, 20)))
    with monday, still:
        yield


def office_of(world: World) -> "Office":
    """Where everybody of the world asks, each role with its log-in as its browser keeps it."""
    doors = {"anonymous": SimpleCookie()}
    for role, person in world.people.items():
        client = Client()
        client.force_login(person)
        doors[role] = client.cookies
    return Office(doors)


class Office:
    """The doors of the product with everybody before them: who asks comes in with a log-in, and changes nothing."""

    def __init__(self, doors: Mapping[str, SimpleCookie]) -> None:
        self._doors = doors
        self._known: dict[tuple[str, str], Answer] = {}
        self._client = Client(raise_request_exception=False)

    def ask(
        self, role: str, method: str, address: str, values: Mapping[str, str] | None = None, *, language: str = ""
    ) -> Answer:
        """One question, undone: what one did must not answer the next."""
        client = self._client
        client.cookies = SimpleCookie({key: morsel.value for key, morsel in self._doors[role].items()})
        if language:
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        before = transaction.savepoint()
        try:
            # A post carries nothing, not even the kind of its content.
            came = client.get(address, values) if method == "GET" else client.generic(method, address)
            html = came.get("Content-Type", "").startswith("text/html")
            packed = zlib.compress(came.getvalue(), 1) if html else b""
            return Answer(came.status_code, packed, came.get("Location", ""))
        finally:
            transaction.savepoint_rollback(before)

    def send(self, role: str, method: str, address: str, values: str) -> Answer:
        """What somebody sends, as it travels, undone."""
        self._client.cookies = SimpleCookie({key: morsel.value for key, morsel in self._doors[role].items()})
        before = transaction.savepoint()
        try:
            if method == "GET":
                came = self._client.get(f"{address.partition('?')[0]}?{values}")
            else:
                came = self._client.generic("POST", address, values, "application/x-www-form-urlencoded")
            return Answer(came.status_code, b"")
        finally:
            transaction.savepoint_rollback(before)

    def header(self, role: str, address: str, name: str) -> str:
        """A header of what an address answers one who only looks."""
        self._client.cookies = SimpleCookie({key: morsel.value for key, morsel in self._doors[role].items()})
        before = transaction.savepoint()
        try:
            return str(self._client.get(address).get(name, ""))
        finally:
            transaction.savepoint_rollback(before)

    def file(self, role: str, address: str) -> bytes:
        """The file that an address gives to one who only looks."""
        self._client.cookies = SimpleCookie({key: morsel.value for key, morsel in self._doors[role].items()})
        before = transaction.savepoint()
        try:
            return self._client.get(address).getvalue()
        finally:
            transaction.savepoint_rollback(before)

    def noted(self, role: str, method: str, address: str) -> tuple[str, list[str]]:
        """The page that a question shows, empty for anything else, and what the trail says was read: subjects."""
        last = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
        before = transaction.savepoint()
        try:
            self._client.cookies = SimpleCookie({key: morsel.value for key, morsel in self._doors[role].items()})
            came = self._client.generic(method, address)
            html = came.get("Content-Type", "").startswith("text/html") and came.status_code in (200, 422)
            entries = AuditEntry.objects.filter(pk__gt=last, act="read").order_by("pk")
            return came.getvalue().decode() if html else "", list(entries.values_list("subject", flat=True))
        finally:
            transaction.savepoint_rollback(before)

    def look(self, role: str, address: str) -> Answer:
        """What the address answers one who only looks: the world stays as it is, so it is asked once for all tests."""
        if (role, address) not in self._known:
            self._known[role, address] = self.ask(role, "GET", address)
        return self._known[role, address]
