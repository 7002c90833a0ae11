"""Reads of the case; each takes the reader's scope. Import them from here."""

from linli.assistance.queries.assessor_sheet import Sheet, sheet
from linli.assistance.queries.deadlines import ClockView
from linli.assistance.queries.detail import ApplicationDetail, application_detail
from linli.assistance.queries.facts import case_facts
from linli.assistance.queries.invariants import invariants
from linli.assistance.queries.listing import (
    ApplicationFilter,
    ApplicationPage,
    ApplicationRow,
    OwnApplication,
    applications,
    own_applications,
)
from linli.assistance.queries.notices import (
    PublicationDetail,
    PublicationPage,
    PublicationRow,
    publication_detail,
    publication_page,
    publications,
)
from linli.assistance.queries.papers import PaperView
from linli.assistance.queries.reasons import Reason, reason_chain
from linli.assistance.queries.standing import changed_cases
from linli.assistance.queries.worklist import WorkCounts, WorkItem, work_counts, work_items

__all__ = [
    "ApplicationDetail",
    "ApplicationFilter",
    "ApplicationPage",
    "ApplicationRow",
    "ClockView",
    "OwnApplication",
    "PaperView",
    "PublicationDetail",
    "PublicationPage",
    "PublicationRow",
    "Reason",
    "Sheet",
    "WorkCounts",
    "WorkItem",
    "application_detail",
    "applications",
    "case_facts",
    "changed_cases",
    "invariants",
    "own_applications",
    "publication_detail",
    "publication_page",
    "publications",
    "reason_chain",
    "sheet",
    "work_counts",
    "work_items",
]
