"""Root URLs: each room's faces, composed here and nowhere else."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("linli.workbench.web.urls")),
    path("", include("linli.users.web.urls")),
    path("", include("linli.policies.web.urls")),
    path("", include("linli.planning.web.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("linli.residents.web.urls")),
    path("", include("linli.notifications.web.urls")),
    path("", include("linli.assistance.web.urls")),
    path("", include("linli.awards.web.urls")),
    path("", include("linli.payments.web.urls")),
    path("", include("linli.ledger.web.urls")),
]
