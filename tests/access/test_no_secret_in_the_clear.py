"""What is sealed lies nowhere in the clear: not in a row, an outcome, a session, a draft, a job, a file or the log.

The main acts are done with values that stand nowhere else; then every byte that is kept is searched for them.
"""

import base64
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import LazySettings, settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from linli.ground.users.models import User
from linli.kernel.act import Act
from linli.money.payments.models import PaymentBatch
from linli.registry.residents.models import Household
from linli.registry.residents.operations import register_households
from tests.browser import live_on
from tests.conftest import REAL_HASHERS, at, make_community, make_staff
from tests.foundation.files.builders import csv_text
from tests.ledger.bank import answer, rows_of
from tests.ledger.world import OPENED, PAY_DAY, World, make_world
from tests.residents.people import id_number, person, single

ID: Final = id_number(date(1950, 5, 1), 431, male=True)
PHONE: Final = "13951427086"
ACCOUNT: Final = "6222021001987654321"
DRAFT_ID: Final = id_number(date(1961, 7, 3), 277, male=False)
DRAFT_PHONE: Final = "13951429963"
ASKED_PHONE: Final = "13951428197"
TABLE_ID: Final = id_number(date(1948, 2, 9), 318, male=True)
PASSWORD: Final = "Kanarienvogel-7306"
WRONG: Final = "Falscher-Vogel-5512"
FORMS: Final = ("utf-8", "utf-16-le", "utf-16-be")


@pytest.fixture
def world(committed_database: str, settings: LazySettings, tmp_path: Path) -> World:
    live_on(settings, PAY_DAY)
    settings.UPLOADS_DIR = tmp_path / "uploads"
    settings.PASSWORD_HASHERS = REAL_HASHERS
    community = make_community()
    return make_world(community, make_staff(community))


class Hands:
    """People at their desks, each with a browser; every form has a key."""

    def __init__(self) -> None:
        self._browsers: dict[int, Client] = {}
        self._keys = 0

    def post(self, who: User, address: str, **said: Any) -> str:
        """What came of it, the page after it."""
        self._keys += 1
        came = self.of(who).post(address, {"act_key": f"{self._keys:032x}", **said}, follow=True)
        assert came.status_code in {200, 422}, (address, came.status_code)
        return came.content.decode()

    def get(self, who: User, address: str, **asked: str) -> bytes:
        """A page or a file."""
        came = self.of(who).get(address, asked)
        assert came.status_code == 200, (address, came.status_code)
        return bytes(came.getvalue())

    def of(self, who: User) -> Client:
        if who.pk not in self._browsers:
            self._browsers[who.pk] = Client()
            self._browsers[who.pk].force_login(who)
        return self._browsers[who.pk]


def everything_kept() -> bytes:
    """The database as its file has it, with what was deleted and not overwritten."""
    if connection.vendor == "sqlite":
        return bytes(connection.connection.serialize())
    with connection.cursor() as cursor:
        kept = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            kept += [row[0] for row in cursor.fetchall()]
    text = "\n".join(kept)
    binary = b"".join(bytes.fromhex(digits) for digits in re.findall(r"\\\\x((?:[0-9a-f]{2})+)", text))
    return text.encode() + binary


def spellings(value: str) -> Iterator[tuple[str, bytes]]:
    """Every way in which a value may lie: as text, and in base64 wherever it begins."""
    for form in FORMS:
        plain = value.encode(form)
        yield form, plain
        for shift in range(3):
            # The letters at the ends depend on what stands beside the value.
            yield f"base64 of {form}, {shift}", base64.b64encode(b"\0" * shift + plain)[4:-4]


def found_in(kept: bytes, value: str) -> list[str]:
    return [how for how, spelled in spellings(value) if spelled in kept]


def register(world: World, hands: Hands) -> Household:
    """A family, by hand and by table; one that is typed and not sent."""
    clerk, grid = world.staff.clerk, world.community.grid
    member = replace(person(order=431), phone=PHONE)
    (family,) = register_households(Act(clerk, at(OPENED), "f" * 32), households=[single(grid.pk, member)])
    world.families.append(family)
    page = hands.get(clerk, reverse("household_new")).decode()
    token = re.search(r'name="draft" value="([^"]+)"', page)
    assert token is not None
    typed = {"m0-name": "张三", "m0-id_number": DRAFT_ID, "m0-phone": DRAFT_PHONE, "draft": token[1]}
    assert hands.of(clerk).post(reverse("draft_keep"), typed).status_code == 302
    # Refused for its columns: the number stood in the file.
    table = csv_text([["姓名", "身份证号"], ["李四", TABLE_ID]]).encode()
    hands.post(clerk, reverse("household_import"), file=SimpleUploadedFile("名单.csv", table))
    return family


