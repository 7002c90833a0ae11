"""Letters: numbered, sealed, never changed; delivered once they exist and by somebody who signed."""

from datetime import date, timedelta
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from linli.foundation.data import triggers
from linli.foundation.data.scope import NOWHERE, Scope
from linli.foundation.living import Scene, parts
from linli.foundation.trail import audit
from linli.foundation.trail.acts import ActMisused, act
from linli.foundation.trail.models import AuditEntry
from linli.ground.notifications.codes import DeliveryMethod
from linli.ground.notifications.models import Delivery, Letter, Undelivered, UndeliveredSum
from linli.ground.notifications.operations import (
    DeliveryBeforeIssue,
    DeliveryInFuture,
    LetterDelivered,
    LetterNotFound,
    NewLetter,
    ReceiptMissing,
    issue,
    record_delivery,
    undo_delivery,
)
from linli.ground.notifications.queries import invariants, letter, letters_about, letters_to_own, undelivered
from linli.ground.users.operations import record_office
from linli.ground.users.queries import NotPermitted, User, authority_of
from linli.kernel.act import Act
from tests.conftest import MONDAY, Community, Staff, at, make_community, make_staff
from tests.layers import layer

CONTENT = {"zh": {"title": "受理通知书", "body": "王建国：已受理。"}, "en": {"title": "Notice", "body": "Accepted."}}


@act
def write(act: Act, *, letters: list[NewLetter]) -> list[Letter]:
    """Issue letters as another room does."""
    made = issue(act, letters=letters)
    audit.record(act, where=0, subject="test")
    return made


@layer
def issued(community: Community, staff: Staff) -> Letter:
    new = NewLetter("ACCEPTED", "application:JZ-2026-0001", CONTENT, community.grid.stamp)
    return write(Act(staff.clerk, at(MONDAY)), letters=[new])[0]


def deliver(
    staff: Staff, *ids: int, on: date = MONDAY, method: DeliveryMethod = DeliveryMethod.HAND, receipt: str = "王建国"
) -> list[Delivery]:
    clerk = Act(staff.clerk, at(MONDAY + timedelta(days=1)))
    return record_delivery(clerk, letter_ids=ids, method=method, delivered_date=on, receipt=receipt)


class TestIssue:
    def test_numbers_and_seals_the_exact_content(self, issued: Letter) -> None:
        assert (issued.number, str(issued)) == ("WS-2026-0001", "WS-2026-0001")
        blank = "_" * 16
        assert issued.content == {
            "zh": {**CONTENT["zh"], "closing": [f"电话：{blank}；地址：{blank}。"]},
            "en": {**CONTENT["en"], "closing": [f"Telephone: {blank}. Address: {blank}."]},
        }
        assert "王建国" not in issued.content_envelope

    def test_says_where_the_office_of_the_place_is_reached(self, staff: Staff, community: Community) -> None:
        record_office(
            Act(staff.administrator, at(MONDAY, 8)),
            area_id=community.community.pk,
            telephone="010-62340000",
            address="和平里 1 号",
        )
        by_pack = {key: {**text, "office": ["1", "x"], "closing": ["依据。"]} for key, text in CONTENT.items()}

        [letter] = write(
            Act(staff.clerk, at(MONDAY)), letters=[NewLetter("ACCEPTED", "x", by_pack, community.grid.stamp)]
        )

        assert letter.content["zh"]["closing"] == ["依据。", "电话：010-62340000；地址：和平里 1 号。"]
        assert "office" not in letter.content["zh"]

    def test_without_an_entry_it_says_what_the_pack_says(self, staff: Staff, community: Community) -> None:
        by_pack = {key: {**text, "office": ["62340000", "Heping 1"]} for key, text in CONTENT.items()}

        [letter] = write(
            Act(staff.clerk, at(MONDAY)), letters=[NewLetter("ACCEPTED", "x", by_pack, community.grid.stamp)]
        )

        assert letter.content["en"]["closing"] == ["Telephone: 62340000. Address: Heping 1."]

    def test_is_part_of_another_act(self, staff: Staff) -> None:
        with pytest.raises(ActMisused):
            issue(Act(staff.clerk, at(MONDAY)), letters=[])

    def test_is_never_changed(self, issued: Letter) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=issued.pk).update(digest="0" * 64)


