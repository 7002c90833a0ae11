"""Accounts and roles, for administrators. A start password is shown once, on the answer to the form that made it."""

import secrets
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens import navigation
from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.heads import Action, Head
from linli.foundation.screens.pages import render_page, there
from linli.foundation.screens.texts import joined_by_dot
from linli.ground.users import operations, queries
from linli.ground.users.codes import AccountStanding, Role
from linli.ground.users.models import Assignment, User
from linli.ground.users.permissions import can_administer, can_manage_account
from linli.ground.users.queries.desks import Desk
from linli.ground.users.web.desk import account_or_404, administering
from linli.ground.users.web.forms import AccountForm, CloseForm, EndForm, NothingForm, RoleForm
from linli.kernel.act import Act

# Read out over the telephone: nothing that looks like something else.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@administering
def user_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open an account; its start password is shown once."""
    form, password = filled(request, AccountForm, reach=desk.reads), start_password()

    def deed(act: Act) -> User:
        data = form.cleaned_data
        return operations.create_user(
            act, username=_username(form), name=data["name"], password=password, area_id=data["area"], is_start=True
        )

    return act_page(
        request,
        form,
        deed,
        head=Head(gettext("新开账号"), trail=[(gettext("新开账号"), "")]),
        submit=gettext("开账号"),
        done=gettext("账号已开"),
        to=lambda _user: reverse("user_detail", args=[_username(form)]),
        back=reverse("user_list"),
        secret=True,
        answer=lambda user: _shown_once(request, user, password),
    )


@administering
def user_detail(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """One account: its state, its roles, and what can be done."""
    user = account_or_404(desk, username)
    roles = queries.assignments_of(user)
    may_manage = can_manage_account(desk.person, queries.places_of(user, desk.on))
    place, state = user.area.name if user.area else "", user.standing
    context = {
        "head": Head(
            user.name,
            joined_by_dot(username, place),
            [(username, "")],
            None if state == AccountStanding.OPEN else state,
            list(_actions(request, user, may_manage=may_manage)),
        ),
        "account": user,
        "may_manage": may_manage,
        "present": [_role_line(desk, row) for row in roles if row.valid_until is None or row.valid_until > desk.on],
        "past": [_role_line(desk, row) for row in roles if row.valid_until is not None and row.valid_until <= desk.on],
    }
    return render_page(request, "users/user_detail.html", context)


@administering
def assignment_new(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """Give a role over an area from a day on."""
    user = account_or_404(desk, username)
    form = filled(request, RoleForm, reach=desk.reads, initial={"valid_from": desk.on})

    def deed(act: Act) -> object:
        data = form.cleaned_data
        return operations.assign(
            act,
            user_id=user.pk,
            role=Role(data["role"]),
            area_id=data["area"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
        )

    return _page(request, user, form, deed, (gettext("指定角色"), gettext("指定"), gettext("已指定角色")))


@administering
def assignment_end(request: HttpRequest, desk: Desk, username: str, assignment_id: int) -> HttpResponse:
    """End a role from a day on."""
    user = account_or_404(desk, username)
    row = there(next((one for one in queries.assignments_of(user) if one.pk == assignment_id), None))
    if not can_administer(desk.person, row.area.stamp):
        raise PermissionDenied
    form = filled(request, EndForm, initial={"valid_until": desk.on})

    def deed(act: Act) -> object:
        return operations.end_assignment(act, assignment_id=assignment_id, **form.cleaned_data)

    of = {"role": row.get_role_display(), "area": row.area.name}
    words = (gettext("结束角色：%(role)s · %(area)s") % of, gettext("结束角色"), gettext("角色已结束"))
    return _page(request, user, form, deed, words)


@administering
def user_close(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """Close an account."""
    user, form = _managed(desk, username), filled(request, CloseForm)

    def deed(act: Act) -> object:
        return operations.close_account(act, user_id=user.pk, **form.cleaned_data)

    words = (gettext("停用账号"), gettext("停用"), gettext("账号已停用，已登录的也随即退出"))
    return _page(request, user, form, deed, words)


@administering
def user_reopen(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """Open a closed account again."""
    user, form = _managed(desk, username), filled(request, NothingForm)

    def deed(act: Act) -> object:
        return operations.reopen_account(act, user_id=user.pk)

    return _page(request, user, form, deed, (gettext("重新启用账号"), gettext("启用"), gettext("账号已重新启用")))


@administering
def user_password(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """Hand out a new start password; it is shown once."""
    user, form, password = _managed(desk, username), filled(request, NothingForm), start_password()

    def deed(act: Act) -> User:
        return operations.hand_out_password(act, user_id=user.pk, password=password)

    words = (gettext("重置密码"), gettext("生成初始密码"), gettext("密码已重置"))
    return _page(
        request, user, form, deed, words, secret=True, answer=lambda changed: _shown_once(request, changed, password)
    )


def start_password() -> str:
    """Sixteen characters of chance in four groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _group in range(4))


def _username(form: forms.Form) -> str:
    return str(form.cleaned_data["username"]).strip()


def _shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    actions = [
        Action(gettext("查看账号"), reverse("user_detail", args=[user.username])),
        Action(gettext("指定角色"), reverse("assignment_new", args=[user.username]), main=True),
    ]
    head = Head(gettext("初始密码"), joined_by_dot(user.name, user.username), [(user.username, "")], actions=actions)
    return render_page(request, "users/user_password.html", {"head": head, "password": password})


def _managed(desk: Desk, username: str) -> User:
    user = account_or_404(desk, username)
    if not can_manage_account(desk.person, queries.places_of(user, desk.on)):
        raise PermissionDenied
    return user


def _actions(request: HttpRequest, user: User, *, may_manage: bool) -> Iterator[Action]:
    def to(page: str) -> str:
        return reverse(page, args=[user.username])

    if may_manage and not user.is_active:
        yield Action(gettext("重新启用账号"), to("user_reopen"), main=True)
    elif may_manage:
        yield Action(gettext("重置密码"), to("user_password"))
        link = navigation.link(request, "account_link")
        if link:
            yield Action(gettext("关联居民"), f"{link}?{urlencode({'username': user.username})}")
        yield Action(gettext("停用账号"), to("user_close"))
    if user.is_active:
        yield Action(gettext("指定角色"), to("assignment_new"), main=True)


def _role_line(desk: Desk, row: Assignment) -> dict[str, object]:
    return {
        "id": row.pk,
        "role": row.get_role_display(),
        "area": row.area.name,
        "from": row.valid_from,
        "until": row.valid_until,
        "begins_later": row.valid_from > desk.on,
        "taken_back": row.valid_until == row.valid_from,
        "may_end": can_administer(desk.person, row.area.stamp),
    }


def _page(
    request: HttpRequest,
    user: User,
    form: forms.Form,
    deed: Callable[[Act], object],
    words: tuple[str, str, str],
    *,
    secret: bool = False,
    answer: Callable[[User], HttpResponse] | None = None,
) -> HttpResponse:
    """The page of an act on an account; ``words`` are its title, its button, and what was done."""
    (title, submit, done), home = words, reverse("user_detail", args=[user.username])
    head = Head(title, joined_by_dot(user.name, user.username), [(user.username, home)])
    return act_page(request, form, deed, head=head, submit=submit, done=done, to=home, secret=secret, answer=answer)
