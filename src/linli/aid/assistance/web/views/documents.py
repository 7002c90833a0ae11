"""Printed forms: the 救助申请表, filled or blank, and the visit form."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from linli.aid.assistance.queries.detail import ApplicationDetail
from linli.aid.assistance.queries.screens import preview
from linli.aid.assistance.web.desk import case_or_404, reading, receiving
from linli.aid.assistance.web.presenters import current_assessment
from linli.aid.assistance.web.printing import application_sheet, blank_application_sheet, page_language, visit_sheet
from linli.aid.assistance.web.scheme import scheme_in_force
from linli.foundation.files.documents import render_pdf
from linli.foundation.screens.exporting import show_pdf
from linli.foundation.screens.pages import found_or_404
from linli.foundation.screens.reads import note_read
from linli.ground.users.queries.desks import Desk
from linli.registry.residents.queries import HouseholdDetail, household_detail


@reading
@require_GET
def application_form_pdf(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The 救助申请表 of a case, as it is signed on paper."""
    case = case_or_404(request, desk, number)
    sheet = application_sheet(case, _home(desk, case))
    return show_pdf(render_pdf("form_sheet.typ", sheet, language=page_language()), f"{number}.pdf")


@receiving
@require_GET
def application_blank_pdf(request: HttpRequest, desk: Desk, household: str) -> HttpResponse:
    """The 救助申请表 for a household, to fill in by hand."""
    home = found_or_404(household_detail, desk.reads, household, on=desk.on)
    note_read(request, where=home.stamp, subject=f"household:{household}")
    sheet = blank_application_sheet(scheme_in_force(desk.on)[1], home)
    return show_pdf(render_pdf("form_sheet.typ", sheet, language=page_language()), f"{household}.pdf")


@reading
@require_GET
def visit_form_pdf(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A blank visit form for a case, to fill in by hand."""
    case = case_or_404(request, desk, number)
    assessment = current_assessment(case)
    seats, expected = (
        ((), None) if assessment is None else (assessment.seats, preview(assessment.assessment_id, desk.on))
    )
    sheet = visit_sheet(case, _home(desk, case), seats, expected)
    return show_pdf(render_pdf("form_sheet.typ", sheet, language=page_language()), f"{number}-visit.pdf")


def _home(desk: Desk, case: ApplicationDetail) -> HouseholdDetail:
    """The family; a household that moved away since is no longer in sight, and neither is its form."""
    return found_or_404(household_detail, desk.reads, case.household, on=desk.on)
