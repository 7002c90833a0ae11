"""Whatever stands in plan.toml: the checker answers in words, and never calls a plan feasible whose money runs dry.

The oracle shares nothing with the checker: it reads the plan file itself, and asks of every month and every set of
budget lines whether what fell due on them until then was received by then from sources that may pay at least one of
them. Where it was not, somebody waits, however the money is laid out.
"""

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.law.policies.engine.loader import filled_plan
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.units import RANGES
from linli.overview.planning.engine import cash_flow, check, first_shortage, propose_variant
from tests.planning.engine.plans import FOLDERS, pack_in, plan_written

# Small numbers more often than large ones, nothing most of all, and the ends of what a file may hold.
_SMALL = {"FEN": 3_000_000, "PERCENT": 100, "YEAR": 2028, "HOURS": 2_000, "WEEKS": 60, "MINUTES": 300}
MONTHS = st.one_of(
    st.integers(2025 * 12, 2028 * 12).map(lambda n: f"{n // 12:04d}-{n % 12 + 1:02d}"),
    st.sampled_from(["1900-01", "9999-12", "2026-01", "2026-12"]),
)
FUZZ = settings(
    max_examples=80, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def values(unit: str) -> st.SearchStrategy[Any]:
    if unit == "MONTH":
        return MONTHS
    low, high = RANGES[unit]
    small = st.integers(2024, 2028) if unit == "YEAR" else st.integers(0, _SMALL.get(unit, 400))
    return st.one_of(
        st.just(max(low, 0)), small, small, st.sampled_from([low, high, 100, 1]).map(lambda n: max(low, n))
    )


def figures(content: Any) -> Iterator[dict[str, Any]]:
    """Every figure of a plan file, to be changed in place."""
    if isinstance(content, dict) and "value" in content:
        yield content
    elif isinstance(content, dict | list):
        for item in content.values() if isinstance(content, dict) else content:
            yield from figures(item)


@cache
def filled(name: str) -> dict[str, Any]:
    return filled_plan(FOLDERS[name]) or {}


def written(data: st.DataObject, name: str) -> dict[str, Any]:
    """The pack's plan file with other values in some of its figures, each in its unit's range."""
    raw: dict[str, Any] = copy.deepcopy(filled(name))
    every = list(figures(raw))
    for place in data.draw(st.lists(st.integers(0, len(every) - 1), max_size=14, unique=True)):
        every[place]["value"] = data.draw(values(every[place]["unit"]))
    return raw


def number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def claims(pack: Pack, raw: Mapping[str, Any]) -> list[tuple[int, str, int]]:
    """Month, line and fen of what falls due to recipients in the year: all of them from the first month on."""
    found = []
    start, end = raw["year"]["value"] * 12, raw["year"]["value"] * 12 + 11
    for entry in raw["programmes"]:
        programme = pack.programmes[entry["programme"]]
        on = max(pack.valid_from, pack.valid_from.replace(year=raw["year"]["value"], month=1, day=1))
        term = pack.parameters[programme.term].value_on(on)
        assert term is not None
        first, last = number(entry["first_month"]["value"]), number(entry["last_month"]["value"])
        for month in range(first, min(last, first + int(term) - 1) + 1):
            if start <= month <= end:
                day = max(on, pack.valid_from.replace(year=month // 12, month=month % 12 + 1, day=1))
                amount = pack.parameters[entry["monthly_amount"]].value_on(day)
                assert amount is not None
                found.append((month, programme.budget_line, entry["recipients"]["value"] * int(amount)))
    return found


def is_dry(pack: Pack, raw: Mapping[str, Any]) -> bool:
    """Whether some month and some lines have had more due than any money that may pay them."""
    due = claims(pack, raw)
    lines = sorted({line for _, line, _ in due})
    purposes = {source["source"]: set(pack.fund_sources[source["source"]].purposes) for source in raw["sources"]}
    received = [
        (number(receipt["month"]["value"]), source["source"], receipt["amount"]["value"])
        for source in raw["sources"]
        for receipt in source["inflows"]
    ]
    for some in chain.from_iterable(combinations(lines, size) for size in range(1, len(lines) + 1)):
        for month in sorted({month for month, _, _ in due}):
            needed = sum(fen for when, line, fen in due if when <= month and line in some)
            there = sum(
                fen
                for when, code, fen in received
                if when <= month and (not purposes[code] or purposes[code] & set(some))
            )
            if needed > there:
                return True
    return False


@pytest.mark.parametrize("name", FOLDERS)
class TestWhateverStandsInThePlan:
    @FUZZ
    @given(data=st.data())
    def test_is_answered_in_words_and_never_called_feasible_where_the_money_runs_dry(
        self, name: str, data: st.DataObject
    ) -> None:
        pack = pack_in(FOLDERS[name])
        raw = written(data, name)
        plan = plan_written(pack, raw)

        for finding in check(plan):
            assert all((finding.title.zh, finding.title.en, finding.arithmetic))
            assert all(way.label.zh and way.label.en and way.costs.zh for way in finding.remedies)
        assert first_shortage(cash_flow(plan)) is not None or not is_dry(pack, raw)

    @settings(FUZZ, max_examples=6)
    @given(data=st.data())
    def test_has_a_variant_that_lasts_or_none(self, name: str, data: st.DataObject) -> None:
        pack = pack_in(FOLDERS[name])
        variant = propose_variant(plan_written(pack, written(data, name)))

        assert variant is None or first_shortage(cash_flow(variant.plan)) is None
