"""The database from one URL."""

import pytest

from linli.config.database import database_settings


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
        settings = database_settings("postgresql://lin%40li:s%3Acret@db:6432/linli?sslmode=require")

        assert {key: settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
            "NAME": "linli",
            "USER": "lin@li",
            "PASSWORD": "s:cret",
            "HOST": "db",
            "PORT": "6432",
            "OPTIONS": {"sslmode": "require"},
        }

    def test_reads_a_socket_folder_and_its_port(self):
        settings = database_settings("postgres://linli@/linli?host=/run/pg&port=5433")

        assert (settings["HOST"], settings["PORT"]) == ("/run/pg", "5433")

    @pytest.mark.parametrize("url", ["mysql://db/linli", "linli.sqlite3", ""])
    def test_refuses_any_other(self, url):
        with pytest.raises(ValueError, match="unknown scheme"):
            database_settings(url)
