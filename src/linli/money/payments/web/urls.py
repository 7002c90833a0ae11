"""Addresses of the payments' pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens import navigation
from linli.money.payments.steps import BATCH
from linli.money.payments.web import acting, exports, returned, views
from linli.money.payments.web.steps import BOUND

TABS = (
    ("batch_list", pgettext_lazy("tab", "批次")),
    ("payment_months", _("各月")),
    ("returned_list", pgettext_lazy("bank", "退回")),
    ("arrears_list", _("欠付")),
)
navigation.register(navigation.NavItem("payments", _("发放"), "batch_list", 60, phone=True, tabs=TABS))

urlpatterns = [
    path("payments/", views.batch_list, name="batch_list"),
    path("payments/new/", acting.batch_new, name="batch_new"),
    path("payments/returned/", returned.returned_list, name="returned_list"),
    path("payments/months/", views.month_list, name="payment_months"),
    path("payments/arrears/", views.arrears_list, name="arrears_list"),
    path("payments/reconcile/", acting.reconcile, name="reconcile"),
    path("payments/<str:number>/", views.batch_detail, name="batch_detail"),
    *(
        path(
            f"payments/<str:number>/{BATCH.step(code).path}/",
            acting.batch_step,
            {"code": code},
            name=f"batch_{code}",
        )
        for code in BOUND
    ),
    path("payments/<str:number>/sheet.pdf", exports.batch_paper, name="batch_paper"),
    path("payments/<str:number>/file/", views.batch_file, name="batch_file"),
]
