"""Money that comes back after the bank paid it: no closed batch and no locked month is a wall."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.period import Month
from linli.kernel.steps import StepNotPossible
from linli.money.awards.codes import ChangeKind, EndReason, MonthState, ReceivableState
from linli.money.awards.models import Award, AwardMonth, Receivable
from linli.money.awards.operations import Ending, end
from linli.money.awards.operations.history import NewChange, rebook, write_changes
from linli.money.awards.operations.receivables import owe_overpaid
from linli.money.awards.queries import invariants as award_invariants
from linli.money.ledger.codes import AccountKind, JournalKind
from linli.money.ledger.models import Journal, Proposal
from linli.money.ledger.operations import (
    ProposalStale,
    ProposalWaiting,
    confirm_proposal,
    correct,
    kinds,
    may_undo,
)
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.ledger.queries import statement as fund_statement
from linli.money.payments import operations, queries, refusals
from linli.money.payments.codes import BatchState, ItemState
from linli.money.payments.engine.statements import read_statement
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.overview.planning.queries.money import _cash
from tests.conftest import at
from tests.layers import layer
from tests.ledger.bank import answer, lock_before, statement
from tests.ledger.world import MARCH, PAY_DAY, World, by, inside

LATE = date(2026, 3, 25)
APRIL = date(2026, 4, 9)


def whole() -> bool:
    return not [*ledger_invariants(), *award_invariants(), *queries.invariants()]


@layer
def families(world: World) -> World:
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    return world


@layer
def paid(families: World) -> PaymentBatch:
    """Three payments of March, all paid; the batch is closed."""
    return families.paid()


@pytest.fixture
def back(families: World, paid: PaymentBatch) -> Callable[..., list[PaymentItem]]:
    def do(*seqs: int, on: date = LATE, bank_date: date | None = None, reason: str = "账户已销户") -> list[PaymentItem]:
        return families.came_back(paid, seqs, on, bank_date, reason)

    return do


def reconcile(world: World, month: Month, on: date) -> object:
    lock_before(world, month, on)
    return operations.reconcile_month(
        by(world.staff.checker, on),
        fund_id=world.fund.pk,
        month=month,
        statement=read_statement(statement(world.fund, month)),
    )


class TestWhoseItIs:
    def test_is_told_to_whom_the_payment_is_within_reach(self, families: World, paid: PaymentBatch) -> None:
        [(row, item)] = operations.propose_late_return(
            by(families.staff.releaser, LATE), batch_id=paid.pk, seqs=[1], bank_date=LATE, reason="账户已销户"
        )
        told = dict(queries.whose_line(authority_of(families.staff.checker, LATE), row))
        assert told["待遇"] == item.award.number
        assert queries.whose_line(authority_of(families.staff.outsider, LATE), row) == []


class TestTakeBack:
    def test_waits_in_the_list_of_returned_payments(self, families: World, back: Callable[..., object]) -> None:
        back(2)
        [item] = queries.returned(authority_of(families.staff.auditor, LATE).scope())
        assert (item.seq, item.settled_date, item.paid_date, item.return_text) == (2, LATE, PAY_DAY, "账户已销户")

    def test_is_cash_and_payable_again(self, families: World, back: Callable[..., object]) -> None:
        back(2, 3)
        found = [families.total(kind) for kind in (AccountKind.CASH, AccountKind.PAYABLE, AccountKind.EXPENSE)]
        assert found == [99_500_00, 1_000_00, 1_500_00]

    def test_keeps_every_invariant(self, back: Callable[..., object]) -> None:
        back(2)
        assert whole()

    def test_leaves_the_batch_closed(self, paid: PaymentBatch, back: Callable[..., object]) -> None:
        back(2)
        paid.refresh_from_db()
        assert paid.state == BatchState.CLOSED

    def test_of_a_locked_month_is_booked_today_with_the_banks_day_kept(
        self, families: World, back: Callable[..., object]
    ) -> None:
        reconcile(families, MARCH, date(2026, 4, 1))
        [item] = back(2, on=APRIL, bank_date=LATE)
        journal = Journal.objects.get(kind=JournalKind.LATE_RETURN)
        assert (journal.on_date, item.settled_date, whole()) == (APRIL, LATE, True)

    def test_stands_in_the_books_under_the_banks_reference(
        self, paid: PaymentBatch, back: Callable[..., object]
    ) -> None:
        back(2)
        transfer = Journal.objects.get(kind=JournalKind.LATE_RETURN).transfers.get()
        assert (transfer.reference, transfer.amount_fen) == (f"{paid.number}-0002", 500_00)

    @pytest.mark.parametrize("day", [LATE, APRIL])
    def test_lets_every_month_be_reconciled(self, families: World, back: Callable[..., object], day: date) -> None:
        back(2, on=day)
        reconcile(families, MARCH, date(2026, 5, 4))
        assert reconcile(families, Month(2026, 4), date(2026, 5, 4))

    def test_changes_no_report_of_a_month_that_is_over(self, families: World, back: Callable[..., object]) -> None:
        scope = authority_of(families.staff.auditor, APRIL).scope()
        before = fund_statement(scope, families.fund.pk, MARCH.first_day, date(2026, 4, 1))
        back(2, on=APRIL)
        assert fund_statement(scope, families.fund.pk, MARCH.first_day, date(2026, 4, 1)) == before

    def test_is_paid_less_and_not_received_in_the_month_it_came(
        self, families: World, back: Callable[..., object]
    ) -> None:
        back(2, on=APRIL)
        scope = authority_of(families.staff.auditor, APRIL).scope()
        april = fund_statement(scope, families.fund.pk, date(2026, 4, 1), date(2026, 5, 1))
        months = _cash(families.fund.pk, Month(2026, 1), Month(2026, 4))
        assert (april.paid_fen, sum(row.received_fen for row in april.sources)) == (-500_00, 0)
        assert months[Month(2026, 4)] == (0, -500_00)

    def test_adds_up_over_the_year(self, families: World, back: Callable[..., object]) -> None:
        back(2, on=APRIL)
        scope = authority_of(families.staff.auditor, APRIL).scope()
        year = fund_statement(scope, families.fund.pk, date(2026, 1, 1), date(2026, 5, 1))
        assert year.spent_fen == year.paid_fen + year.payable_fen + year.in_transit_fen - year.recovered_fen
        assert year.closing_fen == sum(row.opening_fen + row.received_fen for row in year.sources) - year.paid_fen

    def test_is_sent_again_and_paid(self, families: World, back: Callable[..., list[PaymentItem]]) -> None:
        [item] = map(families.corrected, back(2))
        batch = operations.reissue(by(families.staff.maker, LATE, 16), item_ids=[item.pk])
        batch = families.release(families.approve(batch, LATE), LATE)
        operations.import_return(
            by(families.staff.releaser, LATE, 17),
            batch_id=batch.pk,
            data=answer(batch, on=LATE),
            layout=queries.layouts()["RIVER_BANK"],
        )
        month = AwardMonth.objects.get(award=item.award, month_date=item.month_date)
        assert (month.state, families.total(AccountKind.CASH), whole()) == (MonthState.PAID, 98_500_00, True)

    def test_of_a_re_issue_comes_back_too(self, families: World, back: Callable[..., list[PaymentItem]]) -> None:
        [item] = map(families.corrected, back(2))
        batch = operations.reissue(by(families.staff.maker, LATE, 16), item_ids=[item.pk])
        batch = families.release(families.approve(batch, LATE), LATE)
        operations.import_return(
            by(families.staff.releaser, LATE, 17),
            batch_id=batch.pk,
            data=answer(batch, on=LATE),
            layout=queries.layouts()["RIVER_BANK"],
        )
        families.came_back(batch, [1], APRIL)
        [again] = queries.returned(authority_of(families.staff.auditor, APRIL).scope())
        assert (again.reissue_of_id, whole()) == (item.pk, True)

    def test_is_given_up_when_it_is_not_due(self, families: World, back: Callable[..., list[PaymentItem]]) -> None:
        [item] = back(2)
        operations.write_off(by(families.staff.checker, LATE), item_ids=[item.pk], reason="待遇已终止")
        assert (families.total(AccountKind.PAYABLE), families.total(AccountKind.SPENDABLE), whole()) == (
            0,
            99_000_00,
            True,
        )


class TestRefused:
    def test_what_is_not_paid(self, families: World) -> None:
        batch = families.released()
        with pytest.raises(refusals.ItemNotPaid):
            operations.propose_late_return(
                by(families.staff.releaser), batch_id=batch.pk, seqs=[1], bank_date=PAY_DAY, reason="x"
            )

    @pytest.mark.parametrize("seqs", [(), (9,), (1, 9)])
    def test_a_line_that_is_not_there(self, back: Callable[..., object], seqs: tuple[int, ...]) -> None:
        with pytest.raises(refusals.ItemNotPaid):
            back(*seqs)

    def test_the_same_money_twice(self, back: Callable[..., object]) -> None:
        back(2)
        with pytest.raises(refusals.ItemNotPaid):
            back(2)

    @pytest.mark.parametrize("day", [date(2026, 3, 15), date(2026, 3, 26)])
    def test_a_day_before_it_was_paid_or_to_come(self, back: Callable[..., object], day: date) -> None:
        with pytest.raises(refusals.ReturnDateWrong):
            back(2, bank_date=day)
        assert not Proposal.objects.filter(kind="CAME_BACK").exists()

    def test_without_a_reason(self, back: Callable[..., object]) -> None:
        with pytest.raises(ReasonMissing):
            back(2, reason=" ")

    def test_a_batch_whose_money_has_not_left(self, families: World) -> None:
        batch = families.propose()
        with pytest.raises(StepNotPossible):
            operations.propose_late_return(
                by(families.staff.releaser), batch_id=batch.pk, seqs=[1], bank_date=PAY_DAY, reason="x"
            )

    def test_other_hands(self, families: World, paid: PaymentBatch) -> None:
        for person in (families.staff.maker, families.staff.checker, families.staff.director):
            with pytest.raises(NotPermitted):
                operations.propose_late_return(by(person, LATE), batch_id=paid.pk, seqs=[1], bank_date=LATE, reason="x")


class TestTwoPeople:
    """By hand a line is soon another's: a second person sees whose it is before anything is booked."""

    def ask(self, world: World, paid: PaymentBatch, seq: int = 2) -> Proposal:
        told = {"batch_id": paid.pk, "seqs": [seq], "bank_date": LATE, "reason": "账户已销户"}
        [(asked, _item)] = operations.propose_late_return(by(world.staff.releaser, LATE), **told)
        return asked

    def test_nothing_is_booked_before_the_second(self, families: World, paid: PaymentBatch) -> None:
        self.ask(families, paid)
        states = set(paid.items.values_list("state", flat=True))
        assert (states, Journal.objects.filter(kind=JournalKind.LATE_RETURN).count()) == ({ItemState.PAID}, 0)

    def test_the_second_is_not_the_first(self, families: World, paid: PaymentBatch) -> None:
        asked = self.ask(families, paid)
        with pytest.raises(NotPermitted):
            confirm_proposal(by(families.staff.releaser, LATE), proposal_id=asked.pk)

    def test_the_second_is_told_whose_payment_and_which_account_it_is(
        self, families: World, paid: PaymentBatch
    ) -> None:
        asked, item = self.ask(families, paid), paid.items.select_related("account").get(seq=2)
        person = authority_of(families.staff.checker, LATE)
        name = person.named(asked.stamp, item.account.holder_name)
        told = " ".join(str(words) for _label, words in kinds[asked.kind].tells(person, asked))
        assert all(one in told for one in (item.unit_key, name, item.account.account_last4))

    def test_a_line_waits_once(self, families: World, paid: PaymentBatch) -> None:
        self.ask(families, paid)
        with pytest.raises(ProposalWaiting):
            self.ask(families, paid)

    def test_is_stale_when_the_banks_file_said_it_first(self, families: World, paid: PaymentBatch) -> None:
        asked = self.ask(families, paid)
        operations.import_return(
            by(families.staff.releaser, LATE, 15),
            batch_id=paid.pk,
            data=answer(paid, returned=[2], only=[2], on=LATE),
            layout=queries.layouts()[paid.layout_code],
        )
        with pytest.raises(ProposalStale):
            confirm_proposal(by(families.staff.checker, LATE, 16), proposal_id=asked.pk)


