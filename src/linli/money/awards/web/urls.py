"""Addresses of the pages of awards, payee accounts and receivables."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.money.awards.web import account_views, adjusting, changing, receivable_views, views

TABS = (
    ("award_list", _("待遇")),
    ("account_list", _("收款账户")),
    ("adjustment_list", _("重新核定")),
    ("receivable_list", _("应收回")),
)
navigation.register(navigation.NavItem("awards", _("待遇"), "award_list", 50, tabs=TABS))

urlpatterns = [
    path("awards/", views.award_list, name="award_list"),
    path("awards/accounts/", account_views.account_list, name="account_list"),
    path("awards/accounts/new/", account_views.account_new, name="account_new"),
    path("awards/accounts/<int:account_id>/confirm/", account_views.account_confirm, name="account_confirm"),
    path("awards/accounts/<int:account_id>/unmask/", account_views.account_unmask, name="account_unmask"),
    path("awards/adjustments/", adjusting.adjustment_list, name="adjustment_list"),
    path("awards/adjustments/preview/", adjusting.adjustment_preview, name="adjustment_preview"),
    path("awards/receivables/", receivable_views.receivable_list, name="receivable_list"),
    path("awards/receivables/<int:receivable_id>/recover/", receivable_views.recover, name="receivable_recover"),
    path("awards/receivables/<int:receivable_id>/waive/", receivable_views.waive, name="receivable_waive"),
    path("awards/<str:number>/", views.award_detail, name="award_detail"),
    path("awards/<str:number>/suspend/", changing.award_suspend, name="award_suspend"),
    path("awards/<str:number>/resume/", changing.award_resume, name="award_resume"),
    path("awards/<str:number>/amount/", changing.award_amount, name="award_amount"),
    path("awards/<str:number>/recalculate/", changing.award_recalculate, name="award_recalculate"),
    path("awards/<str:number>/end/", changing.award_end, name="award_end"),
    path("awards/<str:number>/review/", changing.award_review, name="award_review"),
]
