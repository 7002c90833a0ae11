"""Addresses of the registry's pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens import navigation
from linli.foundation.screens.desks import page_of
from linli.foundation.screens.records import pages_of
from linli.registry.residents.web.views import browsing, linking, moving, recording, registering
from linli.registry.residents.web.views.desk import reading
from linli.registry.residents.web.views.desk import registering as writing

TABS = (
    ("resident_list", _("家庭")),
    ("people_list", pgettext_lazy("registry", "居民")),
    ("link_list", linking.LinkList.title),
)
navigation.register(
    navigation.NavItem("residents", pgettext_lazy("registry", "居民"), "resident_list", 20, phone=True, tabs=TABS)
)

urlpatterns = [
    path("residents/", browsing.resident_list, name="resident_list"),
    path("residents/people/", browsing.people_list, name="people_list"),
    path("residents/import/", page_of(registering.HouseholdImport, writing), name="household_import"),
    path("residents/import/template/", registering.household_template, name="household_template"),
    path("residents/print-signs/", page_of(registering.PrintSigns, writing), name="print_signs"),
    path("residents/new/", page_of(registering.NewHouseholdPage, writing), name="household_new"),
    path("residents/households/<str:number>/", browsing.household_detail, name="household_detail"),
    path(
        "residents/households/<str:number>/members/new/", page_of(registering.NewMemberPage, writing), name="member_new"
    ),
    path("residents/households/<str:number>/facts/new/", page_of(recording.NewFactPage, writing), name="fact_new"),
    path(
        "residents/households/<str:number>/found/new/", page_of(recording.Identify, writing), name="identification_new"
    ),
    path(
        "residents/households/<str:number>/guardians/new/", page_of(recording.AddGuardian, writing), name="guardian_new"
    ),
    path(
        "residents/households/<str:number>/guardians/<int:guardianship_id>/end/",
        page_of(recording.EndGuardian, writing),
        name="guardian_end",
    ),
    path("residents/accounts/link/", page_of(linking.LinkAccount, linking.linking), name="account_link"),
    *pages_of(linking.LinkPage, linking.reading_links, "residents/links/"),
    path("residents/households/<str:number>/kin/new/", page_of(recording.AddKinship, writing), name="kinship_new"),
    path(
        "residents/households/<str:number>/relations/", page_of(moving.Relations, writing), name="household_relations"
    ),
    path("residents/households/<str:number>/move/", page_of(moving.MoveHousehold, writing), name="household_move"),
    path(
        "residents/households/<str:number>/move/correct/",
        page_of(moving.CorrectMove, writing),
        name="household_move_correct",
    ),
    path("residents/people/<str:number>/", browsing.resident_detail, name="resident_detail"),
    path("residents/people/<str:number>/move/", page_of(moving.MoveResident, writing), name="resident_move"),
    path("residents/people/<str:number>/leave/", page_of(moving.Leave, writing), name="resident_leave"),
    path("residents/people/<str:number>/death/", page_of(moving.Death, writing), name="resident_death"),
    path(
        "residents/people/<str:number>/departure/", page_of(moving.CorrectDeparture, writing), name="resident_departure"
    ),
    path("residents/people/<str:number>/return/", page_of(moving.Return, writing), name="resident_return"),
    path("residents/people/<str:number>/correct/", page_of(moving.Correct, writing), name="resident_correct"),
    path("residents/unmask/<str:number>/<str:field>/", page_of(browsing.UnmaskField, reading), name="unmask_field"),
]
