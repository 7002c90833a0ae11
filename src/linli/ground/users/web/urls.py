"""Addresses of accounts."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import cells, navigation, reminding
from linli.foundation.screens.desks import page_of
from linli.ground.users.operations.reminding import remind
from linli.ground.users.queries import names
from linli.ground.users.web import administration, territory, views
from linli.ground.users.web.desk import administering
from linli.ground.users.web.lists import UserList

TABS = (("user_list", _("账号与角色")), ("area_list", _("区划")))
navigation.register(navigation.NavItem("organisation", _("组织"), "user_list", 85, phone=True, tabs=TABS))

cells.name_hands_by(names)
reminding.remind_by(lambda act, told: remind(act, told=told))

urlpatterns = [
    path("log-in/", views.log_in, name="log_in"),
    path("log-out/", views.log_out, name="log_out"),
    path("preferences/", views.preferences, name="preferences"),
    path("remind/", reminding.remind, name="remind"),
    path("password/", views.password_change, name="password_change"),
    path("organisation/accounts/", page_of(UserList, administering), name="user_list"),
    path("organisation/accounts/new/", page_of(administration.NewAccount, administering), name="user_new"),
    path("organisation/accounts/of/<str:username>/", administration.user_detail, name="user_detail"),
    path(
        "organisation/accounts/of/<str:username>/close/",
        page_of(administration.Close, administering),
        name="user_close",
    ),
    path(
        "organisation/accounts/of/<str:username>/reopen/",
        page_of(administration.Reopen, administering),
        name="user_reopen",
    ),
    path(
        "organisation/accounts/of/<str:username>/sessions/",
        page_of(administration.EndSessions, administering),
        name="user_sessions",
    ),
    path(
        "organisation/accounts/of/<str:username>/password/",
        page_of(administration.NewPassword, administering),
        name="user_password",
    ),
    path(
        "organisation/accounts/of/<str:username>/roles/new/",
        page_of(administration.Assign, administering),
        name="assignment_new",
    ),
    path(
        "organisation/accounts/of/<str:username>/roles/<int:assignment_id>/end/",
        page_of(administration.EndAssignment, administering),
        name="assignment_end",
    ),
    path("organisation/areas/", territory.area_list, name="area_list"),
    path("organisation/areas/new/", page_of(territory.NewAreaPage, administering), name="area_new"),
    path("organisation/areas/import/", page_of(territory.AreaImport, administering), name="area_import"),
    path("organisation/areas/template/", territory.area_template, name="area_template"),
    path("organisation/areas/of/<str:code>/name/", page_of(territory.Rename, administering), name="area_rename"),
    path("organisation/areas/of/<str:code>/office/", page_of(territory.Office, administering), name="area_office"),
]
