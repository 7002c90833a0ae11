"""Three hands, every month: propose, approve, release; the bank answers; returns are re-issued; the month is locked."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any

from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.money.awards.codes import AwardState, EndReason
from linli.money.awards.operations import NewAccount, propose_account, propose_recovery, propose_waiver
from linli.money.awards.queries import departed, open_receivables, to_replace, usable_accounts
from linli.money.ledger.operations import confirm_proposal, propose_inflow
from linli.money.payments.codes import BatchKind
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.operations import (
    NothingDue,
    approve,
    cancel,
    import_return,
    propose,
    reconcile_month,
    reissue,
    release,
    write_off,
)
from linli.money.payments.queries import bank_file, items, no_longer_due, returned, to_correct
from linli.money.payments.refusals import BatchStale, ClaimSettled
from linli.overview.planning.engine import Plan
from linli.registry.residents.queries import people_of_units
from linli.simulator.bank import Bank
from linli.simulator.chance import happens
from linli.simulator.counter import BANK_NAME, account_number, confirm
from linli.simulator.settle import World, at

PAY_DAY = 10
RECONCILE_DAY = 6
RETURN_RATE = 0.008
# In the rush before a busy day so many times as many come back: a bank has merged branches.
RUSH_RETURNS = 4
# Payments that come back when their month is long closed.
LATE_RATE = 0.006
# Working days between approval and release, and how common they are.
_RELEASED_AFTER = (0, 1, 2)
_RELEASED_AFTER_WEIGHTS = (5, 3, 2)
# Chances in one month that an over-payment comes back, and that what a dead person owed is given up.
RECOVERED = 0.4
WAIVED = 0.3


@dataclass(frozen=True)
class Inflow:
    """Money the plan expects: from which source, in which month."""

    source: str
    month: Month
    amount_fen: int


@dataclass
class Till:
    """A year's fund with its account at the bank and the money that its plan expects."""

    fund_id: int
    year: int
    bank: Bank
    inflows: Sequence[Inflow]
    source_ids: Mapping[str, int]
    received: Month | None = None  # the last month whose inflows were booked
    reconciled: Month | None = None  # the last month that was locked

    def over(self, last: Month) -> list[Month]:
        """What is to be reconciled, to the last month that is over: the months of the year, and after it those in which
        something came back, or its last arrears were paid.
        """
        moved = {Month.of(on) for on, _reference, _fen in self.bank.bookings}
        months = [Month(self.year, 1) if self.reconciled is None else self.reconciled.plus(1)]
        while months[-1] <= last:
            months.append(months[-1].plus(1))
        return [month for month in months[:-1] if month.year == self.year or month in moved]


@dataclass(frozen=True)
class Signed:
    """A batch as the checker signs it, and the till that it is paid from."""

    batch_id: int
    number: str
    digest: str
    kind: str
    till: Till


