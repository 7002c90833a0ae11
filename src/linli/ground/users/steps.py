"""Workflows of this room: two administrators, one step each, who looks after accounts asks, who answers for security
decides; and more looks at what is masked than a day has, which a second person allows or an auditor reviews
and, where they doubt it, who answers for security settles.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import REGISTRY_ROLES, Role
from linli.ground.users.codes import AccessState as S
from linli.ground.users.codes import LooksState as L
from linli.kernel.errors import DomainError
from linli.kernel.steps import Hand, Step, Workflow


class OwnAccess(DomainError):
    """Nobody decides on their own account."""

    of_access = True
    message = _("%(number)s 是您本人的账号，须由另一位安全管理员办理")


def _of_another(row: Any, hand: Hand | None, _on: date) -> DomainError | None:
    """The account is another's."""
    return OwnAccess(number=row.number) if hand is not None and hand.is_one_of([row.user_id]) else None


_ASKS, _DECIDES = (Role.ADMINISTRATOR,), (Role.SECURITY_ADMINISTRATOR,)
_TWO: Any = {"hand": "decided_by_id", "barred": ("proposed_by_id",), "needs": (_of_another,), "roles": _DECIDES}
ACCESS = Workflow(
    "users.access",
    "users_accessrequest",
    S,
    (
        Step("propose", pgettext_lazy("access", "提出"), (), (S.PROPOSED,), _ASKS, hand="proposed_by_id"),
        Step(
            "confirm",
            pgettext_lazy("access", "同意"),
            (S.PROPOSED,),
            (S.CONFIRMED,),
            explain=_("先向本人核实：是不是他本人，是不是他要的。"),
            button=pgettext_lazy("access", "同意"),
            done=_("已同意"),
            main=True,
            **_TWO,
        ),
        Step(
            "refuse",
            pgettext_lazy("access", "不同意"),
            (S.PROPOSED,),
            (S.REFUSED,),
            button=pgettext_lazy("access", "不同意"),
            done=_("已退回，没有授权"),
            danger=True,
            **_TWO,
        ),
        Step(
            "withdraw",
            pgettext_lazy("access", "撤回"),
            (S.PROPOSED,),
            (S.WITHDRAWN,),
            _ASKS,
            button=pgettext_lazy("access", "撤回"),
            done=_("已撤回"),
            danger=True,
        ),
    ),
)


class NotYourRequest(DomainError):
    """Only who asked takes it back."""

    of_access = True
    message = _("%(number)s 不是您提出的，只能由本人撤回")


def _ones_own(row: Any, hand: int | None, _on: date) -> DomainError | None:
    """Who asked."""
    return NotYourRequest(number=row.number) if hand is not None and hand != row.asked_by_id else None


# A second person who answers for the work of the place; what was opened at once is the auditor's, whoever opened it.
_ALLOW, _REVIEW = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER, Role.DISTRICT_OFFICER), (Role.AUDITOR,)
_OTHER: Any = {"hand": "decided_by_id", "barred": ("asked_by_id",)}
LOOKS = Workflow(
    "users.looks",
    "users_extralooks",
    L,
    (
        Step("ask", pgettext_lazy("looks", "申请"), (), (L.PROPOSED,), REGISTRY_ROLES, hand="asked_by_id"),
        Step("open", pgettext_lazy("looks", "紧急打开"), (), (L.OPENED,), REGISTRY_ROLES),
        Step(
            "allow",
            pgettext_lazy("looks", "同意"),
            (L.PROPOSED,),
            (L.ALLOWED,),
            _ALLOW,
            explain=_("同意后，申请人当天可以再查看同样多次；每次查看仍会记录。"),
            button=pgettext_lazy("looks", "同意"),
            done=_("已同意，当天有效"),
            main=True,
            **_OTHER,
        ),
        Step(
            "refuse",
            pgettext_lazy("looks", "不同意"),
            (L.PROPOSED,),
            (L.REFUSED,),
            _ALLOW,
            button=pgettext_lazy("looks", "不同意"),
            done=_("已退回，没有追加"),
            danger=True,
            **_OTHER,
        ),
        Step(
            "withdraw",
            pgettext_lazy("looks", "撤回"),
            (L.PROPOSED,),
            (L.WITHDRAWN,),
            REGISTRY_ROLES,
            whose="asked_by_id",
            needs=(_ones_own,),
            button=pgettext_lazy("looks", "撤回"),
            done=_("已撤回"),
            danger=True,
        ),
        Step(
            "find_right",
            pgettext_lazy("looks", "复核属实"),
            (L.OPENED,),
            (L.FOUND_RIGHT,),
            _REVIEW,
            explain=_("对照缘由看这三十分钟里查看了谁：是不是为了这件事。"),
            button=pgettext_lazy("looks", "属实"),
            done=_("已复核"),
            main=True,
            **_OTHER,
        ),
        Step(
            "question",
            pgettext_lazy("looks", "复核存疑"),
            (L.OPENED,),
            (L.QUESTIONED,),
            _REVIEW,
            button=pgettext_lazy("looks", "存疑"),
            done=_("已记为存疑，安全管理员会看到"),
            danger=True,
            **_OTHER,
        ),
        Step(
            "settle",
            pgettext_lazy("looks", "处理完毕"),
            (L.QUESTIONED,),
            (L.SETTLED,),
            (Role.SECURITY_ADMINISTRATOR,),
            hand="settled_by_id",
            barred=("asked_by_id", "decided_by_id"),
            explain=_("写明核查了什么、结果如何、采取了什么措施。"),
            button=pgettext_lazy("looks", "处理完毕"),
            done=_("已处理完毕"),
            main=True,
        ),
    ),
)
