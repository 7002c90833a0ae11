"""Roles: what a person may do in an area. Assessing is a task, not a role."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.kernel.tones import Tone, toned


class Role(TextChoices):
    RESIDENT = "RESIDENT", _("居民")
    VOLUNTEER = "VOLUNTEER", _("志愿者")
    COMMUNITY_WORKER = "COMMUNITY_WORKER", _("社区工作者")
    SOCIAL_WORKER = "SOCIAL_WORKER", _("社会工作者")
    COMMUNITY_DIRECTOR = "COMMUNITY_DIRECTOR", _("社区主任")
    STREET_OFFICER = "STREET_OFFICER", _("街道民政干部")
    FINANCE_MAKER = "FINANCE_MAKER", _("资金经办")
    FINANCE_CHECKER = "FINANCE_CHECKER", _("资金复核")
    FINANCE_RELEASER = "FINANCE_RELEASER", _("资金放款")
    DISTRICT_OFFICER = "DISTRICT_OFFICER", _("区民政干部")
    AUDITOR = "AUDITOR", _("审计员")
    ADMINISTRATOR = "ADMINISTRATOR", _("系统管理员")
    SECURITY_ADMINISTRATOR = "SECURITY_ADMINISTRATOR", _("安全管理员")


FINANCE_ROLES = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.FINANCE_RELEASER)
# Three who administer are three people: who opens accounts, who lets people in, who looks on.
ADMINISTRATORS = (Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)
# No two of these meet in one person at one time: who moves money, who checks it, and those three.
APART_ROLES = (*FINANCE_ROLES, *ADMINISTRATORS)
# Whoever records what a family's money rests on, and whoever decides what it is to be then.
RECORDING_ROLES = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER)
DECIDING_ROLES = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
# Who answers for the money and the work of communities.
OFFICER_ROLES = (Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
# What these may do moves money, lets people in or looks on at both: one person asks for such a role, another gives it.
GIVEN_BY_TWO = (*APART_ROLES, *OFFICER_ROLES, Role.COMMUNITY_DIRECTOR)
# Whoever works in an office: everybody but families, and volunteers, who see their visits alone.
OFFICE_ROLES = tuple(one for one in Role if one not in (Role.RESIDENT, Role.VOLUNTEER))
# Who may read the registry of residents in their area. Volunteers and finance see only what their task shows.
REGISTRY_ROLES = (
    Role.COMMUNITY_WORKER,
    Role.SOCIAL_WORKER,
    Role.COMMUNITY_DIRECTOR,
    Role.STREET_OFFICER,
    Role.DISTRICT_OFFICER,
    Role.AUDITOR,
)


def apart_from(role: Role) -> tuple[Role, ...]:
    """The roles that nobody holds who holds this one at the same time."""
    others: tuple[Role, ...] = APART_ROLES if role in APART_ROLES else ()
    others += DECIDING_ROLES if role in RECORDING_ROLES else ()
    others += RECORDING_ROLES if role in DECIDING_ROLES else ()
    return tuple(one for one in others if one != role)


@toned(OPEN=Tone.OK, START=Tone.SOON, CLOSED=Tone.PAUSED)
class AccountStanding(TextChoices):
    """Whether somebody can log in; with a start password only to change it."""

    OPEN = "OPEN", _("可登录")
    START = "START", _("初始密码未改")
    CLOSED = "CLOSED", _("已停用")


class FactorKind(TextChoices):
    """What somebody has besides a password."""

    TOTP = "TOTP", _("验证器动态码")
    PASSKEY = "PASSKEY", _("通行密钥")


class AccessKind(TextChoices):
    """What two administrators decide together."""

    ROLE = "ROLE", _("授予角色")
    RECOVERY = "RECOVERY", _("恢复登录")


@toned(PROPOSED=Tone.SOON, CONFIRMED=Tone.OK, REFUSED=Tone.LATE, WITHDRAWN=Tone.PAUSED)
class AccessState(TextChoices):
    """Where a request for access stands."""

    PROPOSED = "PROPOSED", pgettext_lazy("access", "待复核")
    CONFIRMED = "CONFIRMED", _("已同意")
    REFUSED = "REFUSED", _("未同意")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


class LooksKind(TextChoices):
    """How somebody comes to more looks at what is masked than a day has."""

    MORE = "MORE", _("追加查看")
    URGENT = "URGENT", _("紧急查看")


@toned(
    PROPOSED=Tone.SOON,
    ALLOWED=Tone.OK,
    REFUSED=Tone.LATE,
    WITHDRAWN=Tone.PAUSED,
    OPENED=Tone.SOON,
    FOUND_RIGHT=Tone.OK,
    QUESTIONED=Tone.LATE,
    SETTLED=Tone.OK,
)
class LooksState(TextChoices):
    """Where extra looks stand: asked for and decided, or opened at once and reviewed."""

    PROPOSED = "PROPOSED", pgettext_lazy("looks", "待同意")
    ALLOWED = "ALLOWED", pgettext_lazy("looks", "已同意")
    REFUSED = "REFUSED", pgettext_lazy("looks", "未同意")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("looks", "已撤回")
    OPENED = "OPENED", pgettext_lazy("looks", "待审计复核")
    FOUND_RIGHT = "FOUND_RIGHT", pgettext_lazy("looks", "复核属实")
    QUESTIONED = "QUESTIONED", pgettext_lazy("looks", "复核存疑")
    SETTLED = "SETTLED", pgettext_lazy("looks", "存疑已处理")


class NoticeKind(TextChoices):
    """What happened to somebody's account by another's hand, or from another browser, and what others said to looks."""

    PASSWORD = "PASSWORD", _("您的密码被重置")
    RECOVERY = "RECOVERY", _("您的登录被恢复，原来的第二重验证已作废")
    REOPENED = "REOPENED", _("您的账号重新启用")
    ROLE = "ROLE", _("给了您新的角色")
    LINKED = "LINKED", _("您的账号被关联到一位居民")
    DOUBTED = "DOUBTED", _("您的账号与居民的关联有人存疑，核实前看不到这一家")
    KEPT = "KEPT", _("您的账号与居民的关联核实无误")
    UNLINKED = "UNLINKED", _("您的账号与居民的关联已解除")
    ENROLLED = "ENROLLED", _("添加了第二重验证")
    REMOVED = "REMOVED", _("移除了第二重验证")
    ALLOWED = "ALLOWED", _("您申请的追加查看已同意")
    REFUSED = "REFUSED", _("您申请的追加查看未获同意")
    REVIEWED = "REVIEWED", _("您的紧急查看经复核属实")
    SETTLED = "SETTLED", _("您被存疑的紧急查看已处理完毕")


# What others said to looks that the person asked for or opened.
OF_LOOKS = (NoticeKind.ALLOWED, NoticeKind.REFUSED, NoticeKind.REVIEWED, NoticeKind.SETTLED)
