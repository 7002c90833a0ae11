"""Addresses of the workbench."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import context, finding, navigation
from linli.foundation.screens.desks import page_of
from linli.foundation.screens.pages import actor, today
from linli.ground.users.queries import authority_of
from linli.overview.workbench.web import checking, overseeing, searching, views
from linli.overview.workbench.web.views import TrailList


def _is_staff(request: HttpRequest) -> bool:
    return request.user.pk is not None and bool(authority_of(actor(request), today()).held)


TABS = (("my_work", _("待办")), ("overview", overseeing.Overview.title))
navigation.register(navigation.NavItem("my_work", _("我的工作"), "my_work", 10, _is_staff, phone=True, tabs=TABS))
navigation.register(navigation.NavItem("audit", _("审计"), "audit_trail", 90, phone=True))

context.describe_territory_by(lambda request: views.territory(authority_of(actor(request), today())))

urlpatterns = [
    path("", views.home, name="home"),
    path("work/", views.my_work, name="my_work"),
    path("help/", views.role_guide, name="role_guide"),
    path("overview/", overseeing.overview, name="overview"),
    path("overview/<str:code>/", overseeing.overview_records, name=overseeing.RECORDS),
    path("search/", searching.search, name=finding.PAGE),
    path("audit/", page_of(TrailList, checking.auditing), name="audit_trail"),
    path("audit/head/", views.audit_head, name="audit_head"),
    path("audit/verify/", checking.audit_verify, name="audit_verify"),
]
