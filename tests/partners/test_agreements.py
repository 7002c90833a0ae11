"""An agreement from one hand to the other, and what its days bring."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.foundation.trail.models import AuditEntry
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.act import Act
from linli.kernel.steps import SamePerson, StepNotPossible
from linli.registry.partners import queries
from linli.registry.partners.codes import AgreementState, PromiseKind
from linli.registry.partners.models import Agreement
from linli.registry.partners.operations import TermReversed, end, renew, review, sign, turn
from linli.registry.partners.shelf import work
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.partners.agreements import FIRST, LAST, REVIEW, drafted, running, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(community: Community) -> int:
    """The community of the staff."""
    return community.community.pk


def waits(person: Any, on: date) -> list[tuple[str, str]]:
    """What of this room waits for a person: kind and number."""
    piles = work["partners.agreements"](authority_of(person, on), on)
    return [(todo.kind, todo.subject) for pile in piles for todo in pile.first(pile.total)]


class TestDraft:
    def test_keeps_what_was_promised_by_kind(self, staff: Staff, place: int) -> None:
        row = drafted(Act(staff.clerk, at(MONDAY)), place)
        assert {one.kind: one.quantity for one in row.promises.all()} == {PromiseKind.PLACE: 40, PromiseKind.HOURS: 100}
        assert (row.state, row.drafted_by_id, row.community_id) == (AgreementState.DRAFT, staff.clerk.pk, place)

    def test_numbers_go_on(self, staff: Staff, place: int) -> None:
        act = Act(staff.clerk, at(MONDAY))
        assert [drafted(act, place).number for _ in range(2)] == ["XY-2026-0001", "XY-2026-0002"]

    def test_is_not_for_finance(self, staff: Staff, place: int) -> None:
        with pytest.raises(NotPermitted):
            drafted(Act(staff.maker, at(MONDAY)), place)

    def test_is_not_for_another_street(self, staff: Staff, place: int) -> None:
        with pytest.raises(NotPermitted):
            drafted(Act(staff.outsider, at(MONDAY)), place)

    @pytest.mark.parametrize(
        ("told", "field"),
        [
            ({"valid_until": FIRST}, "valid_until"),
            ({"review_date": FIRST - timedelta(1)}, "review_date"),
            ({"review_date": LAST + timedelta(1)}, "review_date"),
        ],
    )
    def test_ends_after_it_begins_and_is_reviewed_between(
        self, staff: Staff, place: int, told: dict[str, date], field: str
    ) -> None:
        with pytest.raises(TermReversed) as refusal:
            drafted(Act(staff.clerk, at(MONDAY)), place, **told)
        assert refusal.value.field == field


class TestSign:
    def test_takes_a_second_person(self, staff: Staff, place: int) -> None:
        row = drafted(Act(staff.director, at(MONDAY)), place)
        with pytest.raises(SamePerson):
            sign(Act(staff.director, at(MONDAY)), agreement_id=row.pk)

    def test_is_recorded_with_the_hand(self, staff: Staff, place: int) -> None:
        row = signed(staff, place)
        assert (row.state, row.signed_by_id) == (AgreementState.SIGNED, staff.director.pk)
        assert AuditEntry.objects.filter(act="partners.sign", subject=f"agreement:{row.number}").count() == 1

    def test_is_done_once(self, staff: Staff, place: int) -> None:
        row = signed(staff, place)
        with pytest.raises(StepNotPossible):
            sign(Act(staff.street_officer, at(MONDAY)), agreement_id=row.pk)


class TestDays:
    @pytest.mark.parametrize(
        ("day", "state"),
        [
            (FIRST - timedelta(1), AgreementState.SIGNED),
            (FIRST, AgreementState.RUNNING),
            (LAST - timedelta(1), AgreementState.RUNNING),
        ],
    )
    def test_it_begins_on_its_first_day(self, staff: Staff, place: int, day: date, state: str) -> None:
        row = signed(staff, place)
        turn(system_act(day))
        row.refresh_from_db()
        assert row.state == state

    @pytest.mark.parametrize(("late", "state"), [(-1, AgreementState.RUNNING), (0, AgreementState.ENDED)])
    def test_it_ends_with_its_last_day(self, staff: Staff, place: int, late: int, state: str) -> None:
        row = running(staff, place)
        turn(system_act(LAST + timedelta(late)))
        row.refresh_from_db()
        assert row.state == state

    def test_nobody_but_the_product_turns_the_day(self, staff: Staff) -> None:
        with pytest.raises(NotPermitted):
            turn(Act(staff.director, at(FIRST)))

    def test_a_day_that_came_before_changes_nothing(self, staff: Staff, place: int) -> None:
        running(staff, place)
        turn(system_act(FIRST))
        days = AuditEntry.objects.filter(subject=f"agreements:{FIRST}").order_by("pk")
        assert [line.lines_count for line in days] == [1, 0]


class TestRenew:
    def test_writes_the_same_promises_down_for_another_to_sign(self, staff: Staff, place: int) -> None:
        row = running(staff, place)
        until = LAST.replace(year=2028)
        after = renew(Act(staff.clerk, at(REVIEW)), agreement_id=row.pk, valid_until=until)
        row.refresh_from_db()
        assert (row.state, after.state, after.renews_id) == (AgreementState.RENEWED, AgreementState.DRAFT, row.pk)
        assert (after.valid_from, after.valid_until, after.partner) == (LAST, until, row.partner)
        assert [str(one) for one in after.promises.order_by("kind")] == [
            str(one) for one in row.promises.order_by("kind")
        ]

    def test_a_term_that_ends_before_it_begins_leaves_the_old_one_as_it_was(self, staff: Staff, place: int) -> None:
        row = running(staff, place)
        with pytest.raises(TermReversed):
            renew(Act(staff.clerk, at(REVIEW)), agreement_id=row.pk, valid_until=LAST)
        row.refresh_from_db()
        assert row.state == AgreementState.RUNNING


class TestReviewAndEnd:
    def test_a_review_sets_the_next_and_says_in_the_trail_what_was_found(self, staff: Staff, place: int) -> None:
        row = running(staff, place)
        later = date(2026, 12, 1)
        review(Act(staff.clerk, at(REVIEW)), agreement_id=row.pk, review_date=later, note="场地用了一半")
        row.refresh_from_db()
        assert row.review_date == later
        assert "场地用了一半" in AuditEntry.objects.get(act="partners.review").note

    def test_a_review_after_the_last_day_is_refused(self, staff: Staff, place: int) -> None:
        row = running(staff, place)
        with pytest.raises(TermReversed):
            review(Act(staff.clerk, at(REVIEW)), agreement_id=row.pk, review_date=LAST + timedelta(1), note="无")

    def test_the_director_ends_it(self, staff: Staff, place: int) -> None:
        row = running(staff, place)
        assert end(Act(staff.director, at(REVIEW)), agreement_id=row.pk, note="单位搬迁").state == AgreementState.ENDED


class TestWork:
    def test_a_draft_waits_for_those_who_did_not_write_it(self, staff: Staff, place: int) -> None:
        row = drafted(Act(staff.director, at(MONDAY)), place)
        assert waits(staff.street_officer, MONDAY) == [("partners.agreement.sign", row.number)]
        assert waits(staff.director, MONDAY) == waits(staff.clerk, MONDAY) == []

    @pytest.mark.parametrize(("day", "number"), [(REVIEW - timedelta(1), 0), (REVIEW, 1)])
    def test_a_review_waits_from_its_day_on(self, staff: Staff, place: int, day: date, number: int) -> None:
        running(staff, place)
        assert len(waits(staff.clerk, day)) == number

    @pytest.mark.parametrize(("before", "kinds"), [(31, []), (30, ["partners.agreement.renew"])])
    def test_what_ends_waits_to_be_renewed_for_its_last_month(
        self, staff: Staff, place: int, before: int, kinds: list[str]
    ) -> None:
        row = running(staff, place)
        review(Act(staff.clerk, at(REVIEW)), agreement_id=row.pk, review_date=LAST, note="都做到了")
        assert [kind for kind, _number in waits(staff.clerk, LAST - timedelta(before))] == kinds


class TestTakingPart:
    @pytest.mark.parametrize(("day", "number"), [(FIRST, 1), (LAST - timedelta(1), 1), (LAST, 0)])
    def test_counts_who_is_under_agreement_that_day(self, staff: Staff, place: int, day: date, number: int) -> None:
        running(staff, place)
        drafted(Act(staff.clerk, at(MONDAY)), place)
        scope = authority_of(staff.district_officer, MONDAY).scope()
        assert queries.taking_part(scope, day).count() == number

    def test_shows_nothing_of_another_street(self, staff: Staff, place: int) -> None:
        running(staff, place)
        assert not queries.taking_part(authority_of(staff.outsider, MONDAY).scope(), FIRST)
        assert Agreement.objects.count() == 1
