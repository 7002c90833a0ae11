"""The product's pages with those of money, whatever the root composes."""

from django.urls import include, path

from linli.config.urls import urlpatterns as composed

urlpatterns = [
    path("", include("linli.ledger.web.urls")),
    path("", include("linli.awards.web.urls")),
    path("", include("linli.payments.web.urls")),
    *composed,
]
