"""Addresses of the plan's pages."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.pages import today
from linli.ground.users.queries import authority_of
from linli.overview.planning.permissions import plans_scope
from linli.overview.planning.web.views import actual, checking, next_year, opening, versions


def _reads(request: HttpRequest) -> bool:
    return request.user.pk is not None and bool(plans_scope(authority_of(request.user, today())))


navigation.register(navigation.NavItem("planning", _("方案"), "plan_check", 60, _reads))


def _opens_funds(request: HttpRequest) -> bool:
    return request.user.pk is not None and authority_of(request.user, today()).holds(*opening.MANAGERS)


navigation.open_to(_opens_funds, "fund_open")
navigation.open_to(_reads, "plan_check", "plan_actual")

urlpatterns = [
    path("funds/open/", opening.fund_open, name="fund_open"),
    path("next-year/", next_year.next_year, name="next_year"),
    path("plan/", checking.plan_check, name="plan_check"),
    path("plan/versions/new/", versions.plan_version_new, name="plan_version_new"),
    path("plan/versions/<str:number>/", versions.plan_version, name="plan_version"),
    path("plan/versions/<str:number>/adopt/", versions.plan_adopt, name="plan_adopt"),
    path("plan/actual/", actual.plan_actual, name="plan_actual"),
    path("plan/actual/export/", actual.plan_actual_export, name="plan_actual_export"),
    path("plan/actual/<str:code>/", actual.plan_actual_records, name="plan_actual_records"),
]
