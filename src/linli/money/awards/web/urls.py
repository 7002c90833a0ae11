"""Addresses of the pages of awards, payee accounts and receivables."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.desks import page_of
from linli.money.awards.web import acting, views
from linli.money.awards.web.desk import proposing, reading
from linli.money.awards.web.lists import AccountList, AdjustmentList, AwardList, PreviewList, ReceivableList

TABS = (
    ("award_list", _("待遇")),
    ("account_list", _("收款账户")),
    ("adjustment_list", _("重新核定")),
    ("receivable_list", _("应收回")),
)
navigation.register(navigation.NavItem("awards", _("待遇"), "award_list", 50, tabs=TABS))

urlpatterns = [
    path("awards/", page_of(AwardList, reading), name="award_list"),
    path("awards/accounts/", page_of(AccountList, reading), name="account_list"),
    path("awards/accounts/new/", page_of(acting.NewAccountPage, proposing), name="account_new"),
    path("awards/accounts/<int:account_id>/confirm/", acting.account_confirm, name="account_confirm"),
    path("awards/accounts/<int:account_id>/unmask/", page_of(acting.UnmaskAccount, reading), name="account_unmask"),
    path("awards/adjustments/", page_of(AdjustmentList, reading), name="adjustment_list"),
    path("awards/adjustments/preview/", page_of(PreviewList, reading), name="adjustment_preview"),
    path("awards/receivables/", page_of(ReceivableList, reading), name="receivable_list"),
    *(
        path(
            f"awards/receivables/<int:receivable_id>/{code}/",
            acting.receivable_step,
            {"code": code},
            f"receivable_{code}",
        )
        for code in ("recover", "waive")
    ),
    path("awards/<str:number>/", views.award_detail, name="award_detail"),
    path("awards/<str:number>/suspend/", page_of(acting.Suspend, reading), name="award_suspend"),
    path("awards/<str:number>/resume/", page_of(acting.Resume, reading), name="award_resume"),
    path("awards/<str:number>/amount/", page_of(acting.ChangeAmount, reading), name="award_amount"),
    path("awards/<str:number>/recalculate/", page_of(acting.Recalculate, reading), name="award_recalculate"),
    path("awards/<str:number>/end/", page_of(acting.End, reading), name="award_end"),
    path("awards/<str:number>/review/", page_of(acting.Review, reading), name="award_review"),
]
