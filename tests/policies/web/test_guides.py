"""办事指南: public, written from the pack in force alone."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from linli.ground.users.operations import record_office
from linli.kernel.steps import workflows
from linli.law.policies.operations import install_pack
from linli.law.policies.queries import forget_cached, pack_in_force
from linli.law.policies.web.guides import groups_of, offers, papers_of
from tests.conftest import MONDAY, system_act

ROOT = Path(__file__).parents[3]
SCHEME = "community_assistance"


@pytest.fixture
def pack(staff, settings, tmp_path):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    settings.DATA_DIR = tmp_path
    (tmp_path / "packs").mkdir()
    settings.DEMO_TODAY = MONDAY.isoformat()
    install_pack(system_act(), folder=ROOT / "packs" / "community" / "assistance_plan")
    forget_cached()
    return pack_in_force(SCHEME, MONDAY)


def words(address: str, *, english: bool = False) -> str:
    """The page as people read it."""
    browser = Client()
    if english:
        browser.cookies["django_language"] = "en"
    response = browser.get(address)
    assert response.status_code == 200, address
    page = response.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def guides(pack) -> Iterator[tuple[str, object]]:
    return ((f"/guide/{SCHEME}/{code}/", offer) for code, offer in offers(pack))


def test_the_list_leads_to_every_payment_service_and_class(pack):
    page = Client().get("/guide/").content.decode()

    assert [address for address, _offer in guides(pack) if f'href="{address}"' not in page] == []
    assert len(list(guides(pack))) == len(pack.programmes) + len(pack.services) + len(pack.classes)


@pytest.mark.parametrize("english", [False, True])
def test_a_guide_says_all_that_the_pack_says_of_it(pack, english):
    for address, offer in guides(pack):
        page = words(address, english=english)
        language = "en" if english else "zh"
        said = [offer.label, *(text for group in groups_of(pack, offer) for text in (group.label, group.definition))]
        said += [line.paper.label for line in papers_of(pack, offer)]
        said += [pack.deadlines[code].label for code in ("intake_answer", "supplement_lapse", "decision")]

        assert [text for text in said if text.in_language(language) not in page] == [], address
        assert offer.basis.legal_basis in page


def test_a_paper_of_another_group_is_not_asked_for(pack):
    page = words(f"/guide/{SCHEME}/BASE_AWARD/")

    assert "低收入证明" in page
    assert "残疾证" not in page


def test_the_time_limits_are_those_of_the_day(pack, settings):
    page = words(f"/guide/{SCHEME}/BASE_AWARD/")

    for code in ("intake_answer_days", "decision_days"):
        assert f"{pack.parameters[code].value_on(MONDAY)} 个工作日" in page


def test_how_sure_the_law_is_stands_beside_it(pack):
    page = words(f"/guide/{SCHEME}/BASE_AWARD/")

    assert "可信度 A" in page
    assert "假设" in page


def test_the_steps_are_the_public_ones_of_the_workflow_in_its_order(pack):
    with translation.override("zh-hans"):
        steps = [str(step.public) for flow in workflows() for step in flow.public]
    page = words(f"/guide/{SCHEME}/BASE_AWARD/")

    assert steps[0] == "提交申请"
    assert " ".join(steps) in re.sub(" +", " ", page)
    assert "评估小组" not in page


def test_whom_to_call_is_what_offices_entered(pack, community):
    assert "还没有登记电话" in words(f"/guide/{SCHEME}/BASE_AWARD/")

    record_office(system_act(), area_id=community.street.pk, telephone="010-62340000", address="和平路 1 号")

    page = words(f"/guide/{SCHEME}/BASE_AWARD/")
    assert "010-62340000" in page
    assert community.street.name in page


def test_nothing_is_written_and_a_browser_may_keep_it(pack, django_assert_max_num_queries):
    Client().get(f"/guide/{SCHEME}/BASE_AWARD/")

    with django_assert_max_num_queries(6):
        response = Client().get(f"/guide/{SCHEME}/BASE_AWARD/")

    assert response["Cache-Control"] == "private, max-age=300"


def test_a_guide_of_nothing_is_not_found(pack):
    for address in (f"/guide/{SCHEME}/UNHEARD_OF/", "/guide/unheard_of/BASE_AWARD/"):
        assert Client().get(address).status_code == 404


def test_without_a_scheme_the_list_says_where_to_ask(staff, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    settings.DEMO_TODAY = MONDAY.isoformat()

    assert "现在没有生效的方案" in words("/guide/")


def test_our_own_sentences_are_short(pack):
    """What the pack says is the pack's; what we say around it is said in at most 25 characters."""
    for template in (ROOT / "src").rglob("templates/*/*.html"):
        if template.name in {"front.html", "guide.html", "guide_list.html", "public_notices.html", "progress.html"}:
            ours = re.findall(r'translate "([^"]+)"', template.read_text())
            sentences = [one for text in ours for one in re.split("[。！？]", text)]
            assert [one for one in sentences if len(one) > 25] == [], template.name


def test_on_a_phone_the_steps_are_still_words(pack):
    """The line of dots that a case has shows one label there; a guide is a list."""
    page = Client().get(f"/guide/{SCHEME}/BASE_AWARD/").content.decode()

    assert "<ol><li>提交申请</li><li>受理</li>" in page
