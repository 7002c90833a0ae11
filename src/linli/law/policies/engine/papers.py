"""Which papers an application needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel.bilingual import Text
from linli.law.policies.engine.model import Pack

# Why a paper is demanded, besides the codes of groups.
BASE, PROXY = "BASE", "PROXY"


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
