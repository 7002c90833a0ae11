"""One cell: a filled form, or the operation that it runs, asked by one kind of person about one place; and what is
expected of it by the declarations in matrix.toml.
"""

import copy
import hashlib
import inspect
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse

from linli.foundation.trail import acts
from linli.foundation.trail.keeping import bring_up, kept
from linli.foundation.trail.models import AuditEntry
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from tests.access.asking import ARGUMENTS, GROUPS, ORACLE, PROFILES, ROUTES, expected, name_of
from tests.access.filling import Sent, filled, said_wrong
from tests.access.persons import BESIDES, HELD, KINDS, NEAR, Persons, bring_near, family_of
from tests.access.ways import WAYS, Way
from tests.access.world import Objects, World
from tests.conftest import MONDAY, at

FORMS: Mapping[str, Mapping[str, Any]] = ORACLE["forms"]
PLACES = ("own", "sibling", "foreign")
EVENING = at(MONDAY, 20)
# Where each role of the oracle works: in which places an object lies within it.
REACH = {
    **dict.fromkeys(GROUPS["local"], PLACES[:1]),
    **dict.fromkeys(["street", *GROUPS["money"]], PLACES[:2]),
    **dict.fromkeys(["district", "auditor", "admin"], PLACES),
}


@dataclass
class Tally:
    """What was asked so far."""

    posted: Counter[str] = field(default_factory=Counter)
    called: Counter[str] = field(default_factory=Counter)
    routes: set[str] = field(default_factory=set)
    acts: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    leaks: int = 0
    changes: int = 0


TALLY = Tally()


# --- who may ----------------------------------------------------------------------------------------


def route_of(form: str) -> str:
    """The row of the oracle that a form stands under."""
    return form if form in ROUTES else str(FORMS[form]["route"])


def profile_of(form: str) -> Mapping[str, Mapping[str, int]]:
    """Who gets what of the route's POST."""
    return PROFILES[FORMS[form].get("profile", ROUTES[route_of(form)]["POST"])]


def let_in(form: str, relation: str) -> set[str]:
    """The roles that the profile of POST lets in: an empty form is answered by the form (422, 200) or taken (302)."""
    rows = {place: expected(row) for place, row in profile_of(form).items()}
    answers = {200, 422} if any({200, 422} & set(row.values()) for row in rows.values()) else {302}
    return {role for role, status in rows[relation].items() if status in answers} - (
        {"anonymous"} if answers == {302} else set()
    )


def lies_nowhere(form: str) -> bool:
    """Whether the route's address says nothing of a place: it stands in the form."""
    return "sibling" not in profile_of(form)


def places_of(form: str) -> tuple[str, ...]:
    """Where the form is asked: everywhere, or in the first community alone."""
    return tuple(FORMS[form].get("places", PLACES))


def roles_of(form: str) -> set[str]:
    """The roles that the act is for, somewhere."""
    rows = profile_of(form)
    some = set().union(*(let_in(form, relation) for relation in rows if relation != "missing"))
    return some & set(FORMS[form].get("roles", some))


def allowed(form: str, place: str, who: str) -> bool:
    """Whether the oracle lets this person do it there."""
    role, _comma, kind = who.partition(", ")
    if role not in roles_of(form):
        return False
    if not kind and not lies_nowhere(form):
        return role in let_in(form, place)
    return _lets(kind, FORMS[form], role, place, nowhere=not _has_place(form))


def _lets(kind: str, declared: Mapping[str, Any], role: str, place: str, *, nowhere: bool) -> bool:
    """Whether a role that the form is for is enough as somebody holds it; ``nowhere``: it is of no place."""
    if kind in {"until yesterday", "from tomorrow", "account closed"}:
        return False
    if kind in {"own family", "guardian", "guardian lately"}:
        return not declared.get("kin") and (kind != "guardian lately" or bool(declared.get("lately", True)))
    if kind == "own grid":
        return nowhere or (place == "own" and bool(declared["grid"]))
    if kind == "other grid":
        return nowhere
    if kind.startswith("elsewhere"):
        return nowhere or place == "foreign"
    if kind in {"", "two roles"}:
        return nowhere or place in REACH.get(role, PLACES[:1])
    return True


