"""What people do at their desks, on their phones and at the bank, one readable step each, all through the browser."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Page
from pypdf import PdfReader

from linli.ground.users.models import User
from linli.registry.residents.operations import NewMember
from tests.journeys.conftest import OpenVisit, Visit

APPLICATION = re.compile(r"JZ-\d{4}-\d+")


@dataclass
class Desk:
    """One person's window, with the few things that hands do in it."""

    window: Visit

    @property
    def page(self) -> Page:
        return self.window.page

    def go(self, path: str) -> "Desk":
        """Open an address that must be there."""
        response = self.page.goto(self.window.site.url + path, wait_until="load")
        assert response is not None
        assert response.status == 200, f"{path}: {response.status}"
        return self

    def fill(self, **values: str) -> "Desk":
        """Type into fields by their names; underscores stand for themselves."""
        return self.fill_in(values)

    def fill_in(self, values: Mapping[str, str]) -> "Desk":
        """Type into fields whatever their names, choose where there is a choice."""
        for name, value in values.items():
            box = self.page.locator(f'main [name="{name}"]:not([type=hidden])')
            if box.first.evaluate("element => element.tagName") == "SELECT":
                box.select_option(value)
            else:
                box.fill(value)
        return self

    def tick(self, name: str, *values: str) -> "Desk":
        """Tick boxes or choose a radio button."""
        for value in values:
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()
        return self

    def press(self, text: str) -> "Desk":
        """Press the button with exactly this text and wait for the page that it leads to."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator("main").get_by_role("button", name=text, exact=True).click()
        return self

    def follow(self, text: str) -> "Desk":
        """Follow the link with exactly this text."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator("main").get_by_role("link", name=text, exact=True).first.click()
        return self

    def sees(self, *texts: str) -> "Desk":
        """Assert that the page says all of it."""
        shown = self.text
        missing = [text for text in texts if text not in shown]
        assert missing == [], f"{self.page.url} does not say {missing}:\n{shown}"
        return self

    def sees_not(self, *texts: str) -> "Desk":
        """Assert that neither the page nor its source says it."""
        source = self.page.content()
        found = [text for text in texts if text in source]
        assert found == [], f"{self.page.url} says {found}"
        return self

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.locator("body").inner_text()

    @property
    def buttons(self) -> list[str]:
        """What the person may do here."""
        return [text.strip() for text in self.page.locator("main .btn").all_inner_texts()]

    def download(self, path: str) -> bytes:
        """The bytes behind an address, asked for as this person."""
        response = self.page.request.get(self.window.site.url + path)
        assert response.status == 200, f"{path}: {response.status}"
        return response.body()

    def take(self, path: str, button: str) -> bytes:
        """The file that the page's button gives."""
        self.go(path)
        with self.page.expect_download() as coming:
            self.page.locator("main").get_by_role("button", name=button, exact=True).click()
        return coming.value.path().read_bytes()

    def status(self, path: str) -> int:
        """How the product answers this person at an address."""
        return self.page.request.get(self.window.site.url + path).status

    def pdf(self, path: str) -> str:
        """The text of a PDF, without the line breaks, hyphens and spaces that its layout makes."""
        pages = PdfReader(BytesIO(self.download(path))).pages
        return squeezed("".join(page.extract_text() for page in pages))

    def picture(self, name: str) -> Path:
        """Keep a picture of the page as it stands."""
        return self.window.picture(name)


@dataclass
class Office:
    """Everybody's windows: opened when somebody first sits down, on one day after another."""

    open_visit: OpenVisit
    options: Mapping[str, object] = field(default_factory=dict)
    desks: dict[int, Desk] = field(default_factory=dict)

    def of(self, user: User) -> Desk:
        """The window of a person."""
        if user.pk not in self.desks:
            self.desks[user.pk] = Desk(self.open_visit(user, **self.options))
        return self.desks[user.pk]

    def stranger(self) -> Desk:
        """Somebody who passes by, without an account."""
        return Desk(self.open_visit(None, **self.options))

    def live_on(self, day: date) -> None:
        """The next day that matters."""
        next(iter(self.desks.values())).window.site.live_on(day)


