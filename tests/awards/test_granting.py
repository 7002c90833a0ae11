"""Granting: account first, one protection per person, the promise on the budget."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from linli.kernel.period import Month
from linli.money.awards import operations, queries
from linli.money.awards.codes import ChangeKind
from linli.money.awards.models import AwardMember, PayeeAccount
from linli.money.ledger.codes import AccountKind
from linli.money.ledger.models import Fund
from linli.money.ledger.operations import AmountNotPositive, BudgetExhausted
from linli.money.ledger.queries import invariants as ledger_invariants
from tests.layers import layer
from tests.ledger.world import World, by


@layer
def family(world: World) -> World:
    world.register(2)
    return world


class TestGrant:
    def test_begins_in_the_month_after_the_decision(self, family: World) -> None:
        award = family.grant(family.base(family.families[0]))[0]
        assert (award.valid_from, award.valid_until) == (date(2026, 3, 1), date(2027, 1, 1))

    def test_promises_the_months_left_in_the_year(self, family: World) -> None:
        family.grant(family.base(family.families[0]))
        assert family.balance(AccountKind.COMMITTED, "AID") == 10 * 500_00

    def test_promises_nothing_beyond_the_funds_year(self, family: World) -> None:
        family.grant(family.base(family.families[0], last_month=Month(2027, 6)))
        assert family.balance(AccountKind.COMMITTED, "AID") == 10 * 500_00

    def test_takes_the_months_the_caller_says(self, family: World) -> None:
        award = family.grant(
            family.base(family.families[0], first_month=Month(2026, 1), last_month=Month(2026, 6)), on=date(2026, 1, 6)
        )[0]
        assert list(queries.schedules([award.pk])[award.pk]) == [Month(2026, month) for month in range(1, 7)]

    def test_numbers_awards_in_order(self, family: World) -> None:
        awards = family.grant(*(family.base(one) for one in family.families))
        assert [award.number for award in awards] == ["DY-2026-0001", "DY-2026-0002"]

    def test_writes_the_first_event(self, family: World) -> None:
        award = family.grant(family.base(family.families[0]))[0]
        change = award.changes.get()
        assert (change.kind, change.until_date, change.amount_fen) == (ChangeKind.GRANTED, date(2027, 1, 1), 500_00)

    def test_costs_the_same_few_statements_for_many(self, family: World, django_assert_max_num_queries: object) -> None:
        grants = [grant for one in family.families for grant in (family.base(one), family.elder(one))]
        with django_assert_max_num_queries(24):  # type: ignore[operator]  # pytest-django's fixture
            family.grant(*grants)

    def test_of_nothing_is_nothing(self, family: World) -> None:
        from tests.ledger.world import inside

        inside(by(family.staff.street_officer), step=lambda act: operations.grant(act, grants=[]))
        assert not queries.Award.objects.exists()

    def test_needs_a_confirmed_account(self, world: World) -> None:
        household = world.register()[0]
        with pytest.raises(operations.PayeeAccountMissing) as refusal:
            world.grant(world.base(household, unit_key="H-999999"))
        assert str(refusal.value.details["units"]) == "H-999999"

    def test_names_whose_account_is_missing(self, world: World) -> None:
        [household] = world.register()
        PayeeAccount.objects.update(state="REPLACED")
        with pytest.raises(operations.PayeeAccountMissing) as refusal:
            world.grant(world.base(household))
        who = world.memberships([household])[0].resident.name
        assert f"{who}（{household.number}）" in str(refusal.value)

    def test_needs_somebody_to_protect(self, family: World) -> None:
        with pytest.raises(operations.MembersMissing):
            family.grant(family.base(family.families[0], member_ids=()))

    def test_refuses_no_money(self, family: World) -> None:
        with pytest.raises(AmountNotPositive):
            family.grant(family.base(family.families[0], amount_fen=0))

    @pytest.mark.parametrize(
        "months",
        [
            {"first_month": Month(2027, 1), "last_month": Month(2027, 2)},
            {"first_month": Month(2026, 5), "last_month": Month(2026, 4)},
        ],
    )
    def test_refuses_an_empty_period(self, family: World, months: dict[str, Month]) -> None:
        with pytest.raises(operations.PeriodEmpty):
            family.grant(family.base(family.families[0], **months))

    def test_refuses_a_second_protection(self, family: World) -> None:
        family.grant(family.base(family.families[0]))
        with pytest.raises(operations.AwardOverlapping):
            family.grant(family.base(family.families[0]))

    def test_refuses_a_second_protection_in_one_act(self, family: World) -> None:
        grant = family.base(family.families[0])
        with pytest.raises(operations.AwardOverlapping):
            family.grant(grant, grant)

    def test_allows_one_after_the_other(self, family: World) -> None:
        family.grant(family.base(family.families[0], last_month=Month(2026, 6)))
        second = family.grant(family.base(family.families[0], first_month=Month(2026, 7)))
        assert second[0].valid_from == date(2026, 7, 1)

    @pytest.mark.parametrize("turned", [False, True])
    def test_allows_one_that_ends_before_another_begins(self, family: World, turned: bool) -> None:
        """In either order, in one act and in two; a month that both would pay is too much."""
        first = family.base(family.families[0], last_month=Month(2026, 6))
        second = family.base(family.families[0], first_month=Month(2026, 7))
        family.grant(*((second, first) if turned else (first, second)))
        for month in (6, 7):
            with pytest.raises(operations.AwardOverlapping):
                family.grant(
                    family.base(family.families[0], first_month=Month(2026, month), last_month=Month(2026, month))
                )

    def test_allows_an_earlier_one_beside_a_later_one(self, family: World) -> None:
        family.grant(family.base(family.families[0], first_month=Month(2026, 7)))
        [earlier] = family.grant(family.base(family.families[0], last_month=Month(2026, 6)))
        assert earlier.valid_until == date(2026, 7, 1)

    def test_stops_at_the_budget(self, family: World) -> None:
        with pytest.raises(BudgetExhausted):
            family.grant(family.base(family.families[0], amount_fen=100_000_01))

    def test_goes_beyond_it_with_the_streets_acceptance(self, family: World) -> None:
        family.excess(10)
        family.grant(family.base(family.families[0], amount_fen=100_000_01))
        assert family.balance(AccountKind.AVAILABLE, "AID") == 0

    def test_leaves_every_invariant_whole(self, family: World) -> None:
        family.grant(family.base(family.families[0]), family.elder(family.families[0]))
        assert [*ledger_invariants(), *queries.invariants()] == []


class TestDatabase:
    """One protected household per person and programme on any day, whatever the code does."""

    @pytest.fixture
    def member(self, family: World) -> AwardMember:
        return family.grant(family.base(family.families[0], last_month=Month(2026, 6)))[0].members.get()

    def again(self, member: AwardMember, start: date, until: date) -> AwardMember:
        other = AwardMember(
            award=member.award,
            resident=member.resident,
            programme=member.programme,
            valid_from=start,
            valid_until=until,
        )
        with transaction.atomic():
            other.save()
        return other

    def test_refuses_an_overlapping_row(self, member: AwardMember) -> None:
        with pytest.raises(IntegrityError, match="protected once"):
            self.again(member, date(2026, 6, 30), date(2026, 8, 1))

    def test_allows_the_next_day(self, member: AwardMember) -> None:
        assert self.again(member, date(2026, 7, 1), date(2026, 8, 1)).pk

    def test_allows_an_empty_period(self, member: AwardMember) -> None:
        assert self.again(member, date(2026, 4, 1), date(2026, 4, 1)).pk

    def test_refuses_a_row_that_is_stretched(self, member: AwardMember) -> None:
        other = self.again(member, date(2026, 7, 1), date(2026, 8, 1))
        other.valid_from = date(2026, 6, 1)
        with pytest.raises(IntegrityError, match="protected once"), transaction.atomic():
            other.save()

    def test_rows_say_what_they_are(self, member: AwardMember) -> None:
        assert (str(member), str(member.award), str(member.award.changes.get())) == (
            f"{member.award_id} {member.resident_id}",
            "DY-2026-0001",
            f"{member.award_id} GRANTED 2026-03-01",
        )


def test_a_fund_of_another_year_pays_nothing_here(family: World) -> None:
    Fund.objects.filter(pk=family.fund.pk).update(year=2027)
    with pytest.raises(operations.PeriodEmpty):
        family.grant(family.base(family.families[0]))
