"""The audit chain: write one entry per act, seal each day, verify the whole."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import LockSpace, lock_name
from linli.foundation.data.scope import Stamp
from linli.foundation.trail import signing
from linli.foundation.trail.acts import act, open_act, within_act
from linli.foundation.trail.chain import genesis, seal_mac, seal_text
from linli.foundation.trail.models import AuditEntry, AuditSeal
from linli.foundation.trail.verifying import AuditProblem, verified
from linli.kernel.act import Act
from linli.kernel.canonical import Digested, canonical_json, digest_of
from linli.kernel.errors import DomainError


@within_act
def record(
    act: Act,
    *,
    where: Stamp | int,
    subject: str,
    lines: Iterable[object] | Digested = (),
    note: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Add an entry of the act: numbered, coded and written when the act ends, with digests of the rows that it wrote.

    ``subject`` is a business key ("application:JZ-2026-0001", "batch:…"); ``lines`` are the ordered lines of a set act,
    kept as one digest; ``note`` says what is worth reading later. Journals posted in the act are added by themselves.
    """
    running = open_act()
    contents = dict(note or {})
    if running.money:
        contents["journals"] = [list(line) for line in running.money]
        running.money = []
    return _add(running.name, act, where, subject, lines, contents)


@within_act
def record_apart(act: Act, name: str, *, where: Stamp | int, subject: str) -> AuditEntry:
    """An entry of the act under a name of its own: what an auditor counts apart from all others of the act."""
    return _add(name, act, where, subject, (), {})


@act
def record_read(
    act: Act, *, where: Stamp | int, subject: str, shown: Iterable[str] | Digested = (), purpose: str = ""
) -> None:
    """Write that a page showed personal data: one entry per page, the subjects shown as a digest."""
    _add("read", act, where, subject, shown, {"purpose": purpose} if purpose else {})


@act
def record_refusal(
    act: Act, *, where: int, page: str, route: str, status: int, tried: str = "", code: str = ""
) -> None:
    """Write that somebody who is logged in was refused a page, or the act ``tried`` on it: with the refusal's code.

    ``page`` is its address without anything typed, ``route`` the name of what was asked.
    """
    note = {"status": status, "route": route, **({"tried": tried, "refused": code} if code else {})}
    _add("refused", act, where, f"page:{page}"[:_SUBJECT], (), note)


def _add(
    name: str,
    act: Act,
    where: Stamp | int,
    subject: str,
    lines: Iterable[object] | Digested,
    note: Mapping[str, object],
) -> AuditEntry:
    kept = lines if isinstance(lines, Digested) else digest_of(lines)
    entry = AuditEntry(
        chain=where.chain if isinstance(where, Stamp) else where,
        day=act.on,
        at=act.at,
        actor_id=act.by.pk,
        act=name,
        subject=subject,
        lines_count=kept.length,
        lines_digest=kept.digest if kept.length else "",
        note=canonical_json(note),
    )
    open_act().entries.append(entry)
    return entry


_SUBJECT = AuditEntry._meta.get_field("subject").max_length


class DayNotOver(DomainError):
    """A day is sealed when it is over."""

    code = "audit.day_not_over"
    message = _("当天尚未结束，不能封存")


@act
def seal_days(act: Act, *, before: date) -> list[AuditSeal]:
    """Close every area's days before the date that have entries and no seal yet. Raises DayNotOver.

    Waits for everybody who is adding an entry: what is counted below is all there is.
    """
    if before > act.on:
        raise DayNotOver
    lock_name(LockSpace.AUDIT_SEAL, 0)
    # A day that is sealed anywhere takes no entries any more: what is open lies after the last one.
    last = AuditSeal.objects.order_by("-seq").first()
    sealed = last.day if last else date.min
    todo = (
        AuditEntry.objects.filter(day__gt=sealed, day__lt=before)
        .values("chain", "day")
        .annotate(count=Count("id"), last=Max("id"))
        .order_by("day", "chain")
    )
    heads = dict(AuditEntry.objects.filter(id__in=[row["last"] for row in todo]).values_list("id", "mac"))
    seq, previous = (last.seq, last.mac) if last else (0, genesis(0, date.min))
    seals = []
    for row in todo:
        seq += 1
        seal = AuditSeal(
            seq=seq, chain=row["chain"], day=row["day"], count=row["count"], head=heads[row["last"]], sealed_at=act.at
        )
        previous = seal.mac = seal_mac(seal, previous)
        seals.append(seal)
    if seals:
        seals[-1].signature = signing.sign(seal_text(seals[-1]))
    AuditSeal.objects.bulk_create(seals)
    record(act, where=0, subject=f"seals:{before.isoformat()}", lines=[seal.mac for seal in seals])
    return seals


def verify() -> list[AuditProblem]:
    """Recompute every chain and every seal; an empty list means that nothing was altered, cut or removed."""
    return list(verified())


# Entries on one page of the trail.
PAGE = 50


