"""Addresses of the settings pages."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.pages import today
from linli.ground.users.queries import authority_of
from linli.law.policies.web import views


def _reads(request: HttpRequest) -> bool:
    return request.user.pk is not None and authority_of(request.user, today()).holds(*views.READERS)


navigation.register(navigation.NavItem("settings", _("设置"), "settings_home", 95, _reads))


def _loads(request: HttpRequest) -> bool:
    return request.user.pk is not None and authority_of(request.user, today()).holds(*views.LOADERS)


navigation.open_to(_reads, "settings_home", "pack_detail", "working_days")
navigation.open_to(_loads, "working_days_load")

urlpatterns = [
    path("settings/", views.settings_home, name="settings_home"),
    path("settings/packs/<str:scheme>/", views.pack_detail, name="pack_detail"),
    path("settings/working-days/", views.working_days, name="working_days"),
    path("settings/working-days/load/", views.working_days_load, name="working_days_load"),
]
