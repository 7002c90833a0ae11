"""Do the people add up: shares against targets, the populations they imply, groups that overlap."""

from collections.abc import Iterable, Iterator

from linli.kernel.bilingual import Text
from linli.overview.planning.engine.finding import Finding, Remedy, Severity, found, permille, remedy
from linli.overview.planning.engine.plan import (
    HOUSEHOLDS,
    PERSONS,
    RESIDENTS,
    SUMMED,
    UPPER_BOUND,
    Change,
    Group,
    Plan,
)
from linli.overview.planning.engine.ways import paid_to
from linli.overview.planning.engine.wording import count

_BASES = {RESIDENTS: "population.residents", HOUSEHOLDS: "population.households"}
_UNITS = {HOUSEHOLDS: Text("户", "households"), PERSONS: Text("人", "people")}
_BASE_NAMES = {RESIDENTS: Text("人口", "residents"), HOUSEHOLDS: Text("户数", "households")}


def shares_match_targets(plan: Plan) -> Iterator[Finding]:
    """A group's stated share of the population against the number to be helped."""
    for group in _with_share(plan):
        base = plan.number(_base_path(plan, group))
        percent, target = _share(plan, group), plan.number(f"groups.{group.code}.target")
        # Right is what rounds to the stated percent, and in small communities the whole numbers next to the share.
        if target * 200 >= (2 * percent + 1) * base and (target - 1) * 100 >= percent * base:
            yield _share_finding(plan, group, Severity.SERIOUS)
        elif not _mixed(plan, group) and target * 200 < (2 * percent - 1) * base and target < percent * base // 100:
            yield _share_finding(plan, group, Severity.NOTE)


def _with_share(plan: Plan) -> list[Group]:
    """Groups with a share that can be compared: persons are never a share of households."""
    found = [g for g in plan.groups if plan.has(f"ratios.{g.code}.percent", f"ratios.{g.code}.of")]
    return [g for g in found if plan.has(_base_path(plan, g)) and (g.unit == HOUSEHOLDS or not _of_households(plan, g))]


def _of_households(plan: Plan, group: Group) -> bool:
    return plan.word(f"ratios.{group.code}.of") == HOUSEHOLDS


def _mixed(plan: Plan, group: Group) -> bool:
    """Households counted, but the share is one of residents: each household is one resident at least."""
    return group.unit == HOUSEHOLDS and not _of_households(plan, group)


def _base_path(plan: Plan, group: Group) -> str:
    return _BASES[plan.word(f"ratios.{group.code}.of")]


def _share(plan: Plan, group: Group) -> int:
    return plan.number(f"ratios.{group.code}.percent")


def _share_finding(plan: Plan, group: Group, severity: Severity) -> Finding:
    base_path = _base_path(plan, group)
    base, percent = plan.number(base_path), _share(plan, group)
    target = plan.number(f"groups.{group.code}.target")
    expected = base * percent // 100
    sign = "<" if severity is Severity.SERIOUS else ">"
    # A household is one person or more, so as many households are at least as many persons.
    at_least = " ≤ n" if _mixed(plan, group) else ""
    heads = _UNITS[HOUSEHOLDS if _of_households(plan, group) else PERSONS]
    units = _UNITS[group.unit]
    return found(
        code="SHARE_AND_TARGET_DIFFER",
        subject=group.code,
        severity=severity,
        zh=f"“{group.label.zh}”占 {percent}% 即 {count(expected)} {heads.zh}，目标却是 {count(target)} {units.zh}",
        en=f"“{group.label.en}”: {percent}% make {count(expected)} {heads.en}, "
        f"yet the target is {count(target)} {units.en}",
        arithmetic=f"{percent}% × {count(base)} = {count(expected)} {sign} {count(target)}{at_least}; "
        f"{count(target)} ÷ {count(base)} = {_tenths(target, base)}%",
        figures=(f"ratios.{group.code}.percent", f"ratios.{group.code}.of", base_path, f"groups.{group.code}.target"),
        remedies=_share_remedies(plan, group, base, percent, target),
        magnitude=permille(abs(target - expected), target),
    )


