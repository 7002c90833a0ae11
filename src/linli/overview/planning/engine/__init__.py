"""Plan checking: plain Python, no database. A plan comes from a pack, findings and a variant come out."""

from linli.law.policies.engine.schema import Figure
from linli.overview.planning.engine.adoption import Adoption, WarningsNotAccepted, adoption_of
from linli.overview.planning.engine.cashflow import MonthFlow, cash_flow, first_shortage
from linli.overview.planning.engine.checker import WhatIf, check, fatal, what_if
from linli.overview.planning.engine.finding import Finding, Remedy, Severity
from linli.overview.planning.engine.plan import (
    Change,
    ChangeRefused,
    Plan,
    PlanRefused,
)
from linli.overview.planning.engine.reading import ParameterUndated, PlanMissing, plan_from_pack
from linli.overview.planning.engine.variant import Variant, propose_variant
from linli.overview.planning.engine.wording import name_of, show
