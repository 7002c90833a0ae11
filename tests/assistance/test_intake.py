"""The answer to an application: accepted, turned away, or the ONE list of what is missing; and what lapses."""

from datetime import date

import pytest

from linli.aid.assistance.codes import PaperState
from linli.aid.assistance.models import Application, Clock, IntakeAnswer
from linli.aid.assistance.operations import (
    PaperRecord,
    accept,
    ask_for_supplement,
    lapse_overdue,
    record_papers,
    turn_away,
)
from linli.aid.assistance.operations.common import ApplicationNotFound, TextTooLong
from linli.aid.assistance.refusals import EvidenceMissing, NothingMissing, SupplementAlreadyAsked
from linli.foundation.data.locks import FormStale
from linli.foundation.trail.audit import verify
from linli.ground.notifications.models import Letter
from linli.ground.users.queries import NotPermitted
from linli.kernel.act import SYSTEM, Act
from linli.kernel.calendar import YearTable
from linli.kernel.errors import ReasonMissing
from linli.kernel.steps import StepNotPossible
from linli.law.policies.operations import load_years
from tests.assistance.world import World, fresh, not_refused
from tests.conftest import MONDAY, at, system_act

CERTIFICATE, IDENTITY = "LOW_INCOME_CERTIFICATE", "IDENTITY_CARD"


def letter(application: Application, kind: str) -> str:
    body: str = Letter.objects.get(subject=application.subject, kind=kind).content["zh"]["body"]
    return body


class TestAccept:
    def test_answers_finishes_one_clock_and_starts_the_other(self, world: World) -> None:
        application = world.accepted()

        clocks = {clock.kind: clock for clock in Clock.objects.all()}
        assert application.state == "ACCEPTED"
        assert clocks["INTAKE"].finished_date == MONDAY
        # 30 working days from 9 March 2026, with 6 April off.
        assert clocks["DECISION"].due_date == date(2026, 4, 21)

    def test_writes_the_letter_with_the_last_day(self, world: World) -> None:
        application = world.accepted()

        assert "在 2026年4月21日 前作出决定" in letter(application, "ACCEPTED")
        assert application.number in letter(application, "ACCEPTED")

    def test_names_every_missing_paper_of_every_application(self, world: World) -> None:
        first = world.received(without=[CERTIFICATE, IDENTITY])
        second = world.received()

        with pytest.raises(EvidenceMissing) as refusal:
            accept(world.act(world.staff.clerk), application_ids=[first.pk, second.pk])

        assert refusal.value.missing == {first.number: [IDENTITY, CERTIFICATE]}
        assert str(refusal.value) == f"材料不齐，不能受理：{first.number} 居民身份证、低收入证明"
        assert fresh(second).state == "RECEIVED"

    def test_a_paper_past_its_date_is_missing(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE])
        old = PaperRecord(CERTIFICATE, PaperState.PRESENT, issued_date=date(2025, 3, 8))
        record_papers(world.act(world.staff.clerk), application_id=application.pk, papers=[old])

        with pytest.raises(EvidenceMissing):
            accept(world.act(world.staff.clerk), application_ids=[application.pk])

    @pytest.mark.parametrize(
        "record",
        [
            PaperRecord(CERTIFICATE, PaperState.WAIVED, note="民政数据可查"),
            PaperRecord(CERTIFICATE, PaperState.PROMISED, promised_date=date(2026, 3, 31), note="月底前补交"),
        ],
    )
    def test_a_waived_or_promised_paper_is_enough(self, world: World, record: PaperRecord) -> None:
        application = world.received(without=[CERTIFICATE])
        record_papers(world.act(world.staff.clerk), application_id=application.pk, papers=[record])

        assert accept(world.act(world.staff.clerk), application_ids=[application.pk])

    def test_refuses_everybody_but_the_community_worker(self, world: World) -> None:
        application = world.received()

        def deed(act: Act) -> object:
            return accept(act, application_ids=[application.pk])

        assert not_refused(world, deed, allowed="clerk") == []

    def test_refuses_to_accept_twice(self, world: World) -> None:
        application = world.accepted()

        with pytest.raises(StepNotPossible) as refusal:
            accept(world.act(world.staff.clerk), application_ids=[application.pk])

        assert application.number in str(refusal.value)

    @pytest.mark.parametrize("ids", [[], [0]])
    def test_refuses_what_is_not_there(self, world: World, ids: list[int]) -> None:
        with pytest.raises(ApplicationNotFound):
            accept(world.act(world.staff.clerk), application_ids=ids)


