"""Settings for demonstrations and for development never meet people who are not invented, nor the other way round."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from linli.config.guard import check_guard
from linli.foundation.data.demonstration import declare, is_demonstration
from tests.config.command_line import ROOT, linli
from tests.conftest import Community

DANGEROUS = {
    "LINLI_DEMO": ("DEMO", True, "1"),
    "LINLI_TODAY": ("DEMO_TODAY", "2026-06-10", "2026-06-10"),
    "LINLI_DEMO_OTHER": ("DEMO_OTHER", "2026-12-31=http://127.0.0.1:8001/", "2026-12-31=http://127.0.0.1:8001/"),
    "LINLI_DEBUG": ("DEBUG", True, "1"),
}


@pytest.fixture(autouse=True)
def in_earnest(settings) -> None:
    """Nothing dangerous is set."""
    settings.DEMO, settings.DEMO_TODAY, settings.DEMO_OTHER, settings.DEBUG = False, "", "", False


@pytest.mark.django_db
class TestADatabaseInUse:
    @pytest.mark.parametrize("variable", DANGEROUS)
    def test_is_not_started_with(self, settings, variable: str) -> None:
        name, value, _said = DANGEROUS[variable]
        setattr(settings, name, value)

        with pytest.raises(ImproperlyConfigured, match=f"设了 {variable} 就不能启动.*not started with {variable}"):
            check_guard()

    def test_is_started_without_any(self) -> None:
        check_guard()

    def test_never_becomes_a_demonstration(self, community: Community) -> None:
        with pytest.raises(IntegrityError, match="only an empty database"), transaction.atomic():
            declare()

        assert not is_demonstration()


@pytest.mark.django_db
class TestADemonstration:
    @pytest.fixture(autouse=True)
    def _declared(self, in_earnest: None) -> None:
        declare()

    def test_is_started_as_one(self, settings) -> None:
        for name, value, _said in DANGEROUS.values():
            setattr(settings, name, value)

        check_guard()

    def test_is_not_started_as_a_real_one(self) -> None:
        with pytest.raises(ImproperlyConfigured, match=r"虚构.*invented"):
            check_guard()

    def test_is_declared_once(self) -> None:
        declare()

        assert is_demonstration()

    @pytest.mark.parametrize(
        "sql", ["DELETE FROM foundation_demonstration", "UPDATE foundation_demonstration SET id = 1"]
    )
    def test_never_becomes_real(self, sql: str) -> None:
        from django.db import connection

        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def real(folder: Path) -> dict[str, str]:
    """A database of one's own, with SQLite."""
    return {"LINLI_DATA": str(folder), "LINLI_DATABASE": f"sqlite:///{folder}/linli.sqlite3"}


@pytest.mark.parametrize("variable", DANGEROUS)
@pytest.mark.parametrize("command", ["serve --port 1", "work", "pack install nowhere"])
def test_commands_that_start_the_product_say_why_not(tmp_path: Path, command: str, variable: str) -> None:
    done = linli(*command.split(), **real(tmp_path), **{variable: DANGEROUS[variable][2]})

    assert (done.returncode, variable in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_another_server_that_loads_the_product_is_refused_as_well(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import linli.config.wsgi"],
        env={**os.environ, **real(tmp_path), "LINLI_DEBUG": "1", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "LINLI_DEBUG" in done.stderr) == (1, True)
