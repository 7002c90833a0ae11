"""``linli determine``: result, trace, exit codes, and reasons with file and line."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from linli.config.cli_determine import KNOWN, UNKNOWN_LEFT, run_determine
from linli.config.refusals import UNUSABLE
from tests.config.command_line import ROOT, linli

PACK = ROOT / "packs" / "community" / "assistance_plan"
FOREIGN = ROOT / "tests" / "packs" / "harbour_relief"
ELDER = PACK / "examples" / "15_supplement_with_base.toml"
UNKNOWN_INCOME = PACK / "examples" / "10_unknown_income.toml"
ABOVE_THE_LINE = PACK / "examples" / "02_at_the_line.toml"
ON = date(2026, 3, 1)


@pytest.fixture
def told(capsys):
    """Determine a case and return exit code, standard output and standard error."""

    def run(case: Path, pack: Path = PACK, on: date = ON, *, as_json: bool = False, language: str = "zh"):
        code = run_determine(pack, case, on, as_json=as_json, language=language)
        return code, *capsys.readouterr()

    return run


class TestRunDetermine:
    def test_says_what_the_case_is_entitled_to(self, told):
        code, page, _ = told(ELDER)

        assert code == KNOWN
        assert "低收入家庭生活补助（家庭）：每月 500 元" in page

    def test_speaks_english(self, told):
        assert "Living allowance (household): 500 yuan a month" in told(ELDER, language="en")[1]

    def test_shows_each_step_with_its_article_and_what_it_used(self, told):
        page = told(ELDER)[1]

        assert "低收入家庭（家庭） = 是  [《方案》三.1；社会救助暂行办法 第九条]" in page
        assert "← 低收入线（每人每月）：1,200 元" in page

    def test_says_how_often_a_service_is_due(self, told):
        assert "上门服务（A）：每周 3 次" in told(ELDER)[1]

    def test_not_entitled_is_an_answer(self, told):
        code, page, _ = told(ABOVE_THE_LINE)

        assert code == KNOWN
        assert "低收入家庭生活补助（家庭）：不符合条件" in page

    def test_nothing_due_is_said_in_words(self, told):
        assert "属于哪些类别\n  无\n\n应当提供的服务\n  无\n" in told(ABOVE_THE_LINE)[1]

    def test_lacking_facts_are_named_and_told_by_the_exit_code(self, told):
        code, page, _ = told(UNKNOWN_INCOME, language="en")

        assert code == UNKNOWN_LEFT
        assert "Living allowance (household): unknown, lacking A.Monthly income" in page

    def test_an_unknown_group_alone_is_unknown_too(self, told, tmp_path):
        case = tmp_path / "case.toml"
        case.write_text(ELDER.read_text().replace("disability_grade = 0", 'disability_grade = "unknown"'))

        assert told(case)[0] == UNKNOWN_LEFT

    def test_runs_a_pack_that_is_not_ours(self, told):
        example = next((FOREIGN / "examples").glob("*.toml"))

        assert told(example, FOREIGN, date(2026, 6, 1), language="en")[0] in (KNOWN, UNKNOWN_LEFT)

    def test_ends_with_the_digest(self, told):
        as_json = json.loads(told(ELDER, as_json=True)[1])

        assert told(ELDER)[1].endswith(f"SHA-256 {as_json['digest']}\n")


def case_with(tmp_path: Path, old: str, new: str) -> Path:
    """The elder's case with a text exchanged."""
    text = ELDER.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "case.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