def squeezed(text: str) -> str:
    """A text without what a layout may put between its letters."""
    return "".join(text.split()).replace("-", "")


def register_family(desk: Desk, place: str, members: Sequence[NewMember]) -> str:
    """Fill the household's page; returns the household's number."""
    desk.go("/residents/new/")
    desk.fill(area_id=place, address="2 单元 301")
    for place, member in enumerate(members):
        row = {"name": member.name, "relation": member.relation.value, "id_number": member.id_number}
        desk.fill_in({f"m{place}-{name}": value for name, value in row.items()})
    desk.press("登记家庭").sees(members[0].name, "已登记家庭")
    return desk.page.url.rstrip("/").rsplit("/", 1)[-1]


def apply_at_the_counter(desk: Desk, household: str, groups: Sequence[str]) -> str:
    """Find the household, fill the 救助申请表; returns the application's number. Papers are asked for next."""
    desk.go(f"/cases/new/?text={household}").follow("为这户登记")
    desk.fill(channel="COUNTER", identified_how="CENSUS", statement="一个人住，没有收入来源。").tick("groups", *groups)
    desk.press("收下申请，登记材料")
    found = APPLICATION.search(desk.page.url)
    assert found, desk.text
    return found.group()


def hand_in(desk: Desk, number: str, papers: Mapping[str, str]) -> None:
    """Record papers that were seen, each with its date of issue."""
    desk.go(f"/cases/{number}/papers/")
    for code, issued in papers.items():
        desk.fill_in({f"{code}-state": "PRESENT", f"{code}-issued_date": issued})
    desk.press("保存")


def do(desk: Desk, number: str, code: str, button: str, **values: str) -> Desk:
    """Take one step on a case by the button that its page offers, and come back to the case."""
    desk.go(f"/cases/{number}/")
    assert button in desk.buttons, f"{button} is not offered: {desk.buttons}"
    desk.follow(button)
    assert desk.page.url.endswith(f"/do/{code}/"), desk.page.url
    for name, value in values.items():
        radio = desk.page.locator(f'main input[type=radio][name="{name}"]')
        desk.tick(name, value) if radio.count() else desk.fill_in({name: value})
    desk.press(button).sees("已完成")
    assert desk.page.url.endswith(f"/cases/{number}/"), desk.page.url
    return desk


def letters_of(desk: Desk, number: str) -> list[str]:
    """Numbers of the letters that the case shows, oldest first."""
    desk.go(f"/cases/{number}/")
    links = desk.page.locator('main a[href^="/letters/"]').all()
    return sorted((link.get_attribute("href") or "").split("/")[2] for link in links)


# --- the home visit ------------------------------------------------------------------------------


def form_team(desk: Desk, number: str, team: Mapping[str, User]) -> None:
    """The community worker names three people, one of each kind."""
    do(desk, number, "team", "组成评估小组", **{kind: str(user.pk) for kind, user in team.items()})


def open_sheet(desk: Desk, number: str) -> Desk:
    """From my work to the sheet of the case."""
    desk.go("/work/")
    row = desk.page.locator("main tr", has_text=number).filter(has=desk.page.locator('a[href^="/sheets/"]'))
    with desk.page.expect_navigation(wait_until="load"):
        row.locator("a.btn").click()
    assert "/sheets/" in desk.page.url, desk.page.url
    return desk


def declare(desk: Desk, number: str) -> None:
    """No kin of the family."""
    open_sheet(desk, number).press("我声明").sees("已声明")


