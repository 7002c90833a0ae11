"""Opening a fund: the plan's figures stand there, donors name a purpose, a budget stays within its sources."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from linli.law.policies.operations import install_pack
from linli.money.ledger.models import BudgetLine, Fund, FundingSource
from tests.conftest import system_act

PACK = Path(__file__).parents[3] / "packs" / "community" / "assistance_plan"


@pytest.fixture
def pack(db: None, settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "packs").mkdir()
    install_pack(system_act(), folder=PACK)


@pytest.fixture
def officer(log_in, staff, pack) -> Client:
    return log_in(staff.street_officer)


def typed(officer: Client, places, **changes: object) -> dict[str, object]:
    """The form as it stands on the page, with changes."""
    form = officer.get(reverse("fund_open")).context["form"]
    values = {bound.html_name: bound.initial for bound in form if bound.initial is not None}
    return {**values, "community": places.community.pk, **changes}


class TestOpening:
    def test_the_plans_figures_stand_there(self, officer, community):
        given = typed(officer, community)

        assert given["source_GOVERNMENT"] == "600,000.00"

    def test_sent_as_it_stands_it_is_the_fund_of_the_plan(self, officer, community):
        response = officer.post(reverse("fund_open"), typed(officer, community))

        fund = Fund.objects.get()
        assert (fund.code, response.url) == ("990101001001-2026", reverse("fund_statement", args=[fund.code]))

    def test_a_line_pays_the_programmes_of_the_scheme(self, officer, community):
        officer.post(reverse("fund_open"), typed(officer, community))

        assert any("BASE_AWARD" in line.programmes for line in BudgetLine.objects.all())

    def test_a_donor_names_a_purpose(self, officer, community):
        line = officer.get(reverse("fund_open")).context["form"].fields["donor_lines"].choices[0][0]
        donor = {"donor_name": "李氏基金会", "donor_kind": "DONATION", "donor_amount": "5000", "donor_lines": [line]}

        officer.post(reverse("fund_open"), typed(officer, community, **donor))

        source = FundingSource.objects.get(name="李氏基金会")
        assert (source.planned_fen, source.restricted_to != []) == (500_000, True)

    def test_a_budget_above_its_sources_is_not_taken(self, officer, community):
        page = officer.post(reverse("fund_open"), typed(officer, community, source_GOVERNMENT="1"))

        assert "超过资金来源合计" in page.context["form"].non_field_errors()[0]
        assert not Fund.objects.exists()

    def test_a_fund_needs_a_source_and_a_line(self, officer, community):
        nothing = {name: "" for name in typed(officer, community) if name.startswith(("source_", "line_"))}

        page = officer.post(reverse("fund_open"), typed(officer, community, **nothing))

        assert "至少填写一项" in page.context["form"].non_field_errors()[0]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"source_GOVERNMENT": "many"}, "source_GOVERNMENT"),
            ({"source_GOVERNMENT": "-5"}, "source_GOVERNMENT"),
            ({"donor_name": "李氏基金会"}, "donor_name"),
            ({"year": "26"}, "year"),
            ({"year": "2035"}, "year"),
            ({"year": "2019"}, "year"),
        ],
    )
    def test_a_mistake_is_said_by_its_field(self, officer, community, changes, field):
        page = officer.post(reverse("fund_open"), typed(officer, community, **changes))

        assert list(page.context["form"].errors) == [field]

    def test_one_fund_a_year(self, officer, community):
        officer.post(reverse("fund_open"), typed(officer, community))

        page = officer.post(reverse("fund_open"), typed(officer, community))

        assert "已存在" in page.content.decode()

    def test_another_street_is_not_offered(self, officer, community):
        page = officer.post(reverse("fund_open"), typed(officer, community, community=community.foreign.pk))

        assert "community" in page.context["form"].errors

    @pytest.mark.parametrize("query", [{"scheme": "unheard-of"}, {"community": "unheard-of"}])
    def test_what_is_not_there_is_not_found(self, officer, query):
        assert officer.get(reverse("fund_open"), query).status_code == 404

    def test_the_list_of_funds_leads_here_whoever_may(self, officer, log_in, staff):
        address = reverse("fund_open")

        assert address in officer.get(reverse("fund_list")).content.decode()
        assert address not in log_in(staff.maker).get(reverse("fund_list")).content.decode()

    def test_without_a_pack_it_says_what_comes_first(self, log_in, staff):
        assert "还没有安装方案规则" in log_in(staff.street_officer).get(reverse("fund_open")).content.decode()
