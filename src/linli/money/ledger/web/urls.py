"""Addresses of the funds' pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.money.ledger.web import carrying, exports, forms_views, views

navigation.register(navigation.NavItem("funds", _("资金"), "fund_list", 70))

urlpatterns = [
    path("funds/", views.fund_list, name="fund_list"),
    path("funds/journals/<str:number>/", views.journal_detail, name="journal_detail"),
    path("funds/journals/<str:number>/voucher.pdf", exports.journal_voucher, name="journal_voucher"),
    path("funds/journals/<str:number>/correct/", forms_views.journal_correct, name="journal_correct"),
    path("funds/carry-overs/<str:number>/", carrying.carry_over_detail, name="carry_over_detail"),
    *(
        path(
            f"funds/carry-overs/<str:number>/{code}/",
            carrying.carry_over_step,
            {"code": code},
            name=f"carry_over_{code}",
        )
        for code in ("approve", "decline", "reverse")
    ),
    path("funds/<str:code>/carry-over/", carrying.carry_over_list, name="carry_over_list"),
    path("funds/<str:code>/", views.fund_statement, name="fund_statement"),
    path("funds/<str:code>/statement.pdf", exports.statement_document, name="fund_statement_pdf"),
    path("funds/<str:code>/balances/", views.fund_balances, name="fund_balances"),
    path("funds/<str:code>/journals/", views.journal_list, name="journal_list"),
    path("funds/<str:code>/inflows/new/", forms_views.inflow_new, name="inflow_new"),
    path("funds/<str:code>/fees/new/", forms_views.fee_new, name="fee_new"),
    path("funds/<str:code>/excess/new/", forms_views.excess_new, name="excess_new"),
]
