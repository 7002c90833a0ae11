"""A step of a workflow on a page: its form and what runs it. Everything else is in the step's declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from linli.foundation.screens.pages import act_of, perform
from linli.kernel.act import Act
from linli.kernel.steps import Step

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Bound:
    """``form`` makes the form for the desk and the row, filled in or not; ``run`` takes the step with what it says.

    ``told`` says what came of it where the step's own ``done`` does not: levels of messages and their words.
    """

    form: Callable[..., forms.Form]
    run: Callable[[Act, Any, Fields], object]
    told: Callable[[Any], list[tuple[int, str]]] | None = None


@dataclass(frozen=True)
class Offer:
    """A step that somebody may take now, as the page shows it (``parts/step.html``)."""

    step: Step
    form: forms.Form
    address: str


def take(request: HttpRequest, bound: Bound, step: Step, row: Any, form: forms.Form) -> bool:
    """Take the step with a filled form and say what came of it; False when the form or the step is refused."""
    if not form.is_valid():
        return False
    done, result = perform(form, lambda: bound.run(act_of(request), row, form.cleaned_data))
    said = bound.told(result) if done and bound.told and result is not None else [(messages.SUCCESS, str(step.done))]
    for level, words in said if done else ():
        messages.add_message(request, level, words)
    return done
