"""What every view does: know the time, make an act, run it, show the page or its fragment, keep what was typed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit

from django import forms
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from linli.foundation.clock import now
from linli.foundation.data.crypto import blind_index
from linli.foundation.data.locks import FormStale
from linli.foundation.data.scope import EVERYWHERE, Scope
from linli.foundation.screens.standing import tell_what_stands
from linli.foundation.screens.texts import day_text, joined
from linli.foundation.trail import logs
from linli.foundation.trail.acts import ActRepeated
from linli.kernel.act import Act, Actor
from linli.kernel.bilingual import Text, said
from linli.kernel.canonical import digest
from linli.kernel.errors import DomainError
from linli.kernel.marks import Listed

P = ParamSpec("P")
T = TypeVar("T")
_FRAGMENT_HEADERS = ("HX-Request", "HX-History-Restore-Request")
# Every page has its own token and key; a second factor is shown beside what a form says.
FACTOR_FIELDS = ("factor_code", "factor_passkey")
_NOT_SAID = {"csrfmiddlewaretoken", "act_key", *FACTOR_FIELDS}
_KEY = re.compile(r"[0-9a-f]{32}\Z")
# As many digits as any id has.
_WHOLE = re.compile(r"[0-9]{1,18}\Z", re.ASCII)


def today() -> date:
    """The civil date of the request in China."""
    return now().date()


def act_of(request: HttpRequest, by: Actor | None = None) -> Act:
    """The act this request asks for: its person (or ``by``, where nobody is logged in), its moment, and the form's key
    (see ``{% act_key %}``).

    A form without a key could take effect twice; a test refuses templates that forget it. Who goes back to a form that
    took effect and sends it with other words in it is told so.
    """
    key = request.POST.get("act_key", "")
    who = by or actor(request)
    sure = all(is_sure(request) for is_sure in _sure)
    return Act(who, now(), key, _said(request), sure=sure) if _KEY.match(key) else Act(who, now(), sure=sure)


_sure: list[Callable[[HttpRequest], bool]] = []


def be_sure_by(is_sure: Callable[[HttpRequest], bool]) -> None:
    """Say whether a second factor was shown in this browser a short while ago; the room that asks for it knows."""
    _sure[:] = [is_sure]


def _said(request: HttpRequest) -> str:
    """What tells a form from one that says something else, its files too: a blind index, so that nobody who reads the
    table can guess the password or the number that was typed.
    """
    fields = {name: values for name, values in request.POST.lists() if name not in _NOT_SAID}
    files = {name: [_content(file) for file in some] for name, some in request.FILES.lists()}
    return blind_index("act_key", digest([fields, files]))


def _content(file: "UploadedFile[Any]") -> str:
    at = file.tell()
    file.seek(0)
    found = digest(file.read())
    file.seek(at)
    return found


def version_of(request: HttpRequest) -> int | None:
    """The version of what the form showed (see ``{% version %}``), for the operation to compare; None without one."""
    return whole_number(request.POST.get("version", ""))


def whole_number(text: str) -> int | None:
    """A number that an address or a form carries; None for anything else, other digits and endless ones too."""
    return int(text) if _WHOLE.match(text) else None


def day_asked(request: HttpRequest, key: str = "before") -> date | None:
    """A day in the address; None where there is none, or something else."""
    try:
        return date.fromisoformat(request.GET.get(key, ""))
    except ValueError:
        return None


def came_from(request: HttpRequest) -> str:
    """The page that led to this one and is gone back to after the act (``next`` in the address, or in a form without
    one); empty where none did. Nothing but an address of our own pages counts.
    """
    asked = request.GET.get("next") or request.POST.get("next", "")
    if not asked.startswith("/") or not url_has_allowed_host_and_scheme(asked, None):
        return ""
    try:
        resolve(urlsplit(asked).path)
    except Resolver404:
        return ""
    return asked


def address_said(text: str) -> SplitResult:
    """An address that somebody sent, taken apart; of whose host it is nothing is kept. Raises Http404 for none."""
    try:
        return urlsplit(text)._replace(scheme="", netloc="")
    except ValueError as error:
        raise Http404 from error


def stands_on(request: HttpRequest) -> str:
    """The page that a small form of the frame stands on."""
    asked = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours else "/"


def onward(request: HttpRequest, to: str) -> str:
    """Where an act leads: back to the page that led here, else to ``to``."""
    return came_from(request) or to


def returning(address: str, to: str) -> str:
    """The address of a page that goes back to ``to`` after its act; the address itself where that is empty."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'next': to})}" if address and to else address