class TestTurnAway:
    def test_answers_with_the_reason_on_the_letter(self, world: World) -> None:
        application = world.received()

        turn_away(world.act(world.staff.clerk), application_id=application.pk, reason=" 户籍不在本街道 ", version=1)

        assert fresh(application).state == "NOT_ACCEPTED"
        assert "理由：户籍不在本街道。" in letter(application, "NOT_ACCEPTED")
        assert IntakeAnswer.objects.get().reason == "户籍不在本街道"
        assert Clock.objects.get().finished_date == MONDAY

    def test_a_reason_typed_with_its_full_stop_gets_no_second_one_on_the_letter(self, world: World) -> None:
        application = world.received()

        turn_away(world.act(world.staff.clerk), application_id=application.pk, reason="户籍不在本街道。")

        assert letter(application, "NOT_ACCEPTED").endswith("理由：户籍不在本街道。")

    @pytest.mark.parametrize(("reason", "refusal"), [(" ", ReasonMissing), ("由" * 401, TextTooLong)])
    def test_refuses_without_a_reason_that_fits(self, world: World, reason: str, refusal: type[Exception]) -> None:
        application = world.received()

        with pytest.raises(refusal):
            turn_away(world.act(world.staff.clerk), application_id=application.pk, reason=reason)

    def test_refuses_a_stale_form(self, world: World) -> None:
        application = world.received()

        with pytest.raises(FormStale):
            turn_away(world.act(world.staff.clerk), application_id=application.pk, reason="重复", version=9)

    def test_refuses_everybody_but_the_community_worker(self, world: World) -> None:
        application = world.received()

        def deed(act: Act) -> object:
            return turn_away(act, application_id=application.pk, reason="重复")

        assert not_refused(world, deed, allowed="clerk") == []


class TestAskForSupplement:
    def test_lists_everything_at_once_and_pauses_the_clock(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE, IDENTITY])

        ask_for_supplement(world.act(world.staff.clerk, date(2026, 3, 11)), application_id=application.pk)

        answer = IntakeAnswer.objects.get()
        clock = Clock.objects.get()
        assert answer.missing == f"{IDENTITY},{CERTIFICATE}"
        # Thirty days, Friday 10 April.
        assert answer.lapses_date == date(2026, 4, 10)
        assert (clock.paused_date, clock.used_days) == (date(2026, 3, 11), 2)
        assert "居民身份证、低收入证明" in letter(application, "INCOMPLETE")
        assert "2026年4月10日" in letter(application, "INCOMPLETE")
        assert str(answer) == "SUPPLEMENT"

    def test_refuses_a_second_list(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE])
        clerk = world.act(world.staff.clerk)
        ask_for_supplement(clerk, application_id=application.pk)
        papers = [PaperRecord(CERTIFICATE, PaperState.PRESENT, issued_date=date(2026, 3, 2))]
        record_papers(clerk, application_id=application.pk, papers=papers)
        again = [PaperRecord(CERTIFICATE, PaperState.MISSING)]
        record_papers(clerk, application_id=application.pk, papers=again)

        with pytest.raises(SupplementAlreadyAsked):
            ask_for_supplement(clerk, application_id=application.pk)

    def test_refuses_when_nothing_is_missing(self, world: World) -> None:
        application = world.received()

        with pytest.raises(NothingMissing):
            ask_for_supplement(world.act(world.staff.clerk), application_id=application.pk)

    def test_refuses_everybody_but_the_community_worker(self, world: World) -> None:
        application = world.received(without=[CERTIFICATE])

        def deed(act: Act) -> object:
            return ask_for_supplement(act, application_id=application.pk)

        assert not_refused(world, deed, allowed="clerk") == []


class TestLapse:
    def waiting(self, world: World) -> Application:
        application = world.received(without=[CERTIFICATE])
        ask_for_supplement(world.act(world.staff.clerk), application_id=application.pk)
        return application

    def lapse(self, day: date) -> list[str]:
        return [application.number for application in lapse_overdue(system_act(day))]

    def test_happens_on_the_day_after_the_last_day_with_a_letter(self, world: World) -> None:
        application = self.waiting(world)
        # Thirty days after 9 March is Wednesday 8 April.
        assert self.lapse(date(2026, 4, 8)) == []

        assert self.lapse(date(2026, 4, 9)) == [application.number]

        assert fresh(application).state == "LAPSED"
        assert "2026年4月8日" in letter(application, "LAPSED")
        assert Clock.objects.get().finished_date == date(2026, 4, 9)

    def test_spares_who_has_brought_the_papers(self, world: World) -> None:
        application = self.waiting(world)
        papers = [PaperRecord(CERTIFICATE, PaperState.PRESENT, issued_date=date(2026, 3, 2))]
        record_papers(world.act(world.staff.clerk), application_id=application.pk, papers=papers)

        assert self.lapse(date(2026, 6, 1)) == []

    def test_happens_once(self, world: World) -> None:
        self.waiting(world)
        self.lapse(date(2026, 6, 1))

        assert self.lapse(date(2026, 6, 2)) == []
        assert verify() == []

    def test_waits_over_a_holiday_published_after_the_list_was_sent(self, world: World) -> None:
        self.waiting(world)
        corrected = YearTable(2026, frozenset({date(2026, 4, 8)}), frozenset(), "更正")
        load_years(system_act(date(2026, 3, 20)), tables=[corrected])

        assert self.lapse(date(2026, 4, 9)) == []
        assert len(self.lapse(date(2026, 4, 10))) == 1

    def test_is_for_the_product_alone(self, world: World) -> None:
        with pytest.raises(NotPermitted):
            lapse_overdue(world.act(world.staff.administrator))

        assert lapse_overdue(Act(SYSTEM, at(MONDAY))) == []
