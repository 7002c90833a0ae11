"""Payee accounts: two people, sealed, held when changed."""

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from linli.foundation.trail.models import AuditEntry
from linli.ground.users.operations.looking import PurposeUnknown
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.calendar import YearTable
from linli.kernel.steps import SamePerson, StepNotPossible
from linli.law.policies.operations import load_years
from linli.money.awards import operations, queries
from linli.money.awards.codes import AccountState
from linli.money.awards.models import PayeeAccount
from linli.money.awards.operations import NewAccount
from linli.money.awards.permissions import can_unmask
from linli.money.awards.steps import ACCOUNT
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import OPENED, World, by
from tests.pack_variants import install_variant

# The module; the package has a function of its name.
READS = import_module("linli.money.awards.queries.awards")
FRIDAY = date(2026, 3, 6)
FROM = "from = 2025-11-01"


@layer
def unit(world: World) -> str:
    return world.register()[0].number


def new(world: World, unit: str, **overrides: str) -> NewAccount:
    values = {"holder_name": "王某", "account_number": "6222 0000-1234 5678", "bank_name": "江畔银行"}
    values |= {"relation": "PROXY", "basis": "委托书"}
    return NewAccount(unit, world.fund.stamp, **{**values, **overrides})


def propose(world: World, unit: str, **overrides: str) -> PayeeAccount:
    return operations.propose_account(by(world.staff.clerk, FRIDAY), accounts=[new(world, unit, **overrides)])[0]


def confirm(world: World, account: PayeeAccount) -> PayeeAccount:
    return operations.confirm_account(by(world.staff.director, FRIDAY), account_ids=[account.pk])[0]


class TestWhatTheBankCanWrite:
    """The installed banks write GBK with a delimiter, and UTF-8 in fixed widths."""

    @pytest.mark.parametrize("name", ["王䶮", "李\U0002c386", "赵\U00020bb7"])
    def test_a_name_the_bank_cannot_write_is_told_where_it_is_typed(self, world: World, unit: str, name: str) -> None:
        with pytest.raises(operations.AccountNotWritable) as refusal:
            propose(world, unit, holder_name=name)

        assert (refusal.value.field, refusal.value.signs, "GBK" in str(refusal.value)) == ("holder_name", name[1], True)

    def test_the_spelling_of_the_card_is_taken_and_kept(self, world: World, unit: str) -> None:
        assert propose(world, unit, holder_name="王YAN").holder_name == "王YAN"

    def test_the_bank_s_own_sign_in_a_name_is_told(self, world: World, unit: str) -> None:
        with pytest.raises(operations.AccountNotWritable) as refusal:
            propose(world, unit, holder_name="王某|李某")

        assert (refusal.value.field, refusal.value.signs) == ("holder_name", "|")

    def test_a_name_longer_than_the_bank_s_column_is_told(self, world: World, unit: str) -> None:
        with pytest.raises(operations.AccountTooLong) as refusal:
            propose(world, unit, holder_name="阿" * 50)

        assert refusal.value.field == "holder_name"

    def test_one_written_down_before_is_told_when_it_is_confirmed(self, world: World, unit: str, monkeypatch) -> None:
        with monkeypatch.context() as before:
            before.setattr(READS, "bank_obstacle", lambda field, text: None)
            account = propose(world, unit, holder_name="王䶮")

        with pytest.raises(operations.AccountNotWritable):
            confirm(world, account)

    def test_one_confirmed_before_waits_and_stops_nobody(self, world: World, unit: str, monkeypatch) -> None:
        with monkeypatch.context() as before:
            before.setattr(READS, "bank_obstacle", lambda field, text: None)
            confirm(world, propose(world, unit, holder_name="王䶮"))

        assert queries.usable_accounts([unit], FRIDAY) == {}