def actor(request: HttpRequest) -> Actor:
    """The person who is logged in. Raises PermissionDenied otherwise."""
    if request.user.is_anonymous:
        raise PermissionDenied
    return request.user


def found_or_404(query: Callable[P, T | None], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a query finds within reach. Raises Http404 where that is nothing: what is out of reach is not there.

    The answer is the same, and as fast, for what is nowhere; what is elsewhere is a refusal in the trail (``unfound``).
    """
    try:
        found = query(*args, **kwargs)
    except ObjectDoesNotExist as error:
        not_found(query, *args, **kwargs)
        raise Http404 from error
    if found is None:
        not_found(query, *args, **kwargs)
    return there(found)


# What the request did not find, as questions whether it is somewhere else; None where nobody will ask them.
_unfound: ContextVar[list[Callable[[], bool]] | None] = ContextVar("unfound", default=None)


@contextmanager
def unfound() -> Iterator[list[Callable[[], bool]]]:
    """What is not found until the end: questions, for when the answer has gone out, whether it is out of reach only."""
    questions: list[Callable[[], bool]] = []
    token = _unfound.set(questions)
    try:
        yield questions
    finally:
        _unfound.reset(token)


def not_found(query: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Say that a query found nothing within reach: a Scope among its arguments, or the desk's of the page whose method
    it is. A query that takes none tells nothing.
    """
    questions, everywhere = _unfound.get(), _without_reach(query, args, kwargs)
    if questions is not None and everywhere is not None:
        questions.append(lambda: _is_somewhere(everywhere))


def _without_reach(
    query: Callable[..., object], args: Sequence[object], kwargs: Mapping[str, object]
) -> Callable[[], object] | None:
    """The same question, asked without bounds."""
    if any(isinstance(one, Scope) for one in (*args, *kwargs.values())):
        wide = [EVERYWHERE if isinstance(one, Scope) else one for one in args]
        named = {name: EVERYWHERE if isinstance(one, Scope) else one for name, one in kwargs.items()}
        return lambda: query(*wide, **named)
    page = copy(getattr(query, "__self__", None))
    desk = getattr(page, "desk", None)
    if not isinstance(getattr(desk, "reads", None), Scope):
        return None
    page.desk = replace(desk, reads=EVERYWHERE)  # type: ignore[union-attr, type-var]  # a page with a desk
    name = query.__name__
    return lambda: getattr(page, name)(*args, **kwargs)


def _is_somewhere(query: Callable[[], object]) -> bool:
    try:
        return query() is not None
    except (ObjectDoesNotExist, Http404):
        return False


def there(found: T | None) -> T:
    """What was found. Raises Http404 where there is nothing."""
    if found is None:
        raise Http404
    return found


def sentence(error: DomainError) -> str:
    """The refusal in the reader's language, its details filled in; texts of plain rooms are translated here.

    A detail may be a day, a text of a pack that has both languages, or a row of them: it is said in the reader's.
    """
    message = error.message
    text = message.in_language(get_language()) if isinstance(message, Text) else gettext(str(message))
    details = {name: _detail(value) for name, value in error.details.items()}
    return text % details if details else text


def _detail(value: object) -> object:
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, Listed):
        return joined(_detail(one) for one in value)
    return said(value, get_language())


