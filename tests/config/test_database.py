"""The database from one URL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from linli.config.database import database_settings
from tests.config.command_line import ROOT


class TestDatabaseSettings:
    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("sqlite:////srv/linli/data.sqlite3", "/srv/linli/data.sqlite3"),
            ("sqlite:///var/data.sqlite3", "var/data.sqlite3"),
            ("sqlite:///:memory:", ":memory:"),
            ("sqlite:////srv/%E9%82%BB%E9%87%8C.sqlite3", "/srv/邻里.sqlite3"),
        ],
    )
    def test_reads_the_path_of_a_file(self, url, name):
        assert database_settings(url)["NAME"] == name

    def test_begins_writing_acts_with_the_write_lock(self):
        assert database_settings("sqlite:///x")["OPTIONS"]["transaction_mode"] == "IMMEDIATE"

    def test_reads_a_server(self):
        settings = database_settings("postgresql://lin%40li:s%3Acret@db:6432/linli?sslmode=verify-full")

        assert {key: settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
            "NAME": "linli",
            "USER": "lin@li",
            "PASSWORD": "s:cret",
            "HOST": "db",
            "PORT": "6432",
            "OPTIONS": {"sslmode": "verify-full"},
        }

    @pytest.mark.parametrize("options", ["", "?sslmode=prefer", "?sslmode=require", "?host=db.example.cn"])
    def test_a_server_elsewhere_shows_its_certificate(self, options):
        with pytest.raises(ValueError, match="verify-full"):
            database_settings(f"postgresql://linli@10.0.0.7/linli{options}")

    @pytest.mark.parametrize("host", ["", "localhost:6432", "127.0.0.1", "[::1]:5432"])
    def test_a_server_on_this_machine_needs_none(self, host):
        assert database_settings(f"postgresql://linli@{host}/linli")["OPTIONS"] == {}

    def test_reads_a_socket_folder_and_its_port(self):
        settings = database_settings("postgres://linli@/linli?host=/run/pg&port=5433")

        assert (settings["HOST"], settings["PORT"]) == ("/run/pg", "5433")

    def test_a_server_s_threads_keep_their_connections(self):
        kept = database_settings("postgresql://linli@/linli", kept=True)

        assert (kept["CONN_MAX_AGE"] > 60, kept["CONN_HEALTH_CHECKS"]) == (True, True)
        assert "CONN_MAX_AGE" not in database_settings("postgresql://linli@/linli")
        assert "CONN_MAX_AGE" not in database_settings("sqlite:///x", kept=True)

    @pytest.mark.parametrize("url", ["mysql://db/linli", "linli.sqlite3", ""])
    def test_refuses_any_other(self, url):
        with pytest.raises(ValueError, match="unknown scheme"):
            database_settings(url)


# Two requests to the product as any server hands them on; whom they were answered through, by PostgreSQL's own number.
TWICE = """
import io
from django.core.wsgi import get_wsgi_application
product = get_wsgi_application()
from django.db import connection
found = []
for _ in range(2):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/log-in/", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
               "REMOTE_ADDR": "127.0.0.1", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http"}
    answer = product(environ, lambda status, headers: found.append(status))
    connection.ensure_connection()
    found.append(connection.connection.info.backend_pid)
    answer.close()
connection.close()
print(found[0][:3], found[2][:3], found[1] == found[3])
"""


def test_the_next_request_comes_through_the_same_connection(committed_database: str, tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a file is opened for each request")
    told = {**os.environ, "LINLI_DATABASE": committed_database, "LINLI_DATA": str(tmp_path), "LINLI_LOG_LEVEL": "ERROR"}
    told |= {"DJANGO_SETTINGS_MODULE": "linli.config.settings", "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], env=told, cwd=ROOT, check=True)
    done = subprocess.run([sys.executable, "-c", TWICE], env=told, capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["200", "200", "True"], done.stderr
