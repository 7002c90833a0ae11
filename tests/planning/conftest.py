"""A community that lives its plan: two families and a person granted, one month paid, one application open."""

from dataclasses import dataclass
from datetime import date

import pytest

from linli.foundation.data.scope import Scope
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.law.policies.engine import Pack
from linli.money.ledger.operations import confirm_proposal, propose_inflow
from linli.money.ledger.queries import sources
from linli.money.payments.models import PaymentBatch
from linli.money.payments.operations import approve, import_return, propose, release
from linli.money.payments.queries import layouts
from linli.overview.planning.engine import Plan, plan_from_pack
from linli.overview.planning.queries import Row, plan_versus_actual
from tests.assistance.world import World, make_world
from tests.conftest import Community, Staff, at, make_community, make_staff
from tests.layers import layer
from tests.ledger.bank import answer

PAY_DAY = date(2026, 4, 10)
LATER = date(2026, 4, 30)


@dataclass
class Lived:
    """The world of the case, and money moving in it."""

    world: World

    @property
    def community(self) -> Community:
        return self.world.community

    @property
    def staff(self) -> Staff:
        return self.world.staff

    @property
    def community_id(self) -> int:
        return self.community.community.pk

    @property
    def scope(self) -> Scope:
        return Scope(communities=frozenset([self.community_id]))

    @property
    def pack(self) -> Pack:
        return self.world.pack

    @property
    def plan(self) -> Plan:
        return plan_from_pack(self.pack)

    @property
    def fund_id(self) -> int:
        return self.world.fund.pk

    def receive(self, fen: int, on: date = date(2026, 1, 5)) -> None:
        row = propose_inflow(
            Act(self.staff.maker, at(on)),
            source_id=sources(self.fund_id)[0].pk,
            amount_fen=fen,
            on=on,
            reference=f"IN-{on}-{fen}",
            paper="银行回单",
        )
        confirm_proposal(Act(self.staff.checker, at(on, 10)), proposal_id=row.pk)

    def pay(self, month: Month, on: date, returned: tuple[int, ...] = ()) -> PaymentBatch:
        """One month through three hands and the bank."""
        proposed = propose(Act(self.staff.maker, at(on, 9)), fund_id=self.fund_id, month=month)
        approve(Act(self.staff.checker, at(on, 10)), batch_id=proposed.pk, digest=proposed.lines_digest)
        layout = layouts()["RIVER_BANK"]
        sent = release(Act(self.staff.releaser, at(on, 11)), batch_id=proposed.pk, layout=layout).batch
        data = answer(sent, returned=returned, on=on)
        return import_return(Act(self.staff.releaser, at(on, 15)), batch_id=sent.pk, data=data, layout=layout)

    def rows(self, on: date = LATER, **changed: object) -> dict[str, Row]:
        """Plan against actual by code."""
        asked = {"community_id": self.community_id, "pack": self.pack, "plan": self.plan, "fund_id": self.fund_id}
        rows = plan_versus_actual(self.scope, on=on, **{**asked, **changed})  # type: ignore[arg-type]  # as above
        return {row.code: row for row in rows}


def live(world: World) -> Lived:
    """Two poor lone elders granted in March and paid for April, a third who only applied."""
    lived = Lived(world)
    lived.receive(500_000)
    for _ in range(2):
        application, day = world.at_decision()
        world.granted(application, day=day)
    world.received()
    lived.pay(Month(2026, 4), PAY_DAY)
    return lived


@layer
def lived(community: Community, staff: Staff) -> Lived:
    return live(make_world(community, staff))


@pytest.fixture
def committed(committed_database: str, django_db_blocker) -> Lived:
    """The same in a private database where rows can be torn out."""
    with django_db_blocker.unblock():
        places = make_community()
        yield live(make_world(places, make_staff(places)))
