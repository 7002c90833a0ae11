"""An upgrade answers for what its migrations write, and for nothing that somebody wrote before."""

import pytest
from django.core.management import call_command
from django.db import connection

from linli.foundation.data import definitions, triggers
from linli.foundation.data.definitions import DefinitionsDiffer
from linli.foundation.trail import digests, jobs, upgrading
from linli.foundation.trail.audit import record_read, seal_days, verify
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.ground.areas.models import Area
from linli.kernel.act import SYSTEM, Act
from tests.conftest import MONDAY, Community, at

PLAN = ["a migration"]


def begun() -> None:
    definitions.check_before_migrate(plan=PLAN)
    upgrading.check_rows_before_migrate(plan=PLAN)


def ended() -> None:
    definitions.keep_after_migrate(plan=PLAN)
    upgrading.digest_after_migrate(plan=PLAN)


def found() -> list[str]:
    return [str(one) for one in digests.forged()]


@pytest.fixture
def community(committed_database: str) -> Community:
    from tests.conftest import make_community

    return make_community()


def test_what_a_migration_writes_is_digested_and_the_trail_says_so(community: Community) -> None:
    begun()
    Area.objects.filter(pk=community.street.pk).update(name="改名街道")
    ended()

    assert (found(), triggers.missing(connection), definitions.differences()) == ([], [], [])
    assert AuditEntry.objects.get(act="foundation.digest_anew").note == '{"rows":{"areas_area":1}}'


def test_an_upgrade_does_not_begin_on_a_row_that_was_forged(community: Community) -> None:
    Area.objects.filter(pk=community.street.pk).update(name="伪造街道")

    with pytest.raises(DefinitionsDiffer, match=f"areas_area {community.street.pk} altered"):
        begun()


def stand_aside(*tables: str) -> None:
    """Without the rules that keep the trail as it is."""
    triggers.stand_aside(connection)
    with connection.cursor() as cursor:
        for table in tables if connection.vendor == "postgresql" else ():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def test_rows_of_before_there_were_digests_are_digested_once(community: Community) -> None:
    stand_aside("foundation_rowdigests", "foundation_auditentry")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM foundation_rowdigests")
        cursor.execute("UPDATE foundation_auditentry SET rows_digest = ''")
    upgrading.digest_after_migrate()  # no plan: it was ended before it came to that

    assert (found(), list(digests.loose_entries())) == ([], [])
    upgrading.digest_after_migrate()
    assert AuditEntry.objects.filter(act="foundation.digest_anew").count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM foundation_rowdigests WHERE \"table\" = 'areas_area'",
        'INSERT INTO foundation_rowdigests (id, entry_id, "table", shape, "first", "last", digests) '
        'SELECT id + 100000, entry_id, "table", \'x\', "first", "last", digests FROM foundation_rowdigests '
        "WHERE \"table\" = 'areas_area'",
    ],
)
def test_nobody_has_a_table_digested_anew_by_changing_its_digests(community: Community, statement: str) -> None:
    stand_aside("foundation_rowdigests")
    with connection.cursor() as cursor:
        cursor.execute(statement)

    with pytest.raises(DefinitionsDiffer, match="foundation_auditentry"):
        upgrading.digest_after_migrate()
    assert list(digests.loose_entries()) != []


def test_no_job_has_rows_digested_anew() -> None:
    assert [name for name in jobs.registered() if "digest" in name] == []


def test_a_start_that_migrates_nothing_answers_for_nothing(community: Community) -> None:
    Area.objects.filter(pk=community.street.pk).update(name="伪造街道")
    call_command("migrate", verbosity=0)

    assert found() == [f"areas_area {community.street.pk} altered"]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL changes a table in its place")
def test_a_table_is_rebuilt_though_triggers_of_another_speak_of_it(committed_database: str) -> None:
    """SQLite drops it on the way, and refuses while ``foundation_demonstration_begins`` looks at it."""
    begun()
    with connection.schema_editor() as editor:
        editor._remake_table(AuditEntry)
    ended()

    assert (triggers.missing(connection), definitions.differences()) == ([], [])


def test_seals_of_before_they_were_signed_stand_until_the_first_is_signed(
    committed_database: str, settings, tmp_path
) -> None:
    settings.TESTING, settings.SEAL_KEY = False, str(tmp_path / "seal.key")
    for day in (MONDAY, MONDAY.replace(day=10)):
        record_read(Act(SYSTEM, at(day)), where=3, subject="x")
    [old] = seal_days(Act(SYSTEM, at(MONDAY.replace(day=10), 1)), before=MONDAY.replace(day=10))
    triggers.stand_aside(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER foundation_auditseal_no_update ON foundation_auditseal")
    AuditSeal.objects.filter(pk=old.pk).update(signature="")
    (tmp_path / "seal.key.pub").unlink()
    assert verify() == []

    seal_days(Act(SYSTEM, at(MONDAY.replace(day=11), 1)), before=MONDAY.replace(day=11))
    assert verify() == []
