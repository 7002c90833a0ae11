"""The plan checker on the seed's plan: a whole check, one move of a slider, the search for a variant."""

import time
from collections.abc import Iterator
from pathlib import Path

from linli.law.policies.engine import load_pack
from linli.overview.planning.engine import Change, check, plan_from_pack, propose_variant, what_if

PACK = Path(__file__).resolve().parents[1] / "packs" / "community" / "assistance_plan"
_REPEATS = 20


def measure() -> Iterator[str]:
    """Medians of repeated runs in this process."""
    plan = plan_from_pack(load_pack(PACK))
    change = Change("programmes.BASE_AWARD.recipients", 150)
    yield f"plan check: {_median(lambda: check(plan)):.1f} ms"
    yield f"plan what-if (one slider): {_median(lambda: what_if(plan, [change])):.1f} ms"
    yield f"plan variant: {_median(lambda: propose_variant(plan), repeats=3):.0f} ms"


def _median(work: object, *, repeats: int = _REPEATS) -> float:
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()  # type: ignore[operator]  # a plain callable
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[len(taken) // 2]
