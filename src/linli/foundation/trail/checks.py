"""Checks of the whole trail: asked for by a day or by a person, done by a job, kept signed (docs/adr/0066).

What a check without problems came to is remembered: the next one goes on from its seal. The memory is signed with the
key of the seals, so whoever holds the database, or the audit key too, cannot make the next check begin later than it
should; what he takes away or puts back to an older state only makes it begin earlier.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.foundation import clock
from linli.foundation.data import touched
from linli.foundation.data.locks import locked
from linli.foundation.data.readings import Aside, one_reading
from linli.foundation.trail import audit, digests, invariants, jobs, signing
from linli.foundation.trail.acts import act, no_act
from linli.foundation.trail.invariants import Violation
from linli.foundation.trail.models import AuditEntry
from linli.foundation.trail.verifying import Reached
from linli.kernel.act import CHINA_TIME, SYSTEM, Act
from linli.kernel.canonical import canonical_json
from linli.kernel.errors import DomainError

# A whole one is never longer ago.
_WEEK: Final = timedelta(days=7)
_SUNDAY: Final = 6
# Problems that are kept by name; of more it is said how many.
_NAMED: Final = 200


class CheckWaiting(DomainError):
    """One at a time: a check that was asked for has not ended."""

    code = "audit.check_waiting"
    message = _("上一次核验还没有完成，请等它完成")


class CheckState(models.TextChoices):
    """A check that broke off said nothing."""

    WAITING = "WAITING", _("正在核验")
    DONE = "DONE", _("核验完成")
    FAILED = "FAILED", _("没有完成")


class Check(models.Model):
    """A check, ``full`` or from the last one on: who asked (nobody: the day), how far it is, and what it said."""

    full = models.BooleanField()
    user_id = models.PositiveBigIntegerField(null=True)  # users stand above: a plain id
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.WAITING)
    done = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    said = models.TextField(default="")  # canonical JSON
    signature = models.CharField(max_length=128, default="")

    class Meta:
        app_label = "foundation"
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="WAITING"), name="check_one_waits"),
        ]
        indexes = [models.Index(fields=["full", "state", "-id"], name="check_newest")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


touched.excuse_column("foundation_check", "done", "how far a running check is")
touched.excuse_column("foundation_check", "parts", "the same")


@dataclass(frozen=True)
class Problem:
    """What a check found, and the area whose trail it is in; 0 is the whole installation's."""

    code: str
    subject: str
    chain: int = 0


@dataclass(frozen=True)
class Result:
    """What a check said, as it was signed."""

    full: bool
    begun: datetime
    ended: datetime
    number: int  # problems
    problems: Sequence[Problem]  # the first of them
    reached: Reached | None


@act
def ask_check(act: Act, *, full: bool) -> Check:
    """Have the trail checked. Raises CheckWaiting."""
    if locked(Check.objects.filter(state=CheckState.WAITING)).exists():
        raise CheckWaiting
    made = Check.objects.create(full=full, user_id=act.by.pk or None, asked_at=act.at)
    jobs.queue("trail.run_check", check_id=made.pk)
    audit.record(act, where=0, subject=f"check:{made.pk}", note={"full": full})
    return made


def ask_daily(today: Act) -> None:
    """Have the trail checked since the last time; on Sundays, and a week after the last whole check, the whole."""
    if waiting() is not None:
        return
    last = newest(full=True)
    full = today.on.weekday() == _SUNDAY or last is None or today.on - last.ended.astimezone(CHINA_TIME).date() >= _WEEK
    ask_check(today, full=full)


def waiting() -> Check | None:
    """The check that was asked for and has not ended."""
    return Check.objects.filter(state=CheckState.WAITING).first()


def newest(*, full: bool) -> Result | None:
    """The last check of this kind that came to its end; none whose signature is not of this installation."""
    return next(_results(full=full), None)


def broke_off() -> Check | None:
    """The last check, where it broke off."""
    last = Check.objects.exclude(state=CheckState.WAITING).order_by("-id").first()
    return last if last is not None and last.state == CheckState.FAILED else None


