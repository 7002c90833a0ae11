"""What district, auditor and administrator answer for: what each light counts, and how things are set up."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from linli.foundation.screens.lights import PLACE, Standing, lights, standings
from linli.foundation.trail.audit import record_read, seal_days
from linli.ground.users.codes import Role
from linli.ground.users.operations import close_account, create_user
from linli.ground.users.queries import authority_of
from linli.kernel.act import Act
from linli.kernel.tones import Tone
from linli.overview.workbench.web.overseeing import Overseer
from linli.registry.residents.operations import register_households
from tests.browser import LogIn
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.residents.people import couple

TUESDAY = MONDAY + timedelta(days=1)


def figures(person: object, code: str, on: date = MONDAY) -> Mapping[int | None, int]:
    """What a light tells somebody, by place."""
    light = lights[code]
    return Overseer(authority_of(person, on), on).figures(light, light.measure)  # type: ignore[arg-type]


def told(person: object, title: str, on: date = MONDAY) -> Standing:
    """How one thing is set up, as somebody is told."""
    authority = authority_of(person, on)  # type: ignore[arg-type]
    return next(one for tell in standings.values() for one in tell(authority, on) if str(one.title) == title)


class TestAdministrator:
    def test_sees_communities_where_a_post_is_vacant(self, staff: Staff, community: Community) -> None:
        found = figures(staff.administrator, "users.vacant")

        assert found == {community.sibling.pk: 1, community.foreign.pk: 1}

    def test_sees_a_post_that_nobody_holds_any_more(self, staff: Staff, community: Community) -> None:
        close_account(system_act(), user_id=staff.maker.pk)

        assert community.community.pk in figures(staff.administrator, "users.vacant")

    def test_sees_accounts_that_are_neither_a_posts_nor_a_residents(self, staff: Staff, community: Community) -> None:
        create_user(system_act(), username="nobody", name="无岗", area_id=community.community.pk)

        assert figures(staff.administrator, "residents.accounts_of_nobody") == {community.community.pk: 1}

    def test_sees_start_passwords_that_were_not_changed(self, staff: Staff, community: Community) -> None:
        place = community.community.pk
        create_user(system_act(), username="new", name="新人", password="Qinghe-2026", area_id=place, is_start=True)

        assert figures(staff.administrator, "users.start_passwords") == {place: 1}

    @pytest.mark.parametrize(("days", "tone"), [(0, Tone.OK), (1, Tone.LATE)])
    def test_sees_that_nobody_does_the_jobs(self, staff: Staff, days: int, tone: Tone) -> None:
        _job(TaskResultStatus.READY, at(MONDAY) - timedelta(days=days))

        assert told(staff.administrator, "后台任务").state[1] == tone

    def test_sees_jobs_that_failed(self, staff: Staff) -> None:
        _job(TaskResultStatus.FAILED, at(MONDAY))

        assert figures(staff.administrator, "workbench.failed") == {0: 1}

    def test_sees_that_this_year_has_no_working_days(self, staff: Staff) -> None:
        standing = told(staff.administrator, "工作日表")

        assert (str(standing.words), standing.state[1]) == ("还没有载入", Tone.LATE)


def _job(status: TaskResultStatus, queued: datetime) -> None:
    row = DBTaskResult.objects.create(
        status=status, args_kwargs={}, task_path="linli.foundation.tasks.seal", backend_name="default", run_after=queued
    )
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=queued)


class TestAuditor:
    def test_sees_days_that_nobody_sealed(self, staff: Staff, community: Community) -> None:
        register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])

        before = figures(staff.auditor, "users.unsealed", TUESDAY)
        seal_days(system_act(TUESDAY), before=TUESDAY)
        after = figures(staff.auditor, "users.unsealed", TUESDAY)

        assert before[community.community.pk] == 1
        assert after == {}
        assert told(staff.auditor, "审计记录", TUESDAY).state[1] == Tone.OK

    def test_is_told_when_the_trail_was_never_sealed(self, staff: Staff) -> None:
        assert told(staff.auditor, "审计记录").state[1] == Tone.SOON

    @pytest.mark.parametrize(("people", "seen"), [(99, 0), (100, 1)])
    def test_sees_who_looked_at_a_hundred_people_at_once(
        self, staff: Staff, community: Community, people: int, seen: int
    ) -> None:
        shown = [f"R-{number}" for number in range(people)]
        record_read(Act(staff.clerk, at(MONDAY)), where=community.community.pk, subject="people", shown=shown)

        assert sum(figures(staff.auditor, "users.mass_reading").values()) == seen

    def test_reads_who_did_it_and_when(self, staff: Staff, community: Community) -> None:
        shown = [f"R-{number}" for number in range(120)]
        record_read(Act(staff.clerk, at(MONDAY)), where=community.community.pk, subject="people", shown=shown)
        light = lights["users.mass_reading"]
        desk = Overseer(authority_of(staff.auditor, MONDAY), MONDAY)

        [row] = light.measure.lines(desk.window(light), PLACE, None).rows

        assert [str(one) for one in row] == ["2026年3月9日 09:00", "王丽", "查看个人信息", "居民名册", "120"]


class TestPage:
    @pytest.mark.parametrize("who", ["district_officer", "auditor", "administrator"])
    def test_is_the_first_page_of_who_answers_for_more_than_they_do(
        self, desk: None, log_in: LogIn, staff: Staff, who: str
    ) -> None:
        assert log_in(getattr(staff, who)).get("/").url == "/overview/"  # type: ignore[attr-defined]

    def test_has_a_line_for_each_community_of_ones_own(
        self, desk: None, log_in: LogIn, staff: Staff, community: Community
    ) -> None:
        page = log_in(staff.street_officer).get("/overview/").content.decode().partition("<tbody>")[2]

        names = {area.name for area in (community.community, community.sibling, community.foreign)}
        assert {name for name in names if name in page} == {community.community.name, community.sibling.name}

    def test_asks_which_street_only_where_there_are_several(self, desk: None, log_in: LogIn, staff: Staff) -> None:
        assert 'name="street"' not in log_in(staff.street_officer).get("/overview/").content.decode()
        assert 'name="street"' in log_in(staff.district_officer).get("/overview/").content.decode()


def test_every_light_is_some_roles() -> None:
    for code, light in lights.items():
        assert {Role(role) for role in light.roles}, code
