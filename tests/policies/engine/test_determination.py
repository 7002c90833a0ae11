from datetime import date

import pytest

from linli.law.policies.engine import (
    CaseFacts,
    Entitlement,
    FactInvalid,
    FactUnknown,
    MembersInvalid,
    ParameterUndated,
    RuleFailed,
    ServiceDue,
    determine,
    load_pack,
)
from tests.policies.engine.support import MARCH, elder, facts, household
from tests.policies.engine.test_bad_packs import rule


class TestDetermine:
    def test_gives_each_programme_by_its_unit(self, community_pack):
        result = determine(community_pack, household(elder("A"), elder("B", age=59)), MARCH)

        assert result.entitlements == (
            Entitlement("BASE_AWARD", "HOUSEHOLD", None, eligible=True, amount_fen=50_000, stopped_by=()),
            Entitlement("ELDER_SUPPLEMENT", "PERSON", "A", eligible=True, amount_fen=30_000, stopped_by=()),
            Entitlement("ELDER_SUPPLEMENT", "PERSON", "B", eligible=False, amount_fen=0, stopped_by=()),
        )

    def test_gives_services_with_their_frequency_and_classes_without(self, community_pack):
        result = determine(community_pack, household(elder()), MARCH)

        assert result.services == (
            ServiceDue("HOME_VISIT", "A", due=True, times=3, per="WEEK", stopped_by=()),
            ServiceDue("COUNSELLING", "A", due=True, times=2, per="MONTH", stopped_by=()),
            ServiceDue("VOCATIONAL_TRAINING", "A", due=False, times=None, per=None, stopped_by=()),
        )

    def test_uses_the_parameters_of_the_day(self, harbour_pack):
        case = CaseFacts((elder()._replace(facts=facts(age=40)),), facts(storm_loss_fen=300_000, insured=False))

        amounts = [
            determine(harbour_pack, case, day).entitlement("HEATING").amount_fen
            for day in (date(2026, 9, 30), date(2026, 10, 1))
        ]

        assert amounts == [60_000, 66_000]

    def test_refuses_a_day_without_parameters(self, community_pack):
        with pytest.raises(ParameterUndated):
            determine(community_pack, household(elder()), date(2025, 1, 1))

    def test_knows_no_other_entitlements(self, community_pack):
        with pytest.raises(KeyError):
            determine(community_pack, household(elder()), MARCH).entitlement("HEATING")


class TestUnknown:
    def test_stops_what_rests_on_it_and_says_so(self, community_pack):
        result = determine(community_pack, household(elder(monthly_income_fen=None), elder("B")), MARCH)

        assert result.stopped == {"BASE_AWARD": ("A.monthly_income_fen",)}

    def test_names_the_member_whose_programme_stopped(self, community_pack):
        result = determine(community_pack, household(elder(has_spouse=None, has_child_or_supporter=None)), MARCH)

        assert result.stopped == {"ELDER_SUPPLEMENT:A": ("A.has_child_or_supporter", "A.has_spouse")}

    def test_an_absent_fact_is_unknown(self, community_pack):
        member = elder()
        known = {name: fact for name, fact in member.facts.items() if name != "age"}

        result = determine(community_pack, household(member._replace(facts=known)), MARCH)

        assert result.entitlement("ELDER_SUPPLEMENT", "A").stopped_by == ("A.age",)

    def test_names_a_household_fact_plainly(self, harbour_pack):
        result = determine(harbour_pack, CaseFacts((elder()._replace(facts={}),)), date(2026, 5, 1))

        assert result.stopped["HEATING"] == ("insured", "storm_loss_fen")

    def test_one_sure_member_is_enough_for_any(self, harbour_pack):
        sailor = facts(age=60, years_at_sea=20, still_sailing=False, yearly_catch_fen=0)
        members = (elder("1")._replace(facts=sailor), elder("2")._replace(facts=facts(years_at_sea=None)))

        result = determine(harbour_pack, CaseFacts(members), date(2026, 5, 1))

        assert [step.value for step in result.trace if step.name == "any_retired_crew"] == [True]

    def test_nobody_known_is_not_nobody(self, harbour_pack):
        sailor = facts(age=30, years_at_sea=2, still_sailing=True, yearly_catch_fen=0)
        members = (elder("1")._replace(facts=sailor), elder("2")._replace(facts=facts(years_at_sea=None)))

        result = determine(harbour_pack, CaseFacts(members), date(2026, 5, 1))

        assert [step.value for step in result.trace if step.name == "any_retired_crew"] == [None]

    def test_an_unknown_amount_leaves_eligibility_standing(self, copy):
        scheme = (copy / "scheme.toml").read_text(encoding="utf-8")
        scheme = scheme.replace('amount_rule = "elder_supplement_fen"', 'amount_rule = "by_grade_fen"')
        (copy / "scheme.toml").write_text(scheme, encoding="utf-8")
        with (copy / "rules.py").open("a", encoding="utf-8") as file:
            file.write(rule("def by_grade_fen(disability_grade: int) -> Fen:\n    return Fen(100)", "person"))

        result = determine(load_pack(copy), household(elder(disability_grade=None)), MARCH)

        assert result.entitlement("ELDER_SUPPLEMENT", "A") == Entitlement(
            "ELDER_SUPPLEMENT", "PERSON", "A", eligible=True, amount_fen=None, stopped_by=("A.disability_grade",)
        )


