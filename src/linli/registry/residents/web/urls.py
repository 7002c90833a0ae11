"""Addresses of the registry's pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens import navigation
from linli.registry.residents.web.views import (
    amending,
    browsing,
    importing,
    linking,
    moving,
    printing,
    recording,
    registering,
    unmasking,
)

TABS = (("resident_list", _("家庭")), ("people_list", pgettext_lazy("registry", "居民")))
navigation.register(
    navigation.NavItem("residents", pgettext_lazy("registry", "居民"), "resident_list", 20, phone=True, tabs=TABS)
)

urlpatterns = [
    path("residents/", browsing.resident_list, name="resident_list"),
    path("residents/people/", browsing.people_list, name="people_list"),
    path("residents/import/", importing.household_import, name="household_import"),
    path("residents/import/template/", importing.household_template, name="household_template"),
    path("residents/print-signs/", printing.print_signs, name="print_signs"),
    path("residents/new/", registering.household_new, name="household_new"),
    path("residents/households/<str:number>/", browsing.household_detail, name="household_detail"),
    path("residents/households/<str:number>/members/new/", registering.member_new, name="member_new"),
    path("residents/households/<str:number>/facts/new/", recording.fact_new, name="fact_new"),
    path("residents/households/<str:number>/found/new/", recording.identification_new, name="identification_new"),
    path("residents/households/<str:number>/guardians/new/", recording.guardian_new, name="guardian_new"),
    path(
        "residents/households/<str:number>/guardians/<int:guardianship_id>/end/",
        recording.guardian_end,
        name="guardian_end",
    ),
    path("residents/accounts/link/", linking.account_link, name="account_link"),
    path("residents/households/<str:number>/kin/new/", recording.kinship_new, name="kinship_new"),
    path("residents/households/<str:number>/move/", moving.household_move, name="household_move"),
    path(
        "residents/households/<str:number>/move/correct/",
        amending.household_move_correct,
        name="household_move_correct",
    ),
    path("residents/people/<str:number>/", browsing.resident_detail, name="resident_detail"),
    path("residents/people/<str:number>/move/", moving.resident_move, name="resident_move"),
    path("residents/people/<str:number>/leave/", moving.resident_leave, name="resident_leave"),
    path("residents/people/<str:number>/death/", moving.resident_death, name="resident_death"),
    path("residents/people/<str:number>/departure/", amending.resident_departure, name="resident_departure"),
    path("residents/people/<str:number>/return/", amending.resident_return, name="resident_return"),
    path("residents/people/<str:number>/correct/", moving.resident_correct, name="resident_correct"),
    path("residents/unmask/<str:number>/<str:field>/", unmasking.unmask_field, name="unmask_field"),
]
