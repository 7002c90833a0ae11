"""One slip of the bank is one booking, whatever it is written down as; and what the bank takes is booked once too."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from linli.ground.users.queries import NotPermitted
from linli.kernel.period import Month
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award, Receivable
from linli.money.awards.operations import Ending, end, propose_recovery
from linli.money.ledger import operations, queries
from linli.money.ledger.codes import AccountKind, SourceKind
from linli.money.ledger.models import Fund, FundingSource, Journal, Proposal
from linli.money.ledger.rules.fees import ALONE, takes_two
from linli.money.ledger.rules.references import names_a_number, names_it, numbers_named
from linli.money.payments.models import PaymentBatch
from linli.money.payments.operations import import_return, propose_late_return
from linli.money.payments.queries import layouts
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.bank import answer
from tests.ledger.world import BASE, ELDER, MARCH, PAY_DAY, World, by

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

    @pytest.mark.parametrize("part", ["HD20260318", "20260318-77", "77", "HD20260318-77-1"])
    def test_names_no_part_of_a_number_and_none_that_it_is_a_part_of(self, part: str) -> None:
        assert not names_it(f"银行回单 {SLIP}，财务柜二层", part)

    @pytest.mark.parametrize(
        "date_or_page",
        [
            "2026-03",
            "2026-3",
            "2026-03-18",
            "2026/03/18",
            "2026年3月18日",
            "2026年3月",
            "20260318",
            "202603",
            "0318",
            "318",
        ],
    )
    def test_a_date_or_a_page_is_no_number_of_a_slip(self, date_or_page: str) -> None:
        paper = f"2026-03-18 现金缴款单，存于财务柜二层 第5页 0318，{date_or_page}"
        assert not names_it(paper, date_or_page)
        assert not names_a_number(f"银行回单 {date_or_page}")

    @pytest.mark.parametrize(
        "text", ["2026-03-18 回单 88123401", "2026年3月18日 现金缴款单 第88123401号", "NO.88123401"]
    )
    def test_names_the_number_beside_a_date(self, text: str) -> None:
        assert names_it(text, "88123401")
        assert list(numbers_named(text)) == ["88123401"]

    def test_a_number_that_holds_a_date_is_one(self) -> None:
        assert list(numbers_named(f"回单{SLIP}，存于财务柜B-12")) == ["HD2026031877"]

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
        home = claim.award.household
        world.grant(world.elder(home))
        april = world.paid(Month(2026, 4), date(2026, 4, 8))
        other = Award.objects.get(household=home, programme=ELDER)
        assert april.items.filter(award=other).exists()
        on = date(2026, 4, 10)
        end(by(world.staff.director, on), endings=[Ending(other.pk, date(2026, 3, 1), EndReason.INCOME)])
        claims = Receivable.objects.order_by("pk")
        assert (len(claims) > 1, {one.award.household_id for one in claims}) == (True, {home.pk})
        for one in claims:
            row = propose_recovery(by(world.staff.maker, on), receivable_id=one.pk, paper=f"银行回单 {SLIP}")
            done = operations.confirm_proposal(by(world.staff.checker, on, 13), proposal_id=row.pk)
            assert done.state == "CONFIRMED"

    def test_of_two_families_is_no_one_slip(self, world: World, claim: Receivable) -> None:
        """The attack: the paper of one family settles the claim of another too."""
        other = Award.objects.exclude(pk=claim.award_id).earliest("pk")
        end(by(world.staff.director, DAY), endings=[Ending(other.pk, date(2026, 3, 1), EndReason.INCOME)])
        theirs = Receivable.objects.get(award=other)
        row = recovery(world, claim)
        with pytest.raises(operations.SlipTwice, match=row.number):
            recovery(world, theirs, "回单hd20260318—77")
        agree(world, row)
        with pytest.raises(operations.SlipTwice, match=SLIP):
            recovery(world, theirs)
        assert recovery(world, theirs, "银行回单 HD20260318-78").pk

    def test_is_not_refused_for_a_date(self, world: World, claim: Receivable) -> None:
        agree(world, inflow(world, claim, "2026-03", amount_fen=20_000_00, on=date(2026, 3, 5)), 15)
        assert agree(world, recovery(world, claim, "2026-03-18 回单 88123401", 16), 17).state == "CONFIRMED"

    def test_nor_is_an_inflow_for_the_date_of_its_paper(self, world: World, claim: Receivable) -> None:
        agree(world, recovery(world, claim, "2026-03-18 现金缴款单，存于财务柜二层 第5页 0318"))
        assert inflow(world, claim, "2026-03", amount_fen=20_000_00).pk
        assert inflow(world, claim, "0318", amount_fen=10_000_00).pk

    def test_is_not_booked_where_a_file_of_the_bank_booked_its_slip_meanwhile(
        self, world: World, paid: PaymentBatch, claim: Receivable
    ) -> None:
        row = recovery(world, claim, "银行回单 TH20260318001")
        by_file(world, paid, {paid.items.exclude(award_id=claim.award_id).earliest("seq").seq: "退汇 TH20260318001"})
        with pytest.raises(operations.SlipTwice):
            agree(world, row, 20)


def by_file(world: World, paid: PaymentBatch, words: Mapping[int, str], on: date = DAY) -> None:
    """The bank's own file says that payments (by sequence number) came back, in its words."""
    head, *lines = answer(paid, returned=list(words), only=list(words), on=on).decode("GBK").splitlines()
    said = [line.replace("户名", text) for line, text in zip(lines, words.values(), strict=True)]
    data, layout = "\r\n".join([head, *said, ""]).encode("GBK"), layouts()["RIVER_BANK"]
    import_return(by(world.staff.releaser, on, 18), batch_id=paid.pk, data=data, layout=layout)


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

    def ask(self, world: World, paid: PaymentBatch, *seqs: int) -> list[Proposal]:
        told = {"batch_id": paid.pk, "seqs": seqs, "bank_date": DAY, "reason": f"{paid.number} 退回回单 {SLIP}"}
        return [row for row, _item in propose_late_return(by(world.staff.releaser, DAY), **told)]

    def test_is_not_another_one_by_the_same_slip(self, world: World, paid: PaymentBatch) -> None:
        """Not while the first waits, nor when it is booked: even where both were written down at one moment."""
        [row] = self.ask(world, paid, 1)
        with pytest.raises(operations.SlipTwice, match=row.number) as told:
            self.ask(world, paid, 2)
        agree(world, row)
        with pytest.raises(operations.SlipTwice, match=SLIP):
            self.ask(world, paid, 2)
        assert told.value.field == "reason"

    def test_stands_with_others_on_one_notice(self, world: World, paid: PaymentBatch) -> None:
        assert {agree(world, row).state for row in self.ask(world, paid, 1, 2)} == {"CONFIRMED"}

    def test_is_not_asked_of_other_batches_by_their_number(self, world: World, paid: PaymentBatch) -> None:
        self.back(world, paid, f"{paid.number} 销户")
        told = {"batch_id": paid.pk, "seqs": [2], "bank_date": DAY, "reason": f"{paid.number} 销户"}
        assert propose_late_return(by(world.staff.releaser, DAY), **told)

    def test_is_no_claim_paid_back_too(self, world: World, paid: PaymentBatch, claim: Receivable) -> None:
        other = paid.items.exclude(award_id=claim.award_id).earliest("seq")
        [row] = self.ask(world, paid, other.seq)
        for _time in "waiting", "booked":
            with pytest.raises(operations.SlipTwice):
                recovery(world, claim)
            row = agree(world, row) if row.state == "PROPOSED" else row

    def test_nor_is_a_claim_paid_back_one(self, world: World, paid: PaymentBatch, claim: Receivable) -> None:
        other = paid.items.exclude(award_id=claim.award_id).earliest("seq")
        row = recovery(world, claim)
        for _time in "waiting", "booked":
            with pytest.raises(operations.SlipTwice):
                self.ask(world, paid, other.seq)
            row = agree(world, row) if row.state == "PROPOSED" else row

    def test_is_no_inflow_while_it_waits(self, world: World, paid: PaymentBatch) -> None:
        [row] = self.ask(world, paid, 1)
        with pytest.raises(operations.SlipTwice, match=row.number):
            self.inflow(world, paid, SLIP, "另一笔")

    def test_is_free_again_once_it_was_undone(self, world: World, paid: PaymentBatch) -> None:
        [row] = self.ask(world, paid, 1)
        wrong = agree(world, row).journal
        operations.correct(by(world.staff.checker, DAY, 15), journal_id=wrong.pk, reason="登记错了一笔")
        assert self.ask(world, paid, 2)

    def test_of_a_file_is_known_by_the_words_of_each_of_its_lines(self, world: World, paid: PaymentBatch) -> None:
        """A journal keeps two hundred signs of them: the third slip was an inflow too."""
        words = {
            seq: f"客户账户状态异常，款项已退回付款人，请核对后重新提交，退汇回单号TH2026032500{seq}，{'经办' * 15}"
            for seq in (1, 2, 3)
        }
        by_file(world, paid, words)
        assert len(" ".join(words.values())) > 200
        for seq in words:
            with pytest.raises(operations.SlipTwice):
                self.inflow(world, paid, f"TH2026032500{seq}", "另一笔")

    def test_of_a_file_is_booked_whatever_its_words(self, world: World, paid: PaymentBatch) -> None:
        """Its lines are known by their references: a date in its words, or a slip, stops no whole file."""
        for place, reference in enumerate(("2026-03", "TH20260318001")):
            agree(world, self.inflow(world, paid, reference, f"第{place}笔"))
        by_file(world, paid, {1: "2026-03-18 账户销户", 2: "退汇 TH20260318001"})
        assert set(paid.items.filter(seq__in=(1, 2)).values_list("state", flat=True)) == {"RETURNED"}


