"""A long workbook: asked for, written by a job, fetched by who asked; the same rows as at once, in little memory."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django_tasks_db.models import DBTaskResult

from linli.foundation.screens import exporting
from linli.foundation.screens.exporting import write_export
from linli.foundation.trail import exports
from linli.foundation.trail.exports import Export, ExportPart, ExportState
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.models import Assignment
from linli.kernel.canonical import digest
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, Staff, at, system_act
from tests.foundation.screens.exporting_urls import People

__all__ = ["log_in"]
pytestmark = pytest.mark.django_db
LONG = "/canaries/?as=xlsx"
KEY = {"act_key": "a" * 32}


@pytest.fixture(autouse=True)
def _monday(settings: LazySettings) -> None:
    live_on(settings, MONDAY)
    settings.ROOT_URLCONF = "tests.foundation.screens.exporting_urls"


@pytest.fixture
def auditor(staff: Staff, log_in: LogIn) -> Client:
    """The auditor's browser."""
    return log_in(staff.auditor)


def ask(browser: Client, address: str = LONG, key: str = "a") -> Any:
    """Press the button of the page that a long table answers with."""
    return browser.post("/exports/", {"address": address, "act_key": key * 32})


def work() -> Export:
    """What the worker does with the last export that was asked for."""
    pk = Export.objects.latest("pk").pk
    write_export(system_act(), pk)
    return Export.objects.get(pk=pk)


