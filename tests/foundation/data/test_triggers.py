"""Rules that the database keeps: installed, verified, installed again."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from linli.foundation.data import triggers
from linli.foundation.data.triggers import Trigger, append_only, install, missing, refuse
from linli.ground.areas.models import Area

NAME = "foundation_auditentry_no_update"


def drop(name: str, table: str) -> None:
    """Take a trigger away, as a rebuilt table does."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))


def create(trigger: Trigger) -> None:
    """Put one trigger into the database."""
    with connection.cursor() as cursor:
        for statement in [trigger.sqlite_sql()] if connection.vendor == "sqlite" else trigger.postgres_sql():
            cursor.execute(statement)


@pytest.fixture
def registry(monkeypatch):
    """A registry of the test's own."""
    monkeypatch.setattr(triggers, "_registered", {})
    return triggers._registered


class TestMissing:
    def test_nothing_after_migrate(self, db):
        assert missing(connection) == []

    def test_names_a_trigger_that_was_dropped(self, db):
        drop(NAME, "foundation_auditentry")

        assert missing(connection) == [NAME]

    def test_names_a_trigger_whose_text_was_changed(self, db):
        drop(NAME, "foundation_auditentry")
        create(refuse(NAME, "foundation_auditentry", "BEFORE UPDATE", "harmless", when="1 = 0"))

        assert missing(connection) == [NAME]

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL can switch a trigger off")
    def test_names_a_trigger_that_was_switched_off(self, db):
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE foundation_auditentry DISABLE TRIGGER "{NAME}"')

        assert missing(connection) == [NAME]


class TestInstall:
    def test_brings_back_what_was_dropped(self, db):
        drop(NAME, "foundation_auditentry")
        install(connection)

        assert missing(connection) == []

    def test_puts_the_right_text_in_place_of_another(self, db):
        drop(NAME, "foundation_auditentry")
        create(refuse(NAME, "foundation_auditentry", "BEFORE UPDATE", "harmless", when="1 = 0"))
        install(connection)

        assert missing(connection) == []

    def test_takes_away_what_the_code_no_longer_has(self, db):
        create(refuse("of_yesterday", "areas_area", "BEFORE DELETE", "no"))
        install(connection)

        assert "of_yesterday" not in {name for name, _table, _text in triggers._present(connection)}

    def test_leaves_alone_what_has_no_table_yet(self, db, registry):
        triggers.register(refuse("of_tomorrow", "table_of_tomorrow", "BEFORE DELETE", "no"))
        install(connection)

        assert missing(connection) == ["of_tomorrow"]


class TestRegister:
    def test_takes_the_same_trigger_twice(self, registry):
        rule = refuse("a_rule", "areas_area", "BEFORE DELETE", "no")
        triggers.register(rule)
        triggers.register(rule)

        assert list(registry) == ["a_rule"]

    def test_refuses_two_of_one_name(self, registry):
        triggers.register(refuse("a_rule", "areas_area", "BEFORE DELETE", "no"))

        with pytest.raises(ValueError, match="two triggers named a_rule"):
            triggers.register(refuse("a_rule", "areas_area", "BEFORE UPDATE", "no"))


class TestRefuse:
    @pytest.fixture
    def kept(self, community, registry):
        create(refuse("keep_the_grid", "areas_area", "BEFORE UPDATE", "grids stay", when="NEW.kind = 'GRID'"))
        return community

    def test_refuses_where_its_condition_holds(self, kept):
        with pytest.raises(DatabaseError, match="grids stay"), transaction.atomic():
            Area.objects.filter(pk=kept.grid.pk).update(name="改名")

    def test_lets_pass_where_it_does_not(self, kept):
        Area.objects.filter(pk=kept.street.pk).update(name="改名")

        assert Area.objects.get(pk=kept.street.pk).name == "改名"

    def test_refuses_always_without_a_condition(self, community, registry):
        create(append_only("areas_area")[1])

        with pytest.raises(DatabaseError, match="areas_area is append-only"), transaction.atomic():
            Area.objects.filter(pk=community.building.pk).delete()
