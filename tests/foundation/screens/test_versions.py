"""A page whose form shows what it overwrites says which state that was: of two who correct at once none undoes the
other unseen.
"""

import pytest
from django.urls import get_resolver

from linli.foundation.screens.acting import ActPage

# Pages that begin with something and have no version: what they begin with, and why nobody's work is undone by it.
BEGINS_WITHOUT = {
    "foundation.screens.viewing.EditView": "a person's own view of a list",
    "ground.users.web.own.EnrolTotp": "a new secret, and a name for it",
    "ground.users.web.territory.NewAreaPage": "the area above; what is added is new",
    "money.awards.web.acting.NewAccountPage": "a version of its own, which another person confirms beside the last",
    "money.awards.web.acting.Review": "the day that is due next; reviewing twice is refused by the step",
    "money.payments.web.acting.NewBatch": "the month of today; one batch is open at a time",
    "money.payments.web.acting.Reconcile": "the first month that may be reconciled; what is kept is new",
    "overview.planning.web.views.opening.OpenFund": "the plan's community and year; a fund is opened once",
    "registry.residents.web.views.linking.LinkAccount": "what the address names; what is added is new",
    "registry.residents.web.views.registering.NewMemberPage": "today; who is added is new",
}


def every(page: type) -> set[type]:
    """All pages of the product below one."""
    return {below for one in page.__subclasses__() for below in (one, *every(one))}


def begins_with_something(page: type) -> bool:
    return page.initial is not ActPage.initial  # type: ignore[attr-defined]  # a page


@pytest.fixture(scope="module")
def unversioned() -> set[str]:
    assert get_resolver().reverse_dict
    pages = {one for one in every(ActPage) if one.__module__.startswith("linli.")}
    begin = {one for one in pages if begins_with_something(one) and not one.versioned}
    return {f"{one.__module__}.{one.__name__}".removeprefix("linli.") for one in begin}


def test_every_page_that_begins_with_something_stored_has_a_version(unversioned: set[str]) -> None:
    assert unversioned == set(BEGINS_WITHOUT)