class TestRecordDelivery:
    @pytest.mark.parametrize("method", [DeliveryMethod.HAND, DeliveryMethod.HOME])
    def test_by_hand_somebody_signs(self, staff: Staff, issued: Letter, method: DeliveryMethod) -> None:
        with pytest.raises(ReceiptMissing) as refusal:
            deliver(staff, issued.pk, method=method, receipt=" ")

        assert refusal.value.field == "receipt"

    def test_by_post_nobody_signs(self, staff: Staff, issued: Letter) -> None:
        [delivery] = deliver(staff, issued.pk, method=DeliveryMethod.POST, receipt="")

        assert str(delivery) == f"{issued.pk} POST 2026-03-09"

    def test_is_not_for_the_future(self, staff: Staff, issued: Letter) -> None:
        with pytest.raises(DeliveryInFuture):
            deliver(staff, issued.pk, on=MONDAY + timedelta(days=2))

    def test_is_not_before_the_letter(self, staff: Staff, issued: Letter) -> None:
        with pytest.raises(DeliveryBeforeIssue) as refusal:
            deliver(staff, issued.pk, on=MONDAY - timedelta(days=1))

        assert refusal.value.issued == MONDAY

    @pytest.mark.parametrize("ids", [[], [0]])
    def test_is_of_a_letter_that_exists(self, staff: Staff, ids: list[int]) -> None:
        with pytest.raises(LetterNotFound):
            deliver(staff, *ids)

    @pytest.mark.parametrize("who", ["social_worker", "volunteer", "maker", "auditor", "outsider", "administrator"])
    def test_is_for_those_who_serve_the_place(self, staff: Staff, issued: Letter, who: str) -> None:
        with pytest.raises(NotPermitted):
            record_delivery(
                Act(getattr(staff, who), at(MONDAY)),
                letter_ids=[issued.pk],
                method=DeliveryMethod.POST,
                delivered_date=MONDAY,
            )


class TestReads:
    @pytest.fixture
    def here(self, community: Community) -> Scope:
        return Scope(communities=frozenset({community.community.pk}))

    @pytest.fixture
    def elsewhere(self, community: Community) -> Scope:
        return Scope(communities=frozenset({community.foreign.pk}))

    def test_a_letter_is_where_its_subject_is(self, issued: Letter, here: Scope, elsewhere: Scope) -> None:
        assert letter(here, issued.number) == issued
        assert list(letters_about(here, issued.subject)) == [issued]
        assert letter(elsewhere, issued.number) is None
        assert list(letters_about(elsewhere, issued.subject)) == []
        assert list(undelivered(NOWHERE)) == []

    def test_a_delivered_letter_leaves_the_list(self, staff: Staff, issued: Letter, here: Scope) -> None:
        assert list(undelivered(here)) == [issued]

        deliver(staff, issued.pk)

        assert list(undelivered(here)) == []

    def test_the_family_reads_its_own(self, issued: Letter) -> None:
        assert list(letters_to_own([issued.subject])) == [issued]
        assert list(letters_to_own([])) == []

    def test_of_two_subjects_each_has_its_own(
        self, issued: Letter, staff: Staff, community: Community, here: Scope
    ) -> None:
        other = NewLetter("ACCEPTED", "application:JZ-2026-0002", CONTENT, community.grid.stamp)
        [second] = write(Act(staff.clerk, at(MONDAY)), letters=[other])

        assert list(letters_about(here, second.subject)) == [second]
        assert list(letters_to_own([second.subject])) == [second]
        assert list(letters_to_own([second.subject, issued.subject])) == [issued, second]
        assert letter(here, second.number) == second

    def test_delivering_one_leaves_the_other(
        self, issued: Letter, staff: Staff, community: Community, here: Scope
    ) -> None:
        other = NewLetter("ACCEPTED", "application:JZ-2026-0002", CONTENT, community.grid.stamp)
        [second] = write(Act(staff.clerk, at(MONDAY)), letters=[other])

        deliver(staff, issued.pk)

        assert list(undelivered(here)) == [second]


