"""Can the results be measured: people or attendances, and shares of a whole."""

from collections.abc import Iterator

from linli.overview.planning.engine.finding import Finding, Severity, found, permille, remedy
from linli.overview.planning.engine.plan import (
    ATTENDANCES,
    HOUSEHOLDS,
    PERSONS,
    Change,
    Event,
    Plan,
)
from linli.overview.planning.engine.ways import times_a_year
from linli.overview.planning.engine.wording import count, name_of


def persons_or_attendances(plan: Plan) -> Iterator[Finding]:
    """A repeated event with a number of people: is each person counted once, or every time they come?"""
    for event in plan.events:
        path = f"events.{event.code}"
        times = times_a_year(plan, event.frequency_path)
        # Fewer than one for each event cannot be attendances: those are different people.
        if plan.word(f"{path}.counted") == PERSONS and times > 1 and plan.number(f"{path}.attendance") >= times:
            yield _counted_twice(plan, event, times)


def _counted_twice(plan: Plan, event: Event, times: int) -> Finding:
    path = f"events.{event.code}"
    number = plan.number(f"{path}.attendance")
    return found(
        code="PERSONS_OR_ATTENDANCES",
        subject=event.code,
        severity=Severity.NOTE,
        zh=f"“{event.label.zh}”写 {count(number)} 人；一年 {times} 场，应是人次",
        en=f"“{event.label.en}” states {count(number)} people; "
        f"with {times} events a year these are more likely attendances",
        arithmetic=f"{count(number)} ÷ {times} = {number // times}"
        + (f" … {number % times}" if number % times else ""),
        figures=(f"{path}.attendance", f"{path}.counted", event.frequency_path, "months"),
        remedies=(
            remedy(
                f"写明 {count(number)} 人次，人数另计",
                f"Say {count(number)} attendances, and count people separately",
                Change(f"{path}.counted", ATTENDANCES),
            ),
        ),
        magnitude=permille(times - 1, times),
    )


def events_have_people(plan: Plan) -> Iterator[Finding]:
    """More different people at an event than there are to come."""
    for event in plan.events:
        path = f"events.{event.code}"
        number = plan.number(f"{path}.attendance")
        limit_paths = _limit(plan, event)
        limit = sum(plan.number(found) for found in limit_paths)
        if limit_paths and plan.word(f"{path}.counted") == PERSONS and number > limit:
            yield found(
                code="EVENT_EXCEEDS_PEOPLE",
                subject=event.code,
                severity=Severity.SERIOUS,
                zh=f"“{event.label.zh}”写 {count(number)} 人，可参加的只有 {count(limit)} 人",
                en=f"“{event.label.en}” states {count(number)} people; only {count(limit)} may come",
                arithmetic=f"{count(number)} > {count(limit)}",
                figures=(f"{path}.attendance", f"{path}.counted", *limit_paths),
                remedies=(
                    remedy("改写为人次", "Say attendances", Change(f"{path}.counted", ATTENDANCES)),
                    remedy(f"改为 {count(limit)} 人", f"Say {count(limit)}", Change(f"{path}.attendance", limit)),
                ),
                magnitude=permille(number - limit, number),
            )


def _limit(plan: Plan, event: Event) -> list[str]:
    """The figures that say how many people may come; a household may send several, so then all residents."""
    units = {group.code: group.unit for group in plan.groups}
    if event.groups and all(units.get(code, HOUSEHOLDS) != HOUSEHOLDS for code in event.groups):
        return [f"groups.{code}.target" for code in event.groups]
    return [path for path in ("population.residents",) if plan.has(path)]


def shares_are_shares(plan: Plan) -> Iterator[Finding]:
    """No share is above the whole."""
    for path in sorted(plan.figures):
        figure = plan.figures[path]
        if figure.unit == "PERCENT" and plan.number(path) > 100:
            name = name_of(plan, path)
            yield found(
                code="SHARE_ABOVE_WHOLE",
                subject=path,
                severity=Severity.SERIOUS,
                zh=f"“{name.zh}”超过 100%",
                en=f"“{name.en}” is above 100%",
                arithmetic=f"{plan.number(path)}% > 100%",
                figures=(path,),
                remedies=(remedy("改为 100%", "Set it to 100%", Change(path, 100)),),
                magnitude=permille(plan.number(path) - 100, 100),
            )
