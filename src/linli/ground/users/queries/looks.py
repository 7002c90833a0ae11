"""More looks at what is masked than a day has: who asked, who opened them at once, what became of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Scope, within
from linli.foundation.measures import Measure, Shown, Window
from linli.foundation.screens.texts import moment_text
from linli.foundation.trail import audit
from linli.ground.areas.queries import Area, area_by_id
from linli.ground.users.codes import LooksKind, LooksState, Role
from linli.ground.users.models import ExtraLooks, User
from linli.ground.users.queries import Authority, holders
from linli.ground.users.steps import LOOKS

# Ours, no law: about one look for each family that a person deals with on a busy day, more for whoever checks others.
LOOKS_A_DAY: Mapping[Role, int] = {
    Role.COMMUNITY_WORKER: 40,
    Role.SOCIAL_WORKER: 40,
    Role.COMMUNITY_DIRECTOR: 40,
    Role.STREET_OFFICER: 40,
    Role.DISTRICT_OFFICER: 20,
    Role.AUDITOR: 60,
}
# Who decides, who reviews, and who answers for security where a review doubts it.
_SEE = (*LOOKS.step("allow").roles, *LOOKS.step("find_right").roles, Role.SECURITY_ADMINISTRATOR)
_DAYS = timedelta(days=30)


def looks_a_day(person: Authority) -> int:
    """How many looks the person's roles give for a day."""
    return max((LOOKS_A_DAY.get(held.role, 0) for held in person.held), default=0)


def looks_today(user_id: int, on: date) -> tuple[int, int]:
    """How many of them the person took that day, and how many besides by urgent openings."""
    return audit.looks_of(user_id, on)


def place_of_looks(person: Authority) -> Area:
    """Where the person holds the role that gives most looks. Raises LookupError for whom none gives any."""
    best = max(person.held, key=lambda held: (LOOKS_A_DAY.get(held.role, 0), -held.area_id), default=None)
    if best is None or best.role not in LOOKS_A_DAY:
        raise LookupError(person.user_id)
    return area_by_id(best.area_id)


def extra_looks(person: Authority, **which: object) -> QuerySet[ExtraLooks]:
    """What the person asked for or opened, and what others did whom the person decides on or reviews; newest first."""
    scope = person.scope(*_SEE)
    rows = ExtraLooks.objects.filter(Q(asked_by_id=person.user_id) | scope.condition("area__"), **which)
    return rows.select_related("area").order_by("-pk")


def looks_numbered(scope: Scope, number: str) -> ExtraLooks | None:
    """What was asked for or opened under a number, whoever it was; None out of scope."""
    return within(ExtraLooks.objects.all(), scope, prefix="area__").filter(number=number).first()


def another_decides(place: Area, besides: int, on: date) -> bool:
    """Whether anybody besides one person could allow more looks of a place on a day."""
    at = place.stamp
    over = [key for key in (at.district_id, at.street_id, at.community_id, at.grid_id) if key]
    found = (one for role in LOOKS.step("allow").roles for one in holders(role, over, on))
    return any(one.pk != besides for one in found)


def allowed_again(user_id: int, on: date) -> int:
    """How many times a second person allowed as many looks again that day."""
    return ExtraLooks.objects.filter(asked_by_id=user_id, state=LooksState.ALLOWED, valid_date=on).count()


def _urgent(window: Window) -> Any:
    hand = User.objects.filter(pk=OuterRef("asked_by_id")).values("name")
    rows = ExtraLooks.objects.filter(
        window.scope.condition("area__"), kind=LooksKind.URGENT, asked_at__date__gte=window.on - _DAYS
    )
    return rows.annotate(place=F("area_id"), hand=Subquery(hand, output_field=CharField()))


# What was opened at once in the last thirty days.
URGENT_LOOKS = Measure(
    _urgent,
    unit="pk",
    line="pk",
    shown=(
        Shown(_("编号"), "number"),
        Shown(_("时间"), "asked_at", words=moment_text),
        Shown(_("谁"), "hand"),
        Shown(_("缘由"), "reason"),
        Shown(_("状态"), "state", words=lambda state: LooksState(state).label),
    ),
)
