"""Addresses of the partners' pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.desks import page_of
from linli.foundation.screens.records import pages_of
from linli.registry.partners.web.views import AgreementPage, NewAgreement, reading, writing

navigation.register(navigation.NavItem("partners", _("共建单位"), "agreement_list", 70))

urlpatterns = [
    path("partners/new/", page_of(NewAgreement, writing), name="agreement_new"),
    *pages_of(AgreementPage, reading, "partners/"),
]