class TestTheInventedCommunity:
    def test_gets_its_letters_on_fridays(self, staff: Staff, community: Community, issued: Letter) -> None:
        clerks: list[int] = []

        def who(_role: object, turn: int) -> User:
            clerks.append(turn)
            return staff.clerk

        live = parts["notifications.deliveries"](Scene(community.community.pk, who, Random(1)))
        left = []
        for day in (MONDAY + timedelta(days=3), MONDAY + timedelta(days=4), MONDAY + timedelta(days=11)):
            live(day)
            left.append(issued.deliveries.count())

        assert left == [0, 1, 1]
        assert len(clerks) == 2


class TestOnce:
    def test_a_letter_is_not_recorded_twice_and_who_was_faster_is_told(self, staff: Staff, issued: Letter) -> None:
        deliver(staff, issued.pk)

        with pytest.raises(LetterDelivered) as refusal:
            deliver(staff, issued.pk)

        assert str(refusal.value) == f"{issued.number} 已由{staff.clerk.name}于 2026-03-10 记录送达"

    def test_undone_it_waits_again_and_both_acts_are_in_the_trail(self, staff: Staff, issued: Letter) -> None:
        [delivery] = deliver(staff, issued.pk)
        undo_delivery(Act(staff.clerk, at(MONDAY)), delivery_ids=[delivery.pk])

        assert list(undelivered(authority_of(staff.clerk, MONDAY).scope())) == [issued]
        acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
        assert acts[-2:] == ["notifications.record_delivery", "notifications.undo_delivery"]
        assert deliver(staff, issued.pk)

    def test_is_undone_by_who_recorded_it_or_answers_for_the_place(self, staff: Staff, issued: Letter) -> None:
        for who in (staff.clerk, staff.director, staff.street_officer):
            [delivery] = deliver(staff, issued.pk)
            undo_delivery(Act(who, at(MONDAY)), delivery_ids=[delivery.pk])
        [delivery] = deliver(staff, issued.pk)
        for stranger in (staff.social_worker, staff.outsider, staff.auditor):
            with pytest.raises(NotPermitted):
                undo_delivery(Act(stranger, at(MONDAY)), delivery_ids=[delivery.pk])

    def test_is_undone_once(self, staff: Staff, issued: Letter) -> None:
        [delivery] = deliver(staff, issued.pk)
        undo_delivery(Act(staff.clerk, at(MONDAY)), delivery_ids=[delivery.pk])
        with pytest.raises(LetterNotFound):
            undo_delivery(Act(staff.clerk, at(MONDAY)), delivery_ids=[delivery.pk])


class TestKept:
    """Which letters wait, and how many, is kept by the database."""

    def waits(self) -> tuple[int, int]:
        assert invariants() == []
        return Undelivered.objects.count(), sum(UndeliveredSum.objects.values_list("number", flat=True))

    def test_follows_deliveries(self, staff: Staff, issued: Letter) -> None:
        assert self.waits() == (1, 1)
        [delivery] = deliver(staff, issued.pk)
        assert self.waits() == (0, 0)
        undo_delivery(Act(staff.clerk, at(MONDAY)), delivery_ids=[delivery.pk])
        assert self.waits() == (1, 1)
        deliver(staff, issued.pk)
        assert self.waits() == (0, 0)

    def test_another_hand_in_the_database_is_found(self, issued: Letter) -> None:
        UndeliveredSum.objects.update(number=2)
        assert [one.code for one in invariants()] == ["notifications.sums_differ_from_letters"]
        Undelivered.objects.update(grid_id=None)
        assert {one.code for one in invariants()} == {
            "notifications.waits_differs_from_deliveries",
            "notifications.sums_differ_from_letters",
        }

    def test_is_laid_out_by_the_migration(self, committed_database: str) -> None:
        community = make_community()
        staff = make_staff(community)
        new = [NewLetter("ACCEPTED", f"application:JZ-2026-000{n}", CONTENT, community.grid.stamp) for n in range(3)]
        letters = write(Act(staff.clerk, at(MONDAY)), letters=new)
        deliver(staff, letters[0].pk)
        [undone] = deliver(staff, letters[1].pk)
        undo_delivery(Act(staff.clerk, at(MONDAY)), delivery_ids=[undone.pk])

        MigrationExecutor(connection).migrate([("notifications", "0003_flat_lists")])
        deliver(staff, letters[2].pk)  # a table that the triggers watched
        MigrationExecutor(connection).migrate([("notifications", "0004_undelivered")])
        triggers.install(connection)

        assert self.waits() == (1, 1)