class TestUndone:
    """The wrong line was written down and confirmed: the checker undoes the voucher, and the line is paid as before."""

    def undo(self, world: World, on: date = LATE) -> Journal:
        wrong = Journal.objects.get(kind=JournalKind.LATE_RETURN)
        return correct(by(world.staff.checker, on, 17), journal_id=wrong.pk, reason="登记错了一笔")

    def test_is_paid_as_it_was(self, families: World, paid: PaymentBatch, back: Callable[..., object]) -> None:
        back(2)
        self.undo(families)
        item = paid.items.get(seq=2)
        month = AwardMonth.objects.get(award=item.award, month_date=item.month_date)
        found = (item.state, item.settled_date, item.return_text, month.state, families.total(AccountKind.CASH))
        assert found == (ItemState.PAID, PAY_DAY, "", MonthState.PAID, 98_500_00)
        assert whole()

    def test_lets_the_month_be_reconciled_that_the_bank_knows(
        self, families: World, paid: PaymentBatch, back: Callable[..., object]
    ) -> None:
        known = statement(families.fund, MARCH)
        back(2)
        self.undo(families)
        on = date(2026, 4, 1)
        lock_before(families, MARCH, on)
        assert operations.reconcile_month(
            by(families.staff.checker, on), fund_id=families.fund.pk, month=MARCH, statement=read_statement(known)
        )

    def test_is_paid_in_the_report_and_received_in_none(self, families: World, back: Callable[..., object]) -> None:
        scope = authority_of(families.staff.auditor, APRIL).scope()
        before = fund_statement(scope, families.fund.pk, date(2026, 1, 1), date(2026, 5, 1))
        back(2)
        self.undo(families)
        assert fund_statement(scope, families.fund.pk, date(2026, 1, 1), date(2026, 5, 1)) == before

    def test_the_right_line_comes_back_afterwards(self, families: World, back: Callable[..., object]) -> None:
        back(2)
        self.undo(families)
        back(3)
        assert whole()

    def test_the_same_line_may_come_back_after_all(self, families: World, back: Callable[..., object]) -> None:
        back(2)
        self.undo(families)
        back(2, on=APRIL)
        assert whole()

    def test_not_when_it_was_sent_again(self, families: World, back: Callable[..., list[PaymentItem]]) -> None:
        [item] = map(families.corrected, back(2))
        operations.reissue(by(families.staff.maker, LATE, 16), item_ids=[item.pk])
        with pytest.raises(refusals.AlreadyReissued):
            self.undo(families)

    def test_not_when_it_was_given_up(self, families: World, back: Callable[..., list[PaymentItem]]) -> None:
        [item] = back(2)
        operations.write_off(by(families.staff.checker, LATE), item_ids=[item.pk], reason="待遇已终止")
        with pytest.raises(StepNotPossible):
            self.undo(families)

    def test_is_offered_to_the_checker_while_it_can_be_done(
        self, families: World, back: Callable[..., list[PaymentItem]]
    ) -> None:
        [item] = map(families.corrected, back(2))
        journal = Journal.objects.select_related("fund").get(kind=JournalKind.LATE_RETURN)
        checker, maker = (authority_of(one, LATE) for one in (families.staff.checker, families.staff.maker))
        before = [may_undo(person, journal, LATE) for person in (checker, maker)]
        operations.reissue(by(families.staff.maker, LATE, 16), item_ids=[item.pk])
        assert (before, may_undo(checker, journal, LATE)) == ([True, False], False)