@dataclass(frozen=True)
class AuditLine:
    """One entry as the audit page shows it; the actor's name is filled in by the room that knows names."""

    entry_id: int
    chain: int
    at: datetime
    actor_id: int | None
    act: str
    subject: str
    lines_count: int
    actor_name: str = ""

    def named(self, name: str) -> "AuditLine":
        """The same line with the actor's name."""
        return replace(self, actor_name=name)


# So many entries are sought out and sorted here; of more the newest are found from the end of the trail.
_FEW = 1000


def lines(
    chains: Iterable[int],
    *,
    subject: str = "",
    subjects: Sequence[str] = (),
    actors: Collection[int] | None = None,
    acts: Collection[str] | None = None,
    before: int = 0,
    days: tuple[date, date] | None = None,
    limit: int = PAGE,
) -> list[AuditLine]:
    """The newest entries of the chains before an entry (keyset); optionally of one or some subjects, of some people and
    acts, and of the days from one to another.

    One person does more in years than a page should walk, and so is one act done: who asks for them asks for few days.
    """
    wanted = sorted(set(chains))
    rows = AuditEntry.objects.filter(chain__in=wanted).order_by("-id")
    if subject or subjects:
        # Neither in order of the key nor by the chain itself: PostgreSQL would go down all entries, or all of a chain,
        # for the few that a record has.
        rows = AuditEntry.objects.alias(of_chain=F("chain") + 0).filter(of_chain__in=wanted)
        rows = rows.filter(subject__in=[*subjects, *filter(None, [subject])]).order_by((F("id") + 0).desc())
    if actors is not None:
        rows = rows.filter(actor_id__in=actors)
    if acts is not None:
        rows = rows.filter(act__in=sorted(acts))
    if days is not None:
        first, last = days
        rows = rows.filter(day=first) if first == last else rows.filter(day__range=days)
    if before:
        rows = rows.filter(pk__lt=before)
    if actors is not None or acts is not None:
        # In order of the key a database would go down all entries for what is seldom; sorted are few alone.
        found = list(rows.order_by().values_list("pk", flat=True)[: _FEW + 1])
        rows = rows.filter(pk__in=sorted(found)[-limit:]) if len(found) <= _FEW else rows
    return [
        AuditLine(row.pk, row.chain, row.at, row.actor_id, row.act, row.subject, row.lines_count)
        for row in rows[:limit]
    ]


def noted(first: date, last: date) -> QuerySet[AuditEntry, Any]:
    """Entries of the days from the first to the last."""
    return AuditEntry.objects.filter(day__range=(first, last))


def unsealed(first: date, last: date) -> QuerySet[AuditEntry, Any]:
    """The days of areas that were not sealed, by the first entry of each; ``entries`` is how many a day has."""
    sealed = AuditSeal.objects.filter(chain=OuterRef("chain"), day=OuterRef("day"))
    same_day = AuditEntry.objects.filter(chain=OuterRef("chain"), day=OuterRef("day")).order_by("-seq")
    begun = noted(first, last).filter(seq=1).exclude(Exists(sealed))
    return begun.annotate(entries=Subquery(same_day.values("seq")[:1]))


def newest_seal() -> AuditSeal | None:
    """The last closing of a day."""
    return AuditSeal.objects.order_by("-seq").first()


def looks(
    subjects: Iterable[str], acts: Iterable[str], *, before: date, limit: int
) -> list[tuple[date, str, str, int | None]]:
    """Who did one of the acts to one of the subjects before a day: (day, act, subject, actor), each once a day, the
    newest first; one statement.
    """
    rows = AuditEntry.objects.filter(subject__in=list(subjects), act__in=list(acts), day__lt=before)
    once = rows.values_list("day", "act", "subject", "actor_id").annotate(last=Max("id")).order_by("-last")
    return [(day, name, subject, actor) for day, name, subject, actor, _last in once[:limit]]


def looks_of(actor_id: int | None, day: date) -> tuple[int, int]:
    """How often somebody looked at something masked on a day, and how often by what was opened for it: each such act
    notes its purpose, and by which opening ("looks") it was possible.
    """
    noted = AuditEntry.objects.filter(actor_id=actor_id, day=day, note__contains='"purpose"').exclude(act="read")
    found = noted.aggregate(every=Count("pk"), opened=Count("pk", filter=Q(note__contains='"looks":"')))
    return found["every"] - found["opened"], found["opened"]


def looks_by(actor_id: int, day: date, opening: str) -> QuerySet[AuditEntry, Any]:
    """The looks at something masked that an opening made possible, in their order."""
    noted = AuditEntry.objects.filter(actor_id=actor_id, day=day, note__contains=f'"looks":"{opening}"')
    return noted.exclude(act="read").order_by("pk")


def head() -> str:
    """The newest seal's code: printed and kept elsewhere, it proves later that no seal was cut off."""
    newest = newest_seal()
    return newest.mac if newest else ""
