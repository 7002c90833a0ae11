"""Accounts and roles, for administrators. A start password is shown once, on the answer to the form that made it."""

import secrets

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from linli.foundation.screens.pages import act_of, perform, render_page
from linli.foundation.screens.tables import cut
from linli.ground.areas.queries import tree
from linli.ground.users import operations, queries
from linli.ground.users.codes import Role
from linli.ground.users.models import Assignment, User
from linli.ground.users.permissions import can_administer, can_manage_account
from linli.ground.users.web.administration_desk import Desk, account_or_404, administering
from linli.ground.users.web.administration_forms import (
    GIVEN_ROLES,
    AccountForm,
    CloseForm,
    EndForm,
    NothingForm,
    RoleForm,
)

# Read out over the telephone: nothing that looks like something else.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@administering
def user_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who can log in here and as what."""
    text, role = request.GET.get("q", "").strip()[:60], request.GET.get("role", "")
    closed = request.GET.get("state") == "closed"
    found = queries.accounts(
        desk.scope,
        everywhere=desk.everywhere,
        text=text,
        role=role if role in Role.values else "",
        closed=closed,
        on=desk.on,
        after=request.GET.get("after", "")[:40],
    )
    shown, more = cut(found, queries.PAGE)
    context = {
        "accounts": shown,
        "next": shown[-1].username if more else None,
        "text": text,
        "role": role,
        "roles": GIVEN_ROLES,
        "closed": closed,
    }
    return render_page(request, "users/user_list.html", context)


@never_cache
@administering
def user_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open an account; its start password is shown once."""
    form = AccountForm(request.POST or None, areas=tree(desk.scope))
    if request.method == "POST" and form.is_valid():
        data, password = form.cleaned_data, start_password()
        done, user = perform(
            form,
            lambda: operations.create_user(
                act_of(request),
                username=data["username"].strip(),
                name=data["name"],
                password=password,
                area_id=data["area"],
                is_start=True,
            ),
        )
        if user is not None:
            return _shown_once(request, user, password)
        if done:
            return redirect("user_detail", username=data["username"].strip())
    heading, submit = gettext("新开账号"), gettext("开账号")
    return render_page(request, "users/user_form.html", {"form": form, "heading": heading, "submit": submit})


@administering
def user_detail(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """One account: its state, its roles, and what can be done."""
    user = account_or_404(desk, username)
    roles = queries.assignments_of(user)
    context = {
        "account": user,
        "may_manage": can_manage_account(desk.person, queries.places_of(user, desk.on)),
        "present": [_role_line(desk, row) for row in roles if row.valid_until is None or row.valid_until > desk.on],
        "past": [_role_line(desk, row) for row in roles if row.valid_until is not None and row.valid_until <= desk.on],
    }
    return render_page(request, "users/user_detail.html", context)


@administering
def assignment_new(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """Give a role over an area from a day on."""
    user = account_or_404(desk, username)
    form = RoleForm(request.POST or None, areas=tree(desk.scope), initial={"valid_from": desk.on})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _row = perform(
            form,
            lambda: operations.assign(
                act_of(request),
                user_id=user.pk,
                role=Role(data["role"]),
                area_id=data["area"],
                valid_from=data["valid_from"],
                valid_until=data["valid_until"],
            ),
        )
        if done:
            return _back(request, username, gettext("已指定角色"))
    return _form(request, form, user, gettext("指定角色"), gettext("指定"))


@administering
def assignment_end(request: HttpRequest, desk: Desk, username: str, assignment_id: int) -> HttpResponse:
    """End a role from a day on."""
    user = account_or_404(desk, username)
    found = [row for row in queries.assignments_of(user) if row.pk == assignment_id]
    if not found:
        raise Http404
    if not can_administer(desk.person, found[0].area.stamp):
        raise PermissionDenied
    form = EndForm(request.POST or None, initial={"valid_until": desk.on})
    if request.method == "POST" and form.is_valid():
        done, _row = perform(
            form,
            lambda: operations.end_assignment(
                act_of(request), assignment_id=assignment_id, valid_until=form.cleaned_data["valid_until"]
            ),
        )
        if done:
            return _back(request, username, gettext("角色已结束"))
    words = {"role": found[0].get_role_display(), "area": found[0].area.name}
    return _form(request, form, user, gettext("结束角色：%(role)s · %(area)s") % words, gettext("结束角色"))


@administering
def user_close(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """Close an account."""
    user = _managed(desk, username)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _user = perform(
            form,
            lambda: operations.close_account(act_of(request), user_id=user.pk, reason=form.cleaned_data["reason"]),
        )
        if done:
            return _back(request, username, gettext("账号已停用，已登录的也随即退出"))
    return _form(request, form, user, gettext("停用账号"), gettext("停用"))


@administering
def user_reopen(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """Open a closed account again."""
    user = _managed(desk, username)
    form = NothingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done, _user = perform(form, lambda: operations.reopen_account(act_of(request), user_id=user.pk))
        if done:
            return _back(request, username, gettext("账号已重新启用"))
    return _form(request, form, user, gettext("重新启用账号"), gettext("启用"))


@never_cache
@administering
def user_password(request: HttpRequest, desk: Desk, username: str) -> HttpResponse:
    """Hand out a new start password; it is shown once."""
    user = _managed(desk, username)
    form = NothingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        password = start_password()
        done, changed = perform(
            form, lambda: operations.hand_out_password(act_of(request), user_id=user.pk, password=password)
        )
        if changed is not None:
            return _shown_once(request, changed, password)
        if done:
            return redirect("user_detail", username=username)
    return _form(request, form, user, gettext("重置密码"), gettext("生成初始密码"))


def start_password() -> str:
    """Sixteen characters of chance in four groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _group in range(4))


def _shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    return render_page(request, "users/user_password.html", {"account": user, "password": password})


def _managed(desk: Desk, username: str) -> User:
    user = account_or_404(desk, username)
    if not can_manage_account(desk.person, queries.places_of(user, desk.on)):
        raise PermissionDenied
    return user


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


def _form(request: HttpRequest, form: object, user: User, heading: str, submit: str) -> HttpResponse:
    context = {"form": form, "account": user, "heading": heading, "submit": submit}
    return render_page(request, "users/user_form.html", context)


def _back(request: HttpRequest, username: str, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("user_detail", username=username)
