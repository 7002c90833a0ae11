"""依据 beside what it is the basis of: the article's words, from the pack."""

from django.test import Client

from linli.aid.assistance.models import Application, Assessment
from linli.registry.residents.models import Household
from tests.assistance.web.reading import address, main
from tests.assistance.web.test_sheet import assessment, send, volunteer
from tests.assistance.world import World

__all__ = ["assessment", "volunteer"]
WORDS = "每个救助对象需填写《救助申请表》"


class TestApplication:
    def test_groups_and_papers_carry_the_words_of_the_plan(self, clerk: Client, family: Household) -> None:
        page = main(clerk.get(address("application_new", household=family.number)))

        assert page.count(WORDS) == 2  # beside the groups, and above the papers
        assert "依据： 民法典 第一百六十五条 民法典 第一百六十五条：规则包没有收录原文，请查阅原文件。" in page

    def test_in_english_they_say_which_language_counts(self, clerk: Client, family: Household) -> None:
        clerk.post(address("set_language"), {"language": "en", "next": "/"})

        page = main(clerk.get(address("application_new", household=family.number)))

        assert "Each recipient fills in the Application for assistance" in page
        assert "Basis: Plan, 3.1" in page
        assert "The English is ours, the Chinese counts." in page
        assert WORDS not in page

    def test_needs_no_script(self, clerk: Client, family: Household) -> None:
        page = clerk.get(address("application_new", household=family.number)).content.decode()

        assert '<details class="basis"><summary>' in page


class TestSheet:
    def test_a_fact_has_its_article_where_it_is_asked_first(
        self, volunteer: Client, assessment: Assessment, world: World
    ) -> None:
        send(volunteer, assessment, "declare")

        page = main(volunteer.get(address("assessment_sheet", assessment.pk)))

        assert page.count("国家对共同生活的家庭成员人均收入低于当地最低生活保障标准") == 1
        assert "成立由社区工作人员、社会工作者和志愿者组成的评估小组" in page  # beside the day of the visit


class TestCase:
    def test_each_step_of_the_reasons_has_its_article(self, clerk: Client, world: World, family: Household) -> None:
        application = world.accepted(family)
        world.assessed(application)

        page = main(clerk.get(address("application_reasons", application.number)))

        assert "依据： 《方案》三.1；社会救助暂行办法 第九条" in page

    def test_each_time_limit_has_its_article(self, clerk: Client, received: Application) -> None:
        page = main(clerk.get(address("application_detail", received.number)))

        assert "依据： 《方案》三.3" in page
        assert "申请结果在5个工作日内通知申请人" in page
