"""What the database is told to keep is compared with what the last upgrade left, and never put back in silence."""

import pytest
from django.core.management import call_command
from django.db import connection

from linli.config import cli_serve
from linli.config.cli_audit import BROKEN, WHOLE, run_accept, run_verify
from linli.foundation.data import definitions, triggers
from linli.foundation.data.definitions import Definitions, DefinitionsDiffer, differences
from linli.foundation.data.triggers import refuse
from linli.foundation.trail import invariants
from linli.foundation.trail.models import AuditEntry

POSTGRES = connection.vendor == "postgresql"
# A table's own text, changed as somebody with the database's file could.
_REWRITE = (
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_master SET sql = replace(sql, {old}, {new}) WHERE type = 'table' AND name = '{table}'",
    "PRAGMA writable_schema = RESET",
)
CHECK = '\'CONSTRAINT "award_amount" CHECK ("amount_fen" > 0)\''


def rewritten(table: str, old: str, new: str) -> tuple[str, ...]:
    return tuple(one.format(table=table, old=old, new=new) for one in _REWRITE)


FORGED = {
    "a check": (
        ["constraint awards_award.award_amount"] if POSTGRES else ["table awards_award"],
        ("ALTER TABLE awards_award DROP CONSTRAINT award_amount",)
        if POSTGRES
        else rewritten("awards_award", "'\"amount_fen\" > 0'", "'\"amount_fen\" > -9'"),
    ),
    "a unique index": (["unique month_once"], ("DROP INDEX month_once",)),
    "a trigger": (
        ["trigger foundation_auditentry.foundation_auditentry_no_update"],
        (f"DROP TRIGGER foundation_auditentry_no_update{' ON foundation_auditentry' if POSTGRES else ''}",),
    ),
    "a table of another": (
        ["column planted.id", "table planted"] if POSTGRES else ["table planted"],
        ("CREATE TABLE planted (id int)",),
    ),
}
FORGED_POSTGRES = {
    "a foreign key": (
        ["constraint awards_awardmonth.planted"],
        ("ALTER TABLE awards_awardmonth ADD CONSTRAINT planted FOREIGN KEY (award_id) REFERENCES awards_award (id)",),
    ),
    "foreign keys looked away from": (
        ["foreign keys of awards_awardmonth", "foreign keys of", "trigger awards_awardmonth."],
        ("ALTER TABLE awards_awardmonth DISABLE TRIGGER ALL",),
    ),
    "the text of a function": (
        ["function foundation_auditentry_no_update_fn()"],
        (
            "CREATE OR REPLACE FUNCTION foundation_auditentry_no_update_fn() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NEW; END'",
        ),
    ),
    "a rule": (
        ["rule public.awards_award.planted"],
        ("CREATE RULE planted AS ON DELETE TO awards_award DO INSTEAD NOTHING",),
    ),
    "a policy": (["table awards_award"], ("ALTER TABLE awards_award ENABLE ROW LEVEL SECURITY",)),
}
# SQLite makes of each row of its catalogue what the text says, whatever kind and name the row gives itself.
_PLANTED = "CREATE TRIGGER planted AFTER UPDATE ON users_user BEGIN DELETE FROM areas_area WHERE id = -1; END"
FORGED_SQLITE = {
    f"a trigger that calls itself {kind} {name}": (
        [told],
        (
            "PRAGMA writable_schema = ON",
            f"INSERT INTO sqlite_master VALUES ('{kind}', '{name}', 'users_user', 0, '{_PLANTED}')",
            "PRAGMA writable_schema = RESET",
        ),
    )
    for kind, name, told in (
        ("TRIGGER", "planted", "hidden planted"),
        ("Trigger", "planted", "hidden planted"),
    )
}
HIDDEN_POSTGRES = {
    "a trigger that says it is of the database": (
        ["hidden trigger users_user.planted", "function planted()"],
        (
            "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER planted AFTER UPDATE ON users_user FOR EACH ROW EXECUTE FUNCTION planted()",
            "UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'planted'",
        ),
    ),
    "a table in a place that is looked into before ours": (
        ["shadow"],
        ("CREATE SCHEMA AUTHORIZATION CURRENT_USER", "CREATE TABLE planted (id int)"),
    ),
}
CASES = FORGED | (FORGED_POSTGRES | HIDDEN_POSTGRES if POSTGRES else FORGED_SQLITE)


@pytest.fixture
def forge(committed_database: str):
    """Statements run behind the product's back, in a database of the test's own."""

    def do(*statements: str) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return do


def test_nothing_differs_after_migrate(db):
    assert differences() == []


@pytest.mark.parametrize("what", CASES)
def test_what_was_changed_is_named(forge, what):
    names, statements = CASES[what]
    forge(*statements)

    found = differences()
    assert [name for name in names if not any(one.startswith(name) for one in found)] == []
    assert [one for one in found if not one.startswith(tuple(names))] == []


def test_a_start_tells_and_refuses_and_puts_nothing_back(forge):
    _names, statements = FORGED["a trigger"]
    forge(*statements)

    with pytest.raises(SystemExit, match="foundation_auditentry_no_update"):
        cli_serve.prepare()
    assert triggers.missing(connection) == ["foundation_auditentry_no_update"]


def test_a_start_with_other_triggers_in_the_code_installs_them(forge, monkeypatch):
    rule = refuse("of_the_new_release", "areas_area", "BEFORE DELETE", "no")
    old = dict(triggers._registered)
    monkeypatch.setattr(triggers, "_registered", old | {rule.name: rule})
    call_command("migrate", verbosity=0)

    assert (triggers.missing(connection), differences()) == ([], [])


