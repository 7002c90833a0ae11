"""What one administrator asks and another decides, tried."""

from typing import Any

from linli.ground.users.models import AccessRequest, User
from linli.ground.users.operations import (
    confirm_recovery,
    propose_recovery,
    refuse_access,
    withdraw_access,
)
from linli.ground.users.steps import ACCESS
from linli.kernel.act import Act
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
    )
]
