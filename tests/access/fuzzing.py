"""What a stranger may type where the product expects a number, a day or a name, and the questions made of it."""

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.urls import resolve
from lxml import html

from tests.access.asking import Office
from tests.telling import NothingSaid

SEED = int(os.environ.get("LINLI_FUZZ_SEED", "7"))
# No number, day, code or name among them; what any of them may become on its way to a column, a calendar or a page.
HOSTILE = (
    "\0",
    "a\0b",
    "²",
    "１２",
    "٣",
    "9" * 25,
    "9" * 5_000,
    "9223372036854775808",
    "2147483648",
    "-1",
    "-0",
    "9e99",
    "1e400",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "\ud800",
    "\udfff\ud800",
    "\u202e王\u202c",
    "\u200f\u200b\u2060",
    "\u3000\u00a0\u2800",
    "\u115f\u3164",
    "🀄" * 60,
    "𠮷" * 200,
    "x" * 70_000,
    "9999-12-31",
    "0000-00-00",
    "2026-02-30",
    "0001-01-01",
    "9999-99",
    "2026-13",
    "null",
    "[]",
    '{"a": [null]}',
    '["\\ud800"]',
    "../../etc/passwd",
    "%00",
    "%s%n%d",
    "{{ 7 }}{% now %}",
    "' OR '1'='1",
    "=cmd|' /C calc'!A0",
    "\r\nX-Evil: 1",
    "<script>alert(1)</script>",
)
# What every page may be asked, whether it shows it or not.
ALWAYS = tuple("after q sort as suggest year month from to in of next version view on scheme household kind".split())
# Days and months are counted from: these are where counting ends.
EDGES = ("0001-01-01", "9999-12-31")
_EDGE_MONTHS = ("0001-01", "9999-12")
_DAYS, _MONTHS = ("day", "until", "on", "before", "since"), ("month", "from", "to")
# So many fields of a form are spoilt one by one; another seed spoils others.
_FIELDS = 4
_OURS = ("csrfmiddlewaretoken",)


@dataclass(frozen=True)
class Form:
    """A form as a page hands it out."""

    method: str
    address: str
    values: Mapping[str, str]
    days: tuple[str, ...] = ()


_known: set[tuple[str, str, frozenset[str]]] = set()


def is_new(form: Form) -> bool:
    """Whether no page before had this form: the frame's own stand on each of them."""
    key = form.method, resolve(urlsplit(form.address).path).view_name, frozenset(form.values)
    new = key not in _known
    _known.add(key)
    return new


def forms_on(address: str, page: bytes) -> Iterator[Form]:
    """The forms of a page with all that they would send untouched."""
    for form in html.fromstring(page).forms if page.strip() else ():
        target = form.get("action") or address
        if not urlsplit(target).netloc and form.get("enctype", "") != "multipart/form-data":
            values = {name: value or "" for name, value in form.fields.items() if name not in _OURS}
            days = tuple(name for name in form.xpath(".//input[@type='date']/@name") if name in values)
            yield Form((form.get("method") or "GET").upper(), target or address, values, days)


def at_the_edges(form: Form) -> Iterator[dict[str, str]]:
    """The form with the first and the last day that there is in each of its days, and in all of them."""
    for edge in EDGES:
        yield from ({**form.values, name: edge} for name in form.days)
        if len(form.days) > 1:
            yield {**form.values, **dict.fromkeys(form.days, edge)}


def edges_of_addresses() -> Iterator[dict[str, str]]:
    """What any address may be asked for of days and months, at both ends."""
    for day, month in zip(EDGES, _EDGE_MONTHS, strict=True):
        yield dict.fromkeys(_DAYS, day) | dict.fromkeys(_MONTHS, month)


def spoilt(form: Form, chance: random.Random) -> Iterator[dict[str, str | list[str]]]:
    """What may be sent instead: each field something else, all of them, one twice, one that is not there."""
    names = list(form.values)
    for name in chance.sample(names, min(len(names), _FIELDS)):
        yield {**form.values, name: chance.choice(HOSTILE)}
    if names:
        yield dict.fromkeys(names, chance.choice(HOSTILE))
        yield {**form.values, chance.choice(names): [chance.choice(HOSTILE), "1", ""]}
        missing = chance.choice(names)
        yield {name: value for name, value in form.values.items() if name != missing}
    yield {**form.values, "unheard-of[]": chance.choice(HOSTILE)}


def addresses_like(address: str, kept: list[str], chance: random.Random) -> Iterator[str]:
    """The address with something else in each of the places where it carries a value."""
    parts = address.strip("/").split("/")
    for place, part in enumerate(parts):
        if part in kept:
            hostile = chance.choice(HOSTILE).encode("utf-8", "surrogatepass")
            yield "/" + "/".join([*parts[:place], quote(hostile[:3_000], safe=""), *parts[place + 1 :]]) + "/"


def travelling(values: Mapping[str, str | list[str]]) -> str:
    """Values as they travel, halves of a pair of surrogates too: a browser does not send them, a program may."""
    pairs = [(name, one) for name, some in values.items() for one in ([some] if isinstance(some, str) else some)]
    return "&".join("=".join(quote(part.encode("utf-8", "surrogatepass"), safe="") for part in pair) for pair in pairs)


def broken(office: Office, role: str, method: str, address: str, values: Mapping[str, str | list[str]]) -> str:
    """What was asked, where the answer is a fault of ours; empty otherwise."""
    try:
        answer = office.send(role, method, address, travelling(values))
    except NothingSaid:  # what another test is about: somebody is led on without a word
        return ""
    told = {name: str(value)[:40] for name, value in values.items()}
    return f"{answer.status}: {role} {method} {address[:200]} {told!a}" if answer.status >= 500 else ""
