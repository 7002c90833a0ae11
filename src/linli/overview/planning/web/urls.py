"""Addresses of the plan's pages."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.foundation.screens import navigation
from linli.foundation.screens.acting import ActPage
from linli.foundation.screens.desks import page_of
from linli.foundation.screens.pages import sent_only
from linli.overview.planning.web.desk import reading
from linli.overview.planning.web.views import actual, checking, opening

navigation.register(
    navigation.NavItem(
        "planning",
        _("方案"),
        "plan_check",
        60,
        tabs=(("plan_check", _("核对方案")), ("plan_actual", _("计划与实际"))),
        keeps=("community", "scheme"),
    )
)


def _form_on(name: str, page: type[ActPage[Any, Any]]) -> Callable[..., HttpResponse]:
    """An act whose form stands on another page, of the same community and scheme."""

    def to(request: HttpRequest, **address: str) -> str:
        asked = request.META["QUERY_STRING"]
        return f"{reverse(name, kwargs=address)}{'?' if asked else ''}{asked}"

    return sent_only(to)(page_of(page, reading))


urlpatterns = [
    path("funds/open/", opening.fund_open, name="fund_open"),
    path("next-year/", opening.next_year, name="next_year"),
    path("plan/", checking.plan_check, name="plan_check"),
    path("plan/versions/new/", _form_on("plan_check", checking.SaveVersion), name="plan_version_new"),
    path("plan/versions/<str:number>/", require_safe(page_of(checking.VersionPage, reading)), name="plan_version"),
    path("plan/versions/<str:number>/adopt/", _form_on("plan_version", checking.VersionPage), name="plan_adopt"),
    path("plan/actual/", actual.plan_actual, name="plan_actual"),
    path("plan/actual/<str:code>/", actual.plan_actual_records, name="plan_actual_records"),
]
