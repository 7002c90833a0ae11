"""The audit trail of the person's areas."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext

from linli.foundation.trail import audit
from linli.foundation.trail.audit import AuditLine
from linli.foundation.trail.words import acts_said, subjects
from linli.ground.areas.queries import ids_within
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, called
from linli.ground.users.queries import names as user_names
from linli.kernel.act import SYSTEM

# So many people may bear the name that narrows the trail.
MOST_CALLED = 50


def chains_of(authority: Authority) -> set[int]:
    """The chains of the trail for which the person is auditor."""
    return set(ids_within(authority.scope(Role.AUDITOR)))


def is_product(who: str) -> bool:
    """Whether a name that is looked for means the product itself."""
    return who == gettext("系统")


def trail(
    authority: Authority,
    *,
    subject: str = "",
    who: str = "",
    act: str = "",
    days: tuple[date, date] | None = None,
    before: int = 0,
    limit: int = audit.PAGE,
) -> Sequence[AuditLine]:
    """The newest audit entries of the areas where the person is auditor, names filled in; narrowed to some days.

    ``subject`` may be the whole key ("application:JZ-2026-0001") or the number alone, as people know it; ``who`` a name
    or a user name, ``act`` what an act is called.
    """
    wanted = [subject, *(f"{kind}:{subject}" for kind in subjects)] if subject else []
    actors = [SYSTEM.pk] if is_product(who) else called(who, limit=MOST_CALLED)
    lines = audit.lines(
        chains_of(authority),
        subjects=wanted,
        actors=actors if who else None,
        acts=acts_said(act) if act else None,
        days=days,
        before=before,
        limit=limit,
    )
    names = user_names(line.actor_id for line in lines)
    return [line.named(names.get(line.actor_id or 0, "")) for line in lines]
