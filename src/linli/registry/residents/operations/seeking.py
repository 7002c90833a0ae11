"""Whole identity numbers and telephones that somebody types: who has this one?

Whoever may ask without end tries the digits that a mask hides, one after the other. So each such question is noted,
never its digits, and of those that find nobody a person has so many a day. A registration, a correction or a file that
is refused has been a question too; one that takes effect is not: it stands in the registry. So have doors and
telephones of a file, which the registered ones are compared with.
"""

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import blind_index, open_sealed
from linli.foundation.data.scope import Scope
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.foundation.trail.tries import TriesOfADay
from linli.ground.users.queries import place_of_account
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.registry.residents.codes import NumberKind
from linli.registry.residents.engine.names import compact
from linli.registry.residents.models import Household, Resident
from linli.registry.residents.operations.refusals import DoorsTried
from linli.registry.residents.queries import Hit, search, whole_number, with_number
from linli.registry.residents.rules.registration import plain_phone

P = ParamSpec("P")
R = TypeVar("R")

# Ours, no law: at a busy counter somebody mistypes a few numbers a day and asks for a few people who live elsewhere.
MISSES_A_DAY: Final = 30
# A family that moved stands in a file with the old door and the new one.
_MOST_DOORS: Final = 2
_MISSES: Final = TriesOfADay("whole number of nobody", MISSES_A_DAY)


class NumbersSpent(DomainError):
    """So many whole numbers of nobody were asked for today."""

    message = _(
        "您今天输入的完整证件号、电话或门牌已有 %(count)s 次查无此人或与登记不同，今天不再核对。"
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


@dataclass
class _Asked:
    """What the running act asked for, and whether it was so: identity numbers by their keyed hash; doors and telephones
    by whose they are, as they were typed. ``stopped``: what it asked for after the day's last.
    """

    numbers: dict[str, bool] = field(default_factory=dict)
    details: dict[tuple[NumberKind, int], dict[str, bool]] = field(default_factory=dict)
    stopped: NumberKind = NumberKind.IDENTITY


_asked: ContextVar[_Asked] = ContextVar("asked_numbers")


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
    asked.numbers |= {index: index in found for index in indexes}
    return found


def lives_at(act: Act, home: Household, door: str, *, loosely: bool = False) -> bool:
    """Whether a household is registered at a door, ``loosely``: however it is spelled; no door fits every door. Raises
    NumbersSpent, DoorsTried. As with numbers LookupError in an act that is not marked.
    """
    if not door.strip():
        return True
    registered = open_sealed(home.address_envelope, aad=home.address_aad)
    alike = compact(door) == compact(registered)
    tried = _compared(act, NumberKind.DOOR, home.pk, compact(door), alike)
    if len(tried) > _MOST_DOORS:
        raise DoorsTried(field="address", count=len(tried))
    return alike and (loosely or door.strip() == registered)


def has_phone(act: Act, resident: Resident, phone: str) -> bool:
    """Whether a telephone, or none, is the registered one. Raises NumbersSpent."""
    index = blind_index("phone", plain_phone(phone))
    if index and resident.phone_index:
        _compared(act, NumberKind.TELEPHONE, resident.pk, index, index == resident.phone_index)
    return index == resident.phone_index


def _compared(act: Act, kind: NumberKind, whose: int, typed: str, fits: bool) -> dict[str, bool]:  # noqa: FBT001
    asked = _asked.get()
    if not asked.details and not _MISSES.has_more(*_today(act)):
        asked.stopped = kind
        raise _spent()
    tried = asked.details.setdefault((kind, whose), {})
    tried[typed] = fits
    return tried


def asks_for_numbers(
    *, as_one: bool = False
) -> Callable[[Callable[Concatenate[Act, P], R]], Callable[Concatenate[Act, P], R]]:
    """Mark an act that looks identity numbers up, or compares doors and telephones: where it is refused, what it asked
    is noted, and numbers of nobody count as misses; ``as_one``: those of a whole file as one, and so what differs of
    one household or person.
    """

    def mark(function: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Act, P], R]:
        @wraps(function)
        def run(deed: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
            asked = _Asked()
            token = _asked.set(asked)
            try:
                return function(deed, *args, **kwargs)
            except DomainError as error:
                # After the act: what it wrote itself is gone with it.
                _answer_for(deed, error, asked, as_one=as_one)
                raise
            finally:
                _asked.reset(token)

        return run

    return mark


def _answer_for(deed: Act, error: DomainError, asked: _Asked, *, as_one: bool) -> None:
    asking = _without_key(deed)
    if isinstance(error, NumbersSpent):
        stop_numbers(asking, kind=asked.stopped)
        return
    answers: dict[NumberKind, list[bool]] = {NumberKind.IDENTITY: list(asked.numbers.values())}
    for (kind, _whose), tried in asked.details.items():
        answers.setdefault(kind, []).extend(tried.values())
    misses = _misses(asked, as_one=as_one)
    if misses:
        _MISSES.count(*_today(deed), weight=misses)
    where = place_of_account(deed)
    for kind, said in answers.items():
        if said:
            note_number(asking, kind=kind, where=where, numbers=(), missed=said.count(False), found=sum(said))


def _misses(asked: _Asked, *, as_one: bool) -> int:
    """A file with one door each is one miss, however many differ; who tries doors of one household has as many."""
    numbers = list(asked.numbers.values()).count(False)
    details = max((list(tried.values()).count(False) for tried in asked.details.values()), default=0)
    return max(min(numbers, 1) if as_one else numbers, details)


def _without_key(act: Act) -> Act:
    """What is noted is no act of the form: its key is for the act that takes effect."""
    return Act(act.by, act.at)


def _today(act: Act) -> tuple[str, datetime]:
    """Whose misses, and a moment of the day."""
    return str(act.by.pk), act.at


def _spent() -> NumbersSpent:
    return NumbersSpent(count=MISSES_A_DAY, field="id_number")
