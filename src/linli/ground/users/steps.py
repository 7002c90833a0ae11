"""Two administrators, one step each: who looks after accounts asks, who answers for security decides."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import AccessState as S
from linli.ground.users.codes import Role
from linli.kernel.errors import DomainError
from linli.kernel.steps import Step, Workflow


class OwnAccess(DomainError):
    """Nobody decides on their own account."""

    message = _("%(number)s 是您本人的账号，须由另一位安全管理员办理")


def _of_another(row: Any, hand: int | None, _on: date) -> DomainError | None:
    """The account is another's."""
    return OwnAccess(number=row.number) if hand is not None and hand == row.user_id else None


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
