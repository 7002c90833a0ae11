"""What an audit entry says, in words: every act by its name, every subject by its kind; each room says its own."""

import re

from django.utils.text import format_lazy

from linli.foundation.shelves import Shelf
from linli.kernel.steps import Workflow

# A list's key has a stop where a record's has a colon.
_SEPARATOR = re.compile(r":|\.(?=[a-z])")
# The name of an act as it stands in the trail; what a subject says before its colon; what else it may say after it.
acts: Shelf[object] = Shelf()
subjects: Shelf[object] = Shelf()
parts: Shelf[object] = Shelf()


def act_words(act: str) -> object:
    """The act in words; the name itself of an act that has none."""
    return acts.get(act, act)


def acts_said(text: str) -> dict[str, object]:
    """Acts with a text in their words, or of that name, as the reader says them."""
    return {act: words for act, words in acts.items() if text == act or text in str(words)}


def subject_words(subject: str) -> tuple[object, str]:
    """A subject's kind in words and its number, what else it says in words too; ("", subject) of a kind without any."""
    kind, *rest = _SEPARATOR.split(subject)
    if kind not in subjects:
        return "", subject
    return subjects[kind], " · ".join(str(parts.get(part, part)) for part in rest)


def of_steps(flow: Workflow, noun: object) -> dict[str, object]:
    """The acts of a workflow's steps, where nobody says them better: what it is, and the step that people take."""
    room = flow.code.partition(".")[0]
    return {f"{room}.{step.code}": format_lazy("{} · {}", noun, step.label) for step in flow.steps if step.roles}
