"""Every form of the product, filled in, sent by every kind of person; and the act that it runs, asked directly."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from linli.config import urls
from tests.access.cells import FORMS, call, places_of, post, prepare, some_of, undone, who_asks
from tests.access.persons import Persons, gather
from tests.access.world import World


@pytest.fixture(scope="module")
def persons(world: World) -> Iterator[Persons]:
    """Everybody who asks; gone again when the last form was asked."""
    before = transaction.savepoint()
    yield gather(world)
    transaction.savepoint_rollback(before)


@pytest.mark.django_db
@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_form_is_taken_from_whom_the_oracle_says_and_from_nobody_else(world, persons, form, monkeypatch):
    for status in (403, 404):  # what a refusal says is read here
        monkeypatch.delattr(urls, f"handler{status}")
    wrong = []
    for place in places_of(form):
        with undone():
            ready = prepare(world, persons, form, place)
            for who in some_of(form, place, who_asks(form, place)):
                wrong += [*post(persons, ready, who), *call(persons, ready, who)]

    assert not wrong, "\n".join(wrong)
