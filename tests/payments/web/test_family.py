"""What was paid, and what came back, on the page of the family."""

import pytest
from django.test import Client

from linli.money.awards.models import PayeeAccount
from linli.registry.residents.models import Household
from tests.layers import layer
from tests.ledger.browser import LogIn, key
from tests.ledger.world import World


@layer
def families(world: World) -> World:
    """Two families with a base award."""
    world.register(2)
    world.grant(*(world.base(one) for one in world.families))
    return world


@pytest.fixture
def clerk(families: World, log_in: LogIn) -> Client:
    return log_in(families.staff.clerk)


def page(browser: Client, household: Household) -> str:
    response = browser.get(f"/residents/households/{household.number}/")
    assert response.status_code == 200
    return response.content.decode().replace("&amp;", "&")


def test_says_what_was_paid_last_and_what_is_next(families: World, clerk: Client) -> None:
    families.paid()

    shown = page(clerk, families.families[0])
    told = ("上次发放 2026年3月", "下次发放 2026年4月", "银行付讫")
    assert [words in shown for words in told] == [True] * 3


def test_a_month_that_is_on_its_way_is_not_next_as_well(families: World, clerk: Client) -> None:
    families.propose()

    shown = page(clerk, families.families[0])
    assert ["办理中 2026年3月" in shown, "下次发放 2026年4月" in shown, "下次发放 2026年3月" in shown] == [
        True,
        True,
        False,
    ]


def test_leads_to_the_account_that_money_came_back_from_and_asks_for_its_number_alone(
    families: World, clerk: Client
) -> None:
    families.paid(returned=[1])
    home = families.families[0]
    where = f"/awards/accounts/new/?unit={home.number}&next=%2Fresidents%2Fhouseholds%2F{home.number}%2F"

    shown = page(clerk, home)
    assert [words in shown for words in ("更正收款账户", f'href="{where}"')] == [True, True]
    assert shown.count("银行退回 2026年3月") == 2  # beside the award and beside the account
    form = clerk.get(where).content.decode()
    old = PayeeAccount.objects.get(unit_key=home.number)
    assert [f'value="{words}"' in form for words in (old.holder_name, old.bank_name)] == [True, True]
    data = {"unit_key": home.number, "holder_name": old.holder_name, "relation": old.relation, "basis": "代领委托书"}
    sent = clerk.post(where, {**data, "account_number": "6222000099998888", "bank_name": "江畔银行", **key()})
    assert sent["Location"] == f"/residents/households/{home.number}/"
    after = page(clerk, home)
    assert ["更正收款账户" in after, "待确认" in after] == [False, True]


def test_shows_money_to_whoever_may_read_awards(families: World, log_in: LogIn) -> None:
    shown = page(log_in(families.staff.auditor), families.families[0])
    assert ["下次发放" in shown, "更换账户" in shown] == [True, False]
