"""Three hands, every month: propose, approve, release; the bank answers; returns are re-issued; the month is locked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from linli.awards.operations import NewAccount, confirm_account, propose_account
from linli.awards.queries import due_of_fund, usable_accounts
from linli.kernel.act import Act
from linli.kernel.period import Month
from linli.ledger.operations import receive_inflow
from linli.payments.operations import (
    NothingDue,
    approve,
    import_return,
    propose,
    reconcile_month,
    reissue,
    release,
    write_off,
)
from linli.payments.queries import bank_file, batch, returned
from linli.simulator.bank import Bank
from linli.simulator.settle import World, at
from linli.users.codes import Role
from linli.users.queries import authority_of

PAY_DAY = 10
RECONCILE_DAY = 6
RETURN_RATE = 0.008


@dataclass(frozen=True)
class Inflow:
    """Money the plan expects: from which source, in which month."""

    source: str
    month: Month
    amount_fen: int


@dataclass
class Paid:
    """What one month's run did."""

    month: Month
    items: int
    total_fen: int
    waiting: int
    waiting_fen: int


@dataclass
class Cashier:
    """The finance office of the street."""

    world: World
    bank: Bank
    draw: Random
    inflows: Sequence[Inflow]
    runs: list[Paid] = field(default_factory=list)
    answers: list[tuple[date, str]] = field(default_factory=list)  # (day, batch number) the bank will answer
    voided: int = 0

    def live(self, day: date) -> None:
        """One working day of the finance office."""
        self._receive(day)
        self._book_answers(day)
        if self._is_first_working_day_from(day, RECONCILE_DAY):
            self._reconcile(day)
        if self._is_first_working_day_from(day, PAY_DAY):
            self._reissue(day)
            self._pay(day)

    def _receive(self, day: date) -> None:
        """The month's inflows arrive on its first working day."""
        if not self._is_first_working_day_from(day, 1):
            return
        maker = Act(self.world.who(Role.FINANCE_MAKER), at(day, 9))
        for inflow in self.inflows:
            if inflow.month == Month.of(day) and inflow.amount_fen:
                reference = f"{inflow.source}-{inflow.month}"
                receive_inflow(
                    maker,
                    source_id=self.world.source_ids[inflow.source],
                    amount_fen=inflow.amount_fen,
                    on=day,
                    reference=reference,
                )
                self.bank.receive(day, reference, inflow.amount_fen)

    def _pay(self, day: date) -> None:
        month = Month.of(day)
        if month.year != int(self.world.plan.figures["year"].value):
            return
        order = self.world.pack.shortage.programmes
        maker = Act(self.world.who(Role.FINANCE_MAKER), at(day, 9))
        for _attempt in range(2):
            try:
                proposed = propose(maker, fund_id=self.world.fund_id, month=month, shortage=order)
            except NothingDue:
                self.runs.append(self._idle(month))
                return
            if self._pass_on(proposed.pk, proposed.lines_digest, day):
                counts = (proposed.items_count, proposed.total_fen, proposed.waiting_count, proposed.waiting_fen)
                self.runs.append(Paid(month, *counts))
                return
            # Somebody died or moved between approval and release: the approval was voided; the maker starts again.
            self.voided += 1

    def _idle(self, month: Month) -> Paid:
        """Nothing could be paid: whoever is due waits."""
        dues = due_of_fund(self.world.fund_id, month)
        units = {due.award.unit_key for due in dues}
        return Paid(month, 0, 0, len(units), sum(due.amount_fen for due in dues))

    def _pass_on(self, batch_id: int, digest: str, day: date) -> bool:
        checker = Act(self.world.who(Role.FINANCE_CHECKER), at(day, 11))
        approve(checker, batch_id=batch_id, digest=digest)
        releaser = Act(self.world.who(Role.FINANCE_RELEASER), at(day, 15))
        result = release(releaser, batch_id=batch_id, layout=self.bank.layout)
        if result.released:
            self.answers.append((self._after(day, 2), result.batch.number))
        return result.released

    def _book_answers(self, day: date) -> None:
        releaser = self.world.who(Role.FINANCE_RELEASER)
        scope = authority_of(releaser, day).scope()
        for due, number in [one for one in self.answers if one[0] <= day]:
            _name, data = bank_file(scope, number)
            answer = self.bank.answer(data, on=day)
            import_return(
                Act(releaser, at(day, 14)), batch_id=self._batch_id(number, day), data=answer, layout=self.bank.layout
            )
            self.answers.remove((due, number))

    def _batch_id(self, number: str, day: date) -> int:

        return batch(authority_of(self.world.who(Role.FINANCE_MAKER), day).scope(), number).pk

    def _reissue(self, day: date) -> None:
        """Returned payments: the family brings the right account, somebody else confirms it, the money goes again."""
        maker = self.world.who(Role.FINANCE_MAKER)
        items = list(returned(authority_of(maker, day).scope()))
        gone = [item for item in items if item.award.state == "ENDED"]
        if gone:
            checker = Act(self.world.who(Role.FINANCE_CHECKER), at(day, 9))
            write_off(checker, item_ids=[item.pk for item in gone], reason="待遇已终止,不再补发")
        ready = [item for item in items if item not in gone and self._account_ready(item.unit_key, day)]
        if not ready:
            return
        again = reissue(Act(maker, at(day, 9)), item_ids=[item.pk for item in ready])
        if not self._pass_on(again.pk, again.lines_digest, day):
            self.voided += 1

    def _account_ready(self, unit_key: str, day: date) -> bool:
        """The changed account is held for some working days, so it is brought one month and used the next."""
        return unit_key in usable_accounts([unit_key], day)

    def renew_accounts(self, day: date) -> None:
        """Families whose payment came back bring another account the day after they hear of it."""
        maker = self.world.who(Role.FINANCE_MAKER)
        items = list(returned(authority_of(maker, day).scope()))
        fresh = [item for item in items if item.settled_date == day]
        if not fresh:
            return
        clerk = Act(self.world.who(Role.COMMUNITY_WORKER), at(day, 16))
        new = {
            item.unit_key: NewAccount(
                item.unit_key, item.award.stamp, item.account.holder_name, self._digits(), "江畔银行幸福里支行"
            )
            for item in fresh
        }
        accounts = propose_account(clerk, accounts=list(new.values()))
        hold = int(self.world.pack.parameters_on(day)[self.world.pack.deadlines["payee_hold"].days])
        director = Act(self.world.who(Role.COMMUNITY_DIRECTOR), at(day, 17))
        confirm_account(director, account_ids=[a.pk for a in accounts], calendar=self.world.calendar, hold_days=hold)

    def _digits(self) -> str:
        return "6200" + "".join(self.draw.choice("0123456789") for _ in range(12))

    def _reconcile(self, day: date) -> None:
        """Last month against the bank's statement, then locked."""
        month = Month.of(day).plus(-1)
        if month.year != int(self.world.plan.figures["year"].value) or not self.bank.bookings:
            return
        checker = Act(self.world.who(Role.FINANCE_CHECKER), at(day, 10))
        reconcile_month(checker, fund_id=self.world.fund_id, month=month, statement=self.bank.statement(month))

    def _is_first_working_day_from(self, day: date, of_month: int) -> bool:
        wanted = day.replace(day=of_month)
        if not self.world.calendar.is_working(wanted):
            wanted = self.world.calendar.next_working_day(wanted)
        return day == wanted

    def _after(self, day: date, working_days: int) -> date:
        return self.world.calendar.add_working_days(day, working_days).date


def inflows_of(world: World) -> list[Inflow]:
    """The plan's inflows, source by source, in its order."""
    figures = world.plan.figures
    return [
        Inflow(
            source.code,
            Month.parse(str(figures[f"sources.{source.code}.inflows.{place}.month"].value)),
            int(figures[f"sources.{source.code}.inflows.{place}.amount"].value),
        )
        for source in world.plan.sources
        for place in range(source.inflows)
    ]
