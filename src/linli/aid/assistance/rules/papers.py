"""Whether a paper satisfies what is demanded, on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

PRESENT, MISSING, EXPIRED, WAIVED, PROMISED = "PRESENT", "MISSING", "EXPIRED", "WAIVED", "PROMISED"


@dataclass(frozen=True)
class PaperFacts:
    """What is known of one demanded paper; dates are those on the paper or of the promise."""

    code: str
    recorded: str  # PRESENT, MISSING, WAIVED or PROMISED, as recorded by a person
    expires_date: date | None = None
    promised_date: date | None = None


def state_on(paper: PaperFacts, on: date) -> str:
    """The state on a day: a paper past its date is EXPIRED, a broken promise is MISSING."""
    if paper.recorded == PRESENT and paper.expires_date is not None and paper.expires_date < on:
        return EXPIRED
    if paper.recorded == PROMISED and (paper.promised_date is None or paper.promised_date < on):
        return MISSING
    return paper.recorded


def lacking(papers: Iterable[PaperFacts], on: date) -> list[str]:
    """Codes of the papers that stand in the way of acceptance, in the order given."""
    return [paper.code for paper in papers if state_on(paper, on) in (MISSING, EXPIRED)]
