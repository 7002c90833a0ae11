"""Addresses of the settings pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.desks import page_of
from linli.law.policies.web import guides, views

navigation.register(navigation.NavItem("settings", _("设置"), "settings_home", 95))

urlpatterns = [
    path("guide/", guides.guide_list, name="guide_list"),
    path("guide/<str:scheme>/<str:code>/", guides.guide, name="guide"),
    path("settings/", views.settings_home, name="settings_home"),
    path("settings/packs/<str:scheme>/", views.pack_detail, name="pack_detail"),
    path("settings/working-days/", views.working_days, name="working_days"),
    path("settings/working-days/load/", page_of(views.LoadYear, views.loading), name="working_days_load"),
]
