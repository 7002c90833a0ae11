from datetime import date

import pytest

from linli.law.policies.engine import CaseInvalid, Fact, failed_expectations, read_case, read_examples
from tests.policies.engine.support import COMMUNITY, MARCH

CASE = """\
title = { zh = "一例", en = "A case" }
[overrides]
elder_age = 65
[[members]]
key = "A"
role = "HEAD"
[members.facts]
age = { value = 64, source = "身份证", date = 2026-01-05 }
has_spouse = "unknown"
monthly_income_fen = 3
[[expect.entitlements]]
programme = "ELDER_SUPPLEMENT"
member = "A"
eligible = false
amount_fen = 0
[[expect.groups]]
group = "LOW_INCOME"
belongs = true
[[expect.services]]
service = "HOME_VISIT"
member = "A"
due = "unknown"
"""


@pytest.fixture
def write(tmp_path):
    def write_case(text):
        path = tmp_path / "case.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_case


class TestReadCase:
    def test_reads_facts_with_and_without_source(self, write, community_pack):
        [member] = read_case(write(CASE), community_pack).facts.members

        assert member.facts == {
            "age": Fact(64, "身份证", date(2026, 1, 5)),
            "has_spouse": Fact(None),
            "monthly_income_fen": Fact(3),
        }

    def test_needs_neither_day_nor_expectations(self, write, community_pack):
        case = read_case(write(CASE[: CASE.index("[[expect")]), community_pack)

        assert (case.on, case.expected, case.overrides) == (None, (), {"elder_age": 65})

    @pytest.mark.parametrize(
        ("old", "new", "line", "cause"),
        [
            ("age = {", "ages = {", 8, "there is no fact named ages"),
            ("monthly_income_fen = 3", "monthly_income_fen = -3", 10, "-3 is outside 0 to 100000000"),
            ("monthly_income_fen = 3", "monthly_income_fen = 3.5", 10, "expected an integer"),
            ('has_spouse = "unknown"', "has_spouse = 1", 9, "expected true or false"),
            ('source = "身份证"', "source = 3", 8, "expected a text that is not empty"),
            ("elder_age = 65", "elder_ages = 65", 3, "there is no parameter named elder_ages"),
            ("elder_age = 65", "elder_age = true", 3, "expected an integer"),
            ("[overrides]\nelder_age = 65", "overrides = 3", 2, "expected a table"),
            ("[members.facts]\n", "facts = 3\n[members.fact]\n", 7, "expected a table"),
            ('programme = "ELDER_SUPPLEMENT"', 'programme = "HEATING"', 12, "there is no programme named HEATING"),
            ("eligible = false", 'eligible = "no"', 14, 'expected true, false or "unknown"'),
            ("amount_fen = 0", "amount_fen = false", 15, 'expected fen or "unknown"'),
        ],
    )
    def test_tells_each_mistake_with_its_line(self, write, community_pack, old, new, line, cause):
        with pytest.raises(CaseInvalid) as refusal:
            read_case(write(CASE.replace(old, new)), community_pack)

        first = refusal.value.problems[0]
        assert (first.file, first.line, first.cause.en) == ("case.toml", line, cause)

    def test_tells_a_file_that_is_not_there(self, tmp_path, community_pack):
        with pytest.raises(CaseInvalid) as refusal:
            read_case(tmp_path / "none.toml", community_pack)

        assert str(refusal.value) == "个案文件有 1 处错误\nnone.toml:1: 缺少文件"


class TestExpectations:
    def test_are_all_told_by_the_right_result(self, write, community_pack):
        case = read_case(write(CASE), community_pack)

        assert [e.code for e in failed_expectations(case, community_pack, MARCH)] == []

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("amount_fen = 0", "amount_fen = 1", "ELDER_SUPPLEMENT"),
            ("belongs = true", "belongs = false", "LOW_INCOME"),
            ('due = "unknown"', "due = false", "HOME_VISIT"),
        ],
    )
    def test_name_what_came_out_otherwise(self, write, community_pack, old, new, code):
        case = read_case(write(CASE.replace(old, new)), community_pack)

        assert [e.code for e in failed_expectations(case, community_pack, MARCH)] == [code]


class TestReadExamples:
    def test_reads_them_by_name(self, community_pack):
        examples = read_examples(COMMUNITY, community_pack)

        assert list(examples)[:2] == ["01_below_the_line", "02_at_the_line"]
