"""One act = one function = one transaction.

``@act`` opens the transaction, claims the idempotency key and insists that the act left its audit entry.
``@within_act`` marks a function by which one room helps another inside an act.

An act is a door: the texts among its arguments, however deep in sets and records, get their one spelling before it
runs, whatever face called it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.apps import apps
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from linli.foundation.data import touched
from linli.foundation.trail import chain, digests, logs
from linli.foundation.trail.behind import Behind, beside, forged_behind, joined
from linli.foundation.trail.models import ActKey, AuditEntry
from linli.kernel.act import Act
from linli.kernel.bilingual import Text
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError
from linli.kernel.text import kept

P = ParamSpec("P")
R = TypeVar("R")


class ActRepeated(DomainError):
    """The same key came again: nothing was done now, ``outcome`` is what came of it the first time."""

    code = "act.repeated"
    message = _("这一步已经提交过，没有重复执行")


class ActKeyReused(DomainError):
    """The key was used for another act or by another person."""

    code = "act.key_reused"
    message = _("提交编号已用于另一项操作，请重新打开页面")


class ActAltered(DomainError):
    """The same form came again with something else in it: what it said first took effect, this did not."""

    code = "act.altered"
    message = _("这一页已经提交过，这次改动的内容没有办理。请先核对上次办理的结果，仍要再办一次的请重新填写提交")


class RowsForged(DomainError):
    """What the act was to write was changed before, and by no act: nothing is done, the auditor looks."""

    code = "act.rows_forged"
    message = _(
        "没有办理：%(rows)s 不是经办理写入的，数据库可能被直接改动过。"
        "请立即告知审计人员，由其运行 linli audit verify 核查"
    )


class NotSure(Exception):
    """What moves money, unmasks or lets people in is done by who shows once more that it is they.

    ``afresh``: the page begins anew after that, what was typed (a password) is carried through no other page.
    """

    def __init__(self, *, afresh: bool = False) -> None:
        super().__init__()
        self.afresh = afresh


class ActMisused(RuntimeError):
    """A programming error: an act inside an act, help outside an act, or an act without its audit entry."""


@dataclass
class OpenAct:
    """What the running act has to carry to its end."""

    act: Act
    name: str
    entries: list[AuditEntry] = field(default_factory=list)  # what the trail will say of it, written at its end
    money: list[tuple[str, str]] = field(default_factory=list)  # (journal number, digest), for the audit entry
    memory: dict[str, object] = field(default_factory=dict)  # what rooms need more than once within the act
    gave: object = None  # the ids of what it gave, once it took effect
    papers: list[tuple[str, Text]] = field(default_factory=list)  # letters that it wrote: number and title
    behind: Behind = field(default_factory=Behind)  # what it builds on without writing it


_open: ContextVar[OpenAct | None] = ContextVar("open_act", default=None)


_watched: ContextVar[list[OpenAct] | None] = ContextVar("watched_acts", default=None)
_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


@contextmanager
def watched() -> Iterator[list[OpenAct]]:
    """The acts that take effect until the end, in their order: what each wrote besides."""
    found: list[OpenAct] = []
    token = _watched.set(found)
    try:
        yield found
    finally:
        _watched.reset(token)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Acts run as they always do, each on what the one before left, and at the end nothing of it has happened."""
    token = _rehearsing.set(True)
    try:
        with transaction.atomic(durable=True):
            yield
            transaction.set_rollback(True)
    finally:
        _rehearsing.reset(token)


# While a page is made, rows are for reading; an act that the page runs writes.
_reading: ContextVar[bool] = ContextVar("reading", default=False)
# The states of PostgreSQL for "each waits for the other" and "a rule of the tables is broken"; SQLite has one writer.
_GAVE_WAY = ("40P01", "23")
_TRIES = 5
_NAMED = 5  # rows that a refusal names
_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) "?(\w+)', re.IGNORECASE)


def is_reading() -> bool:
    """Whether a page is being made and none of its acts runs."""
    return _reading.get() and _open.get() is None


