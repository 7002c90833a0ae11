"""Check a plan: every contradiction, worst first, each with ways out that were tried on the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache

from linli.overview.planning.engine.cashflow import MonthFlow, cash_flow
from linli.overview.planning.engine.checks import classes, conditions, fund, hours, limits, money, people, targets
from linli.overview.planning.engine.finding import Check, Finding, Severity
from linli.overview.planning.engine.plan import Change, Plan
from linli.overview.planning.engine.trying import Trial, offered

CHECKS: tuple[Check, ...] = (
    money.lines_not_overcommitted,
    money.programmes_within_lines,
    fund.fund_lasts,
    hours.volunteers_can_visit,
    money.lines_within_sources,
    money.lines_have_money_they_may_use,
    money.receipts_match_sources,
    money.activities_have_money,
    fund.fund_lasts_in_quarters,
    conditions.conditions_are_decided,
    people.shares_match_targets,
    people.populations_agree,
    people.recipients_within_targets,
    people.groups_are_not_summed,
    hours.hours_match_visits,
    hours.weeks_fill_the_year,
    hours.volunteers_against_residents,
    classes.trainees_exist,
    classes.classes_are_full,
    targets.persons_or_attendances,
    targets.events_have_people,
    targets.shares_are_shares,
    limits.population_is_there,
    limits.opening_within_recipients,
    limits.somebody_applies,
    limits.shares_leave_somebody,
    limits.volunteers_are_residents,
    limits.weeks_are_a_years,
    limits.paid_within_the_year,
    limits.received_within_the_year,
    limits.restricted_money_is_used,
)


@dataclass(frozen=True)
class WhatIf:
    """A plan with other values, and what they lead to."""

    plan: Plan
    findings: tuple[Finding, ...]
    flows: tuple[MonthFlow, ...]


def check(plan: Plan) -> tuple[Finding, ...]:
    """All findings, ranked: fatal before serious before notes, then by how far off, then by code and subject.

    A way out is only offered after it was tried on the whole plan (``trying``). What was found of a plan is kept by
    what the plan says, so that the same plan is not tried twice.
    """
    said = tuple(_value(getattr(plan, one.name)) for one in fields(plan) if one.compare)
    return _checked(_Asked(plan, said, CHECKS))


@dataclass(frozen=True)
class _Asked:
    """A plan by all that it says, in the order in which it says it, and what it is asked."""

    plan: Plan = field(compare=False)
    said: tuple[object, ...]
    checks: tuple[Check, ...]


def _value(value: object) -> object:
    return tuple(value.items()) if isinstance(value, Mapping) else value


# The page of a plan is opened again and again, and every way out is tried on the whole plan: a fifth of a second.
@lru_cache(maxsize=16)
def _checked(asked: _Asked) -> tuple[Finding, ...]:
    found = findings_of(asked.plan)
    trial = Trial(asked.plan, {finding.key: finding.severity for finding in found}, findings_of)
    return tuple(replace(finding, remedies=offered(trial, finding)) for finding in found)


def findings_of(plan: Plan) -> tuple[Finding, ...]:
    """The same findings in the same order with every way out that comes to mind, none of them tried."""
    found = [finding for run in CHECKS for finding in run(plan)]
    return tuple(sorted(found, key=lambda f: (f.severity, -f.magnitude, f.code, f.subject)))


def fatal(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings with which a plan cannot be lived."""
    return tuple(finding for finding in findings if finding.severity is Severity.FATAL)


def what_if(plan: Plan, changes: Sequence[Change]) -> WhatIf:
    """The plan with other values, checked again. Raises ChangeRefused."""
    changed = plan.with_changes(changes)
    return WhatIf(plan=changed, findings=check(changed), flows=cash_flow(changed))