def _has_place(form: str) -> bool:
    return "grid" in FORMS[form]


def who_asks(form: str, place: str) -> list[str]:
    """Everybody of the oracle; in the own place those who hold a role of the form otherwise, too."""
    asked = sorted(set(GROUPS["everybody"]))
    roles = sorted(roles_of(form) & set(HELD)) if FORMS[form].get("posts", True) else []
    # Each way of holding a role is asked with one of the form's roles, in their turn.
    turns = zip(_kinds(form), cycle(roles)) if roles else ()
    others = [f"{role}, {kind}" for kind, role in turns]
    if place == "own":
        return [*asked, *others]
    # Whom it is not for anywhere was refused in the own place.
    return [*sorted(roles_of(form)), *(one for one in others if one.endswith(("wide", "grid")))]


def _kinds(form: str) -> list[str]:
    besides = next((one for one in BESIDES if one not in roles_of(form)), "nobody")
    near = NEAR if "kin" in FORMS[form] else set()
    plain = [kind for kind in KINDS if kind not in NEAR and not kind.startswith("elsewhere")]
    return [*plain, *(kind for kind in KINDS if kind in near or kind.endswith(f", here {besides}"))]


def some_of(form: str, place: str, people: list[str]) -> list[str]:
    """On SQLite everybody; elsewhere one who may and two who may not, others from run to run."""
    if connection.vendor == "sqlite":
        return people
    may = [who for who in people if allowed(form, place, who)]
    not_ = [who for who in people if who not in may]
    return [*random.sample(may, min(1, len(may))), *random.sample(not_, min(2, len(not_)))]


# --- what is in the tables ----------------------------------------------------------------------------


# What may change by a question that is refused: looks are noted, and what was answered is kept for whoever asked.
LOOKS = {
    "foundation_auditentry": "act <> 'read'",
    "foundation_draft": "address NOT LIKE '/receipts/%'",
    "foundation_touched": "1 = 0",
}


@cache
def _tables() -> list[str]:
    """Every table but that of the browsers' sessions."""
    return sorted(set(connection.introspection.table_names()) - {"django_session"})


def digest_of_tables() -> dict[str, str]:
    """What every table holds, in whatever order."""
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}" WHERE {LOOKS.get(table, "1 = 1")}')
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = hashlib.blake2b("\n".join(rows).encode(), digest_size=8).hexdigest()
    return found


def _written() -> int:
    """How many rows SQLite has written since it was opened, undone ones too."""
    return int(connection.connection.total_changes)


class Still:
    """Everything as it is now; asked later, which tables hold something else.

    SQLite tells whether anything was written, and gives all its pages at once: only where these differ the tables are
    read one by one.
    """

    def __init__(self, like: "Still | None" = None) -> None:
        """``like``: but for whose log-in it is and who is whose guardian."""
        self._lite = connection.vendor == "sqlite"
        self._pages = connection.connection.serialize() if self._lite else b""
        self._before = like._before if like else digest_of_tables()
        # And what bringing somebody near left: in the trail, of what is counted of a ward, of what is reckoned anew.
        near = {"residents_residentaccount", "residents_guardianship", "foundation_auditentry", "foundation_rowdigests"}
        self._but = near | {"foundation_rowtally", "awards_duemark"} if like else set()
        self._writes = 0

    def begin(self) -> "Still":
        """Before the next question."""
        self._writes = _written() if self._lite else 0
        return self

    def touched(self) -> list[str]:
        """The tables that hold something else."""
        if self._lite and (_written() == self._writes or connection.connection.serialize() == self._pages):
            return []
        return [
            table
            for table, digest in digest_of_tables().items()
            if self._before.get(table) != digest and table not in self._but
        ]


