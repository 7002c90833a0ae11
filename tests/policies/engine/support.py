"""What the engine's tests share: where the packs are, and short ways to write a case."""

from datetime import date
from pathlib import Path

import pytest

from linli.law.policies.engine import CaseFacts, Fact, Member, PackError, PackProblem, load_pack

ROOT = Path(__file__).parents[3]
COMMUNITY = ROOT / "packs" / "community" / "assistance_plan"
HARBOUR = ROOT / "tests" / "packs" / "harbour_relief"
MARCH = date(2026, 3, 1)


def problems_of(path: Path) -> tuple[PackProblem, ...]:
    with pytest.raises(PackError) as refusal:
        load_pack(path)
    return refusal.value.problems


def facts(**values: int | bool | None) -> dict[str, Fact]:
    return {name: Fact(value, "家庭档案", MARCH) for name, value in values.items()}


def elder(key: str = "A", **changes: int | bool | None) -> Member:
    values: dict[str, int | bool | None] = {
        "age": 70,
        "has_spouse": False,
        "has_child_or_supporter": False,
        "lives_alone": True,
        "disability_grade": 0,
        "monthly_income_fen": 100_000,
        "registered_unemployed": False,
    }
    return Member(key, "HEAD", facts(**{**values, **changes}))


def household(*members: Member) -> CaseFacts:
    return CaseFacts(tuple(members))
