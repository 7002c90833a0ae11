import pytest

from linli.law.policies.engine import GroupUnknown, PaperState, missing_papers, required_papers

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


class TestMissingPapers:
    @pytest.mark.parametrize(
        ("code", "state", "is_missing"),
        [
            ("IDENTITY_CARD", PaperState.PRESENT, False),
            ("IDENTITY_CARD", PaperState.MISSING, True),
            ("IDENTITY_CARD", PaperState.EXPIRED, True),
            ("IDENTITY_CARD", PaperState.WAIVED, False),
            ("IDENTITY_CARD", PaperState.PROMISED, True),
            ("PAYEE_ACCOUNT", PaperState.WAIVED, True),
            ("LOW_INCOME_CERTIFICATE", PaperState.PROMISED, False),
        ],
    )
    def test_follows_what_the_pack_allows(self, community_pack, code, state, is_missing):
        required = required_papers(community_pack, ["LOW_INCOME"], proxy=False)
        states = {paper.code: PaperState.PRESENT for paper in required} | {code: state}

        assert (code in codes(missing_papers(community_pack, required, states))) is is_missing

    def test_counts_a_paper_nobody_spoke_of_as_missing(self, community_pack):
        required = required_papers(community_pack, [], proxy=False)

        assert codes(missing_papers(community_pack, required, {})) == BASE_PAPERS
