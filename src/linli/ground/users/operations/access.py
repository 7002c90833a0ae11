"""Roles that move money or let people in, and the recovery of a lost log-in: one administrator asks, another decides.

The one who asks looks after accounts, the other answers for security; neither decides on themselves. A recovery's start
password has two halves: each of the two tells the person one, so that neither can come in its place.
"""

import secrets
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import open_sealed, seal
from linli.foundation.data.locks import locked
from linli.foundation.data.numbering import take_labels
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, surely, within_act
from linli.ground.areas.queries import Area, area_by_id
from linli.ground.users.codes import GIVEN_BY_TWO, AccessKind, AccessState, NoticeKind, Role
from linli.ground.users.models import AccessRequest, Factor, User
from linli.ground.users.operations.assignments import (
    check_given,
    earliest_of,
    give,
    hold_person,
    next_working_day,
)
from linli.ground.users.operations.notices import tell
from linli.ground.users.operations.sessions import drop_sessions_of
from linli.ground.users.operations.stepping import take_step
from linli.ground.users.permissions import check_administer, check_manage_account, check_secure_account
from linli.ground.users.queries import chain_of, places_of
from linli.ground.users.queries.factors import lacks_factor
from linli.ground.users.steps import ACCESS
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of

# Read out over the telephone: nothing that looks like something else.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class AccessAsked(DomainError):
    """The same is waiting for the other administrator already."""

    message = _("已有同样的申请 %(number)s 待复核")


class OneIsEnough(DomainError):
    """The role is given by one administrator at once."""

    message = _("这个角色由一位系统管理员直接指定")


class AccountNotActive(DomainError):
    """A role that two give is given to who has shown to be there: with a second factor of their own."""

    message = _("%(name)s还没有启用账号（未设第二重验证）；请先请本人登录启用，再同意授权")


class AccessOfClosed(DomainError):
    """Nobody comes back, or gives a role, by what was asked before an account was closed."""

    of_access = True
    message = _("%(name)s的账号已停用，不能同意；请退回")


class AccountNowhere(DomainError):
    """Nobody answers for the security of an account without a place."""

    message = _("该账号不属于任何区域，也没有角色，没有安全管理员可以复核；请先给它指定一个角色")


