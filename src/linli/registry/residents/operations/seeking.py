"""Whole identity numbers and telephones that somebody types: who has this one?

Whoever may ask without end tries the digits that a mask hides, one after the other. So each such question is noted,
never its digits, and of those that find nobody a person has so many a day. A registration, a correction or a file that
is refused has been a question too; one that takes effect is not: it stands in the registry.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import blind_index
from linli.foundation.data.scope import Scope
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.foundation.trail.tries import TriesOfADay
from linli.ground.users.queries import place_of_account
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.registry.residents.codes import NumberKind
from linli.registry.residents.models import Resident
from linli.registry.residents.queries import Hit, search, whole_number, with_number

P = ParamSpec("P")
R = TypeVar("R")

# Ours, no law: at a busy counter somebody mistypes a few numbers a day and asks for a few people who live elsewhere.
MISSES_A_DAY: Final = 30
_MISSES: Final = TriesOfADay("whole number of nobody", MISSES_A_DAY)


class NumbersSpent(DomainError):
    """So many whole numbers of nobody were asked for today."""

    message = _(
        "您今天输入的完整证件号或电话已有 %(count)s 次查无此人，今天不再按完整号码核对。"
        "请改按姓名、后四位或编号查找，或由同事办理；明天恢复"
    )


def seek(act: Act, scope: Scope, text: str, *, limit: int = 20) -> list[Hit]:
    """Whom a text fits, as :func:`queries.search` finds them, by a whole number too. Raises NumbersSpent."""
    whole = whole_number(text)
    if whole is None:
        return search(scope, text, limit=limit)
    kind, number = whole
    asking = _without_key(act)
    # Counted before it is looked up, so that those asked for in one instant are counted too.
    if not _MISSES.count(*_today(act)):
        stop_numbers(asking, kind=kind)
        raise _spent()
    hits = with_number(scope, kind, number, limit=limit)
    if hits:
        _MISSES.give_back(*_today(act))
    where = hits[0].stamp.chain if len(hits) == 1 else place_of_account(act)
    note_number(asking, kind=kind, where=where, numbers=[one.number for one in hits], missed=int(not hits))
    return hits


@act
def note_number(act: Act, *, kind: NumberKind, where: int, numbers: Sequence[str], missed: int, found: int = 0) -> None:
    """Write that whole numbers were asked for: whose they were, of how many (``found``) where that is not told, and how
    many were nobody's.
    """
    subject = f"resident:{numbers[0]}" if len(numbers) == 1 else "search"
    note = {"kind": kind.value, "found": found or len(numbers), "missed": missed}
    audit.record(act, where=where, subject=subject, lines=numbers, note=note)


@act
def stop_numbers(act: Act, *, kind: NumberKind) -> None:
    """Write that somebody asked for a whole number after the day's last."""
    audit.record(act, where=place_of_account(act), subject="search", note={"kind": kind.value})


# --- acts that are told whether a number is registered ---------------------------------------------

# Keyed hashes of the identity numbers that the running act asked for: whether somebody has it.
_asked: ContextVar[dict[str, bool]] = ContextVar("asked_numbers")


def holders_of_numbers(act: Act, numbers: Iterable[str]) -> dict[str, Resident]:
    """Who has the identity numbers, wherever they live, by the number's keyed hash; one statement. The only door to it
    for acts, which are marked :func:`asks_for_numbers`: LookupError in any other. Raises NumbersSpent.
    """
    asked = _asked.get()
    indexes = {blind_index("id_number", number) for number in numbers} - {""}
    if indexes and not _MISSES.has_more(*_today(act)):
        raise _spent()
    rows = Resident.objects.filter(id_number_index__in=indexes) if indexes else ()
    found = {row.id_number_index: row for row in rows if row.id_number_index}
    asked |= {index: index in found for index in indexes}
    return found


def asks_for_numbers(
    *, as_one: bool = False
) -> Callable[[Callable[Concatenate[Act, P], R]], Callable[Concatenate[Act, P], R]]:
    """Mark an act that looks identity numbers up: where it is refused, what it asked is noted, and numbers of nobody
    count as misses; ``as_one``: those of a whole file as one.
    """

    def mark(function: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Act, P], R]:
        @wraps(function)
        def run(deed: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
            asked: dict[str, bool] = {}
            token = _asked.set(asked)
            try:
                return function(deed, *args, **kwargs)
            except DomainError as error:
                # After the act: what it wrote itself is gone with it.
                _answer_for(deed, error, asked.values(), as_one=as_one)
                raise
            finally:
                _asked.reset(token)

        return run

    return mark


def _answer_for(deed: Act, error: DomainError, asked: Collection[bool], *, as_one: bool) -> None:
    asking = _without_key(deed)
    if isinstance(error, NumbersSpent):
        stop_numbers(asking, kind=NumberKind.IDENTITY)
    elif asked:
        found = sum(asked)
        missed = len(asked) - found
        if missed:
            _MISSES.count(*_today(deed), weight=1 if as_one else missed)
        where = place_of_account(deed)
        note_number(asking, kind=NumberKind.IDENTITY, where=where, numbers=(), missed=missed, found=found)


def _without_key(act: Act) -> Act:
    """What is noted is no act of the form: its key is for the act that takes effect."""
    return Act(act.by, act.at)


def _today(act: Act) -> tuple[str, datetime]:
    """Whose misses, and a moment of the day."""
    return str(act.by.pk), act.at


def _spent() -> NumbersSpent:
    return NumbersSpent(count=MISSES_A_DAY, field="id_number")
