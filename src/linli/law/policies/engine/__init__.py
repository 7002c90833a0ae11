"""Policy packs and the determination of what they give: plain Python, no Django.

``load_pack`` reads a folder into a frozen ``Pack``; ``determine`` works out a case, ``replay`` proves it again,
``what_would_change`` tells what would alter it.
"""

from linli.law.policies.engine.bank_layouts import (
    BankColumn,
    BankFile,
    BankLayout,
    BankLayoutInvalid,
    Obstacle,
    load_bank_layout,
    obstacle,
)
from linli.law.policies.engine.calendar_data import CalendarInvalid, load_calendar, load_calendar_tables
from linli.law.policies.engine.cases import failed_expectations, read_case, read_examples
from linli.law.policies.engine.changes import what_would_change
from linli.law.policies.engine.determination import Determination, Entitlement, ServiceDue, determine, replay
from linli.law.policies.engine.examples import (
    ExampleOutcome,
    ExamplesFailed,
    check_examples,
    run_examples,
)
from linli.law.policies.engine.facts import CaseFacts, Fact, Member
from linli.law.policies.engine.loader import digest_folder, load_pack
from linli.law.policies.engine.model import (
    ClassSpec,
    Pack,
    Parameter,
    Service,
)
from linli.law.policies.engine.papers import required_papers
from linli.law.policies.engine.planfile import plan_figures
from linli.law.policies.engine.problems import (
    CaseInvalid,
    FactInvalid,
    FactUnknown,
    GroupUnknown,
    MembersInvalid,
    PackDiffers,
    PackError,
    PackProblem,
    ParameterOutOfRange,
    ParameterUndated,
    ParameterUnknown,
    ReplayDiffers,
    RuleFailed,
)
from linli.law.policies.engine.trace import TraceInput, TraceStep
