"""The year turns: next year's plan and fund beside the running ones, awards reviewed and carried over.

Nothing is invented for it: the next plan is this one moved on by the stated rule (``policies.engine.next_year``), or
the one that lies beside the pack for that year.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from linli.aid.assistance.codes import RenewalMethod, RenewalState
from linli.aid.assistance.operations import ask_to_reapply, confirm_renewals, decide_renewals, end_renewals
from linli.aid.assistance.queries.renewals import RenewalView, renewal_views, renewals
from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.kernel.period import Month
from linli.law.policies.engine import load_pack
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.next_year import write_next_year
from linli.law.policies.operations import install_pack
from linli.money.ledger.queries import sources
from linli.overview.planning.engine import Plan, plan_from_pack
from linli.simulator.bank import Bank
from linli.simulator.cashier import Till, inflows_of
from linli.simulator.settle import World, adopt_plan, at, open_year, within_budget

# Day and month from which next year's plan is prepared, and on which the street begins to decide.
_PREPARED, _DECIDED = (11, 9), (12, 1)
# Families looked at in a day, and decided in one act.
CHECKED_A_DAY = 25
DECIDED_TOGETHER = 20
# Days before the end on which those who still cannot be reached are given up.
_GIVEN_UP = timedelta(days=3)


@dataclass
class Turn:
    """Those who see to it that January comes."""

    world: World
    folder: Path
    new_bank: Callable[[], Bank]
    till: Till | None = None  # the next year's, once its fund is open
    paid_until: Mapping[str, Month] = field(default_factory=dict)  # last months of the next plan, by programme
    excess_fen: int = 0

    @property
    def year(self) -> int:
        """The year that comes."""
        return int(self.world.plan.figures["year"].value) + 1

    def live(self, day: date) -> None:
        """One working day."""
        if self.till is None and day >= date(self.year - 1, *_PREPARED):
            self._prepare(day)
        if self.till is None:
            return
        self._confirm(day)
        if day >= date(self.year - 1, *_DECIDED):
            self._decide(day)

    def _prepare(self, day: date) -> None:
        """The administrator installs the pack, the director adopts its plan, the street opens its fund."""
        pack, plan = self._install(day)
        version = pack.digest
        adopt_plan(self.world.people, plan, version, self.world.community, day)
        fund_id = open_year(self.world.who(Role.STREET_OFFICER), pack, plan, self.world.community, day)
        codes = {source.code: source.pk for source in sources(fund_id)}
        self.till = Till(fund_id, self.year, self.new_bank(), inflows_of(plan), codes)
        self.paid_until = {code: programme.last_month for code, programme in pack.programmes.items()}

    def _install(self, day: date) -> tuple[Pack, Plan]:
        administrator = Act(self.world.who(Role.ADMINISTRATOR), at(day, 9))
        beside = self.folder.with_name(f"{self.folder.name}_{self.year}")
        with tempfile.TemporaryDirectory(prefix="linli-next-") as place:
            folder = beside if beside.exists() else write_next_year(self.folder, Path(place) / "pack")
            install_pack(administrator, folder=folder)
            pack = load_pack(folder)
        return pack, plan_from_pack(pack)

    def _views(self, day: date, role: Role, state: RenewalState) -> list[RenewalView]:
        scope = authority_of(self.world.who(role), day).scope()
        return renewal_views(renewals(scope, state=state), day)

    def _confirm(self, day: date) -> None:
        """Families of whom nothing new is known together, the others one by one, as many as a day holds."""
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 10))
        waiting = [one for one in self._views(day, Role.COMMUNITY_WORKER, RenewalState.OPEN) if one.awards]
        waiting = waiting[:CHECKED_A_DAY]
        quiet = [one.renewal.pk for one in waiting if not one.known]
        if quiet:
            confirm_renewals(clerk, renewal_ids=quiet, checked_date=day, method=RenewalMethod.PHONE)
        for one in waiting:
            if one.known:
                self._visit(clerk, one)

    def _visit(self, clerk: Act, view: RenewalView) -> None:
        """What is new is on record; where it does not suffice the family applies anew."""
        ids = [view.renewal.pk]
        try:
            confirm_renewals(clerk, renewal_ids=ids, checked_date=clerk.on, method=RenewalMethod.VISIT)
        except DomainError:
            ask_to_reapply(clerk, renewal_ids=ids, reason="家庭情况变化较大，须重新申请")

    def _decide(self, day: date) -> None:
        confirmed = [one for one in self._views(day, Role.STREET_OFFICER, RenewalState.CONFIRMED) if one.awards]
        ready = [one.renewal.pk for one in confirmed if not one.suspended]
        for start in range(0, len(ready), DECIDED_TOGETHER):
            self._decide_some(day, ready[start : start + DECIDED_TOGETHER])
        late = [one.renewal.pk for one in confirmed if one.suspended and day >= one.renewal.until_date - _GIVEN_UP]
        if late:
            officer = Act(self.world.who(Role.STREET_OFFICER, 1), at(day, 15))
            end_renewals(officer, renewal_ids=late, reason="多次入户未能联系上受助家庭")

    def _decide_some(self, day: date, ids: list[int]) -> None:
        """All in one act; where one of them has news since, one by one, and that one goes back to the community."""
        officer = Act(self.world.who(Role.STREET_OFFICER, 1), at(day, 14))
        try:
            self.excess_fen += within_budget(self.world, day, lambda: decide_renewals(officer, renewal_ids=ids))
        except DomainError:
            if len(ids) > 1:
                for one in ids:
                    self._decide_some(day, [one])
            else:
                clerk = Act(self.world.who(Role.COMMUNITY_WORKER, day.toordinal()), at(day, 15))
                confirm_renewals(clerk, renewal_ids=ids, checked_date=day, method=RenewalMethod.VISIT)
