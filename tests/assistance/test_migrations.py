"""Migrations on a database with data in it."""

from datetime import date

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F, Model

from linli.aid.assistance.models import TURNED_BY, ApplicationSum, Claim, Clock, Reckoning, Running, RunningSum
from linli.aid.assistance.operations import accept, withdraw
from linli.aid.assistance.queries import invariants, work_items
from linli.aid.assistance.web.applying import draft_address, said_by
from linli.foundation.data import triggers
from linli.foundation.data.crypto import seal
from linli.foundation.trail import drafts
from linli.ground.users.queries import authority_of
from linli.kernel.canonical import canonical_json
from tests.assistance.world import make_world
from tests.conftest import MONDAY, at, make_community, make_staff

BEFORE, AFTER = ("assistance", "0005_whom_the_visit_described"), ("assistance", "0006_one_kind_of_draft")
SAID = {"applicant": 7, "groups": ["LONE_ELDER"], "statement": "老人独居，邻居常来照看。"}


def migrated(to: tuple[str, str]) -> MigrationExecutor:
    executor = MigrationExecutor(connection)
    executor.migrate([to])
    return MigrationExecutor(connection)


def test_what_families_had_typed_moves_into_the_one_kind_of_draft(committed_database: str) -> None:
    people = make_staff(make_community())
    old = migrated(BEFORE).loader.project_state(BEFORE).apps.get_model("assistance", "Draft")
    for user, form in ((people.clerk, "application"), (people.director, "application"), (people.maker, "another")):
        said = canonical_json(SAID | {"applicant": user.pk})
        envelope = seal(said, aad=f"assistance_draft|{user.pk}|{form}")
        old.objects.create(user_id=user.pk, form=form, envelope=envelope, saved_at=at(MONDAY, 15))

    migrated(AFTER)

    found = {one.pk: drafts.find(one.pk, draft_address()) for one in (people.clerk, people.director, people.maker)}
    assert said_by(people.clerk) == SAID | {"applicant": people.clerk.pk}
    assert said_by(people.director) == SAID | {"applicant": people.director.pk}
    assert {pk: kept and kept.at for pk, kept in found.items()} == {
        people.clerk.pk: at(MONDAY, 15),
        people.director.pk: at(MONDAY, 15),
        people.maker.pk: None,
    }
    assert "assistance_draft" not in connection.introspection.table_names()


def test_whose_turn_open_cases_are_is_reckoned_after_the_migration_and_no_trigger_stays_without_it(
    committed_database: str,
) -> None:
    community = make_community()
    world = make_world(community, make_staff(community))
    case = world.received()
    withdraw(world.act(world.staff.clerk), application_id=world.received().pk)
    triggers_before = set(triggers.missing(connection))

    migrated(("assistance", "0009_flat_lists"))
    gone = {one for one in set(triggers.missing(connection)) - triggers_before if "_turn_" in one}
    case.household.save()  # writes into a table that the triggers watched
    migrated(("assistance", "0010_whose_turn"))
    migrated(("assistance", "0011_time_limits_and_groups"))
    triggers.install(connection)

    assert len(gone) == 2 * len(TURNED_BY)
    assert [one.number for one in work_items(authority_of(world.staff.clerk, MONDAY), MONDAY)] == [case.number]
    assert set(triggers.missing(connection)) == triggers_before


def test_cases_of_families_that_had_moved_before_the_visit_are_reckoned_after_the_migration(
    committed_database: str,
) -> None:
    community = make_community()
    world = make_world(community, make_staff(community))
    waits = [world.received(), world.accepted()]
    withdraw(world.act(world.staff.clerk), application_id=world.received().pk)
    migrated(("assistance", "0012_team_changed"))
    Reckoning.objects.all().delete()
    migrated(("assistance", "0013_moved_before_the_visit"))

    marked = Reckoning.objects.values_list("application__number", "day").order_by("application")
    assert list(marked) == [(one.number, date.min) for one in waits]


def test_time_limits_groups_and_numbers_of_cases_are_kept_by_the_migration(committed_database: str) -> None:
    community = make_community()
    world = make_world(community, make_staff(community))
    world.received()
    withdraw(world.act(world.staff.clerk), application_id=world.received().pk)
    accept(world.act(world.staff.clerk), application_ids=[world.received().pk])
    tables = (ApplicationSum, Claim, Running, RunningSum)
    before = [sorted(table.objects.values_list(*_said(table)), key=str) for table in tables]

    migrated(("assistance", "0010_whose_turn"))
    Clock.objects.update(due_date=F("due_date"))  # a table that the triggers watched
    migrated(("assistance", "0011_time_limits_and_groups"))
    triggers.install(connection)

    assert [len(one) for one in before] == [3, 6, 2, 2]
    after = [sorted(table.objects.filter(**_some(table)).values_list(*_said(table)), key=str) for table in tables]
    assert after == [[row for row in one if row[-1] != 0] for one in before]
    assert [one for one in invariants() if one.code.startswith("assistance.")] == []


def _said(table: type[Model]) -> list[str]:
    return sorted(one.attname for one in table._meta.local_fields if one.attname not in ("id", "number")) + (
        ["number"] if _some(table) else []
    )


def _some(table: type[Model]) -> dict[str, int]:
    return {"number__gt": 0} if table.__name__.endswith("Sum") else {}
