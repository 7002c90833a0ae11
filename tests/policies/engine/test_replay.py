from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.law.policies.engine import CaseFacts, Fact, PackDiffers, ReplayDiffers, determine, load_pack, replay
from tests.policies.engine.support import COMMUNITY, MARCH, elder, facts, household

PACK = load_pack(COMMUNITY)


class TestReplay:
    def test_gives_the_same_bytes(self, community_pack):
        recorded = determine(community_pack, household(elder(), elder("B", age=None)), MARCH).to_json()

        assert replay(community_pack, recorded) == recorded

    def test_repeats_local_overrides(self, community_pack):
        recorded = determine(
            community_pack, household(elder()), MARCH, overrides={"supplement_needs_base": True}
        ).to_json()

        assert replay(community_pack, recorded) == recorded

    def test_works_with_household_facts_and_without_dates(self, harbour_pack):
        case = CaseFacts((elder()._replace(facts={"age": Fact(20)}),), facts(insured=True))

        recorded = determine(harbour_pack, case, date(2026, 5, 1)).to_json()

        assert replay(harbour_pack, recorded) == recorded

    def test_refuses_another_pack(self, community_pack, harbour_pack):
        recorded = determine(community_pack, household(elder()), MARCH).to_json()

        with pytest.raises(PackDiffers):
            replay(harbour_pack, recorded)

    def test_refuses_a_record_whose_result_was_changed(self, community_pack):
        recorded = determine(community_pack, household(elder()), MARCH).to_json()

        with pytest.raises(ReplayDiffers) as refusal:
            replay(community_pack, recorded.replace('"amount_fen":50000', '"amount_fen":50001'))

        assert refusal.value.position == recorded.index("50000") + 5

    @given(
        age=st.none() | st.integers(0, 130),
        income=st.none() | st.integers(0, 100_000_000),
        flags=st.tuples(*[st.none() | st.booleans()] * 3),
    )
    def test_holds_for_any_facts(self, age, income, flags):
        spouse, child, unemployed = flags
        member = elder(
            age=age,
            monthly_income_fen=income,
            has_spouse=spouse,
            has_child_or_supporter=child,
            registered_unemployed=unemployed,
        )

        recorded = determine(PACK, household(member), MARCH).to_json()

        assert replay(PACK, recorded) == recorded


class TestDigest:
    def test_is_that_of_the_text(self, community_pack):
        first, second = (determine(community_pack, household(elder()), MARCH) for _ in range(2))

        assert first.digest == second.digest
        assert len(first.digest) == 64

    def test_differs_with_the_source_of_a_fact(self, community_pack):
        other = elder()._replace(facts={**elder().facts, "age": Fact(70, "身份证", MARCH)})

        one, two = (determine(community_pack, household(m), MARCH).digest for m in (elder(), other))

        assert one != two
