"""Roles are given from a day and end on a day; an area always keeps somebody who can give them."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import LockSpace, lock_name, locked
from linli.foundation.shelves import Shelf
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely, within_act
from linli.ground.areas.queries import Area, area_by_id
from linli.ground.users.codes import FINANCE_ROLES, GIVEN_BY_TWO, Role, apart_from
from linli.ground.users.models import Assignment, User
from linli.ground.users.permissions import check_administer
from linli.ground.users.queries.persons import accounts_of
from linli.kernel.act import SYSTEM, Act
from linli.kernel.calendar import WorkCalendar
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
    """Without the one who asks, or the one who decides, nobody could give roles any more."""

    message = _("这是该区域最后一位%(role)s；请先指定另一位（不设结束日期）")


class OwnRole(DomainError):
    """Nobody gives themselves a role."""

    of_access = True
    message = _("不能给自己授权，请由另一位系统管理员办理")


class RoleBackdated(DomainError):
    """A role is held from the day on which it is given, or later."""

    message = _("角色不能从过去的日期开始")


class MoneyRoleTooSoon(DomainError):
    """Who handles money does so from the next working day on: until then somebody may notice."""

    message = _("资金角色最早从下一个工作日（%(day)s）开始")


class RolesApart(DomainError):
    """Who moves money, checks it, audits and administers are so many people; who records and who decides are two."""

    of_access = True
    message = _("该账号在这段时间内是%(held)s，不能同时是%(role)s")


class RolesApartInPerson(RolesApart):
    """The same where the other role is in another account of the same person."""

    message = _("该账号的本人另有一个账号在这段时间内是%(held)s，同一个人不能同时是%(role)s")


# An area keeps somebody who holds each of these.
LASTING_ROLES = (Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)
# When work goes on is known by a room above this one.
calendars: Shelf[Callable[[], WorkCalendar]] = Shelf()


class TwoNeeded(DomainError):
    """One administrator does not give this role alone."""

    of_access = True
    message = _("%(role)s须由一位系统管理员提出、一位安全管理员复核")


@act
@surely
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
    """Give a person a role in an area from a day on. Raises NotPermitted, User.DoesNotExist, PeriodEmpty, RoleHeld.

    Of a person, not of the product at its installation, more is asked: TwoNeeded, OwnRole, RoleBackdated,
    MoneyRoleTooSoon, RolesApart.
    """
    area = area_by_id(area_id)
    check_administer(act, area.stamp)
    if act.by != SYSTEM and role in GIVEN_BY_TWO:
        raise TwoNeeded(field="role", role=role.label)
    user = hold_person(act, user_id)
    check_given(act, user_id, role, area, valid_from, valid_until)
    return give(act, user, role, area, valid_from, valid_until, stand_in_for_id)


def hold_person(act: Act, user_id: int) -> User:
    """The account, held with all others of its person: two administrators do not give what must not meet at the same
    moment, to one account or to two. Raises User.DoesNotExist.
    """
    return hold_people(act, [user_id])[user_id]


def hold_people(act: Act, user_ids: Collection[int]) -> Mapping[int, User]:
    """The same of several accounts, by id. Whoever says that two accounts are one person's holds both of them too, so
    after waiting it is asked again whose they are. Raises User.DoesNotExist.
    """
    held = dict[int, User]()
    while wanted := frozenset[int]().union(*(accounts_of(one, act.on) for one in user_ids)) - held.keys():
        found: QuerySet[User] = locked(User.objects.filter(pk__in=wanted))
        held |= {row.pk: row for row in found}
        if wanted - held.keys():
            raise User.DoesNotExist
    return held


@within_act
def give(
    act: Act,
    user: User,
    role: Role,
    area: Area,
    valid_from: date,
    valid_until: date | None,
    stand_in_for_id: int | None = None,
) -> Assignment:
    """Write the role down, as it was checked."""
    assignment = Assignment.objects.create(
        user=user,
        role=role,
        area=area,
        valid_from=valid_from,
        valid_until=valid_until,
        stand_in_for_id=stand_in_for_id,
    )
    note = {"role": role.value, "area": area.code}
    audit.record(act, where=area.stamp, subject=f"user:{user.username}", note=note)
    return assignment


def check_given(
    act: Act, user_id: int, role: Role, area: Area, valid_from: date, valid_until: date | None = None
) -> None:
    """Raises what keeps a role from being given: PeriodEmpty, RoleHeld, and to a person OwnRole, RoleBackdated,
    MoneyRoleTooSoon, RolesApart.
    """
    if valid_until is not None and valid_until <= valid_from:
        raise PeriodEmpty(field="valid_until")
    theirs = accounts_of(user_id, act.on)
    meanwhile = Assignment.objects.filter(user_id__in=theirs).filter(_reaches(valid_from))
    meanwhile = meanwhile.filter(valid_from__lt=valid_until) if valid_until else meanwhile
    if meanwhile.filter(user_id=user_id, role=role, area=area).exists():
        raise RoleHeld(field="role")
    if act.by != SYSTEM:
        _check_day(act, theirs, role, valid_from)
        _check_apart(role, meanwhile, user_id)


def earliest_of(act: Act, role: Role) -> date:
    """The first day on which a role that is given now may begin."""
    return next_working_day(act.on) if role in FINANCE_ROLES else act.on


def next_working_day(on: date) -> date:
    """The working day after a day, as the calendars that are loaded know it."""
    return min((calendar().next_working_day(on) for calendar in calendars.values()), default=on)


def _check_day(act: Act, theirs: Collection[int], role: Role, valid_from: date) -> None:
    if act.by.pk in theirs:
        raise OwnRole
    if valid_from < act.on:
        raise RoleBackdated(field="valid_from")
    earliest = earliest_of(act, role)
    if valid_from < earliest:
        raise MoneyRoleTooSoon(field="valid_from", day=earliest)


def _check_apart(role: Role, meanwhile: QuerySet[Assignment, Any], user_id: int) -> None:
    """What an account that is closed holds may come back with it, so it counts as well."""
    found = meanwhile.filter(role__in=apart_from(role)).order_by("pk").values_list("role", "user_id")
    for held, account in found:
        refusal = RolesApart if account == user_id else RolesApartInPerson
        raise refusal(field="role", held=Role(held).label, role=role.label)


@act
@surely
def end_assignment(act: Act, *, assignment_id: int, valid_until: date) -> Assignment:
    """A role ends on a day, which is the first without it; one that has not begun is taken back.

    Raises NotPermitted, AssignmentInPast, AssignmentOver, LastAdministrator.
    """
    hold_administrators()
    found = Assignment.objects.filter(pk=assignment_id).select_related("user", "area")
    assignment: Assignment = locked(found).get()
    check_administer(act, assignment.area.stamp)
    if valid_until < act.on:
        raise AssignmentInPast(field="valid_until")
    if assignment.valid_until is not None and assignment.valid_until <= valid_until:
        raise AssignmentOver(field="valid_until")
    if assignment.role in LASTING_ROLES:
        check_administrators_remain(valid_until, without=assignment)
    return end(act, assignment, valid_until)


@within_act
def end(act: Act, assignment: Assignment, valid_until: date) -> Assignment:
    """Write down that a role ends, as it was checked."""
    assignment.valid_until = max(valid_until, assignment.valid_from)
    assignment.save(update_fields=["valid_until"])
    audit.record(
        act,
        where=assignment.area.stamp,
        subject=f"user:{assignment.user.username}",
        note={"ended": assignment.role, "area": assignment.area.code, "on": valid_until.isoformat()},
    )
    return assignment


def hold_administrators() -> None:
    """Until the act ends nobody else takes an administrator away: of two who end each other at the same moment the
    second sees what the first did.

    Rows do not say this: whether an account is open stands in another row than its roles, and a row that was waited
    for is read anew alone. The name comes before the act's rows.
    """
    lock_name(LockSpace.ADMINISTRATORS, 0)


def check_administrators_remain(
    on: date, *, without: Assignment | None = None, without_user: User | None = None
) -> None:
    """Raises LastAdministrator when an area would have nobody to administer it, or to answer for its security, for
    good: neither itself nor from above. The act holds the administrators (``hold_administrators``).

    ``without`` is the assignment about to end, ``without_user`` the account about to close.
    """
    for role in LASTING_ROLES:
        rows = Assignment.objects.filter(role=role, valid_until__isnull=True, user__is_active=True)
        lasting = list(rows.order_by("pk").select_related("area"))
        ending = [row for row in lasting if row.pk == (without and without.pk)]
        ending += [row for row in lasting if row.user_id == (without_user and without_user.pk)]
        gone = {row.pk for row in ending}
        remaining = {row.area_id for row in lasting if row.pk not in gone and row.valid_from <= on}
        for row in ending:
            if not remaining & set(row.area.stamp.columns().values()):
                raise LastAdministrator(field="valid_until", role=role.label)


def _reaches(day: date) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gt=day)
