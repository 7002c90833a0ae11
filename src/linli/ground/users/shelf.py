"""What this room adds to what is shared: the words of its acts, what waits for the administrator."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.foundation.screens.finding import MOST, Found, Kind, Wanted, as_name, kinds, series
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.lights import Light, lights
from linli.foundation.screens.texts import counted, day_text, joined, joined_by_dot
from linli.foundation.screens.work import Todo, listed, work
from linli.foundation.trail import words
from linli.foundation.trail.models import MANY
from linli.ground.areas.codes import AreaKind
from linli.ground.areas.queries import areas, without_office
from linli.ground.users import queries
from linli.ground.users.codes import REGISTRY_ROLES, AccessKind, AccessState, LooksState, Role
from linli.ground.users.permissions import administers_all
from linli.ground.users.queries import Authority
from linli.ground.users.queries.doubts import SINCE, UNSEALED_DAYS, doubts
from linli.ground.users.queries.factors import lacks_factor, unread_notices
from linli.ground.users.queries.looks import URGENT_LOOKS, extra_looks
from linli.ground.users.queries.measures import START_PASSWORDS, VACANT_POSTS
from linli.ground.users.queries.reminders import standing
from linli.ground.users.steps import ACCESS, LOOKS
from linli.kernel.act import CHINA_TIME
from linli.kernel.tones import Tone

# So many people on one page or in one workbook are more than anybody reads one by one.

words.acts.put(
    {
        "users.assign": pgettext_lazy("audit", "分配角色"),
        "users.create_user": pgettext_lazy("audit", "建立账号"),
        "users.close_account": pgettext_lazy("audit", "停用账号"),
        "users.reopen_account": pgettext_lazy("audit", "恢复账号"),
        "users.end_assignment": pgettext_lazy("audit", "收回角色"),
        "users.store_password": pgettext_lazy("audit", "修改密码"),
        "users.store_start_password": pgettext_lazy("audit", "设置初始密码"),
        "users.log_in": pgettext_lazy("audit", "登录"),
        "users.note_failure": pgettext_lazy("audit", "登录失败"),
        "users.keep_password_anew": pgettext_lazy("audit", "密码换用新的保存方式"),
        "users.enrol_totp": pgettext_lazy("audit", "登记验证器"),
        "users.enrol_passkey": pgettext_lazy("audit", "登记通行密钥"),
        "users.remove_factor": pgettext_lazy("audit", "移除第二重验证"),
        "users.accept_factor": pgettext_lazy("audit", "出示第二重验证"),
        "users.end_session": pgettext_lazy("audit", "退出一处登录"),
        "users.answer_notices": pgettext_lazy("audit", "答复账号变动"),
        "users.settle_denial": pgettext_lazy("audit", "核查本人否认的账号变动"),
        "users.propose_role": pgettext_lazy("audit", "申请授予角色"),
        "users.propose_recovery": pgettext_lazy("audit", "申请恢复登录"),
        "users.confirm_role": pgettext_lazy("audit", "同意授予角色"),
        "users.confirm_recovery": pgettext_lazy("audit", "同意恢复登录"),
        "users.refuse_access": pgettext_lazy("audit", "不同意授权申请"),
        "users.withdraw_access": pgettext_lazy("audit", "撤回授权申请"),
        "users.appoint_security": pgettext_lazy("audit", "设立首位安全管理员"),
        "users.let_in_again": pgettext_lazy("audit", "在服务器上恢复登录"),
        "users.ask_for_looks": pgettext_lazy("audit", "申请追加查看"),
        "users.allow_looks": pgettext_lazy("audit", "同意追加查看"),
        "users.refuse_looks": pgettext_lazy("audit", "不同意追加查看"),
        "users.withdraw_looks": pgettext_lazy("audit", "撤回追加查看申请"),
        "users.find_looks_right": pgettext_lazy("audit", "紧急查看复核属实"),
        "users.question_looks": pgettext_lazy("audit", "紧急查看复核存疑"),
        "users.settle_looks": pgettext_lazy("audit", "存疑的紧急查看处理完毕"),
        "users.end_sessions": pgettext_lazy("audit", "退出全部登录"),
        "users.set_up": pgettext_lazy("audit", "初次安装"),
        "users.extend_territory": pgettext_lazy("audit", "扩展区域"),
        "users.rename_territory": pgettext_lazy("audit", "更改区域名称"),
        "users.remind": pgettext_lazy("audit", "催办"),
        "users.record_office": pgettext_lazy("audit", "登记办公电话和地址"),
    }
)
words.subjects.put(
    {
        "users": pgettext_lazy("audit", "账号清单"),
        "user": pgettext_lazy("audit", "账号"),
        "access": pgettext_lazy("audit", "授权申请"),
        "looks": pgettext_lazy("audit", "追加和紧急查看"),
        "area": pgettext_lazy("audit", "区划"),
    }
)


def _reminders(authority: Authority, on: date) -> Iterator[Todo]:
    """What somebody asks for who may not do it."""
    found = list(standing(authority, on))
    known = queries.names(row.reminded_by_id for row, _step in found)
    for row, step in found:
        told = {"who": known.get(row.reminded_by_id, ""), "day": day_text(row.reminded_date), "step": step.label}
        because, verb = _("%(who)s %(day)s催办：%(step)s") % told, step.button or step.label
        yield Todo(
            "REMINDED",
            pgettext_lazy("audit", "催办"),
            row.number,
            row.page,
            (row.number,),
            verb=verb,
            because=because,
            due_date=row.reminded_date,
            colour="AMBER",
        )


def _offices(authority: Authority, on: date) -> Iterator[Todo]:
    """Letters and posters have blanks where nobody has entered how the office is reached: one line for all."""
    scope = authority.scope(Role.ADMINISTRATOR)
    missing = without_office(scope) if scope else []
    if missing:
        much = counted("%(count)s 个社区", len(missing))
        title, because = _("登记办公电话和地址"), _("文书和公示上须写明；未登记前留空待填")
        yield Todo(
            "OFFICES",
            title,
            much,
            "area_list",
            query="?office=missing",
            verb=pgettext_lazy("verb", "登记"),
            because=because,
        )


def _access(authority: Authority, on: date) -> Iterator[Todo]:
    """What an administrator asks for and whoever answers for security decides; nobody decides on themselves."""
    scope = authority.scope(Role.SECURITY_ADMINISTRATOR)
    rows = queries.access_requests(scope, state=AccessState.PROPOSED).order_by("pk") if scope else ()
    for row in rows:
        if ACCESS.allows(authority, "confirm", row, on):
            waits = row.kind == AccessKind.ROLE and lacks_factor(row.user_id)
            who = joined_by_dot(row.role and row.get_role_display(), row.user.name, row.user.username)
            yield Todo(
                f"ACCESS.{row.kind}",
                row.get_kind_display(),
                who,
                "access_detail",
                (row.number,),
                verb=pgettext_lazy("verb", "复核"),
                because=_("等本人登录登记第二重验证") if waits else row.reason,
                due_date=row.proposed_at.astimezone(CHINA_TIME).date(),
                colour="AMBER",
            )


def _denied(authority: Authority, on: date) -> Iterator[Todo]:
    """What was done to an account and its person says they did not want, until somebody has looked into it.
    Whoever did it is told of it where nobody else can.
    """
    scope = authority.scope(Role.SECURITY_ADMINISTRATOR)
    for row in queries.denied_notices(scope, on) if scope else ():
        own = queries.is_between(row, authority, on)
        if own and queries.who_may_settle(row, on):
            continue
        yield Todo(
            "DENIED",
            _("本人否认的账号变动"),
            joined_by_dot(row.user.name, row.user.username),
            "denial_settle",
            (row.pk,),
            verb=pgettext_lazy("verb", "看一下") if own else pgettext_lazy("verb", "核查"),
            because=_("须由另一名安全管理员核查") if own else row.get_kind_display(),
            due_date=(day := row.at.astimezone(CHINA_TIME).date()),
            colour="RED" if day < on else "AMBER",
        )


def _notices(authority: Authority, _on: date) -> Iterator[Todo]:
    """What others did to one's account or said to one's request since one logged in: the next log-in begins with it."""
    for row in unread_notices(authority.user_id or 0):
        yield Todo(
            "NOTICES",
            pgettext_lazy("audit", "账号变动"),
            row.get_kind_display(),
            "notices",
            query=f"?{urlencode({'next': reverse('my_work')})}",
            verb=pgettext_lazy("verb", "看一下"),
            because=row.detail,
            due_date=row.at.astimezone(CHINA_TIME).date(),
            colour="AMBER",
        )


def _looks(authority: Authority, on: date) -> Iterator[Todo]:
    """More looks that somebody asks for, those opened at once to be reviewed, and what a review doubts."""
    rows = extra_looks(authority).order_by("pk")
    waiting = rows.filter(state__in=(LooksState.PROPOSED, LooksState.OPENED, LooksState.QUESTIONED))
    steps = [(row, step) for row in waiting if (step := LOOKS.awaited(row, on))]
    mine = [(row, step) for row, step in steps if LOOKS.allows(authority, step.code, row, on)]
    known = queries.names(row.asked_by_id for row, _step in mine)
    for row, _step in mine:
        doubted = row.state == LooksState.QUESTIONED
        yield Todo(
            f"LOOKS.{row.kind}",
            row.get_kind_display(),
            known.get(row.asked_by_id, ""),
            "looks_detail",
            (row.number,),
            verb=pgettext_lazy("verb", "核查") if doubted else pgettext_lazy("verb", "复核"),
            because=row.decision if doubted else row.reason,
            due_date=row.asked_at.astimezone(CHINA_TIME).date(),
            colour="RED" if doubted and row.asked_at.astimezone(CHINA_TIME).date() < on else "AMBER",
        )


work.put(
    {
        "users.looks": listed(_looks),
        "users.notices": listed(_notices),
        "users.offices": listed(_offices),
        "users.reminders": listed(_reminders),
        "users.access": listed(_access),
        "users.denied": listed(_denied),
    }
)

lights.put(
    {
        "users.vacant": Light(_("岗位缺人的社区"), VACANT_POSTS, (Role.ADMINISTRATOR,), Tone.LATE),
        "users.start_passwords": Light(_("初始密码未改"), START_PASSWORDS, (Role.ADMINISTRATOR,), Tone.SOON),
        "users.refused": Light(
            _("被拒绝和登录失败"), doubts("refused", "users.note_failure"), (Role.AUDITOR,), note=SINCE
        ),
        "users.urgent_looks": Light(_("紧急查看"), URGENT_LOOKS, (Role.AUDITOR,), Tone.SOON, note=SINCE),
        "users.unsealed": Light(_("未封存的日子"), UNSEALED_DAYS, (Role.AUDITOR,), Tone.LATE, note=SINCE),
        "users.mass_reading": Light(
            _("一次查看上百人"), doubts("read", lines_count__gte=MANY), (Role.AUDITOR,), Tone.SOON, note=SINCE
        ),
    }
)


def _accounts(wanted: Wanted) -> Iterator[Found]:
    """Colleagues by name or user name."""
    rows = queries.accounts(
        wanted.scope, everywhere=administers_all(wanted.person), text=wanted.text, on=wanted.on
    ).order_by("username")
    for row in rows[:MOST]:
        held: list[Any] = row.roles  # type: ignore[attr-defined]  # prefetched
        roles = joined({Role(one.role).label for one in held})
        yield Found(row.name, "user_detail", (row.username,), "", joined_by_dot(row.username, roles), row.standing)


def _areas(wanted: Wanted) -> Iterator[Found]:
    """Territory by name or code: what lies in it; a building among the others of its community."""
    rows = areas(wanted.scope).filter(Q(name__icontains=wanted.text) | Q(code=wanted.text))
    for row in rows.select_related("parent").order_by("code")[:MOST]:
        at = row.parent if row.kind == AreaKind.BUILDING and row.parent else row
        kind, query = AreaKind(row.kind).label, "?" + urlencode({"in": at.code})
        yield Found(row.name, "area_list", (), query, joined_by_dot(kind, row.code), where=row.stamp)


def _extra_looks(wanted: Wanted) -> Iterator[Found]:
    """More looks by their number."""
    for row in extra_looks(wanted.person, number=wanted.text)[:MOST]:
        told = joined_by_dot(row.get_kind_display(), row.area.name)
        yield Found(row.number, "looks_detail", (row.number,), "", told, LooksState(row.state))


def _requests(wanted: Wanted) -> Iterator[Found]:
    """A request for access by its number."""
    for row in queries.access_requests(wanted.scope, number=wanted.text)[:MOST]:
        told = joined_by_dot(row.get_kind_display(), row.user.name)
        yield Found(row.number, "access_detail", (row.number,), "", told, AccessState(row.state))


_SEARCHES = (Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)
kinds.put(
    {
        "users.access": Kind(pgettext_lazy("audit", "授权申请"), _SEARCHES, series("SQ"), _requests, whole=True),
        "users.looks": Kind(
            pgettext_lazy("audit", "追加和紧急查看"),
            (*REGISTRY_ROLES, Role.SECURITY_ADMINISTRATOR),
            series("CK"),
            _extra_looks,
            whole=True,
        ),
        "users.account": Kind(pgettext_lazy("audit", "账号"), (Role.ADMINISTRATOR,), as_name, _accounts),
        "users.area": Kind(pgettext_lazy("audit", "区划"), (Role.ADMINISTRATOR,), as_name, _areas),
    }
)
_ADMINISTRATOR, _SECURITY = (Role.ADMINISTRATOR,), (Role.SECURITY_ADMINISTRATOR,)
habits.put(
    {
        "users.accounts": Habit(
            Rhythm.DAY, _ADMINISTRATOR, _("有人到岗、离岗或换岗，当天开通、停用账号或改角色。"), "user_list"
        ),
        "users.access": Habit(
            Rhythm.DAY, _SECURITY, _("复核授权和恢复登录的申请：先向本人核实，再同意。"), "access_list"
        ),
        "users.roles": Habit(Rhythm.MONTH, _SECURITY, _("对照在岗名册核对谁有什么角色，多余的请结束。"), "user_list"),
        "users.start": Habit(Rhythm.WEEK, _ADMINISTRATOR, _("看谁的初始密码还没有改，提醒本人。"), "user_list"),
        "users.looks_asked": Habit(
            Rhythm.NEEDED,
            LOOKS.step("ask").roles,
            _("查看完整信息当天次数用完时：申请追加，由负责人同意；确属紧急的，查看时勾选“紧急查看”并写明缘由。"),
            "looks_list",
        ),
        "users.looks_allowed": Habit(
            Rhythm.NEEDED, LOOKS.step("allow").roles, _("有人申请追加查看：看缘由，当天同意或不同意。"), "looks_list"
        ),
        "users.looks_reviewed": Habit(
            Rhythm.DAY,
            LOOKS.step("find_right").roles,
            _("复核紧急查看：对照缘由看查看了谁，属实或存疑。"),
            "looks_list",
        ),
        "users.looks_settled": Habit(
            Rhythm.NEEDED, _SECURITY, _("紧急查看被存疑的：核查后写明结果和措施。"), "looks_list"
        ),
        "users.areas": Habit(Rhythm.MONTH, _ADMINISTRATOR, _("和社区核对网格、楼栋和对外电话、地址。"), "area_list"),
    }
)
