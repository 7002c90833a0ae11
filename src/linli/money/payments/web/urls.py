"""Addresses of the payments' pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens import navigation
from linli.foundation.screens.desks import page_of
from linli.money.payments.steps import BATCH
from linli.money.payments.web import acting, views
from linli.money.payments.web.desk import checking, making, reading
from linli.money.payments.web.lists import ArrearsList, BatchList, MonthList, ReturnedList
from linli.money.payments.web.steps import BOUND

TABS = (
    ("batch_list", pgettext_lazy("tab", "批次")),
    ("payment_months", _("各月")),
    ("returned_list", pgettext_lazy("bank", "退回")),
    ("arrears_list", _("欠付")),
)
navigation.register(navigation.NavItem("payments", _("发放"), "batch_list", 60, phone=True, tabs=TABS))

urlpatterns = [
    path("payments/", page_of(BatchList, reading), name="batch_list"),
    path("payments/new/", page_of(acting.NewBatch, making), name="batch_new"),
    path("payments/returned/", page_of(ReturnedList, reading), name="returned_list"),
    path("payments/months/", page_of(MonthList, reading), name="payment_months"),
    path("payments/arrears/", page_of(ArrearsList, reading), name="arrears_list"),
    path("payments/reconcile/", page_of(acting.Reconcile, checking), name="reconcile"),
    path("payments/<str:number>/", page_of(views.BatchPage, reading), name="batch_detail"),
    *(
        path(
            f"payments/<str:number>/{BATCH.step(code).path}/",
            page_of(views.BatchPage, reading),
            {"code": code},
            name=f"batch_{code}",
        )
        for code in BOUND
    ),
    path("payments/<str:number>/sheet.pdf", views.batch_paper, name="batch_paper"),
    path("payments/<str:number>/file/", page_of(views.TakeFile, reading), name="batch_file"),
]