class TestPropose:
    def test_keeps_the_number_sealed(self, world: World, unit: str) -> None:
        assert "6222" not in propose(world, unit).account_envelope

    def test_keeps_the_last_four_in_the_clear(self, world: World, unit: str) -> None:
        assert propose(world, unit).account_last4 == "5678"

    def test_takes_full_width_digits_and_marks_that_paste_along(self, world: World, unit: str) -> None:
        assert propose(world, unit, account_number="\u202a６２２２　００００ 1111\ufeff").account_last4 == "1111"

    def test_replaces_an_older_proposal(self, world: World, unit: str) -> None:
        first, _second = propose(world, unit), propose(world, unit, account_number="6222000011112222")
        first.refresh_from_db()
        assert first.state == AccountState.REPLACED

    def test_counts_versions(self, world: World, unit: str) -> None:
        assert str(propose(world, unit)) == f"{unit} v2"

    @pytest.mark.parametrize("number", ["1234567", "6" * 33, "62220000abcd1234", ""])
    def test_refuses_what_is_no_account_number(self, world: World, unit: str, number: str) -> None:
        with pytest.raises(operations.AccountMalformed):
            propose(world, unit, account_number=number)

    @pytest.mark.parametrize("field", ["holder_name", "bank_name"])
    def test_needs_holder_and_bank(self, world: World, unit: str, field: str) -> None:
        with pytest.raises(operations.AccountIncomplete) as refusal:
            propose(world, unit, **{field: " "})
        assert refusal.value.field == field

    def test_refuses_the_account_in_use(self, world: World, unit: str) -> None:
        confirm(world, propose(world, unit))
        with pytest.raises(operations.AccountUnchanged):
            propose(world, unit)

    def test_is_refused_to_finance_staff(self, world: World, unit: str) -> None:
        with pytest.raises(NotPermitted):
            operations.propose_account(by(world.staff.maker), accounts=[new(world, unit)])


class TestConfirm:
    def test_makes_a_first_account_usable_at_once(self, world: World, unit: str) -> None:
        account = PayeeAccount.objects.get(unit_key=unit)
        assert (account.state, account.usable_date) == (AccountState.CONFIRMED, OPENED)

    def test_holds_a_changed_account_for_three_working_days(self, world: World, unit: str) -> None:
        assert confirm(world, propose(world, unit)).usable_date == date(2026, 3, 12)

    def test_holds_it_as_long_as_the_pack_says(self, world: World, unit: str, tmp_path: Path) -> None:
        install_variant(tmp_path, ("parameters.toml", f"{FROM}\nvalue = 3\n", f"{FROM}\nvalue = 5\n"))
        assert confirm(world, propose(world, unit)).usable_date == date(2026, 3, 14)

    def test_replaces_the_account_before(self, world: World, unit: str) -> None:
        confirm(world, propose(world, unit))
        states = [row.state for row in PayeeAccount.objects.filter(unit_key=unit).order_by("version")]
        assert states == [AccountState.REPLACED, AccountState.CONFIRMED]

    def test_pays_nowhere_while_a_change_is_held(self, world: World, unit: str) -> None:
        confirm(world, propose(world, unit))
        days = [date(2026, 3, 11), date(2026, 3, 12)]
        assert [unit in queries.usable_accounts([unit], day) for day in days] == [False, True]

    def test_is_not_for_the_proposer(self, world: World, unit: str) -> None:
        account = operations.propose_account(by(world.staff.director), accounts=[new(world, unit)])[0]
        with pytest.raises(SamePerson):
            confirm(world, account)

    @pytest.mark.parametrize("turned", [False, True])
    def test_one_of_ones_own_spoils_the_set(self, world: World, unit: str, turned: bool) -> None:
        other = world.register()[0].number
        own = operations.propose_account(by(world.staff.director), accounts=[new(world, unit)])[0]
        good = propose(world, other, account_number="6222000011112222")
        ids = [own.pk, good.pk]
        with pytest.raises(SamePerson):
            operations.confirm_account(by(world.staff.director), account_ids=ids[::-1] if turned else ids)
        assert {PayeeAccount.objects.get(pk=pk).state for pk in ids} == {AccountState.PROPOSED}
        assert ACCOUNT.allows(authority_of(world.staff.director, FRIDAY), "confirm", [good], FRIDAY)
        assert not ACCOUNT.allows(authority_of(world.staff.director, FRIDAY), "confirm", [good, own], FRIDAY)

    @pytest.mark.parametrize("turned", [False, True])
    def test_one_that_is_confirmed_already_spoils_the_set(self, world: World, unit: str, turned: bool) -> None:
        other = world.register()[0].number
        done = confirm(world, propose(world, unit))
        good = propose(world, other, account_number="6222000011112222")
        ids = [done.pk, good.pk]
        with pytest.raises(StepNotPossible):
            operations.confirm_account(by(world.staff.director, FRIDAY), account_ids=ids[::-1] if turned else ids)
        good.refresh_from_db()
        assert good.state == AccountState.PROPOSED

    def test_happens_once(self, world: World, unit: str) -> None:
        account = confirm(world, propose(world, unit))
        with pytest.raises(StepNotPossible):
            confirm(world, account)

    def test_refuses_an_account_that_is_not_there(self, world: World) -> None:
        with pytest.raises(operations.AccountNotFound):
            confirm(world, PayeeAccount(pk=999))

    def test_by_the_proposer_is_refused_by_the_database_too(self, world: World, unit: str) -> None:
        account = propose(world, unit, account_number="6222000011112222")
        account.state, account.confirmed_by_id, account.usable_date = "REPLACED", account.proposed_by_id, FRIDAY
        with pytest.raises(IntegrityError, match="payee_two_people"), transaction.atomic():
            account.save()

    def test_never_rewrites_a_version(self, world: World, unit: str) -> None:
        account = PayeeAccount.objects.get(unit_key=unit)
        account.account_envelope = "v1.t1.xxxx"
        with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
            account.save()


