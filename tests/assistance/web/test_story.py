"""The timeline of a case, its state as the day has it, and why its result is as it is: what people read on its page."""

from datetime import timedelta

from django.conf import LazySettings
from django.test import Client

from linli.aid.assistance.models import Application
from linli.aid.assistance.operations import take_objection
from linli.ground.notifications.models import Letter
from linli.ground.users.models import User
from linli.registry.residents.models import Household
from tests.assistance.web.reading import address, main
from tests.assistance.world import DISABLED, LOW_INCOME, World
from tests.browser import LogIn
from tests.conftest import MONDAY
from tests.residents.people import person


def read(browser: Client, application: Application) -> str:
    return main(browser.get(address("application_detail", application.number)))


class TestTimeline:
    def test_one_line_for_what_three_people_did_one_after_the_other(
        self, clerk: Client, world: World, received: Application
    ) -> None:
        application = world.at_review(household=world.family())
        page = read(clerk, application)

        assert page.count("声明无亲属关系") == page.count("签署评估报告") == 1
        names = [world.staff.clerk.name, world.staff.social_worker.name, world.staff.volunteer.name]
        roles = ["社区工作者", "社会工作者", "志愿者"]
        assert "、".join(f"{name}（{role}）" for name, role in zip(names, roles, strict=True)) in page

    def test_of_one_moment_what_was_done_last_stands_first(self, clerk: Client, world: World) -> None:
        page = read(clerk, world.at_review(household=world.family()))
        story = page[page.index("经过") :]

        assert story.index("街道复核") < story.index("初审意见") < story.index("规则计算") < story.index("收到申请")

    def test_folds_all_but_the_newest_twelve(self, clerk: Client, world: World) -> None:
        application, _day = world.at_decision(household=world.family())
        take_objection(world.act(world.staff.clerk, MONDAY, 18), application_id=application.pk, content="另有收入")
        world.assessed(application)

        page = clerk.get(address("application_detail", application.number)).content.decode()
        story = page[page.index("<h2>经过</h2>") :]
        newest, earlier = story[: story.index("<details")], story[story.index("<details") :]
        assert newest.count("<li") == 12
        assert "收到申请" in earlier
        assert "收到申请" not in newest

    def test_people_who_looked_one_after_the_other_share_a_line(
        self, clerk: Client, director: Client, world: World, received: Application
    ) -> None:
        read(director, received)
        # Whoever looks is told who looked before: the own look is written when the page goes out.
        assert f"查看 · {world.staff.director.name}" in read(clerk, received)

        page = read(clerk, received)
        assert page.count("查看 · ") == 1
        assert f"查看 · {world.staff.director.name}、{world.staff.clerk.name}" in page

    def test_shows_the_year_of_what_happened_in_another_one(
        self, clerk: Client, world: World, settings: LazySettings
    ) -> None:
        application = world.accepted()
        settings.DEMO_TODAY = "2027-01-04"

        page = read(clerk, application)
        assert "2026年3月9日 09:00 收到申请" in page
        assert "申请 2026年3月9日 已完成 受理 2026年3月9日" in page

    def test_notes_are_in_the_readers_language(self, world: World, log_in: LogIn, family: Household) -> None:
        application = world.at_review(household=family)
        english = log_in(world.staff.clerk)
        english.cookies["django_language"] = "en"

        page = read(english, application)
        assert "Grant proposed" in page
        assert not [word for word in ("拟予批准", "社区工作者", "GRANT ") if word in page]


class TestState:
    def test_says_that_the_publication_is_over_before_the_daily_job_does(
        self, clerk: Client, world: World, settings: LazySettings, resident: User, home: Client, family: Household
    ) -> None:
        application, day = world.at_decision(household=family)

        settings.DEMO_TODAY = (day - timedelta(days=1)).isoformat()
        before = read(clerk, application)
        settings.DEMO_TODAY = day.isoformat()
        after = read(clerk, application)

        assert (before.count("公示中"), before.count("公示期满")) == (2, 1)
        assert "等待公示期满，最后一天 2026年3月16日" in before
        assert (after.count("公示中"), after.count("公示期满")) == (0, 2)
        assert "下一步：作出决定（街道民政干部）" in after
        assert "公示期满" in main(clerk.get(address("publication_list")))
        assert "公示期满" in main(home.get(address("my_application", application.number)))

    def test_papers_that_lapse_after_the_decision_are_not_missing(
        self, clerk: Client, world: World, settings: LazySettings
    ) -> None:
        application, day = world.at_decision(household=world.family())
        world.granted(application, day=day)
        settings.DEMO_TODAY = "2027-06-01"

        assert "齐全 6 / 6" in read(clerk, application)


class TestWhy:
    def test_calls_people_by_their_masked_names(self, clerk: Client, world: World, family: Household) -> None:
        application = world.at_review(LOW_INCOME, household=family)
        numbers = [one.number for one in world.people(family)]

        page = main(clerk.get(address("application_reasons", application.number)))

        assert not [number for number in numbers if number in page]
        assert "每月合计 ¥500.00" in page

    def test_what_would_change_the_result_is_a_list(self, clerk: Client, world: World, family: Household) -> None:
        application = world.at_review(LOW_INCOME, household=family)

        page = clerk.get(address("application_detail", application.number)).content.decode()
        changes = page[page.index("什么变化会改变结果") :]
        assert changes[: changes.index("</ul>")].count("<li>如果“") >= 1

    def test_without_money_it_names_the_services_instead_of_a_sum(self, clerk: Client, world: World) -> None:
        family = world.family(person("王建国"), facts={"disability_grade": 2})
        application = world.at_review(DISABLED, household=family)

        page = read(clerk, application)
        assert "可享受的服务 上门服务，每周 3 次：王建国" in page
        assert "每月合计" not in page

    def test_the_letter_calls_them_by_name_too(
        self, world: World, home: Client, family: Household, settings: LazySettings
    ) -> None:
        application, day = world.at_decision(household=family)
        world.granted(application, day=day)
        settings.DEMO_TODAY = day.isoformat()
        letter = Letter.objects.get(subject=application.subject, kind="GRANTED")

        page = main(home.get(address("my_letter", application.number, letter.number)))
        assert "为什么是这个结果" in page
        assert not [one.number for one in world.people(family) if one.number in page]
