import pytest

from linli.law.policies.engine import GroupUnknown, required_papers

BASE_PAPERS = ["IDENTITY_CARD", "HOUSEHOLD_REGISTER", "PAYEE_ACCOUNT", "DATA_CHECK_AUTHORISATION"]


def codes(papers):
    return [paper.code for paper in papers]


class TestRequiredPapers:
    def test_asks_everyone_for_the_base_papers(self, community_pack):
        assert codes(required_papers(community_pack, [], proxy=False)) == BASE_PAPERS

    def test_asks_a_proxy_for_the_authorisation(self, community_pack):
        assert codes(required_papers(community_pack, [], proxy=True)) == [*BASE_PAPERS, "PROXY_AUTHORISATION"]

    def test_adds_the_papers_of_each_group_and_says_why(self, community_pack):
        papers = required_papers(community_pack, ["DISABLED", "LOW_INCOME"], proxy=False)

        assert {paper.code: paper.because_of for paper in papers[4:]} == {
            "LOW_INCOME_CERTIFICATE": ("LOW_INCOME",),
            "DISABILITY_CERTIFICATE": ("DISABLED",),
        }

    def test_asks_once_for_a_paper_two_groups_need(self, harbour_pack):
        papers = required_papers(harbour_pack, ["RETIRED_CREW", "CREW_FAMILY"], proxy=False)

        assert papers[-1].because_of == ("RETIRED_CREW", "CREW_FAMILY")

    def test_refuses_a_group_the_pack_does_not_have(self, community_pack):
        with pytest.raises(GroupUnknown):
            required_papers(community_pack, ["STORM_HIT"], proxy=False)
