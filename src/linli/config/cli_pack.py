"""``linli pack test PACK`` and ``linli pack new FOLDER``: no database needed.

Exit codes: 0 all came out as written, 1 some did not or there is none, 2 the pack cannot be read.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from linli.config.refusals import reasons_of, sentence_of, told_unusable
from linli.kernel.bilingual import Text
from linli.kernel.errors import DomainError
from linli.law.policies.engine import ExampleOutcome, Pack, load_pack, run_examples
from linli.law.policies.engine.starting import start_pack

PASSED, FAILED = 0, 1
_WORDS = {
    "passed": Text("通过", "pass"),
    "failed": Text("不符", "FAIL"),
    "all": Text("{count} 个例子全部通过。", "All {count} examples come out as written."),
    "some": Text("{count} 个例子中有 {failed} 个不符。", "{failed} of {count} examples do not come out as written."),
    "new": Text(
        "已建立 {folder}。接下来：linli pack test {folder}，linli plan check {folder}；格式见 docs/pack-format.md。",
        "{folder} is there. Next: linli pack test {folder}, linli plan check {folder}; format: docs/pack-format.md.",
    ),
    "none": Text(
        "没有例子：请在 examples 文件夹里写下情形和应得的结果。",
        "There are no examples: write situations and what they give into the folder examples.",
    ),
}


def run_pack_test(pack_path: Path, *, as_json: bool, language: str) -> int:
    """Run the examples of a pack folder and write what came of each to standard output, in "zh" or "en"."""
    try:
        pack = load_pack(pack_path)
    except (DomainError, OSError) as refusal:
        return told_unusable(reasons_of(refusal, language), as_json=as_json)
    outcomes = run_examples(pack_path, pack)
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if as_json:
        report = {
            "pack": {"code": pack.code, "version": pack.version, "digest": pack.digest},
            "examples": [_record(pack, outcome) for outcome in outcomes],
            "failed": len(failed),
        }
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    else:
        sys.stdout.write("\n".join(_page(pack, outcomes, len(failed), language)) + "\n")
    return FAILED if failed or not outcomes else PASSED


def run_pack_format() -> int:
    """Print the reference of the format."""
    from linli.law.policies.engine.reference import reference_text

    sys.stdout.write(reference_text())
    return PASSED


def run_pack_new(folder: Path, *, year: int, language: str) -> int:
    """Start a pack in a new folder. 0 done, 2 there is something in its place already."""
    try:
        start_pack(folder, year=year)
    except (DomainError, OSError) as refusal:
        return told_unusable(reasons_of(refusal, language), as_json=False)
    sys.stdout.write(_WORDS["new"].in_language(language).format(folder=folder) + "\n")
    return PASSED


def _page(pack: Pack, outcomes: tuple[ExampleOutcome, ...], failed: int, language: str) -> Iterator[str]:
    yield f"{pack.label.in_language(language)} {pack.version}"
    for outcome in outcomes:
        word = _WORDS["passed" if outcome.passed else "failed"].in_language(language)
        yield f"  [{word}] {outcome.file}{_heading(outcome, language)}"
        for reason in what_failed(pack, outcome, language):
            yield f"         {reason}"
    words = "none" if not outcomes else "some" if failed else "all"
    yield _WORDS[words].in_language(language).format(count=len(outcomes), failed=failed)


def _heading(outcome: ExampleOutcome, language: str) -> str:
    case = outcome.case
    if case is None:
        return ""
    article = f" [{case.article}]" if case.article else ""
    return f"  {case.title.in_language(language)}{article}"


def what_failed(pack: Pack, outcome: ExampleOutcome, language: str) -> list[str]:
    """Why an example did not pass, a sentence each."""
    told = [problem.in_language(language) for problem in outcome.problems]
    told += [difference.told(pack, language) for difference in outcome.differences]
    return told + ([sentence_of(outcome.refusal, language)] if outcome.refusal else [])


def _record(pack: Pack, outcome: ExampleOutcome) -> dict[str, object]:
    case = outcome.case
    return {
        "file": outcome.file,
        "title": None if case is None else case.title.both,
        "article": "" if case is None else case.article,
        "on": outcome.on.isoformat(),
        "passed": outcome.passed,
        "reasons": {language: what_failed(pack, outcome, language) for language in ("zh", "en")},
    }
