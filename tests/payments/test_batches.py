"""A month's batch through three hands."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from linli.ground.users.models import User
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.errors import ReasonMissing
from linli.kernel.period import Month
from linli.kernel.steps import OwnFamily, SamePerson, StepNotPossible
from linli.money.awards.codes import EndReason
from linli.money.awards.models import Award, AwardMember, AwardMonth, PayeeAccount
from linli.money.awards.operations import Ending, end, suspend
from linli.money.awards.queries import invariants as award_invariants
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import FundingSource
from linli.money.ledger.queries import invariants as ledger_invariants
from linli.money.payments import operations, queries, refusals
from linli.money.payments.codes import BatchState, ItemState, StaleCode
from linli.money.payments.models import PaymentBatch, PaymentItem
from linli.money.payments.permissions import READERS
from linli.money.payments.steps import BATCH
from linli.registry.residents.operations import leave, link_account, record_death, register_households
from tests.conftest import Staff
from tests.layers import layer
from tests.ledger.world import MARCH, ORDER, PAY_DAY, World, by, make_world
from tests.pack_variants import install_variant
from tests.residents.people import person, single

TOMORROW = PAY_DAY + timedelta(days=1)


@layer
def families(world: World) -> World:
    """Three families with a base award, the first with a supplement too: 1,800 yuan a month."""
    world.register(3)
    world.grant(*(world.base(one) for one in world.families), world.elder(world.families[0]))
    return world


def without_rules(table: str, *names: str) -> None:
    """Take triggers away, as somebody with the database's own rights can; the test's rollback brings them back."""
    for name in names:
        place = f' ON "{table}"' if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TRIGGER "{table}_{name}"{place}')


def whole() -> bool:
    return not [*ledger_invariants(), *award_invariants(), *queries.invariants()]


class TestOwnFamily:
    """Nobody pays their own family, whatever hand they are; who cannot be paid to is not told beside the batch."""

    @pytest.fixture
    def of_the_first(self, families: World) -> Callable[[User], None]:
        """Somebody of the office lives in the first family from now on."""

        def do(person: User) -> None:
            one = families.memberships(families.families[:1])[0].resident
            link_account(by(families.staff.clerk), user_id=person.pk, resident_id=one.pk)

        return do

    def test_the_maker_proposes_no_batch_that_pays_it(
        self, families: World, of_the_first: Callable[[User], None]
    ) -> None:
        of_the_first(families.staff.maker)
        with pytest.raises(OwnFamily):
            families.propose()
        assert not PaymentBatch.objects.exists()

    def test_nor_does_another_hand_go_on_with_it(self, families: World, of_the_first: Callable[[User], None]) -> None:
        batch = families.propose()
        of_the_first(families.staff.checker)
        with pytest.raises(OwnFamily, match=batch.number):
            families.approve(batch)

    def test_who_only_holds_the_account_is_not_paid_either(self, families: World) -> None:
        batch = families.approve(families.propose())
        home = single(families.community.grid.pk, person("王远", birth=date(1950, 5, 5), order=90))
        [elsewhere] = register_households(by(families.staff.clerk), households=[home])
        holder = families.memberships([elsewhere])[0].resident
        link_account(by(families.staff.clerk), user_id=families.staff.releaser.pk, resident_id=holder.pk)
        without_rules("awards_payeeaccount", "fixed")
        PayeeAccount.objects.filter(pk=batch.items.earliest("pk").account_id).update(holder=holder)
        with pytest.raises(OwnFamily):
            families.release(batch)


class TestPropose:
    def test_takes_every_due_month(self, families: World) -> None:
        batch = families.propose()
        assert (batch.number, batch.items_count, batch.total_fen) == ("FF-2026-03-1", 4, 1_800_00)

    def test_orders_lines_by_the_pack(self, families: World) -> None:
        programmes = [item.programme for item in queries.items(families.propose().pk)]
        assert programmes == sorted(programmes, key=ORDER.index)
        assert len(programmes) == 4

    def test_follows_a_pack_that_pays_arrears_last(self, families: World, tmp_path: Path) -> None:
        install_variant(tmp_path, ("scheme.toml", "arrears_first = true", "arrears_first = false"))
        batch = families.propose(Month(2026, 4), date(2026, 4, 15))
        assert [item.month_date.month for item in queries.items(batch.pk)] == [4] * 4 + [3] * 4

    def test_follows_a_pack_that_pays_the_largest_households_first(self, families: World, tmp_path: Path) -> None:
        award = Award.objects.get(number="DY-2026-0003")
        other = families.memberships([families.families[0]])[0].resident
        AwardMember.objects.create(
            award=award, resident=other, programme="OTHER", valid_from=award.valid_from, valid_until=award.valid_until
        )
        install_variant(tmp_path, ("scheme.toml", 'within = "OLDEST_AWARD"', 'within = "LARGEST_HOUSEHOLD"'))
        assert queries.items(families.propose().pk)[0].award.number == "DY-2026-0003"

    def test_uses_donations_for_their_line_first(self, families: World) -> None:
        sources = [item.source.code for item in queries.items(families.propose().pk)]
        assert sources == ["DON", "DON", "DON", "DON"]

    def test_uses_free_money_where_donations_are_for_another_line(self, families: World) -> None:
        FundingSource.objects.filter(code="DON").update(restricted_to=["TRAINING"])
        sources = [item.source.code for item in queries.items(families.propose().pk)]
        assert sources == ["GOV", "GOV", "GOV", "GOV"]

    def test_moves_no_money(self, families: World) -> None:
        families.propose()
        assert families.total(AccountKind.PAYABLE) == 0

    def test_takes_up_arrears_oldest_first(self, families: World) -> None:
        batch = families.propose(Month(2026, 4), date(2026, 4, 15))
        assert [item.month_date.month for item in queries.items(batch.pk)] == [3] * 4 + [4] * 4

    def test_takes_no_month_twice(self, families: World) -> None:
        families.paid()
        batch = families.propose(Month(2026, 4), date(2026, 4, 15))
        assert {item.month_date.month for item in queries.items(batch.pk)} == {4}

    def test_is_the_makers(self, families: World) -> None:
        with pytest.raises(NotPermitted):
            operations.propose(by(families.staff.checker), fund_id=families.fund.pk, month=MARCH)

    def test_is_one_at_a_time(self, families: World) -> None:
        families.propose()
        with pytest.raises(refusals.BatchOpen):
            families.propose()

    @pytest.mark.parametrize("month", [Month(2026, 4), Month(2025, 12)])
    def test_refuses_a_month_to_come_and_another_year(self, families: World, month: Month) -> None:
        with pytest.raises(refusals.MonthNotPayable):
            families.propose(month)

    def test_refuses_when_nothing_is_due(self, world: World) -> None:
        with pytest.raises(refusals.NothingLeft, match="2026年3月及以前没有"):
            world.propose()

    def test_lets_those_wait_whose_account_is_held(self, families: World) -> None:
        families.account([families.families[2].number], on=PAY_DAY)
        batch = families.propose()
        assert (batch.items_count, batch.waiting_count, batch.waiting_fen) == (3, 1, 500_00)

    def test_leaves_out_those_who_died(self, families: World) -> None:
        resident = families.memberships([families.families[0]])[0].resident_id
        record_death(by(families.staff.clerk), resident_ids=[resident], died_date=PAY_DAY)
        assert families.propose().items_count == 2

    def test_costs_few_statements_whatever_its_size(
        self, families: World, django_assert_max_num_queries: object
    ) -> None:
        with django_assert_max_num_queries(33):  # type: ignore[operator]  # pytest-django's fixture
            families.propose()


class TestShortOfMoney:
    @pytest.fixture
    def poor(self, community: object, staff: Staff) -> World:
        """A fund with 1,100 yuan for 1,800 a month."""
        world = make_world(community, staff, cash=0)  # type: ignore[arg-type]  # the community fixture
        world.receive("GOV", 1_100_00)
        world.register(3)
        world.grant(*(world.base(one) for one in world.families), world.elder(world.families[0]))
        return world

    def test_pays_in_the_packs_order(self, poor: World) -> None:
        batch = poor.propose()
        assert (batch.total_fen, batch.waiting_count, batch.waiting_fen) == (1_000_00, 2, 800_00)

    def test_counts_who_waits(self, poor: World) -> None:
        assert queries.waiting(poor.fund.pk, MARCH) == (4, 1_800_00)

    def test_leaves_arrears_that_are_paid_first(self, poor: World) -> None:
        poor.paid()
        poor.receive("GOV", 900_00, on=date(2026, 4, 1), reference="IN-2")
        batch = poor.propose(Month(2026, 4), date(2026, 4, 15))
        assert [(item.month_date.month, item.programme) for item in queries.items(batch.pk)] == [
            (3, "BASE_AWARD"),
            (3, "ELDER_SUPPLEMENT"),
        ]

    def test_lists_arrears(self, poor: World) -> None:
        poor.paid()
        rows = queries.arrears(authority_of(poor.staff.maker, PAY_DAY).scope(), date(2026, 4, 2))
        assert [(row.award.number, row.month_date) for row in rows] == [
            ("DY-2026-0003", date(2026, 3, 1)),
            ("DY-2026-0004", date(2026, 3, 1)),
        ]

    def test_refuses_an_empty_batch(self, poor: World) -> None:
        poor.paid()
        with pytest.raises(refusals.NothingDue) as refusal:
            poor.propose()
        assert refusal.value.details["waiting"] == 2


class TestApprove:
    def test_makes_the_money_payable(self, families: World) -> None:
        families.approve(families.propose())
        assert (families.total(AccountKind.PAYABLE), families.total(AccountKind.SPENDABLE)) == (1_800_00, 98_200_00)

    def test_refuses_another_digest(self, families: World) -> None:
        with pytest.raises(refusals.DigestDiffers):
            operations.approve(by(families.staff.checker), batch_id=families.propose().pk, digest="0" * 64)

    @pytest.mark.parametrize(
        "change",
        [
            {"seq": 99},
            {"unit_key": "H-999999"},
            {"programme": "OTHER"},
            {"month_date": date(2026, 2, 1)},
            {"amount_fen": 500_01},
            {"source_id": "GOV"},
            {"account_id": "another"},
            {"part": 1},
            "a line less",
        ],
        ids=str,
    )
    def test_refuses_lines_altered_after_the_proposal(self, families: World, change: dict[str, object] | str) -> None:
        """By somebody at the database, past its triggers; the stored digest is the one the checker saw."""
        batch = families.propose()
        rows = PaymentItem.objects.filter(pk=batch.items.earliest("seq").pk)
        without_rules("payments_paymentitem", "fixed", "no_delete")
        if isinstance(change, str):
            rows.delete()
        else:
            other = batch.items.latest("seq").account_id
            named = {"GOV": families.source("GOV").pk, "another": other}
            if "account_id" in change:
                without_rules("awards_payeeaccount", "fixed")
                PayeeAccount.objects.filter(pk=other).update(version=7)
            rows.update(**{column: named.get(str(value), value) for column, value in change.items()})
        with pytest.raises(refusals.DigestDiffers):
            families.approve(batch)

    def test_is_the_checkers(self, families: World) -> None:
        batch = families.propose()
        with pytest.raises(NotPermitted):
            operations.approve(by(families.staff.releaser), batch_id=batch.pk, digest=batch.lines_digest)

    def test_is_not_for_the_maker(self, families: World) -> None:
        both = give(families, families.staff.maker, "FINANCE_CHECKER")
        batch = families.propose()
        with pytest.raises(SamePerson):
            operations.approve(by(both), batch_id=batch.pk, digest=batch.lines_digest)

    def test_happens_once(self, families: World) -> None:
        batch = families.approve(families.propose())
        with pytest.raises(StepNotPossible):
            families.approve(batch)

    def test_refuses_a_batch_that_changed_meanwhile(self, families: World) -> None:
        batch = families.propose()
        award = batch.items.earliest("seq").award
        end(by(families.staff.director), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
        with pytest.raises(refusals.BatchStale) as refusal:
            families.approve(batch)
        assert str(refusal.value.details["lines"]) == "DY-2026-0001（待遇已终止）"

    def test_costs_few_statements_whatever_its_size(
        self, families: World, django_assert_max_num_queries: object
    ) -> None:
        batch = families.propose()
        with django_assert_max_num_queries(35):  # type: ignore[operator]  # pytest-django's fixture
            families.approve(batch)


def give(world: World, person: object, role: str) -> object:
    """Let a person hold a second role."""
    from linli.ground.users.codes import Role
    from linli.ground.users.operations import assign
    from tests.conftest import system_act

    assign(
        system_act(),
        user_id=person.pk,  # type: ignore[attr-defined]  # a user
        role=Role(role),
        area_id=world.community.street.pk,
        valid_from=date(2026, 1, 1),
    )
    return person


class TestRelease:
    @pytest.fixture
    def approved(self, families: World) -> PaymentBatch:
        return families.approve(families.propose())

    @pytest.mark.parametrize("bank", ["RIVER_BANK", "HILL_BANK"])
    def test_sends_the_bank_file(self, families: World, approved: PaymentBatch, bank: str) -> None:
        batch = families.release(approved, bank=bank)
        _name, data = queries.bank_file(authority_of(families.staff.auditor, PAY_DAY).scope(), batch.number)
        assert data.count(b"FF-2026-03-1-0") == 4

    def test_tells_the_family_in_words_what_the_money_is_for(self, families: World, approved: PaymentBatch) -> None:
        batch = families.release(approved)
        _name, data = queries.bank_file(authority_of(families.staff.auditor, PAY_DAY).scope(), batch.number)
        assert (data.decode("GBK").count("2026年3月"), b"2026-03|" in data) == (4, False)

    def test_is_in_transit_afterwards(self, families: World, approved: PaymentBatch) -> None:
        families.release(approved)
        assert (families.total(AccountKind.PAYABLE), families.total(AccountKind.IN_TRANSIT)) == (0, 1_800_00)

    def test_keeps_the_file_sealed(self, families: World, approved: PaymentBatch) -> None:
        batch = families.release(approved)
        batch.refresh_from_db()
        assert b"FF-2026-03" not in bytes(batch.file_sealed)

    def test_is_the_releasers(self, families: World, approved: PaymentBatch) -> None:
        with pytest.raises(NotPermitted):
            operations.release(by(families.staff.maker), batch_id=approved.pk, layout=queries.layouts()["RIVER_BANK"])

    @pytest.mark.parametrize("hand", ["maker", "checker"])
    def test_is_a_third_persons(self, families: World, approved: PaymentBatch, hand: str) -> None:
        person = give(families, getattr(families.staff, hand), "FINANCE_RELEASER")
        with pytest.raises(SamePerson):
            operations.release(by(person), batch_id=approved.pk, layout=queries.layouts()["RIVER_BANK"])  # type: ignore[arg-type]  # a user

    def test_waits_for_the_approval(self, families: World) -> None:
        with pytest.raises(StepNotPossible):
            families.release(families.propose())

    def test_leaves_every_invariant_whole(self, families: World, approved: PaymentBatch) -> None:
        families.release(approved)
        assert whole()

    def test_refuses_lines_that_were_tampered_with(self, families: World, approved: PaymentBatch) -> None:
        item = approved.items.earliest("seq")
        type(item.award).objects.filter(pk=item.award_id).update(number="DY-2026-9999")
        with pytest.raises(refusals.DigestDiffers):
            families.release(approved)


class TestVoidedApproval:
    @pytest.fixture
    def approved(self, families: World) -> PaymentBatch:
        return families.approve(families.propose())

    def release(self, world: World, batch: PaymentBatch) -> operations.Release:
        return operations.release(
            by(world.staff.releaser, TOMORROW), batch_id=batch.pk, layout=queries.layouts()["RIVER_BANK"]
        )

    def die(self, world: World) -> None:
        resident = world.memberships([world.families[0]])[0].resident_id
        record_death(by(world.staff.clerk, TOMORROW), resident_ids=[resident], died_date=TOMORROW)

    def test_by_a_death_is_a_result(self, families: World, approved: PaymentBatch) -> None:
        self.die(families)
        result = self.release(families, approved)
        assert (result.released, [(line.award, line.code) for line in result.voided]) == (
            False,
            [("DY-2026-0001", StaleCode.DIED), ("DY-2026-0004", StaleCode.DIED)],
        )

    def test_by_a_move(self, families: World, approved: PaymentBatch) -> None:
        resident = families.memberships([families.families[1]])[0].resident_id
        leave(by(families.staff.clerk, TOMORROW), resident_ids=[resident], left_date=TOMORROW)
        assert [line.code for line in self.release(families, approved).voided] == [StaleCode.MOVED]

    def test_by_another_account(self, families: World, approved: PaymentBatch) -> None:
        families.account([families.families[1].number], on=PAY_DAY)
        assert [line.code for line in self.release(families, approved).voided] == [StaleCode.ACCOUNT]

    def test_by_an_award_that_ended(self, families: World, approved: PaymentBatch) -> None:
        award = approved.items.earliest("seq").award
        end(by(families.staff.director), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
        assert [line.code for line in self.release(families, approved).voided] == [StaleCode.ENDED]

    def test_reverses_every_entry(self, families: World, approved: PaymentBatch) -> None:
        self.die(families)
        self.release(families, approved)
        assert (families.total(AccountKind.PAYABLE), families.total(AccountKind.SPENDABLE)) == (0, 100_000_00)

    def test_keeps_the_reason(self, families: World, approved: PaymentBatch) -> None:
        self.die(families)
        batch = self.release(families, approved).batch
        assert (batch.state, batch.void_reason) == (
            BatchState.VOIDED,
            "DY-2026-0001（领取人死亡）、DY-2026-0004（领取人死亡）",
        )

    def test_releases_the_promise_of_an_ended_award(self, families: World, approved: PaymentBatch) -> None:
        award = approved.items.earliest("seq").award
        before = families.total(AccountKind.COMMITTED)
        end(by(families.staff.director), endings=[Ending(award.pk, date(2026, 3, 1), EndReason.INCOME)])
        self.release(families, approved)
        assert families.total(AccountKind.COMMITTED) == before - 9 * 500_00 + 1_300_00

    def test_lets_the_others_be_paid_by_a_new_batch(self, families: World, approved: PaymentBatch) -> None:
        self.die(families)
        self.release(families, approved)
        again = families.propose(on=TOMORROW)
        assert (again.number, again.items_count) == ("FF-2026-03-2", 2)

    def test_leaves_every_invariant_whole(self, families: World, approved: PaymentBatch) -> None:
        self.die(families)
        self.release(families, approved)
        assert whole()

    def test_shows_a_suspension_too(self, families: World) -> None:
        batch = families.propose()
        award = batch.items.earliest("seq").award
        suspend(by(families.staff.director), award_ids=[award.pk], effective_date=date(2026, 3, 1), note="x")
        assert [line.code for line in queries.stale_lines(lines_of(batch), PAY_DAY)] == [StaleCode.SUSPENDED]

    def test_shows_a_changed_amount_too(self, families: World) -> None:
        batch = families.propose()
        award = batch.items.earliest("seq").award
        families.changed(award, 1, date(2026, 3, 1))
        assert [line.code for line in queries.stale_lines(lines_of(batch), PAY_DAY)] == [StaleCode.CHANGED]


def lines_of(batch: PaymentBatch) -> list[PaymentItem]:
    return list(batch.items.select_related("award__household", "account").order_by("seq"))


class TestCancel:
    def test_frees_the_lines(self, families: World) -> None:
        operations.cancel(by(families.staff.maker), batch_id=families.propose().pk, reason="重做")
        assert families.propose().items_count == 4

    def test_reverses_an_approval(self, families: World) -> None:
        batch = families.approve(families.propose())
        operations.cancel(by(families.staff.checker), batch_id=batch.pk, reason="重做")
        assert (families.total(AccountKind.PAYABLE), whole()) == (0, True)

    def test_needs_a_reason(self, families: World) -> None:
        with pytest.raises(ReasonMissing):
            operations.cancel(by(families.staff.maker), batch_id=families.propose().pk, reason=" ")

    def test_keeps_as_much_of_the_reason_as_fits(self, families: World) -> None:
        batch = operations.cancel(by(families.staff.maker), batch_id=families.propose().pk, reason="长" * 301)
        assert batch.void_reason == "长" * 300

    def test_comes_too_late_after_the_release(self, families: World) -> None:
        with pytest.raises(StepNotPossible):
            operations.cancel(by(families.staff.maker), batch_id=families.released().pk, reason="x")

    def test_is_for_finance_staff(self, families: World) -> None:
        with pytest.raises(NotPermitted):
            operations.cancel(by(families.staff.director), batch_id=families.propose().pk, reason="x")


class TestDatabase:
    """What the database refuses whatever the code does."""

    def refused(self, sql: str, message: str) -> bool:
        with pytest.raises(IntegrityError, match=message), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        return True

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE payments_paymentbatch SET checker_id = maker_id",
            "UPDATE payments_paymentbatch SET releaser_id = maker_id",
            "UPDATE payments_paymentbatch SET checker_id = 999, releaser_id = 999",
        ],
    )
    def test_one_person_in_two_hands(self, families: World, sql: str) -> None:
        families.propose()
        assert self.refused(sql, "batch_")

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            ("UPDATE payments_paymentitem SET amount_fen = 1", "never rewritten"),
            ("UPDATE payments_paymentitem SET state = 'PAID'", "no such step"),
            ("UPDATE payments_paymentbatch SET state = 'CLOSED', checker_id = 998, releaser_id = 999", "no such step"),
            ("UPDATE payments_paymentbatch SET total_fen = 1", "never rewritten"),
            ("DELETE FROM payments_paymentitem", "never deleted"),
            ("DELETE FROM payments_paymentbatch", "payments_payment|FOREIGN KEY"),
        ],
    )
    def test_a_step_or_a_line_out_of_order(self, families: World, sql: str, message: str) -> None:
        families.propose()
        assert self.refused(sql, message)

    def test_a_second_live_payment_of_a_month(self, families: World) -> None:
        item = families.propose().items.earliest("seq")
        item.pk, item.seq = None, 99
        with pytest.raises(IntegrityError), transaction.atomic():
            item.save(force_insert=True)

    def test_a_payment_that_begins_in_the_middle(self, families: World) -> None:
        item = families.propose().items.earliest("seq")
        item.pk, item.seq, item.state, item.month_date = None, 99, ItemState.PAID, date(2026, 9, 1)
        with pytest.raises(IntegrityError, match="no such beginning"), transaction.atomic():
            item.save(force_insert=True)


class TestPermissions:
    def test_buttons_show_what_the_acts_allow(self, families: World) -> None:
        batch = families.approve(families.propose())
        staff = families.staff
        people = [authority_of(one, PAY_DAY) for one in (staff.maker, staff.checker, staff.releaser, staff.director)]
        offered = [[step.code for step in BATCH.offered(person, batch, PAY_DAY)] for person in people]
        assert offered == [["cancel"], ["cancel"], ["release", "cancel"], []]

    def test_outsiders_see_no_batch(self, families: World) -> None:
        families.propose()
        assert not queries.batches(authority_of(families.staff.outsider, PAY_DAY).scope(*READERS)).exists()


class TestReads:
    def test_batches_newest_first_with_filters(self, families: World) -> None:
        first = families.paid()
        second = families.propose(Month(2026, 4), date(2026, 4, 15))
        scope = authority_of(families.staff.auditor, PAY_DAY).scope()
        found = [
            list(queries.batches(scope)),
            list(queries.batches(scope, state=BatchState.CLOSED)),
            list(queries.batches(scope, fund_id=families.fund.pk, month=MARCH)),
        ]
        assert found == [[second, first], [first], [first]]

    def test_one_batch_by_number(self, families: World) -> None:
        batch = families.propose()
        assert queries.batch(authority_of(families.staff.auditor, PAY_DAY).scope(), batch.number) == batch

    def test_lines_by_state(self, families: World) -> None:
        batch = families.paid(returned=[4])
        assert [item.seq for item in queries.items(batch.pk, state=ItemState.RETURNED)] == [4]

    def test_totals_by_state(self, families: World) -> None:
        totals = queries.totals_by_state(families.paid(returned=[4]).pk)

        assert {state: fen for state, fen in totals.items() if fen} == {"PAID": 1_500_00, "RETURNED": 300_00}
        assert totals.keys() == set(ItemState.values)

    def test_rows_say_what_they_are(self, families: World) -> None:
        batch = families.paid()
        assert [str(batch), str(batch.returns.get()), str(AwardMonth.objects.earliest("pk"))] == [
            "FF-2026-03-1",
            f"{batch.pk} 2026-03-16",
            f"{AwardMonth.objects.earliest('pk').award_id} 2026-03",
        ]
