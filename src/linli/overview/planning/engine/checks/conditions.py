"""What is only for those who receive something else: what it costs if so, and if not."""

from collections.abc import Iterator

from linli.kernel.money import yuan_short
from linli.overview.planning.engine.finding import Finding, Remedy, Severity, found, permille, remedy
from linli.overview.planning.engine.plan import (
    HOUSEHOLDS,
    NEEDED,
    NOT_NEEDED,
    OPEN,
    PERSONS,
    Change,
    Plan,
    Programme,
)
from linli.overview.planning.engine.ways import annual_fen, paid_to, sum_of
from linli.overview.planning.engine.wording import count


def conditions_are_decided(plan: Plan) -> Iterator[Finding]:
    """A programme of which nobody said whether it needs another one: both costs."""
    programmes = {programme.code: programme for programme in plan.programmes}
    for programme in plan.programmes:
        if programme.needs and plan.word(_condition(programme)) == OPEN:
            yield _open(plan, programme, programmes[programme.needs])


def _condition(programme: Programme) -> str:
    return f"programmes.{programme.code}.condition"


def _recipients(plan: Plan, programme: Programme) -> int:
    return plan.number(f"programmes.{programme.code}.recipients")


def both(plan: Plan, programme: Programme, needed: Programme) -> tuple[int, int]:
    """How many of a programme's recipients receive the other one too: the fewest and the most.

    The same number twice where the plan says it (``overlap``). Otherwise everything that the numbers allow: more than
    fit beside each other in the population must overlap, and no more can than there are of the one, or of the other
    where both count the same. In a household that receives the other one any number of people may live.
    """
    here, there = _recipients(plan, programme), _recipients(plan, needed)
    said = plan.optional(f"programmes.{programme.code}.overlap")
    if said is not None:
        return min(said, here), min(said, here)
    most = here if (programme.unit, needed.unit) == (PERSONS, HOUSEHOLDS) and there else min(here, there)
    if (programme.unit, needed.unit) == (HOUSEHOLDS, PERSONS):
        # All persons may live in one household.
        return 0, most
    whole = plan.optional("population.households" if programme.unit == HOUSEHOLDS else "population.residents")
    # A household that receives the other one has one resident at least.
    return (0 if whole is None else min(most, max(0, here + there - whole))), most


def _open(plan: Plan, programme: Programme, needed: Programme) -> Finding:
    low, high = both(plan, programme, needed)
    alone, base = annual_fen(plan, programme), annual_fen(plan, needed)
    least, most = annual_fen(plan, programme, recipients=low), annual_fen(plan, programme, recipients=high)
    stands_on = (f"programmes.{programme.code}.recipients", f"programmes.{programme.code}.overlap")
    return found(
        code="CONDITION_OPEN",
        subject=programme.code,
        severity=Severity.NOTE,
        zh=f"“{programme.label.zh}”是否以领取“{needed.label.zh}”为前提未定："
        f"不以其为前提，全年 {yuan_short(alone)} 元；以其为前提，全年 {_range(least, most, ' 至 ')} 元",
        en=f"Whether “{programme.label.en}” needs “{needed.label.en}” is open: "
        f"{yuan_short(alone)} yuan a year if not, {_range(least, most, ' to ')} if so",
        arithmetic=f"{sum_of(plan, programme)} = {yuan_short(alone)}, "
        f"{yuan_short(base)} + {yuan_short(alone)} = {yuan_short(base + alone)}; "
        + _if_needed(sum_of(plan, programme, count(low) if low == high else "n"), base, (low, high), (least, most)),
        figures=(
            _condition(programme),
            f"programmes.{needed.code}.recipients",
            *(path for path in (*stands_on, *plan.amount_paths(programme)) if plan.has(path)),
        ),
        remedies=tuple(_decisions(plan, programme, needed, high)),
        magnitude=permille(alone - least, base + alone),
    )


def _range(least: int, most: int, between: str) -> str:
    return between.join(dict.fromkeys([yuan_short(least), yuan_short(most)]))


def _if_needed(paid: str, base: int, heads: tuple[int, int], fen: tuple[int, int]) -> str:
    """The sum if the other programme is needed: of those known to receive both, or of the fewest to the most."""
    (low, high), (least, most) = heads, fen
    if low == high:
        return f"{paid} = {yuan_short(most)}, {yuan_short(base)} + {yuan_short(most)} = {yuan_short(base + most)}"
    return (
        f"{count(low)} ≤ n ≤ {count(high)}: {yuan_short(least)} ≤ {paid} ≤ {yuan_short(most)}, "
        f"{yuan_short(base + least)} ≤ {yuan_short(base)} + {paid} ≤ {yuan_short(base + most)}"
    )


def _decisions(plan: Plan, programme: Programme, needed: Programme, high: int) -> Iterator[Remedy]:
    path = _condition(programme)
    recipients = f"programmes.{programme.code}.recipients"
    fewer = paid_to(plan, recipients, high) if high < plan.number(recipients) else []
    yield remedy(
        f"定为不以“{needed.label.zh}”为前提",
        f"Decide that “{needed.label.en}” is not needed",
        Change(path, NOT_NEEDED),
    )
    yield remedy(
        f"定为以“{needed.label.zh}”为前提，领取数按上限 {count(high)} 计",
        f"Decide that “{needed.label.en}” is needed, with {count(high)} recipients at most",
        Change(path, NEEDED),
        *fewer,
    )
