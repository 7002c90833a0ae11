"""One slip of the bank is one booking, whatever it is written down as; and what the bank takes is booked once too."""

from datetime import date, timedelta

import pytest

from linli.ground.users.queries import NotPermitted
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award, Receivable
from linli.money.awards.operations import Ending, end, propose_recovery
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import Journal, Proposal
from linli.money.ledger.rules.fees import ALONE, takes_two
from linli.money.ledger.rules.references import names_a_number, names_it
from linli.money.payments.models import PaymentBatch
from linli.money.payments.operations.late import propose_late_return
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import MARCH, PAY_DAY, World, by

DAY = date(2026, 3, 18)
SLIP = "HD20260318-77"


class TestATextThatNamesAReference:
    @pytest.mark.parametrize(
        "text",
        [
            "银行回单 HD20260318-77",
            "银行回单HD20260318-77",
            "回单（hd20260318 77），财务柜二层",
            "NO. HD20260318-0077",
            "HD2026031877",
            "三月的 ＨＤ２０２６０３１８－７７",
        ],
    )
    def test_names_it_however_it_is_typed(self, text: str) -> None:
        assert names_it(text, SLIP)

    @pytest.mark.parametrize("text", ["", "银行回单", "HD20260318-78", "HD20260318", "XHD20260318-77", "77"])
    def test_is_not_taken_for_another(self, text: str) -> None:
        assert not names_it(text, SLIP)

    @pytest.mark.parametrize("reference", ["", "x", "77", "回单", "银行回单"])
    def test_what_is_no_number_is_named_by_nothing(self, reference: str) -> None:
        assert not names_it(f"银行回单 {reference}", reference)

    @pytest.mark.parametrize(
        ("text", "named"),
        [("回单 HD-2026-7", True), ("回单2026031877", True), ("三月", False), ("TH-9", False), ("", False)],
    )
    def test_has_a_number_of_its_own(self, text: str, named: bool) -> None:
        assert names_a_number(text) is named


@layer
def paid(world: World) -> PaymentBatch:
    """Three payments of March, all paid."""
    world.register(3)
    world.grant(*(world.base(one) for one in world.families))
    return world.paid(MARCH, PAY_DAY)


