import json
import shutil
from pathlib import Path

import pytest

from linli.config import cli_plan
from linli.config.cli_plan import run_plan_check
from linli.overview.planning.engine import propose_variant
from tests.planning.engine.plans import COMMUNITY, community_plan


class TestForPeople:
    @pytest.mark.parametrize(
        ("language", "sentences"),
        [
            ("zh", ["发现 16 处对不上，其中 4 处会使方案中途停摆。", "可行版本（改动最小，没有中途停摆）"]),
            ("en", ["16 things do not add up; 4 of them stop the plan", "A version that can be lived"]),
        ],
    )
    def test_says_what_is_wrong_and_what_would_do(
        self, capsys: pytest.CaptureFixture[str], language: str, sentences: list[str]
    ):
        run_plan_check(COMMUNITY, as_json=False, language=language)
        written = capsys.readouterr().out

        assert [sentence for sentence in sentences if sentence not in written] == []

    def test_marks_the_months_in_which_somebody_waits(self, capsys: pytest.CaptureFixture[str]):
        run_plan_check(COMMUNITY, as_json=False, language="en")
        marked = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("! ")]

        assert marked == ["2026-09", "2026-10", "2026-11", "2026-12"]

    def test_answers_1_when_something_is_fatal(self):
        assert run_plan_check(COMMUNITY, as_json=False, language="zh") == 1

    def test_answers_0_when_nothing_is(self, monkeypatch: pytest.MonkeyPatch):
        lived = propose_variant(community_plan()).plan
        monkeypatch.setattr(cli_plan, "plan_from_pack", lambda pack: lived)

        assert run_plan_check(COMMUNITY, as_json=False, language="zh") == 0

    def test_says_that_a_plan_can_be_lived_as_it_is(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ):
        lived = propose_variant(community_plan()).plan
        monkeypatch.setattr(cli_plan, "plan_from_pack", lambda pack: lived)

        run_plan_check(COMMUNITY, as_json=False, language="en")

        assert "The plan can be lived as it is." in capsys.readouterr().out

    def test_says_that_everything_adds_up(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
        monkeypatch.setattr(cli_plan, "check", lambda plan: ())

        run_plan_check(COMMUNITY, as_json=False, language="en")

        assert "Everything adds up." in capsys.readouterr().out

    def test_says_that_no_variant_was_found(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
        monkeypatch.setattr(cli_plan, "propose_variant", lambda plan: None)

        run_plan_check(COMMUNITY, as_json=False, language="en")

        assert "No version without fatal findings was found." in capsys.readouterr().out


class TestForMachines:
    def test_gives_findings_months_and_variant(self, capsys: pytest.CaptureFixture[str]):
        run_plan_check(COMMUNITY, as_json=True, language="zh")
        report = json.loads(capsys.readouterr().out)

        assert (len(report["findings"]), len(report["months"]), len(report["variant"]["changes"])) == (16, 12, 4)

    def test_gives_nothing_where_no_variant_was_found(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ):
        monkeypatch.setattr(cli_plan, "propose_variant", lambda plan: None)

        run_plan_check(COMMUNITY, as_json=True, language="zh")

        assert json.loads(capsys.readouterr().out)["variant"] is None


class TestInvalidPacks:
    @pytest.fixture
    def undated(self, tmp_path: Path) -> Path:
        pack = tmp_path / "undated"
        shutil.copytree(COMMUNITY, pack)
        plan = pack / "plan.toml"
        lines = plan.read_text(encoding="utf-8").splitlines()
        place = next(n for n, line in enumerate(lines) if line.startswith("recipients"))
        plan.write_text("\n".join(lines[:place] + lines[place + 1 :]), encoding="utf-8")
        return pack

    def test_are_answered_with_file_and_line(self, undated: Path, capsys: pytest.CaptureFixture[str]):
        code = run_plan_check(undated, as_json=False, language="en")
        told = capsys.readouterr().err

        assert (code, told.startswith("plan.toml:"), "recipients" in told) == (2, True, True)

    def test_are_answered_as_json_when_asked(self, undated: Path, capsys: pytest.CaptureFixture[str]):
        run_plan_check(undated, as_json=True, language="en")

        assert len(json.loads(capsys.readouterr().out)["problems"]) == 1

    def test_without_a_plan_are_answered_with_a_sentence(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        pack = tmp_path / "planless"
        shutil.copytree(COMMUNITY, pack)
        (pack / "plan.toml").unlink()

        code = run_plan_check(pack, as_json=False, language="en")

        assert (code, "has no plan file" in capsys.readouterr().err) == (2, True)

    def test_that_are_not_there_are_answered_too(self, tmp_path: Path):
        assert run_plan_check(tmp_path / "nowhere", as_json=False, language="zh") == 2

    def test_that_may_not_be_read_are_answered_too(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ):
        def refuse(path: Path) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(cli_plan, "load_pack", refuse)

        code = run_plan_check(COMMUNITY, as_json=False, language="zh")

        assert (code, "Permission denied" in capsys.readouterr().err) == (2, True)
