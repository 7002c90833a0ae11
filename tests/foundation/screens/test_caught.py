"""A refusal that a page catches and says in its own words is in the log all the same, a no to the person as such."""

from typing import Any

import pytest
from django.test import RequestFactory

from linli.foundation.screens import acting, pages, sets
from linli.foundation.trail import logs
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import DomainError
from linli.kernel.steps import OwnFamily
from tests.conftest import MONDAY, at


def refuses(*_args: object, **_said: object) -> None:
    """Whatever is asked for concerns the own family."""
    raise OwnFamily(number="H-000001")


def test_a_button_without_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting.messages, "error", lambda *_told: None)
    monkeypatch.setattr(acting, "act_of", lambda _request: Act(SYSTEM, at(MONDAY)))
    with logs.about() as told:
        acting.act_at_once(RequestFactory().post("/"), refuses, done="", to="/")

    assert told == {"refused": "steps.own_family", "barred": True}


@pytest.mark.django_db
def test_one_row_of_many() -> None:
    deed: Any = sets.Deed("grant", "", refuses)
    with logs.about() as told:
        found = sets.carried_out(Act(SYSTEM, at(MONDAY)), deed, [1, 2], {})

    assert [type(no) for no in found.refused.values()] == [OwnFamily, OwnFamily]
    assert told == {"refused": "steps.own_family", "barred": True}


def test_a_mistake_is_no_no_to_the_person() -> None:
    with logs.about() as told:
        pages.caught(DomainError())

    assert told == {"refused": "refused"}
