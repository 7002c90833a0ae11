"""Whatever a page offers the act allows, and nothing else: for every rule, person and place."""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date
from types import SimpleNamespace

import pytest
from django.apps import apps

from linli.foundation.data.scope import Stamp
from linli.ground.notifications.models import Delivery, Letter
from linli.ground.users.models import User
from linli.ground.users.queries import NotPermitted, authority_of, one_rule
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import SamePerson
from linli.money.payments.models import PaymentBatch
from linli.registry.residents.models import Household
from tests.conftest import MONDAY, Community, Staff, at

ROOMS = ("awards", "ledger", "notifications", "payments", "planning", "policies", "residents", "users")
TODAY = date(2026, 3, 2)


def rules() -> list[tuple[str, Callable[..., bool], Callable[..., None]]]:
    found: list[tuple[str, Callable[..., bool], Callable[..., None]]] = []
    for room in ROOMS:
        module = importlib.import_module(f"{apps.get_app_config(room).name}.permissions")
        names = [name.removeprefix("can_") for name in vars(module) if name.startswith("can_")]
        found += [
            (f"{room}.{name}", getattr(module, f"can_{name}"), getattr(module, f"check_{name}")) for name in names
        ]
    return found


def subjects(name: str, stamp: Stamp, people: Iterable[User]) -> list[tuple[object, ...]]:
    """What the rule is asked about, lying there: everybody's hand was in it once."""
    somebody = [person.pk for person in people]
    if name == "payments.take_file":
        return [(PaymentBatch(file_digest=digest, **stamp.columns()),) for digest in ("", "a" * 64)]
    if name == "notifications.undo":
        letter = Letter(**stamp.columns())
        return [([Delivery(letter=letter, recorded_by_id=one)],) for one in somebody]
    if name == "ledger.correct":
        return [(stamp, one, TODAY) for one in somebody]
    if name in ("users.manage_account", "users.secure_account"):
        return [([stamp],), ([],)]
    if name == "residents.change_records":
        return [([Household(**stamp.columns())], TODAY)]
    if name in ("residents.register_anywhere", "policies.load_years"):
        return [()]
    return [(stamp,)]


def everybody(staff: Staff) -> list[User]:
    return [getattr(staff, field.name) for field in fields(staff)]


def allowed(check: Callable[..., None], person: User, subject: tuple[object, ...]) -> bool:
    try:
        check(Act(person, at(TODAY)), *subject)
    except DomainError:
        return False
    return True


@pytest.mark.parametrize(("name", "can", "check"), rules(), ids=[name for name, _can, _check in rules()])
def test_what_a_page_offers_is_what_the_act_allows(
    community: Community, staff: Staff, name: str, can: Callable[..., bool], check: Callable[..., None]
) -> None:
    people = everybody(staff)
    places = [community.community.stamp, community.sibling.stamp, community.street.stamp, community.foreign.stamp]
    asked = [
        (can(authority_of(person, TODAY), *subject), allowed(check, person, subject))
        for person in people
        for place in places
        for subject in subjects(name, place, people)
    ]
    assert [offered for offered, _done in asked] == [done for _offered, done in asked]
    assert {True, False} == {offered for offered, _done in asked}


class TestOneRule:
    def test_raises_the_refusal_that_the_rule_yields(self, staff: Staff) -> None:
        can, check = one_rule(lambda person, fits: None if fits else SamePerson(number="", step="", before=""))
        assert (can(authority_of(staff.clerk, TODAY), True), can(authority_of(staff.clerk, TODAY), False)) == (
            True,
            False,
        )
        with pytest.raises(SamePerson):
            check(Act(staff.clerk, at(MONDAY)), False)

    def test_lets_the_product_itself_pass_only_where_it_may(self, db: object) -> None:
        for system in (True, False):
            _can, check = one_rule(lambda person: NotPermitted(), system=system)
            said = SimpleNamespace(refused=False)
            try:
                check(Act(SYSTEM, at(MONDAY)))
            except NotPermitted:
                said.refused = True
            assert said.refused is not system
