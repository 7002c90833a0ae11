"""The page of an act, declared: form, act, message, next. A refused form shows itself again, status 422."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Self, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.drafting import address_of, slot
from linli.foundation.screens.heads import Head
from linli.foundation.screens.lookups import offered
from linli.foundation.screens.pages import (
    act_of,
    actor,
    add_refusal,
    caught,
    found_or_404,
    no_store,
    onward,
    perform,
    render_page,
    sentence,
    version_of,
)
from linli.foundation.screens.undoing import undo_of
from linli.foundation.trail.acts import watched
from linli.foundation.trail.purposes import Purpose
from linli.kernel.act import Act
from linli.kernel.errors import DomainError

T = TypeVar("T")
D = TypeVar("D")  # the desk
R = TypeVar("R")  # what the act is about
Said = Mapping[str, Any]


class ActPage(Generic[D, R]):
    """One act on one request; a room's class says what is particular (docs/adr/0033).

    ``title``, ``lead``, ``submit`` (the button, the title unless said) and ``done`` are texts, their details those of
    the row that ``finds`` within reach. ``form`` begins with :meth:`initial`, which is today in the field ``today``;
    :meth:`options` are what it needs besides. ``operation`` gets what the form says by the fields' names, or as they
    are ``called`` (what is called nothing is asked only); the id of the row by the name ``of``, in the plural a set of
    one; and the version that the page showed, where it is ``versioned``. It ``leads`` to a page, of the row where that
    is named ``by`` something of it, and so do the crumbs (``above`` are its words otherwise). A refusal that names no
    field is ``about`` one. ``template`` extends ``act.html``. A ``secret`` page is kept by nobody; ``danger`` cannot be
    taken back.
    """

    title: object  # an instance may have its own
    lead: ClassVar[object] = ""
    submit: ClassVar[object] = ""
    done: ClassVar[object] = ""
    finds: ClassVar[Callable[..., Any]]
    form: ClassVar[type[forms.BaseForm]] = forms.Form
    today: ClassVar[str] = ""
    operation: ClassVar[Callable[..., Any]]
    of: ClassVar[str] = ""
    called: ClassVar[Mapping[str, str]] = MappingProxyType({})
    versioned: ClassVar[bool] = False
    leads: ClassVar[str] = ""
    by: ClassVar[str] = ""
    above: ClassVar[object] = ""
    about: ClassVar[str] = ""
    template: ClassVar[str] = "act.html"
    secret: ClassVar[bool] = False
    danger: ClassVar[bool] = False

    @classmethod
    def doing(cls, operation: Callable[..., Any], of: str, **declared: object) -> type[Self]:
        """The same page for an operation, where nothing but words, form and names are its own."""
        return type(operation.__name__, (cls,), {"operation": operation, "of": of, **declared})

    # --- what a room says -------------------------------------------------------------------------

    def find(self, *args: Any, **address: Any) -> R:
        """What the address names, within reach: out of it is Http404. None for what is not there yet."""
        finds = getattr(type(self), "finds", None)
        return found_or_404(finds, self.desk.reads, *address.values()) if finds else None  # type: ignore[attr-defined,return-value]  # a desk

    def may(self) -> bool:
        """Whether the person may act on the row; PermissionDenied otherwise."""
        return True

    def stops(self) -> DomainError | None:
        """Why it cannot be done now whatever the form says: told in its place, before anybody fills it in."""
        return None

    def offers(self) -> Mapping[str, Any]:
        """What there is to choose from, by field (``fields.OfferingForm``)."""
        return {}

    def options(self) -> Mapping[str, Any]:
        """What the form needs to be made."""
        offers = self.offers()
        return {"offers": offers} if offers else {}

    def initial(self) -> Mapping[str, Any]:
        """What the form begins with."""
        return {self.today: self.desk.on} if self.today else {}  # type: ignore[attr-defined]  # a desk has a day

    def words(self) -> object:
        """What the texts tell, by name: what the row has."""
        return _Details(self.row)

    def pk(self) -> int:
        """The id of the row."""
        return self.row.pk  # type: ignore[attr-defined,no-any-return]  # a record

    def version(self) -> int:
        """The version of the row that the page shows."""
        return self.row.version  # type: ignore[attr-defined,no-any-return]  # a record

    def run(self, act: Act, said: Said) -> Any:
        """Act with what the form says."""
        given = {self.called.get(name, name): value for name, value in said.items()}
        given.pop("", None)
        if self.of:
            given[self.of] = [self.pk()] if self.of.endswith("s") else self.pk()
        if self.versioned:
            given["version"] = version_of(self.request)
        return type(self).operation(act, **given)

    def told(self, result: Any) -> str:
        """What was done, in words, if any. ``result`` is None, here and below, where it had taken effect before."""
        return self.text(self.done)

    def home(self) -> str:
        """The page that it belongs to, where it leads and whereto one goes back without acting."""
        return reverse(self.leads, args=[self.key()] if self.by else ())

    def key(self) -> str:
        """What the row is called."""
        return str(attrgetter(self.by)(self.row)) if self.by else ""

    def to(self, result: Any) -> str:
        """Where it leads whom no other page led here."""
        return self.home()

    def goes_on(self, result: Any) -> str:
        """Where it leads: whom another page led here goes back there (``pages.onward``)."""
        return onward(self.request, self.to(result))

    def trail(self) -> Sequence[tuple[object, str]]:
        """The way back."""
        words = self.above or self.key()
        return [(words, self.home())] if words else ()

    def head(self) -> Head:
        """The head of the page."""
        return Head(self.text(self.title), self.text(self.lead), self.trail())

    def more(self) -> Mapping[str, Any]:
        """What the room's own template needs besides."""
        return {}

    def attempt(self, deed: Callable[[], T]) -> tuple[bool, T | None]:
        """Run the act: (done, result). A refusal goes to its field, of the form or of one of its rows."""
        try:
            return perform(None, deed)
        except DomainError as error:
            error.field = error.field or self.about
            for place, one in self.places(error):
                add_refusal(place, one)
            return False, None

    def places(self, error: DomainError) -> Sequence[tuple[forms.BaseForm, DomainError]]:
        """Which forms say a refusal, and as which; a room with rows of fields puts it there."""
        return [(self.filled, error)]

    def answer(self, result: Any) -> HttpResponse | None:
        """The page that shows once what the act gave, as a start password, instead of going on."""
        return None

    # --- what comes of it -------------------------------------------------------------------------

    def __init__(self, request: HttpRequest, desk: D, **address: Any) -> None:
        self.request, self.desk = request, desk
        self.row: R = self.find(**address)
        if not self.may():
            raise PermissionDenied
        self.filled: Any = self.fill()
        self.filled.suggested = {self.today}

    def text(self, words: object) -> str:
        """A text of the declaration with its details."""
        return str(words) % self.words()

    def fill(self) -> Any:
        """The form with what was sent, files too; without, as it begins."""
        sent: Any = (self.request.POST, self.request.FILES) if self.request.method == "POST" else ()
        return self.form(*sent, **{"initial": self.initial(), **self.options()})

    def response(self) -> HttpResponse:
        """Show the form; when it is sent and sound, act, say what was done, and go on.

        A field whose text is looked up is answered here (``lookups``). A form of more than three fields has a draft
        (``drafting``).
        """
        request, form = self.request, self.filled
        offer = offered(request, form)
        if offer is not None:
            return offer
        version = self.version() if self.versioned else None
        draft = None if self.secret else slot(actor(request).pk, address_of(request), form, version=version)
        if request.method == "POST" and not form.is_valid() and version is not None:
            # Nobody has compared yet: what it was opened on is sent again.
            seen = version_of(request)
            version = version if seen is None else seen
        if request.method == "POST" and form.is_valid():
            done = self._done(form)
            if done and draft:
                draft.drop()
            if done:
                return done
        # A form of rows may be sound itself; one that is begun anew was not refused.
        return self.page(
            status=422 if request.method == "POST" and form.is_bound else 200, version=version, draft=draft
        )

    def _done(self, form: forms.BaseForm) -> HttpResponse | None:
        request = self.request
        with watched() as acts:
            made, result = self.attempt(lambda: self.run(act_of(request), form.cleaned_data))
        if not made:
            return None
        answer = None if result is None else self.answer(result)
        if answer is not None:
            return no_store(answer)
        if words := self.told(result):
            messages.success(request, words, undo_of(request, acts))
        return redirect(self.goes_on(result))

    def page(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page with its form as it stands."""
        head, stops = self.head(), None if self.request.method == "POST" else self.stops()
        context = {
            "form": self.filled,
            "head": head,
            "submit": self.text(self.submit) or head.title,
            "back": onward(self.request, self.home()),
            "version": None,
            "danger": self.danger,
            "stopped": sentence(stops) if stops else "",
            **more,
            **self.more(),
        }
        response = render_page(self.request, self.template, context, status=status)
        return no_store(response) if self.secret else response


class _Details:
    """What a row has, as the details of a text."""

    def __init__(self, row: object) -> None:
        self.row = row

    def __getitem__(self, name: str) -> object:
        return getattr(self.row, name)


class PurposeForm(forms.Form):
    """What the full value is looked at for; that it is ``urgent`` is asked where nothing else helps."""

    purpose = forms.ChoiceField(
        label=_("查看目的"), choices=[("", "—"), *Purpose.choices], help_text=_("会记入查看记录")
    )
    detail = forms.CharField(label=_("说明"), max_length=200, required=False)
    urgent = forms.BooleanField(
        label=_("紧急查看"),
        required=False,
        help_text=_("当天次数已用完：写明缘由，三十分钟内有效，由审计员复核"),
    )

    def __init__(self, *args: Any, urgent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not urgent:
            del self.fields["urgent"]


class UnmaskPage(ActPage[D, R]):
    """The full value of what is masked: the purpose first, then shown once on a page that nobody keeps."""

    template = "unmask.html"
    form = PurposeForm
    secret = True

    def options(self) -> Mapping[str, Any]:
        """The box for an urgent look stands where ticking it makes one possible."""
        return {"urgent": self.desk.looks(act_of(self.request).at).urgent_helps}  # type: ignore[attr-defined]  # a desk

    def stops(self) -> DomainError | None:
        """No look is possible, urgent or not."""
        return self.desk.looks(act_of(self.request).at).refusal(urgent=True)  # type: ignore[attr-defined,no-any-return]  # a desk

    def answer(self, result: Any) -> HttpResponse | None:
        return self.page(shown=result, told=self.text(self.done))


def act_at_once(request: HttpRequest, deed: Callable[[Act], T], *, done: str, to: str) -> HttpResponse:
    """An act of a button, without fields: the page it stands on says what came of it, refusal or success."""
    try:
        with watched() as acts:
            perform(None, lambda: deed(act_of(request)))
    except DomainError as error:
        messages.error(request, caught(error))
        return redirect(onward(request, to))
    messages.success(request, done, undo_of(request, acts))
    return redirect(onward(request, to))
