"""So many looks at what is masked a day; above that a second person allows more, or an auditor reviews."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from linli.foundation.trail.models import AuditEntry
from linli.ground.users.codes import REGISTRY_ROLES, LooksKind, LooksState, NoticeKind, Role
from linli.ground.users.models import AccountNotice, Assignment, ExtraLooks
from linli.ground.users.operations import (
    PurposeUnknown,
    allow_looks,
    ask_for_looks,
    find_looks_right,
    question_looks,
    refuse_looks,
    settle_looks,
    withdraw_looks,
)
from linli.ground.users.queries import NotPermitted, authority_of
from linli.ground.users.queries.looks import (
    LOOKS_A_DAY,
    LooksAsked,
    LooksSpent,
    NobodyAllows,
    UrgentLooksSpent,
    extra_looks,
)
from linli.ground.users.shelf import work
from linli.ground.users.steps import NotYourRequest
from linli.kernel.act import Act
from linli.kernel.errors import ReasonMissing
from linli.kernel.steps import SamePerson
from linli.money.awards.permissions import UNMASKERS
from linli.registry.residents.codes import SealedField
from linli.registry.residents.operations import register_households, unmask
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.ledger.world import inside
from tests.residents.people import couple

pytestmark = pytest.mark.django_db
WHY = "老人失联，联系家属"
Look = Callable[..., str]


@pytest.fixture
def look(community: Community, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The clerk looks at an address; two looks a day are all there are."""
    monkeypatch.setitem(LOOKS_A_DAY, Role.COMMUNITY_WORKER, 2)
    home = register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])[0]

    def run(act: Act | None = None, **said: object) -> str:
        asked = {"purpose": "CALL", "field": SealedField.ADDRESS, "household_id": home.pk, **said}
        return unmask(act or Act(staff.clerk, at(MONDAY)), **asked).text

    return run


def spend(look: Look, times: int = 2) -> None:
    for _time in range(times):
        assert look()


def of_work(staff: Staff, who: str, on: date = MONDAY) -> list[tuple[str, object]]:
    person = authority_of(getattr(staff, who), on)
    return [(todo.arguments[0], todo.because) for pile in work["users.looks"](person, on) for todo in pile.first(9)]


