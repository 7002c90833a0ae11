"""The steps that people take on a case, each with its form, its roles and its operation; one table for all pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.aid.assistance import operations, permissions
from linli.aid.assistance.codes import (
    AnswerKind,
    AssessorCapacity,
    ObjectionState,
    PaperState,
    Proposal,
    PublicationState,
    Step,
)
from linli.aid.assistance.codes import ApplicationState as S
from linli.aid.assistance.queries.detail import ApplicationDetail
from linli.aid.assistance.web import forms as f
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority
from linli.kernel.act import Act

Fields = Mapping[str, Any]
Run = Callable[[Act, ApplicationDetail, Fields, int | None], object]


@dataclass(frozen=True)
class Deed:
    """One step. ``states`` are those in which it is offered; ``main`` makes it the page's one main action there.

    ``run`` gets the act, the case, the form's data and the version that the form showed.
    """

    code: str
    title: object
    explain: object
    form: type[forms.Form]
    roles: tuple[Role, ...]
    states: frozenset[str]
    run: Run
    main: bool = False
    danger: bool = False
    step: Step | None = None

    def is_main(self, case: ApplicationDetail) -> bool:
        """Whether it is what the case waits for; asking for papers is, while some are missing."""
        return self.main or (self.code == "supplement" and not is_complete(case)) or (self.ends and case.is_over)

    @property
    def ends(self) -> bool:
        """Whether it closes a case of which nobody is left."""
        return self.code == "withdraw"

    def offered(self, case: ApplicationDetail, authority: Authority) -> bool:
        """Whether the person may take this step on the case as it stands."""
        if case.state not in self.states or not authority.may(case.stamp, *self.roles):
            return False
        return self.step is None or (case.step == self.step and authority.user_id not in case.step_barred)


def _team(act: Act, case: ApplicationDetail, data: Fields, _version: int | None) -> object:
    team = {AssessorCapacity(code): user_id for code, user_id in data.items() if user_id}
    return operations.form_team(act, application_id=case.application_id, team=team)


def _answer_objection(act: Act, case: ApplicationDetail, data: Fields, _version: int | None) -> object:
    # The last one: when it was answered meanwhile, the operation says so; without any, that there is none.
    last = case.objections[-1].pk if case.objections else 0
    return operations.answer_objection(act, objection_id=last, upheld=data["upheld"] == "yes", answer=data["answer"])


def _one(case: ApplicationDetail) -> Sequence[int]:
    return [case.application_id]


DEEDS: Mapping[str, Deed] = {
    deed.code: deed
    for deed in (
        Deed(
            "accept",
            pgettext_lazy("step", "受理"),
            _("材料齐全，受理后开始计算审核确认期限，并生成受理通知书。"),
            f.ConfirmForm,
            permissions.ANSWER,
            frozenset({S.RECEIVED}),
            lambda act, case, data, version: operations.accept(act, application_ids=_one(case)),
            main=True,
        ),
        Deed(
            "supplement",
            pgettext_lazy("step", "一次性告知补正"),
            _("把所缺材料一次全部告知申请人，受理答复期限暂停，材料补齐后恢复。只能告知一次。"),
            f.ConfirmForm,
            permissions.ANSWER,
            frozenset({S.RECEIVED}),
            lambda act, case, data, version: operations.ask_for_supplement(
                act, application_id=case.application_id, version=version
            ),
        ),
        Deed(
            "turn-away",
            pgettext_lazy("step", "不予受理"),
            _("理由会写进告知书，申请人可以看到。"),
            f.ReasonForm,
            permissions.ANSWER,
            frozenset({S.RECEIVED}),
            lambda act, case, data, version: operations.turn_away(
                act, application_id=case.application_id, reason=data["reason"], version=version
            ),
            danger=True,
        ),
        Deed(
            "team",
            pgettext_lazy("step", "组成评估小组"),
            _("社区工作者、社会工作者、志愿者各一人；与该家庭有亲属关系的人不能参加。"),
            f.TeamForm,
            permissions.ANSWER,
            frozenset({S.ACCEPTED, S.OBJECTED, S.ASSESSED, S.OPINION_GIVEN, S.REVIEWED, S.PUBLISHED}),
            _team,
            main=True,
        ),
        Deed(
            "opinion",
            pgettext_lazy("step", "签署初审意见"),
            _("依据评估报告提出拟予批准或拟不予批准，提交街道复核。"),
            f.OpinionForm,
            permissions.SIGN_OPINION,
            frozenset({S.ASSESSED}),
            lambda act, case, data, version: operations.give_opinion(
                act, application_ids=_one(case), proposal=Proposal(data["proposal"]), text=data["text"]
            ),
            main=True,
        ),
        Deed(
            "review",
            pgettext_lazy("step", "街道复核"),
            _("同意后进入公示（拟不予批准的直接作出决定）；退回时写明理由。复核人不能再作决定。"),
            f.ReviewForm,
            permissions.REVIEW,
            frozenset({S.OPINION_GIVEN}),
            lambda act, case, data, version: operations.review(
                act, application_ids=_one(case), agreed=data["agreed"] == "yes", text=data["text"]
            ),
            main=True,
            step=Step.REVIEW,
        ),
        Deed(
            "publish",
            pgettext_lazy("step", "准备公示"),
            _("生成脱敏的公示内容，由另一人核对后张贴。"),
            f.ConfirmForm,
            permissions.PREPARE_PUBLICATION,
            frozenset({S.REVIEWED}),
            lambda act, case, data, version: operations.prepare(act, application_ids=_one(case)),
            main=True,
            step=Step.PUBLISH,
        ),
        Deed(
            "object",
            pgettext_lazy("step", "登记异议"),
            _("异议期间不能作出决定；须重新入户调查、重新公示。提出人的姓名加密保存。"),
            f.ObjectionForm,
            permissions.TAKE_OBJECTION,
            frozenset({S.PUBLISHED}),
            lambda act, case, data, version: operations.take_objection(
                act, application_id=case.application_id, content=data["content"], objector=data["objector"]
            ),
        ),
        Deed(
            "answer-objection",
            pgettext_lazy("step", "答复异议"),
            _("重新入户调查之后答复，写明结论。"),
            f.ObjectionAnswerForm,
            permissions.REVIEW,
            frozenset({S.ASSESSED, S.OPINION_GIVEN, S.REVIEWED}),
            _answer_objection,
            main=True,
        ),
        Deed(
            "grant",
            pgettext_lazy("step", "决定批准"),
            _("同时建立待遇、占用预算、生成决定书。复核人不能作决定。"),
            f.ConfirmForm,
            permissions.DECIDE,
            frozenset({S.PUBLISHED}),
            lambda act, case, data, version: operations.grant(act, application_ids=_one(case)),
            main=True,
            step=Step.DECIDE,
        ),
        Deed(
            "refuse",
            pgettext_lazy("step", "决定不予批准"),
            _("理由和救济途径会写进决定书。"),
            f.ReasonForm,
            permissions.DECIDE,
            frozenset({S.REVIEWED, S.PUBLISHED}),
            lambda act, case, data, version: operations.refuse(act, application_ids=_one(case), reason=data["reason"]),
            danger=True,
            step=Step.DECIDE,
        ),
        Deed(
            "withdraw",
            pgettext_lazy("step", "撤回申请"),
            _("应申请人要求撤回；作出决定之前都可以。"),
            f.WithdrawForm,
            permissions.WITHDRAW,
            frozenset(
                {
                    S.RECEIVED,
                    S.AWAITING_PAPERS,
                    S.ACCEPTED,
                    S.ASSESSING,
                    S.ASSESSED,
                    S.OPINION_GIVEN,
                    S.REVIEWED,
                    S.PUBLISHED,
                    S.OBJECTED,
                }
            ),
            lambda act, case, data, version: operations.withdraw(
                act, application_id=case.application_id, reason=data["reason"]
            ),
            danger=True,
        ),
    )
}


# Steps that rest on the visit: none is taken when the household is not what was visited.
_ON_WHAT_WAS_ASSESSED = frozenset({"opinion", "publish", "grant", "refuse"})


def offered(case: ApplicationDetail, authority: Authority) -> list[Deed]:
    """The steps this person may take now, the main one first, those that end the case last."""
    fitting = [deed for deed in DEEDS.values() if deed.offered(case, authority) and _fits(deed, case)]
    return sorted(fitting, key=lambda deed: (not deed.is_main(case), deed.danger))


def is_complete(case: ApplicationDetail) -> bool:
    """Whether no paper stands in the way of acceptance."""
    return all(paper.state not in (PaperState.MISSING, PaperState.EXPIRED) for paper in case.papers)


def prepared_publication(case: ApplicationDetail) -> str:
    """The number of the publication that waits to be posted, empty when there is none."""
    waiting = [one.number for one in case.publications if one.state == PublicationState.PREPARED]
    return waiting[-1] if waiting else ""


def _fits(deed: Deed, case: ApplicationDetail) -> bool:
    """What the state alone does not say: papers, objections, and what the first opinion proposes."""
    refusal = bool(case.opinions) and case.opinions[-1].proposal == Proposal.REFUSE
    told = any(one.kind == AnswerKind.SUPPLEMENT for one in case.answers)
    objected = any(one.state == ObjectionState.OPEN for one in case.objections)
    if case.change and deed.code in _ON_WHAT_WAS_ASSESSED:
        return False
    return {
        "team": case.state in (S.ACCEPTED, S.OBJECTED) or (bool(case.change) and not case.is_over),
        "accept": is_complete(case),
        "supplement": not is_complete(case) and not told,
        "answer-objection": objected and case.step == Step.ANSWER_OBJECTION,
        "publish": not prepared_publication(case),
        "grant": not refusal,
    }.get(deed.code, True)
