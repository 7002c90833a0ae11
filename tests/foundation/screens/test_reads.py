"""What a page shows of people is written when the page goes out, and only then."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse

from linli.foundation.screens import reads
from linli.foundation.screens.reads import ReadsMiddleware, forget_readings, note_read
from linli.foundation.trail.audit import seal_days
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.models import User
from linli.ground.users.operations import create_user
from linli.kernel.act import SYSTEM, Act
from tests.conftest import MONDAY, at, system_act

pytestmark = pytest.mark.django_db
View = Callable[[HttpRequest], HttpResponse]


@pytest.fixture
def reader() -> User:
    return create_user(system_act(), username="reader", name="王丽")


def answering(status: int, *subjects: str) -> View:
    """A view that shows the subjects and answers with the status."""

    def view(request: HttpRequest) -> HttpResponse:
        for subject in subjects or ("household:H-000001",):
            note_read(request, where=7, subject=subject, shown=["R-000001", "R-000002"])
        return HttpResponse("王建国", status=status)

    return view


def asked(request_of: Callable[..., HttpRequest], view: View, reader: User | None, method: str = "GET") -> HttpResponse:
    request = request_of(anonymous=reader is None)
    request.method = method
    if reader is not None:
        request.user = reader
    return ReadsMiddleware(view)(request)


def written() -> list[tuple[str, int, int, int | None]]:
    """Subject, area, how many were shown, and to whom."""
    entries = AuditEntry.objects.filter(act="read").order_by("pk")
    return list(entries.values_list("subject", "chain", "lines_count", "actor_id"))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("status", [200, 422])
def test_a_page_that_goes_out_is_written_whatever_was_asked(
    request_of: Callable[..., HttpRequest], reader: User, status: int, method: str
) -> None:
    assert asked(request_of, answering(status), reader, method).content.decode() == "王建国"
    assert written() == [("household:H-000001", 7, 2, reader.pk)]


@pytest.mark.parametrize("status", [302, 304, 400, 403, 404, 409, 410, 500])
def test_what_does_not_go_out_is_not(request_of: Callable[..., HttpRequest], reader: User, status: int) -> None:
    asked(request_of, answering(status), reader)
    assert written() == []


def test_an_answer_without_a_body_shows_nobody(request_of: Callable[..., HttpRequest], reader: User) -> None:
    asked(request_of, answering(200), reader, "HEAD")
    assert written() == []


def test_nobody_is_written_who_is_not_known(request_of: Callable[..., HttpRequest]) -> None:
    asked(request_of, answering(200), None)
    assert written() == []


def test_what_is_said_twice_is_written_once(request_of: Callable[..., HttpRequest], reader: User) -> None:
    asked(request_of, answering(200, "a:1", "b:2", "a:1"), reader)
    assert [subject for subject, *_rest in written()] == ["a:1", "b:2"]


def test_a_page_given_up_for_another_is_not_written(request_of: Callable[..., HttpRequest], reader: User) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        answer = answering(200)(request)
        forget_readings(request)
        return answer

    asked(request_of, view, reader)
    assert written() == []


def test_what_cannot_be_written_is_not_shown(
    request_of: Callable[..., HttpRequest], reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock went back into a day that is sealed."""
    monkeypatch.setattr(reads, "now", lambda: at(MONDAY))
    asked(request_of, answering(200, "on:monday"), reader)
    seal_days(Act(SYSTEM, at(MONDAY + timedelta(days=1))), before=MONDAY + timedelta(days=1))

    answer = asked(request_of, answering(200), reader)

    assert (answer.status_code, "王建国" in answer.content.decode()) == (409, False)
    assert [subject for subject, *_rest in written()] == ["on:monday"]