@dataclass
class Cashier:
    """The finance office of the street."""

    world: World
    tills: list[Till]  # this year's, then the next one's
    draw: Random
    hands: Random  # when the releaser comes, who pays back
    # Called with the payees' numbers once their payment is approved: what happens to people before it is released.
    between: Callable[[date, frozenset[str]], None]
    proposed: list[Signed] = field(default_factory=list)  # the checker has not come to it yet
    approved: list[tuple[date, Signed]] = field(default_factory=list)  # with the day of release
    answers: list[tuple[date, Signed]] = field(default_factory=list)  # (day, batch) the bank will answer
    answered: date = date.min  # the last day on which it did
    unpaid: dict[str, Any] = field(default_factory=dict)  # whose account was wrong, with where they live
    sent: dict[str, Signed] = field(default_factory=dict)  # what was released, by the number of its batch
    came_back: int = 0  # payments that came back after they had been paid and their month was closed

    def live(self, day: date) -> None:
        """One working day of the finance office."""
        self._receive(day)
        self._book_answers(day)
        self._book_late(day)
        if self._is_first_working_day_from(day, RECONCILE_DAY):
            self._reconcile(day)
            self._claim(day)
        if self._is_first_working_day_from(day, PAY_DAY):
            self._reissue(day)
            self._pay(day)
        self._sign_proposed(day)
        self._release(day)

    def _receive(self, day: date) -> None:
        """The month's inflows arrive on its first working day; what came before the first day that is lived, then."""
        for till in self.tills:
            if till.year == day.year and (till.received is None or self._is_first_working_day_from(day, 1)):
                self._receive_into(till, day)

    def _receive_into(self, till: Till, day: date) -> None:
        since, till.received = till.received, Month.of(day)
        maker = Act(self.world.who(Role.FINANCE_MAKER), at(day, 9))
        checker = Act(self.world.who(Role.FINANCE_CHECKER), at(day, 9))
        new = [
            inflow
            for inflow in till.inflows
            if inflow.amount_fen and inflow.month <= till.received and (since is None or inflow.month > since)
        ]
        alike = Counter((inflow.source, inflow.amount_fen) for inflow in new)
        for inflow in new:
            reference = f"{inflow.source}-{inflow.month}"
            several = alike[inflow.source, inflow.amount_fen] > 1
            row = propose_inflow(
                maker,
                source_id=till.source_ids[inflow.source],
                amount_fen=inflow.amount_fen,
                on=day,
                reference=reference,
                paper=f"银行回单 {reference}",
                reason=f"{inflow.month} 的款项" if several else "",
            )
            confirm_proposal(checker, proposal_id=row.pk)
            till.bank.receive(day, reference, inflow.amount_fen)

    def _pay(self, day: date) -> None:
        """The month from its year's fund; what is in arrears from before the turn from the fund of its own year."""
        for till in self.tills:
            if till.year <= day.year:
                self._pay_from(till, day)

    def _pay_from(self, till: Till, day: date, *, hour: int = 9) -> None:
        month = min(Month.of(day), Month(till.year, 12))
        maker = Act(self.world.who(Role.FINANCE_MAKER), at(day, hour))
        try:
            made = propose(maker, fund_id=till.fund_id, month=month)
        except NothingDue:
            return
        proposed = Signed(made.pk, made.number, made.lines_digest, made.kind, till)
        if self.world.busy.is_it(day):
            self.proposed.append(proposed)
        else:
            self._approve(proposed, day, hour=hour + 2)

    def _sign_proposed(self, day: date) -> None:
        """What was left for today; where somebody died or moved since, the maker takes it back and starts again."""
        if self.world.busy.is_it(day):
            return
        left, self.proposed = self.proposed, []
        for one in left:
            try:
                self._approve(one, day)
            except BatchStale:
                maker = Act(self.world.who(Role.FINANCE_MAKER), at(day, 11))
                cancel(maker, batch_id=one.batch_id, reason="名单有变化，重新编制")
                self._pay_from(one.till, day, hour=12)

    def _approve(self, proposed: Signed, day: date, *, hour: int = 11) -> None:
        """The checker signs; the releaser is there the same day, the next or the one after."""
        checker = Act(self.world.who(Role.FINANCE_CHECKER), at(day, hour))
        approve(checker, batch_id=proposed.batch_id, digest=proposed.digest)
        self.between(day, frozenset(items(proposed.batch_id).values_list("unit_key", flat=True)))
        later = self.hands.choices(_RELEASED_AFTER, _RELEASED_AFTER_WEIGHTS)[0]
        self.approved.append((self._after(day, later) if later else day, proposed))

    def _release(self, day: date) -> None:
        """Money leaves. Where somebody died or moved since the approval it is voided, and the maker starts again."""
        if self.world.busy.is_it(day):
            return
        for due, signed in [one for one in self.approved if one[0] <= day]:
            self.approved.remove((due, signed))
            releaser = Act(self.world.who(Role.FINANCE_RELEASER), at(day, 15))
            if release(releaser, batch_id=signed.batch_id, layout=signed.till.bank.layout).released:
                self.answers.append((self._after(day, 2), signed))
                self.sent[signed.number] = signed
            elif signed.kind == BatchKind.REGULAR:
                self._pay_from(signed.till, day, hour=16)

    def _book_answers(self, day: date) -> None:
        releaser = self.world.who(Role.FINANCE_RELEASER)
        scope = authority_of(releaser, day).scope()
        for due, signed in [one for one in self.answers if one[0] <= day]:
            _name, data = bank_file(scope, signed.number)
            bank = signed.till.bank
            times = RUSH_RETURNS if self.world.busy.is_rush(day) else 1
            answer = bank.answer(data, on=day, times=times)
            import_return(Act(releaser, at(day, 14)), batch_id=signed.batch_id, data=answer, layout=bank.layout)
            self.answers.remove((due, signed))
            self.answered = day

    def _book_late(self, day: date) -> None:
        """What had been paid and comes back: its batch and month are closed, it is booked today. What a family has
        paid back itself in the meantime stays where it is.
        """
        releaser = self.world.who(Role.FINANCE_RELEASER)
        for till in self.tills:
            for late in till.bank.late_on(day):
                data = till.bank.told_late(late, on=day)
                batch_id = self.sent[late.batch_number].batch_id
                try:
                    import_return(Act(releaser, at(day, 14)), batch_id=batch_id, data=data, layout=till.bank.layout)
                except ClaimSettled:
                    continue
                till.bank.take_back(late, on=day)
                self.came_back += 1
                self.answered = day

    def _reissue(self, day: date) -> None:
        """Returned payments: the family brings the right account, somebody else confirms it, the money goes again."""
        maker = self.world.who(Role.FINANCE_MAKER)
        back = list(returned(authority_of(maker, day).scope()))
        left = departed([item.award for item in back], day)
        due = no_longer_due(back, day)
        gone = [
            item
            for item in back
            if item.award.state == AwardState.ENDED or (item.pk in due and item.award_id not in left)
        ]
        if gone:
            checker = Act(self.world.who(Role.FINANCE_CHECKER), at(day, 9))
            for till in self.tills:
                own = [item.pk for item in gone if item.source.fund_id == till.fund_id]
                if own:
                    write_off(checker, item_ids=own, reason="待遇已终止，不再补发")
        kept = [item for item in back if item not in gone and item.award_id not in left]
        waiting = {item.pk for item in to_correct(authority_of(maker, day).scope())}
        ready = [item for item in kept if item.pk not in waiting and self._account_ready(item.unit_key, day)]
        for till in self.tills:
            own = [item.pk for item in ready if item.source.fund_id == till.fund_id]
            if own:
                again = reissue(Act(maker, at(day, 9)), item_ids=own)
                self._approve(Signed(again.pk, again.number, again.lines_digest, again.kind, till), day)

    def _account_ready(self, unit_key: str, day: date) -> bool:
        """The changed account is held for some working days, so it is brought one month and used the next."""
        return unit_key in usable_accounts([unit_key], day)

    def renew_accounts(self, day: date) -> None:
        """Families whose payment came back bring another account, mostly on the same day."""
        if self.answered == day:
            scope = authority_of(self.world.who(Role.FINANCE_MAKER), day).scope()
            fresh = [item for item in returned(scope) if item.settled_date == day]
            self.unpaid.update((item.unit_key, item.award.stamp) for item in fresh)
        coming = self.world.busy.done(list(self.unpaid), day, early=True)
        if coming:
            clerk = Act(self.world.who(Role.COMMUNITY_WORKER), at(day, 16))
            self._bring_accounts(clerk, {key: self._account(key, self.unpaid.pop(key)) for key in coming}, day)

    def replace_accounts(self, day: date) -> None:
        """Whose account was somebody's who died: the family brings another in the name of one who lives."""
        person = self.world.who(Role.COMMUNITY_WORKER)
        rows = self.world.busy.done(list(to_replace(authority_of(person, day).scope(), day)), day)
        if rows:
            new = {row.unit_key: self._account(row.unit_key, row.stamp) for row in rows}
            self._bring_accounts(Act(person, at(day, 16)), new, day)

    def _account(self, unit_key: str, stamp: Any) -> NewAccount:
        return NewAccount(unit_key, stamp, "", account_number(self.draw), BANK_NAME)

    def _bring_accounts(self, clerk: Act, new: Mapping[str, NewAccount], day: date) -> None:
        """In the name of the person, or of the head of the household; nobody comes where nobody is left."""
        people = people_of_units(new, day)
        named = []
        for unit_key, account in new.items():
            unit = people[unit_key]
            living = (unit.person,) if unit.person else unit.members
            if living:
                named.append(replace(account, holder_name=living[0].name))
        if named:
            accounts = propose_account(clerk, accounts=named)
            confirm(self.world, [account.pk for account in accounts], day, hour=17)

    def _reconcile(self, day: date) -> None:
        """Last month against the bank's statement, then locked; before it those that were over when money came."""
        checker = Act(self.world.who(Role.FINANCE_CHECKER), at(day, 10))
        for till in self.tills:
            if not till.bank.bookings:
                continue
            for month in till.over(Month.of(day).plus(-1)):
                till.reconciled = month
                statement = read_statement(till.bank.statement(month))
                reconcile_month(checker, fund_id=till.fund_id, month=month, statement=statement)

    def _claim(self, day: date) -> None:
        """What was paid too much is asked back, month by month; of the dead the street gives up what is lost."""
        checker = self.world.who(Role.FINANCE_CHECKER)
        for owed in list(open_receivables(authority_of(checker, day).scope())):
            if happens(self.hands, RECOVERED):
                maker = Act(self.world.who(Role.FINANCE_MAKER), at(day, 14))
                row = propose_recovery(maker, receivable_id=owed.pk, paper="已退回专户，银行回单")
                confirm_proposal(Act(checker, at(day, 14)), proposal_id=row.pk)
                source = owed.month.source_id
                till = next(one for one in self.tills if source in one.source_ids.values())
                till.bank.receive(day, owed.award.number, owed.amount_fen)
            elif owed.reason == EndReason.DIED and happens(self.hands, WAIVED):
                officer, other = (Act(self.world.who(Role.STREET_OFFICER, one), at(day, 15)) for one in (0, 1))
                row = propose_waiver(officer, receivable_id=owed.pk, note="当事人去世，无可追回的财产")
                confirm_proposal(other, proposal_id=row.pk)

    def _is_first_working_day_from(self, day: date, of_month: int) -> bool:
        wanted = day.replace(day=of_month)
        if not self.world.calendar.is_working(wanted):
            wanted = self.world.calendar.next_working_day(wanted)
        return day == wanted

    def _after(self, day: date, working_days: int) -> date:
        return self.world.calendar.add_working_days(day, working_days).date


def inflows_of(plan: Plan) -> list[Inflow]:
    """The plan's inflows, source by source, in its order."""
    figures = plan.figures
    return [
        Inflow(
            source.code,
            Month.parse(str(figures[f"sources.{source.code}.inflows.{place}.month"].value)),
            int(figures[f"sources.{source.code}.inflows.{place}.amount"].value),
        )
        for source in plan.sources
        for place in range(source.inflows)
    ]
