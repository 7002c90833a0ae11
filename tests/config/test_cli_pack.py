"""``linli pack test``: a pack's examples, each with what it expects and what came of it."""

import json
import shutil
from pathlib import Path

import pytest

from linli.config import cli_simulate
from linli.config.cli_pack import FAILED, PASSED, run_pack_test
from linli.config.refusals import UNUSABLE
from tests.config.command_line import ROOT, linli

PACK = ROOT / "packs" / "community" / "assistance_plan"
FOREIGN = ROOT / "tests" / "packs" / "harbour_relief"


@pytest.fixture
def told(capsys):
    """Run the examples of a pack and return exit code, standard output and standard error."""

    def run(pack: Path, *, as_json: bool = False, language: str = "zh"):
        code = run_pack_test(pack, as_json=as_json, language=language)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(shutil.copytree(PACK, tmp_path / "pack"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


class TestRunPackTest:
    @pytest.mark.parametrize("pack", [PACK, FOREIGN], ids=["ours", "another"])
    def test_passes_when_all_come_out_as_written(self, told, pack):
        assert told(pack)[0] == PASSED

    def test_names_each_example_with_its_article(self, told):
        page = told(PACK, language="en")[1]

        assert "[pass] examples/05_sixty_years.toml  A lone elder of exactly sixty [《方案》三.2" in page
        assert page.endswith("All 19 examples come out as written.\n")

    @pytest.mark.parametrize(
        ("language", "sentence"),
        [
            ("zh", "低收入家庭生活补助（家庭）：应为 可得，499 元，得出 可得，500 元"),
            ("en", "Living allowance (household): expected entitled, 499 yuan, got entitled, 500 yuan"),
        ],
    )
    def test_says_what_came_out_otherwise(self, told, copy, language, sentence):
        change(copy / "examples" / "01_below_the_line.toml", "amount_fen = 50_000", "amount_fen = 49_900")

        code, page, _ = told(copy, language=language)

        assert (code, sentence in page) == (FAILED, True)

    def test_says_that_nobody_of_that_key_is_in_the_household(self, told, copy):
        change(copy / "examples" / "05_sixty_years.toml", 'member = "A"', 'member = "B"')

        assert "expected entitled, 300 yuan, got nothing of the kind" in told(copy, language="en")[1]

    @pytest.mark.parametrize(
        ("old", "new", "sentence"),
        [
            ("age = 60", "age = 600", "05_sixty_years.toml:9: 600 is outside 0 to 130"),
            ('article = "《方案》三.2；老年人权益保障法 第二条"\n', "", "the example names no article: add article"),
            ("on = 2026-03-01", "on = 2020-03-01", "These parameters have no value on 2020-03-01"),
        ],
    )
    def test_an_example_that_cannot_be_run_fails_and_the_others_run(self, told, copy, old, new, sentence):
        change(copy / "examples" / "05_sixty_years.toml", old, new)

        code, page, _ = told(copy, language="en")

        assert (code, page.count("[pass]"), page.count("[FAIL]")) == (FAILED, 18, 1)
        assert sentence in page

    def test_an_example_that_expects_nothing_proves_nothing(self, told, copy):
        file = copy / "examples" / "05_sixty_years.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text[: text.index("[[expect")], encoding="utf-8")

        assert "the example expects nothing" in told(copy, language="en")[1]

    def test_a_pack_without_examples_has_not_passed(self, told, copy):
        shutil.rmtree(copy / "examples")

        code, page, _ = told(copy)

        assert (code, "没有例子" in page) == (FAILED, True)

    def test_as_json_holds_every_example(self, told, copy):
        change(copy / "examples" / "01_below_the_line.toml", "amount_fen = 50_000", "amount_fen = 49_900")

        report = json.loads(told(copy, as_json=True)[1])

        assert (report["failed"], len(report["examples"])) == (1, 19)
        first = report["examples"][0]
        assert (first["file"], first["passed"], len(first["reasons"]["zh"])) == (
            "examples/01_below_the_line.toml",
            False,
            1,
        )

    def test_a_pack_that_cannot_be_read_is_told_with_its_lines(self, told, copy):
        (copy / "rules.py").unlink()

        assert told(copy, language="en")[::2] == (UNUSABLE, "rules.py:1: the file is missing\n")

    def test_runs_without_a_database(self):
        done = linli("pack", "test", str(FOREIGN))

        assert (done.returncode, "1 个例子全部通过。" in done.stdout) == (PASSED, True)


def test_a_variant_tells_which_examples_it_gives_otherwise(tmp_path, capsys):
    folder = cli_simulate.variant_pack(PACK, tmp_path)

    cli_simulate.tell_changed_examples(PACK, folder, "en")

    told = capsys.readouterr().err.splitlines()
    assert told
    assert all(line.startswith("examples/") and "expected" in line and line.endswith("]") for line in told)