# --- what ran ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """An act that was called: its function and what it was given."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    given: Mapping[str, Any]

    def again(self, act: Act) -> object:
        """Call it by somebody else."""
        return self.function(act, *copy.deepcopy(self.args), **copy.deepcopy(dict(self.given)))


@contextmanager
def recorded() -> Iterator[list[Ran]]:
    """The acts that are called until the end, with their arguments."""
    found: list[Ran] = []
    real = acts.patiently

    def noting(work: Callable[[], Any]) -> Any:
        inside = inspect.getclosurevars(work).nonlocals
        if "deed" in inside and "once" in inside:
            plain = inspect.getclosurevars(inside["once"]).nonlocals
            function = getattr(sys.modules[plain["function"].__module__], plain["function"].__name__)
            with suppress(TypeError):  # what cannot be copied cannot be given again
                given = copy.deepcopy((inside["args"], inside["kwargs"]))
                found.append(Ran(plain["name"], function, *given))
        return real(work)

    with patch.object(acts, "patiently", noting):
        yield found


def lines_since(last: int) -> set[str]:
    """The acts of the trail's lines since; looks are no acts."""
    return set(AuditEntry.objects.filter(pk__gt=last).exclude(act="read").values_list("act", flat=True))


def last_line() -> int:
    """The trail's last line."""
    return int(AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0)


# --- asking ------------------------------------------------------------------------------------------


@contextmanager
def undone() -> Iterator[None]:
    """What is done until the end has not happened."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


@dataclass
class Prepared:
    """A form ready to be sent about the objects of one place, and the act that it runs."""

    form: str
    place: str
    there: Objects
    sent: Sent
    ran: Ran | None
    still: Still
    secrets: frozenset[str]


def prepare(world: World, persons: Persons, form: str, place: str) -> Prepared:
    """Fill in the form and send it as somebody who may. Raises NoForm, or AssertionError where the act did not run."""
    there, way = world.at[place], WAYS.get(form, Way())
    if way.before:
        there = way.before(world, there) or there
        for name in kept:
            bring_up(name, MONDAY)
    arguments = ARGUMENTS[ROUTES[route_of(form)]["object"]][0](there) if ROUTES[route_of(form)]["object"] else []
    address = reverse(name_of(route_of(form)), args=arguments)
    who = filler(form, place)
    client = persons.client(who)
    with undone():
        sent = filled(client, way, there, address)
    still = Still()
    with undone(), recorded() as ran:
        last = last_line()
        came = client.post(sent.address, sent.by(persons.users.get(who)))
        told = said_wrong(came.content.decode()) if came.get("Content-Type", "").startswith("text/html") else ""
        assert FORMS[form]["act"] in lines_since(last), (
            f"{form} ({place}) as {who}: {came.status_code} {came.get('Location', '')}: {told}; {lines_since(last)}"
        )
        mine = [one for one in ran if one.name == FORMS[form]["act"]]
    return Prepared(form, place, there, sent, mine[-1] if mine else None, still, secrets_of(there, address))


def filler(form: str, place: str) -> str:
    """Who fills the form in: somebody over the whole district; where it is for nobody's role, whoever it is for."""
    for role in ("clerk", "director", "street", *HELD):
        if role in roles_of(form) and FORMS[form].get("filled", "wide") == "wide":
            return f"{role}, wide"
    return str(FORMS[form].get("filled", "")) or next(
        who for who in sorted(roles_of(form)) if allowed(form, place, who)
    )


def secrets_of(there: Objects, address: str) -> frozenset[str]:
    """Names and numbers of the place that nobody who is refused may read; those that they asked for stand in the
    address.
    """
    people = [row.resident for home in (there.household, there.moved_household) for row in home.memberships.all()]
    words = {one.number for one in people} | {one.id_number for one in people if getattr(one, "id_number", "")}
    words |= {there.household.number, there.received.number, there.award.number, there.fund.code, there.letter.number}
    words |= {there.released.number, there.proposed.number, there.agreement.number, there.request.number}
    words |= {one.name for one in people if len(one.name) > 2}
    return frozenset(word for word in words if word and word not in address)


