"""``linli backup`` and ``linli restore``: whole while the product works, apart from its keys, or nothing at all."""

import json
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from linli.config import cli_backup
from linli.config.cli_audit import BROKEN
from linli.config.cli_backup import DONE, HEAD, MANIFEST, UNFINISHED, UNUSABLE
from linli.config.copying import digest_of
from linli.config.database import database_settings
from linli.foundation.files.uploads import fetch, store
from linli.foundation.trail import signing
from linli.foundation.trail.audit import seal_days
from linli.ground.users.models import Session
from linli.kernel.act import SYSTEM, Act
from tests.config.command_line import ROOT, linli, write_keys_of_tests
from tests.conftest import MONDAY, at, make_community, make_staff
from tests.databases import private_database, url_of
from tests.foundation.files.builders import png

SQLITE = connection.vendor == "sqlite"


class Installation:
    """A folder of data with a database that something was written to, as the product has it."""

    def __init__(self, data: Path, database: str) -> None:
        self.data, self.database = data, database

    def linli(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        return linli(*arguments, LINLI_DATABASE=self.database, LINLI_DATA=str(self.data))

    def run(self, code: str) -> None:
        """Run Python in the product's own process."""
        setting_up = f"import django; django.setup(); {code}"
        subprocess.run([sys.executable, "-c", setting_up], env={**os.environ, **surroundings(self)}, check=True)


@pytest.fixture
def installation(committed_database: str, tmp_path: Path, settings: Any) -> Installation:
    data = tmp_path / "data"
    (data / "packs" / "own").mkdir(parents=True)
    (data / "packs" / "own" / "plan.toml").write_text("a = 1\n")
    settings.UPLOADS_DIR = data / "uploads"
    write_keys_of_tests(data)
    (data / "seal.key").write_text(signing._FOR_TESTS.hex() + "\n")
    (data / "seal.key.pub").write_text("\n".join(signing.public_keys()) + "\n")
    places = make_community()
    make_staff(places)
    seal_days(Act(SYSTEM, at(MONDAY + timedelta(days=1))), before=MONDAY + timedelta(days=1))
    store(png())
    (data / "uploads" / "half.0123.part").write_bytes(b"half")
    return Installation(data, committed_database)


@pytest.fixture
def empty_database(tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """Where a backup of PostgreSQL may go; SQLite needs none."""
    if SQLITE:
        yield ""
        return
    with django_db_blocker.unblock(), private_database("template0", tmp_path) as made:
        yield url_of(made)


@pytest.fixture
def restore(empty_database: str) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    def run(folder: Path, data: Path, keys: Path) -> "subprocess.CompletedProcess[str]":
        return linli("restore", folder, "--into", data, "--keys", keys, LINLI_DATABASE=empty_database)

    return run


def backed_up(installation: Installation, folder: Path) -> Path:
    """A backup and its keys beside it; where the keys are."""
    keys = folder.with_name(f"{folder.name}-keys.json")
    done = installation.linli("backup", folder, "--keys", keys)
    assert done.returncode == DONE, done.stderr
    return keys


def left_of(folder: Path) -> list[str]:
    """What stands beside a folder that was not finished."""
    return sorted(path.name for path in folder.parent.glob(f".{folder.name}*"))


class TestBackup:
    def test_holds_database_uploads_packs_and_how_far_the_trail_goes(
        self, installation: Installation, tmp_path: Path
    ) -> None:
        backed_up(installation, tmp_path / "kept")

        manifest = json.loads((tmp_path / "kept" / MANIFEST).read_text())
        names = set(manifest["files"])
        assert {name.partition("/")[0] for name in names} == {
            HEAD,
            "uploads",
            "packs",
            "linli.sqlite3" if SQLITE else "linli.pgdump",
        }
        assert "packs/own/plan.toml" in names
        assert not [name for name in names if name.endswith(".part")]
        assert json.loads((tmp_path / "kept" / HEAD).read_text())["seal"]["seq"] > 0

    def test_is_the_owners_alone_and_holds_no_key(self, installation: Installation, tmp_path: Path) -> None:
        keys = backed_up(installation, tmp_path / "kept")

        files = [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in [*files, keys]} == {0o600}
        assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "kept").rglob("*") if path.is_dir()} == {
            0o700
        }
        told = json.loads((installation.data / "keys.json").read_text())
        secrets = [told["blind_index"], told["audit"], *told["envelope"].values()]
        kept = b"".join(path.read_bytes() for path in files)
        assert not [one for one in secrets if one.encode() in kept or bytes.fromhex(one) in kept]

    def test_without_a_place_for_them_says_that_the_keys_are_not_in_it(
        self, installation: Installation, tmp_path: Path
    ) -> None:
        assert "密钥不在备份里" in installation.linli("backup", tmp_path / "kept").stderr

    def test_leaves_its_folder_as_it_was_when_that_is_not_empty(
        self, installation: Installation, tmp_path: Path
    ) -> None:
        folder = tmp_path / "kept"
        folder.mkdir()
        (folder / "mine.txt").write_text("x")
        done = installation.linli("backup", folder)

        assert (done.returncode, "不是空的文件夹" in done.stderr) == (UNUSABLE, True)
        assert ([path.name for path in folder.iterdir()], left_of(folder)) == (["mine.txt"], [])

    def test_takes_an_empty_folder(self, installation: Installation, tmp_path: Path) -> None:
        (tmp_path / "kept").mkdir()
        backed_up(installation, tmp_path / "kept")

        assert (tmp_path / "kept" / MANIFEST).exists()

    @pytest.mark.parametrize("name", ["kept/keys.json", "there.json", "nowhere/keys.json"])
    def test_puts_no_key_into_it_nor_over_another_file(
        self, installation: Installation, tmp_path: Path, name: str
    ) -> None:
        (tmp_path / "there.json").write_text("mine")
        done = installation.linli("backup", tmp_path / "kept", "--keys", tmp_path / name)

        assert (done.returncode, (tmp_path / "kept").exists()) == (UNUSABLE, False)
        assert (tmp_path / "there.json").read_text() == "mine"

    @pytest.mark.parametrize("where", ["uploads/ab", "uploads/cd", "uploads/ef/gone", "packs/own/plan"])
    def test_leaves_nothing_out_that_lies_behind_a_link(
        self, installation: Installation, tmp_path: Path, where: str
    ) -> None:
        elsewhere = tmp_path / "disk-2"
        (elsewhere / "papers").mkdir(parents=True)
        (elsewhere / "papers" / "one").write_bytes(b"a paper")
        link = installation.data / where
        link.parent.mkdir(parents=True, exist_ok=True)
        leads = {"ab": "papers", "cd": "papers/one", "plan": "papers/one"}
        link.symlink_to(elsewhere / leads.get(link.name, "nowhere"))

        done = installation.linli("backup", tmp_path / "kept")

        assert (done.returncode, where in done.stderr) == (UNUSABLE, True)
        assert not (tmp_path / "kept").exists()
        assert not left_of(tmp_path / "kept")

    def test_is_of_what_the_folder_of_uploads_itself_links_to(self, installation: Installation, tmp_path: Path) -> None:
        (installation.data / "uploads").rename(tmp_path / "disk-2")
        (installation.data / "uploads").symlink_to(tmp_path / "disk-2")

        backed_up(installation, tmp_path / "kept")

        names = json.loads((tmp_path / "kept" / MANIFEST).read_text())["files"]
        assert sum(name.startswith("uploads/") for name in names) == 1

    def test_leaves_no_pipe_out_in_silence(self, installation: Installation, tmp_path: Path) -> None:
        os.mkfifo(installation.data / "uploads" / "pipe")

        done = installation.linli("backup", tmp_path / "kept")

        assert (done.returncode, "uploads/pipe" in done.stderr) == (UNUSABLE, True)

    def test_of_no_database_is_none(self, tmp_path: Path) -> None:
        done = linli("backup", tmp_path / "kept", LINLI_DATABASE=f"sqlite:///{tmp_path}/no", LINLI_DATA=str(tmp_path))

        assert (done.returncode, (tmp_path / "kept").exists()) == (UNUSABLE, False)

    @pytest.mark.skipif(SQLITE, reason="SQLite needs no tool")
    def test_without_the_tool_says_what_to_install(self, installation: Installation, tmp_path: Path) -> None:
        done = linli(
            "backup",
            tmp_path / "kept",
            LINLI_DATABASE=installation.database,
            LINLI_DATA=str(installation.data),
            PATH="/nowhere",
        )

        assert (done.returncode, "找不到 pg_dump" in done.stderr) == (UNUSABLE, True)
        assert not (tmp_path / "kept").exists()

    def test_that_is_killed_leaves_nothing_that_looks_whole(self, installation: Installation, tmp_path: Path) -> None:
        folder = tmp_path / "kept"
        program = (
            "import sys, time; from linli.config import cli, cli_backup\n"
            "cli_backup._copy_tree = lambda *_said: time.sleep(60)\n"
            f"cli.main(['backup', {str(folder)!r}])"
        )
        with process(program, installation) as running:
            wait_for(lambda: any(tmp_path.glob(".kept.unfinished-*/linli.*")))
            running.send_signal(signal.SIGKILL)
            running.wait()

        assert not folder.exists()
        assert not list(tmp_path.glob(f".kept.unfinished-*/{MANIFEST}"))
        done = linli(
            "restore",
            next(tmp_path.glob(".kept.unfinished-*")),
            "--into",
            tmp_path / "new",
            "--keys",
            installation.data / "keys.json",
        )
        assert (done.returncode, "不是完整的备份" in done.stderr) == (UNUSABLE, True)
        backed_up(installation, folder)

    def test_on_a_disk_that_is_full_is_not_finished(self, installation: Installation, tmp_path: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "linli.config.cli", "backup", str(tmp_path / "kept")],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=surroundings(installation),
            # No file may grow beyond this: what a full disk says, too.
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
        )

        assert (done.returncode, "没有完成" in done.stderr) == (UNFINISHED, True)
        assert ((tmp_path / "kept").exists(), left_of(tmp_path / "kept")) == (False, [])


