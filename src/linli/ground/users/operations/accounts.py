"""Accounts are opened, closed and opened again; nothing is deleted."""

import re

from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import LockSpace, lock_name, locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely
from linli.ground.areas.queries import area_by_id
from linli.ground.users.codes import NoticeKind, Role
from linli.ground.users.models import Session, User
from linli.ground.users.operations.access import withdraw_of_closed
from linli.ground.users.operations.assignments import (
    check_administrators_remain,
    end,
    hold_administrators,
    next_working_day,
)
from linli.ground.users.operations.notices import tell
from linli.ground.users.operations.sessions import drop_sessions_of
from linli.ground.users.permissions import check_administer, check_manage_account
from linli.ground.users.queries import NotPermitted, authority, chain_of, lasting_by_two, places_of
from linli.kernel.act import SYSTEM, Act
from linli.kernel.errors import DomainError
from linli.kernel.text import folded, is_compatible

NAME_LENGTH = 60
# The name stands in addresses and is read out over the telephone.
_USERNAME = re.compile(r"[\w.-]{1,40}\Z")


class UsernameTaken(DomainError):
    """Another account has the name, however it is spelled."""

    message = _("用户名 %(username)s 已被使用")


class UsernameMalformed(DomainError):
    """Letters, digits, dot, dash and underscore."""

    message = _("用户名限用字母、数字、点、- 和 _，最多 40 个字")


class AccountNameMissing(DomainError):
    """An account is somebody's."""

    message = _("请填写姓名，最多 60 个字")


class AccountStateReached(DomainError):
    """The account is closed, or open, already."""

    message = _("该账号已是这个状态")


@act
@surely
def create_user(
    act: Act, *, username: str, name: str, password: str = "", area_id: int | None = None, is_start: bool = False
) -> User:
    """Open an account; without a password it cannot log in. ``area_id`` is whose administrators look after it;
    ``is_start`` says that somebody else knows the password, so that it opens nothing but its own change.

    An administrator does this, of the area when one is named; at installation the product itself. Raises
    UsernameTaken, UsernameMalformed, AccountNameMissing, NotPermitted.
    """
    area = area_by_id(area_id) if area_id is not None else None
    if area is not None:
        check_administer(act, area.stamp)
    elif act.by != SYSTEM and not authority(act).holds(Role.ADMINISTRATOR):
        raise NotPermitted
    check_names(username, name)
    user = User.objects.create(
        username=username,
        name=name.strip(),
        password=make_password(password or None),
        area=area,
        must_change_password=is_start,
    )
    audit.record(act, where=area.stamp if area else 0, subject=f"user:{username}")
    return user


@act
@surely
def close_account(act: Act, *, user_id: int, reason: str = "") -> User:
    """The account logs in no more and holds nothing; its roles stay in the records. What it asked for, and what is
    asked for it, is withdrawn.

    Raises NotPermitted, AccountStateReached, LastAdministrator.
    """
    hold_administrators()
    user = _managed(act, user_id)
    if not user.is_active:
        raise AccountStateReached
    check_administrators_remain(act.on, without_user=user)
    withdraw_of_closed(act, user)
    return _switch(act, user, active=False, reason=reason)


@act
def end_sessions(act: Act, *, user_id: int, kept: str = "") -> User:
    """Whoever is logged in with the account is logged out, wherever they are: by themselves or who manages it. The
    browser in which somebody does it (``kept``, as the table knows it) may go on where its page renews it.

    Raises NotPermitted.
    """
    user: User = locked(User.objects.filter(pk=user_id)).get()
    if user.pk != act.by.pk:
        check_manage_account(act, places_of(user, act.on))
    user.sessions_round += 1
    user.save(update_fields=["sessions_round"])
    drop_sessions_of(user.pk, but=kept)
    audit.record(act, where=chain_of(user, act.on), subject=f"user:{user.username}")
    return user


@act
def end_session(act: Act, *, user_id: int, session: str) -> User:
    """One of somebody's browsers is logged out: by themselves or who manages the account. ``session`` is what the
    table knows it by. Raises NotPermitted.
    """
    user: User = locked(User.objects.filter(pk=user_id)).get()
    if user.pk != act.by.pk:
        check_manage_account(act, places_of(user, act.on))
    Session.objects.filter(user_id=user.pk, session_key=session).delete()
    audit.record(act, where=chain_of(user, act.on), subject=f"user:{user.username}")
    return user


@act
@surely
def reopen_account(act: Act, *, user_id: int) -> None:
    """A closed account logs in again, with the roles that it still has and that one administrator gives: those that two
    give end, and are asked for anew. Roles in money rest until the next working day; its person is told.

    Raises NotPermitted, AccountStateReached.
    """
    user = _managed(act, user_id)
    if user.is_active:
        raise AccountStateReached
    for row in lasting_by_two(user, act.on):
        end(act, row, act.on)
    user.money_from = next_working_day(act.on)
    user.save(update_fields=["money_from"])
    tell(act, user, NoticeKind.REOPENED)
    _switch(act, user, active=True, reason="")


def check_names(username: str, name: str) -> None:
    """Raises UsernameMalformed, UsernameTaken, AccountNameMissing. Holds names until the act ends: of two that differ
    by their spelling alone one is given.
    """
    # A ligature or a raised digit is typed by nobody: who has one in the name never logs in.
    if not _USERNAME.match(username) or not is_compatible(username):
        raise UsernameMalformed(field="username")
    lock_name(LockSpace.SET_UP, 0)
    if _is_taken(username):
        raise UsernameTaken(field="username", username=username)
    if not name.strip() or len(name.strip()) > NAME_LENGTH:
        raise AccountNameMissing(field="name")


def _is_taken(username: str) -> bool:
    """Whether an account has the name, however it is spelled; those of before may be spelled in any way."""
    if User.objects.spelled_like(username):
        return True
    odd = User.objects.exclude(username__regex=r"^[A-Za-z0-9_.-]*$").values_list("username", flat=True)
    return folded(username) in {folded(one) for one in odd}


def _managed(act: Act, user_id: int) -> User:
    user: User = locked(User.objects.filter(pk=user_id)).get()
    check_manage_account(act, places_of(user, act.on))
    return user


def _switch(act: Act, user: User, *, active: bool, reason: str) -> User:
    user.is_active = active
    user.sessions_round = F("sessions_round") + 1
    user.save(update_fields=["is_active", "sessions_round"])
    drop_sessions_of(user.pk)
    note = {"active": active, **({"reason": reason.strip()} if reason.strip() else {})}
    audit.record(act, where=chain_of(user, act.on), subject=f"user:{user.username}", note=note)
    return user
