"""Agreements with partners tried."""

from typing import Any

from linli.kernel.act import Act
from linli.registry.partners.operations import end, renew, review, sign, turn
from linli.registry.partners.steps import AGREEMENT
from tests.conftest import Staff, at, system_act
from tests.partners.agreements import FIRST, LAST, REVIEW, drafted, running, signed
from tests.steps.trying import Bench

World = tuple[Staff, int]


def _renewed(world: World) -> Any:
    row = running(*world)
    renew(Act(world[0].clerk, at(REVIEW)), agreement_id=row.pk, valid_until=LAST.replace(year=2028))
    return row


def _over(world: World) -> Any:
    row = running(*world)
    turn(system_act(LAST))
    return row


BENCHES = [
    Bench(
        AGREEMENT,
        "office",
        {
            "DRAFT": lambda world: drafted(Act(world[0].clerk, at(FIRST)), world[1]),
            "DRAFT by the director": lambda world: drafted(Act(world[0].director, at(FIRST)), world[1]),
            "SIGNED": lambda world: signed(*world),
            "RUNNING": lambda world: running(*world),
            "RENEWED": _renewed,
            "ENDED": _over,
        },
        {
            "sign": lambda act, row: sign(act, agreement_id=row.pk),
            "review": lambda act, row: review(act, agreement_id=row.pk, review_date=LAST, note="已核对"),
            "renew": lambda act, row: renew(act, agreement_id=row.pk, valid_until=LAST.replace(year=2029)),
            "end": lambda act, row: end(act, agreement_id=row.pk, note="单位搬迁"),
        },
        page=lambda row: f"/partners/{row.number}/",
    )
]
