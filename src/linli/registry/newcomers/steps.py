"""The workflow of a request: asked at the public door, confirmed or refused by who registers."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.ground.users.codes import Role
from linli.kernel.errors import DomainError
from linli.kernel.steps import Step, Workflow
from linli.registry.newcomers.codes import RequestState as S


class SaidEmptied(DomainError):
    """Thirty days after it was refused nothing is left to look at."""

    message = _("填写的内容已经清空，不能重新核对")


def _kept(row: Any, _hand: int | None, _on: date) -> SaidEmptied | None:
    """What was said is still kept."""
    return None if row.envelope else SaidEmptied()


REGISTRARS = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER)
_CONFIRM = _("先打电话或上门核对身份，按常规登记家庭；已登记过的，填原来的户编号。填写的内容随后清空。")
_REFUSE = _("联系不上、不住在本社区或重复填写的，写明理由；三十天内可以重新核对。")
REQUEST = Workflow(
    "newcomers.request",
    "newcomers_request",
    S,
    (
        Step("ask", _("自助登记"), (), (S.WAITING,), by=_("居民本人在公开页面填写")),
        Step(
            "confirm",
            _("确认登记"),
            (S.WAITING,),
            (S.CONFIRMED,),
            REGISTRARS,
            hand="decided_by_id",
            explain=_CONFIRM,
            button=_("确认登记"),
            done=_("已确认"),
            main=True,
        ),
        Step(
            "refuse",
            _("不予登记"),
            (S.WAITING,),
            (S.REFUSED,),
            REGISTRARS,
            hand="decided_by_id",
            explain=_REFUSE,
            button=_("不予登记"),
            done=_("已记录"),
            danger=True,
        ),
        Step(
            "reopen",
            _("重新核对"),
            (S.REFUSED,),
            (S.WAITING,),
            REGISTRARS,
            needs=(_kept,),
            explain=_("回到待核对。"),
            button=_("重新核对"),
            done=_("已回到待核对"),
            main=True,
        ),
    ),
)