def look(world: World, hands: Hands, family: Household) -> None:
    """Search, lists, looks behind the mask, a workbook."""
    clerk = world.staff.clerk
    resident = family.memberships.get().resident
    for text in (ID, PHONE, ACCOUNT):
        hands.of(clerk).get(reverse("search"), {"q": text})
    for field, value in (("id_number", ID), ("phone", PHONE)):
        page = hands.post(clerk, reverse("unmask_field", args=[resident.number, field]), purpose="IDENTITY")
        assert value in page.replace(" ", "")
    assert hands.get(clerk, reverse("people_list"), **{"as": "xlsx"}).startswith(b"PK")


def pay(world: World, hands: Hands, family: Household) -> None:
    """The family's account, a look at it, a month to the bank and back; an answer that is refused."""
    staff = world.staff
    said = {"holder_name": "王建国", "bank_name": "江畔银行", "relation": "PROXY", "basis": "委托书"}
    new = reverse("account_new")
    hands.post(staff.clerk, new, unit_key=family.number, account_number=f"{ACCOUNT} x", **said)
    world.account([family.number], number=ACCOUNT)
    account = family_account(family)
    page = hands.post(staff.director, reverse("account_unmask", args=[account]), purpose="BANK")
    assert ACCOUNT in page.replace(" ", "")
    world.grant(world.base(family))
    batch = world.propose()
    world.approve(batch)
    hands.post(staff.releaser, reverse("batch_release", args=[batch.number]), layout="RIVER_BANK")
    batch = PaymentBatch.objects.get(pk=batch.pk)
    file = hands.of(staff.releaser).post(reverse("batch_file", args=[batch.number]), {"act_key": "e" * 32})
    assert ACCOUNT.encode() in file.content
    wrong = [{**row, "account": f"{ACCOUNT}9"} for row in rows_of(batch)]
    for rows in (wrong, [{**row, "account": f"{ACCOUNT[:6]} {ACCOUNT[6:]}"} for row in rows_of(batch)], None):
        file = SimpleUploadedFile("back.txt", answer(batch, rows=rows))
        hands.post(staff.releaser, reverse("batch_return", args=[batch.number]), file=file)
    assert PaymentBatch.objects.get(pk=batch.pk).state == "CLOSED"


def family_account(family: Household) -> int:
    from linli.money.awards.models import PayeeAccount

    return PayeeAccount.objects.get(unit_key=family.number).pk


def enter(world: World, hands: Hands) -> str:
    """Who comes to the door: a newcomer, a wrong password, a new colleague. The start password."""
    Client().post(
        "/register/",
        {
            "name": "郑秋",
            "phone": ASKED_PHONE,
            "address": "和平里 1 号楼",
            "need": "腿脚不便",
            "agreed": "on",
            "community_id": str(world.community.community.pk),
        },
    )
    Client().post("/log-in/", {"username": "clerk", "password": WRONG, "next": ""})
    new = {"username": "newhand", "name": "新人", "area": world.community.community.code}
    page = hands.post(world.staff.administrator, reverse("user_new"), **new)
    found = re.search(r"<code>([a-z0-9-]{19})</code>", page)
    assert found is not None
    start = found[1]
    browser = Client()
    browser.post("/log-in/", {"username": "newhand", "password": start, "next": ""})
    browser.post(reverse("password_change"), {"current": start, "new": PASSWORD, "again": PASSWORD})
    assert not User.objects.get(username="newhand").must_change_password
    return start


def test_lies_nowhere(world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    hands = Hands()
    start = enter(world, hands)
    family = register(world, hands)
    look(world, hands, family)
    pay(world, hands, family)
    told = caplog.text + "".join(map(str, (record.__dict__ for record in caplog.records))) + "".join(capfd.readouterr())
    files = [path.read_bytes() for path in Path(settings.UPLOADS_DIR).rglob("*") if path.is_file()]
    kept = everything_kept()
    # What is no secret is found, so the search looks where things lie.
    assert found_in(kept, family.number) == ["utf-8"]
    secrets = (ID, PHONE, ACCOUNT, DRAFT_ID, DRAFT_PHONE, ASKED_PHONE, TABLE_ID, PASSWORD, WRONG, start)
    places = {"database": kept, "log": told.encode(), "files": b"".join(files)}
    assert {(where, value): found_in(lies, value) for where, lies in places.items() for value in secrets} == {
        (where, value): [] for where in places for value in secrets
    }
