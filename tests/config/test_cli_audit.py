"""``linli audit``: whole or not, every problem named."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from linli.config.cli_audit import BROKEN, NO_DATABASE, WHOLE, run_head, run_verify
from linli.foundation.trail import checks
from linli.foundation.trail.audit import head, seal_days
from linli.foundation.trail.invariants import Violation, invariants
from linli.kernel.act import SYSTEM, Act
from tests.config.command_line import linli, write_keys_of_tests
from tests.conftest import MONDAY, at
from tests.databases import newest_migration

TRIGGER = "foundation_auditentry_no_update"


def tamper(*statements: str) -> None:
    with connection.cursor() as cursor:
        on = ' ON "foundation_auditentry"' if connection.vendor == "postgresql" else ""
        cursor.execute(f'DROP TRIGGER "{TRIGGER}"{on}')
        for statement in statements:
            cursor.execute(statement)


class TestRunVerify:
    def test_says_that_all_is_whole(self, community, capsys):
        assert (run_verify(as_json=False), capsys.readouterr().out) == (
            WHOLE,
            "完整：审计链、封存、每条记录、数据库定义、外键、密钥、不变式、上传的材料均已重新核对，没有问题\n"
            "whole: audit chain, seals, every row, the database's definitions, foreign keys, keys of envelopes, "
            "invariants and uploaded papers were checked again\n",
        )

    def test_names_a_missing_trigger(self, community, capsys):
        tamper()

        assert run_verify(as_json=False) == BROKEN
        assert capsys.readouterr().out == (
            f"数据库定义被改动 · definition.differs trigger foundation_auditentry.{TRIGGER}\n共 1 处问题 · 1 problems\n"
        )

    def test_names_an_altered_entry_by_area_and_day(self, community, capsys):
        tamper("UPDATE foundation_auditentry SET subject = 'x'")

        assert run_verify(as_json=False) == BROKEN
        assert f"audit.not_whole area {community.district.pk}, 2026-03-09: entry 1 was altered" in (
            capsys.readouterr().out
        )

    @pytest.mark.parametrize("room", ["ledger", "awards", "payments", "assistance"])
    def test_names_a_broken_invariant_of_any_room(self, community, capsys, monkeypatch, room):
        broken = {**invariants, room: lambda: [Violation(f"{room}.broken", "KEY-1")]}
        monkeypatch.setattr("linli.foundation.trail.invariants.invariants", broken)

        assert run_verify(as_json=False) == BROKEN
        assert f"{room}.broken KEY-1" in capsys.readouterr().out

    def test_as_json_holds_the_head_and_the_problems(self, community, capsys):
        seal_days(Act(SYSTEM, at(MONDAY + timedelta(days=1))), before=MONDAY + timedelta(days=1))
        tamper()
        run_verify(as_json=True)

        assert json.loads(capsys.readouterr().out) == {
            "whole": False,
            "head": head(),
            "problems": [{"code": "definition.differs", "subject": f"trigger foundation_auditentry.{TRIGGER}"}],
        }


class TestSinceTheLast:
    """It goes on from the worker's last check, and says from which day on."""

    @pytest.fixture
    def checked(self, community):
        seal_days(Act(SYSTEM, at(MONDAY + timedelta(days=1))), before=MONDAY + timedelta(days=1))
        checks.run(checks.ask_check(Act(SYSTEM, at(MONDAY + timedelta(days=1))), full=True).pk)

    def test_says_from_which_day_on_all_is_whole(self, checked, capsys):
        assert run_verify(as_json=False, since_last=True) == WHOLE
        assert "whole since 2026-03-09" in capsys.readouterr().out

    def test_without_one_it_looks_at_everything(self, community, capsys):
        assert run_verify(as_json=False, since_last=True) == WHOLE
        assert "every row" in capsys.readouterr().out

    def test_names_what_is_wrong(self, checked, capsys):
        tamper()
        assert run_verify(as_json=False, since_last=True) == BROKEN
        assert "definition.differs" in capsys.readouterr().out


class TestRunHead:
    def test_writes_the_newest_seal(self, community, capsys):
        seal_days(Act(SYSTEM, at(MONDAY + timedelta(days=1))), before=MONDAY + timedelta(days=1))

        assert (run_head(as_json=False), capsys.readouterr().out) == (WHOLE, f"{head()}\n")

    def test_writes_it_as_json(self, db, capsys):
        assert (run_head(as_json=True), json.loads(capsys.readouterr().out)["seal"]) == (WHOLE, None)


class TestInAProcess:
    def test_an_untouched_database_is_whole(self, committed_database, tmp_path):
        write_keys_of_tests(tmp_path)
        done = linli("audit", "verify", LINLI_DATABASE=committed_database, LINLI_DATA=str(tmp_path))

        assert (done.returncode, done.stderr) == (WHOLE, "")

    def test_a_dropped_trigger_is_told_by_the_exit_code(self, committed_database, tmp_path):
        tamper()
        done = linli("audit", "verify", "--json", LINLI_DATABASE=committed_database, LINLI_DATA=str(tmp_path))

        assert (done.returncode, json.loads(done.stdout)["whole"]) == (BROKEN, False)

    @pytest.mark.parametrize("run", [run_verify, run_head])
    def test_a_database_of_an_older_version_is_not_read(self, committed_database, capsys, run):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = %s", [newest_migration()])

        assert (run(as_json=False), "older version" in capsys.readouterr().err) == (NO_DATABASE, True)

    @pytest.mark.parametrize("command", ["verify", "head"])
    def test_a_database_that_is_not_there_is_not_made(self, command, tmp_path):
        nowhere = tmp_path / "nowhere.sqlite3"
        done = linli("audit", command, LINLI_DATABASE=f"sqlite:///{nowhere}", LINLI_DATA=str(tmp_path))

        assert (done.returncode, nowhere.exists()) == (NO_DATABASE, False)
        assert "LINLI_DATABASE" in done.stderr

    def test_a_database_without_tables_is_none(self, tmp_path):
        empty = tmp_path / "empty.sqlite3"
        empty.touch()
        done = linli("audit", "head", "--json", LINLI_DATABASE=f"sqlite:///{empty}", LINLI_DATA=str(tmp_path))

        assert (done.returncode, json.loads(done.stdout)["problems"][0]["code"]) == (NO_DATABASE, "database.missing")
