"""Every page that takes a file answers a hostile one with a sentence, in seconds, and the server stays as it was."""

import gc
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from linli.foundation.files.receiving import MAX_OF_STRANGERS, MAX_REQUEST
from linli.ground.users.models import User
from tests.access.world import PAPER, World
from tests.foundation.files.strangers import HARMLESS, PAPERS, TABLES

# The process that serves keeps a file as it came, its form, and what the child told of it.
GROWTH_MB: Final = 120
SECONDS: Final = 20
_ERROR: Final = re.compile(r'class="error"[^>]*>([^<]*)')


# A field left out would be another refusal.
_IS_SENTENCE: Final = re.compile(r"文件|图片|表格|区划表|第 \d+ 行")


@dataclass(frozen=True)
class Place:
    """Where a form takes a file: who hands it in, the page's name and arguments, the field and what is said beside."""

    role: str
    page: str
    field: str = "file"
    of: Callable[[World], list[Any]] = lambda _world: []
    said: Callable[[World], dict[str, Any]] = lambda _world: {}


def _month(world: World) -> dict[str, Any]:
    return {"fund": world.at["own"].fund.pk, "month": "2026-01"}


TABLE_PLACES: Final = {
    "residents.ImportForm": Place("clerk", "household_import"),
    "users.TableForm": Place("admin", "area_import"),
    "payments.ReconcileForm": Place("checker", "reconcile", "statement", said=_month),
    "payments.ReturnForm": Place("releaser", "batch_return", of=lambda world: [world.at["own"].released.number]),
}
PAPER_PLACES: Final = {
    "assistance.PaperForm": Place(
        "clerk",
        "application_papers",
        f"{PAPER}-file",
        lambda world: [world.at["own"].assessing.number],
        lambda world: {f"{paper.code}-state": "PRESENT" for paper in world.at["own"].assessing.papers.all()},
    ),
    "assistance.PostForm": Place(
        "street",
        "publication_detail",
        "proof",
        lambda world: [world.at["own"].prepared.number],
        lambda _world: {"proof_note": "公告栏"},
    ),
    "assistance.OwnPaperForm": Place(
        "resident", "my_apply_step", of=lambda _world: ["IDENTITY_CARD"], said=lambda _world: {"state": "PRESENT"}
    ),
}


def _kinds(kind: type[forms.Form] = forms.Form) -> Iterator[type[forms.Form]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def test_every_form_that_takes_a_file_is_walked(world: World) -> None:
    found = {
        f"{kind.__module__.split('.')[2]}.{kind.__name__}"
        for kind in _kinds()
        if kind.__module__.startswith("linli.")
        and any(isinstance(field, forms.FileField) for field in kind.base_fields.values())
    }
    assert found == {*TABLE_PLACES, *PAPER_PLACES}


def _status(key: str) -> int:
    """Megabytes of this process, by the kernel's word for them."""
    found = re.search(rf"{key}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) // 1024


@contextmanager
def bounded() -> Iterator[None]:
    """Seconds, and no more memory at any moment than a file costs."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before, began = _status("VmRSS"), time.perf_counter()
    yield
    assert time.perf_counter() - began < SECONDS
    assert _status("VmHWM") - before < GROWTH_MB


def hand_in(world: World, place: Place, data: bytes, name: str) -> tuple[int, str]:
    """The status and what the page says is wrong; what was done is undone."""
    before = transaction.savepoint()
    try:
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(pk=world.people[place.role].pk))
        if place.page == "my_apply_step":
            _begin(client)
        upload = SimpleUploadedFile(name, data, "application/octet-stream")
        came = client.post(reverse(place.page, args=place.of(world)), {**place.said(world), place.field: upload})
        return came.status_code, " ".join(_ERROR.findall(unescape(came.content.decode())))
    finally:
        transaction.savepoint_rollback(before)


def _begin(client: Client) -> None:
    """The pages before the papers."""
    groups = ["LOW_INCOME"]
    for code, said in (("groups", {"groups": groups}), ("statement", {"statement": "困难"})):
        client.post(reverse("my_apply_step", args=[code]), said)


def _walk(places: Iterable[str], files: Iterable[str], everywhere: Iterable[str]) -> list[tuple[str, str]]:
    """Each place with the files of ``everywhere``, the first place with all."""
    first, *others = places
    return [(first, file) for file in files] + [(place, file) for place in others for file in everywhere]


@pytest.mark.parametrize(("form", "file"), _walk(TABLE_PLACES, TABLES, list(TABLES)[:4]))
def test_a_table_of_a_stranger(world: World, form: str, file: str) -> None:
    data = TABLES[file]()
    with bounded():
        status, said = hand_in(world, TABLE_PLACES[form], data, "a.xlsx" if data.startswith(b"PK") else "a.csv")
    assert (status, _IS_SENTENCE.search(said) is not None) == (422, True), said


@pytest.mark.parametrize(("form", "file"), _walk(PAPER_PLACES, PAPERS, list(PAPERS)[:4]))
def test_a_paper_of_a_stranger(world: World, form: str, file: str) -> None:
    name, make = PAPERS[file]
    data = make()
    with bounded():
        status, said = hand_in(world, PAPER_PLACES[form], data, name)
    taken = status == 302 and file in HARMLESS
    assert taken or (status, _IS_SENTENCE.search(said) is not None) == (422, True), said


class TestRequests:
    @pytest.mark.parametrize(("role", "limit"), [("clerk", MAX_REQUEST), ("anonymous", MAX_OF_STRANGERS)])
    def test_longer_than_anybody_needs_are_refused_unread(self, world: World, role: str, limit: int) -> None:
        client = Client()
        if role != "anonymous":
            client.force_login(User.objects.get(pk=world.people[role].pk))
        address = reverse("household_import" if role != "anonymous" else "log_in")
        came = client.generic("POST", address, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(limit + 1))
        endless = client.generic("POST", address, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH="9" * 20)
        assert (came.status_code, endless.status_code) == (413, 413)
        assert f"超过 {limit >> 20} MB" in came.content.decode()
