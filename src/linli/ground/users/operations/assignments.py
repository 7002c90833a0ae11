"""Roles are given from a day and end on a day; an area always keeps somebody who can give them."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.areas.queries import area_by_id
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, User
from linli.ground.users.permissions import check_administer
from linli.kernel.act import Act
from linli.kernel.errors import DomainError


class PeriodEmpty(DomainError):
    """A role ends after it began."""

    message = _("结束日期须晚于开始日期")


class RoleHeld(DomainError):
    """The person holds the role there in that time already."""

    message = _("该账号在这段时间内已有该区域的同一角色")


class AssignmentInPast(DomainError):
    """What was done under a role was done under it: it ends today or later."""

    message = _("角色只能从今天或以后的日期起结束")


class AssignmentOver(DomainError):
    """It ends, or ended, on an earlier day."""

    message = _("该角色在这一天或更早已经结束")


class LastAdministrator(DomainError):
    """Without an administrator nobody could give roles any more."""

    message = _("这是该区域最后一位系统管理员；请先指定另一位（不设结束日期）")


@act
def assign(
    act: Act,
    *,
    user_id: int,
    role: Role,
    area_id: int,
    valid_from: date,
    valid_until: date | None = None,
    stand_in_for_id: int | None = None,
) -> Assignment:
    """Give a person a role in an area from a day on. Raises NotPermitted, PeriodEmpty, RoleHeld."""
    area = area_by_id(area_id)
    check_administer(act, area.stamp)
    if valid_until is not None and valid_until <= valid_from:
        raise PeriodEmpty(field="valid_until")
    same = Assignment.objects.filter(user_id=user_id, role=role, area=area).filter(_reaches(valid_from))
    if (same.filter(valid_from__lt=valid_until) if valid_until else same).exists():
        raise RoleHeld(field="role")
    assignment = Assignment.objects.create(
        user_id=user_id,
        role=role,
        area=area,
        valid_from=valid_from,
        valid_until=valid_until,
        stand_in_for_id=stand_in_for_id,
    )
    username = User.objects.values_list("username", flat=True).get(pk=user_id)
    audit.record(act, where=area.stamp, subject=f"user:{username}", note={"role": role.value, "area": area.code})
    return assignment


@act
def end_assignment(act: Act, *, assignment_id: int, valid_until: date) -> Assignment:
    """A role ends on a day, which is the first without it; one that has not begun is taken back.

    Raises NotPermitted, AssignmentInPast, AssignmentOver, LastAdministrator.
    """
    found = Assignment.objects.filter(pk=assignment_id).select_related("user", "area")
    assignment: Assignment = locked(found).get()
    check_administer(act, assignment.area.stamp)
    if valid_until < act.on:
        raise AssignmentInPast(field="valid_until")
    if assignment.valid_until is not None and assignment.valid_until <= valid_until:
        raise AssignmentOver(field="valid_until")
    if assignment.role == Role.ADMINISTRATOR:
        check_administrators_remain(valid_until, without=assignment)
    assignment.valid_until = max(valid_until, assignment.valid_from)
    assignment.save(update_fields=["valid_until"])
    audit.record(
        act,
        where=assignment.area.stamp,
        subject=f"user:{assignment.user.username}",
        note={"ended": assignment.role, "area": assignment.area.code, "on": valid_until.isoformat()},
    )
    return assignment


def check_administrators_remain(
    on: date, *, without: Assignment | None = None, without_user: User | None = None
) -> None:
    """Raises LastAdministrator when an area would have nobody to administer it, itself or from above, for good.

    ``without`` is the assignment about to end, ``without_user`` the account about to close.
    """
    # All of them are locked, so that two administrators cannot end each other at the same moment.
    rows = Assignment.objects.filter(role=Role.ADMINISTRATOR, valid_until__isnull=True, user__is_active=True)
    lasting = list(locked(rows).select_related("area"))
    ending = [without] if without else [row for row in lasting if row.user_id == (without_user and without_user.pk)]
    gone = {row.pk for row in ending}
    remaining = {row.area_id for row in lasting if row.pk not in gone and row.valid_from <= on}
    for row in ending:
        if row.valid_until is None and not remaining & set(row.area.stamp.columns().values()):
            raise LastAdministrator(field="valid_until")


def _reaches(day: date) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gt=day)
