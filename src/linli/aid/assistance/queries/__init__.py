"""Reads of the case; each takes the reader's scope. Import them from here."""

from linli.aid.assistance.queries.assessor_sheet import Sheet, sheet
from linli.aid.assistance.queries.deadlines import ClockView
from linli.aid.assistance.queries.detail import ApplicationDetail, application_detail
from linli.aid.assistance.queries.facts import case_facts
from linli.aid.assistance.queries.invariants import invariants
from linli.aid.assistance.queries.listing import (
    ApplicationFilter,
    ApplicationRow,
    OwnApplication,
    applications,
    own_applications,
)
from linli.aid.assistance.queries.notices import (
    PublicationDetail,
    PublicationRow,
    publication_detail,
    publication_page,
    publications,
)
from linli.aid.assistance.queries.papers import PaperView
from linli.aid.assistance.queries.reasons import Reason, reason_chain
from linli.aid.assistance.queries.standing import changed_cases, lapsed_cases
from linli.aid.assistance.queries.worklist import WorkItem, work_items