def test_an_upgrade_begins_on_what_the_last_one_left(forge, monkeypatch):
    """A new release does not wash away what somebody did before it."""
    forge(*FORGED["a unique index"][1])
    monkeypatch.setattr(triggers, "_registered", dict(list(triggers._registered.items())[1:]))

    with pytest.raises(DefinitionsDiffer):
        call_command("migrate", verbosity=0)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM foundation_definitions",
        "UPDATE foundation_definitions SET content = '{}'",
        "UPDATE foundation_definitions SET mac = 'x'",
    ],
)
def test_what_the_last_upgrade_left_cannot_be_forged(forge, statement):
    forge(
        *(
            f"DROP TRIGGER foundation_definitions_no_{word}{' ON foundation_definitions' if POSTGRES else ''}"
            for word in ("update", "delete")
        )
    )
    forge(statement)

    assert differences() == ["definitions"]
    with pytest.raises(DefinitionsDiffer):
        call_command("migrate", verbosity=0)


def test_an_older_state_with_its_own_record_is_no_state_of_these_migrations(forge):
    forge("DELETE FROM django_migrations WHERE app = 'foundation' AND name LIKE '0009%'")

    assert differences() == ["django_migrations"]


def test_who_looked_at_it_accepts_it_and_the_trail_says_so(forge, capsys):
    forge("CREATE TABLE planted (id int)")

    assert (run_accept(yes=False), run_accept(yes=True), run_accept(yes=False)) == (BROKEN, WHOLE, WHOLE)
    assert "table planted" in capsys.readouterr().out
    assert "table planted" in AuditEntry.objects.get(act="foundation.accept_definitions").note
    call_command("migrate", verbosity=0)


def test_verification_says_so(forge, capsys):
    forge("CREATE TABLE planted (id int)")

    assert run_verify(as_json=False) == BROKEN
    assert "definition.differs table planted" in capsys.readouterr().out


@pytest.mark.skipif(not POSTGRES, reason="only PostgreSQL can be told so")
@pytest.mark.parametrize("setting", ["session_replication_role = replica", "search_path = planted, public"])
def test_a_setting_that_looks_away_from_triggers_or_elsewhere_is_named(forge, setting):
    name = connection.settings_dict["NAME"]
    forge(f'ALTER DATABASE "{name}" SET {setting}')

    assert [one.split()[0] for one in differences()] == ["setting"]


def test_an_index_that_is_not_unique_is_nobodys_business(forge):
    forge("CREATE INDEX planted ON awards_award (id)")

    assert differences() == []


@pytest.mark.skipif(POSTGRES, reason="an index cannot be taken out of its catalogue and put back")
def test_an_index_that_tells_other_rows_than_its_table_is_found(forge):
    """A role given by an index alone: no row says so, and whoever asks by account is told of it."""
    forge("CREATE TABLE planted (id INTEGER PRIMARY KEY, whose int)", "CREATE INDEX lying ON planted (whose)")
    forge("INSERT INTO planted VALUES (1, 1)", "PRAGMA writable_schema = ON")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sqlite_master WHERE name = 'lying'")
        kept = cursor.fetchone()
    forge("DELETE FROM sqlite_master WHERE name = 'lying'", "PRAGMA writable_schema = RESET")
    forge("UPDATE planted SET whose = 2", "PRAGMA writable_schema = ON")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sqlite_master VALUES (%s, %s, %s, %s, %s)", kept)
    forge("PRAGMA writable_schema = RESET")

    assert {one.code for one in invariants.whole() if one.code.startswith("index")} == {"index.differs"}


@pytest.mark.skipif(not POSTGRES, reason="SQLite looks at every index itself")
def test_an_index_is_looked_at_where_the_extension_for_it_is_there(forge):
    forge("CREATE EXTENSION amcheck", "CREATE TABLE planted (id int)", "CREATE INDEX lying ON planted (id)")
    ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'lying'::regclass"
    forge(ready.format("false"), "INSERT INTO planted VALUES (1)", ready.format("true"))

    assert [one.code for one in invariants.whole() if one.code.startswith("index")] == ["index.differs"]


def test_a_database_is_left_alone_that_is_another(forge):
    forge("CREATE TABLE planted (id int)")
    definitions.check_before_migrate(using="other")
    definitions.keep_after_migrate(using="other", plan=["x"])

    assert Definitions.objects.count() == 1


class TestPlain:
    """A list of texts in PostgreSQL's two spellings: as it was told, and as it comes out of a dump."""

    TOLD = "CHECK (((state)::text = ANY ((ARRAY['A'::character varying, 'i''s'::character varying])::text[])))"
    RESTORED = (
        "CHECK (((state)::text = ANY (ARRAY[('A'::character varying)::text, ('i''s'::character varying)::text])))"
    )

    def test_is_one_list_however_it_is_spelled(self):
        assert definitions._plain(self.TOLD) == definitions._plain(self.RESTORED)

    @pytest.mark.parametrize("other", ["'B'", "'A' "])
    def test_of_other_texts_is_another(self, other: str):
        assert definitions._plain(self.TOLD) != definitions._plain(self.RESTORED.replace("'A'", other))

    @pytest.mark.parametrize("text", ["((a OR b) AND c)", "(kind)::text <> 'A'::text", "(ARRAY[1, 2])::text[]"])
    def test_leaves_everything_else(self, text: str):
        assert definitions._plain(text) == text
