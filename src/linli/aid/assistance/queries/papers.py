"""The checklist of papers as pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linli.aid.assistance.codes import PaperState
from linli.aid.assistance.models import Paper
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
        tuple(_WHY[reason] if reason in _WHY else pack.groups[reason].label for reason in row.because_of.split(",")),
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
