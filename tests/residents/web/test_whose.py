"""On a page about several people an error names the person."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import ChoiceField, Form
from django.test import Client
from django.urls import reverse

from linli.kernel.act import Act
from linli.registry.residents.models import Household
from linli.registry.residents.operations import register_households
from linli.registry.residents.web import forms
from tests.conftest import MONDAY, Community, Staff, at
from tests.layers import layer
from tests.residents.people import couple

HEADERS = "户序号,楼栋或网格,门牌,姓名,与户主关系,性别,出生日期,身份证号,电话"


@layer
def household(staff: Staff, community: Community) -> Household:
    return register_households(Act(staff.clerk, at(MONDAY)), households=[couple(community.grid.pk)])[0]


def summary(response: object) -> list[str]:
    """The lines above the form, as they are read."""
    page = response.content.decode()  # type: ignore[attr-defined]  # a response
    found = re.search(r'<div class="error-summary".*?</ul>', page, re.DOTALL)
    lines = re.findall(r"<li>(.*?)</li>", found[0], re.DOTALL) if found else []
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in lines]


class TestHousehold:
    def test_a_member_is_named_by_row_and_name(self, browser: Client, community: Community) -> None:
        said = {
            "rows": "5",
            "area_id": community.grid.code,
            "m0-name": "王一",
            "m0-relation": "HEAD",
            "m0-id_number": "110101190001010000",
            "m1-name": "李二",
            "m1-relation": "SPOUSE",
            "m1-birth_date": "那年春天",
        }

        told = summary(browser.post(reverse("household_new"), said))

        assert "户主 王一 身份证号" in [line.split("：")[0] for line in told]
        assert "第 2 人 李二 出生日期" in [line.split("：")[0] for line in told]

    def test_one_without_a_name_is_named_by_the_row(self, browser: Client, community: Community) -> None:
        said = {"rows": "5", "area_id": community.grid.code, "m2-birth_date": "2020-02-30"}

        told = summary(browser.post(reverse("household_new"), said))

        assert "第 3 人 姓名" in [line.split("：")[0] for line in told]

    def test_one_who_joins_is_named(self, browser: Client, household: Household) -> None:
        said = {"name": "王小三", "relation": "CHILD", "since": "2026-03-09", "birth_date": "那年春天", "sex": "MALE"}

        told = summary(browser.post(reverse("member_new", args=[household.number]), said))

        assert [line.split("：")[0] for line in told if "出生日期" in line] == ["王小三 出生日期"]


@pytest.mark.parametrize(
    ("page", "said", "line"),
    [
        ("fact_new", {"value": "很多", "code": "lives_alone", "source": "入户", "as_of": "2026-03-09"}, "内容"),
        ("identification_new", {"how": "CENSUS", "identified_date": "2026-13-01"}, "识别日期"),
        ("guardian_new", {"kind": "PROXY", "valid_from": "2026-03-09"}, "证明文件"),
        ("kinship_new", {"kin_number": "R-999999", "relation": "SIBLING"}, "亲属的居民编号"),
    ],
)
def test_whom_a_form_is_about_is_named(
    browser: Client, household: Household, page: str, said: dict[str, str], line: str
) -> None:
    person = household.memberships.order_by("pk")[1].resident
    about = {"guardian_new": "ward", "kinship_new": "member"}.get(page, "subject")
    chosen = person.number if about == "subject" else str(person.pk)

    told = summary(browser.post(reverse(page, args=[household.number]), {about: chosen, **said}))

    assert f"{person.name} {line}" in [one.split("：")[0] for one in told]


def test_every_form_that_offers_people_says_whom_it_is_about() -> None:
    """Forms of the registry with a choice of people: each names who was chosen."""
    people = {"subject", "ward", "member", "applicant"}
    offering = {
        one.__name__: one
        for one in vars(forms).values()
        if isinstance(one, type)
        and issubclass(one, Form)
        and any(name in people and isinstance(field, ChoiceField) for name, field in one.base_fields.items())
    }

    assert offering.keys() == {"FactForm", "IdentificationForm", "GuardianForm", "KinshipForm"}
    assert [name for name, one in offering.items() if not issubclass(one, forms.OfMemberForm)] == []


def test_a_file_names_whose_row_is_wrong(browser: Client, community: Community) -> None:
    rows = [
        HEADERS,
        f"1,{community.building.name},101,王一,户主,男,1950-05-01,,",
        f"1,{community.building.name},101,李二,配偶,女,那年春天,,",
        f"2,{community.building.name},102,张三,户主,男,2099-01-01,,",
    ]
    file = SimpleUploadedFile("people.csv", "\n".join(rows).encode(), "text/csv")

    page = browser.post(reverse("household_import"), {"file": file})

    told = [(one.row, one.who) for one in page.context["problems"]]
    assert told == [(3, "李二"), (4, "张三")]
    assert "<td>李二</td>" in page.content.decode()