def _share_remedies(plan: Plan, group: Group, base: int, percent: int, target: int) -> tuple[Remedy, ...]:
    ways = []
    mixed = _mixed(plan, group)
    if not mixed and 0 < target <= base:
        right = _percent(target, base)
        ways.append(
            remedy(
                f"把占比由 {percent}% 更正为 {right}%",
                f"Correct the share from {percent}% to {right}%",
                Change(f"ratios.{group.code}.percent", right),
            )
        )
    ways += _of_all_households(plan, group, percent, target) if mixed else []
    fitting = base * percent // 100
    ways.append(
        remedy(f"把目标改为 {count(fitting)}", f"Aim at {count(fitting)}", *_aim(plan, group, fitting)),
    )
    return tuple(ways)


def _of_all_households(plan: Plan, group: Group, percent: int, target: int) -> list[Remedy]:
    """Households are a share of the households: how many people live in them, nobody said."""
    households = plan.optional("population.households")
    if not households:
        return []
    ways = []
    said = Change(f"ratios.{group.code}.of", HOUSEHOLDS)
    if 0 < target <= households:
        right = _percent(target, households)
        ways.append(
            remedy(
                f"注明占比按户数计，并更正为 {right}%",
                f"Say that it is a share of households, and correct it to {right}%",
                said,
                Change(f"ratios.{group.code}.percent", right),
            )
        )
    among = households * percent // 100
    ways.append(
        remedy(
            f"注明占比按户数计，目标改为 {count(among)} 户",
            f"Say that it is a share of households, and aim at {count(among)} of them",
            said,
            *_aim(plan, group, among),
        )
    )
    return ways


def _aim(plan: Plan, group: Group, target: int) -> list[Change]:
    """Another target, and no more recipients of the group's programmes than that."""
    changes = [Change(f"groups.{group.code}.target", target)]
    for programme in plan.programmes:
        path = f"programmes.{programme.code}.recipients"
        if programme.group == group.code and plan.number(path) > target:
            changes += paid_to(plan, path, target)
    return changes


def _percent(part: int, whole: int) -> int:
    return (part * 200 + whole) // (2 * whole)


def _tenths(part: int, whole: int) -> str:
    found = part * 1000 // max(whole, 1)
    return f"{found // 10}.{found % 10}".removesuffix(".0")


def populations_agree(plan: Plan) -> Iterator[Finding]:
    """The populations that several shares and targets imply must have one number in common."""
    for base, path in _BASES.items():
        groups = [g for g in _with_share(plan) if _base_path(plan, g) == path and _share(plan, g)]
        ranges = [_implied(plan, group) for group in groups]
        tops = [top for _, top in ranges if top is not None]
        if len(groups) > 1 and tops and max(low for low, _ in ranges) > min(tops):
            yield _populations_finding(plan, base, groups)


def _implied(plan: Plan, group: Group) -> tuple[int, int | None]:
    """Smallest and largest population for which the share, rounded to whole percent, gives the target."""
    target, percent = plan.number(f"groups.{group.code}.target"), _share(plan, group)
    low = target * 200 // (2 * percent + 1) + 1
    return low, None if _mixed(plan, group) else target * 200 // (2 * percent - 1)


