"""Whose log-in is whose, tried."""

from linli.ground.users.codes import Role
from linli.ground.users.models import User
from linli.ground.users.operations import assign, create_user
from linli.kernel.act import Act
from linli.registry.residents.models import Resident, ResidentAccount
from linli.registry.residents.operations import doubt_link, end_link, keep_link, link_account
from linli.registry.residents.steps import LINKS
from tests.conftest import MONDAY, Staff, at, system_act
from tests.steps.trying import Bench

World = tuple[Staff, int]


def _linked(world: World, of: User | None = None) -> ResidentAccount:
    """The wife's log-in, or that of somebody who works here and was taken for her."""
    user = of or create_user(system_act(), username="xiuying", name="李秀英")
    wife = Resident.objects.get(name="李秀英")
    return link_account(Act(world[0].administrator, at(MONDAY)), user_id=user.pk, resident_id=wife.pk)


def _doubted(world: World, *, by: User | None = None, of: User | None = None) -> ResidentAccount:
    row = _linked(world, of)
    _doubt(Act(by or world[0].administrator, at(MONDAY)), row)
    return row


def _doubted_by_who_settles(world: World) -> ResidentAccount:
    """Nobody is given both roles; the product itself may have, at its installation."""
    director, place = world[0].director, Resident.objects.get(name="李秀英").community_id or 0
    assign(system_act(), user_id=director.pk, role=Role.SOCIAL_WORKER, area_id=place, valid_from=MONDAY)
    return _doubted(world, by=director)


def _settled(world: World, settle: object) -> ResidentAccount:
    row = _doubted(world)
    settle(Act(world[0].director, at(MONDAY)), row)  # type: ignore[operator]  # a step
    return row


def _doubt(act: Act, row: ResidentAccount) -> object:
    return doubt_link(act, link_id=row.pk, note="本人说不是自己的账号")


def _keep(act: Act, row: ResidentAccount) -> object:
    return keep_link(act, link_id=row.pk, note="当面核实")


def _end(act: Act, row: ResidentAccount) -> object:
    return end_link(act, link_id=row.pk, note="当面核实")


BENCHES = [
    Bench(
        LINKS,
        "neighbours",
        {
            "STANDING": _linked,
            "STANDING of who doubts": lambda world: _linked(world, world[0].clerk),
            "STANDING once more": lambda world: _settled(world, _keep),
            "DOUBTED": _doubted,
            "DOUBTED by who settles": _doubted_by_who_settles,
            "DOUBTED of who settles": lambda world: _doubted(world, of=world[0].director),
            "ENDED": lambda world: _settled(world, _end),
        },
        {"doubt": _doubt, "keep": _keep, "end": _end},
        page=lambda row: f"/residents/links/{row.number}/",
    )
]
