"""The workflow of an agreement: one person writes it down, another signs it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.users.codes import Role
from linli.kernel.steps import Step, Workflow
from linli.registry.partners.codes import AgreementState as S

WRITERS = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER, Role.COMMUNITY_DIRECTOR)
SIGNERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
_BY_ITSELF, _DONE = _("到日自动"), _("已办理")


def _step(code: str, label: object, explain: object, sources: tuple[S, ...], *targets: S, **more: Any) -> Step:
    return Step(code, label, sources, targets, explain=explain, button=label, done=_DONE, **more)


_SIGN = _("由登记人以外的另一人签署；到开始日期自动执行。")
_REVIEW = _("与对方核对约定的事项，定下次回顾的日期。")
_RENEW = _("按原约定登记下一期协议，由另一人签署；本期到此为止。")
_TWO: Any = {"hand": "signed_by_id", "barred": ("drafted_by_id",)}
AGREEMENT = Workflow(
    "partners.agreement",
    "partners_agreement",
    S,
    (
        Step("draft", pgettext_lazy("partners", "登记"), (), (S.DRAFT,), WRITERS, hand="drafted_by_id"),
        _step("sign", pgettext_lazy("partners", "签署"), _SIGN, (S.DRAFT,), S.SIGNED, roles=SIGNERS, main=True, **_TWO),
        Step("begin", _("开始执行"), (S.SIGNED,), (S.RUNNING,), by=_BY_ITSELF),
        _step("review", _("回顾"), _REVIEW, (S.RUNNING,), roles=WRITERS, main=True),
        _step("renew", _("续签"), _RENEW, (S.RUNNING,), S.RENEWED, roles=WRITERS),
        Step("lapse", _("期满"), (S.RUNNING,), (S.ENDED,), by=_BY_ITSELF),
        _step("end", _("结束"), "", (S.DRAFT, S.SIGNED, S.RUNNING), S.ENDED, roles=SIGNERS, danger=True),
    ),
)
