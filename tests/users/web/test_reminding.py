"""Who may not take a step is told whose it is, and reminds them once a day."""

import pytest
from django.conf import LazySettings
from lxml import html

from linli.foundation.screens.reminding import Waits, waits
from linli.foundation.screens.work import waiting
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.models import User
from linli.ground.users.operations.reminding import remind
from linli.ground.users.queries import NotPermitted, authority_of
from linli.kernel.act import Act
from linli.registry.partners.models import Agreement
from linli.registry.partners.operations import sign
from linli.registry.partners.steps import AGREEMENT
from tests.browser import LogIn, live_on, log_in
from tests.conftest import MONDAY, Community, Staff, at
from tests.partners.agreements import drafted

__all__ = ["log_in"]


@pytest.fixture
def row(community: Community, staff: Staff, settings: LazySettings) -> Agreement:
    live_on(settings, MONDAY)
    return drafted(Act(staff.clerk, at(MONDAY)), community.community.pk)


def kept(person: User) -> list[tuple[str, str]]:
    found = waiting(authority_of(person, MONDAY), MONDAY)
    return [(one.subject, str(one.because)) for one in found if one.kind == "REMINDED"]


def test_is_told_why_and_reminds_who_may(log_in: LogIn, staff: Staff, row: Agreement) -> None:
    clerk, address = log_in(staff.clerk), f"/partners/{row.number}/"
    page = clerk.get(address)
    [form] = html.fromstring(page.content).xpath("//form[@action='/remind/']")
    assert "等待社区主任、街道民政干部办理“签署”" in page.text
    # Of who holds no post for it the words say enough.
    assert "您没有在该区域办理此事的权限" not in page.text

    back = clerk.post("/remind/", dict(form.form_values()), headers={"Referer": f"http://testserver{address}"})

    assert back["Location"].endswith(address)
    assert [kept(one) for one in (staff.director, staff.clerk, staff.outsider)] == [
        [(row.number, f"{staff.clerk.name} 2026年3月9日催办：签署")],
        [],
        [],
    ]
    assert AuditEntry.objects.filter(act="users.remind", subject=f"agreement:{row.number}").count() == 1


def test_nobody_reminds_where_they_hold_no_post(staff: Staff, row: Agreement) -> None:
    told = {"flow": "partners.agreement", "step": "sign", "number": row.number, "page": "", "subject": ""}

    with pytest.raises(NotPermitted):
        remind(Act(staff.outsider, at(MONDAY)), told={**told, **row.stamp.columns()})


def test_what_has_no_page_is_waited_for_without_a_reminder(staff: Staff, row: Agreement) -> None:
    found = waits(AGREEMENT, authority_of(staff.clerk, MONDAY), row, MONDAY, "")

    assert found == Waits("等待社区主任、街道民政干部办理“签署”", "", "")


def test_once_a_day_is_enough(log_in: LogIn, staff: Staff, row: Agreement) -> None:
    clerk = log_in(staff.clerk)
    pages = [clerk.get(f"/partners/{row.number}/") for _time in range(2)]
    for page in pages:
        [form] = html.fromstring(page.content).xpath("//form[@action='/remind/']")
        answer = clerk.post("/remind/", dict(form.form_values()), follow=True)
    assert f"{staff.clerk.name}今天已经提醒过" in answer.content.decode()


def test_is_gone_when_the_step_was_taken(log_in: LogIn, staff: Staff, row: Agreement) -> None:
    clerk = log_in(staff.clerk)
    [form] = html.fromstring(clerk.get(f"/partners/{row.number}/").content).xpath("//form[@action='/remind/']")
    clerk.post("/remind/", dict(form.form_values()))
    sign(Act(staff.director, at(MONDAY, 18)), agreement_id=row.pk)
    assert kept(staff.street_officer) == []


def test_who_may_act_is_offered_the_step_and_no_reminder(log_in: LogIn, staff: Staff, row: Agreement) -> None:
    page = log_in(staff.director).get(f"/partners/{row.number}/").text
    assert ('action="/remind/"' in page, "签署" in page) == (False, True)


def test_a_page_of_somebody_else_reminds_nobody(log_in: LogIn, staff: Staff, row: Agreement) -> None:
    page = log_in(staff.clerk).get(f"/partners/{row.number}/")
    [form] = html.fromstring(page.content).xpath("//form[@action='/remind/']")
    assert log_in(staff.outsider).post("/remind/", dict(form.form_values())).status_code == 400
