"""Do the classes add up: trainees against the group they come from, and against whole classes."""

from collections.abc import Iterator

from linli.overview.planning.engine.finding import Finding, Severity, found, permille, remedy
from linli.overview.planning.engine.plan import (
    HOUSEHOLDS,
    Change,
    Plan,
)
from linli.overview.planning.engine.wording import count


def trainees_exist(plan: Plan) -> Iterator[Finding]:
    """More trainees than there are people in the groups that may come."""
    for course in plan.classes:
        path = f"classes.{course.code}.trainees"
        trainees, seats = plan.number(path), plan.number(course.seats_path)
        targets = [f"groups.{code}.target" for code in course.groups]
        units = {group.code: group.unit for group in plan.groups}
        # Several people of one household may come: how many, nobody said.
        if not plan.has(*targets) or HOUSEHOLDS in [units.get(code) for code in course.groups]:
            continue
        people = sum(plan.number(target) for target in targets)
        if not targets or trainees <= people:
            continue
        whole = people // seats * seats if seats else people
        fitting = whole or people
        labels = [plan.part("groups", code).label for code in course.groups]
        yield found(
            code="TRAINEES_EXCEED_GROUP",
            subject=course.code,
            severity=Severity.SERIOUS,
            zh=f"培训 {count(trainees)} 人，多于{'、'.join(x.zh for x in labels)} {count(people)} 人",
            en=f"{count(trainees)} trainees, but only {count(people)} to come ({', '.join(x.en for x in labels)})",
            arithmetic=f"{count(trainees)} − {count(people)} = {count(trainees - people)}",
            figures=(path, *targets),
            remedies=(
                remedy(f"培训 {count(fitting)} 人", f"Train {count(fitting)}", Change(path, fitting)),
                remedy(
                    f"从“{labels[0].zh}”之外再招 {count(trainees - people)} 人，并写入目标",
                    f"Open the classes to {count(trainees - people)} more and say so in the target",
                    Change(targets[0], plan.number(targets[0]) + trainees - people),
                ),
            ),
            magnitude=permille(trainees - people, trainees),
        )


def classes_are_full(plan: Plan) -> Iterator[Finding]:
    """Trainees that do not fill whole classes."""
    for course in plan.classes:
        path = f"classes.{course.code}.trainees"
        trainees, seats = plan.number(path), plan.number(course.seats_path)
        if not seats or trainees % seats == 0:
            continue
        down, up = trainees // seats * seats, -(-trainees // seats) * seats
        ways = [remedy(f"培训 {count(n)} 人", f"Train {count(n)}", Change(path, n)) for n in (down, up) if n]
        yield found(
            code="LAST_CLASS_NOT_FULL",
            subject=course.code,
            severity=Severity.NOTE,
            zh=f"{count(trainees)} 人每班 {seats} 人，最后一班只有 {trainees % seats} 人",
            en=f"{count(trainees)} in classes of {seats}: the last one has {trainees % seats}",
            arithmetic=f"{count(trainees)} = {trainees // seats} × {seats} + {trainees % seats}",
            figures=(path, course.seats_path),
            remedies=tuple(ways),
            magnitude=permille(trainees % seats, trainees),
        )