class TestWhileOthersWrite:
    def test_is_finished_and_whole(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any]
    ) -> None:
        """Five and more acts a second all the time, as a city has them: ``.backup`` begins anew with each."""
        program = (
            "import django, itertools, sys; django.setup()\n"
            "from linli.ground.areas.codes import AreaKind\n"
            "from linli.ground.areas.operations import NewArea, add_areas\n"
            "from linli.foundation.clock import now\n"
            "from linli.kernel.act import SYSTEM, Act\n"
            "for number in itertools.count(1):\n"
            "    new = NewArea(f'990101001001-W{number}', AreaKind.GRID, '新', '990101001001')\n"
            "    add_areas(Act(SYSTEM, now()), areas=[new])\n"
            "    print(number, flush=True)\n"
        )
        with process(program, installation) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "1\n"
            began, before = time.monotonic(), self.areas(installation.database)
            keys = backed_up(installation, tmp_path / "kept")
            took, after = time.monotonic() - began, self.areas(installation.database)
        assert after - before > 5 * min(took, 1)
        assert took < 60
        done = restore(tmp_path / "kept", tmp_path / "new", keys)
        assert (done.returncode, "完整" in done.stdout) == (DONE, True), done.stdout + done.stderr

    def areas(self, url: str) -> int:
        return rows(url, "SELECT count(*) FROM areas_area")


