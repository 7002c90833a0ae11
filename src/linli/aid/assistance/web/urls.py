"""Addresses of the case."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.aid.assistance.web.desk import own as everyone
from linli.aid.assistance.web.desk import reading
from linli.aid.assistance.web.lists import PublicationList, RenewalList
from linli.aid.assistance.web.views import (
    apply,
    cases,
    documents,
    notices,
    own,
    own_new,
    papers,
    progress,
    renewals,
    sheet,
    together,
)
from linli.foundation.screens import navigation
from linli.foundation.screens.desks import page_of
from linli.foundation.screens.pages import today
from linli.ground.users.queries import authority_of
from linli.registry.residents.queries.near import own_family
from linli.registry.residents.queries.own import own_household_ids

TABS = (
    ("application_list", pgettext_lazy("page", "申请")),
    ("publication_list", pgettext_lazy("page", "公示")),
    ("renewal_list", _("年度复核")),
    ("letter_list", _("待送达文书")),
)


def _is_family(request: HttpRequest) -> bool:
    """Whether there is a household to show. Whose family is one's own is remembered with the person's roles."""
    user, on = request.user, today()
    if user.pk is None or not own_family(authority_of(user, on), on).people:
        return False
    return bool(own_household_ids(user.pk, on))


navigation.register(navigation.NavItem("assistance", _("救助"), "application_list", 30, phone=True, tabs=TABS))
navigation.register(navigation.NavItem("notices", pgettext_lazy("page", "公示"), "publication_list", 35, tabs=TABS))
navigation.register(navigation.NavItem("my_applications", _("我的申请"), "my_applications", 15, _is_family, phone=True))

urlpatterns = [
    path("cases/", cases.application_list, name="application_list"),
    path("cases/new/", apply.application_new, name="application_new"),
    path("cases/new/<str:household>.pdf", documents.application_blank_pdf, name="application_blank_pdf"),
    path("cases/together/<str:code>/", together.application_bulk, name="application_bulk"),
    path("cases/<str:number>/", cases.application_detail, name="application_detail"),
    path("cases/<str:number>/reasons/", cases.application_reasons, name="application_reasons"),
    path("cases/<str:number>/papers/", papers.application_papers, name="application_papers"),
    path("cases/<str:number>/papers/<str:code>/file/", papers.paper_file, name="paper_file"),
    path("cases/<str:number>/form.pdf", documents.application_form_pdf, name="application_form_pdf"),
    path("cases/<str:number>/visit.pdf", documents.visit_form_pdf, name="visit_form_pdf"),
    path("cases/<str:number>/do/<str:code>/", page_of(cases.CaseStep, reading), name="application_deed"),
    path("sheets/<int:assessment_id>/", sheet.assessment_sheet, name="assessment_sheet"),
    path("publications/", page_of(PublicationList, notices.reading), name="publication_list"),
    path("publications/<str:number>/", page_of(notices.PublicationPage, notices.reading), name="publication_detail"),
    path("publications/<str:number>/poster.pdf", notices.publication_poster, name="publication_poster"),
    path(
        "publications/<str:number>/discard/",
        page_of(notices.DiscardPublication, notices.reading),
        name="publication_discard",
    ),
    path("publications/<str:number>/proof/", notices.publication_proof, name="publication_proof"),
    path("renewals/", page_of(RenewalList, reading), name="renewal_list"),
    path("renewals/<int:renewal_id>/", page_of(renewals.RenewalPage, reading), name="renewal_detail"),
    path("progress/", progress.progress, name="progress"),
    path("notices/", notices.public_notices, name="public_notices"),
    path("notice/<str:token>/", notices.public_notice, name="public_notice"),
    path("mine/", own.my_applications, name="my_applications"),
    path("mine/new/", own_new.my_apply, name="my_apply"),
    path("mine/new/check/", own_new.my_apply_check, name="my_apply_check"),
    path("mine/new/discard/", own_new.my_apply_discard, name="my_apply_discard"),
    path("mine/new/<str:code>/", own_new.my_apply_step, name="my_apply_step"),
    path("mine/<str:number>/", own.my_application, name="my_application"),
    path("mine/<str:number>/withdraw/", page_of(own.Withdraw, everyone), name="my_withdraw"),
    path("mine/<str:number>/letters/<str:letter>/", own.my_letter, name="my_letter"),
    path("mine/<str:number>/letters/<str:letter>/pdf/", own.my_letter_pdf, name="my_letter_pdf"),
]
