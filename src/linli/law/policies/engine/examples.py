"""The examples of a pack, run: what each promises, what came out, and whether the pack keeps its word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from linli.kernel.bilingual import Text
from linli.kernel.errors import DomainError, gettext_noop
from linli.kernel.marks import Listed
from linli.kernel.money import yuan_short
from linli.law.policies.engine.cases import EXAMPLES_FOLDER, Case, Expectation, read_case
from linli.law.policies.engine.determination import Determination, determine
from linli.law.policies.engine.model import Pack
from linli.law.policies.engine.problems import CaseInvalid, PackProblem, problem

_ANSWERS: Mapping[str, Mapping[bool | None, Text]] = {
    "entitlements": {
        True: Text("可得", "entitled"),
        False: Text("不可得", "not entitled"),
        None: Text("未知", "unknown"),
    },
    "groups": {True: Text("属于", "belongs"), False: Text("不属于", "does not belong"), None: Text("未知", "unknown")},
    "services": {True: Text("应提供", "due"), False: Text("不应提供", "not due"), None: Text("未知", "unknown")},
}
_NOTHING = Text("没有这一项", "nothing of the kind")
_HOUSEHOLD = Text("家庭", "household")


@dataclass(frozen=True)
class Difference:
    """An answer that is expected, and the one that came out (None: nothing of the kind for that member)."""

    expected: Expectation
    found: Expectation | None

    def told(self, pack: Pack, language: str) -> str:
        """In a sentence: what, for whom, expected and found."""
        what = _name_of(pack, self.expected).in_language(language)
        whom = self.expected.member_key or _HOUSEHOLD.in_language(language)
        expected, found = (_answer(side).in_language(language) for side in (self.expected, self.found))
        if language.startswith("en"):
            return f"{what} ({whom}): expected {expected}, got {found}"
        return f"{what}（{whom}）：应为 {expected}，得出 {found}"


@dataclass(frozen=True)
class ExampleOutcome:
    """What became of one example: ``problems`` hinder it from being run, ``refusal`` stopped it."""

    file: str
    case: Case | None
    on: date
    differences: tuple[Difference, ...] = ()
    problems: tuple[PackProblem, ...] = ()
    refusal: DomainError | None = None

    @property
    def passed(self) -> bool:
        """Whether everything came out as written."""
        return not (self.differences or self.problems or self.refusal)


class ExamplesFailed(DomainError):
    """A pack does not give what its own examples promise; ``outcomes`` holds those that failed."""

    message = gettext_noop("政策包有 %(count)s 个例子与规则不符：%(names)s。请用 linli pack test 查看，改好后再安装")

    def __init__(self, pack: Pack, outcomes: tuple[ExampleOutcome, ...]) -> None:
        super().__init__(count=len(outcomes), names=Listed(outcome.file for outcome in outcomes))
        self.pack = pack
        self.outcomes = outcomes


def run_examples(folder: Path, pack: Pack) -> tuple[ExampleOutcome, ...]:
    """Run every example in a pack's folder, in the order of their names. Raises nothing: what fails is an outcome."""
    return tuple(_run(path, pack) for path in sorted((folder / EXAMPLES_FOLDER).glob("*.toml")))


def check_examples(folder: Path, pack: Pack) -> None:
    """Raises ExamplesFailed when an example does not come out as written."""
    failed = tuple(outcome for outcome in run_examples(folder, pack) if not outcome.passed)
    if failed:
        raise ExamplesFailed(pack, failed)


def differences(case: Case, result: Determination) -> Iterator[Difference]:
    """What the case expects and the result does not give."""
    for expected in case.expected:
        found = expected.found_in(result)
        if found != expected:
            yield Difference(expected, found)


def _run(path: Path, pack: Pack) -> ExampleOutcome:
    file = f"{EXAMPLES_FOLDER}/{path.name}"
    try:
        case = read_case(path, pack)
    except CaseInvalid as invalid:
        return ExampleOutcome(file, None, pack.valid_from, problems=invalid.problems)
    on = case.on or pack.valid_from
    lacking = tuple(_lacking(path.name, case))
    try:
        result = determine(pack, case.facts, on, overrides=case.overrides)
    except DomainError as refusal:
        return ExampleOutcome(file, case, on, problems=lacking, refusal=refusal)
    return ExampleOutcome(file, case, on, tuple(differences(case, result)), lacking)


def _lacking(file: str, case: Case) -> Iterator[PackProblem]:
    if not case.expected:
        yield problem(file, 1, "example_empty")
    if not case.article:
        yield problem(file, 1, "example_unfounded")


def _name_of(pack: Pack, expected: Expectation) -> Text:
    if expected.kind == "groups":
        return pack.groups[expected.code].label
    if expected.kind == "entitlements":
        return pack.programmes[expected.code].label
    return pack.due_for(expected.code).label


def _answer(expectation: Expectation | None) -> Text:
    if expectation is None:
        return _NOTHING
    answer = _ANSWERS[expectation.kind][expectation.answer]
    if expectation.kind != "entitlements":
        return answer
    if expectation.amount_fen is None:
        return Text(f"{answer.zh}，金额未知", f"{answer.en}, amount unknown")
    yuan = yuan_short(expectation.amount_fen)
    return Text(f"{answer.zh}，{yuan} 元", f"{answer.en}, {yuan} yuan")
