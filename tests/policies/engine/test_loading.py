from datetime import date

import pytest

from linli.kernel.bilingual import Text
from linli.law.policies.engine import (
    GroupUnknown,
    ParameterOutOfRange,
    ParameterUndated,
    ParameterUnknown,
    digest_folder,
    load_pack,
)
from tests.policies.engine.support import COMMUNITY, MARCH


class TestLoadPack:
    def test_reads_labels_in_both_languages(self, community_pack):
        assert community_pack.label == Text("社区社会救助服务体系方案", "Community social assistance plan")

    def test_keeps_the_basis_of_each_figure(self, community_pack):
        basis = community_pack.parameters["base_award_monthly_fen"].basis

        assert (basis.legal_basis, basis.confidence, basis.assumption) == ("《方案》三.2", "A", False)

    def test_keeps_the_reason_of_each_assumption(self, community_pack):
        assumed = [p.basis.why for p in community_pack.parameters.values() if p.basis.assumption]

        assert assumed
        assert None not in assumed

    def test_a_pack_needs_no_plan(self, copy):
        (copy / "plan.toml").unlink()

        assert load_pack(copy).plan is None

    def test_cannot_be_changed_once_loaded(self, community_pack):
        with pytest.raises(TypeError):
            community_pack.groups["NEW"] = None


class TestDigest:
    def test_is_the_same_for_the_same_files(self, copy, community_pack):
        assert digest_folder(copy) == community_pack.digest

    @pytest.mark.parametrize("file", ["scheme.toml", "parameters.toml", "rules.py", "plan.toml"])
    def test_changes_with_any_file(self, copy, community_pack, file):
        with (copy / file).open("a", encoding="utf-8") as handle:
            handle.write("# another remark\n")

        assert load_pack(copy).digest != community_pack.digest

    def test_changes_with_the_name_of_a_file(self, copy, community_pack):
        example = copy / "examples" / "01_below_the_line.toml"
        example.rename(example.with_name("00_below_the_line.toml"))

        assert digest_folder(copy) != community_pack.digest

    def test_ignores_caches_and_hidden_files(self, copy, community_pack):
        (copy / "__pycache__").mkdir()
        (copy / "__pycache__" / "rules.pyc").write_bytes(b"x")
        (copy / ".hidden").write_text("x", encoding="utf-8")

        assert digest_folder(copy) == community_pack.digest


class TestParametersOn:
    def test_gives_the_value_in_force(self, harbour_pack):
        days = [date(2026, 4, 1), date(2026, 9, 30), date(2026, 10, 1)]

        assert [harbour_pack.parameters_on(day)["heating_base_fen"] for day in days] == [60_000, 60_000, 66_000]

    def test_refuses_a_day_before_the_first_value_naming_all(self, community_pack):
        with pytest.raises(ParameterUndated) as refusal:
            community_pack.parameters_on(date(2025, 10, 31))

        assert list(refusal.value.names) == list(community_pack.parameters)

    def test_refuses_a_day_after_a_value_ended(self, copy):
        text = (copy / "parameters.toml").read_text(encoding="utf-8")
        text = text.replace("from = 2025-11-01\n", "from = 2025-11-01\nuntil = 2027-01-01\n", 1)
        (copy / "parameters.toml").write_text(text, encoding="utf-8")
        pack = load_pack(copy)

        assert pack.parameters_on(date(2026, 12, 31))["base_award_monthly_fen"] == 50_000
        with pytest.raises(ParameterUndated) as refusal:
            pack.parameters_on(date(2027, 1, 1))
        assert str(refusal.value) == "以下参数在 2027-01-01 没有取值：base_award_monthly_fen"

    def test_prefers_a_local_override(self, community_pack):
        values = community_pack.parameters_on(MARCH, {"base_award_monthly_fen": 60_000})

        assert values["base_award_monthly_fen"] == 60_000

    def test_refuses_an_override_of_nothing(self, community_pack):
        with pytest.raises(ParameterUnknown):
            community_pack.parameters_on(MARCH, {"base_award": 60_000})

    @pytest.mark.parametrize("value", [-1, 1_000_001, True])
    def test_refuses_an_override_out_of_bounds(self, community_pack, value):
        with pytest.raises(ParameterOutOfRange):
            community_pack.parameters_on(MARCH, {"base_award_monthly_fen": value})

    def test_refuses_a_number_for_a_flag(self, community_pack):
        with pytest.raises(ParameterOutOfRange):
            community_pack.parameters_on(MARCH, {"supplement_needs_base": 1})


class TestGroup:
    def test_is_found_by_its_code(self, community_pack):
        assert community_pack.group("LONE_ELDER").label.en == "Lone elder"

    def test_refuses_a_code_the_pack_does_not_have(self, community_pack):
        with pytest.raises(GroupUnknown):
            community_pack.group("STORM_HIT")


class TestText:
    @pytest.mark.parametrize(("language", "text"), [("en", "b"), ("en-gb", "b"), ("zh-hans", "a"), ("fr", "a")])
    def test_is_chinese_unless_english_is_asked_for(self, language, text):
        assert Text("a", "b").in_language(language) == text

    def test_reads_in_chinese(self):
        assert str(Text("邻里", "neighbours")) == "邻里"


def test_the_folder_of_the_community_pack_is_the_digest_root(community_pack):
    assert digest_folder(COMMUNITY) == community_pack.digest
