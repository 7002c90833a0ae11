"""Accounts and roles, for administrators. A start password is shown once, on the answer to the form that made it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens import navigation
from linli.foundation.screens.acting import ActPage, Said
from linli.foundation.screens.heads import Action, Head, button
from linli.foundation.screens.pages import found_or_404, render_page, there
from linli.foundation.screens.texts import joined, joined_by_dot, moment_text
from linli.ground.areas.queries import offers
from linli.ground.users import operations, queries
from linli.ground.users.codes import GIVEN_BY_TWO, AccessState, AccountStanding, Role
from linli.ground.users.models import AccessRequest, AccountNotice, Assignment, User
from linli.ground.users.permissions import can_administer, can_manage_account
from linli.ground.users.queries.desks import Desk
from linli.ground.users.queries.factors import active_factors
from linli.ground.users.queries.sessions import kept_key, sessions_of
from linli.ground.users.web.access import shown_once
from linli.ground.users.web.desk import account_or_404, organising
from linli.ground.users.web.forms import (
    WORKPLACES,
    AccountForm,
    CloseForm,
    EndForm,
    ReasonForm,
    RoleForm,
    SettlementForm,
)
from linli.kernel.act import Act
from linli.kernel.errors import DomainError


class NewAccount(ActPage[Desk, None]):
    """Open an account; its start password is shown once."""

    title, submit, done = _("新开账号"), _("开账号"), _("账号已开")
    form = AccountForm
    operation = operations.create_user
    called = {"area": "area_id"}
    leads = "user_list"
    secret = True

    def offers(self) -> Mapping[str, Any]:
        return {"area": offers(self.desk.reads, WORKPLACES)}

    def run(self, act: Act, said: Said) -> User:
        self.password = start_password()
        user: User = super().run(act, {**said, "password": self.password, "is_start": True})
        return user

    def to(self, result: object) -> str:
        return reverse("user_detail", args=[self.filled.cleaned_data["username"]])

    def trail(self) -> Sequence[tuple[object, str]]:
        return [(self.title, "")]

    def answer(self, result: User) -> HttpResponse:
        return _shown_once(self.request, result, self.password)


@organising
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
            list(_actions(request, user, may_manage=may_manage, may_give=desk.person.holds(Role.ADMINISTRATOR))),
        ),
        "account": user,
        "may_manage": may_manage,
        "factors": active_factors(user.pk),
        "sessions": sessions_of(user.pk, timezone.now()) if may_manage else [],
        "waiting": queries.access_requests(desk.reads, user=user, state=AccessState.PROPOSED),
        "present": [_role_line(desk, row) for row in roles if row.valid_until is None or row.valid_until > desk.on],
        "past": [_role_line(desk, row) for row in roles if row.valid_until is not None and row.valid_until <= desk.on],
    }
    return render_page(request, "users/user_detail.html", context)


class AccountAct(ActPage[Desk, User]):
    """An act on an account; then back to it."""

    lead: ClassVar[object] = "%(name)s · %(username)s"
    of = "user_id"
    leads = "user_detail"
    by = "username"

    def find(self, username: str) -> User:
        return account_or_404(self.desk, username)


class ManagedAct(AccountAct):
    """An act on an account that the administrator manages."""

    def may(self) -> bool:
        return can_manage_account(self.desk.person, queries.places_of(self.row, self.desk.on))


class Assign(AccountAct):
    """Give a role over an area from a day on; of those that two give it is asked for."""

    title, submit = _("指定角色"), _("指定")
    form = RoleForm

    def run(self, act: Act, said: Said) -> Assignment | AccessRequest:
        said = {**said, "valid_from": said["valid_from"] or operations.earliest_of(act, said["role"])}
        asked = {"user_id": self.row.pk, "area_id": said["area"]}
        asked |= {name: said[name] for name in ("role", "valid_from", "valid_until")}
        if said["role"] in GIVEN_BY_TWO:
            return operations.propose_role(act, **asked, reason=said["reason"])
        return operations.assign(act, **asked)

    def told(self, result: Any) -> str:
        asked = isinstance(result, AccessRequest)
        return gettext("已提出，待安全管理员复核") if asked else gettext("已指定角色")

    def offers(self) -> Mapping[str, Any]:
        return {"area": offers(self.desk.reads, WORKPLACES)}


class EndAssignment(AccountAct):
    """End a role from a day on."""

    title, submit, done = _("结束角色：%(role)s · %(area)s"), _("结束角色"), _("角色已结束")
    form = EndForm
    today = "valid_until"
    operation = operations.end_assignment
    of = "assignment_id"

    def find(self, username: str, assignment_id: int = 0) -> User:
        user = super().find(username)
        self.role = there(next((one for one in queries.assignments_of(user) if one.pk == assignment_id), None))
        return user

    def may(self) -> bool:
        return can_administer(self.desk.person, self.role.area.stamp)

    def pk(self) -> int:
        return self.role.pk

    def words(self) -> Mapping[str, object]:
        told = {"role": self.role.get_role_display(), "area": self.role.area.name}
        return {**told, "name": self.row.name, "username": self.row.username}


class SettleDenial(ActPage[Desk, AccountNotice]):
    """What somebody says they did not want: who did what, and what looking into it came to."""

    title, submit, done = _("核查本人否认的账号变动"), _("核查完毕"), _("已记下核查结果")
    lead = _(
        "%(name)s（%(username)s）说不是自己要的：%(what)s。办理人：%(by)s，%(at)s。"
        "在账号页面可以停用账号、退出全部登录；问清楚之后写明结果。"
    )
    form = SettlementForm
    operation = operations.settle_denial
    of = "notice_id"
    leads = "user_detail"

    def stops(self) -> DomainError | None:
        if not queries.is_between(self.row, self.desk.person, self.desk.on):
            return None
        others = queries.who_may_settle(self.row, self.desk.on)
        if not others:
            return operations.NobodyElseSettles()
        return operations.SettledByAnother(names=joined(f"{one.name}（{one.username}）" for one in others))

    def find(self, notice_id: int) -> AccountNotice:
        return found_or_404(queries.denied_notice, self.desk.reads, notice_id, on=self.desk.on)

    def words(self) -> Mapping[str, object]:
        row = self.row
        return {
            "name": row.user.name,
            "username": row.user.username,
            "what": joined_by_dot(row.get_kind_display(), row.detail),
            "by": queries.names([row.by_id]).get(row.by_id, gettext("系统")),
            "at": moment_text(row.at),
        }

    def key(self) -> str:
        return self.row.user.username

    def home(self) -> str:
        return reverse(self.leads, args=[self.key()])


Close = ManagedAct.doing(
    operations.close_account,
    "user_id",
    form=CloseForm,
    title=_("停用账号"),
    submit=_("停用"),
    done=_("账号已停用，已登录的也随即退出"),
)
Reopen = ManagedAct.doing(
    operations.reopen_account,
    "user_id",
    title=_("重新启用账号"),
    lead=_(
        "%(name)s · %(username)s：由两人授权的角色（资金、主任、干部、审计和管理员）不随账号恢复，启用时即结束，"
        "须重新申请、由安全管理员复核；其他未到期的角色恢复。"
    ),
    submit=_("启用"),
    done=_("账号已重新启用"),
)


class EndSessions(ManagedAct):
    """Log somebody out everywhere; of one's own account here too."""

    title, submit, done = _("退出全部登录"), _("全部退出"), _("已退出该账号的全部登录")
    lead = _("%(name)s · %(username)s：所有电脑和手机上的登录都会退出，需重新登录。")

    def run(self, act: Act, said: Said) -> User:
        # The request that ends it still has its own row to write.
        here = kept_key(self.request.session.session_key)
        return operations.end_sessions(act, user_id=self.row.pk, kept=here)


