"""Requests as somebody at the public door makes them, and what became of them."""

from datetime import date

from linli.kernel.act import Act
from linli.registry.newcomers.models import Request
from linli.registry.newcomers.operations import ask, confirm, refuse
from tests.conftest import MONDAY, Staff, at, system_act

SAID = {"name": "郑秋", "phone": "13900001111", "address": "和平里 1 号楼 301", "need": "腿脚不便"}


def asked(community_id: int, on: date = MONDAY) -> Request:
    """Somebody left their telephone."""
    return ask(system_act(on), community_id=community_id, said=SAID)


def refused(staff: Staff, community_id: int) -> Request:
    """The clerk reached nobody."""
    row = asked(community_id)
    return refuse(Act(staff.clerk, at(MONDAY)), request_id=row.pk, note="多次联系不上")


def confirmed(staff: Staff, community_id: int, household: str) -> Request:
    """The clerk found the family."""
    row = asked(community_id)
    return confirm(Act(staff.clerk, at(MONDAY)), request_id=row.pk, household=household)
