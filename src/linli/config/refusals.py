"""How the commands that need no database tell that their input is unusable."""

import gettext
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from linli.kernel.errors import DomainError
from linli.law.policies.engine import PackError

UNUSABLE = 2
_CATALOGUES = Path(__file__).resolve().parents[1] / "law" / "policies" / "locale"


def told_unusable(reasons: Iterable[str], *, as_json: bool) -> int:
    """Write the reasons, to standard error for people and to standard output as JSON; the exit code."""
    problems = list(reasons)
    if as_json:
        sys.stdout.write(json.dumps({"problems": problems}, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stderr.write("\n".join(problems) + "\n")
    return UNUSABLE


def reasons_of(refusal: DomainError | OSError, language: str) -> list[str]:
    """Every reason of a refusal, a sentence each, in "zh" or "en"."""
    if isinstance(refusal, PackError):
        return [problem.in_language(language) for problem in refusal.problems]
    if isinstance(refusal, DomainError):
        return [sentence_of(refusal, language)]
    return [f"{refusal.filename}: {refusal.strerror}"]


def sentence_of(refusal: DomainError, language: str) -> str:
    """A refusal of the policies' engine in the language, read without Django.

    Refusals of the engine are plain Chinese texts; their English is in the room's catalogue.
    """
    wanted = ["en"] if language.startswith("en") else []
    catalogue = gettext.translation("django", _CATALOGUES, wanted, fallback=True)
    text = catalogue.gettext(str(refusal.message))
    return text % refusal.details if refusal.details else text
