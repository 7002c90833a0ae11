"""A link and a role that are given at the same moment do not make two posts of one person."""

from collections.abc import Callable
from datetime import date
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections

from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, create_user
from linli.ground.users.operations import assignments as giving
from linli.kernel.errors import DomainError
from linli.registry.residents.models import ResidentAccount
from linli.registry.residents.operations import link_account
from linli.registry.residents.operations import links as linking
from tests.conftest import system_act
from tests.ledger.world import OPENED, World, by
from tests.payments.test_one_person import settled

DAY, NEXT = date(2026, 3, 2), date(2026, 4, 1)
Deed = Callable[[], object]
_WAITS = 2.0  # seconds in which the other would end, if it did not wait


def told_of(deeds: dict[str, Deed], first: str, ready: Event, done: Event) -> dict[str, str]:
    """What became of two deeds, the second of which begins once the first has looked."""
    told: dict[str, str] = {}
    here = dict(connections["default"].settings_dict)

    def run(name: str) -> None:
        connections["default"].settings_dict = dict(here)
        try:
            if name != first:
                ready.wait(30)
            deeds[name]()
            told[name] = "done"
        except DomainError as refusal:
            told[name] = type(refusal).__name__
        finally:
            if name != first:
                done.set()
            connections.close_all()

    threads = [Thread(target=run, args=[name]) for name in deeds]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return told


@pytest.mark.faults
@pytest.mark.parametrize(
    ("first", "refusal"), [("role", {"link": "PostLinked"}), ("link", {"role": "RolesApartInPerson"})]
)
def test_a_link_and_a_role_at_the_same_moment(
    committed_world: World, monkeypatch: pytest.MonkeyPatch, first: str, refusal: dict[str, str]
) -> None:
    world, staff = committed_world, committed_world.staff
    me = settled(world, "孙一人", 92)
    link_account(by(staff.clerk, OPENED), user_id=staff.director.pk, resident_id=me.pk)
    other: User = create_user(system_act(), username="other", name="孙一人")
    place = staff.checker.assignments.get().area_id
    ready, done = Event(), Event()

    def slowly(real: Callable[..., Any]) -> Callable[..., Any]:
        def slow(*args: Any, **told: Any) -> Any:
            found = real(*args, **told)
            ready.set()
            done.wait(_WAITS)
            return found

        return slow

    room, name = (giving, "_check_apart") if first == "role" else (linking, "take_labels")
    monkeypatch.setattr(room, name, slowly(getattr(room, name)))
    role = {"role": Role.COMMUNITY_WORKER, "area_id": place, "valid_from": NEXT}
    deeds: dict[str, Deed] = {
        "role": lambda: assign(by(staff.administrator, DAY), user_id=other.pk, **role),  # type: ignore[arg-type]
        "link": lambda: link_account(by(staff.clerk, DAY), user_id=other.pk, resident_id=me.pk),
    }

    assert told_of(deeds, first, ready, done) == {first: "done"} | refusal
    both = ResidentAccount.objects.filter(user=other).exists() and other.assignments.exists()
    assert not both
