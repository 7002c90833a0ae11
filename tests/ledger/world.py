"""An invented fund with families to pay, made through the operations: shared by the tests of money."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import Act, Actor
from linli.kernel.period import Month
from linli.money.awards.codes import Unit
from linli.money.awards.models import Award, PayeeAccount
from linli.money.awards.operations import (
    Grant,
    NewAccount,
    confirm_account,
    grant,
    propose_account,
    propose_amount,
    propose_recovery,
    propose_waiver,
)
from linli.money.ledger.codes import AccountKind, SourceKind
from linli.money.ledger.models import Account, BudgetLine, Fund, FundingSource, Journal, Proposal
from linli.money.ledger.operations import (
    NewLine,
    NewSource,
    book_fee,
    confirm_proposal,
    open_fund,
    propose_excess,
    propose_inflow,
)
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.operations import approve, import_return, propose, propose_late_return, release
from linli.money.payments.queries import layouts
from linli.registry.residents.models import Household, Membership
from linli.registry.residents.operations import register_households
from tests.conftest import Community, Staff, at, system_act
from tests.residents.people import person, single

BASE, ELDER = "BASE_AWARD", "ELDER_SUPPLEMENT"
ORDER = (BASE, ELDER)  # in which the scheme pays
OPENED = date(2026, 1, 5)
PROXY = ("PROXY", "委托书")  # somebody outside the registry receives
MARCH = Month(2026, 3)
PAY_DAY = date(2026, 3, 16)


@dataclass
class World:
    """A fund of 2026, its people and its staff."""

    community: Community
    staff: Staff
    fund: Fund
    families: list[Household] = field(default_factory=list)

    def source(self, code: str) -> FundingSource:
        return FundingSource.objects.get(fund=self.fund, code=code)

    def line(self, code: str = "AID") -> BudgetLine:
        return BudgetLine.objects.get(fund=self.fund, code=code)

    def balance(self, kind: AccountKind, *owners: str) -> int:
        return Account.objects.get(code=":".join([self.fund.code, kind, *owners])).balance_fen

    def total(self, kind: AccountKind) -> int:
        return sum(row.balance_fen for row in Account.objects.filter(fund=self.fund, kind=kind))

    # --- money -----------------------------------------------------------------------------------
    def receive(self, code: str, fen: int, on: date = OPENED, reference: str = "") -> None:
        """What the maker wrote down and the checker confirmed."""
        row = self.inflow(code, fen, on=on, reference=reference or self._reference(code))
        confirm_proposal(Act(self.staff.checker, at(on, 10)), proposal_id=row.pk)

    def inflow(self, code: str, fen: int, *, on: date = OPENED, reference: str = "IN-1") -> Proposal:
        """Money that the maker wrote down; the checker has not come to it yet."""
        maker, source_id = Act(self.staff.maker, at(on)), self.source(code).pk
        return propose_inflow(
            maker,
            source_id=source_id,
            amount_fen=fen,
            on=on,
            reference=reference,
            paper=f"银行回单 {reference}",
            reason="一张回单一笔",  # several of a day are alike
        )

    def high_fee(self, fen: int = 300_00, *, on: date = PAY_DAY, reference: str = "SXF-2026-1") -> Proposal:
        """A fee above what one person books alone: the checker has not come to it yet."""
        told = {"source_id": self.source("OWN").pk, "amount_fen": fen, "on": on, "reference": reference}
        row = book_fee(Act(self.staff.maker, at(on)), paper=f"银行回单 {reference}", **told)
        assert isinstance(row, Proposal)
        return row

    def excess(self, fen: int, on: date = OPENED, line: str = "AID") -> Proposal:
        """One officer asks for more on the line of awards, another agrees."""
        asks = Act(self.staff.street_officer, at(on))
        row = propose_excess(asks, line_id=self.line(line).pk, amount_fen=fen, reason="春节")
        return confirm_proposal(Act(self.staff.second_officer, at(on, 10)), proposal_id=row.pk)

    def _reference(self, code: str) -> str:
        """The bank's, another one for each inflow: two funds of a community have one account at the bank."""
        of_community = Journal.objects.filter(fund__community_id=self.fund.community_id, kind="INFLOW")
        before = of_community.filter(subject__endswith=f":{code}").count()
        return f"IN-{code}-{before + 1}" if before else f"IN-{code}"

    # --- people ----------------------------------------------------------------------------------
    def register(self, count: int = 1) -> list[Household]:
        """Register households of one old person each, with a confirmed account for the household and the person."""
        start = len(self.families)
        added = register_households(
            Act(self.staff.clerk, at(OPENED)),
            households=[
                single(
                    self.community.grid.pk,
                    person(
                        f"王{'一二三四五六七八九十'[order % 10]}{order}",
                        birth=date(1940, 1, 1 + order % 28),
                        order=order,
                    ),
                )
                for order in range(start, start + count)
            ],
        )
        self.families += added
        keys = [household.number for household in added]
        keys += [membership.resident.number for membership in self.memberships(added)]
        self.account(keys)
        return added

    def memberships(self, households: Sequence[Household]) -> list[Membership]:
        return list(
            Membership.objects.filter(household__in=households)
            .select_related("resident")
            .order_by("household_id", "pk")
        )

    def account(self, keys: Sequence[str], on: date = OPENED, number: str = "") -> list[PayeeAccount]:
        """Propose and confirm accounts for the units."""
        stamp = self.families[0].stamp
        proposed = propose_account(
            Act(self.staff.clerk, at(on, 10)),
            accounts=[
                NewAccount(key, stamp, "王某", number or f"62220000{secrets.randbelow(10**8):08d}", "江畔银行", *PROXY)
                for key in keys
            ],
        )
        return confirm_account(
            Act(self.staff.director, at(on, 11)),
            account_ids=[row.pk for row in proposed],
        )

    def corrected(self, item: PaymentItem, on: date = PAY_DAY) -> PaymentItem:
        """The family of a payment that came back brought another account, which may be used on the day."""
        self.account([item.unit_key], on=on - timedelta(days=7))
        return item

    # --- awards ----------------------------------------------------------------------------------
    def base(self, household: Household, **overrides: object) -> Grant:
        """500 yuan a month for a household."""
        members = tuple(row.resident_id for row in self.memberships([household]))
        values: dict[str, object] = {
            "programme": BASE,
            "unit": Unit.HOUSEHOLD,
            "unit_key": household.number,
            "household_id": household.pk,
            "resident_id": None,
            "member_ids": members,
            "amount_fen": 50_000,
            "line_id": self.line().pk,
            "application_number": "JZ-2026-0001",
            "stamp": household.stamp,
        }
        return Grant(**{**values, **overrides})  # type: ignore[arg-type]  # a test's free overrides

    def elder(self, household: Household, **overrides: object) -> Grant:
        """300 yuan a month for its old person."""
        resident = self.memberships([household])[0].resident
        values: dict[str, object] = {
            "programme": ELDER,
            "unit": Unit.PERSON,
            "unit_key": resident.number,
            "resident_id": resident.pk,
            "member_ids": (resident.pk,),
            "amount_fen": 30_000,
        }
        return self.base(household, **{**values, **overrides})

    def grant(self, *grants: Grant, on: date = date(2026, 2, 10)) -> list[Award]:
        return grant_now(Act(self.staff.street_officer, at(on)), grants=grants)

    def changed(self, award: Award, fen: int, effective: date, on: date = PAY_DAY) -> None:
        """Another amount from a month on: the director asks, an officer of the street agrees."""
        director, officer = by(self.staff.director, on), by(self.staff.street_officer, on, 10)
        row = propose_amount(director, award_id=award.pk, amount_fen=fen, effective_date=effective, note="调整")
        confirm_proposal(officer, proposal_id=row.pk)

    def recovered(self, receivable_id: int, on: date = PAY_DAY) -> None:
        """A claim paid back: the maker writes it down, the checker confirms it."""
        row = propose_recovery(by(self.staff.maker, on, 17), receivable_id=receivable_id, paper="银行回单")
        confirm_proposal(by(self.staff.checker, on, 18), proposal_id=row.pk)

    def waived(self, receivable_id: int, on: date = PAY_DAY) -> None:
        """A claim given up: one officer asks, another agrees."""
        row = propose_waiver(by(self.staff.street_officer, on, 17), receivable_id=receivable_id, note="困难")
        confirm_proposal(by(self.staff.second_officer, on, 18), proposal_id=row.pk)

    def came_back(
        self,
        batch: PaymentBatch,
        seqs: Sequence[int],
        on: date = PAY_DAY,
        bank_date: date | None = None,
        reason: str = "x",
    ) -> list[PaymentItem]:
        """Payments that came back after they were paid: the releaser writes them down, the checker confirms each."""
        told = {"batch_id": batch.pk, "seqs": seqs, "bank_date": bank_date or on, "reason": reason}
        asked = propose_late_return(by(self.staff.releaser, on), **told)
        for row, _item in asked:
            confirm_proposal(by(self.staff.checker, on), proposal_id=row.pk)
        return [PaymentItem.objects.get(pk=item.pk) for _row, item in asked]

    # --- batches ---------------------------------------------------------------------------------
    def propose(self, month: Month = MARCH, on: date = PAY_DAY) -> PaymentBatch:
        return propose(Act(self.staff.maker, at(on, 9)), fund_id=self.fund.pk, month=month)

    def approve(self, batch: PaymentBatch, on: date = PAY_DAY) -> PaymentBatch:
        return approve(Act(self.staff.checker, at(on, 10)), batch_id=batch.pk, digest=batch.lines_digest)

    def release(self, batch: PaymentBatch, on: date = PAY_DAY, bank: str = "RIVER_BANK") -> PaymentBatch:
        return release(Act(self.staff.releaser, at(on, 11)), batch_id=batch.pk, layout=layouts()[bank]).batch

    def released(self, month: Month = MARCH, on: date = PAY_DAY, bank: str = "RIVER_BANK") -> PaymentBatch:
        return self.release(self.approve(self.propose(month, on), on), on, bank)

    def paid(self, month: Month = MARCH, on: date = PAY_DAY, returned: Sequence[int] = ()) -> PaymentBatch:
        """A batch all the way through the bank; ``returned`` are sequence numbers."""
        from tests.ledger.bank import answer

        batch = self.released(month, on)
        return import_return(
            Act(self.staff.releaser, at(on, 15)),
            batch_id=batch.pk,
            data=answer(batch, returned=returned, on=on),
            layout=layouts()[batch.layout_code],
        )