@layer
def claim(world: World, paid: PaymentBatch) -> Receivable:
    """An award that ended before the month that was paid."""
    award = Award.objects.earliest("pk")
    end(by(world.staff.director, DAY), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
    return Receivable.objects.get(award=award)


def recovery(world: World, claim: Receivable, paper: str = f"银行回单 {SLIP}", hour: int = 12) -> Proposal:
    return propose_recovery(by(world.staff.maker, DAY, hour), receivable_id=claim.pk, paper=paper)


def inflow(world: World, claim: Receivable, reference: str = SLIP, **more: object) -> Proposal:
    """Money of the claim's source and amount, that day."""
    told = {"source_id": claim.month.source_id, "amount_fen": claim.amount_fen, "on": DAY, "paper": "回单", **more}
    return operations.propose_inflow(by(world.staff.maker, DAY, 14), reference=reference, **told)  # type: ignore[arg-type]  # free changes


def agree(world: World, row: Proposal, hour: int = 13) -> Proposal:
    return operations.confirm_proposal(by(world.staff.checker, DAY, hour), proposal_id=row.pk)


class TestAClaimPaidBack:
    """The attack: the slip of a claim that was paid back is booked as an inflow too, and can be spent twice."""

    def test_is_no_inflow_too(self, world: World, claim: Receivable) -> None:
        row = recovery(world, claim)
        agree(world, row)
        before = world.balance(AccountKind.SPENDABLE, claim.month.source.code)
        with pytest.raises(operations.SlipTwice) as told:
            inflow(world, claim)
        assert (told.value.field, SLIP in str(told.value)) == ("reference", True)
        assert world.balance(AccountKind.SPENDABLE, claim.month.source.code) == before

    def test_is_none_while_it_waits(self, world: World, claim: Receivable) -> None:
        row = recovery(world, claim)
        with pytest.raises(operations.SlipTwice, match=row.number):
            inflow(world, claim, "hd20260318 77", reason="另一笔")

    def test_nor_of_another_day_and_amount(self, world: World, claim: Receivable) -> None:
        recovery(world, claim)
        with pytest.raises(operations.SlipTwice):
            inflow(world, claim, on=DAY - timedelta(days=3), amount_fen=1)

    def test_nor_by_the_feed_of_the_bank(self, world: World, claim: Receivable) -> None:
        agree(world, recovery(world, claim))
        with pytest.raises(operations.SlipTwice):
            operations.receive_inflow(
                system_act(), source_id=claim.month.source_id, amount_fen=1, on=date(2026, 1, 5), reference=SLIP
            )

    def test_is_told_where_an_inflow_looks_like_it(self, world: World, claim: Receivable) -> None:
        agree(world, recovery(world, claim))
        with pytest.raises(operations.MoneyAlike) as told:
            inflow(world, claim, "QT-9", on=DAY - timedelta(days=10))
        assert (told.value.field, SLIP in str(told.value)) == ("reason", True)
        row = inflow(world, claim, "QT-9", on=DAY - timedelta(days=10), reason="两张回单")
        on = row.on_date or DAY
        assert [one.came_back for one in queries.alike(row.target_id, on, row.amount_fen, but=row)] == [True]

    @pytest.mark.parametrize("changes", [{"amount_fen": 7_01}, {"on": DAY - timedelta(days=40)}])
    def test_is_not_told_of_another_amount_or_month(
        self, world: World, claim: Receivable, changes: dict[str, object]
    ) -> None:
        agree(world, recovery(world, claim))
        assert inflow(world, claim, "QT-9", **changes).pk

    def test_is_not_booked_where_its_slip_is_an_inflow(self, world: World, claim: Receivable) -> None:
        agree(world, inflow(world, claim), 15)
        with pytest.raises(operations.SlipTwice) as told:
            recovery(world, claim, hour=16)
        assert told.value.field == "paper"

    def test_nor_while_that_inflow_waits(self, world: World, claim: Receivable) -> None:
        row = inflow(world, claim)
        with pytest.raises(operations.SlipTwice, match=row.number):
            recovery(world, claim, hour=16)

    def test_names_its_own_slip_where_an_inflow_looks_like_it(self, world: World, claim: Receivable) -> None:
        agree(world, inflow(world, claim, "GZ-2026-5"), 15)
        with pytest.raises(operations.MoneyAlike) as told:
            recovery(world, claim, "银行回单", hour=16)
        assert told.value.field == "paper"
        assert recovery(world, claim, hour=16).pk

    def test_of_several_months_is_one_slip(self, world: World, claim: Receivable) -> None:
        """A family pays two claims back at once: both stand on one paper."""
        other = Award.objects.exclude(pk=claim.award_id).earliest("pk")
        end(by(world.staff.director, DAY), endings=[Ending(other.pk, date(2026, 3, 1), EndReason.INCOME)])
        for one in Receivable.objects.order_by("pk"):
            assert agree(world, recovery(world, one)).state == "CONFIRMED"


class TestAPaymentThatCameBack:
    """The attack: what the bank sent back is booked as an inflow too."""

    def back(self, world: World, paid: PaymentBatch, reason: str = "银行退回 TH-9", hour: int = 13) -> str:
        act = by(world.staff.releaser, DAY, hour)
        [(asked, row)] = propose_late_return(act, batch_id=paid.pk, seqs=[1], bank_date=DAY, reason=reason)
        agree(world, asked, hour)
        return f"{paid.number}-{row.seq:04d}"

    def inflow(self, world: World, paid: PaymentBatch, reference: str, reason: str = "") -> Proposal:
        item = paid.items.get(seq=1)
        told = {"source_id": item.source_id, "amount_fen": item.amount_fen, "on": DAY, "paper": "回单"}
        return operations.propose_inflow(by(world.staff.maker, DAY, 14), reference=reference, reason=reason, **told)

    def test_is_no_inflow_too(self, world: World, paid: PaymentBatch) -> None:
        reference = self.back(world, paid)
        with pytest.raises(operations.SlipTwice):
            self.inflow(world, paid, reference, "另一笔")

    def test_nor_by_the_words_of_the_bank(self, world: World, paid: PaymentBatch) -> None:
        self.back(world, paid)
        with pytest.raises(operations.SlipTwice):
            self.inflow(world, paid, "TH-09", "另一笔")

    def test_is_told_where_an_inflow_looks_like_it(self, world: World, paid: PaymentBatch) -> None:
        self.back(world, paid)
        with pytest.raises(operations.MoneyAlike, match="TH-9"):
            self.inflow(world, paid, "QT-9")
        assert self.inflow(world, paid, "QT-9", "两张回单").pk

    def test_is_not_booked_where_its_slip_is_an_inflow(self, world: World, paid: PaymentBatch) -> None:
        self.inflow(world, paid, f"{paid.number}-0001")
        with pytest.raises(operations.SlipTwice) as told:
            self.back(world, paid, "银行退回 TH-20260318", hour=15)
        assert told.value.field == "reason"

    def test_names_its_own_slip_where_an_inflow_looks_like_it(self, world: World, paid: PaymentBatch) -> None:
        self.inflow(world, paid, "QT-9")
        with pytest.raises(operations.MoneyAlike) as told:
            self.back(world, paid, "账户已销户", hour=15)
        assert told.value.field == "reason"
        assert self.back(world, paid, "账户已销户，回单 TH-20260318", hour=15)


class TestAFee:
    """The attack: one fee is booked twice, and a whole source goes away as a fee, by one person."""

    def fee(self, world: World, fen: int = 15_00, reference: str = "FEE-1", **more: object) -> Journal | Proposal:
        told = {"source_id": world.source("OWN").pk, "amount_fen": fen, "on": DAY, "reference": reference, **more}
        return operations.book_fee(by(world.staff.maker, DAY), **told)  # type: ignore[arg-type]  # free changes

    @pytest.mark.parametrize("again", ["FEE-1", "fee 1", "FEE-01", "NO. FEE-1"])
    @pytest.mark.parametrize("changes", [{}, {"fen": 16_00}, {"on": DAY - timedelta(days=1)}])
    def test_is_booked_once(self, world: World, again: str, changes: dict[str, object]) -> None:
        self.fee(world)
        with pytest.raises(operations.FeeBooked) as told:
            self.fee(world, reference=again, reason="另一笔", **changes)  # type: ignore[arg-type]  # free changes
        assert told.value.field == "reference"

    def test_of_another_day_and_amount_may_have_the_same_text(self, world: World) -> None:
        """A bank that writes the same words each month: 账户管理费."""
        self.fee(world)
        assert isinstance(self.fee(world, 16_00, on=DAY - timedelta(days=31)), Journal)

    def test_of_the_same_day_and_amount_needs_a_word(self, world: World) -> None:
        self.fee(world)
        with pytest.raises(operations.FeeAlike) as told:
            self.fee(world, reference="FEE-2")
        assert (told.value.field, "FEE-1" in str(told.value)) == ("reason", True)
        assert isinstance(self.fee(world, reference="FEE-2", reason="两笔汇款各一笔"), Journal)

    def test_that_was_undone_is_booked_anew(self, world: World) -> None:
        wrong = self.fee(world)
        operations.correct(by(world.staff.checker, DAY), journal_id=wrong.pk, reason="登记错了")
        assert isinstance(self.fee(world), Journal)

    def test_above_the_bound_waits_for_the_checker(self, world: World) -> None:
        everything = world.balance(AccountKind.SPENDABLE, "OWN")
        row = self.fee(world, everything, paper="银行回单 1")
        assert isinstance(row, Proposal)
        assert (row.kind, world.balance(AccountKind.SPENDABLE, "OWN")) == ("FEE", everything)
        with pytest.raises(operations.FeeBooked, match=row.number):
            self.fee(world, paper="银行回单 1")
        done = agree(world, row)
        assert (done.journal.kind, world.balance(AccountKind.SPENDABLE, "OWN")) == ("BANK_FEE", 0)
        assert queries.invariants() == []

    def test_above_the_bound_is_not_confirmed_by_its_maker(self, world: World) -> None:
        row = world.high_fee()
        with pytest.raises(NotPermitted):
            operations.confirm_proposal(by(world.staff.maker, DAY), proposal_id=row.pk)

    def test_above_the_bound_needs_a_paper(self, world: World) -> None:
        with pytest.raises(operations.FeePaperMissing) as told:
            self.fee(world, 200_01)
        assert told.value.field == "paper"

    def test_up_to_the_bound_is_booked_at_once(self, world: World) -> None:
        assert isinstance(self.fee(world, 200_00), Journal)

    def test_in_many_pieces_waits_too(self, world: World) -> None:
        """What one person books alone in a month comes to no more than the bound of the month."""
        for place in range(10):
            assert isinstance(self.fee(world, 200_00, f"P-{place}", reason="逐笔"), Journal)
        assert isinstance(self.fee(world, 1_00, "P-11", paper="回单"), Proposal)

    def test_what_a_second_person_confirmed_does_not_count(self, world: World) -> None:
        agree(world, world.high_fee(5_000_00))
        assert isinstance(self.fee(world, 200_00), Journal)

    def test_before_the_first_bound_asks_for_nobody(self) -> None:
        [first, *_later] = ALONE
        assert not takes_two(10_000_00, 0, first.since - timedelta(days=1))
        assert takes_two(first.fee_fen + 1, 0, first.since)
        assert takes_two(1, first.month_fen, first.since)
