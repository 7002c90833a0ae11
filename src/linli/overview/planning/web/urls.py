"""Addresses of the plan's pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from linli.foundation.screens import navigation
from linli.foundation.screens.desks import page_of
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

urlpatterns = [
    path("funds/open/", opening.fund_open, name="fund_open"),
    path("next-year/", opening.next_year, name="next_year"),
    path("plan/", checking.plan_check, name="plan_check"),
    path("plan/versions/new/", require_POST(page_of(checking.SaveVersion, reading)), name="plan_version_new"),
    path("plan/versions/<str:number>/", require_safe(page_of(checking.VersionPage, reading)), name="plan_version"),
    path("plan/versions/<str:number>/adopt/", require_POST(page_of(checking.VersionPage, reading)), name="plan_adopt"),
    path("plan/actual/", actual.plan_actual, name="plan_actual"),
    path("plan/actual/<str:code>/", actual.plan_actual_records, name="plan_actual_records"),
]
