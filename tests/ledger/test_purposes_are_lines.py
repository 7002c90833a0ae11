"""Purposes that were told by programmes become the lines that pay them."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from tests.ledger.world import World

migration = import_module("linli.money.ledger.migrations.0002_purposes_are_lines")


def restricted(world: World, *codes: str) -> None:
    source = world.source("DON")
    source.restricted_to = list(codes)
    source.save(update_fields=["restricted_to"])


class TestPurposes:
    def test_become_every_line_that_pays_one_of_the_programmes(self, world: World) -> None:
        restricted(world, "BASE_AWARD", "TRAINING")
        migration.to_lines(apps, connection.schema_editor())
        assert world.source("DON").restricted_to == ["AID", "TRAINING"]

    def test_leave_free_money_free(self, world: World) -> None:
        migration.to_lines(apps, connection.schema_editor())
        assert world.source("GOV").restricted_to == []

    def test_go_back_to_the_programmes_of_the_lines(self, world: World) -> None:
        restricted(world, "AID")
        migration.to_programmes(apps, connection.schema_editor())
        assert world.source("DON").restricted_to == ["BASE_AWARD", "ELDER_SUPPLEMENT"]
