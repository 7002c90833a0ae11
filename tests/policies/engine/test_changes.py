from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.law.policies.engine import CaseFacts, FactUnknown, determine, load_pack, what_would_change
from tests.policies.engine.support import COMMUNITY, MARCH, elder, facts, household

PACK = load_pack(COMMUNITY)


def short(found):
    return [(w.programme, w.member_key, w.fact_member_key, w.fact, w.current, w.needed, w.eligible) for w in found]


class TestWhatWouldChange:
    def test_finds_the_sum_and_the_age_and_the_relatives_that_decide(self, community_pack):
        found = what_would_change(community_pack, household(elder()), MARCH)

        assert short(found) == [
            ("BASE_AWARD", None, "A", "monthly_income_fen", 100_000, 120_000, False),
            ("ELDER_SUPPLEMENT", "A", "A", "age", 70, 59, False),
            ("ELDER_SUPPLEMENT", "A", "A", "has_spouse", False, True, False),
            ("ELDER_SUPPLEMENT", "A", "A", "has_child_or_supporter", False, True, False),
        ]

    def test_tells_a_refused_household_how_far_it_is(self, community_pack):
        found = what_would_change(community_pack, household(elder(age=30, monthly_income_fen=500_000)), MARCH)

        assert short(found) == [
            ("BASE_AWARD", None, "A", "monthly_income_fen", 500_000, 119_999, True),
            ("ELDER_SUPPLEMENT", "A", "A", "age", 30, 60, True),
        ]

    def test_says_nothing_when_one_change_is_not_enough(self, community_pack):
        case = household(elder(age=30, has_spouse=True, monthly_income_fen=None))

        assert what_would_change(community_pack, case, MARCH) == ()

    def test_answers_with_local_overrides(self, community_pack):
        case = household(elder(monthly_income_fen=500_000))

        found = what_would_change(community_pack, case, MARCH, overrides={"supplement_needs_base": True})

        assert ("ELDER_SUPPLEMENT", "A", "A", "monthly_income_fen", 500_000, 119_999, True) in short(found)

    def test_moves_facts_of_the_household_too(self, harbour_pack):
        case = CaseFacts((elder()._replace(facts={}),), facts(storm_loss_fen=150_000, insured=False))

        [found] = what_would_change(harbour_pack, case, date(2026, 5, 1))

        assert (found.fact, found.fact_member_key, found.needed, found.label.en) == (
            "storm_loss_fen",
            None,
            200_000,
            "Loss in the storm",
        )

    def test_refuses_facts_the_pack_does_not_know(self, community_pack):
        with pytest.raises(FactUnknown):
            what_would_change(community_pack, household(elder(height=180)), MARCH)

    @given(age=st.integers(0, 130), income=st.integers(0, 1_000_000), spouse=st.booleans(), child=st.booleans())
    def test_each_change_alone_gives_the_answer_it_promises(self, age, income, spouse, child):
        case = household(elder(age=age, monthly_income_fen=income, has_spouse=spouse, has_child_or_supporter=child))

        for found in what_would_change(PACK, case, MARCH):
            fact = case.of(found.fact_member_key)[found.fact]
            moved = case.with_fact(found.fact_member_key, found.fact, type(fact)(found.needed, fact.source, fact.date))
            result = determine(PACK, moved, MARCH).entitlement(found.programme, found.member_key)
            assert result.eligible is found.eligible