class TestReturnFile:
    def test_of_a_closed_batch_brings_money_back(self, families: World, paid: PaymentBatch) -> None:
        batch = operations.import_return(
            by(families.staff.releaser, APRIL, 15),
            batch_id=paid.pk,
            data=answer(paid, returned=[2], only=[2], on=APRIL),
            layout=queries.layouts()[paid.layout_code],
        )
        item = batch.items.get(seq=2)
        assert (batch.state, item.state, item.return_code, whole()) == (BatchState.CLOSED, "RETURNED", "1002", True)

    def test_brings_nothing_back_before_it_was_paid(self, families: World) -> None:
        """The file is of a day after the release, and of one before the day on which the bank had paid the line."""
        batch = families.released()
        layout = queries.layouts()[batch.layout_code]
        told = {"batch_id": batch.pk, "layout": layout}
        data = answer(batch, on=LATE)
        operations.import_return(by(families.staff.releaser, LATE, 15), data=data, **told)
        data = answer(batch, returned=[2], only=[2], on=date(2026, 3, 24))
        with pytest.raises(refusals.ReturnDateWrong):
            operations.import_return(by(families.staff.releaser, LATE, 16), data=data, **told)
        assert batch.items.get(seq=2).state == ItemState.PAID

    def test_brings_back_what_an_earlier_part_called_paid(self, families: World) -> None:
        batch = families.released()
        for part in ({"only": [1, 2]}, {"only": [2, 3], "returned": [2]}):
            operations.import_return(
                by(families.staff.releaser, PAY_DAY, 15),
                batch_id=batch.pk,
                data=answer(batch, **part),
                layout=queries.layouts()[batch.layout_code],
            )
        batch.refresh_from_db()
        states = [item.state for item in batch.items.order_by("seq")]
        assert (batch.state, states, whole()) == (BatchState.CLOSED, ["PAID", "RETURNED", "PAID"], True)


