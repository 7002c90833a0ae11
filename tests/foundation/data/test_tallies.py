"""The database counts the rows of an owner as they are added, and knows when some are gone."""

import re
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from linli.foundation.data import tallies, triggers
from linli.foundation.data.tallies import Family, RowTally, count, counted
from linli.registry.residents.models import Membership
from tests.conftest import MONDAY
from tests.foundation.data.test_every_rule import row, write
from tests.unguarded import switch_off

HOMES, PEOPLE = "residents_membership.household_id", "residents_membership.resident_id"


@pytest.fixture(autouse=True)
def _nothing_stays(db: None) -> Iterator[None]:
    """Made-up keys are rolled back before anybody looks at them."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def lives_in(home: int, who: int, since: date = MONDAY) -> int:
    told = row("residents_membership", {"household_id": home, "resident_id": who, "valid_from": since})
    write("residents_membership", told)
    return Membership.objects.latest("pk").pk


def test_what_is_added_is_counted_with_each_of_its_owners() -> None:
    first, second = lives_in(7, 1), lives_in(7, 2)
    found = counted({HOMES: [7, 8], PEOPLE: [1]})
    assert (found.rows["residents_membership"], found.lost) == ([first, second], ())
    assert dict(RowTally.objects.values_list("pk", "rows")) == {7 * 16 + 3: 2, 1 * 16 + 4: 1, 2 * 16 + 4: 1}


def test_the_counts_are_among_the_rows_though_there_are_none() -> None:
    assert counted({HOMES: [8]}).rows == {"foundation_rowtally": [8 * 16 + 3]}


def test_a_row_that_is_gone_is_missed_with_its_owner() -> None:
    gone = lives_in(7, 1)
    lives_in(8, 2)
    switch_off("residents_membership_no_delete", "residents_membership")
    Membership.objects.filter(pk=gone).delete()
    assert counted({HOMES: [7, 8], PEOPLE: [1, 2]}).lost == ((HOMES, 7, "removed"), (PEOPLE, 1, "removed"))


def test_a_row_that_was_given_to_another_owner_is_one_too_few_and_one_too_many() -> None:
    key = lives_in(7, 1)
    Membership.objects.filter(pk=key).update(household_id=8)
    assert counted({HOMES: [7, 8]}).lost == ((HOMES, 7, "removed"), (HOMES, 8, "added"))


def test_the_rows_of_a_row_belong_to_its_owner() -> None:
    """A relocation that was annulled is its household's."""
    write("residents_relocation", row("residents_relocation", {"id": 5, "household_id": 7}))
    write("residents_relocationannulment", row("residents_relocationannulment", {"relocation_id": 5}))
    found = counted({"residents_relocationannulment.household_id": [7]})
    assert (len(found.rows["residents_relocationannulment"]), found.lost) == (1, ())


def test_what_belongs_to_nobody_of_a_family_is_not_counted_in_it() -> None:
    write("residents_circumstance", row("residents_circumstance", {"resident_id": 7, "household_id": None}))
    assert list(RowTally.objects.values_list("pk", flat=True)) == [7 * 16 + 8]


def test_however_many_owners_and_families_there_are_it_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as asked:
        counted(dict.fromkeys(tallies.families(), range(1, 50)))
    assert len(asked) == 1


def test_rows_that_are_not_counted_are_found_by_their_owner() -> None:
    write("users_assignment", row("users_assignment", {"id": 5, "user_id": 7}))
    found = counted({"users_assignment.user_id": [7, 8]})
    assert (found.rows, found.lost) == ({"users_assignment": [5]}, ())


def test_nobody_is_asked_of_no_owner() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert counted({HOMES: []}) == tallies.Counted({}, ())
    assert len(asked) == 0


@pytest.mark.parametrize("number", [0, 16, 1])
def test_a_number_is_used_once_and_within_its_bounds(number: int) -> None:
    with pytest.raises(ValueError, match="cannot have the number"):
        count(Family(number, "areas_area", "parent_id"))


def test_rows_of_every_family_are_never_taken_out() -> None:
    """Or the count would be too great for ever."""
    kept = {table for table, event in triggers.refused_events() if event == "DELETE"}
    assert {family.table for family in tallies.families().values()} <= kept


def test_every_family_is_counted_from_its_migration_on() -> None:
    """Rows that were there before are counted by the migration that begins it, under the same keys."""
    told = "\n".join(map(_fills, ("residents", "awards", "assistance")))
    for family in tallies.families().values():
        keys = rf"{family.column} \* 16 \+ {family.number}, count\(\*\) FROM {family.table}"
        if family.together:  # of these all rows of an owner are one sum
            keys = (
                rf"_id \* 16 \+ {family.number}, count\(\*\) FROM \([^)]*SELECT {family.column} FROM {family.table}\b"
            )
        assert re.search(keys, told), family.name


def _fills(room: str) -> str:
    wing = {"residents": "registry", "awards": "money", "assistance": "aid"}[room]
    folder = Path(str(import_module(f"linli.{wing}.{room}").__file__)).parent / "migrations"
    return "\n".join(path.read_text() for path in folder.glob("*_counted.py"))