def post(persons: Persons, ready: Prepared, who: str) -> list[str]:
    """Send the form as somebody, undone. What is wrong with what came of it, by the oracle."""
    may = allowed(ready.form, ready.place, who)
    kind = who.partition(", ")[2]
    wrong: list[str] = []
    with undone():
        still, last = _brought_near(persons, ready, who, kind).begin(), last_line()
        came = persons.client(who).post(ready.sent.address, ready.sent.by(persons.users.get(who)))
        ran = FORMS[ready.form]["act"] in lines_since(last)
        told = f"{ready.form} ({ready.place}) as {who}: {came.status_code} {came.get('Location', '')}"
        if may != ran:
            page = came.content.decode() if came.get("Content-Type", "").startswith("text/html") else ""
            wrong.append(f"{told}, {'not done' if may else 'done'}; the oracle says otherwise {said_wrong(page)}")
        if came.status_code >= 500:
            wrong.append(f"{told}: a fault of ours")
        if not may:
            wrong += _of_refusal(ready, came, told, still.touched(), kind)
    _count(TALLY.posted, ready, who, may=may)
    return wrong


def _brought_near(persons: Persons, ready: Prepared, who: str, kind: str) -> Still:
    """The tables before the question; somebody near to the family is brought near first."""
    if kind not in NEAR:
        return ready.still
    bring_near(persons, who, kind, family_of(ready.form, ready.there))
    return Still(ready.still)


def _of_refusal(ready: Prepared, came: Any, told: str, touched: list[str], kind: str) -> list[str]:
    wrong = []
    if touched:
        TALLY.changes += 1
        wrong.append(f"{told}: refused, and yet {', '.join(touched)} changed")
    # Who may not see the page at all reads nothing of it; who holds the role and is refused in words has it.
    if came.status_code in {302, 403, 404} and kind not in NEAR:
        body = came.content.decode(errors="replace")
        leaks = [word for word in ready.secrets if word in body]
        if leaks:
            TALLY.leaks += 1
            wrong.append(f"{told}: says {leaks}")
    return wrong


def call(persons: Persons, ready: Prepared, who: str) -> list[str]:
    """Call the act itself as somebody, undone."""
    may, kind, ran = allowed(ready.form, ready.place, who), who.partition(", ")[2], ready.ran
    # Whom the form was taken from has called the act already.
    if (
        ran is None
        or who == "anonymous"
        or may
        or not FORMS[ready.form].get("called", True)
        or who in FORMS[ready.form].get("also", ())
    ):
        return []
    wrong: list[str] = []
    told = f"{ran.name} ({ready.form}, {ready.place}) called by {who}"
    with undone():
        still = _brought_near(persons, ready, who, kind).begin()
        try:
            ran.again(Act(type(persons.users[who]).objects.get(pk=persons.users[who].pk), EVENING))
            wrong.append(f"{told}: done, the oracle says refused")
        except DomainError as error:
            touched = still.touched()
            TALLY.changes += bool(touched)
            wrong += [f"{told}: refused, and yet {', '.join(touched)} changed"] if touched else []
            if not _is_about_who(error):
                wrong.append(f"{told}: refused for another reason, {type(error).__name__} {error.details}")
    _count(TALLY.called, ready, who, may=may)
    return wrong


def _is_about_who(error: DomainError) -> bool:
    return type(error).__name__ in {"NotPermitted", "OwnFamily", "SamePerson", "PaperNeedsOffice"}


def _count(cells: "Counter[str]", ready: Prepared, who: str, *, may: bool) -> None:
    cells["allowed" if may else "refused"] += 1
    TALLY.routes.add(name_of(route_of(ready.form)))
    TALLY.acts.add(FORMS[ready.form]["act"])
    TALLY.people.add(who)
