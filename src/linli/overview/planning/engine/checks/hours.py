"""Do the hours add up: visits owed against hours stated, weeks in the year, and the volunteers it takes."""

from collections.abc import Iterable, Iterator
from datetime import date
from math import isqrt

from linli.overview.planning.engine.finding import Finding, Remedy, Severity, found, permille, remedy
from linli.overview.planning.engine.plan import (
    Change,
    Plan,
    Visit,
)
from linli.overview.planning.engine.wording import count, hours, product

REGISTERED, SERVICES, SHARE = "volunteers.registered", "volunteers.services_per_month", "volunteers.residents_percent"
# Nobody is asked to serve more often than daily.
_MOST_SERVICES = 30
_WHOLE_YEAR = 52


def visits_a_week(plan: Plan, visit: Visit) -> int:
    """People times visits a week."""
    return plan.number(f"visits.{visit.code}.people") * plan.number(visit.frequency_path)


def volunteers_needed(plan: Plan, visit: Visit) -> int:
    """How many volunteers the visits take at the stated number of services a month (52 weeks, twelve months)."""
    return -(-visits_a_week(plan, visit) * 52 // (12 * max(plan.number(SERVICES), 1)))


def hours_match_visits(plan: Plan) -> Iterator[Finding]:
    """The hours a week that are stated against people × visits × length."""
    for visit in plan.visits:
        path = f"visits.{visit.code}"
        if not plan.has(f"{path}.hours_per_week"):
            continue
        stated, minutes = plan.number(f"{path}.hours_per_week"), plan.number(f"{path}.minutes_per_visit")
        owed = visits_a_week(plan, visit) * minutes
        if owed != stated * 60:
            yield found(
                code="HOURS_DIFFER_FROM_VISITS",
                subject=visit.code,
                severity=Severity.SERIOUS,
                zh=f"“{visit.label.zh}”写每周 {count(stated)} 小时，按次数算是 {hours(owed)} 小时",
                en=f"“{visit.label.en}” states {count(stated)} hours a week; the visits take {hours(owed)}",
                arithmetic=f"{_visit_sum(plan, visit)} × {hours(minutes)} h = {hours(owed)} h ≠ {count(stated)} h",
                figures=(f"{path}.people", visit.frequency_path, f"{path}.minutes_per_visit", f"{path}.hours_per_week"),
                remedies=tuple(_hours_remedies(plan, visit, owed, stated)),
                magnitude=permille(abs(owed - stated * 60), stated * 60),
            )


def _visit_sum(plan: Plan, visit: Visit) -> str:
    each = product(count(plan.number(f"visits.{visit.code}.people")), str(plan.number(visit.frequency_path)))
    return f"{each} = {count(visits_a_week(plan, visit))}; {count(visits_a_week(plan, visit))}"


def _hours_remedies(plan: Plan, visit: Visit, owed: int, stated: int) -> Iterator[Remedy]:
    path = f"visits.{visit.code}"
    week, minutes = f"{path}.hours_per_week", f"{path}.minutes_per_visit"
    if owed % 60 == 0:
        yield _new_hours(plan, visit, owed // 60)
        return
    # Part of an hour cannot be written: make the visits a length that comes to whole hours.
    visits = visits_a_week(plan, visit)
    if stated and stated * 60 % visits == 0:
        fitting = stated * 60 // visits
        yield remedy(f"每次按 {fitting} 分钟计", f"Plan {fitting} minutes a visit", Change(minutes, fitting))
    full = -(-plan.number(minutes) // 60) * 60
    yield remedy(
        f"每次按 {full} 分钟计，每周 {count(visits * full // 60)} 小时",
        f"Plan {full} minutes a visit and {count(visits * full // 60)} hours a week",
        Change(minutes, full),
        Change(week, visits * full // 60),
    )


def _new_hours(plan: Plan, visit: Visit, weekly: int) -> Remedy:
    path = f"visits.{visit.code}"
    changes = [Change(f"{path}.hours_per_week", weekly)]
    if plan.has(f"{path}.hours_per_year", f"{path}.weeks_per_year"):
        changes.append(Change(f"{path}.hours_per_year", weekly * plan.number(f"{path}.weeks_per_year")))
    return remedy(f"把每周小时改为 {count(weekly)}", f"State {count(weekly)} hours a week", *changes)


def weeks_fill_the_year(plan: Plan) -> Iterator[Finding]:
    """The hours a year that are stated against the hours a week and the weeks that the year really has."""
    for visit in plan.visits:
        path = f"visits.{visit.code}"
        if plan.has(f"{path}.hours_per_week", f"{path}.hours_per_year"):
            yield from _year_finding(plan, visit)


def _weeks(plan: Plan, visit: Visit) -> int:
    """The weeks of the year; or those that the plan states, where visits are for a part of the year only."""
    stated = plan.optional(f"visits.{visit.code}.weeks_per_year")
    return iso_weeks(plan.year) if stated is None or stated >= _WHOLE_YEAR else stated


def iso_weeks(year: int) -> int:
    """52 or 53: how many Mondays-to-Sundays belong to a year (ISO 8601)."""
    return date(year, 12, 28).isocalendar().week


def _year_finding(plan: Plan, visit: Visit) -> Iterator[Finding]:
    path = f"visits.{visit.code}"
    week, year = plan.number(f"{path}.hours_per_week"), plan.number(f"{path}.hours_per_year")
    weeks = _weeks(plan, visit)
    if year == week * weeks:
        return
    only_weeks = weeks == 53 and year == week * 52
    whole = [Change(f"{path}.hours_per_year", week * weeks)]
    if plan.has(f"{path}.weeks_per_year"):
        whole.append(Change(f"{path}.weeks_per_year", weeks))
    yield found(
        code="YEAR_HAS_53_WEEKS" if only_weeks else "YEAR_HOURS_DIFFER",
        subject=visit.code,
        severity=Severity.NOTE if only_weeks else Severity.SERIOUS,
        zh=f"“{visit.label.zh}”写全年 {count(year)} 小时；{plan.year} 年有 {weeks} 周，应为 {count(week * weeks)}",
        en=f"“{visit.label.en}” states {count(year)} hours; "
        f"{plan.year} has {weeks} weeks, which make {count(week * weeks)}",
        arithmetic=f"{count(week)} × 52 = {count(week * 52)}; {count(week)} × {weeks} = {count(week * weeks)}"
        if only_weeks
        else f"{count(week)} × {weeks} = {count(week * weeks)} ≠ {count(year)}",
        figures=(f"{path}.hours_per_week", f"{path}.hours_per_year", "year"),
        remedies=(
            remedy(
                f"全年按 {weeks} 周计：{count(week * weeks)} 小时",
                f"Plan {weeks} weeks: {count(week * weeks)} hours",
                *whole,
            ),
        ),
        magnitude=permille(abs(week * weeks - year), year),
    )


def volunteers_can_visit(plan: Plan) -> Iterator[Finding]:
    """The visits owed a week against what the volunteers can do at the stated availability."""
    if not plan.has(REGISTERED, SERVICES):
        return
    have, services = plan.number(REGISTERED), plan.number(SERVICES)
    for visit in plan.visits:
        need, owed = volunteers_needed(plan, visit), visits_a_week(plan, visit)
        able = have * services * 12 // 52
        if need > have or (owed and not services):
            minutes = plan.number(f"visits.{visit.code}.minutes_per_visit")
            yield found(
                code="VISITS_EXCEED_VOLUNTEERS",
                subject=visit.code,
                severity=Severity.FATAL,
                zh=f"“{visit.label.zh}”每周 {count(owed)} 次，现有志愿者最多完成 {count(able)} 次",
                en=f"“{visit.label.en}”: {count(owed)} visits a week; the volunteers can do {count(able)} at most",
                arithmetic=f"{_visit_sum(plan, visit)} × {hours(minutes)} h = {hours(owed * minutes)} h; "
                f"{count(owed)} × 52 ÷ 12 ÷ {services} = {count(need)} > {count(have)}",
                figures=(f"visits.{visit.code}.people", visit.frequency_path, REGISTERED, SERVICES),
                remedies=tuple(_staffing(plan, visit, need, owed)),
                magnitude=permille(need - have, need),
            )


def _staffing(plan: Plan, visit: Visit, need: int, owed: int) -> Iterator[Remedy]:
    have, services = plan.number(REGISTERED), plan.number(SERVICES)
    if services:
        yield remedy(
            f"招募到 {count(need)} 名志愿者（增加 {count(need - have)} 名）",
            f"Recruit {count(need - have)} more volunteers, {count(need)} in all",
            Change(REGISTERED, need),
        )
    often = _balanced(owed, have, services)
    crew = -(-owed * 52 // (12 * often))
    if crew > have:
        yield remedy(
            f"招募到 {count(crew)} 名志愿者，每人每月服务 {often} 次",
            f"Recruit up to {count(crew)} volunteers who serve {often} times a month each",
            Change(REGISTERED, crew),
            Change(SERVICES, often),
        )
    alone = -(-owed * 52 // (12 * max(have, 1)))
    if alone <= _MOST_SERVICES:
        yield remedy(f"每人每月服务 {alone} 次", f"Let each serve {alone} times a month", Change(SERVICES, alone))
    people = max(plan.number(f"visits.{visit.code}.people"), 1)
    fewer = have * services * 12 // (52 * people)
    if fewer:
        yield remedy(
            f"每人每周走访 {fewer} 次", f"Visit each person {fewer} times a week", Change(visit.frequency_path, fewer)
        )


def _balanced(owed: int, have: int, services: int) -> int:
    """Services a month such that numbers and services grow by about the same factor."""
    grown = isqrt(owed * 52 * max(services, 1) // (12 * max(have, 1)))
    return min(_MOST_SERVICES, max(services, grown, 1))


def volunteers_against_residents(plan: Plan) -> Iterable[Finding]:
    """The share of residents that the standard asks to volunteer, against what the visits take."""
    if not plan.has(REGISTERED, SERVICES, SHARE, "population.residents") or not plan.visits:
        return
    residents, percent = plan.number("population.residents"), plan.number(SHARE)
    standard = -(-residents * percent // 100)
    have = plan.number(REGISTERED)
    need = sum(volunteers_needed(plan, visit) for visit in plan.visits)
    figures = (SHARE, "population.residents", REGISTERED, SERVICES)
    if have < standard:
        yield found(
            code="VOLUNTEERS_BELOW_STANDARD",
            subject="volunteers",
            severity=Severity.SERIOUS,
            zh=f"志愿者 {count(have)} 名，少于居民的 {percent}%（{count(standard)} 名）",
            en=f"{count(have)} volunteers are fewer than {percent}% of the residents ({count(standard)})",
            arithmetic=f"{percent}% × {count(residents)} = {count(standard)} > {count(have)}",
            figures=figures,
            remedies=(
                remedy(
                    f"招募到 {count(standard)} 名志愿者",
                    f"Recruit up to {count(standard)} volunteers",
                    Change(REGISTERED, standard),
                ),
            ),
            magnitude=permille(standard - have, standard),
        )
    if standard < need <= residents:
        right = -(-need * 100 // residents)
        yield found(
            code="STANDARD_SHARE_TOO_SMALL",
            subject="volunteers",
            severity=Severity.NOTE,
            zh=f"居民的 {percent}% 是 {count(standard)} 名志愿者，走访却要 {count(need)} 名（{right}%）",
            en=f"{percent}% of the residents are {count(standard)} volunteers; "
            f"the visits take {count(need)} ({right}%)",
            arithmetic=f"{percent}% × {count(residents)} = {count(standard)} < {count(need)}; "
            f"{count(need)} ÷ {count(residents)} ≤ {right}%",
            figures=figures,
            remedies=(
                remedy(
                    f"把招募目标定为居民的 {right}%",
                    f"Aim at {right}% of the residents as volunteers",
                    Change(SHARE, right),
                ),
            ),
            magnitude=permille(need - standard, need),
        )
