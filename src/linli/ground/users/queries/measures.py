"""Accounts and posts that lack something, as sets."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from linli.foundation.measures import Measure, Shown, Window
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import areas
from linli.ground.users.codes import FINANCE_ROLES, Role
from linli.ground.users.models import Assignment, User
from linli.ground.users.queries import accounts

# Whom a community needs, so that a case can go its way and be paid: held there, in its street or in its district.
POSTS = (
    Role.COMMUNITY_WORKER,
    Role.SOCIAL_WORKER,
    Role.VOLUNTEER,
    Role.COMMUNITY_DIRECTOR,
    Role.STREET_OFFICER,
    *FINANCE_ROLES,
)
ACCOUNT = (Shown(_("用户名"), "username", page="user_detail"), Shown(_("姓名"), "name"))


def _open_accounts(window: Window) -> QuerySet[User]:
    return accounts(window.scope, everywhere=False, closed=False, on=window.on).prefetch_related(None)


def _start_passwords(window: Window) -> QuerySet[Any, Any]:
    return _open_accounts(window).filter(must_change_password=True).annotate(place=F("area_id"))


def without_post(window: Window) -> QuerySet[Any, Any]:
    """Open accounts that hold no role on the day or later."""
    lasting = Assignment.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=window.on))
    rows = _open_accounts(window).exclude(Exists(lasting.filter(user=OuterRef("pk"))))
    return rows.annotate(place=F("area_id"))


def _vacant(window: Window) -> QuerySet[Any, Any]:
    held = Assignment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=window.on),
        Q(area=OuterRef("pk")) | Q(area=OuterRef("street_id")) | Q(area=OuterRef("district_id")),
        user__is_active=True,
        valid_from__lte=window.on,
    )
    lacks = {f"lacks_{role}": ~Exists(held.filter(role=role)) for role in POSTS}
    some = Q()
    for name in lacks:
        some |= Q(**{name: True})
    rows = areas(window.scope).filter(kind=AreaKind.COMMUNITY).annotate(place=F("pk"), **lacks)
    return rows.filter(some)


def _vacancy(role: Role) -> Shown:
    told = format_lazy(_("缺{}"), role.label)
    return Shown(role.label, f"lacks_{role}", words=lambda lacks: told if lacks else "")


START_PASSWORDS = Measure(_start_passwords, unit="pk", line="username", shown=ACCOUNT)
VACANT_POSTS = Measure(
    _vacant, unit="pk", line="code", shown=(Shown(_("社区"), "name"), *(_vacancy(role) for role in POSTS))
)
