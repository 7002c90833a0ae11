"""The page of an act: form, act, message, next. A refused form shows itself again with what was typed, status 422."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from linli.foundation.screens.drafting import address_of, slot
from linli.foundation.screens.heads import Head
from linli.foundation.screens.lookups import offered
from linli.foundation.screens.pages import act_of, actor, no_store, onward, perform, render_page, sentence
from linli.foundation.screens.undoing import undo_of
from linli.foundation.trail.acts import ActRepeated, watched
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

T = TypeVar("T")
F = TypeVar("F", bound=forms.BaseForm)
Deed = Callable[[Act], T]
Words = str | Callable[[Any], str]


def filled(request: HttpRequest, form: Callable[..., F], **options: Any) -> F:
    """The form with what was sent, files too; without, as it begins (``initial``)."""
    if request.method == "POST":
        return form(request.POST, request.FILES, **options)
    return form(**options)


def act_page(
    request: HttpRequest,
    form: forms.BaseForm,
    deed: Deed[T],
    *,
    head: Head,
    done: Words,
    to: str | Callable[[Any], str],
    submit: object = "",
    back: str = "",
    version: int | None = None,
    template: str = "act.html",
    context: Mapping[str, Any] | None = None,
    attempt: Callable[[forms.BaseForm, Callable[[], T]], tuple[bool, T | None]] = perform,
    secret: bool = False,
    danger: bool = False,
    answer: Callable[[Any], HttpResponse] | None = None,
) -> HttpResponse:
    """Show the form; when it is sent and sound, act, say what was done, and go on.

    ``deed`` gets the act of the request. ``done`` and ``to`` (an address) may ask what the deed gave, which is None for
    a form that had taken effect before; whom another page led here goes back there (``pages.onward``). ``submit`` is on
    the button, the title of the page unless said; ``back`` leads away without acting, where ``to`` leads unless that
    asks. ``version`` of what is shown travels with the form (see ``pages.version_of``). ``template`` extends
    ``act.html``. ``attempt`` puts refusals to their fields where a form has rows; ``secret`` pages are kept by nobody.
    A field whose text is looked up is answered here (``lookups``). A form of more than three fields has a draft
    (``drafting``). ``answer`` is the page that shows once what the deed gave, as a start password, instead of going on.
    """
    offer = offered(request, form)
    if offer is not None:
        return offer
    draft = None if secret else slot(actor(request).pk, address_of(request), form, version=version)
    if request.method == "POST" and form.is_valid():
        with watched() as acts:
            made, result = attempt(form, lambda: deed(act_of(request)))
        if made and draft:
            draft.drop()
        if made and answer and result is not None:
            return no_store(answer(result))
        if made:
            messages.success(request, done if isinstance(done, str) else done(result), undo_of(request, acts))
            return redirect(onward(request, to if isinstance(to, str) else to(result)))
    page = {
        "form": form,
        "head": head,
        "submit": submit or head.title,
        "back": onward(request, back or (to if isinstance(to, str) else "")),
        "version": version,
        "danger": danger,
        "draft": draft,
        **(context or {}),
    }
    # A form of rows may be sound itself; one that is begun anew was not refused.
    refused = request.method == "POST" and form.is_bound
    response = render_page(request, template, page, status=422 if refused else 200)
    return no_store(response) if secret else response


def act_at_once(request: HttpRequest, deed: Deed[T], *, done: Words, to: str) -> HttpResponse:
    """An act of a button, without fields: the page it stands on says what came of it, refusal or success."""
    try:
        with watched() as acts:
            result = deed(act_of(request))
    except ActRepeated:
        result = None
    except DomainError as error:
        messages.error(request, sentence(error))
        return redirect(onward(request, to))
    messages.success(request, done if isinstance(done, str) else done(result), undo_of(request, acts))
    return redirect(onward(request, to))