class NewPassword(ManagedAct):
    """Hand out a new start password; it is shown once."""

    title, submit, done = _("重置密码"), _("生成初始密码"), _("密码已重置")
    secret = True

    def run(self, act: Act, said: Said) -> User:
        self.password = start_password()
        return operations.hand_out_password(act, user_id=self.row.pk, password=self.password)

    def answer(self, result: User) -> HttpResponse:
        return _shown_once(self.request, result, self.password)


class Recovery(ManagedAct):
    """Ask that somebody who lost their second factor may enrol anew; the first half of the start password is shown."""

    title, submit = _("恢复登录"), _("提出")
    lead: ClassVar[object] = _("%(name)s · %(username)s：手机或通行密钥丢了。安全管理员同意后，原来的第二重验证作废。")
    form = ReasonForm
    secret = True

    def run(self, act: Act, said: Said) -> AccessRequest:
        self.half = operations.start_half()
        return operations.propose_recovery(act, user_id=self.row.pk, half=self.half, reason=said["reason"])

    def answer(self, result: AccessRequest) -> HttpResponse:
        return shown_once(self.request, result, self.row, self.half, second=False)


class EndOneSession(ManagedAct):
    """Log one browser of somebody out."""

    title, submit, done = _("退出这一处登录"), _("退出"), _("已退出")

    def find(self, username: str, session: str = "") -> User:
        user = super().find(username)
        self.session = there(next((one for one in sessions_of(user.pk, timezone.now()) if one.pk == session), None))
        return user

    def run(self, act: Act, said: Said) -> User:
        return operations.end_session(act, user_id=self.row.pk, session=self.session.pk)


def start_password() -> str:
    """Sixteen characters of chance in four groups."""
    return f"{operations.start_half()}-{operations.start_half()}"


def _shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    actions = [
        button(gettext("查看账号"), "user_detail", user.username),
        button(gettext("指定角色"), "assignment_new", user.username, main=True),
    ]
    head = Head(gettext("初始密码"), joined_by_dot(user.name, user.username), [(user.username, "")], actions=actions)
    return render_page(request, "users/user_password.html", {"head": head, "password": password, "half": ""})


def _actions(request: HttpRequest, user: User, *, may_manage: bool, may_give: bool) -> Iterator[Action]:
    if may_manage and not user.is_active:
        yield button(gettext("重新启用账号"), "user_reopen", user.username, main=True)
    elif may_manage:
        yield button(gettext("重置密码"), "user_password", user.username)
        yield button(gettext("恢复登录"), "user_recovery", user.username)
        link = navigation.link(request, "account_link")
        if link:
            yield Action(gettext("关联居民"), f"{link}?{urlencode({'username': user.username})}")
            known = navigation.link(request, "link_list")
            yield Action(gettext("账号关联"), f"{known}?{urlencode({'q': user.username})}")
        yield button(gettext("退出全部登录"), "user_sessions", user.username)
        yield button(gettext("停用账号"), "user_close", user.username)
    if user.is_active and may_give:
        yield button(gettext("指定角色"), "assignment_new", user.username, main=True)


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
