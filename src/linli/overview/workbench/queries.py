"""The audit trail of the person's areas."""

from collections.abc import Sequence
from datetime import date

from linli.foundation.trail import audit
from linli.foundation.trail.audit import AuditLine
from linli.foundation.trail.words import subjects
from linli.ground.areas.queries import ids_within
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority
from linli.ground.users.queries import names as user_names


def chains_of(authority: Authority) -> set[int]:
    """The chains of the trail for which the person is auditor."""
    return set(ids_within(authority.scope(Role.AUDITOR)))


def trail(
    authority: Authority, *, subject: str = "", before: int = 0, day: date | None = None, limit: int = audit.PAGE
) -> Sequence[AuditLine]:
    """The newest audit entries of the areas where the person is auditor, names filled in; narrowed to a day.

    ``subject`` may be the whole key ("application:JZ-2026-0001") or the number alone, as people know it.
    """
    wanted = [subject, *(f"{kind}:{subject}" for kind in subjects)] if subject else []
    lines = audit.lines(chains_of(authority), subjects=wanted, before=before, day=day, limit=limit)
    names = user_names(line.actor_id for line in lines)
    return [line.named(names.get(line.actor_id or 0, "")) for line in lines]
