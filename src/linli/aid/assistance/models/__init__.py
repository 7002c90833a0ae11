"""The case, everything that happens to it, and what is kept of it."""

from linli.aid.assistance.models.cases import (
    Application,
    ApplicationEvent,
    Assessment,
    Assessor,
    Clock,
    Decision,
    Escalation,
    FirstOpinion,
    IntakeAnswer,
    Objection,
    Paper,
    Publication,
    PublicationEntry,
    Recognition,
    Renewal,
)
from linli.aid.assistance.models.kept import (
    APPLICATION_SUMS,
    RUNNING_SUMS,
    TURNED_BY,
    ApplicationSum,
    Claim,
    Reckoning,
    Running,
    RunningSum,
    Turn,
)
