"""Saved views and the choice of columns: every list has them, for its reader alone."""

import io
import re
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from linli.foundation.screens.listings import Column
from linli.foundation.trail import views
from linli.foundation.trail.models import AuditEntry
from linli.foundation.trail.views import SavedView
from linli.kernel.act import Act
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, Staff, at
from tests.foundation.screens.exporting_urls import People

__all__ = ["log_in"]
pytestmark = pytest.mark.django_db
LIST = "/canaries/"


@pytest.fixture(autouse=True)
def _monday(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    live_on(settings, MONDAY)
    settings.ROOT_URLCONF = "tests.foundation.screens.exporting_urls"
    monkeypatch.setattr(People, "most", 3)


@pytest.fixture
def auditor(staff: Staff, log_in: LogIn) -> Client:
    """The auditor's browser."""
    return log_in(staff.auditor)


def heads(browser: Client, query: str = "") -> list[str]:
    """The heads of the list's columns."""
    return re.findall(r"<th scope=\"col\"[^>]*>\s*(\w+)", browser.get(f"{LIST}{query}").text)


def tabs(browser: Client, query: str = "?all") -> list[tuple[str, str, bool]]:
    """The views above the list: address, words, is it this one."""
    page = browser.get(f"{LIST}{query}").text
    [bar] = re.findall(r'<nav class="tabs views".*?</nav>', page, re.S) or [""]
    found = re.findall(r'<a href="([^"]*)"( aria-current="page")?>([^<]*)</a>', bar)
    return [(address.replace("&amp;", "&"), words, bool(here)) for address, here, words in found]


def save(browser: Client, name: str, query: str = "q=%E7%94%B2", **more: str) -> Any:
    """Follow the link below the list and send its form."""
    key = f"{AuditEntry.objects.count()}".rjust(32, "0")
    return browser.post(f"/views/new/?{urlencode({'of': f'{LIST}?{query}'})}", {"name": name, "act_key": key, **more})


class TestColumns:
    def test_are_all_shown_where_none_are_chosen(self, auditor: Client) -> None:
        assert heads(auditor) == ["编号", "姓名", "金额", "出生"]

    def test_stand_in_the_order_of_the_declaration(self, auditor: Client) -> None:
        assert heads(auditor, "?columns=born&columns=name") == ["编号", "姓名", "出生"]

    def test_what_a_row_is_called_is_never_left_out(self, auditor: Client) -> None:
        assert heads(auditor, "?columns=fen") == ["编号", "金额"]
        assert 'name="columns" value="number"' not in auditor.get(LIST).text

    @pytest.mark.parametrize("query", ["?columns=", "?columns=password", "?columns=pk&columns=__class__"])
    def test_nothing_is_shown_that_is_not_declared(self, auditor: Client, query: str) -> None:
        assert heads(auditor, query) == ["编号", "姓名", "金额", "出生"]

    def test_are_the_workbooks_too(self, auditor: Client) -> None:
        answer = auditor.get(f"{LIST}?columns=fen&as=xlsx")
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
        assert ("编号", "金额") in rows
        assert ("R-0000001", 1.01) in rows

    def test_stay_when_the_list_is_filtered_or_exported(self, auditor: Client) -> None:
        page = auditor.get(f"{LIST}?columns=fen&q=甲").text
        assert '<input type="hidden" name="columns" value="fen">' in page
        assert '<input type="hidden" name="q" value="甲">' in page
        assert "columns=fen&amp;q=%E7%94%B2&amp;as=xlsx" in page


class TestViews:
    def test_those_of_the_workbook_alone_say_so(self) -> None:
        told = [str(Column("a", "甲", only=only).choice) for only in ("", "page", "excel")]
        assert told == ["甲", "甲", "甲（仅 Excel）"]

    def test_there_are_none_until_one_is_saved(self, auditor: Client) -> None:
        assert tabs(auditor) == []

    def test_stand_above_the_list_by_name(self, auditor: Client) -> None:
        assert save(auditor, "甲").url == f"{LIST}?q=%E7%94%B2"
        assert "视图已保存" in auditor.get(f"{LIST}?q=甲").text
        assert tabs(auditor) == [(f"{LIST}?all", "全部", True), (f"{LIST}?q=%E7%94%B2", "甲", False)]
        assert [here for _to, _words, here in tabs(auditor, "?q=甲&after=")] == [False, True]

    def test_the_page_says_what_would_be_saved(self, auditor: Client) -> None:
        page = auditor.get(f"{LIST}?after=1&q=甲&columns=fen&sort=fen").text
        of = urlencode({"of": f"{LIST}?columns=fen&q=%E7%94%B2&sort=fen"})
        assert f'href="/views/new/?{of}"' in page

    def test_are_saved_of_a_list_that_is_empty_today(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(People, "most", 0)
        assert "保存为视图" in auditor.get(f"{LIST}?q=甲").text

    def test_one_of_the_same_name_is_replaced(self, auditor: Client) -> None:
        save(auditor, "甲")
        save(auditor, "甲", "columns=fen")
        assert [to for to, _words, _here in tabs(auditor)] == [f"{LIST}?all", f"{LIST}?columns=fen"]

    @pytest.mark.parametrize("name", ["", "  ", "长" * 21])
    def test_need_a_short_name(self, auditor: Client, name: str) -> None:
        assert save(auditor, name).status_code == 422
        assert not SavedView.objects.exists()

    def test_are_not_endless(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(views, "MOST", 1)
        save(auditor, "甲")
        assert "最多保存 1 个视图" in save(auditor, "乙").text

    def test_one_is_shown_by_itself_and_the_whole_list_on_demand(self, auditor: Client) -> None:
        save(auditor, "甲", is_default="on")
        assert auditor.get(LIST).url == f"{LIST}?q=%E7%94%B2"  # type: ignore[attr-defined]  # a redirect
        assert auditor.get(f"{LIST}?all").status_code == 200
        save(auditor, "乙", "columns=fen", is_default="on")
        assert auditor.get(LIST).url == f"{LIST}?columns=fen"  # type: ignore[attr-defined]  # a redirect

    def test_are_renamed_and_shown_by_themselves(self, auditor: Client) -> None:
        save(auditor, "甲")
        view = SavedView.objects.get()
        assert f'href="/views/{view.pk}/"' in auditor.get(f"{LIST}?q=甲").text
        said = {"name": "新名", "is_default": "on", "act_key": "b" * 32}
        assert "视图已修改" in auditor.post(f"/views/{view.pk}/", said, follow=True).text
        assert tabs(auditor)[1][1] == "新名"
        assert auditor.get(LIST).status_code == 302

    @pytest.mark.parametrize("name", ["", "长" * 21])
    def test_need_a_short_name_however_they_are_called(self, auditor: Client, staff: Staff, name: str) -> None:
        save(auditor, "甲")
        view = SavedView.objects.get()
        with pytest.raises(views.ViewNameRefused):
            views.change_view(Act(staff.auditor, at(MONDAY)), view_id=view.pk, name=name, is_default=False)

    def test_two_have_not_one_name(self, auditor: Client) -> None:
        save(auditor, "甲")
        save(auditor, "乙", "columns=fen")
        view = SavedView.objects.get(name="乙")
        answer = auditor.post(f"/views/{view.pk}/", {"name": "甲", "act_key": "b" * 32})
        assert answer.status_code == 422
        assert "已有名为「甲」的视图" in answer.text

    def test_are_deleted(self, auditor: Client) -> None:
        save(auditor, "甲")
        view = SavedView.objects.get()
        assert "视图已删除" in auditor.post(f"/views/{view.pk}/drop/", {"act_key": "b" * 32}, follow=True).text
        assert tabs(auditor) == []

    def test_are_nobody_elses(self, auditor: Client, staff: Staff, log_in: LogIn) -> None:
        save(auditor, "甲")
        view, clerk = SavedView.objects.get(), log_in(staff.clerk)
        assert tabs(clerk) == []
        for page in ("", "drop/"):
            assert clerk.get(f"/views/{view.pk}/{page}").status_code == 404
            assert clerk.post(f"/views/{view.pk}/{page}", {"name": "x"}).status_code == 404

    @pytest.mark.parametrize("query", ["", "&", "all", "after=3"])
    def test_the_list_as_it_is_begins_with_itself(self, auditor: Client, query: str) -> None:
        """A view that asks nothing led back to the list, and that to the view, without end."""
        save(auditor, "甲", query, is_default="on")
        assert auditor.get(LIST).status_code == 200
        assert tabs(auditor)[-1][1:] == ("甲", True)

    def test_what_an_address_says_of_the_moment_is_not_kept(self, auditor: Client) -> None:
        save(auditor, "甲", "as=xlsx&q=甲&after=3", is_default="on")
        assert auditor.get(LIST, follow=True)["Content-Type"].startswith("text/html")
        assert tabs(auditor)[-1][0] == f"{LIST}?q=%E7%94%B2"

    @pytest.mark.parametrize("address", ["", "/nowhere/", "//example.org/nowhere/", "http://[/canaries/"])
    def test_are_kept_of_pages_of_ours_alone(self, auditor: Client, address: str) -> None:
        assert auditor.get(f"/views/new/?{urlencode({'of': address})}").status_code == 404

    def test_lead_to_no_other_site(self, auditor: Client) -> None:
        of = urlencode({"of": f"https://example.org{LIST}?q=1"})
        assert auditor.post(f"/views/new/?{of}", {"name": "x", "act_key": "d" * 32})["Location"] == f"{LIST}?q=1"

    def test_a_list_within_a_record_has_columns_alone(self, auditor: Client) -> None:
        assert "保存为视图" not in auditor.get("/canaries/1/?q=甲").text

    def test_what_they_ask_lies_sealed(self, auditor: Client) -> None:
        save(auditor, "甲", "q=金丝雀")
        with connection.cursor() as cursor:
            cursor.execute("SELECT query FROM foundation_savedview")
            assert "金丝雀" not in str(cursor.fetchall())

    def test_leave_their_line_in_the_trail(self, auditor: Client) -> None:
        save(auditor, "甲")
        assert AuditEntry.objects.get(act="foundation.save_view").subject == f"view:{SavedView.objects.get().pk}"
