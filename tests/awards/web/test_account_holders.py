"""Pages of accounts: whose it is, who shares the number, what a death did."""

from datetime import date

import pytest

from linli.money.awards.models import PayeeAccount
from linli.money.awards.operations import NewAccount, confirm_account, propose_account
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import leave, record_death, register_households
from tests.layers import layer
from tests.ledger.browser import LogIn, key
from tests.ledger.world import OPENED, PAY_DAY, World, by
from tests.residents.people import couple

NUMBER = "6222000099998888"


@layer
def home(world: World) -> Household:
    """A couple without an account, and a neighbour's household beside it."""
    [home] = register_households(by(world.staff.clerk, OPENED), households=[couple(world.community.grid.pk, order=40)])
    world.families.append(home)
    return home


def names(home: Household) -> list[str]:
    rows = Resident.objects.filter(memberships__household=home).distinct().order_by("number")
    return list(rows.values_list("name", flat=True))


def propose(world: World, unit: str, name: str, *more: str) -> PayeeAccount:
    new = NewAccount(unit, world.fund.stamp, name, NUMBER, "江畔银行", *more)
    return propose_account(by(world.staff.clerk, OPENED, 10), accounts=[new])[0]


def typed(home: Household, **values: str) -> dict[str, str]:
    data = {
        "unit_key": home.number,
        "holder_name": names(home)[0],
        "relation": "MEMBER",
        "account_number": NUMBER,
        "bank_name": "江畔银行",
        "basis": "",
        "holder_number": "",
    }
    return {**data, **values, **key()}


class TestWriteDown:
    def test_keeps_whose_it_is(self, world: World, home: Household, log_in: LogIn) -> None:
        page = log_in(world.staff.clerk).post("/awards/accounts/new/", typed(home), follow=True).content.decode()
        assert "账户已登记" in page
        assert "家庭成员" in page

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"relation": ""}, "请选择"),
            ({"holder_name": "王某"}, "登记簿中没有这样的家庭成员“王某”"),
            ({"holder_name": "王某", "relation": "PROXY"}, "受托代领须写明委托书或证明"),
        ],
    )
    def test_says_what_is_wrong(
        self, world: World, home: Household, log_in: LogIn, values: dict[str, str], words: str
    ) -> None:
        page = log_in(world.staff.clerk).post("/awards/accounts/new/", typed(home, **values)).content.decode()
        assert words in page


class TestWhoIsGone:
    """The form led the family back to a dead person's account, and did not say why it was refused."""

    def test_is_not_filled_in_again(self, world: World, home: Household, log_in: LogIn) -> None:
        account = propose(world, home.number, names(home)[0])
        confirm_account(by(world.staff.director, OPENED, 11), account_ids=[account.pk])
        form, clerk = f"/awards/accounts/new/?unit={home.number}", log_in(world.staff.clerk)
        filled = f'value="{account.holder_name}"'
        before = clerk.get(form).text
        record_death(by(world.staff.clerk), resident_ids=[account.holder_id], died_date=date(2026, 3, 10))
        after = clerk.get(form).text
        assert (filled in before, 'value="江畔银行"' in before) == (True, True)
        assert (filled in after, 'value="江畔银行"' in after, "户名人已死亡" in after) == (False, False, True)

    def test_is_refused_with_the_day_of_the_death(self, world: World, home: Household, log_in: LogIn) -> None:
        dead = Resident.objects.get(name=names(home)[0])
        record_death(by(world.staff.clerk), resident_ids=[dead.pk], died_date=date(2026, 3, 10))
        page = log_in(world.staff.clerk).post("/awards/accounts/new/", typed(home, holder_name=dead.name)).text
        assert f"“{dead.name}”已于 2026年3月10日 去世，不能再收款" in page

    def test_is_refused_with_the_day_on_which_they_left(self, world: World, home: Household, log_in: LogIn) -> None:
        gone = Resident.objects.get(name=names(home)[1])
        leave(by(world.staff.clerk), resident_ids=[gone.pk], left_date=date(2026, 3, 10))
        page = log_in(world.staff.clerk).post("/awards/accounts/new/", typed(home, holder_name=gone.name)).text
        assert f"“{gone.name}”已于 2026年3月10日 离开该家庭" in page


