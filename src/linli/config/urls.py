"""Root URLs: each room's faces, composed here and nowhere else."""

from django.urls import URLPattern, URLResolver, include, path

from linli.config import probes
from linli.foundation.screens import sets, undoing
from linli.foundation.screens.drafting import keep_draft
from linli.foundation.screens.exporting import export_ask, export_detail, export_drop, export_file
from linli.foundation.screens.viewing import view_drop, view_edit, view_new

handler500 = "linli.foundation.screens.pages.broken"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("linli.overview.workbench.web.urls")),
    path("", include("linli.ground.users.web.urls")),
    path("", include("linli.law.policies.web.urls")),
    path("", include("linli.overview.planning.web.urls")),
    path("health/", probes.health, name="health"),
    path("metrics/", probes.metrics, name="metrics"),
    path("drafts/", keep_draft, name="draft_keep"),
    path("receipts/<slug:key>/", sets.receipt, name=sets.RECEIPT),
    path("exports/", export_ask, name="export_ask"),
    path("exports/<int:number>/", export_detail, name="export_detail"),
    path("exports/<int:number>/drop/", export_drop, name="export_drop"),
    path("exports/<int:number>/file/", export_file, name="export_file"),
    path("undo/", undoing.undo, name="undo"),
    path("views/new/", view_new, name="view_new"),
    path("views/<int:number>/", view_edit, name="view_edit"),
    path("views/<int:number>/drop/", view_drop, name="view_drop"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("linli.registry.residents.web.urls")),
    path("", include("linli.registry.partners.web.urls")),
    path("", include("linli.registry.newcomers.web.urls")),
    path("", include("linli.ground.notifications.web.urls")),
    path("", include("linli.aid.assistance.web.urls")),
    path("", include("linli.money.awards.web.urls")),
    path("", include("linli.money.payments.web.urls")),
    path("", include("linli.money.ledger.web.urls")),
]
