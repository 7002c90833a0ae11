"""Addresses of the funds' pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.desks import page_of
from linli.foundation.screens.records import pages_of
from linli.money.ledger.web import acting, views
from linli.money.ledger.web.desk import accepting, reading
from linli.money.ledger.web.lists import BalanceList, FundList, JournalList
from linli.money.ledger.web.proposing import ProposalPage

TABS = (("fund_list", _("资金")), ("proposal_list", _("双人复核")))
navigation.register(navigation.NavItem("funds", _("资金"), "fund_list", 70, tabs=TABS))

urlpatterns = [
    path("funds/", page_of(FundList, reading), name="fund_list"),
    path("funds/journals/<str:number>/", views.journal_detail, name="journal_detail"),
    path("funds/journals/<str:number>/voucher.pdf", views.journal_voucher, name="journal_voucher"),
    path("funds/journals/<str:number>/correct/", page_of(acting.Correct, reading), name="journal_correct"),
    *pages_of(acting.CarryOverPage, reading, "funds/carry-overs/"),
    *pages_of(ProposalPage, reading, "funds/proposals/"),
    path("funds/<str:code>/carry-over/", page_of(acting.CarryOvers, reading), name="carry_over_list"),
    path("funds/<str:code>/", views.fund_statement, name="fund_statement"),
    path("funds/<str:code>/statement.pdf", views.statement_document, name="fund_statement_pdf"),
    path("funds/<str:code>/balances/", page_of(BalanceList, reading), name="fund_balances"),
    path("funds/<str:code>/journals/", page_of(JournalList, reading), name="journal_list"),
    path("funds/<str:code>/inflows/new/", page_of(acting.Inflow, reading), name="inflow_new"),
    path("funds/<str:code>/fees/new/", page_of(acting.Fee, reading), name="fee_new"),
    path("funds/<str:code>/excess/new/", page_of(acting.Excess, accepting), name="excess_new"),
]