def rows_of(response: Any) -> list[tuple[Any, ...]]:
    """The header and the rows of a file as it was fetched, below its title."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return list(openpyxl.load_workbook(io.BytesIO(data)).active.values)[2:]  # type: ignore[union-attr]


class TestAsking:
    def test_a_long_table_answers_with_the_page_where_it_is_asked_for(self, auditor: Client) -> None:
        page = auditor.get(LONG)
        assert page["Content-Type"].startswith("text/html")
        assert "这份表超过 1000 行" in page.text
        assert not Export.objects.exists()

    @pytest.mark.parametrize(("asked", "back"), [("", ""), ("&q=%E7%94%B2", "?q=%E7%94%B2")])
    def test_leads_back_to_the_list_as_it_was(self, auditor: Client, asked: str, back: str) -> None:
        assert f'href="/canaries/{back}"' in auditor.get(f"{LONG}{asked}").text

    def test_a_short_one_is_answered_at_once(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(People, "most", 1_000)
        assert len(rows_of(auditor.get(LONG))) == 1_002

    def test_queues_a_job_and_leads_to_how_far_it_is(self, auditor: Client) -> None:
        answer = ask(auditor)
        export = Export.objects.get()
        assert answer.url == LONG
        assert DBTaskResult.objects.get().args_kwargs["kwargs"] == {"export_id": export.pk}
        for page in (LONG, f"/exports/{export.pk}/"):
            assert "已读 0 / 3000 行" in auditor.get(page).text

    def test_the_same_form_sent_twice_asks_once(self, auditor: Client) -> None:
        ask(auditor)
        ask(auditor)
        assert Export.objects.count() == 1

    def test_one_at_a_time_of_a_list(self, auditor: Client) -> None:
        ask(auditor)
        ask(auditor, f"{LONG}&q=a", key="b")
        assert "上一次的导出还没有完成" in auditor.get(f"{LONG}&q=a").text
        assert exports.address_of(Export.objects.get()) == LONG

    def test_a_finished_one_makes_room_for_the_next(self, auditor: Client) -> None:
        ask(auditor)
        first = work()
        page = auditor.get(f"{LONG}&q=a").text
        assert "重新导出会替换它" in page
        assert f"/exports/{first.pk}/file/" in page
        ask(auditor, f"{LONG}&q=a", key="b")
        assert Export.objects.get().pk != first.pk

    def test_how_long_a_list_is_that_nobody_counts_is_not_said(self, auditor: Client) -> None:
        assert ask(auditor, "/audit/?as=xlsx").status_code == 302
        assert Export.objects.get().total is None

    @pytest.mark.parametrize(
        "address",
        ["", "/canaries/", "/nowhere/?as=xlsx", "//example.org/?as=xlsx", "/exports/", "http://[/canaries/?as=xlsx"],
    )
    def test_nothing_else_can_be_asked_for(self, auditor: Client, address: str) -> None:
        assert ask(auditor, address).status_code == 404

    def test_leads_to_no_other_site(self, auditor: Client) -> None:
        assert ask(auditor, f"//example.org{LONG}").url == LONG

    def test_nobody_asks_for_what_they_may_not_read(self, staff: Staff, log_in: LogIn) -> None:
        assert ask(log_in(staff.maker)).status_code == 404
        assert not Export.objects.exists()


class TestWriting:
    def test_the_file_is_what_is_answered_at_once(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        ask(auditor)
        export = work()
        answer = auditor.get(f"/exports/{export.pk}/file/")
        assert int(answer["Content-Length"]) == export.size
        assert answer["Content-Disposition"] == 'attachment; filename="people-2026-03-09.xlsx"'
        written = rows_of(answer)
        monkeypatch.setattr(exporting, "AT_ONCE", 5_000)
        assert written == rows_of(auditor.get(LONG))
        assert len(written) == 3_002

    def test_speaks_the_language_of_who_asked(self, auditor: Client) -> None:
        auditor.cookies["django_language"] = "en"
        ask(auditor)
        assert work().language == "en"

    def test_goes_on_where_a_worker_died(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        ask(auditor)
        keep = exports.keep_piece

        def die(export: Export, number: int, content: bytes, *, rows: int) -> bool:
            if number == 2:
                raise SystemExit
            return keep(export, number, content, rows=rows)

        with monkeypatch.context() as patch:
            patch.setattr(exports, "keep_piece", die)
            with pytest.raises(SystemExit):
                work()
        left = Export.objects.get()
        assert (left.state, left.rows) == (ExportState.RUNNING, 2_000)
        DBTaskResult.objects.all().delete()
        exports.resume()
        assert DBTaskResult.objects.get().args_kwargs["kwargs"] == {"export_id": left.pk}
        read: list[str] = []
        find = People.find
        monkeypatch.setattr(People, "find", lambda self, token, limit: read.append(token) or find(self, token, limit))
        assert work().state == ExportState.READY
        assert read == ["2000"]
        assert [row[0] for row in rows_of(auditor.get(f"/exports/{left.pk}/file/"))][-2] == "R-0003000"

    def test_goes_on_where_it_died_writing_the_file(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        ask(auditor)
        with monkeypatch.context() as patch:
            patch.setattr(exporting, "_CHUNK", 1_000)
            patch.setattr(exporting._Sealing, "close", lambda _self: (_ for _ in ()).throw(SystemExit))
            with pytest.raises(SystemExit):
                work()
        assert ExportPart.objects.filter(of_file=True).count() > 1
        export = work()
        assert len(rows_of(auditor.get(f"/exports/{export.pk}/file/"))) == 3_002

    @pytest.mark.parametrize("of_file", [True, False])
    def test_died_at_its_end_it_leaves_no_rows_behind(
        self, auditor: Client, monkeypatch: pytest.MonkeyPatch, of_file: bool
    ) -> None:
        """The file is there when its rows are gone, or neither: also of what failed."""
        ask(auditor)
        export = Export.objects.get()
        exports.keep_piece(export, 0, b"rows", rows=1)

        def die(_rows: object) -> None:
            raise InterruptedError

        monkeypatch.setattr(QuerySet, "delete", die)
        with pytest.raises(InterruptedError):
            exports.finish(export, size=1, chain=0) if of_file else exports.fail(export, "no")
        export.refresh_from_db()
        assert export.state == ExportState.RUNNING

    def test_a_second_worker_leaves_it_to_the_first(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        ask(auditor)
        find, once = People.find, [True]

        def meanwhile(self: People, token: str, limit: int) -> Any:
            if once and once.pop():
                work()
            return find(self, token, limit)

        monkeypatch.setattr(People, "find", meanwhile)
        export = work()
        assert (export.state, export.rows) == (ExportState.READY, 3_000)
        assert len(rows_of(auditor.get(f"/exports/{export.pk}/file/"))) == 3_002

    def test_does_nothing_twice(self, auditor: Client) -> None:
        ask(auditor)
        assert work().state == work().state == ExportState.READY
        assert AuditEntry.objects.filter(act="read").count() == 1

    def test_says_why_it_could_not(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        ask(auditor)
        with monkeypatch.context() as patch:
            patch.setattr(People, "find", lambda *_some: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                work()
        export = Export.objects.get()
        assert export.state == ExportState.FAILED
        assert "写文件时出错" in auditor.get(f"/exports/{export.pk}/").text
        assert "开始导出" in auditor.get(LONG).text
        ask(auditor, key="b")
        assert work().state == ExportState.READY

    def test_lies_sealed_in_the_database(self, auditor: Client) -> None:
        ask(auditor, f"{LONG}&q=金丝雀")
        export = work()
        with connection.cursor() as cursor:
            for table in ("foundation_export", "foundation_exportpart"):
                cursor.execute(f"SELECT * FROM {table}")
                rows = str([bytes(one) if isinstance(one, memoryview) else one for row in cursor for one in row])
                assert "canaries" not in rows
                assert "PK\\x03\\x04" not in rows
        assert export.parts.filter(of_file=False).count() == 0


class TestLayout:
    def test_says_above_the_rows_what_it_is_who_made_it_when_and_in_which_unit(
        self, auditor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask(auditor)
        export = work()
        written = b"".join(auditor.get(f"/exports/{export.pk}/file/").streaming_content)  # type: ignore[attr-defined]
        monkeypatch.setattr(exporting, "AT_ONCE", 5_000)
        for data in (written, auditor.get(LONG).content):
            sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
            assert [sheet[place].value for place in ("A1", "A2")] == [
                "名册",
                "制表日期：2026年3月9日 · 制表人：何平 · 金额单位：元",
            ]

    def test_adds_up_what_the_list_says(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(People, "most", 10)
        assert rows_of(auditor.get(LONG))[-1] == ("合计", None, 55.55, None)


class TestMemory:
    def test_does_not_grow_with_the_rows(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exporting, "_CHUNK", 16 * 1024)  # a file of many parts each time
        peaks = []
        # The first one also loads what is loaded once.
        for most, key in ((2_000, "b"), (3_000, "c"), (15_000, "d")):
            monkeypatch.setattr(People, "most", most)
            ask(auditor, key=key)
            tracemalloc.start()
            assert work().state == ExportState.READY
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[2] < peaks[1] * 1.2, peaks


class TestWhose:
    def test_the_file_is_for_who_asked_alone(self, auditor: Client, staff: Staff, log_in: LogIn) -> None:
        ask(auditor)
        export = work()
        for page in ("", "file/"):
            assert log_in(staff.clerk).get(f"/exports/{export.pk}/{page}").status_code == 404
        assert log_in(staff.clerk).post(f"/exports/{export.pk}/drop/", KEY).status_code == 404

    def test_a_row_that_is_told_to_be_anothers_opens_no_file(
        self, auditor: Client, staff: Staff, log_in: LogIn
    ) -> None:
        """The parts knew their row alone: whoever copied a name into it handed the file to somebody else."""
        ask(auditor)
        theirs = work()
        clerk = log_in(staff.clerk)
        ask(clerk, key="b")
        own = work()
        told = {name: getattr(own, name) for name in ("user_id", "subject", "address", "reach")}
        own.delete()
        Export.objects.filter(pk=theirs.pk).update(**told)

        answer = clerk.get(f"/exports/{theirs.pk}/file/")

        assert (answer.status_code, answer.streaming) == (409, False)

    @pytest.mark.parametrize(
        "change",
        [
            lambda export: Export.objects.filter(pk=export.pk).update(size=export.size - 1),
            lambda export: Export.objects.filter(pk=export.pk).update(chain=export.chain + 7),
            lambda export: export.parts.filter(of_file=True).earliest("number").delete(),
            lambda export: export.parts.filter(of_file=True).latest("number").delete(),
            lambda export: export.parts.all().delete(),
        ],
        ids=["shorter", "another trail", "without its beginning", "without its end", "empty"],
    )
    def test_nor_does_one_that_is_not_whole(self, auditor: Client, change: Callable[[Export], object]) -> None:
        ask(auditor)
        export = work()
        change(export)

        answer = auditor.get(f"/exports/{export.pk}/file/")

        assert (answer.status_code, answer.streaming) == (409, False)

    def test_there_is_no_file_before_its_time(self, auditor: Client) -> None:
        ask(auditor)
        assert auditor.get(f"/exports/{Export.objects.get().pk}/file/").status_code == 404

    def test_whose_role_ended_before_it_was_written_gets_none(self, auditor: Client, staff: Staff) -> None:
        ask(auditor)
        Assignment.objects.filter(user=staff.auditor).update(valid_until=MONDAY)
        assert work().refusal == "您现在不能导出这份名单"

    def test_whose_role_ended_afterwards_cannot_fetch_it(self, auditor: Client, staff: Staff) -> None:
        ask(auditor)
        export = work()
        Assignment.objects.filter(user=staff.auditor).update(valid_until=MONDAY)
        assert auditor.get(f"/exports/{export.pk}/file/").status_code == 409

    def test_who_works_somewhere_else_now_cannot_fetch_it(self, staff: Staff, log_in: LogIn, community: Any) -> None:
        clerk = log_in(staff.clerk)
        ask(clerk, key="b")
        export = work()
        Assignment.objects.filter(user=staff.clerk).update(area_id=community.foreign.pk)
        answer = clerk.get(f"/exports/{export.pk}/file/")
        assert answer.status_code == 409
        assert "您的角色或管辖区域在申请导出之后有变动" in answer.text

    def test_is_noted_with_everybody_whom_it_shows(self, auditor: Client, staff: Staff) -> None:
        ask(auditor)
        export = work()
        read = AuditEntry.objects.get(act="read")
        numbers = [f"R-{pk:07}" for pk in range(1, 3_001)]
        assert (read.actor_id, read.subject, read.chain) == (staff.auditor.pk, "people:xlsx", 7)
        assert (read.lines_count, read.lines_digest) == (3_000, digest(numbers))
        auditor.get(f"/exports/{export.pk}/file/")
        assert AuditEntry.objects.filter(act="read", chain=7).count() == 2

    def test_is_cancelled_and_the_job_stops(self, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        ask(auditor)
        export, find = Export.objects.get(), People.find

        def meanwhile(self: People, token: str, limit: int) -> Any:
            auditor.post(f"/exports/{export.pk}/drop/", KEY | {"act_key": "e" * 32})
            return find(self, token, limit)

        monkeypatch.setattr(People, "find", meanwhile)
        write_export(system_act(), export.pk)
        assert not Export.objects.exists()
        assert not ExportPart.objects.exists()

    def test_is_thrown_away_after_a_day(self, auditor: Client, settings: LazySettings) -> None:
        ask(auditor)
        export = work()
        day = timedelta(hours=24)
        exports.drop_old(export.asked_at + day - timedelta(seconds=1))
        assert exports.find(export.user_id, export.asked_at + day - timedelta(seconds=1)) == export
        assert exports.find(export.user_id, export.asked_at + day) is None
        live_on(settings, MONDAY + timedelta(days=2))
        assert auditor.get(f"/exports/{export.pk}/file/").status_code == 404
        exports.drop_old(at(MONDAY) + timedelta(days=2))
        assert not ExportPart.objects.exists()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """No trace of memory is left running by a test that failed."""
    yield
    tracemalloc.stop()