class TestClaimed:
    """The award had ended before the month that was paid: the month is owed to the fund."""

    @pytest.fixture
    def owed(self, families: World, paid: PaymentBatch) -> Receivable:
        award = paid.items.get(seq=2).award
        end(by(families.staff.director, LATE), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
        return Receivable.objects.get()

    def test_money_that_comes_back_settles_the_claim(
        self, families: World, owed: Receivable, paid: PaymentBatch, back: Callable[..., object]
    ) -> None:
        back(2, on=APRIL)
        owed.refresh_from_db()
        assert (owed.state, families.total(AccountKind.RECEIVABLE)) == (ReceivableState.RECOVERED, 0)
        assert paid.items.get(seq=2).state == ItemState.PAID
        assert (owed.note, whole()) == (f"银行退回 {paid.number}-0002", True)

    def test_the_month_can_be_reconciled(self, families: World, owed: Receivable, back: Callable[..., object]) -> None:
        back(2, on=APRIL)
        reconcile(families, MARCH, date(2026, 5, 4))
        assert reconcile(families, Month(2026, 4), date(2026, 5, 4))

    def test_a_claim_that_was_paid_does_not_come_twice(
        self, families: World, owed: Receivable, back: Callable[..., object]
    ) -> None:
        families.recovered(owed.pk, APRIL)
        with pytest.raises(refusals.ClaimSettled):
            back(2, on=APRIL)

    def test_of_a_claim_given_up_waits_to_be_written_off(
        self, families: World, owed: Receivable, back: Callable[..., list[PaymentItem]]
    ) -> None:
        families.waived(owed.pk, APRIL)
        [item] = back(2, on=APRIL)
        with pytest.raises(refusals.NoLongerDue):
            operations.reissue(by(families.staff.maker, APRIL), item_ids=[item.pk])
        operations.write_off(by(families.staff.checker, APRIL), item_ids=[item.pk], reason="待遇已终止")
        assert (families.total(AccountKind.SPENDABLE), whole()) == (99_000_00, True)


class TestChangedMeanwhile:
    """The month is due with less than was sent: it is worked out anew instead of being sent again or lost."""

    def lower(self, world: World, item: PaymentItem, fen: int) -> None:
        award = Award.objects.select_related("line__fund").get(pk=item.award_id)
        change = NewChange(award, ChangeKind.CHANGED, date(2026, 3, 1), fen, "重新核定", EndReason.RULES)

        def step(act: Act) -> None:
            rebook(act, awards=[award], write=lambda: write_changes(act, [change]))
            Award.objects.filter(pk=award.pk).update(amount_fen=fen)
            owe_overpaid(act, reasons={award.pk: EndReason.RULES})

        inside(Act(world.staff.director, at(LATE, 12)), step=step)

    def pay(self, world: World, batch: PaymentBatch) -> None:
        batch = world.release(world.approve(batch, APRIL), APRIL)
        data = answer(batch, on=APRIL)
        layout = queries.layouts()["RIVER_BANK"]
        operations.import_return(by(world.staff.releaser, APRIL, 17), batch_id=batch.pk, data=data, layout=layout)

    def test_is_not_sent_again(self, families: World, back: Callable[..., list[PaymentItem]]) -> None:
        [item] = back(2)
        self.lower(families, item, 450_00)
        with pytest.raises(refusals.NoLongerDue, match="待遇金额已调整"):
            operations.reissue(by(families.staff.maker, LATE, 16), item_ids=[item.pk])

    def test_voids_a_re_issue_that_was_approved(self, families: World, back: Callable[..., list[PaymentItem]]) -> None:
        [item] = map(families.corrected, back(2))
        batch = operations.reissue(by(families.staff.maker, LATE, 10), item_ids=[item.pk])
        families.approve(batch, LATE)
        self.lower(families, item, 450_00)
        assert (families.release(batch, LATE).state, whole()) == (BatchState.VOIDED, True)

    def test_is_paid_with_the_new_amount_by_the_next_batch(
        self, families: World, back: Callable[..., list[PaymentItem]]
    ) -> None:
        [item] = back(2)
        self.lower(families, item, 450_00)
        operations.write_off(by(families.staff.checker, LATE, 16), item_ids=[item.pk], reason="金额已调整")
        assert whole()
        self.pay(families, families.propose(Month(2026, 4), APRIL))
        paid = PaymentItem.objects.filter(award=item.award, state=ItemState.PAID).order_by("month_date")
        assert [row.amount_fen for row in paid] == [450_00, 450_00]
        assert whole()

    def test_a_claim_to_part_of_it_stands_no_longer(
        self, families: World, paid: PaymentBatch, back: Callable[..., list[PaymentItem]]
    ) -> None:
        self.lower(families, paid.items.get(seq=2), 450_00)
        assert Receivable.objects.get().amount_fen == 50_00
        back(2, on=APRIL)
        assert (Receivable.objects.get().state, whole()) == (ReceivableState.WITHDRAWN, True)

    def test_a_claim_to_part_of_it_stands_open_when_the_return_is_undone(
        self, families: World, paid: PaymentBatch, back: Callable[..., object]
    ) -> None:
        self.lower(families, paid.items.get(seq=2), 450_00)
        back(2, on=APRIL)
        wrong = Journal.objects.get(kind=JournalKind.LATE_RETURN)
        correct(by(families.staff.checker, APRIL, 20), journal_id=wrong.pk, reason="登记错了一笔")
        [now] = Receivable.objects.exclude(state=ReceivableState.WITHDRAWN)
        assert (now.state, now.amount_fen, whole()) == (ReceivableState.OPEN, 50_00, True)

    def test_a_rise_is_paid_beside_it(self, families: World, back: Callable[..., list[PaymentItem]]) -> None:
        [item] = map(families.corrected, back(2))
        self.lower(families, item, 530_00)
        self.pay(families, operations.reissue(by(families.staff.maker, APRIL, 9), item_ids=[item.pk]))
        march = families.propose(Month(2026, 4), APRIL).items.filter(award=item.award, month_date=date(2026, 3, 1))
        assert ([row.amount_fen for row in march], whole()) == ([30_00], True)


class TestDatabase:
    @pytest.mark.parametrize("value", ["NULL", "'2026-03-01'"])
    def test_the_day_of_a_payment_is_never_rewritten(self, paid: PaymentBatch, value: str) -> None:
        with (
            pytest.raises(IntegrityError, match="never rewritten"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE payments_paymentitem SET paid_date = {value} WHERE seq = 1")

    def test_what_is_paid_has_its_day(self, families: World) -> None:
        families.released()
        with pytest.raises(IntegrityError, match="item_paid_on_a_day"), transaction.atomic():
            PaymentItem.objects.filter(seq=1).update(state=ItemState.PAID)
