"""Lists and figures of awards hold what lies within reach: the award, and the fund that pays it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from linli.foundation.data.scope import Scope
from linli.foundation.measures import Window
from linli.ground.users.codes import Role
from linli.ground.users.operations import assign, create_user
from linli.ground.users.queries import authority_of
from linli.kernel.period import Month
from linli.money.awards.models import Award
from linli.money.awards.queries import adjustments, due_totals, dues_between
from linli.money.awards.queries.measures import ON_THE_BOOKS
from tests.conftest import Community, Staff, system_act
from tests.ledger.world import MARCH, PAY_DAY, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(community: Community, staff: Staff) -> World:
    """The community's fund pays two families; the award of the second lies in another street."""
    world = make_world(community, staff)
    first, second = world.register(2)
    world.grant(world.base(first), world.base(second, stamp=community.foreign.stamp))
    return world


def reach_of(*area_ids: int) -> Scope:
    """Whoever is director of the communities."""
    user = create_user(system_act(), username="reaches", name="钱远")
    for area_id in area_ids:
        assign(
            system_act(),
            user_id=user.pk,
            role=Role.COMMUNITY_DIRECTOR,
            area_id=area_id,
            valid_from=PAY_DAY - timedelta(days=30),
        )
    return authority_of(user, PAY_DAY).scope()


@pytest.mark.parametrize(
    ("places", "lines"), [(("community", "foreign"), 2), (("community",), 1), (("foreign",), 0), (("sibling",), 0)]
)
def test_what_is_due_lies_within_reach_with_its_fund(two: World, places: tuple[str, ...], lines: int) -> None:
    scope = reach_of(*(getattr(two.community, place).pk for place in places))
    rows = dues_between(scope, MARCH, MARCH, on=PAY_DAY)
    totals = due_totals(scope, MARCH, MARCH, PAY_DAY)

    assert (len(rows), sum(one.number for one in totals)) == (lines, lines)


@pytest.mark.parametrize(("place", "number"), [("community", 1), ("foreign", 1), ("sibling", 0)])
def test_the_awards_on_the_books_lie_within_the_window(two: World, place: str, number: int) -> None:
    area = getattr(two.community, place)
    month = Month.of(PAY_DAY)
    window = Window(reach_of(area.pk), area.pk, PAY_DAY, month.first_day, month.plus(1).first_day, fund_id=two.fund.pk)

    assert ON_THE_BOOKS.rows(window).count() == number


@pytest.mark.parametrize(("place", "number"), [("community", 1), ("foreign", 1), ("sibling", 0)])
def test_the_preview_of_a_day_asks_the_rules_about_awards_within_reach(
    two: World, monkeypatch: pytest.MonkeyPatch, place: str, number: int
) -> None:
    since = {award.pk: PAY_DAY for award in Award.objects.all()}
    asked: list[Award] = []
    monkeypatch.setattr(adjustments, "causes_since", lambda _on: SimpleNamespace(since=since, facts=set()))
    monkeypatch.setattr(adjustments, "foresee", lambda awards, *_rest, **_named: asked.extend(awards) or [])

    adjustments.preview(reach_of(getattr(two.community, place).pk), PAY_DAY)

    assert (len(since), len(asked)) == (2, number)
