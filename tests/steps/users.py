"""What one administrator asks and another decides, tried."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from linli.ground.users.models import AccessRequest, ExtraLooks, User
from linli.ground.users.operations import (
    allow_looks,
    ask_for_looks,
    confirm_recovery,
    find_looks_right,
    propose_recovery,
    question_looks,
    refuse_access,
    refuse_looks,
    settle_looks,
    withdraw_access,
    withdraw_looks,
)
from linli.ground.users.queries.looks import LOOKS_A_DAY
from linli.ground.users.steps import ACCESS, LOOKS
from linli.kernel.act import Act
from linli.registry.residents.codes import SealedField
from linli.registry.residents.models import Household
from linli.registry.residents.operations import unmask
from tests.conftest import MONDAY, Staff, at
from tests.steps.trying import Bench

World = tuple[Staff, int]


def _asked(world: World, of: User | None = None) -> AccessRequest:
    staff, _place = world
    asks = Act(staff.administrator, at(MONDAY))
    return propose_recovery(asks, user_id=(of or staff.clerk).pk, half="abcd-efgh", reason="手机遗失")


def _decided(world: World, decide: Any) -> AccessRequest:
    row = _asked(world)
    decide(Act(world[0].security, at(MONDAY)), row)
    return row


def _withdrawn(world: World) -> AccessRequest:
    row = _asked(world)
    withdraw_access(Act(world[0].administrator, at(MONDAY)), request_id=row.pk)
    return row


def _confirm(act: Act, row: AccessRequest) -> object:
    return confirm_recovery(act, request_id=row.pk, half="jkmn-pqrs", note="已当面核实")


def _refuse(act: Act, row: AccessRequest) -> object:
    return refuse_access(act, request_id=row.pk, note="本人不知")


def _looks(world: World, of: User | None = None) -> ExtraLooks:
    staff, _place = world
    return ask_for_looks(Act(of or staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")


def _decided_looks(world: World, step: Callable[[Act, int], object], *, opened: bool = False) -> ExtraLooks:
    staff, _place = world
    row = _opened(world) if opened else _looks(world)
    hand = staff.clerk if step is withdraw else staff.auditor if opened else staff.street_officer
    step(Act(hand, at(MONDAY)), row.pk)
    return row


def _opened(world: World, of: User | None = None) -> ExtraLooks:
    """Opened at once by somebody whose day has no more."""
    act, home = Act(of or world[0].clerk, at(MONDAY)), Household.objects.get().pk
    said = {"field": SealedField.ADDRESS, "purpose": "OTHER", "detail": "老人失联，联系家属", "household_id": home}
    with patch.dict(LOOKS_A_DAY, dict.fromkeys(LOOKS_A_DAY, 1)):
        unmask(act, **said)
        unmask(act, **said, urgent=True)
    return ExtraLooks.objects.get()


def _allow(act: Act, row_id: int) -> object:
    return allow_looks(act, looks_id=row_id)


def _refuse_looks(act: Act, row_id: int) -> object:
    return refuse_looks(act, looks_id=row_id, note="今天没有这样的事")


def withdraw(act: Act, row_id: int) -> object:
    return withdraw_looks(act, looks_id=row_id)


def _find_right(act: Act, row_id: int) -> object:
    return find_looks_right(act, looks_id=row_id, note="走访记录相符")


def _question(act: Act, row_id: int) -> object:
    return question_looks(act, looks_id=row_id, note="没有走访记录")


def _settle(act: Act, row_id: int) -> object:
    return settle_looks(act, looks_id=row_id, note="补交走访记录，已谈话")


def _settled(world: World) -> ExtraLooks:
    row = _decided_looks(world, _question, opened=True)
    _settle(Act(world[0].security, at(MONDAY)), row.pk)
    return row


BENCHES = [
    Bench(
        ACCESS,
        "office",
        {
            "PROPOSED": _asked,
            "PROPOSED of who decides": lambda world: _asked(world, world[0].security),
            "CONFIRMED": lambda world: _decided(world, _confirm),
            "REFUSED": lambda world: _decided(world, _refuse),
            "WITHDRAWN": _withdrawn,
        },
        {
            "confirm": _confirm,
            "refuse": _refuse,
            "withdraw": lambda act, row: withdraw_access(act, request_id=row.pk),
        },
        page=lambda row: f"/organisation/access/{row.number}/",
    ),
    Bench(
        LOOKS,
        "neighbours",
        {
            "PROPOSED": _looks,
            "PROPOSED of who decides": lambda world: _looks(world, world[0].director),
            "ALLOWED": lambda world: _decided_looks(world, _allow),
            "REFUSED": lambda world: _decided_looks(world, _refuse_looks),
            "WITHDRAWN": lambda world: _decided_looks(world, withdraw),
            "OPENED": _opened,
            "OPENED of who reviews": lambda world: _opened(world, world[0].auditor),
            "FOUND_RIGHT": lambda world: _decided_looks(world, _find_right, opened=True),
            "QUESTIONED": lambda world: _decided_looks(world, _question, opened=True),
            "SETTLED": _settled,
        },
        {
            "allow": lambda act, row: _allow(act, row.pk),
            "refuse": lambda act, row: _refuse_looks(act, row.pk),
            "withdraw": lambda act, row: withdraw(act, row.pk),
            "find_right": lambda act, row: _find_right(act, row.pk),
            "question": lambda act, row: _question(act, row.pk),
            "settle": lambda act, row: _settle(act, row.pk),
        },
        page=lambda row: f"/looks/{row.number}/",
        on=MONDAY,
    ),
]