class TestConfirm:
    def test_is_offered_of_nobody_who_died(self, world: World, home: Household, log_in: LogIn) -> None:
        account = propose(world, home.number, names(home)[0])
        director, button = log_in(world.staff.director), f"/awards/accounts/{account.pk}/confirm/"
        pages = ("/awards/accounts/", f"/residents/households/{home.number}/")
        before = [button in director.get(page).text for page in pages]
        record_death(by(world.staff.clerk), resident_ids=[account.holder_id], died_date=date(2026, 3, 10))
        text = director.get(pages[0]).text
        assert (before, [button in director.get(page).text for page in pages]) == ([True, True], [False, False])
        assert (f"/awards/accounts/new/?unit={home.number}" in text, 'name="row"' in text) == (True, False)

    def test_shows_who_shares_the_number(self, world: World, home: Household, log_in: LogIn) -> None:
        other = world.register()[0]
        propose(world, home.number, names(home)[0])
        propose(world, other.number, "王某", "PROXY", "委托书")
        page = log_in(world.staff.director).get("/awards/accounts/").content.decode()
        assert "同一账号还用于另外 1 个领取单位" in page
        assert "已核对共用，确认" in page
        assert names(home)[0] in page

    def test_counts_alone_whoever_is_out_of_reach(self, world: World, home: Household, log_in: LogIn) -> None:
        other = world.register()[0]
        propose(world, home.number, names(home)[0])
        far = propose(world, other.number, "王某", "PROXY", "委托书")
        PayeeAccount.objects.filter(pk=far.pk).update(community_id=world.community.sibling.pk)
        page = log_in(world.staff.director).get("/awards/accounts/").content.decode()
        assert "其中 1 个不在您的范围内" in page
        assert other.number not in page

    @pytest.mark.parametrize(("shown", "words"), [("1", "账户已确认"), ("0", "同一账号还用于另外 1 个领取单位")])
    def test_takes_what_the_page_showed(
        self, world: World, home: Household, log_in: LogIn, shown: str, words: str
    ) -> None:
        other = world.register()[0]
        propose(world, other.number, "王某", "PROXY", "委托书")
        account = propose(world, home.number, names(home)[0])
        page = log_in(world.staff.director).post(
            f"/awards/accounts/{account.pk}/confirm/", {"shared": shown, **key()}, follow=True
        )
        assert words in page.content.decode()

    def test_says_that_the_holder_died(self, world: World, home: Household, log_in: LogIn) -> None:
        account = propose(world, home.number, names(home)[0])
        confirm_account(by(world.staff.director, OPENED, 11), account_ids=[account.pk])
        record_death(by(world.staff.clerk), resident_ids=[account.holder_id], died_date=date(2026, 3, 10))
        page = log_in(world.staff.director).get("/awards/accounts/?state=CONFIRMED").content.decode()
        assert "户名人已死亡" in page

    def test_the_award_says_it_too_and_promises_no_day_on_which_it_may_be_used(
        self, world: World, home: Household, log_in: LogIn
    ) -> None:
        account = propose(world, home.number, names(home)[0])
        confirm_account(by(world.staff.director, OPENED, 11), account_ids=[account.pk])
        [award] = world.grant(world.base(home))
        address = f"/awards/{award.number}/"
        director = log_in(world.staff.director)
        assert "起可用" in director.get(address).content.decode()
        record_death(by(world.staff.clerk), resident_ids=[account.holder_id], died_date=date(2026, 3, 10))
        page = director.get(address).content.decode()
        assert "户名人已死亡" in page
        assert "起可用" not in page


def test_whoever_approves_sees_shared_numbers(world: World, home: Household, log_in: LogIn) -> None:
    homes = [home, *world.register()]
    accounts = [propose(world, homes[0].number, names(home)[0]), propose(world, homes[1].number, "王某", "PROXY", "书")]
    far = propose(world, world.register()[0].number, "王某", "PROXY", "书")
    for account in (*accounts, far):
        confirm_account(by(world.staff.director, OPENED, 12), account_ids=[account.pk], shared={account.pk: 2})
    world.grant(*(world.base(one) for one in homes))
    batch = world.propose(on=PAY_DAY)
    page = log_in(world.staff.checker).get(f"/payments/{batch.number}/").content.decode()
    assert "多个领取单位共用的账号" in page
    assert "还用于本批次以外的 1 个领取单位" in page
    assert names(home)[0] not in page


def test_a_number_used_beside_the_batch_is_seen_where_only_one_line_has_it(
    world: World, home: Household, log_in: LogIn
) -> None:
    mine = propose(world, home.number, names(home)[0])
    far = propose(world, world.register()[0].number, "王某", "PROXY", "书")
    for account in (mine, far):
        confirm_account(by(world.staff.director, OPENED, 12), account_ids=[account.pk], shared={account.pk: 1})
    world.grant(world.base(home))
    batch = world.propose(on=PAY_DAY)

    page = log_in(world.staff.checker).get(f"/payments/{batch.number}/").content.decode()

    assert f"**** {mine.account_last4}" in page
    assert "还用于本批次以外的 1 个领取单位" in page