class TestUnmask:
    def test_shows_the_number_for_a_purpose(self, world: World, unit: str) -> None:
        account = propose(world, unit)
        shown = operations.unmask_account(by(world.staff.director), account_id=account.pk, purpose="BANK")
        assert shown == "6222000012345678"

    def test_leaves_the_purpose_in_the_trail(self, world: World, unit: str) -> None:
        operations.unmask_account(by(world.staff.director), account_id=propose(world, unit).pk, purpose="BANK")
        assert "BANK" in AuditEntry.objects.latest("pk").note

    def test_needs_a_purpose(self, world: World, unit: str) -> None:
        with pytest.raises(PurposeUnknown):
            operations.unmask_account(by(world.staff.director), account_id=propose(world, unit).pk, purpose=" ")

    def test_is_refused_to_others(self, world: World, unit: str) -> None:
        with pytest.raises(NotPermitted):
            operations.unmask_account(by(world.staff.maker), account_id=propose(world, unit).pk, purpose="BANK")


class TestPermissions:
    def test_what_a_button_shows_is_what_the_act_allows(self, world: World, unit: str) -> None:
        account = propose(world, unit)
        people = [
            authority_of(person, OPENED) for person in (world.staff.clerk, world.staff.director, world.staff.maker)
        ]
        assert [
            (
                ACCOUNT.allows(one, "propose", account, OPENED),
                ACCOUNT.allows(one, "confirm", account, OPENED),
                can_unmask(one, account.stamp),
            )
            for one in people
        ] == [(True, False, True), (True, True, True), (False, False, False)]


# Invented: ten weekdays off, so that the year is a plausible one.
OFF_2026 = [date(2026, 1, day) for day in (1, 2, 5, 6, 7, 8, 9, 12, 13, 14)]
# Invented: from its first day on, every weekday is off until the fourteenth.
NEXT_YEAR = YearTable(2027, frozenset(date(2027, 1, day) for day in (1, 4, 5, 6, 7, 8, 11, 12, 13, 14)), frozenset())
YEAR_END = date(2026, 12, 30)


class TestRecomputeHolds:
    @pytest.fixture
    def held(self, world: World, unit: str) -> PayeeAccount:
        """Confirmed on 30 December: 31 December, 1 and 4 January are counted, the year to come has no table yet."""
        load_years(system_act(OPENED), tables=[YearTable(2026, frozenset(OFF_2026), frozenset())])
        account = propose(world, unit)
        return operations.confirm_account(by(world.staff.director, YEAR_END), account_ids=[account.pk])[0]

    def recompute(self, on: date = date(2026, 12, 31)) -> list[PayeeAccount]:
        load_years(system_act(on), tables=[NEXT_YEAR])
        return operations.recompute_holds(system_act(on))

    def test_a_day_in_a_year_without_a_table_is_provisional(self, held: PayeeAccount) -> None:
        assert (held.usable_date, queries.provisional_holds([held], YEAR_END)) == (date(2027, 1, 5), {held.pk})

    def test_counts_again_by_the_table(self, held: PayeeAccount) -> None:
        changed = self.recompute()
        held.refresh_from_db()
        assert (changed, held.usable_date) == ([held], date(2027, 1, 19))

    def test_makes_the_day_sure(self, held: PayeeAccount) -> None:
        self.recompute()
        held.refresh_from_db()
        assert queries.provisional_holds([held], YEAR_END) == frozenset()

    def test_leaves_an_account_that_is_usable_already(self, held: PayeeAccount) -> None:
        assert self.recompute(on=date(2027, 1, 5)) == []

    def test_changes_nothing_twice(self, held: PayeeAccount) -> None:
        self.recompute()
        assert operations.recompute_holds(system_act(date(2026, 12, 31))) == []

    def test_is_done_by_the_job_that_loading_a_table_queues(self, world: World) -> None:
        load_years(by(world.staff.administrator, YEAR_END), tables=[NEXT_YEAR])
        assert "linli.money.awards.tasks.recompute" in set(DBTaskResult.objects.values_list("task_path", flat=True))

    def test_is_the_products_own(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            operations.recompute_holds(by(world.staff.director))

    def test_an_account_not_confirmed_has_no_day(self, world: World, unit: str) -> None:
        with pytest.raises(ValueError, match="not confirmed"):
            queries.confirmed_date(propose(world, unit))