class TestAsked:
    """A second person allows as many again."""

    def test_the_day_has_so_many_and_the_next_day_has_them_again(self, look: Look, staff: Staff) -> None:
        spend(look)
        with pytest.raises(LooksSpent) as refused:
            look()

        assert refused.value.field == "urgent"
        assert look(Act(staff.clerk, at(MONDAY + timedelta(days=1))))

    def test_a_second_person_allows_as_many_again_for_that_day(self, look: Look, staff: Staff) -> None:
        spend(look)
        row = ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")
        with pytest.raises(LooksSpent):
            look()
        allow_looks(Act(staff.director, at(MONDAY)), looks_id=row.pk)
        spend(look)
        with pytest.raises(LooksSpent):
            look()

        row.refresh_from_db()
        assert (row.state, row.valid_date, row.decided_by_id) == (LooksState.ALLOWED, MONDAY, staff.director.pk)

    def test_allowed_yesterday_gives_nothing_today(self, look: Look, staff: Staff) -> None:
        row = ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")
        allow_looks(Act(staff.director, at(MONDAY)), looks_id=row.pk)
        tomorrow = Act(staff.clerk, at(MONDAY + timedelta(days=1)))
        for _time in range(2):
            look(tomorrow)

        with pytest.raises(LooksSpent):
            look(tomorrow)

    def test_what_is_refused_or_withdrawn_gives_nothing(self, look: Look, staff: Staff) -> None:
        spend(look)
        clerk = Act(staff.clerk, at(MONDAY))
        row = ask_for_looks(clerk, purpose="CALL", reason="名册核对")
        with pytest.raises(ReasonMissing):
            refuse_looks(Act(staff.director, at(MONDAY)), looks_id=row.pk, note=" ")
        refuse_looks(Act(staff.director, at(MONDAY)), looks_id=row.pk, note="明天再办")
        withdraw_looks(clerk, looks_id=ask_for_looks(clerk, purpose="CALL", reason="名册核对").pk)

        with pytest.raises(LooksSpent):
            look()

    def test_nobody_allows_their_own(self, look: Look, staff: Staff) -> None:
        row = ask_for_looks(Act(staff.director, at(MONDAY)), purpose="CALL", reason="名册核对")

        with pytest.raises(SamePerson):
            allow_looks(Act(staff.director, at(MONDAY)), looks_id=row.pk)

    def test_a_colleague_allows_nothing_and_takes_nothing_back(self, look: Look, staff: Staff) -> None:
        row = ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")

        with pytest.raises(NotPermitted):
            allow_looks(Act(staff.social_worker, at(MONDAY)), looks_id=row.pk)
        with pytest.raises(NotYourRequest):
            withdraw_looks(Act(staff.social_worker, at(MONDAY)), looks_id=row.pk)

    def test_is_taken_back_by_who_asked_wherever_they_work_now(
        self, look: Look, staff: Staff, community: Community
    ) -> None:
        """Who moved could neither take it back nor ask anew."""
        clerk = Act(staff.clerk, at(MONDAY))
        row = ask_for_looks(clerk, purpose="CALL", reason="名册核对")
        moved = Assignment.objects.filter(user=staff.clerk)
        inside(system_act(), step=lambda _act: moved.update(area=community.foreign))
        assert withdraw_looks(clerk, looks_id=row.pk).state == LooksState.WITHDRAWN

        assert ask_for_looks(clerk, purpose="CALL", reason="名册核对").area == community.foreign

    def test_one_waits_at_a_time(self, look: Look, staff: Staff) -> None:
        ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")

        with pytest.raises(LooksAsked):
            ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="VISIT", reason="再来一次")

    def test_whose_roles_give_none_asks_for_none(self, look: Look, staff: Staff) -> None:
        with pytest.raises(NotPermitted):
            ask_for_looks(Act(staff.maker, at(MONDAY)), purpose="CALL", reason="名册核对")

    @pytest.mark.parametrize(
        ("purpose", "reason", "refusal"),
        [
            ("x", "事由", PurposeUnknown),
            ("CALL", " ", ReasonMissing),
            # As for a single look: where the list has no words, six characters say why.
            ("OTHER", "有急事要", PurposeUnknown),
        ],
    )
    def test_has_a_purpose_and_a_reason(
        self, look: Look, staff: Staff, purpose: str, reason: str, refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose=purpose, reason=reason)

    @pytest.mark.parametrize("who", ["district_officer", "auditor"])
    def test_which_nobody_could_allow_is_refused_in_words(self, look: Look, staff: Staff, who: str) -> None:
        """It would wait for ever. Another who decides there, from the day on which they do, is enough."""
        person = getattr(staff, who)
        act = Act(person, at(MONDAY))
        others = Assignment.objects.filter(role=Role.DISTRICT_OFFICER).exclude(user=person)
        others.update(valid_until=MONDAY)
        with pytest.raises(NobodyAllows) as refused:
            ask_for_looks(act, purpose="CALL", reason="名册核对")
        assert staff.administrator.name in str(refused.value)
        place = Assignment.objects.get(user=person).area
        later = {"valid_from": MONDAY + timedelta(days=1), "area": place, "role": Role.DISTRICT_OFFICER}
        Assignment.objects.create(user=staff.social_worker, **later)
        with pytest.raises(NobodyAllows):
            ask_for_looks(act, purpose="CALL", reason="名册核对")

        assert ask_for_looks(Act(person, at(MONDAY + timedelta(days=1))), purpose="CALL", reason="名册核对").pk

    def test_another_persons_looks_are_not_counted(
        self, look: Look, staff: Staff, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(LOOKS_A_DAY, Role.SOCIAL_WORKER, 1)
        spend(look)

        assert look(Act(staff.social_worker, at(MONDAY)))

    def test_is_work_of_who_may_allow_it(self, look: Look, staff: Staff) -> None:
        row = ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")
        people = ("clerk", "social_worker", "director", "street_officer", "district_officer", "auditor", "security")

        told = {who: of_work(staff, who) for who in people}
        assert {who for who, some in told.items() if some} == {"director", "street_officer", "district_officer"}
        assert told["director"] == [(row.number, "名册核对")]


class TestOpened:
    """Break-glass: at once, with a reason, for half an hour, reviewed."""

    def test_ticking_urgent_before_the_day_is_spent_opens_nothing(self, look: Look) -> None:
        look(urgent=True, detail=WHY)

        assert not ExtraLooks.objects.exists()

    def test_needs_words(self, look: Look) -> None:
        spend(look)

        with pytest.raises(PurposeUnknown):
            look(urgent=True, detail="急")

    def test_lasts_half_an_hour_and_each_look_names_it(self, look: Look, staff: Staff) -> None:
        spend(look)
        look(urgent=True, detail=WHY)
        row = ExtraLooks.objects.get()
        within, after = (Act(staff.clerk, at(MONDAY) + timedelta(minutes=minutes)) for minutes in (29, 30))
        with pytest.raises(LooksSpent):
            look(after)
        look(within)

        assert (row.kind, row.state, row.reason) == (LooksKind.URGENT, LooksState.OPENED, WHY)
        assert AuditEntry.objects.filter(note__contains=f'"looks":"{row.number}"').count() == 2

    @pytest.mark.parametrize("review", [find_looks_right, question_looks])
    def test_ends_with_its_review_and_the_next_one_is_reviewed_for_itself(
        self, look: Look, staff: Staff, review: Callable[..., ExtraLooks]
    ) -> None:
        """Whatever was seen after the review nobody would have looked at."""
        spend(look)
        look(urgent=True, detail=WHY)
        first = ExtraLooks.objects.get()
        review(Act(staff.auditor, at(MONDAY)), looks_id=first.pk, note="走访记录")
        with pytest.raises(LooksSpent):
            look()
        look(urgent=True, detail=WHY)

        second = ExtraLooks.objects.exclude(pk=first.pk).get()
        assert (second.state, f'"looks":"{second.number}"' in AuditEntry.objects.latest("pk").note) == ("OPENED", True)

    def test_as_many_again_then_only_a_second_person_helps(self, look: Look, staff: Staff) -> None:
        spend(look)
        for _time in range(2):
            look(urgent=True, detail=WHY)
        with pytest.raises(UrgentLooksSpent):
            look(urgent=True, detail=WHY)
        row = ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")
        allow_looks(Act(staff.street_officer, at(MONDAY)), looks_id=row.pk)

        assert look(urgent=True, detail=WHY)

    def test_uses_up_nothing_of_what_a_second_person_allows(self, look: Look, staff: Staff) -> None:
        """Looks that were opened counted among those allowed later, which then gave nothing new."""
        spend(look)
        for _time in range(2):
            look(urgent=True, detail=WHY)
        row = ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")
        allow_looks(Act(staff.director, at(MONDAY)), looks_id=row.pk)
        find_looks_right(Act(staff.auditor, at(MONDAY)), looks_id=ExtraLooks.objects.get(kind="URGENT").pk, note="属实")
        spend(look)
        with pytest.raises(UrgentLooksSpent):
            look(urgent=True, detail=WHY)

    def test_what_was_allowed_adds_nothing_to_it(self, look: Look, staff: Staff) -> None:
        row = ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")
        allow_looks(Act(staff.director, at(MONDAY)), looks_id=row.pk)
        spend(look, 4)
        for _time in range(2):
            look(urgent=True, detail=WHY)

        with pytest.raises(UrgentLooksSpent):
            look(urgent=True, detail=WHY)

    def test_an_auditor_reviews_and_nobody_else_does(self, look: Look, staff: Staff) -> None:
        spend(look)
        look(urgent=True, detail=WHY)
        row = ExtraLooks.objects.get()
        for who in ("clerk", "director", "street_officer", "district_officer", "security"):
            with pytest.raises(NotPermitted):
                find_looks_right(Act(getattr(staff, who), at(MONDAY)), looks_id=row.pk, note="属实")
        assert of_work(staff, "auditor") == [(row.number, WHY)]
        find_looks_right(Act(staff.auditor, at(MONDAY)), looks_id=row.pk, note="走访记录相符")

        assert of_work(staff, "auditor") == []

    def test_what_a_review_doubts_is_work_of_who_answers_for_security(self, look: Look, staff: Staff) -> None:
        spend(look)
        look(urgent=True, detail=WHY)
        row = ExtraLooks.objects.get()
        question_looks(Act(staff.auditor, at(MONDAY)), looks_id=row.pk, note="没有走访记录")

        assert (of_work(staff, "security"), of_work(staff, "auditor")) == ([(row.number, "没有走访记录")], [])

    def test_what_is_doubted_is_settled_by_who_answers_for_security(self, look: Look, staff: Staff) -> None:
        """No step closed it, and after thirty days it was gone whether anybody had looked into it or not."""
        spend(look)
        look(urgent=True, detail=WHY)
        row = ExtraLooks.objects.get()
        question_looks(Act(staff.auditor, at(MONDAY)), looks_id=row.pk, note="没有走访记录")
        for who in ("clerk", "director", "auditor"):
            with pytest.raises(NotPermitted):
                settle_looks(Act(getattr(staff, who), at(MONDAY)), looks_id=row.pk, note="补交走访记录")
        later = MONDAY + timedelta(days=40)
        assert of_work(staff, "security", later) == [(row.number, "没有走访记录")]
        with pytest.raises(ReasonMissing):
            settle_looks(Act(staff.security, at(later)), looks_id=row.pk, note=" ")
        settle_looks(Act(staff.security, at(later)), looks_id=row.pk, note="补交走访记录，已谈话")

        row.refresh_from_db()
        assert (row.state, row.decision, row.settlement) == (LooksState.SETTLED, "没有走访记录", "补交走访记录，已谈话")
        assert of_work(staff, "security") == []

    def test_an_auditor_does_not_review_their_own(
        self, look: Look, staff: Staff, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(LOOKS_A_DAY, Role.AUDITOR, 1)
        auditor = Act(staff.auditor, at(MONDAY))
        look(auditor)
        look(auditor, urgent=True, detail=WHY)

        with pytest.raises(SamePerson):
            find_looks_right(auditor, looks_id=ExtraLooks.objects.get().pk, note="属实")


class TestTold:
    """Who asked for looks or opened them is told what others said to it; it was found by looking for it alone."""

    @staticmethod
    def told(staff: Staff) -> list[tuple[str, str]]:
        rows = AccountNotice.objects.filter(user=staff.clerk).order_by("pk")
        return [(row.kind, row.detail) for row in rows]

    @staticmethod
    def work(staff: Staff) -> list[object]:
        piles = work["users.notices"](authority_of(staff.clerk, MONDAY), MONDAY)
        return [todo.because for pile in piles for todo in pile.first(9)]

    def test_what_a_second_person_decided(self, look: Look, staff: Staff) -> None:
        clerk, director = Act(staff.clerk, at(MONDAY)), Act(staff.director, at(MONDAY))
        first = ask_for_looks(clerk, purpose="CALL", reason="名册核对")
        allow_looks(director, looks_id=first.pk, note="今天核对完")
        second = ask_for_looks(clerk, purpose="CALL", reason="名册核对")
        refuse_looks(director, looks_id=second.pk, note="明天再办")

        said = [
            (NoticeKind.ALLOWED, f"{first.number} · 今天核对完"),
            (NoticeKind.REFUSED, f"{second.number} · 明天再办"),
        ]
        assert self.told(staff) == said
        assert self.work(staff) == [detail for _kind, detail in said]

    def test_what_a_review_found_and_what_became_of_its_doubt(self, look: Look, staff: Staff) -> None:
        """A doubt alone is told by nobody: it is looked into first."""
        spend(look)
        look(urgent=True, detail=WHY)
        first = ExtraLooks.objects.get()
        find_looks_right(Act(staff.auditor, at(MONDAY)), looks_id=first.pk, note="走访记录相符")
        look(urgent=True, detail=WHY)
        second = ExtraLooks.objects.exclude(pk=first.pk).get()
        question_looks(Act(staff.auditor, at(MONDAY)), looks_id=second.pk, note="没有走访记录")
        assert self.told(staff) == [(NoticeKind.REVIEWED, f"{first.number} · 走访记录相符")]
        settle_looks(Act(staff.security, at(MONDAY)), looks_id=second.pk, note="已补交走访记录")

        assert self.told(staff)[1:] == [(NoticeKind.SETTLED, f"{second.number} · 已补交走访记录")]

    def test_what_they_took_back_themselves_is_not(self, look: Look, staff: Staff) -> None:
        clerk = Act(staff.clerk, at(MONDAY))
        withdraw_looks(clerk, looks_id=ask_for_looks(clerk, purpose="CALL", reason="名册核对").pk)

        assert self.told(staff) == []


class TestSeen:
    """Who sees whose."""

    def test_ones_own_and_those_one_decides_on(self, look: Look, staff: Staff) -> None:
        row = ask_for_looks(Act(staff.clerk, at(MONDAY)), purpose="CALL", reason="名册核对")
        people = (
            "clerk",
            "social_worker",
            "director",
            "street_officer",
            "maker",
            "auditor",
            "security",
            "outsider",
        )
        seen = {
            who: extra_looks(authority_of(getattr(staff, who), MONDAY)).filter(pk=row.pk).exists() for who in people
        }

        assert [who for who, sees in seen.items() if not sees] == ["social_worker", "maker", "outsider"]

    def test_whoever_may_look_has_a_limit(self) -> None:
        assert LOOKS_A_DAY.keys() >= {*REGISTRY_ROLES, *UNMASKERS}
