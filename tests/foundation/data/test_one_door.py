"""Rows and names are locked by one door, which both databases understand, and in one order."""

import ast

import pytest
from django.db import connection, transaction

from linli.foundation.data.locks import ORDER, LockSpace, lock_each, lock_name, locked, locked_if_free
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.models import User
from linli.kernel.act import Act
from tests.architecture.source import modules
from tests.conftest import Staff, system_act
from tests.locking import named_locks
from tests.one_order import OutOfOrder


def test_every_space_has_its_place() -> None:
    assert sorted(ORDER) == sorted(LockSpace)


def test_nobody_locks_but_by_the_door() -> None:
    wrong = [
        module.at(node)
        for module in modules()
        if module.parts[-2:] != ("data", "locks")
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update"
        if not (isinstance(node.value, ast.Attribute) and node.value.attr == "query")
    ]

    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("door", [locked, locked_if_free])
def test_who_refers_to_a_locked_row_does_not_wait(staff: Staff, door) -> None:
    """FOR UPDATE made an act wait that only refers to the row, at its end: of two such each waited for the other."""
    with transaction.atomic():
        text = str(door(User.objects.order_by("pk")).query)

    words = "FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    assert (words in text, " FOR UPDATE" in text) == (True, False)


@act
def takes(act: Act, *, names: list[tuple[LockSpace, int]]) -> None:
    """An act that takes names."""
    for space, key in names:
        lock_name(space, key)
    audit.record(act, where=0, subject="test:names")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("names", "held"),
    [
        ([(LockSpace.REGISTRY, 2), (LockSpace.REGISTRY, 3), (LockSpace.FACTS, 0)], True),
        ([(LockSpace.REGISTRY, 3), (LockSpace.REGISTRY, 3)], True),
        ([(LockSpace.REGISTRY, 3), (LockSpace.REGISTRY, 2)], False),
        ([(LockSpace.FACTS, 0), (LockSpace.REGISTRY, 2)], False),
        ([(LockSpace.AUDIT_CHAIN, 1), (LockSpace.LAW, 0)], False),
    ],
)
def test_an_act_that_takes_names_out_of_order_fails(names: list[tuple[LockSpace, int]], held: bool) -> None:
    if held:
        takes(system_act(), names=names)
        return
    with pytest.raises(OutOfOrder):
        takes(system_act(), names=names)


@pytest.mark.django_db
def test_however_many_keys_there_are_the_locks_are_few() -> None:
    taken = named_locks(lambda: lock_each(LockSpace.APPLICATIONS, range(100_000, 115_000)))

    assert taken == {(LockSpace.APPLICATIONS, key) for key in range(512)}
