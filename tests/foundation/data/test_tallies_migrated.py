"""What was there before rows were counted is counted by the migrations."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linli.foundation.data import tallies, triggers
from linli.foundation.data.tallies import RowTally, counted
from linli.kernel.act import Act
from linli.registry.residents.models import Membership
from linli.registry.residents.operations import register_households
from tests.conftest import MONDAY, at, make_community, make_staff
from tests.residents.people import person, single

ROOMS = ("residents", "awards", "assistance")


def migrated(*to: tuple[str, str | None]) -> None:
    MigrationExecutor(connection).migrate(list(to))


def test_rows_of_before_are_counted_and_no_trigger_stays_without_the_table(committed_database: str) -> None:
    community = make_community()
    clerk = make_staff(community).clerk
    who = [person("周一", order=1), person("周二", order=2)]
    register_households(Act(clerk, at(MONDAY)), households=[single(community.grid.pk, one) for one in who])
    before = dict(RowTally.objects.values_list("pk", "rows"))
    known = set(triggers.missing(connection))
    newest = [node for node in MigrationExecutor(connection).loader.graph.leaf_nodes() if node[0] in ROOMS]

    migrated(("foundation", "0020_exports_anew"))
    gone = {one for one in set(triggers.missing(connection)) - known if "_counted_" in one}
    Membership.objects.earliest("pk").save()  # nothing is left that would count into the table
    migrated(*newest)
    triggers.install(connection)

    assert gone == {family.trigger().name for family in tallies.families().values()}
    assert dict(RowTally.objects.values_list("pk", "rows")) == before
    assert set(triggers.missing(connection)) == known
    people = list(Membership.objects.values_list("resident_id", flat=True))
    assert counted({"residents_membership.resident_id": people}).lost == ()
