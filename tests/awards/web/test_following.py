"""The page of an award whose household changed: why it is reviewed, by when, and what was planned before."""

from datetime import date

from django.urls import reverse

from linli.money.awards.models import Award
from linli.money.awards.operations import complete_review, end_departed
from linli.registry.residents.operations import record_death, register_households
from tests.browser import LogIn
from tests.conftest import system_act
from tests.layers import layer
from tests.ledger.world import OPENED, PAY_DAY, World, by
from tests.residents.people import couple


@layer
def changed(world: World) -> Award:
    """The award of a couple, of whom the wife died; its review was planned for August."""
    [family] = register_households(by(world.staff.clerk, OPENED), households=[couple(world.community.grid.pk)])
    world.families.append(family)
    world.account([family.number])
    [award] = world.grant(world.base(family, review_due_date=date(2026, 8, 10)))
    spouse = world.memberships([family])[1].resident_id
    record_death(by(world.staff.clerk, PAY_DAY), resident_ids=[spouse], died_date=date(2026, 3, 12))
    end_departed(system_act(PAY_DAY), on=PAY_DAY)
    return Award.objects.get(pk=award.pk)


def test_says_who_and_by_when(world: World, changed: Award, log_in: LogIn) -> None:
    page = log_in(world.staff.director).get(reverse("award_detail", args=[changed.number])).text

    assert "家庭情况有变化，请在 2026年4月15日 前复核" in page
    assert "家庭成员去世" in page
    assert "李秀英" in page
    assert "2026年3月12日 起不再保障" in page


def test_leads_to_the_family_whom_one_may_see(world: World, changed: Award, log_in: LogIn) -> None:
    address = reverse("award_detail", args=[changed.number])
    family = reverse("household_detail", args=[changed.unit_key])

    assert f'href="{family}"' in log_in(world.staff.director).get(address).text
    assert f'href="{family}"' not in log_in(world.staff.maker).get(address).text


def test_masks_the_name_for_who_does_not_know_the_family(world: World, changed: Award, log_in: LogIn) -> None:
    page = log_in(world.staff.maker).get(reverse("award_detail", args=[changed.number])).text

    assert "家庭成员去世" in page
    assert "李秀英" not in page


def test_offers_the_day_that_was_planned_before(world: World, changed: Award, log_in: LogIn) -> None:
    page = log_in(world.staff.director).get(reverse("award_review", args=[changed.number])).text

    assert 'value="2026-08-10"' in page


def test_says_nothing_once_somebody_looked(world: World, changed: Award, log_in: LogIn) -> None:
    complete_review(by(world.staff.director), award_id=changed.pk, next_due_date=None, note="金额不变")
    page = log_in(world.staff.director).get(reverse("award_detail", args=[changed.number])).text

    assert "家庭情况有变化" not in page
