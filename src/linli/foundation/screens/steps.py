"""A step of a workflow on a page: its form and what runs it. Everything else is in the step's declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.screens.drafting import Slot, address_of, slot
from linli.foundation.screens.pages import act_of, actor, not_sent, onward, perform, there
from linli.foundation.screens.undoing import undo_of
from linli.foundation.trail.acts import watched
from linli.kernel.act import Act
from linli.kernel.steps import Step, Workflow

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Bound:
    """``form`` makes the form for the desk and the row, filled in or not; ``run`` takes the step with what it says.

    ``told`` says what came of it where the step's own ``done`` does not: levels of messages and their words. A refusal
    that names no field is ``about`` one.
    """

    form: Callable[..., forms.Form]
    run: Callable[[Act, Any, Fields], object]
    told: Callable[[Any], list[tuple[int, str]]] | None = None
    about: str = ""


@dataclass(frozen=True)
class Offer:
    """A step that somebody may take now, as the page shows it (``parts/step.html``)."""

    step: Step
    form: forms.Form
    address: str
    draft: Slot | None


def take(request: HttpRequest, bound: Bound, step: Step, row: Any, form: forms.Form) -> bool:
    """Take the step with a filled form and say what came of it; False when the form or the step is refused."""
    if not form.is_valid():
        return False
    with watched() as acts:
        done, result = perform(form, lambda: bound.run(act_of(request), row, form.cleaned_data), about=bound.about)
    said = (
        bound.told(result)
        if done and bound.told and result is not None
        else [(messages.SUCCESS, str(step.done or gettext("已办理")))]
    )
    for level, words in said if done else ():
        messages.add_message(request, level, words, undo_of(request, acts))
    draft = slot(actor(request).pk, address_of(request), form)
    if done and draft:
        draft.drop()
    return done


class AtDesk(Protocol):
    """Who takes steps: every room's desk is one."""

    @property
    def person(self) -> Any: ...

    @property
    def on(self) -> date: ...


def offers(
    flow: Workflow,
    bound: Mapping[str, Bound],
    desk: AtDesk,
    row: Any,
    address: Callable[[Step], str],
    refused: Mapping[str, forms.Form] | None = None,
    worded: Callable[[Step], Step | None] = lambda step: step,
) -> list[Offer]:
    """The steps that may be taken on the row, as its page shows them; ``refused`` forms in their places. A page may
    have words of its own for a step, or none where it does not offer it.
    """
    kept = refused or {}
    shown = [said for step in flow.offered(desk.person, row, desk.on) if step.code in bound and (said := worded(step))]
    filled = [(step, kept.get(step.code) or bound[step.code].form(desk, row), address(step)) for step in shown]
    for step, form, _at in filled:
        # Two steps may ask for the same: each label is of its own field.
        form.auto_id = f"{step.code}_%s"
    return [Offer(step, form, at, slot(desk.person.user_id, at, form)) for step, form, at in filled]


def step_page(
    request: HttpRequest,
    flow: Workflow,
    bound: Mapping[str, Bound],
    desk: AtDesk,
    row: Any,
    path: str,
    *,
    to: str,
    page: Callable[[Mapping[str, forms.Form]], HttpResponse],
) -> HttpResponse:
    """Take the step that the address names and go on to the row, or show its ``page`` with what stands in the way.
    Without its form the address leads to the row.

    Raises Http404 for no step, PermissionDenied for whose role it is not.
    """
    step = there(next((one for one in flow.steps if one.path == path and one.code in bound), None))
    if flow.elsewhere(desk.person, step.code, row) is not None:
        raise PermissionDenied
    if request.method != "POST":
        return not_sent(request, to)
    form = bound[step.code].form(desk, row, request.POST, request.FILES)
    done = take(request, bound[step.code], step, row, form)
    return redirect(onward(request, to)) if done else page({step.code: form})


def step_at_once(
    request: HttpRequest, flow: Workflow, bound: Mapping[str, Bound], desk: AtDesk, row: Any, path: str, *, to: str
) -> HttpResponse:
    """Take a step by the button of a row in a list: the page it leads ``to`` says what came of it."""

    def page(refused: Mapping[str, forms.Form]) -> HttpResponse:
        for said in (said for form in refused.values() for some in form.errors.values() for said in some):
            messages.error(request, str(said))
        return redirect(onward(request, to))

    return step_page(request, flow, bound, desk, row, path, to=to, page=page)


def plainly(
    deed: Callable[..., object],
    named: str,
    form: Callable[..., forms.Form] = forms.Form,
    options: Callable[[Any, Any], Mapping[str, Any]] = lambda _desk, _row: {},
) -> Bound:
    """A step whose act takes the row's id by a name, in the plural a set of one, and what its form says by the fields'
    names. ``options`` are what the form needs of the desk and the row.
    """

    def run(act: Act, row: Any, said: Fields) -> object:
        return deed(act, **{named: [row.pk] if named.endswith("s") else row.pk}, **said)

    return Bound(lambda desk, row, *data: form(*data, **options(desk, row)), run)
