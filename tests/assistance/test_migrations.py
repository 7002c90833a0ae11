"""Migrations on a database with data in it."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linli.aid.assistance.models import TURNED_BY
from linli.aid.assistance.operations import withdraw
from linli.aid.assistance.queries import work_items
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
    gone = set(triggers.missing(connection)) - triggers_before
    case.household.save()  # writes into a table that the triggers watched
    migrated(("assistance", "0010_whose_turn"))
    triggers.install(connection)

    assert len(gone) == 2 * len(TURNED_BY)
    assert [one.number for one in work_items(authority_of(world.staff.clerk, MONDAY), MONDAY)] == [case.number]
    assert set(triggers.missing(connection)) == triggers_before