def _populations_finding(plan: Plan, base: str, groups: list[Group]) -> Finding:
    said = plan.number(_BASES[base])
    implied = [plan.number(f"groups.{g.code}.target") * 100 // _share(plan, g) for g in groups]
    sums = "; ".join(
        f"{count(plan.number(f'groups.{g.code}.target'))} ÷ {_share(plan, g)}% = {count(number)}"
        for g, number in zip(groups, implied, strict=True)
    )
    numbers = [count(number) for number in implied]
    return found(
        code="POPULATIONS_DIFFER",
        subject=base,
        severity=Severity.SERIOUS,
        zh=f"各项占比推出的{_BASE_NAMES[base].zh}互不相同：{'、'.join(numbers)}",
        en=f"The shares imply different numbers of {_BASE_NAMES[base].en}: {', '.join(numbers)}",
        arithmetic=sums,
        figures=(
            _BASES[base],
            *(path for g in groups for path in (f"groups.{g.code}.target", f"ratios.{g.code}.percent")),
        ),
        remedies=(
            remedy(
                f"各项占比一律按 {count(said)} 重新计算",
                f"Work out every share again from {count(said)}",
                *(change for g in groups for change in _share_again(plan, g, said)),
            ),
            remedy(
                f"各项目标一律按 {count(said)} 重新计算",
                f"Work out every target again from {count(said)}",
                *(change for g in groups for change in _aim(plan, g, said * _share(plan, g) // 100)),
            ),
        ),
        magnitude=permille(max(implied) - min(implied), max(implied)),
    )


def _share_again(plan: Plan, group: Group, said: int) -> list[Change]:
    """The share that the target is; households that were a share of residents become one of households."""
    path, target = f"ratios.{group.code}", plan.number(f"groups.{group.code}.target")
    if not _mixed(plan, group):
        return [Change(f"{path}.percent", _percent(target, max(said, 1)))]
    households = plan.optional("population.households") or max(target, 1)
    return [Change(f"{path}.of", HOUSEHOLDS), Change(f"{path}.percent", _percent(target, households))]


def groups_are_not_summed(plan: Plan) -> Iterable[Finding]:
    """Groups that overlap have no sum; until somebody counted, their sum is only an upper bound."""
    people = [g.code for g in plan.groups if g.unit == PERSONS]
    yield from _summed(plan, "groups", people, "population.helped", None)
    for visit in plan.visits:
        yield from _summed(plan, visit.code, visit.groups, f"visits.{visit.code}.people", visit.label)


def _summed(plan: Plan, subject: str, groups: Iterable[str], path: str, label: Text | None) -> Iterator[Finding]:
    """Nothing once the number was decided (counted), or is known for the bound that it is."""
    counting = f"{path.rpartition('.')[0]}.counting"
    if not plan.has(counting) or plan.word(counting) != SUMMED or not plan.assumed(path):
        return
    targets = [path for path in (f"groups.{code}.target" for code in groups) if plan.has(path)]
    numbers = [plan.number(target) for target in targets]
    total, largest = sum(numbers), max(numbers, default=0)
    what = label or Text("受助总数", "everybody helped")
    yield found(
        code="OVERLAPPING_GROUPS_SUMMED",
        subject=subject,
        severity=Severity.NOTE,
        zh=f"“{what.zh}”：各类人群会重叠，{count(total)} 不是人数",
        en=f"“{what.en}”: the groups overlap, {count(total)} is not a number of people",
        arithmetic=f"{' + '.join(count(n) for n in numbers)} = {count(total)}; {count(largest)} ≤ n ≤ {count(total)}",
        figures=(*targets, path, counting),
        remedies=(
            remedy(
                f"写明 {count(plan.number(path))} 是上限、未清点；按人清点后再改为不重复的人数",
                f"Say that {count(plan.number(path))} is an upper bound and was not counted; "
                "write the number down once each person is counted once",
                Change(counting, UPPER_BOUND),
            ),
        ),
        magnitude=permille(total - largest, total),
    )


def recipients_within_targets(plan: Plan) -> Iterator[Finding]:
    """No programme pays more than the group it is for."""
    units = {group.code: group.unit for group in plan.groups}
    for programme in plan.programmes:
        path, target = f"programmes.{programme.code}.recipients", f"groups.{programme.group}.target"
        # Several people may live in one household: they are no share of the households.
        same = units.get(programme.group) == programme.unit
        if same and plan.number(path) > plan.number(target):
            paid, aimed = plan.number(path), plan.number(target)
            yield found(
                code="RECIPIENTS_EXCEED_TARGET",
                subject=programme.code,
                severity=Severity.SERIOUS,
                zh=f"“{programme.label.zh}”发给 {count(paid)}，目标人群只有 {count(aimed)}",
                en=f"“{programme.label.en}” pays {count(paid)}; the group it is for counts {count(aimed)}",
                arithmetic=f"{count(paid)} > {count(aimed)}",
                figures=(path, target),
                remedies=(
                    remedy(f"只发给 {count(aimed)}", f"Pay {count(aimed)}", *paid_to(plan, path, aimed)),
                    remedy(f"把目标改为 {count(paid)}", f"Aim at {count(paid)}", Change(target, paid)),
                ),
                magnitude=permille(paid - aimed, paid),
            )
