"""Addresses of the funds' pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.listings import page_of
from linli.money.ledger.web import acting, views
from linli.money.ledger.web.desk import reading
from linli.money.ledger.web.lists import FundList

navigation.register(navigation.NavItem("funds", _("资金"), "fund_list", 70))

urlpatterns = [
    path("funds/", page_of(FundList, reading), name="fund_list"),
    path("funds/journals/<str:number>/", views.journal_detail, name="journal_detail"),
    path("funds/journals/<str:number>/voucher.pdf", views.journal_voucher, name="journal_voucher"),
    path("funds/journals/<str:number>/correct/", acting.journal_correct, name="journal_correct"),
    path("funds/carry-overs/<str:number>/", acting.carry_over_detail, name="carry_over_detail"),
    *(
        path(
            f"funds/carry-overs/<str:number>/{code}/",
            acting.carry_over_step,
            {"code": code},
            name=f"carry_over_{code}",
        )
        for code in ("approve", "decline", "reverse")
    ),
    path("funds/<str:code>/carry-over/", acting.carry_over_list, name="carry_over_list"),
    path("funds/<str:code>/", views.fund_statement, name="fund_statement"),
    path("funds/<str:code>/statement.pdf", views.statement_document, name="fund_statement_pdf"),
    path("funds/<str:code>/balances/", views.fund_balances, name="fund_balances"),
    path("funds/<str:code>/journals/", views.journal_list, name="journal_list"),
    path("funds/<str:code>/inflows/new/", acting.inflow_new, name="inflow_new"),
    path("funds/<str:code>/fees/new/", acting.fee_new, name="fee_new"),
    path("funds/<str:code>/excess/new/", acting.excess_new, name="excess_new"),
]
