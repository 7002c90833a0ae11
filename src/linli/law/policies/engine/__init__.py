"""Policy packs and the determination of what they give: plain Python, no Django.

``load_pack`` reads a folder into a frozen ``Pack``; rule files mark their functions with ``person_rule`` and
``household_rule``; ``determine`` works out a case, ``replay`` proves it again, ``what_would_change`` tells what would
alter it.
"""

from linli.law.policies.engine.bank_layouts import (
    BankColumn,
    BankFile,
    BankLayout,
    BankLayoutInvalid,
    ReturnCode,
    load_bank_layout,
)
from linli.law.policies.engine.bank_writing import Obstacle, obstacle
from linli.law.policies.engine.calendar_data import CalendarInvalid, load_calendar, load_calendar_tables
from linli.law.policies.engine.cases import Case, Expectation, failed_expectations, read_case, read_examples
from linli.law.policies.engine.changes import WhatIf, what_would_change
from linli.law.policies.engine.determination import Determination, Entitlement, Membership, ServiceDue, determine
from linli.law.policies.engine.examples import (
    Difference,
    ExampleOutcome,
    ExamplesFailed,
    check_examples,
    differences,
    run_examples,
)
from linli.law.policies.engine.facts import CaseFacts, Fact, Member, check_facts
from linli.law.policies.engine.loader import digest_folder, load_pack
from linli.law.policies.engine.model import (
    Basis,
    BudgetLine,
    ClassSpec,
    DatedValue,
    DeadlineSpec,
    FactSpec,
    FundSource,
    Group,
    Identification,
    Intake,
    Notice,
    Pack,
    Paper,
    Parameter,
    Programme,
    Publication,
    Service,
    ServiceItem,
    Shortage,
)
from linli.law.policies.engine.papers import PaperState, RequiredPaper, missing_papers, required_papers
from linli.law.policies.engine.planfile import PlanFile, plan_figures
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
from linli.law.policies.engine.replay import replay
from linli.law.policies.engine.rulebook import Scalar, household_rule, person_rule
from linli.law.policies.engine.trace import TraceInput, TraceStep

__all__ = [
    "BankColumn",
    "BankFile",
    "BankLayout",
    "BankLayoutInvalid",
    "Basis",
    "BudgetLine",
    "CalendarInvalid",
    "Case",
    "CaseFacts",
    "CaseInvalid",
    "ClassSpec",
    "DatedValue",
    "DeadlineSpec",
    "Determination",
    "Difference",
    "Entitlement",
    "ExampleOutcome",
    "ExamplesFailed",
    "Expectation",
    "Fact",
    "FactInvalid",
    "FactSpec",
    "FactUnknown",
    "FundSource",
    "Group",
    "GroupUnknown",
    "Identification",
    "Intake",
    "Member",
    "MembersInvalid",
    "Membership",
    "Notice",
    "Obstacle",
    "Pack",
    "PackDiffers",
    "PackError",
    "PackProblem",
    "Paper",
    "PaperState",
    "Parameter",
    "ParameterOutOfRange",
    "ParameterUndated",
    "ParameterUnknown",
    "PlanFile",
    "Programme",
    "Publication",
    "ReplayDiffers",
    "RequiredPaper",
    "ReturnCode",
    "RuleFailed",
    "Scalar",
    "Service",
    "ServiceDue",
    "ServiceItem",
    "Shortage",
    "TraceInput",
    "TraceStep",
    "WhatIf",
    "check_examples",
    "check_facts",
    "determine",
    "differences",
    "digest_folder",
    "failed_expectations",
    "household_rule",
    "load_bank_layout",
    "load_calendar",
    "load_calendar_tables",
    "load_pack",
    "missing_papers",
    "obstacle",
    "person_rule",
    "plan_figures",
    "read_case",
    "read_examples",
    "replay",
    "required_papers",
    "run_examples",
    "what_would_change",
]
