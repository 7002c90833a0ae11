"""Papers promised and not brought: before acceptance they are missing; after it somebody has to ask for them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from linli.aid.assistance.codes import ApplicationState, PaperState
from linli.aid.assistance.models import Application, Paper
from linli.aid.assistance.queries.papers import PaperView

# Accepted on a promise, and the paper is still wanted: a granted family goes on being paid on it.
AFTER_ACCEPTANCE = (
    ApplicationState.ACCEPTED,
    ApplicationState.ASSESSING,
    ApplicationState.ASSESSED,
    ApplicationState.OPINION_GIVEN,
    ApplicationState.REVIEWED,
    ApplicationState.PUBLISHED,
    ApplicationState.OBJECTED,
    ApplicationState.GRANTED,
)


def overdue_promises(rows: QuerySet[Application, Any], on: date) -> QuerySet[Paper, Any]:
    """The papers of accepted applications whose promised day has passed, the longest overdue first."""
    return Paper.objects.filter(
        state=PaperState.PROMISED,
        promised_date__lt=on,
        application__state__in=AFTER_ACCEPTANCE,
        application__in=rows,
    ).order_by("promised_date", "pk")


def overdue_of(state: ApplicationState, papers: Sequence[PaperView], on: date) -> list[PaperView]:
    """Those of one case's papers."""
    return [
        paper
        for paper in papers
        if paper.recorded == PaperState.PROMISED
        and paper.promised_date is not None
        and paper.promised_date < on
        and state in AFTER_ACCEPTANCE
    ]