def perform(form: forms.BaseForm | None, deed: Callable[[], T], *, about: str = "") -> tuple[bool, T | None]:
    """Run an act for a form: (done, result). A refusal becomes the form's error by its field, ``about`` where it names
    none; a repeat counts as done.

    Without a form a refusal is raised on.
    """
    try:
        return True, deed()
    except ActRepeated:
        return True, None
    except DomainError as error:
        if form is None:
            raise
        error.field = error.field or about
        add_refusal(form, error)
        return False, None


def add_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Show a refusal on a form: by the field it names when the form has it, else on top. Of a form that somebody
    overtook each field tells what is recorded now.
    """
    form.add_error(error.field if error.field in form.fields else None, caught(error))
    if isinstance(error, FormStale):
        tell_what_stands(form)


def caught(error: DomainError) -> str:
    """The sentence of a refusal that ends here, for whoever is told it; the log has its code, and the trail a line of
    it where it is a no to the person. Whoever catches a DomainError goes through here or through ``logs.refusal``.
    """
    logs.refusal(error)
    return sentence(error)


def render_page(
    request: HttpRequest, page: str, context: Mapping[str, Any], *, fragment: str = "", status: int = 200
) -> HttpResponse:
    """Render ``fragment`` for an htmx swap, ``page`` otherwise; both come from one URL and one context.

    Caches must tell them apart, and htmx needs the whole page again when it restores history. A page of a room's own
    template has the room's stylesheet, where there is one.
    """
    part = fragment if fragment and asks_for_part(request) else page
    sheet = _sheet_of(page.partition("/")[0])
    response = render(request, part, {"sheet_of_room": sheet, **context}, status=status)
    patch_vary_headers(response, _FRAGMENT_HEADERS)
    return response


@cache
def _sheet_of(room: str) -> str:
    """The stylesheet of a room, ``static/ROOM/ROOM.css``; empty where it has none."""
    sheet = f"{room}/{room}.css"
    return sheet if finders.find(sheet) else ""


def asks_for_part(request: HttpRequest) -> bool:
    """Whether a script asks for a part of its page, and not for a whole one that it shows again."""
    wants, restores = (header in request.headers for header in _FRAGMENT_HEADERS)
    return wants and not restores


def no_store(response: HttpResponse) -> HttpResponse:
    """Mark a page that neither browsers nor proxies may keep."""
    response["Cache-Control"] = "no-store"
    return response


# --- the address of a form alone ------------------------------------------------------------------


def not_sent(request: HttpRequest, to: str) -> HttpResponse:
    """For the address of a form that was asked for without it: nothing was done, and it stands on the page ``to``.

    One comes here by changing the language on a refused form, or by logging in again after the session was over.
    """
    messages.warning(request, gettext("刚才没有办理成，请在本页重新办理"))
    return redirect(to)


def sent_only(to: Callable[..., str]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A decorator for what only a form asks for: the address alone leads to where the form stands, ``to`` of the
    request and the address's parts.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **address: Any) -> HttpResponse:
            if request.method != "POST":
                return not_sent(request, to(request, **address))
            return view(request, *args, **address)

        return require_http_methods(["GET", "HEAD", "POST"])(run)

    return decorate


# --- the page of a fault --------------------------------------------------------------------------


def broken(_request: HttpRequest) -> HttpResponse:
    """500 with the number under which the log says what happened. Nothing else is asked: it may be what is broken."""
    context = {"report": logs.fact("request")}
    return HttpResponseServerError(loader.get_template("500.html").render(context))


# --- the page of a refusal that no form took -------------------------------------------------------


def refused(request: HttpRequest, error: DomainError, *, status: int = 409) -> HttpResponse:
    """409 with the sentence and the way back. The same act sent again (ActRepeated) has already taken effect: 200."""
    back = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    context = {"sentence": caught(error), "back": back if own else ""}
    return render(request, "refused.html", context, status=200 if isinstance(error, ActRepeated) else status)
