"""Addresses for the tests of the frame."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from linli.foundation.trail.acts import ActRepeated
from linli.ground.areas.models import Area
from linli.kernel.errors import DomainError


class BudgetGone(DomainError):
    """A refusal with details."""

    code = "test.budget_gone"
    message = "预算不足，还差 %(missing)s 元"


def page(request: HttpRequest) -> HttpResponse:
    """Any page."""
    return HttpResponse("ok")


def refuses(request: HttpRequest) -> HttpResponse:
    """A view that lets a refusal out."""
    raise BudgetGone(missing=300)


def repeats(request: HttpRequest) -> HttpResponse:
    """A view that lets a repeated act out."""
    raise ActRepeated


def crashes(request: HttpRequest) -> HttpResponse:
    """A view with a bug."""
    raise RuntimeError("bug")


def misleads(request: HttpRequest) -> HttpResponse:
    """A view that was handed no address for its link."""
    return HttpResponse('<a href="">全部</a>')


def writes(request: HttpRequest) -> HttpResponse:
    """A view that changes what it was handed."""
    Area.objects.get(kind="STREET", name="和平街道").save()
    return HttpResponse("ok")


urlpatterns = [
    path("", page, name="home"),
    path("work/", page, name="my_work"),
    path("work/7/", page, name="my_work_item"),
    path("money/", page, name="money"),
    path("records/<str:number>/", page, name="record"),
    path("find/", page, name="search"),
    path("preferences/", page, name="preferences"),
    path("log-out/", page, name="log_out"),
    path("help/", page, name="role_guide"),
    path("password/", page, name="password_change"),
    path("account/", page, name="own_account"),
    path("refuses/", refuses),
    path("repeats/", repeats),
    path("crashes/", crashes),
    path("misleads/", misleads),
    path("writes/", writes),
    path("i18n/", include("django.conf.urls.i18n")),
]
