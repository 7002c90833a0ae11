"""What a pack may write is read by something: a key that only the loader knows is a promise nobody keeps.

By name: a key counts as read when code outside the loader names it, as an attribute or as a word of a text.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from linli.law.policies.engine.loader import SCHEME
from linli.law.policies.engine.model import RETIRED_DEADLINES
from linli.law.policies.engine.planfile import PLAN
from linli.law.policies.engine.schema import Kind, ListOf, Named, Table, Tables
from linli.law.policies.engine.shortage import WITHIN

SOURCE = Path(__file__).parents[3] / "src" / "linli"
ENGINE = SOURCE / "law" / "policies" / "engine"
# These check a pack's files and keep what is in them; they do nothing with it.
LOADER = {
    ENGINE / f"{name}.py"
    for name in (
        "defaults",
        "document",
        "lines",
        "loader",
        "model",
        "planfile",
        "problems",
        "schema",
        "crosschecks",
        "named",
        "sections",
        "units",
    )
}

# Written for whoever reads the pack: where it holds, what a group means, how sure a source is.
FOR_READERS = {"jurisdiction", "definition", "confidence"}


def tables(kind: Kind) -> Iterator[Table]:
    """The tables that a kind of content is made of."""
    if isinstance(kind, ListOf | Tables | Named):
        yield from tables(kind.item)
    elif isinstance(kind, Table):
        yield kind
        for below in (*kind.fields.values(), *kind.optional.values()):
            yield from tables(below)


def keys() -> set[str]:
    """Every key that scheme.toml and plan.toml may have."""
    return {key for kind in (SCHEME, PLAN) for table in tables(kind) for key in (*table.fields, *table.optional)}


@cache
def words() -> frozenset[str]:
    """Every attribute and every word of a text in the code outside the loader."""
    found = set()
    for file in sorted(set(SOURCE.rglob("*.py")) - LOADER):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(node.value.replace(".", " ").split())
    return frozenset(found)


class TestKeys:
    def test_of_a_pack_are_read_outside_the_loader(self):
        assert keys() - words() - FOR_READERS - set(RETIRED_DEADLINES) == set()

    def test_that_are_excused_are_keys(self):
        assert FOR_READERS - keys() == set()

    @pytest.mark.parametrize(
        "key", ["arrears_first", "within", "overpayment", "needs", "overlap", "uptake", "purposes"]
    )
    def test_that_steer_money_are_among_them(self, key: str):
        assert (key in keys(), key in words()) == (True, True)

    def test_of_the_order_in_shortage_each_have_a_rule(self):
        within = next(table for table in tables(SCHEME) if "within" in table.fields).fields["within"]

        assert getattr(within, "values", ()) == tuple(WITHIN)
