"""Forms as the product's own pages hand them out, filled in so that they are valid.

A field that the page leaves empty though it must be filled gets something of its kind; what else a form needs, where it
stands and what has to have happened before, ``tests.access.ways`` says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from linli.ground.users.models import User
from tests.access.world import Objects, World
from tests.conftest import MONDAY

Values = dict[str, Any]
WORDS = "情况属实，按规定办理"
# What a field of a kind is given where the page leaves it empty and it must be filled.
_BY_KIND = {"date": MONDAY.isoformat(), "number": "1", "tel": "13800138000", "month": "2026-03", "password": "-"}
_NOT_SENT = {"csrfmiddlewaretoken"}


@dataclass(frozen=True)
class Way:
    """How a form is come by.

    ``page``: the address where it stands, where it is not its own page. ``deed``: the value that tells it from others
    that go to the same address. ``said``: what is filled in. ``before``: what others did before; the form is then
    about the objects that it gives. ``ticked``: the rows of
    a list; what its preview hands out is then what is sent. ``query``: what the address asks besides.
    """

    page: Callable[[Objects], str] | None = None
    deed: str = ""
    said: Callable[[Objects], Mapping[str, Any]] = lambda _there: {}
    before: Callable[[World, Objects], Objects | None] | None = None
    ticked: Callable[[Objects], list[int]] | None = None
    query: Callable[[Objects], str] = lambda _there: ""


class NoForm(AssertionError):
    """The page has no such form for whoever may send it: its declaration is old."""


@dataclass(frozen=True)
class Sent:
    """What a browser would send: where to, and the values; ``chosen`` is what a preview kept, signed for its reader."""

    address: str
    values: Mapping[str, Any]
    chosen: Any = None

    def by(self, person: User | None) -> Values:
        """The values as this person would send them; files are read from their beginning."""
        values = {name: _anew(value) for name, value in self.values.items()}
        if self.chosen is not None:
            signer = _signer(person.pk if person else 0, self.address)
            values["chosen"] = signer.sign_object(self.chosen, compress=True)
        return values


def filled(client: Client, way: Way, there: Objects, address: str) -> Sent:
    """The form of the address, filled in by who may send it. Raises NoForm."""
    to = address + way.query(there)
    at = way.page(there) if way.page else to
    values = _values(_form(client, at, address, way.deed), way.said(there), way.deed)
    if way.ticked is None:
        return Sent(to, values)
    page = client.post(to, {**values, "row": way.ticked(there)})
    form = next((one for one in html.fromstring(page.content).forms if "chosen" in one.fields), None)
    if form is None:
        raise NoForm(f"{address}: {page.status_code}, no preview: {_errors(page.content.decode())}")
    kept = dict(_values(form, {}, ""))
    who = int(client.session["_auth_user_id"])
    return Sent(address, kept, _signer(who, address).unsign_object(kept["chosen"]))


def _form(client: Client, at: str, address: str, deed: str) -> Any:
    page = client.get(at)
    found = []
    if page.status_code == 200:
        for form in html.fromstring(page.content).forms:
            to = (form.get("action") or at).partition("?")[0]
            if (form.get("method") or "").upper() == "POST" and to == address:
                found.append(form)
    told = [form for form in found if not deed or deed in _deeds(form)]
    if not told:
        raise NoForm(f"{address}: no form {deed} on {at} ({page.status_code}), but {[_deeds(one) for one in found]}")
    return told[0]


def _deeds(form: Any) -> set[str]:
    named = form.xpath(".//*[@name='deed' or @name='step']") + [
        one for one in form.getroottree().xpath("//button[@name='deed']") if one.get("form") == form.get("id")
    ]
    return {one.get("value") for one in named}


def _values(form: Any, said: Mapping[str, Any], deed: str) -> Values:
    values: Values = {}
    for field in form.inputs:
        if field.name and field.name not in _NOT_SENT and field.name not in said:
            for value in _of(field, form):
                values.setdefault(field.name, []).append(value)
    buttons = {one.get("name"): one.get("value") for one in form.xpath(".//button[@name]") if one.get("value") == deed}
    if deed and not buttons and "deed" not in values and "step" not in values:
        buttons = {"deed": deed}
    if form.get("id") == "ticked":
        values.pop("row", None)
    return {**{name: some[0] if len(some) == 1 else some for name, some in values.items()}, **buttons, **said}


def _of(field: Any, form: Any) -> Iterator[str]:
    """What the field would send; what must be filled gets something."""
    kind, must = (field.tag if field.tag != "input" else field.type), field.get("required") is not None
    if kind in {"checkbox", "radio"}:
        alike = [one for one in form.inputs if one.name == field.name]
        first = must and field is alike[0] and not any(one.checked for one in alike)
        if field.checked or first:
            yield field.get("value") or "on"
    elif kind == "select":
        options = [one for one in field.value_options if one]
        value = field.value or (options[0] if must and options else "")
        yield from value if field.multiple else [value]
    elif kind != "file":
        value = (field.value or "").strip("\n")
        yield value or (_BY_KIND.get(kind, WORDS) if must else "")


def _anew(value: Any) -> Any:
    if isinstance(value, SimpleUploadedFile):
        value.seek(0)
        return SimpleUploadedFile(value.name or "file", value.read(), value.content_type or "")
    return value


def _signer(person: int, address: str) -> signing.Signer:
    """Whose preview it is (``foundation.screens.sets``)."""
    from linli.foundation.screens.sets import _signer as theirs

    request = SimpleNamespace(user=SimpleNamespace(pk=person, is_anonymous=False), path=address)
    return theirs(request)  # type: ignore[arg-type]  # a person and a path are all it reads


_ERRORS = re.compile(r'class="[^"]*(?:error|toast)[^"]*"[^>]*>(.*?)</(?:ul|p|div|li)>', re.DOTALL)


def _errors(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", " ".join(_ERRORS.findall(page))).split())[:300]


said_wrong = _errors