class TestFacts:
    @pytest.mark.parametrize("members", [(), (elder("A"), elder("A")), (elder(""),)])
    def test_a_household_has_members_with_keys_of_their_own(self, community_pack, members):
        with pytest.raises(MembersInvalid):
            determine(community_pack, household(*members), MARCH)

    @pytest.mark.parametrize("changes", [{"wage": 3}, {"age": True}, {"age": -1}, {"has_spouse": 1}])
    def test_a_fact_must_be_declared_and_within_its_bounds(self, community_pack, changes):
        with pytest.raises((FactUnknown, FactInvalid)):
            determine(community_pack, household(elder(**changes)), MARCH)

    def test_a_fact_of_a_person_is_no_fact_of_the_household(self, community_pack):
        with pytest.raises(FactUnknown):
            determine(community_pack, CaseFacts((elder(),), facts(age=30)), MARCH)


class TestTrace:
    def test_gives_the_reason_chain_of_a_result_in_order(self, community_pack):
        result = determine(community_pack, household(elder()), MARCH)

        steps = [(step.name, step.kind, step.value) for step in result.trace]

        assert [step for step in steps if step[0] in ("total_monthly_income_fen", "low_income", "base_award_fen")] == [
            ("total_monthly_income_fen", "TOTAL", 100_000),
            ("low_income", "RULE", True),
            ("base_award_fen", "RULE", 50_000),
        ]

    def test_says_where_each_input_comes_from(self, community_pack):
        result = determine(community_pack, household(elder()), MARCH)

        [low_income] = [step for step in result.trace if step.name == "low_income"]

        assert [(i.name, i.origin, i.value, i.source) for i in low_income.inputs] == [
            ("total_monthly_income_fen", "TOTAL", 100_000, ""),
            ("size", "SIZE", 1, ""),
            (
                "low_income_line_fen",
                "PARAMETER",
                120_000,
                "社会救助暂行办法 第九条（低于当地标准）",
            ),
        ]

    def test_dates_facts_and_parameters(self, community_pack):
        result = determine(community_pack, household(elder()), MARCH)

        [lone_elder] = [step for step in result.trace if step.name == "lone_elder"]

        assert [(i.name, i.source, i.date) for i in lone_elder.inputs][:2] == [
            ("age", "家庭档案", MARCH),
            ("elder_age", "老年人权益保障法 第二条", date(2025, 11, 1)),
        ]

    def test_labels_totals_after_what_they_total(self, community_pack):
        result = determine(community_pack, household(elder()), MARCH)

        assert (result.trace[0].label.zh, result.trace[0].label.en) == ("合计：月收入", "Total: Monthly income")

    def test_marks_a_local_override(self, community_pack):
        result = determine(community_pack, household(elder()), MARCH, overrides={"elder_age": 75})

        [lone_elder] = [step for step in result.trace if step.name == "lone_elder"]

        assert (lone_elder.value, lone_elder.inputs[1].origin) == (False, "OVERRIDE")

    def test_an_override_of_the_same_value_is_still_a_local_decision(self, community_pack):
        result = determine(community_pack, household(elder()), MARCH, overrides={"elder_age": 60})
        [lone_elder] = [step for step in result.trace if step.name == "lone_elder"]
        used = lone_elder.inputs[1]

        assert (used.name, used.origin, used.source, used.date) == ("elder_age", "OVERRIDE", "", None)

    def test_an_override_can_stand_in_for_a_value_that_is_not_dated_yet(self, copy):
        text = (copy / "parameters.toml").read_text(encoding="utf-8")
        head, _, tail = text.partition("[[elder_age.values]]\nfrom = 2025-11-01")
        (copy / "parameters.toml").write_text(head + "[[elder_age.values]]\nfrom = 2027-01-01" + tail, encoding="utf-8")

        result = determine(load_pack(copy), household(elder()), MARCH, overrides={"elder_age": 75})

        [lone_elder] = [step for step in result.trace if step.name == "lone_elder"]
        assert lone_elder.inputs[1].date is None


class TestRuleFailed:
    @pytest.mark.parametrize(
        ("code", "detail"),
        [
            ("def odd(size: int) -> int:\n    return 1 // (size - 1)", "ZeroDivisionError"),
            ("def odd(size: int) -> bool:\n    return size", "1 ∉ BOOL"),
            ("def odd(size: int) -> int:\n    return size > 0", "True ∉ COUNT"),
            ("def odd(size: int) -> int:\n    return 9223372036854775807 + size", "∉ COUNT"),
            ("def odd(size: int) -> int:\n    return 2 * 9223372036854775807 * size // 4", "OverflowError"),
            ("def odd(size: int) -> int | None:\n    return None", "None ∉ COUNT"),
        ],
    )
    def test_names_the_rule_and_what_it_did(self, copy, code, detail):
        with (copy / "rules.py").open("a", encoding="utf-8") as file:
            file.write(rule(code))

        with pytest.raises(RuleFailed) as refusal:
            determine(load_pack(copy), household(elder()), MARCH)

        assert refusal.value.rule == "odd"
        assert detail in str(refusal.value)

    def test_refuses_a_negative_amount(self, copy):
        text = (copy / "rules.py").read_text(encoding="utf-8")
        text = text.replace("return base_award_monthly_fen if", "return Fen(-base_award_monthly_fen) if")
        (copy / "rules.py").write_text(text, encoding="utf-8")

        with pytest.raises(RuleFailed) as refusal:
            determine(load_pack(copy), household(elder()), MARCH)

        assert refusal.value.detail == "-50000 < 0"
