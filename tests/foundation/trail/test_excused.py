"""No table of evidence is excused: what says who did something, or what the database lets nobody change."""

import pytest
from django.apps import apps

from linli.foundation.data import touched, triggers

# Columns that say who did something.
DEEDS = ("_by_id", "actor_id", "maker_id", "checker_id", "releaser_id")
# The trail itself and what stands beside it: what finds each of them forged instead.
FOUND_OTHERWISE = {
    "foundation_actkey": "what took effect is in the trail, whoever's key it was",
    "foundation_auditentry": "the chain of its day, and the seal (test_audit.py)",
    "foundation_auditseal": "the chain of seals, and the signature (test_audit.py)",
    "foundation_definitions": "its own code, and the catalogue at each start (data/test_definitions.py)",
    "foundation_demonstration": "says nothing: there is a row, or none",
    "foundation_rowdigests": "the entry of the trail that answers for them (test_digests.py)",
}
TABLES = sorted(name for name in touched.excused() if "." not in name)


def columns_of(table: str) -> list[str]:
    [model] = [one for one in apps.get_models(include_auto_created=True) if one._meta.db_table == table]
    return [str(one.column) for one in model._meta.concrete_fields]


@pytest.mark.parametrize("table", TABLES)
def test_an_excused_table_says_nothing_of_who_did_what(table: str) -> None:
    assert [one for one in columns_of(table) if one.endswith(DEEDS)] == [] or table in FOUND_OTHERWISE


@pytest.mark.parametrize("table", TABLES)
def test_an_excused_table_may_change(table: str) -> None:
    assert (table, "UPDATE") not in triggers.refused_events() or table in FOUND_OTHERWISE


def test_what_is_found_otherwise_is_excused() -> None:
    assert sorted(set(FOUND_OTHERWISE) - set(TABLES)) == []