@contextmanager
def reading() -> Iterator[None]:
    """Until the end, rows of ours are written by acts alone: whatever a page does with an instance that a query handed
    it, ``save``, ``update`` and plain SQL raise ActMisused.
    """
    token = _reading.set(True)
    try:
        with connection.execute_wrapper(_refuse_writes):
            yield
    finally:
        _reading.reset(token)


def no_act(function: Callable[P, R]) -> Callable[P, R]:
    """Mark what a page writes without an act: what somebody keeps for themselves (a draft, the last log-in)."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _reading.set(False)
        try:
            return function(*args, **kwargs)
        finally:
            _reading.reset(token)

    return run


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own order
    found = _WRITES.match(sql) if is_reading() else None
    if found and found[1] in _own_tables():
        raise ActMisused(f"{found[1]} is written outside of an act")
    return execute(sql, params, many, context)


@cache
def _own_tables() -> frozenset[str]:
    """Sessions are kept by the framework, wherever their table is."""
    every = (model for model in apps.get_models() if not issubclass(model, AbstractBaseSession))
    ours = (model for model in every if model.__module__.startswith("linli."))
    return frozenset(model._meta.db_table for model in ours)


def open_act() -> OpenAct:
    """The running act. Raises ActMisused outside one."""
    running = _open.get()
    if running is None:
        raise ActMisused("no act is open")
    return running


def build_on(behind: Behind) -> None:
    """The running act takes what these rows say for true. At its end all of them are looked at together: where one is
    not as an act left it, or one is gone, it is refused (RowsForged) and nothing of it happens. Outside an act nothing.
    """
    running = _open.get()
    if running is not None:
        running.behind |= behind


def act(function: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Act, P], R]:
    """Make a function an act: ``atomic(durable=True)``, so it cannot be nested."""
    name = act_name(function)

    def once(deed: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
        running = OpenAct(deed, name)
        logs.note(act=name)
        token = _open.set(running)
        try:
            with transaction.atomic(durable=not _rehearsing.get()):
                if deed.key:
                    _claim(running)
                written = touched.begin()
                result = function(deed, *args, **{name: _kept(name, value) for name, value in kwargs.items()})
                _write(running, written)
                if deed.key:
                    ActKey.objects.filter(key=deed.key).update(outcome=canonical_json(_keys_of(result)))
        finally:
            _open.reset(token)
        watching = _watched.get()
        if watching is not None:
            running.gave = _keys_of(result)
            watching.append(running)
        return result

    @wraps(function)
    def run(deed: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if _open.get() is not None:
            raise ActMisused(f"{name} was called inside another act")
        return patiently(lambda: once(deed, *args, **kwargs))

    return run


def patiently(work: Callable[[], R]) -> R:
    """What the work comes to, done again where it gave way to somebody else's: nothing of it has happened then.

    PostgreSQL gives up one of two acts that wait for each other; and of two that both found a place free, the one that
    came second, which finds it taken the next time and says so in its own words.
    """
    for _again in range(_TRIES - 1):
        try:
            return work()
        except (IntegrityError, OperationalError) as error:
            if not str(getattr(error.__cause__, "sqlstate", "")).startswith(_GAVE_WAY):
                raise
    return work()


def within_act(function: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Act, P], R]:
    """Mark a function that needs an open act: its effects belong to the caller's transaction."""

    @wraps(function)
    def run(deed: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if open_act().act is not deed:
            raise ActMisused(f"{act_name(function)} was handed another act than the open one")
        return function(deed, *args, **kwargs)

    return run


def surely(function: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Act, P], R]:
    """Mark an act that moves money, unmasks or lets people in: whoever does it has just shown a second factor.

    Raises NotSure, on which the page asks for it and sends the same form again (``screens``).
    """

    @wraps(function)
    def run(deed: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not deed.sure:
            raise NotSure
        return function(deed, *args, **kwargs)

    _sure_acts.add(act_name(function))
    return run


def check_sure(act: Act) -> None:
    """For an act of which a part only is done surely (see ``surely``). Raises NotSure."""
    if not act.sure:
        raise NotSure


_sure_acts: set[str] = set()


def sure_acts() -> frozenset[str]:
    """The names of the acts that are done surely."""
    return frozenset(_sure_acts)


def act_name(function: Callable[..., Any]) -> str:
    """``linli.aid.assistance.operations.intake.accept`` → "assistance.accept"."""
    inside = function.__module__.partition(".operations")[0] if ".operations" in function.__module__ else ""
    parts = function.__module__.split(".")
    room = inside.rpartition(".")[2] or (parts[1] if parts[0] == "linli" and len(parts) > 1 else parts[0])
    return f"{room}.{function.__name__}"


def _kept(name: str, value: Any) -> Any:
    """The value with every text in its one spelling; itself when nothing is to change."""
    if type(value) is str:
        return kept(name, value)
    if isinstance(value, dict):
        new: Any = {key: _kept(key if isinstance(key, str) else name, one) for key, one in value.items()}
        return new if any(new[key] is not one for key, one in value.items()) else value
    if type(value) in (list, tuple, set, frozenset):
        new = [_kept(name, one) for one in value]
        return type(value)(new) if any(a is not b for a, b in zip(new, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type):
        return _kept_record(value)
    return value


def _kept_record(value: Any) -> Any:
    changed = {}
    for one in fields(value):
        old = getattr(value, one.name)
        new = _kept(one.name, old)
        if new is not old:
            changed[one.name] = new
    if not changed:
        return value
    record = copy(value)
    for name, new in changed.items():
        object.__setattr__(record, name, new)
    return record


def _write(running: OpenAct, written: str) -> None:
    """Write the act's entries, the last with the digests of all rows that the act wrote. Raises RowsForged: it would
    answer from now on for what somebody wrote before it behind the product's back, or has built on such a row.
    """
    if not running.entries:
        raise ActMisused(f"{running.name} left no audit entry")
    found = touched.take(written)
    rest, lost = beside(running.behind, but=found.rows)
    now, said = digests.looked_at(joined(found.rows, rest))
    forged = digests.forged_before(found.before, found.rows, rest, now, said)
    told = [str(one) for one in forged if one.row not in rest.get(one.table, ())]
    if len(told) < len(forged) or lost:
        # An act of somebody else may have ended between two of the statements: what was not written here is asked anew.
        told += forged_behind(running.behind, but=found.rows)
    if told:
        raise RowsForged(rows="、".join(told[:_NAMED]))
    taken = digests.of_rows(found.rows, now)
    ids = digests.numbers_of(taken, found.rows)
    running.entries[-1].rows_digest = digests.together(taken, ids)
    chain.append(running.entries)
    digests.keep(running.entries[-1], taken, ids)


def _claim(running: OpenAct) -> None:
    """Take the key, or raise ActRepeated with what the first holder did, ActAltered when the form says something else
    now. Waits for a running first holder.
    """
    deed = running.act
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_actkey (key, act, actor_id, at, said, outcome) "
            "VALUES (%s, %s, %s, %s, %s, 'null') ON CONFLICT (key) DO NOTHING",
            [deed.key, running.name, deed.by.pk, deed.at, deed.said],
        )
        if cursor.rowcount == 1:
            return
    first = ActKey.objects.get(key=deed.key)
    if (first.act, first.actor_id) != (running.name, deed.by.pk):
        raise ActKeyReused
    if first.said and deed.said and first.said != deed.said:
        raise ActAltered
    raise ActRepeated(outcome=first.outcome)


def _keys_of(result: object) -> object:
    """The ids of what an act gave, however deep in sets; of a text nothing: it may be one that is sealed elsewhere."""
    if isinstance(result, models.Model):
        return result.pk
    if isinstance(result, int | None):
        return result
    if isinstance(result, Iterable) and not isinstance(result, str | bytes):
        return [_keys_of(item) for item in result]
    return None