class TestRestore:
    def test_makes_an_installation_that_is_whole(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any], settings: Any
    ) -> None:
        keys = backed_up(installation, tmp_path / "kept")
        done = restore(tmp_path / "kept", tmp_path / "new", keys)

        assert (done.returncode, "完整" in done.stdout) == (DONE, True), done.stdout + done.stderr
        assert (tmp_path / "new" / "packs" / "own" / "plan.toml").read_text() == "a = 1\n"
        assert (tmp_path / "new" / "keys.json").read_text() == (installation.data / "keys.json").read_text()
        settings.UPLOADS_DIR = tmp_path / "new" / "uploads"
        assert fetch(store(png())) == png()
        assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*") if path.is_file()} == {
            0o600
        }
        assert not (tmp_path / "new" / MANIFEST).exists()

    def test_has_nobody_logged_in(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any], empty_database: str
    ) -> None:
        """A session that was ended after the backup would be there again; the trail stays whole without them."""
        begun = at(MONDAY)
        Session.objects.create(
            session_key="a" * 40, session_data="x", expire_date=begun, user_id=1, begun_at=begun, seen_at=begun
        )
        keys = backed_up(installation, tmp_path / "kept")
        done = restore(tmp_path / "kept", tmp_path / "new", keys)
        made = empty_database or f"sqlite:///{tmp_path / 'new' / 'linli.sqlite3'}"

        assert (done.returncode, "所有人须重新登录" in done.stderr) == (DONE, True), done.stdout + done.stderr
        assert rows(installation.database, "SELECT count(*) FROM users_session") == 1
        assert rows(made, "SELECT count(*) FROM users_session") == 0

    @pytest.mark.skipif(not SQLITE, reason="a database of PostgreSQL's is made by its own tool alone")
    def test_in_which_nobody_can_be_logged_out_is_not_finished(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any]
    ) -> None:
        keys = backed_up(installation, tmp_path / "kept")
        spoil_database(tmp_path / "kept")
        done = restore(tmp_path / "kept", tmp_path / "new", keys)

        assert (done.returncode, "没有完成" in done.stderr) == (UNFINISHED, True), done.stderr
        assert ((tmp_path / "new").exists(), left_of(tmp_path / "new")) == (False, [])

    def test_of_another_head_is_refused(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any]
    ) -> None:
        keys = backed_up(installation, tmp_path / "kept")
        head = json.loads((tmp_path / "kept" / HEAD).read_text())
        head["open"] = [[1, "2026-03-10", 5, "0" * 64]]
        (tmp_path / "kept" / HEAD).write_text(json.dumps(head))
        done = restore(tmp_path / "kept", tmp_path / "new", keys)

        assert (done.returncode, f"被改动 · a file of the backup was altered: {HEAD}" in done.stderr) == (
            UNUSABLE,
            True,
        )

    @pytest.mark.parametrize(
        ("spoil", "says"),
        [
            (lambda kept: (kept / MANIFEST).unlink(), "不是完整的备份"),
            (lambda kept: (kept / MANIFEST).write_text("{}"), "不是完整的备份"),
            (lambda kept: (kept / MANIFEST).write_text("[]"), "不是完整的备份"),
            (lambda kept: (kept / "packs" / "own" / "plan.toml").unlink(), "缺少一个文件"),
            (lambda kept: (kept / "packs" / "own" / "plan.toml").write_text("a = 2\n"), "被改动"),
            (lambda kept: (kept / "uploads" / "more").write_text("x"), "多出一个文件"),
            (lambda kept: climbing(kept / MANIFEST), "不是完整的备份"),
        ],
    )
    def test_takes_nothing_that_is_not_as_it_was_made(
        self,
        installation: Installation,
        tmp_path: Path,
        restore: Callable[..., Any],
        spoil: Callable[[Path], object],
        says: str,
    ) -> None:
        keys = backed_up(installation, tmp_path / "kept")
        spoil(tmp_path / "kept")
        done = restore(tmp_path / "kept", tmp_path / "new", keys)

        assert (done.returncode, says in done.stderr) == (UNUSABLE, True), done.stderr
        assert ((tmp_path / "new").exists(), left_of(tmp_path / "new")) == (False, [])

    def test_goes_into_no_folder_that_holds_something(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any]
    ) -> None:
        keys = backed_up(installation, tmp_path / "kept")
        before = sorted(installation.data.rglob("*"))
        done = restore(tmp_path / "kept", installation.data, keys)

        assert (done.returncode, sorted(installation.data.rglob("*")) == before) == (UNUSABLE, True)

    @pytest.mark.parametrize("text", ["", "no json", "{}", '{"keys.json": "%"}'])
    def test_needs_the_keys(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any], text: str
    ) -> None:
        backed_up(installation, tmp_path / "kept")
        (tmp_path / "other.json").write_text(text)
        done = restore(tmp_path / "kept", tmp_path / "new", tmp_path / "other.json")

        assert (done.returncode, "密钥文件" in done.stderr, (tmp_path / "new").exists()) == (UNUSABLE, True, False)

    @pytest.mark.skipif(SQLITE, reason="SQLite's database is a file of the folder")
    def test_goes_into_no_database_that_holds_something(self, installation: Installation, tmp_path: Path) -> None:
        keys = backed_up(installation, tmp_path / "kept")
        for url, says in ((installation.database, "不是空的"), ("", "空的 PostgreSQL"), (gone(), "连不上")):
            done = linli("restore", tmp_path / "kept", "--into", tmp_path / "new", "--keys", keys, LINLI_DATABASE=url)
            assert (done.returncode, says in done.stderr) == (UNUSABLE, True), done.stderr
            assert not (tmp_path / "new").exists()

    def test_with_other_keys_is_told_by_the_verification(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any]
    ) -> None:
        keys = backed_up(installation, tmp_path / "kept")
        told = json.loads(keys.read_text())
        other = json.loads((installation.data / "keys.json").read_text()) | {"audit": "00" * 32}
        told["keys.json"] = cli_backup.base64.b64encode(json.dumps(other).encode()).decode()
        keys.write_text(json.dumps(told))

        assert restore(tmp_path / "kept", tmp_path / "new", keys).returncode == UNFINISHED

    def test_with_keys_from_before_a_rotation_is_refused_by_their_ids(
        self, installation: Installation, tmp_path: Path, restore: Callable[..., Any]
    ) -> None:
        before = backed_up(installation, tmp_path / "early")
        rotate(installation.data / "keys.json", "t2")
        done = installation.linli("backup", tmp_path / "kept")
        assert json.loads((tmp_path / "kept" / MANIFEST).read_text())["keys"] == ["t1"], done.stderr
        installation.run(
            "from linli.foundation.trail import drafts; import datetime as d; "
            "drafts.keep(1, '/x/', 'typed', at=d.datetime.now(d.UTC))"
        )
        after = backed_up(installation, tmp_path / "late")
        assert json.loads((tmp_path / "late" / MANIFEST).read_text())["keys"] == ["t1", "t2"]

        done = restore(tmp_path / "late", tmp_path / "new", before)
        assert (done.returncode, "缺少密钥 t2" in done.stderr, (tmp_path / "new").exists()) == (UNUSABLE, True, False)

        # A backup made before manifests named keys.
        told = json.loads((tmp_path / "late" / MANIFEST).read_text())
        del told["keys"]
        (tmp_path / "late" / MANIFEST).write_text(json.dumps(told))
        done = restore(tmp_path / "late", tmp_path / "new", before)
        assert (done.returncode, "key.missing t2: foundation_draft.envelope" in done.stdout) == (BROKEN, True)
        assert after.exists()


