import pytest
from django.urls import NoReverseMatch

from linli.foundation.screens import context
from linli.foundation.screens.context import describe_territory_by, frame
from linli.foundation.screens.heads import Head, crumbs
from linli.foundation.screens.navigation import NavItem, register, shown


def anybody(request):
    return True


def nobody(request):
    return False


def keys(request, **options):
    return [item.key for item in shown(request, **options)]


class TestShown:
    def test_keeps_the_order_of_jobs(self, request_of):
        register(NavItem("money", "资金", "money", 50, anybody))
        register(NavItem("work", "我的工作", "my_work", 10, anybody))

        assert keys(request_of()) == ["work", "money"]

    def test_hides_what_one_may_not_use(self, request_of):
        register(NavItem("money", "资金", "money", 50, nobody))

        assert keys(request_of()) == []

    def test_an_item_without_a_page_is_a_mistake(self, request_of):
        register(NavItem("volunteers", "志愿者", "volunteer_list", 50, anybody))

        with pytest.raises(NoReverseMatch):
            shown(request_of())

    def test_replaces_an_item_of_the_same_key(self, request_of):
        register(NavItem("work", "旧", "my_work", 10, anybody))
        register(NavItem("work", "新", "my_work", 10, anybody))

        assert [item.label for item in shown(request_of())] == ["新"]

    @pytest.mark.parametrize(("path", "current"), [("/work/", True), ("/work/7/", True), ("/money/", False)])
    def test_marks_the_item_that_a_page_lies_in(self, request_of, path, current):
        register(NavItem("work", "我的工作", "my_work", 10, anybody))

        assert [item.current for item in shown(request_of(path))] == [current]

    def test_does_not_mark_the_front_page_everywhere(self, request_of):
        register(NavItem("home", "首页", "home", 1, anybody))

        assert [item.current for item in shown(request_of("/work/"))] == [False]

    def test_marks_what_the_view_says(self, request_of):
        register(NavItem("money", "资金", "money", 50, anybody))

        assert [item.current for item in shown(request_of("/work/"), current="money")] == [True]

    def test_says_how_much_waits_and_whether_it_is_late(self, request_of):
        register(NavItem("work", "我的工作", "my_work", 10, anybody, count=lambda request: 12, late=anybody))

        (item,) = shown(request_of())
        assert (item.count, item.late) == (12, True)


@pytest.mark.django_db  # a page that is known by now is asked whose it is
class TestTheWayBack:
    @pytest.mark.parametrize(
        ("path", "trail", "steps"),
        [
            ("/work/", (), []),
            ("/work/7/", (), [("我的工作", "/work/")]),
            ("/work/", (("七", ""),), [("我的工作", "/work/"), ("七", "")]),
        ],
    )
    def test_a_job_s_own_page_leads_back_to_nothing(self, request_of, path, trail, steps):
        register(NavItem("work", "我的工作", "my_work", 10, anybody))
        request = request_of(path)
        request.nav_key = "work"

        assert crumbs(request, Head("今天", trail=trail)) == steps


class TestFrame:
    def test_gives_the_phone_four_items_at_most(self, request_of):
        for number in range(6):
            register(NavItem(f"n{number}", str(number), "money", number, anybody, phone=True))

        assert [item.key for item in frame(request_of())["nav_phone"]] == ["n0", "n1", "n2", "n3"]

    def test_puts_the_inbox_beside_the_person(self, request_of):
        register(NavItem("inbox", "消息", "money", 1, anybody, top=True))

        context = frame(request_of())
        assert ([item.key for item in context["nav_top"]], context["nav_items"]) == (["inbox"], [])

    def test_shows_strangers_no_navigation(self, request_of):
        register(NavItem("money", "资金", "money", 50, anybody))

        assert frame(request_of(anonymous=True))["nav_items"] == []

    @pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("", ""), ('x" onload="', "")])
    def test_takes_known_themes_only(self, request_of, cookie, theme):
        assert frame(request_of(cookies={"linli_theme": cookie}))["theme"] == theme

    def test_shows_the_demonstrations_day(self, request_of, settings):
        settings.DEMO_TODAY = ""
        without = frame(request_of())

        settings.DEMO_TODAY = "2026-03-09"
        assert (without["demo_today"], str(frame(request_of())["demo_today"])) == (None, "2026-03-09")

    def test_says_where_one_works_only_when_somebody_asks(self, request_of, monkeypatch):
        asked = []
        monkeypatch.setattr(context, "_territory", [])
        describe_territory_by(lambda request: asked.append(request) or "幸福里社区 社区工作者")

        told = frame(request_of())["territory"]

        assert asked == []
        assert str(told) == "幸福里社区 社区工作者"

    def test_says_nothing_of_strangers_places(self, request_of, monkeypatch):
        monkeypatch.setattr(context, "_territory", [])
        describe_territory_by(lambda request: "幸福里社区")

        assert frame(request_of(anonymous=True))["territory"] == ""