def start_half() -> str:
    """Eight characters of chance in two groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _group in range(2))


@act
@surely
def propose_role(
    act: Act,
    *,
    user_id: int,
    role: Role,
    area_id: int,
    valid_from: date,
    valid_until: date | None = None,
    reason: str = "",
) -> AccessRequest:
    """Ask for a role that two administrators give.

    Raises NotPermitted, ReasonMissing, AccessAsked, OneIsEnough and what ``assign`` raises.
    """
    area = area_by_id(area_id)
    check_administer(act, area.stamp)
    if role not in GIVEN_BY_TWO:
        raise OneIsEnough(field="role")
    check_given(act, user_id, role, area, valid_from, valid_until)
    return _propose(
        act,
        AccessKind.ROLE,
        user_id,
        area,
        reason_of(reason),
        role=role,
        valid_from=valid_from,
        valid_until=valid_until,
    )


@act
@surely
def propose_recovery(act: Act, *, user_id: int, half: str, reason: str) -> AccessRequest:
    """Ask that somebody who lost their second factor may enrol anew; ``half`` is the first half of the start password.

    Raises NotPermitted, ReasonMissing, AccessAsked, AccountNowhere.
    """
    user: User = locked(User.objects.filter(pk=user_id)).get()
    places = places_of(user, act.on)
    check_manage_account(act, places)
    if not places:
        raise AccountNowhere
    area = user.area or area_by_id(places[0].district_id)
    row = _propose(act, AccessKind.RECOVERY, user_id, area, reason_of(reason))
    row.sealed_half = seal(half, aad=f"users_accessrequest|{row.number}|sealed_half")
    row.save(update_fields=["sealed_half"])
    return row


@within_act
def _propose(act: Act, /, kind: AccessKind, user_id: int, area: Area, reason: str, **asked: object) -> AccessRequest:
    same = AccessRequest.objects.filter(user_id=user_id, kind=kind, role=asked.get("role", ""), area=area)
    waiting = same.filter(state="PROPOSED").first()
    if waiting:
        raise AccessAsked(number=waiting.number)
    row = AccessRequest.objects.create(
        number=take_labels("SQ", act.on.year)[0],
        kind=kind,
        user_id=user_id,
        area=area,
        reason=reason,
        proposed_by_id=act.by.pk,
        proposed_at=act.at,
        **asked,
    )
    audit.record(act, where=area.stamp, subject=f"access:{row.number}", note={"kind": kind.value, **_told(row)})
    return row


@act
@surely
def confirm_role(act: Act, *, request_id: int, note: str) -> AccessRequest:
    """The other administrator gives the role, from the day asked or the first that still may be.

    Raises NotPermitted, SamePerson, OwnAccess, StepNotPossible, ReasonMissing, AccessOfClosed, AccountNotActive
    and what ``assign`` raises.
    """
    row = _decide(act, "confirm", request_id, AccessKind.ROLE, note)
    user = hold_person(act, row.user_id)
    if lacks_factor(user.pk):
        raise AccountNotActive(name=user.name)
    role, begin = Role(row.role), max(row.valid_from or act.on, earliest_of(act, Role(row.role)))
    check_given(act, user.pk, role, row.area, begin, row.valid_until)
    row.assignment = give(act, user, role, row.area, begin, row.valid_until)
    row.save(update_fields=["assignment"])
    tell(act, user, NoticeKind.ROLE, f"{role.label} · {row.area.name}")
    return row


@act
@surely
def confirm_recovery(act: Act, *, request_id: int, half: str, note: str) -> AccessRequest:
    """The other administrator agrees: the lost factors are void, whoever was logged in is out, the start password is
    the two halves, and roles in money rest until the next working day.

    Raises NotPermitted, SamePerson, OwnAccess, StepNotPossible, ReasonMissing, AccessOfClosed.
    """
    row = _decide(act, "confirm", request_id, AccessKind.RECOVERY, note)
    user: User = locked(User.objects.filter(pk=row.user_id)).get()
    check_secure_account(act, places_of(user, act.on))
    first = open_sealed(row.sealed_half, aad=f"users_accessrequest|{row.number}|sealed_half")
    _forget_half(row)
    recover(act, user, f"{first}-{half}")
    # Whoever asks what became of the account finds it there too, not only under the request.
    audit.record(act, where=chain_of(user, act.on), subject=f"user:{user.username}", note={"recovered": row.number})
    return row


@within_act
def recover(act: Act, user: User, password: str) -> None:
    """Let somebody begin anew with a start password."""
    for factor in Factor.objects.filter(user=user, removed_at=None):
        factor.removed_at = act.at
        factor.save(update_fields=["removed_at"])
    user.password, user.must_change_password = make_password(password), True
    user.sessions_round += 1
    user.money_from = next_working_day(act.on)
    user.save(update_fields=["password", "must_change_password", "sessions_round", "money_from"])
    drop_sessions_of(user.pk)
    tell(act, user, NoticeKind.RECOVERY)


@act
def refuse_access(act: Act, *, request_id: int, note: str) -> AccessRequest:
    """The other administrator does not agree. Raises NotPermitted, SamePerson, StepNotPossible, ReasonMissing."""
    row = _decide(act, "refuse", request_id, None, note)
    _forget_half(row)
    return row


@act
def withdraw_access(act: Act, *, request_id: int, note: str = "") -> AccessRequest:
    """What was asked for is not wanted any more. Raises NotPermitted, StepNotPossible."""
    row = take_step(act, ACCESS, "withdraw", AccessRequest, request_id, note)
    _forget_half(row)
    return row


@within_act
def withdraw_of_closed(act: Act, user: User) -> None:
    """What a closed account asked for, or what is asked for it, is off the table."""
    waiting = AccessRequest.objects.filter(Q(user=user) | Q(proposed_by_id=user.pk), state=AccessState.PROPOSED)
    for row in locked(waiting.select_related("area")):
        row.state, row.sealed_half = AccessState.WITHDRAWN, ""
        row.save(update_fields=["state", "sealed_half"])
        note = {"kind": row.kind, "closed": user.username, **_told(row)}
        audit.record(act, where=row.stamp, subject=f"access:{row.number}", note=note)


@within_act
def _decide(act: Act, step: str, request_id: int, kind: AccessKind | None, note: str) -> AccessRequest:
    reason = reason_of(note, field="note")
    row = take_step(act, ACCESS, step, AccessRequest, request_id, reason, decision=reason)
    if kind is not None and row.kind != kind:
        raise AccessRequest.DoesNotExist
    if kind is not None:
        # Locked, so that of closing and deciding at one moment the second sees what the first did.
        people = list(locked(User.objects.filter(pk__in=(row.user_id, row.proposed_by_id))))
        closed = next((user for user in people if not user.is_active), None)
        if closed:
            raise AccessOfClosed(name=closed.name)
    return row


def _forget_half(row: AccessRequest) -> None:
    if row.sealed_half:
        row.sealed_half = ""
        row.save(update_fields=["sealed_half"])


def _told(row: AccessRequest) -> dict[str, object]:
    person = User.objects.values_list("username", flat=True).get(pk=row.user_id)
    return {"user": person, "role": str(row.role), "area": row.area.code}
