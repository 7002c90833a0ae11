"""What nobody's next step is and somebody must still see: broken promises, and delays reported upwards."""

from datetime import date

import pytest

from linli.aid.assistance.codes import PaperState, Step
from linli.aid.assistance.models import Application
from linli.aid.assistance.operations import PaperRecord, accept, escalate, receive, record_papers
from linli.aid.assistance.queries import ApplicationFilter, WorkItem, applications, work_items
from linli.aid.assistance.queries.listing import PROMISE_OVERDUE
from linli.ground.users.models import User
from linli.ground.users.queries import authority_of
from tests.assistance.world import LOW_INCOME, SCHEME, World, forced_to
from tests.conftest import MONDAY, system_act
from tests.layers import layer

CERTIFICATE = "LOW_INCOME_CERTIFICATE"
PROMISED, DAY_AFTER = date(2026, 3, 20), date(2026, 3, 21)


def work(who: User, on: date) -> list[WorkItem]:
    authority = authority_of(who, on)
    return work_items(authority, on)


def asked(who: User, on: date) -> list[WorkItem]:
    return [item for item in work(who, on) if item.step == Step.ASK_FOR_PROMISED]


@layer
def promising(world: World) -> Application:
    """Accepted on the promise to bring the certificate by 20 March."""
    family = world.family()
    papers = world.papers([LOW_INCOME], without=[CERTIFICATE])
    promise = PaperRecord(CERTIFICATE, PaperState.PROMISED, promised_date=PROMISED, note="月底前补交")
    new = world.new(family, LOW_INCOME, papers=(*papers, promise))
    [application] = receive(world.act(world.staff.clerk), scheme=SCHEME, applications=[new])
    return accept(world.act(world.staff.clerk, hour=10), application_ids=[application.pk])[0]


class TestPromises:
    def test_are_not_asked_for_before_their_day_has_passed(self, world: World, promising: Application) -> None:
        assert asked(world.staff.clerk, PROMISED) == []

    def test_are_asked_for_the_day_after_on_the_papers_page(self, world: World, promising: Application) -> None:
        [item] = asked(world.staff.clerk, date(2026, 3, 23))

        assert (item.number, item.due_date, item.colour, item.page) == (
            promising.number,
            PROMISED,
            "RED",
            "application_papers",
        )
        assert (item.deadline and item.deadline.zh, item.days_left < 0) == ("低收入证明", True)

    @pytest.mark.parametrize("role", ["director", "street_officer", "auditor", "volunteer", "outsider"])
    def test_are_asked_for_by_the_community_worker_alone(self, world: World, promising: Application, role: str) -> None:
        assert asked(getattr(world.staff, role), DAY_AFTER) == []

    def test_are_asked_for_no_more_once_the_paper_came(self, world: World, promising: Application) -> None:
        paper = PaperRecord(CERTIFICATE, PaperState.PRESENT, issued_date=date(2026, 3, 2))

        record_papers(world.act(world.staff.clerk, DAY_AFTER), application_id=promising.pk, papers=[paper])

        assert asked(world.staff.clerk, DAY_AFTER) == []

    @pytest.mark.parametrize(("state", "count"), [("GRANTED", 1), ("REFUSED", 0), ("WITHDRAWN", 0), ("RECEIVED", 0)])
    def test_stay_wanted_after_the_grant_and_after_no_other_end(
        self, world: World, promising: Application, state: str, count: int
    ) -> None:
        forced_to(state)

        assert len(asked(world.staff.clerk, DAY_AFTER)) == count

    @pytest.mark.parametrize(("day", "count"), [(PROMISED, 0), (DAY_AFTER, 1)])
    def test_have_a_filter_of_their_own(self, world: World, promising: Application, day: date, count: int) -> None:
        world.accepted()
        scope = authority_of(world.staff.clerk, day).scope()

        assert applications(scope, ApplicationFilter(state=PROMISE_OVERDUE), on=day).count() == count


class TestEscalated:
    LATE, NOT_YET = date(2026, 3, 17), date(2026, 3, 16)

    def delays(self, who: User, on: date) -> list[str]:
        return [item.number for item in work(who, on) if item.step == Step.LOOK_INTO_DELAY]

    def test_a_late_answer_reaches_the_street(self, world: World) -> None:
        application = world.received()
        escalate(system_act(self.LATE))

        assert self.delays(world.staff.street_officer, self.LATE) == [application.number]
        assert self.delays(world.staff.clerk, self.LATE) == self.delays(world.staff.district_officer, self.LATE) == []

    def test_a_warning_to_the_community_does_not(self, world: World) -> None:
        world.received()
        escalate(system_act(self.NOT_YET))

        assert self.delays(world.staff.street_officer, self.NOT_YET) == []

    def test_the_streets_own_delay_reaches_the_district_and_is_the_streets_step(self, world: World) -> None:
        application, late = world.accepted(), date(2026, 4, 22)
        world.assessed(application)
        world.opined(application)
        escalate(system_act(late))

        assert self.delays(world.staff.district_officer, late) == [application.number]
        assert [item.step for item in work(world.staff.street_officer, late)] == [Step.REVIEW]

    def test_another_streets_officer_sees_nothing(self, world: World) -> None:
        world.received()
        escalate(system_act(self.LATE))

        assert work(world.staff.outsider, self.LATE) == []

    def test_goes_when_the_answer_is_given(self, world: World) -> None:
        application = world.received()
        escalate(system_act(self.LATE))

        accept(world.act(world.staff.clerk, self.LATE), application_ids=[application.pk])

        assert self.delays(world.staff.street_officer, self.LATE) == []

    def test_is_red_and_says_how_late(self, world: World) -> None:
        world.received(day=MONDAY)
        escalate(system_act(self.LATE))

        [item] = work(world.staff.street_officer, self.LATE)

        assert (item.colour, item.days_left < 0, item.page) == ("RED", True, "application_detail")
