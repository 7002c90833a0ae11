"""Rows from before there was one spelling are found too, once the migration ran."""

import importlib

import pytest
from django.apps import apps

from linli.registry.residents.engine.names import name_keys
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.queries import search

respell = importlib.import_module("linli.registry.residents.migrations.0003_one_spelling").respell

pytestmark = pytest.mark.usefixtures("household")


@pytest.fixture
def old_row(household: Household) -> Resident:
    """A man registered as 卜　伟 when 卜 was read bo."""
    old = household.memberships.get(relation="HEAD").resident
    Resident.objects.filter(pk=old.pk).update(
        name="卜　伟", name_key="00", given_key="00", pinyin_key=b"boWei".hex(), initials_key="00"
    )
    return old


def test_an_old_name_is_spelled_and_found(old_row, scope):
    respell(apps, None)

    old_row.refresh_from_db()
    assert old_row.name == "卜伟"
    assert [hit.number for hit in search(scope, "buwei")] == [old_row.number]


def test_an_old_building_is_found(household, scope):
    Household.objects.update(building_key="00")

    respell(apps, None)

    assert len(search(scope, "和平里 1 号楼")) == 2


def test_rows_that_are_right_stay(household):
    before = list(Resident.objects.order_by("pk").values())

    respell(apps, None)

    assert list(Resident.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("surname", "reading"),
    {
        "卜": "bu",
        "阚": "kan",
        "薄": "bo",
        "都": "du",
        "粘": "nian",
        "藏": "zang",
        "乜": "nie",
        "佴": "nai",
        "祭": "zhai",
        "么": "yao",
        "颉": "xie",
        "万俟": "moqi",
    }.items(),
)
def test_surnames_are_read_as_surnames(surname, reading):
    assert bytes.fromhex(name_keys(surname + "伟").pinyin).decode() == reading + "wei"