def rotate(keys: Path, key_id: str) -> None:
    """A new key of envelopes seals from now on; the old ones stay."""
    told = json.loads(keys.read_text())
    told["envelope"][key_id] = "ab" * 32
    told["current"] = key_id
    keys.write_text(json.dumps(told))


def spoil_database(kept: Path) -> None:
    """What stands under the database's name is none, and the manifest says that it was so from the beginning."""
    (kept / "linli.sqlite3").write_bytes(b"no database " * 1000)
    told = json.loads((kept / MANIFEST).read_text())
    told["files"]["linli.sqlite3"] = digest_of(kept / "linli.sqlite3")
    (kept / MANIFEST).write_text(json.dumps(told))


def climbing(manifest: Path) -> None:
    told = json.loads(manifest.read_text())
    told["files"]["../../climbed"] = "0" * 64
    manifest.write_text(json.dumps(told))


def gone() -> str:
    """A database of the same server that is not there."""
    return url_of(connection.settings_dict | {"NAME": "nobody_has_this"})


def rows(url: str, statement: str) -> int:
    settings = database_settings(url)
    if SQLITE:
        with closing(sqlite3.connect(settings["NAME"], timeout=60)) as read:
            return int(read.execute(statement).fetchone()[0])
    where = {"dbname": settings["NAME"], "user": settings["USER"], "host": settings["HOST"], "port": settings["PORT"]}
    with psycopg.connect(**{key: value for key, value in where.items() if value}) as read:
        found = read.execute(statement).fetchone()
        assert found is not None
        return int(found[0])


def surroundings(installation: Installation) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    beside = {"LINLI_DATABASE": installation.database, "LINLI_DATA": str(installation.data), "PYTHONPATH": path}
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "linli.config.settings", **beside}


@contextmanager
def process(program: str, installation: Installation) -> "Iterator[subprocess.Popen[str]]":
    """A program beside, ended at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=surroundings(installation)
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)