@act
def grant_now(act: Act, *, grants: Sequence[Grant]) -> list[Award]:
    """Grant as a decision does, with an audit entry."""
    awards = grant(act, grants=grants)
    audit.record(act, where=grants[0].stamp, subject=f"award:{awards[0].number}")
    return awards


@act
def inside(act: Act, *, step: Callable[[Act], object]) -> None:
    """Run one of the helps that need an open act."""
    step(act)
    audit.record(act, where=0, subject="test:inside")


def by(person: Actor, day: date = PAY_DAY, hour: int = 9) -> Act:
    """A person's act on a day."""
    return Act(person, at(day, hour))


def make_world(community: Community, staff: Staff, *, cash: int = 100_000_00, budget: int = 1_000_000_00) -> World:
    """A fund with three sources (donations only for awards), its money received."""
    fund = open_fund(
        system_act(date(2026, 1, 4)),
        code="XFL-2026",
        name="幸福里社区救助资金",
        year=2026,
        community_id=community.community.pk,
        sources=[
            NewSource("GOV", SourceKind.GOVERNMENT, "政府拨款", 60_000_00),
            NewSource("DON", SourceKind.DONATION, "社会捐赠", 30_000_00, restricted_to=("AID",)),
            NewSource("OWN", SourceKind.COMMUNITY, "社区自筹", 10_000_00),
        ],
        lines=[
            NewLine("AID", "经济援助", budget, (BASE, ELDER)),
            NewLine("TRAINING", "职业培训", 0, ("TRAINING",)),
        ],
    )
    world = World(community, staff, fund)
    for code, percent in (("GOV", 60), ("DON", 30), ("OWN", 10)):
        if cash:
            world.receive(code, cash * percent // 100)
    return world
