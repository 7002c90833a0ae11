"""The page of a family, with what the case and the money bring to it."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import linli.foundation
from linli.aid.assistance.models import Application
from linli.aid.assistance.operations import withdraw
from linli.aid.assistance.queries.detail import application_detail
from linli.aid.assistance.web.why import why
from linli.foundation.trail.models import AuditEntry
from linli.ground.notifications.models import Letter
from linli.ground.users.queries import authority_of
from linli.money.awards.operations import NewAccount, propose_account
from linli.registry.residents.codes import Relation
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations import NewMember, add_member, leave
from tests.assistance.web.reading import address
from tests.assistance.world import World
from tests.browser import LogIn, live_on
from tests.conftest import MONDAY
from tests.residents.people import person

# The registry's own statements, those of the history, and of each room: the same for any number of cases.
STATEMENTS = 66
TUESDAY = date(2026, 3, 10)
STATIC = Path(linli.foundation.__file__).parent / "static" / "linli"


def page(browser: Client, household: Household) -> str:
    response = browser.get(address("household_detail", household.number))
    assert response.status_code == 200
    return response.content.decode()


def back(household: Household) -> str:
    return f"next={quote(address('household_detail', household.number), safe='')}"


def test_offers_the_step_that_waits_and_leads_back_after_it(clerk: Client, world: World, family: Household) -> None:
    case = world.received(family)
    deed = f"{address('application_deed', case.number, 'accept')}?{back(family)}"

    shown = page(clerk, family)
    assert "下一步" in shown
    assert shown.count(f'href="{deed}"') == 2
    done = clerk.post(deed, {"act_key": "a" * 32, "version": case.version})
    assert done["Location"] == address("household_detail", family.number)


def test_offers_nothing_that_is_somebody_else_s(log_in: LogIn, world: World, family: Household) -> None:
    case = world.received(family)

    shown = page(log_in(world.staff.auditor), family)
    assert case.number in shown
    assert [words in shown for words in ("答复申请（", "/do/", "登记新申请", "fact/new")] == [True, False, False, False]


def test_hands_a_letter_over_and_comes_back(clerk: Client, world: World, family: Household) -> None:
    case = world.accepted(family)
    [letter] = Letter.objects.filter(subject=case.subject)
    where = f"{address('letter_detail', letter.number)}?{back(family)}"

    assert f'action="{where}"' in page(clerk, family)
    data = {"method": "HAND", "delivered_date": "2026-03-09", "receipt": "本人", "act_key": "b" * 32}
    assert clerk.post(where, data)["Location"] == address("household_detail", family.number)
    assert "已送达" in page(clerk, family)


def test_says_what_is_paid_next_and_to_whom(clerk: Client, world: World, family: Household, settings: object) -> None:
    case, day = world.at_decision(household=family)
    world.granted(case, day=day)
    live_on(settings, day)  # type: ignore[arg-type]  # the settings of the test

    shown = page(clerk, family)
    told = ("下次发放", "每月", "收款账户", "为什么", "待遇：批准", "救助决定书")
    assert [words in shown for words in told] == [True] * len(told)


def test_begins_an_application_for_the_household_and_for_one_of_its_people(
    clerk: Client, world: World, family: Household
) -> None:
    add_member(world.act(world.staff.clerk), household_id=family.pk, member=_child(), since=date(2026, 3, 9))
    child = world.people(family)[-1]
    where = address("application_new")

    shown = page(clerk, family).replace("&amp;", "&")
    assert f"{where}?household={family.number}&{back(family)}" in shown
    of_the_child = f"{where}?household={family.number}&applicant={child.number}"
    assert of_the_child in shown
    form = clerk.get(of_the_child).content.decode()
    assert f'<option value="{child.pk}" selected>' in form


def _child() -> NewMember:
    return person("王小明", Relation.CHILD, date(2016, 5, 1))


def test_the_trail_says_what_was_shown(clerk: Client, world: World, family: Household) -> None:
    world.received(family)
    page(clerk, family)

    entry = AuditEntry.objects.filter(act="read", subject=f"household:{family.number}").get()
    assert entry.lines_count == 1


def test_who_left_has_a_page_of_what_was_theirs(clerk: Client, world: World, family: Household) -> None:
    case = world.received(family)
    applicant = case.applicant
    leave(world.act(world.staff.clerk), resident_ids=[applicant.pk], left_date=date(2026, 3, 9))

    shown = clerk.get(address("resident_detail", applicant.number)).content.decode()
    assert [words in shown for words in (case.number, "收到申请", "离开家庭")] == [True] * 3


def test_costs_the_same_with_one_case_and_with_many(clerk: Client, world: World, family: Household) -> None:
    costs = []
    for _round in range(3):
        withdrawn(world, world.received(family))
        page(clerk, family)
        with CaptureQueriesContext(connection) as seen:
            page(clerk, family)
        costs.append(len(seen))

    assert costs[1] == costs[2] <= STATEMENTS


def withdrawn(world: World, case: Application) -> None:
    withdraw(world.act(world.staff.clerk), application_id=case.pk, reason="不再需要")


def test_says_that_no_account_is_known_and_where_to_enter_one(clerk: Client, world: World, family: Household) -> None:
    account = f"{address('account_new')}?unit={family.number}&amp;{back(family)}"
    before = page(clerk, family)
    world.accounts(family)

    assert [account in shown for shown in (before, page(clerk, family))] == [True, False]


def test_the_page_before_the_decision_says_whose_account_is_missing(
    clerk: Client, log_in: LogIn, world: World, family: Household
) -> None:
    case = world.accepted(family)
    world.assessed(case)
    where = address("application_detail", case.number)

    told = "批准前须有确认的收款账户"
    before = clerk.get(where).content.decode()
    world.accounts(family)

    assert f'href="{address("account_new")}?unit={family.number}"' in re.sub(r"\s+", " ", before)
    assert [told in shown for shown in (before, clerk.get(where).content.decode())] == [True, False]


def test_the_page_before_the_decision_leads_to_the_account_that_waits(
    clerk: Client, world: World, family: Household
) -> None:
    """It sent the director to write down a new one, which would have taken the place of the one that waits."""
    case = world.accepted(family)
    world.assessed(case)
    new = NewAccount(family.number, family.stamp, "王某", "6222000011112222", "江畔银行", "PROXY", "委托书")
    propose_account(world.act(world.staff.clerk), accounts=[new])

    text = re.sub(r"\s+", " ", clerk.get(address("application_detail", case.number)).text)

    assert "批准前须有确认的收款账户，已登记、等待另一人确认的：" in text
    assert f'href="{address("account_list")}?q={family.number}"' in text
    assert f"{address('account_new')}?unit={family.number}" not in text


def test_the_reasons_call_by_name_who_left_on_the_day_of_the_assessment(world: World) -> None:
    """They were a bare number on the case's page and on the paper for the family."""
    stays = person("王建国")
    goes = person("李秀英", Relation.SPOUSE, date(1953, 8, 12), male=False)
    family = world.family(stays, goes)
    case = world.accepted(family)
    world.assessed(case)
    gone = Resident.objects.get(name=goes.name)
    leave(world.act(world.staff.clerk, TUESDAY), resident_ids=[gone.pk], left_date=MONDAY)
    shown = application_detail(authority_of(world.staff.clerk, TUESDAY).scope(), case.number, TUESDAY)
    assert shown is not None
    said = why(shown)

    assert {one.member for one in said.chain if one.member} == {stays.name, goes.name}
    assert said.names[gone.number] == gone.name


def test_the_paper_of_a_case_has_no_buttons(clerk: Client, world: World, family: Household) -> None:
    case = world.received(family)
    text = clerk.get(address("application_detail", case.number)).text
    sheet = (STATIC / "print.css").read_text(encoding="utf-8")
    hidden = sheet[: sheet.index("{display:none!important}")].rpartition("}")[2].strip().split(",")

    assert re.search(r'class="card no-print">\s*<header>\s*<h2>其他操作', text)
    assert {".btn", ".no-print"} <= set(hidden)


def test_a_bar_in_a_table_keeps_a_width_on_a_phone() -> None:
    """A row of a list is as wide as its words there: a bar has none, and shrank to a mark."""
    assert re.search(r"^td \.bar\{min-width:\d\dpx\}", (STATIC / "components.css").read_text(encoding="utf-8"), re.M)
