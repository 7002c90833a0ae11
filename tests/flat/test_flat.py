"""Lists and records cost the same with hundreds of rows, with thousands and with a hundred thousand (docs/adr/0042)."""

from collections.abc import Mapping, Sequence

import pytest
from django.db import connection

from tests.flat.conftest import Big
from tests.flat.looking import MOST
from tests.flat.pages import LISTS, OWED_COUNTS, OWED_SHAPES, OWED_WALKS, PAGES

CONTENT = 12  # statements of a list besides the platform's own


def _but(owed: Mapping[str, tuple[Sequence[str], str]], routes: list[str]) -> list[object]:
    """Routes, those that still owe it on this database marked with what they do: nothing new may join them."""
    left = {route: why for route, (where, why) in owed.items() if connection.vendor in where}
    return [
        pytest.param(one, marks=pytest.mark.xfail(reason=left[one], strict=True)) if one in left else one
        for one in routes
    ]


@pytest.mark.parametrize("route", _but(OWED_WALKS, PAGES))
def test_no_statement_of_a_page_walks_more_than_a_page(big: Big, route: str) -> None:
    assert_flat(big, big.asked(route))


@pytest.mark.parametrize("route", _but(OWED_SHAPES, sorted(LISTS)))
def test_no_order_filter_or_page_of_a_list_walks_more_than_a_page(big: Big, route: str) -> None:
    assert_flat(big, big.shapes(route))


# Of what was done more than a thousand times on a day PostgreSQL looks at all of that day before it stops.
_OWED_ON_POSTGRESQL = [
    pytest.param(
        one,
        marks=pytest.mark.xfail(
            connection.vendor == "postgresql", reason="all of a busy day are looked at", strict=False
        ),
    )
    for one in ("who=%E7%B3%BB%E7%BB%9F", "act=assistance.sign", "act=%E7%99%BB%E8%AE%B0")
]


@pytest.mark.parametrize(
    "narrowed",
    [
        *("who=clerk", "who=director", "who=clerk&act=read"),
        # Seldom, often; then the product itself, and a word that twenty acts have.
        *("act=users.set_up", "act=read", *_OWED_ON_POSTGRESQL),
    ],
)
def test_the_trail_of_a_person_or_an_act_walks_no_more_than_a_page(big: Big, narrowed: str) -> None:
    assert_flat(big, [(f"/audit/?{narrowed}", "auditor")])


def assert_flat(big: Big, asked: list[tuple[str, str]]) -> None:
    heavy = {
        f"{role} {address}\n    {statement.short}"
        for address, role in asked
        for statement in big.look(address, role)
        if statement.work > MOST
    }

    assert not heavy, "\n".join(sorted(heavy))


@pytest.mark.parametrize("route", sorted(LISTS))
def test_a_list_sends_as_many_statements_however_long_it_is(big: Big, route: str) -> None:
    uneven = {who: counts for who, counts in sent_by(big, route).items() if len(set(counts)) > 1}

    assert not uneven, f"at {big.sizes} households"


@pytest.mark.parametrize("route", _but(OWED_COUNTS, sorted(LISTS)))
def test_a_list_sends_few_statements(big: Big, route: str) -> None:
    assert {who: counts for who, counts in sent_by(big, route).items() if max(counts) > CONTENT} == {}


def sent_by(big: Big, route: str) -> dict[str, list[int]]:
    return {f"{role} {address}": big.sent[address, role] for address, role in big.asked(route)}
