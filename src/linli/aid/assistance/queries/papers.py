"""The checklist of papers as pages show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from linli.aid.assistance.codes import ApplicationState, PaperState
from linli.aid.assistance.models import Application, Paper
from linli.aid.assistance.rules.papers import PaperFacts, state_on
from linli.kernel.bilingual import Text
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.papers import BASE, PROXY

_WHY = {
    BASE: Text("所有申请", "every application"),
    PROXY: Text("由他人代办", "somebody applies on behalf of the applicant"),
}


@dataclass(frozen=True)
class PaperView:
    """One demanded paper: why, ``state`` today (a paper past its date is EXPIRED, a broken promise MISSING)."""

    code: str
    label: Text
    because_of: tuple[Text, ...]
    legal_basis: str
    state: PaperState
    recorded: PaperState
    issued_date: date | None
    expires_date: date | None
    promised_date: date | None
    note: str
    file_key: str
    file_name: str
    file_type: str
    waivable: bool
    promisable: bool


class PaperOnFile(NamedTuple):
    """A paper that was given with another application and still counts."""

    number: str
    issued_date: date | None
    file_key: str
    file_name: str
    file_sha256: str
    file_type: str


def papers_on_file(household_id: int, on: date) -> Mapping[tuple[int, str], PaperOnFile]:
    """What the household gave with earlier applications and is still good, the newest of each applicant (id) and code.

    A proof given once is not asked for again (一件事); one statement.
    """
    given = Paper.objects.filter(application__household_id=household_id, state=PaperState.PRESENT)
    rows = given.exclude(expires_date__lt=on).select_related("application").order_by("recorded_at", "pk")
    return {
        (row.application.applicant_id, row.code): PaperOnFile(
            row.application.number, row.issued_date, row.file_key, row.file_name, row.file_sha256, row.file_type
        )
        for row in rows
    }


def because(pack: Pack, reasons: Iterable[str]) -> tuple[Text, ...]:
    """Why a paper is demanded, in words."""
    return tuple(_WHY[one] if one in _WHY else pack.groups[one].label for one in reasons)


def paper_facts(papers: Iterable[Paper]) -> list[PaperFacts]:
    """The papers as the rules see them."""
    return [PaperFacts(paper.code, paper.state, paper.expires_date, paper.promised_date) for paper in papers]


def paper_view(pack: Pack, row: Paper, on: date) -> PaperView:
    """The paper on a day."""
    spec = pack.papers[row.code]
    facts = PaperFacts(row.code, row.state, row.expires_date, row.promised_date)
    return PaperView(
        row.code,
        spec.label,
        because(pack, row.because_of.split(",")),
        spec.basis.legal_basis,
        PaperState(state_on(facts, on)),
        PaperState(row.state),
        row.issued_date,
        row.expires_date,
        row.promised_date,
        row.note,
        row.file_key,
        row.file_name,
        row.file_type,
        spec.waivable,
        spec.promisable,
    )


# --- papers promised and not brought: before acceptance they are missing; after it somebody has to ask for them ---


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
