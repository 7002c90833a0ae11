"""More looks at what is masked than a day has: who asked, who opened them at once, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from linli.ground.users.queries import Authority, NotPermitted, holders, one_rule
from linli.ground.users.steps import LOOKS
from linli.kernel.errors import DomainError

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


class LooksSpent(DomainError):
    """So many looks were taken today."""

    of_access = True
    message = _(
        "您今天已查看 %(count)s 次，到了每日上限。%(ask)s。确属紧急的，请勾选“紧急查看”并写明缘由，"
        "三十分钟内有效，由审计员复核"
    )


class UrgentLooksSpent(DomainError):
    """No reason of one's own helps any more today."""

    of_access = True
    message = _("您今天已查看 %(count)s 次，紧急查看也到了上限。%(ask)s")


class LooksAsked(DomainError):
    """A request of the same person waits."""

    message = _("您的申请 %(number)s 还在等待同意")


class NobodyAllows(DomainError):
    """A request that nobody could decide would wait for ever: a colleague looks, or the place gets another to ask."""

    message = _("没有其他负责人可以同意追加，请由同事办理，或请系统管理员 %(who)s 为这里增设一位负责人")


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


def no_more_looks(person: Authority, on: date) -> DomainError | None:
    """Why the person may not ask a second one for more looks on a day: their roles give none, a request waits, or
    nobody else could decide it.
    """
    if not looks_a_day(person):
        return NotPermitted()
    waiting = ExtraLooks.objects.filter(asked_by_id=person.user_id, state=LooksState.PROPOSED).first()
    if waiting:
        return LooksAsked(number=waiting.number)
    at = place_of_looks(person).stamp
    over = [key for key in (at.district_id, at.street_id, at.community_id, at.grid_id) if key]
    deciding = (one.pk for role in LOOKS.step("allow").roles for one in holders(role, over, on))
    if any(not person.is_one_of([one], on) for one in deciding):
        return None
    return NobodyAllows(who=next((one.name for one in holders(Role.ADMINISTRATOR, over, on)), ""))


can_ask_for_looks, check_ask_for_looks = one_rule(no_more_looks)


@dataclass(frozen=True)
class LooksOfDay:
    """How far somebody's looks of a day have gone; ``opening`` is what they opened at once and may look by now."""

    person: Authority
    on: date
    most: int
    added: int
    count: int
    opened: int
    opening: ExtraLooks | None

    @property
    def spent(self) -> bool:
        """Whether the day itself, with what was allowed, has no more."""
        return self.count >= self.most + self.added

    @property
    def urgent_helps(self) -> bool:
        """Whether opening looks at once makes the next one possible, which nothing else does."""
        return self.spent and self.opened < self.most and self.opening is None

    def refusal(self, *, urgent: bool) -> DomainError | None:
        """Why the next look is not possible: what was opened at once uses up nothing of what a second person allows."""
        if not self.spent:
            return None
        if self.opened >= self.most:
            return UrgentLooksSpent(count=self.count + self.opened, ask=self._ask())
        if self.opening is None and not urgent:
            return LooksSpent(field="urgent", count=self.count, ask=self._ask())
        return None

    def _ask(self) -> object:
        """What helps without a reason of one's own."""
        return no_more_looks(self.person, self.on) or _("可以申请追加，由负责人同意，或由同事办理")


def looks_of_day(person: Authority, on: date, moment: datetime) -> LooksOfDay:
    """How far the person's looks of a day have gone at a moment of it."""
    most, (count, opened) = looks_a_day(person), looks_today(person.user_id, on)
    # What was reviewed is over: the next look has a reason of its own, and a review.
    opening = ExtraLooks.objects.filter(asked_by_id=person.user_id, state=LooksState.OPENED, ends_at__gt=moment).last()
    return LooksOfDay(person, on, most, most * allowed_again(person.user_id, on), count, opened, opening)


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
