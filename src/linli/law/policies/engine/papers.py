"""Which papers an application needs, and which are still missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.bilingual import Text
from linli.law.policies.engine.model import Pack, Paper

# Why a paper is demanded, besides the codes of groups.
BASE, PROXY = "BASE", "PROXY"


class PaperState(StrEnum):
    """What is known of a paper: waived because government data shows it, or promised 告知承诺 for later."""

    PRESENT = "PRESENT"
    MISSING = "MISSING"
    EXPIRED = "EXPIRED"
    WAIVED = "WAIVED"
    PROMISED = "PROMISED"


@dataclass(frozen=True)
class RequiredPaper:
    """A paper demanded; ``because_of`` holds BASE, PROXY or the codes of the groups that ask for it."""

    code: str
    label: Text
    because_of: tuple[str, ...]


def required_papers(pack: Pack, groups: Iterable[str], *, proxy: bool) -> tuple[RequiredPaper, ...]:
    """The papers for these groups, in the pack's order. Raises GroupUnknown."""
    claimed = [pack.group(code) for code in groups]
    found = []
    for paper in pack.papers.values():
        reasons = [BASE] if paper.demanded == "ALWAYS" else []
        reasons += [PROXY] if paper.demanded == "PROXY" and proxy else []
        reasons += [group.code for group in claimed if paper.code in group.papers]
        if reasons:
            found.append(RequiredPaper(paper.code, paper.label, tuple(dict.fromkeys(reasons))))
    return tuple(found)


def missing_papers(
    pack: Pack, required: Iterable[RequiredPaper], states: Mapping[str, PaperState]
) -> tuple[RequiredPaper, ...]:
    """Those still owed: missing, expired, or waived or promised where the pack does not allow that."""
    return tuple(paper for paper in required if not _is_settled(pack.papers[paper.code], states.get(paper.code)))


def _is_settled(paper: Paper, state: PaperState | None) -> bool:
    allowed = {
        PaperState.PRESENT: True,
        PaperState.WAIVED: paper.waivable,
        PaperState.PROMISED: paper.promisable,
    }
    return state is not None and allowed.get(state, False)
