"""What adopting a plan has to record: which text, and which warnings were accepted with open eyes."""

from collections.abc import Sequence
from dataclasses import dataclass

from linli.kernel.bilingual import Text
from linli.overview.planning.engine.checker import check
from linli.overview.planning.engine.finding import Finding, Severity
from linli.overview.planning.engine.plan import (
    Plan,
    PlanRefused,
)


class WarningsNotAccepted(PlanRefused):
    """A plan cannot be adopted while somebody has not looked at a fatal or serious finding."""

    message = Text(
        "还有 %(count)s 处问题没有逐条确认，不能采用：%(findings)s",
        "%(count)s findings have not been accepted one by one: %(findings)s",
    )


@dataclass(frozen=True)
class AcceptedFinding:
    """A finding as it stood when it was accepted."""

    code: str
    subject: str
    severity: str
    arithmetic: str


@dataclass(frozen=True)
class Adoption:
    """The record of an adoption, without the person and the time: those come with the act."""

    plan_code: str
    plan_version: str
    plan_digest: str
    accepted: tuple[AcceptedFinding, ...]


def adoption_of(plan: Plan, *, accepted: Sequence[tuple[str, str]]) -> Adoption:
    """What to record when a plan is adopted with these findings (code, subject) accepted.

    Notes need no acceptance but are recorded. Raises WarningsNotAccepted naming every other finding that is missing.
    """
    findings = check(plan)
    known = set(accepted)
    missing = [f for f in findings if f.severity is not Severity.NOTE and f.key not in known]
    if missing:
        names = Text("、".join(f.title.zh for f in missing), "; ".join(f.title.en for f in missing))
        raise WarningsNotAccepted(field="accepted", count=len(missing), findings=names, missing=_keys(missing))
    return Adoption(
        plan_code=plan.code,
        plan_version=plan.version,
        plan_digest=plan.digest,
        accepted=tuple(AcceptedFinding(f.code, f.subject, f.severity.name, f.arithmetic) for f in findings),
    )


def _keys(findings: Sequence[Finding]) -> tuple[tuple[str, str], ...]:
    return tuple(finding.key for finding in findings)
