"""Addresses of the payments' pages."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.pages import today
from linli.ground.users.queries import authority_of
from linli.money.payments.permissions import payments_scope
from linli.money.payments.steps import BATCH
from linli.money.payments.web import acting, returned, views
from linli.money.payments.web.steps import BOUND


def _reads(request: HttpRequest) -> bool:
    return request.user.pk is not None and bool(payments_scope(authority_of(request.user, today())))


navigation.register(navigation.NavItem("payments", _("发放"), "batch_list", 60, _reads, phone=True))
navigation.open_to(_reads, "batch_list", "batch_detail", "payment_months")

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
    path("payments/<str:number>/sheet.pdf", views.batch_paper, name="batch_paper"),
    path("payments/<str:number>/file/", views.batch_file, name="batch_file"),
]
