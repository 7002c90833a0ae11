"""Addresses of accounts."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import cells, navigation, pages, reminding
from linli.foundation.screens.desks import everybody, page_of
from linli.foundation.screens.records import pages_of
from linli.ground.users.operations.reminding import remind
from linli.ground.users.queries import names
from linli.ground.users.web import administration, own, territory, views
from linli.ground.users.web.access import AccessPage
from linli.ground.users.web.again import is_sure
from linli.ground.users.web.desk import administering, organising, securing
from linli.ground.users.web.lists import UserList
from linli.ground.users.web.looks import AskForLooks, LooksPage, asking_for_looks, looking

TABS = (("user_list", _("账号与角色")), ("access_list", _("授权申请")), ("area_list", _("区划")))
navigation.register(navigation.NavItem("organisation", _("组织"), "user_list", 85, phone=True, tabs=TABS))

cells.name_hands_by(names)
pages.be_sure_by(is_sure)
reminding.remind_by(lambda act, told: remind(act, told=told))

urlpatterns = [
    path("log-in/", views.log_in, name="log_in"),
    path("log-in/factor/", views.log_in_factor, name="log_in_factor"),
    path("log-out/", views.log_out, name="log_out"),
    path("preferences/", views.preferences, name="preferences"),
    path("remind/", reminding.remind, name="remind"),
    path("password/", views.password_change, name="password_change"),
    path("account/", own.own_account, name="own_account"),
    path("account/notices/", page_of(own.Notices, everybody), name="notices"),
    path("account/factors/new/", page_of(own.EnrolTotp, everybody), name="enrol"),
    path("account/factors/passkey/", page_of(own.EnrolPasskey, everybody), name="enrol_passkey"),
    path("account/factors/<int:factor_id>/remove/", page_of(own.RemoveFactor, everybody), name="factor_remove"),
    path("account/sessions/others/", page_of(own.EndOtherSessions, everybody), name="sessions_end_others"),
    path("account/sessions/<str:session>/end/", page_of(own.EndSession, everybody), name="session_end"),
    path("looks/ask/", page_of(AskForLooks, asking_for_looks), name="looks_ask"),
    *pages_of(LooksPage, looking, "looks/"),
    *pages_of(AccessPage, organising, "organisation/access/"),
    path("organisation/accounts/", page_of(UserList, organising), name="user_list"),
    path("organisation/accounts/new/", page_of(administration.NewAccount, administering), name="user_new"),
    path(
        "organisation/accounts/denied/<int:notice_id>/",
        page_of(administration.SettleDenial, securing),
        name="denial_settle",
    ),
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
        "organisation/accounts/of/<str:username>/sessions/<str:session>/end/",
        page_of(administration.EndOneSession, administering),
        name="user_session_end",
    ),
    path(
        "organisation/accounts/of/<str:username>/recovery/",
        page_of(administration.Recovery, administering),
        name="user_recovery",
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
