"""Whatever somebody types into an address or a form, the product answers: never with a fault of its own.

Seeded: the same questions in every run (``LINLI_FUZZ_SEED`` asks others, ``LINLI_TEST_LONG`` asks more).
"""

import os
import random

import pytest

from tests.access.asking import ROUTES, addresses_of, name_of
from tests.access.fuzzing import (
    ALWAYS,
    HOSTILE,
    SEED,
    Form,
    addresses_like,
    at_the_edges,
    broken,
    edges_of_addresses,
    forms_on,
    is_new,
    spoilt,
)

ROUNDS = 12 if os.environ.get("LINLI_TEST_LONG") else 1


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(set(ROUTES) - {"health"}))  # which says 503 where nobody works beside
def test_nothing_typed_breaks_a_page(world, office, route):
    chance = random.Random(f"{SEED} {route}")
    faults = []
    for method in ("GET", "POST"):
        for relation, address, statuses in addresses_of(world, route, method):
            if relation not in {"own", "none"}:
                continue
            role = next((role for role, status in statuses.items() if status in (200, 422)), "")
            role = role or next(iter(statuses))
            for _round in range(ROUNDS):
                faults += ask_everything(office, role, method, address, chance)

    assert [fault for fault in faults if fault] == [], name_of(route)


def ask_everything(office, role, method, address, chance):
    known = dict.fromkeys(ALWAYS, "")
    if method == "GET":
        forms = [Form("GET", address, known), *filter(is_new, forms_on(address, office.look(role, address).page))]
        some = chance.sample(HOSTILE, 4)
        yield from (broken(office, role, "GET", address, dict.fromkeys(ALWAYS, one)) for one in some)
        yield from (broken(office, role, "GET", address, values) for values in edges_of_addresses())
    else:
        forms = [Form("POST", address, known)]
    for form in forms:
        for values in (*at_the_edges(form), *spoilt(form, chance)):
            yield broken(office, role, form.method, form.address, values)
    parts = address.strip("/").split("/")
    for other in addresses_like(address, parts[1:], chance):
        yield broken(office, role, method, other, {})