def reached() -> Reached | None:
    """How far the last check came that found nothing, where its last seal is still there."""
    best = [
        result.reached
        for full in (True, False)
        for result in islice((one for one in _results(full=full) if one.reached), 1)
        if result.reached is not None
    ]
    furthest = max(best, key=lambda one: one.seal, default=None)
    return furthest if furthest is not None and furthest.stands else None


def how_far(since: Reached | None = None) -> Reached | None:
    """What a check that went on from there and found nothing may be gone on from; None before the first seal."""
    seal = audit.newest_seal()
    if seal is None:
        return None
    keys = {**since.keys, **digests.newest_keys(since.day)} if since else digests.newest_keys()
    return Reached(seal.seq, seal.mac, seal.day, AuditEntry.objects.filter(day__lte=seal.day).count(), keys)


def run(check_id: int) -> None:
    """The job: do a check that waits. One that was left in the middle is done from its beginning."""
    check = Check.objects.filter(pk=check_id, state=CheckState.WAITING).first()
    if check is None:
        return
    begun = clock.now()
    try:
        with one_reading() as aside:
            since = None if check.full else reached()
            found = look(since=since, told=partial(_tell, check.pk, aside))
            far = None if found else how_far(since)
    except Exception:
        end_check(Act(SYSTEM, clock.now()), check_id=check_id, said="")
        raise
    ended = clock.now()
    end_check(Act(SYSTEM, ended), check_id=check_id, said=_statement(check, begun, ended, found, far))


def look(
    *, since: Reached | None = None, told: Callable[[int, int], None] = lambda _done, _parts: None
) -> list[Violation]:
    """Look at everything, or from there on: what does not hold. ``told`` hears how many parts are done, of how many."""
    parts = invariants.parts(since)
    found: list[Violation] = []
    for number, part in enumerate(parts):
        told(number, len(parts))
        found += part()
    told(len(parts), len(parts))
    return found


@act
def end_check(act: Act, *, check_id: int, said: str) -> None:
    """Keep what a check said, signed; nothing said: it broke off."""
    check = locked(Check.objects.filter(pk=check_id)).get()
    check.state = CheckState.DONE if said else CheckState.FAILED
    check.said, check.signature = said, signing.sign(said) if said else ""
    check.save(update_fields=["state", "said", "signature"])
    number = json.loads(said)["number"] if said else None
    audit.record(act, where=0, subject=f"check:{check.pk}", note={"full": check.full, "problems": number})


def resume() -> None:
    """A worker begins: a check that an earlier one left unfinished is queued again; a job twice does no harm."""
    check = waiting()
    if check is not None:
        jobs.registered()["trail.run_check"].enqueue(check_id=check.pk)


def _statement(check: Check, begun: datetime, ended: datetime, found: Sequence[Violation], far: Reached | None) -> str:
    return canonical_json(
        {
            "check": check.pk,
            "full": check.full,
            "begun": begun,
            "ended": ended,
            "number": len(found),
            "problems": [asdict(Problem(one.code, one.subject, one.chain)) for one in found[:_NAMED]],
            "reached": None if far is None else asdict(far),
        }
    )


def _results(*, full: bool) -> Iterator[Result]:
    """What checks said, the newest first; those that are not signed, or of another row, are passed over."""
    for check in Check.objects.filter(full=full, state=CheckState.DONE).order_by("-id").iterator(chunk_size=20):
        if not signing.is_signed(check.said, check.signature):
            continue
        said = json.loads(check.said)
        if (said["check"], said["full"]) == (check.pk, full):
            yield _result(said)


def _result(said: Mapping[str, Any]) -> Result:
    far = said["reached"]
    return Result(
        said["full"],
        datetime.fromisoformat(said["begun"]),
        datetime.fromisoformat(said["ended"]),
        said["number"],
        [Problem(**one) for one in said["problems"]],
        None if far is None else Reached(**{**far, "day": date.fromisoformat(far["day"])}),
    )


@no_act
def _tell(check_id: int, aside: Aside, done: int, parts: int) -> None:
    with aside() as cursor:
        cursor.execute("UPDATE foundation_check SET done = %s, parts = %s WHERE id = %s", [done, parts, check_id])