def write_sheet(desk: Desk, number: str, facts: Mapping[str, str], *, on: date, needs: str, seen: str) -> None:
    """What was found at home; ``facts`` are fields named by member and fact."""
    open_sheet(desk, number).fill_in(facts)
    desk.fill(visited_date=on.isoformat(), needs=needs, observations=seen).press("保存调查表").sees("调查表已保存")


def sign_sheet(desk: Desk, number: str, dissent: str = "") -> None:
    """Sign the sheet as it stands."""
    open_sheet(desk, number).fill(dissent=dissent).press("签名").sees("已签名")


def close_sheet(desk: Desk, number: str) -> None:
    """The report is closed; the rules determine."""
    open_sheet(desk, number).press("完成评估")


# --- the notice ----------------------------------------------------------------------------------


def newest_notice(desk: Desk, number: str) -> str:
    """The number of the latest publication of the case."""
    desk.go(f"/cases/{number}/")
    return desk.page.locator('main a[href^="/publications/"]').last.inner_text()


def post_notice(desk: Desk, notice: str) -> str:
    """A second person checks the rows and hangs them up; returns the address of the public page."""
    desk.go(f"/publications/{notice}/").fill(proof_note="社区公告栏").press("核对无误，张贴").sees(
        "公示中", "社区公告栏"
    )
    address = desk.page.get_by_role("link", name="公开页面").get_attribute("href")
    assert address
    return address


# --- money ---------------------------------------------------------------------------------------


def propose_account(desk: Desk, unit: str, holder: str, account: str) -> None:
    """One person writes down the family's account."""
    desk.go(f"/awards/accounts/new/?unit={unit}")
    desk.fill(unit_key=unit, holder_name=holder, relation="MEMBER", account_number=account, bank_name="江畔银行")
    desk.press("登记，等待确认").sees("等待另一人确认")


def confirm_accounts(desk: Desk, units: Sequence[str]) -> None:
    """Another person confirms."""
    for unit in units:
        desk.go("/awards/accounts/")
        with desk.page.expect_navigation(wait_until="load"):
            desk.page.locator("main tr", has_text=unit).get_by_role("button", name="确认").click()
        desk.sees("账户已确认")


def receive_money(desk: Desk, fund: str, yuan: str, on: date) -> str:
    """Money reached the bank; returns the number of what waits for the checker."""
    desk.go(f"/funds/{fund}/inflows/new/")
    desk.fill(amount=yuan, on=on.isoformat(), reference="BK-0001", paper="银行回单 BK-0001")
    desk.press("登记，等待复核").sees("到账已登记，复核人确认后入账")
    return desk.page.url.rstrip("/").rsplit("/", 1)[-1]


def confirm_money(desk: Desk, proposal: str) -> None:
    """Another person compares it with the bank's paper."""
    desk.go(f"/funds/proposals/{proposal}/").press("核对无误，同意").sees("已复核，从现在起生效")


def propose_batch(desk: Desk, month: str) -> str:
    """The first hand; returns the batch's number."""
    desk.go("/payments/new/").fill(month=month).press("编制并提交复核").sees("待复核")
    return desk.page.url.rstrip("/").rsplit("/", 1)[-1]


def approve_batch(desk: Desk, batch: str) -> None:
    """The second hand."""
    desk.go(f"/payments/{batch}/").press("复核通过").sees("已复核，等待放款")


def release_batch(desk: Desk, batch: str, layout: str = "RIVER_BANK") -> Desk:
    """The third hand: the money goes, or the approval turns out to be void."""
    return desk.go(f"/payments/{batch}/").fill(layout=layout).press("放款并生成银行文件")


def take_answer(desk: Desk, batch: str, answer: bytes) -> None:
    """The bank's answer comes back."""
    desk.go(f"/payments/{batch}/")
    file = {"name": "back.txt", "mimeType": "text/plain", "buffer": answer}
    desk.page.locator('main input[type=file][name="file"]').set_input_files(file)
    desk.press("导入并入账").sees("回盘已入账")
