"""What one administrator asks and another decides: roles in money and over people, and lost log-ins."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.fields import NoteForm
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.heads import Head, button
from linli.foundation.screens.listings import Column, Listing, nobody
from linli.foundation.screens.pages import no_store, render_page
from linli.foundation.screens.records import Record
from linli.foundation.screens.steps import Bound, Fields, plainly
from linli.foundation.screens.texts import day_text, joined_by_dot, moment_text
from linli.ground.users import operations, queries
from linli.ground.users.codes import AccessKind, AccessState, Role
from linli.ground.users.models import AccessRequest, User
from linli.ground.users.queries.desks import Desk
from linli.ground.users.queries.factors import active_factors, lacks_factor
from linli.ground.users.steps import ACCESS
from linli.kernel.act import Act
from linli.kernel.steps import Step


class AccessList(Listing[Desk, AccessRequest]):
    """Requests for access, the newest first: by state and kind."""

    name = "access"
    title = _("授权申请")
    lead = _("系统管理员提出，安全管理员复核；两人都不能办自己的。")
    order = ("-pk",)
    nothing = (_("没有授权申请"), _("在账号页面指定角色或恢复登录时提出"))
    not_found = _("没有符合条件的授权申请")

    def asked_for(self, row: AccessRequest) -> str:
        return joined_by_dot(row.get_kind_display(), row.get_role_display() if row.role else "", row.area.name)

    def person(self, row: AccessRequest) -> str:
        return joined_by_dot(row.user.name, row.user.username)

    filters = (
        Filter("state", _("状态"), AccessState.choices),
        Filter("kind", _("事项"), AccessKind.choices),
    )
    columns = (
        Column("number", _("编号"), to="access_detail"),
        Column("person", _("为谁"), of=person, phone="title"),
        Column("asked_for", _("事项"), of=asked_for),
        Column("valid_from", _("开始日期"), "DATE", phone=""),
        Column("proposed_by_id", _("提出人"), "HAND"),
        Column("decided_by_id", _("复核人"), "HAND", phone=""),
        Column("state", _("状态"), "STATE", codes=AccessState, phone="state"),
        Column("reason", _("理由"), only="excel"),
        Column("decision", _("复核说明"), only="excel"),
    )

    def query(self) -> Any:
        which = {name: value for name in ("state", "kind") if (value := self.asked[name])}
        return queries.access_requests(self.desk.reads, **which)

    # Colleagues.
    reading = nobody


def _confirm(act: Act, row: AccessRequest, said: Fields) -> AccessRequest:
    if row.kind == AccessKind.ROLE:
        return operations.confirm_role(act, request_id=row.pk, **said)
    half = operations.start_half()
    done = operations.confirm_recovery(act, request_id=row.pk, half=half, **said)
    vars(row)["shown_once"] = half
    return done


class AccessPage(Record[Desk, AccessRequest]):
    """One request: who asks what for whom and why, and what is known of the account."""

    name = "access"
    finds = queries.access_request
    listing = AccessList
    flow = ACCESS
    bound = {
        "confirm": Bound(lambda _desk, _row, *data: NoteForm(*data), _confirm),
        "refuse": plainly(operations.refuse_access, "request_id", NoteForm),
        "withdraw": plainly(operations.withdraw_access, "request_id"),
    }

    def facts(self, row: AccessRequest) -> Sequence[tuple[object, object]]:
        by = queries.names([row.proposed_by_id, row.decided_by_id])
        roles = [one for one in queries.assignments_of(row.user) if one.is_held(self.desk.on)]
        return [
            (_("为谁"), joined_by_dot(row.user.name, row.user.username)),
            (_("账号"), row.user.standing.label),
            (_("第二重验证"), _factor_words(row)),
            (_("现有角色"), joined_by_dot(*(f"{Role(one.role).label}（{one.area.name}）" for one in roles))),
            (_("要授予的角色"), row.get_role_display() if row.role else ""),
            (_("区域"), row.area.name if row.role else ""),
            (_("开始日期"), day_text(row.valid_from)),
            (_("结束日期"), day_text(row.valid_until)),
            (_("实际开始"), day_text(row.assignment.valid_from) if row.assignment else ""),
            (_("理由"), row.reason),
            (_("提出人和时间"), joined_by_dot(by.get(row.proposed_by_id, ""), moment_text(row.proposed_at))),
            (_("复核人"), by.get(row.decided_by_id or 0, "")),
            (_("复核说明"), row.decision),
        ]

    def worded(self, step: Step) -> Step | None:
        """A role is not given to who has shown no second factor: the facts say what comes first."""
        waits = step.code == "confirm" and self.row.kind == AccessKind.ROLE and lacks_factor(self.row.user_id)
        return None if waits else step

    def step(self, code: str) -> HttpResponse:
        """A recovery's second half of the start password is shown once to who agreed."""
        response = super().step(code)
        half = vars(self.row).get("shown_once", "")
        return shown_once(self.request, self.row, self.row.user, half, second=True) if half else response


def _factor_words(row: AccessRequest) -> str:
    if active_factors(row.user_id):
        return gettext("已由本人登记")
    waits = row.kind == AccessKind.ROLE and row.state == AccessState.PROPOSED and lacks_factor(row.user_id)
    return gettext("未登记：请先请本人登录登记，再同意授权") if waits else gettext("未登记")


def shown_once(request: HttpRequest, row: AccessRequest, user: User, half: str, *, second: bool) -> HttpResponse:
    """One half of a start password, for the administrator who tells it to the person."""
    head = Head(
        gettext("初始密码的后一半") if second else gettext("初始密码的前一半"),
        joined_by_dot(user.name, user.username),
        [(row.number, "")],
        actions=[button(gettext("查看授权申请"), "access_detail", row.number)],
    )
    context = {"head": head, "password": half, "half": "second" if second else "first"}
    return no_store(render_page(request, "users/user_password.html", context))