class TestTwoFundsOfACommunity:
    """The attack: the bank account is the community's, and a slip is booked once in each of its funds."""

    @pytest.fixture
    def beside(self, world: World) -> Fund:
        return operations.open_fund(
            system_act(date(2026, 1, 4)),
            code="HQL-2026",
            name="红旗里专项资金",
            year=2026,
            community_id=world.community.community.pk,
            sources=[operations.NewSource("GOV", SourceKind.GOVERNMENT, "政府拨款", 20_000_00)],
            lines=[operations.NewLine("AID", "经济援助", 200_000_00, (BASE,))],
        )

    def inflow(self, world: World, fund: Fund, fen: int = 9_000_00) -> Proposal:
        source = FundingSource.objects.get(fund=fund, code="GOV")
        told = {"source_id": source.pk, "amount_fen": fen, "on": DAY, "reference": SLIP, "paper": "回单"}
        return operations.propose_inflow(by(world.staff.maker, DAY, 10), **told)

    def test_an_inflow_of_one_is_none_of_the_other(self, world: World, beside: Fund) -> None:
        row = self.inflow(world, world.fund)
        with pytest.raises(operations.ProposalWaiting, match=row.number):
            self.inflow(world, beside)
        agree(world, row)
        with pytest.raises(operations.InflowBooked):
            self.inflow(world, beside)

    def test_nor_is_a_claim_paid_back(self, world: World, claim: Receivable, beside: Fund) -> None:
        row = self.inflow(world, beside)
        for _time in "waiting", "booked":
            with pytest.raises(operations.SlipTwice):
                recovery(world, claim)
            row = agree(world, row) if row.state == "PROPOSED" else row

    def test_nor_a_payment_that_came_back(self, world: World, paid: PaymentBatch, beside: Fund) -> None:
        world.came_back(paid, [1], DAY, reason=f"退回回单 {SLIP}")
        with pytest.raises(operations.SlipTwice):
            self.inflow(world, beside)

    def test_a_fee_of_one_is_none_of_the_other(self, world: World, beside: Fund) -> None:
        other = FundingSource.objects.get(fund=beside, code="GOV")
        told = {"amount_fen": 15_00, "on": DAY, "reference": "FEE-1"}
        operations.book_fee(by(world.staff.maker, DAY), source_id=world.source("OWN").pk, **told)
        with pytest.raises(operations.FeeBooked):
            operations.book_fee(by(world.staff.maker, DAY), source_id=other.pk, **told)


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

    def test_waits_beside_another_one(self, world: World) -> None:
        """Two that differ wait for the checker at once, of one source; the same is refused as it is when booked."""
        rows = [self.fee(world, 300_00, "S-1", paper="回单1"), self.fee(world, 250_00, "S-2", paper="回单2")]
        with pytest.raises(operations.FeeBooked):
            self.fee(world, 300_00, "S-1", paper="回单1")
        assert [agree(world, row).state for row in rows if isinstance(row, Proposal)] == ["CONFIRMED", "CONFIRMED"]

    def test_before_the_first_bound_asks_for_nobody(self) -> None:
        [first, *_later] = ALONE
        assert not takes_two(10_000_00, 0, first.since - timedelta(days=1))
        assert takes_two(first.fee_fen + 1, 0, first.since)
        assert takes_two(1, first.month_fen, first.since)
