"""What was uploaded is looked at by every whole check: a file that is not what was handed in is named by its case."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linli.aid.assistance.codes import PaperState
from linli.aid.assistance.models import Application, Paper
from linli.aid.assistance.operations import PaperRecord, post, prepare
from linli.aid.assistance.queries.files import uploaded
from linli.config.cli_audit import BROKEN, WHOLE, run_verify
from linli.foundation.files import uploads
from linli.foundation.files.uploads import store
from linli.foundation.trail.invariants import parts
from linli.foundation.trail.verifying import Reached
from tests.assistance.test_papers import CERTIFICATE, bring
from tests.assistance.world import World
from tests.conftest import MONDAY
from tests.foundation.files.builders import pdf, png


@pytest.fixture(autouse=True)
def of_this_test(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"


@pytest.fixture
def case(world: World) -> Application:
    application = world.received(without=[CERTIFICATE])
    bring(world, application, PaperRecord(CERTIFICATE, PaperState.PRESENT, file_key=store(pdf()), file_name="a.pdf"))
    return application


@pytest.fixture
def kept(case: Application) -> Path:
    return uploads._path(Paper.objects.get(application=case, code=CERTIFICATE).file_key)


def found() -> list[str]:
    return [f"{one.code} {one.subject}" for one in uploaded()]


def turn_a_bit(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def put_another(path: Path) -> None:
    path.write_bytes(uploads._path(store(png())).read_bytes())


def make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.usefixtures("case")
def test_what_was_uploaded_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert (run_verify(as_json=False), "上传的材料" in capsys.readouterr().out) == (WHOLE, True)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (Path.unlink, "missing"),
        (turn_a_bit, "altered"),
        (put_another, "altered"),
        (lambda path: path.write_bytes(b""), "altered"),
        (lambda path: path.write_bytes(b"%PDF-1.7"), "altered"),
        (lambda path: path.write_bytes(path.read_bytes() + bytes(uploads.MAX_BYTES)), "altered"),
        (make_a_folder, "unreadable"),
    ],
)
def test_a_file_that_is_not_what_was_handed_in_is_named_by_its_case(
    case: Application, kept: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], Any], told: str
) -> None:
    spoil(kept)

    assert run_verify(as_json=False) == BROKEN
    assert f"upload.{told} {case.number} {CERTIFICATE}\n" in capsys.readouterr().out


def test_a_file_whose_key_is_gone_is_told_apart_from_an_altered_one(
    case: Application, kept: Path, settings: Any
) -> None:
    settings.KEYS = replace(settings.KEYS, envelope={"t2": b"u" * 32}, current="t2")
    assert found() == [f"upload.locked {case.number} {CERTIFICATE}"]


@pytest.mark.usefixtures("kept")
def test_one_file_of_several_papers_is_opened_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    other = world.received(without=[CERTIFICATE])
    bring(world, other, PaperRecord(CERTIFICATE, PaperState.PRESENT, file_key=store(pdf()), file_name="b.pdf"))
    monkeypatch.setattr("linli.aid.assistance.queries.files.fault_of", lambda key: asked.append(key) or "missing")

    assert (len(found()), len(asked)) == (2, 1)


def test_a_row_that_says_another_digest_is_named(world: World) -> None:
    application = world.received(without=[CERTIFICATE])
    record = PaperRecord(CERTIFICATE, PaperState.PRESENT, file_key=store(pdf()), file_sha256="5" * 64)
    bring(world, application, record)

    assert found() == [f"upload.altered {application.number} {CERTIFICATE}"]


def test_the_photograph_of_a_notice_is_looked_at_too(world: World) -> None:
    made = prepare(world.act(world.staff.clerk, hour=16), application_ids=[world.at_review().pk])
    publication = post(world.act(world.staff.director, hour=17), publication_id=made.pk, proof_key=store(png()))
    assert found() == []

    uploads._path(store(png())).unlink()
    assert found() == [f"upload.missing {publication.number}"]


@pytest.mark.parametrize(("day", "told"), [(MONDAY, True), (MONDAY.replace(year=2027), False)])
def test_a_check_since_the_last_time_looks_at_what_came_since(kept: Path, day: Any, told: bool) -> None:
    kept.unlink()
    some = [one.code for part in parts(Reached(0, "", day, 0)) for one in part()]
    assert ("upload.missing" in some) is told