class TestDates:
    def test_a_fact_of_a_later_day_is_not_known_yet(self, told, tmp_path):
        case = case_with(tmp_path, "age = 70", "age = { value = 70, date = 2026-03-02 }")

        before, after = told(case, language="en"), told(case, on=date(2026, 3, 2), language="en")

        assert (before[0], after[0]) == (UNKNOWN_LEFT, KNOWN)
        assert "Full years of age (A): unknown  [known from 2026-03-02 only]" in before[1]

    def test_a_day_before_the_scheme_is_refused(self, told):
        assert told(ELDER, on=date(2025, 10, 31), language="en")[::2] == (
            UNUSABLE,
            "The scheme begins on 2025-11-01 and is not in force on 2025-10-31\n",
        )

    def test_a_day_on_which_nothing_is_paid_is_said(self, told):
        assert "paid from 2026-01 to 2026-12, not on this day" in told(ELDER, on=date(2027, 1, 1), language="en")[1]
        assert "not on this day" not in told(ELDER, language="en")[1]

    def test_a_parameter_has_its_value_of_the_day(self, told):
        case = FOREIGN / "examples" / "01_whole_family.toml"

        amounts = [told(case, pack=FOREIGN, on=day, language="en")[1] for day in (date(2026, 9, 30), date(2026, 10, 1))]

        assert ["(household): 600 yuan a month" in page for page in amounts] == [True, False]

    def test_a_local_value_is_shown_as_one_with_what_the_pack_says(self, told):
        assert "yes  [local value, the pack says no]" in told(ELDER, language="en")[1]


class TestAsJson:
    def test_holds_result_trace_and_what_stopped_it(self, told):
        report = json.loads(told(UNKNOWN_INCOME, as_json=True)[1])

        assert report["stopped"] == {"BASE_AWARD": ["A.monthly_income_fen"]}
        assert {"entitlements", "groups", "services", "trace", "facts", "parameters", "pack", "digest"} <= set(report)

    def test_holds_problems_too(self, told, tmp_path):
        code, page, errors = told(tmp_path / "nowhere.toml", as_json=True)

        assert (code, json.loads(page), errors) == (UNUSABLE, {"problems": ["nowhere.toml:1: 缺少文件"]}, "")


class TestRefusals:
    def test_name_file_line_and_cause_of_a_bad_case(self, told, tmp_path):
        case = tmp_path / "case.toml"
        case.write_text(ELDER.read_text().replace("age = 70", "age = 170"))

        code, page, errors = told(case, language="en")

        assert (code, page) == (UNUSABLE, "")
        assert "is outside" in errors
        assert errors.startswith("case.toml:")

    def test_name_a_pack_that_is_not_there(self, told, tmp_path):
        code, _, errors = told(ELDER, tmp_path / "nowhere", language="en")

        assert code == UNUSABLE
        assert "scheme.toml:1: the file is missing" in errors

    def test_name_a_case_that_is_a_folder(self, told, tmp_path):
        assert told(tmp_path) == (UNUSABLE, "", f"{tmp_path}: Is a directory\n")

    def test_name_the_parameters_without_value_on_the_day(self, told, tmp_path):
        pack = Path(shutil.copytree(PACK, tmp_path / "pack"))
        text = (pack / "parameters.toml").read_text(encoding="utf-8")
        (pack / "parameters.toml").write_text(
            text.replace("from = 2025-11-01", "from = 2026-04-01", 1), encoding="utf-8"
        )

        code, _, errors = told(ELDER, pack=pack)

        assert code == UNUSABLE
        assert "以下参数在 2026-03-01 没有取值：base_award_monthly_fen" in errors


class TestInAProcess:
    def test_answers_without_a_database(self):
        done = linli("determine", PACK, "--case", ELDER, "--on", "2026-03-01", LINLI_DATABASE="nonsense://")

        assert (done.returncode, done.stderr) == (KNOWN, "")

    def test_tells_the_shell_what_is_unknown(self):
        assert linli("determine", PACK, "--case", UNKNOWN_INCOME, "--on", "2026-03-01").returncode == UNKNOWN_LEFT

    def test_refuses_a_day_that_is_no_day(self):
        done = linli("determine", PACK, "--case", ELDER, "--on", "yesterday")

        assert (done.returncode, "--on" in done.stderr) == (2, True)
