"""The workflows of this room: the case, its publication, the objection to it, the yearly review.

What a step needs is asked of ``queries.steps.Case``: the row, and what is known of it besides.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.aid.assistance.codes import ApplicationState as S
from linli.aid.assistance.codes import ClockKind, ObjectionState, Proposal, PublicationState
from linli.aid.assistance.codes import RenewalState as R
from linli.aid.assistance.refusals import (
    AlreadyPrepared,
    HouseholdChanged,
    NothingMissing,
    NotProposed,
    ObjectionOpen,
    PublicationNotFound,
    PublicationRunning,
    RecheckMissing,
    SupplementAlreadyAsked,
)
from linli.ground.users.codes import Role
from linli.kernel.errors import DomainError
from linli.kernel.steps import Hand, SamePerson, Step, Workflow
from linli.registry.residents.queries import Whose, WhoseAmong

_RECEIVE = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER)
_OFFICE = (Role.COMMUNITY_WORKER,)
_DIRECTOR = (Role.COMMUNITY_DIRECTOR,)
_STREET = (Role.STREET_OFFICER,)
_PREPARE = (*_OFFICE, *_DIRECTOR)
_POST = (*_DIRECTOR, *_STREET)
_PRODUCT = _("系统每日")
_ALL_CLOCKS = (ClockKind.INTAKE, ClockKind.DECISION)
_WITHDRAWABLE = (
    S.RECEIVED,
    S.AWAITING_PAPERS,
    S.ACCEPTED,
    S.ASSESSING,
    S.ASSESSED,
    S.OPINION_GIVEN,
    S.REVIEWED,
    S.PUBLISHED,
    S.OBJECTED,
)
# Another visit needs no reason but itself here.
_BY_ITSELF = (S.ACCEPTED, S.OBJECTED, S.ASSESSED)


# What steps need. A hand is not looked at: whose a step is not is said by the hands that it bars.


def _papers_complete(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """No paper is missing or past its date."""
    missing: DomainError | None = case.evidence_missing
    return missing


def _papers_missing(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """A paper is missing."""
    return None if case.evidence_missing else NothingMissing()


def _told_once(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """What is missing was not told before."""
    return SupplementAlreadyAsked() if case.was_told else None


def _as_assessed(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """The household is what was assessed."""
    return HouseholdChanged(cases=case.change_told) if case.change else None


def _somebody_left(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """Somebody is left here to assess."""
    return HouseholdChanged(cases=case.change_told) if case.is_over else None


def _reason_to_visit(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """From the opinion on the household is not what was assessed."""
    if case.change or case.state in _BY_ITSELF:
        return None
    return CASE.passed("team", case)


def _same_day(case: Any, _hand: int | None, on: date) -> DomainError | None:
    """It was withdrawn today."""
    return None if case.state_since == on else CASE.passed("restore", case)


def _proposed(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """The first opinion proposes to grant."""
    return None if case.proposal == Proposal.GRANT else NotProposed(number=case.number)


def _unprepared(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """It waits on no other publication."""
    return AlreadyPrepared(number=case.number) if case.prepared_by_id is not None else None


def _prepared(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """A publication was prepared."""
    return PublicationNotFound() if case.prepared_by_id is None else None


def _unopposed(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """No objection is open."""
    return ObjectionOpen(number=case.number) if case.objected else None


def _publication_over(case: Any, _hand: int | None, on: date) -> DomainError | None:
    """The last day of its publication is over."""
    last = case.last_date
    return PublicationRunning(number=case.number, last=last) if last is not None and on <= last else None


def _visited_again(case: Any, _hand: int | None, _on: date) -> DomainError | None:
    """The family was visited again since the objection."""
    return None if case.objection_ready else RecheckMissing()


def _not_of_the_sheet(case: Any, hand: Hand | None, _on: date) -> DomainError | None:
    """Nobody who signed a sheet that sets another amount than the rules."""
    if hand is None or not hand.is_one_of(case.departed_by):
        return None
    signed, answers = pgettext_lazy("step", "签署评估报告"), _("核定与规则不一致的金额")
    return SamePerson(number=case.number, before=signed, step=answers)


# Of the household asked for, or asked for by somebody of the family; the same of what hangs on a case: an objection,
# a review.
_OWN_CASE = Whose(household="household_id", people=("proxy_id",))
_OWN_CASE_OF = Whose(
    household="application__household_id", people=("application__proxy_id",), number="application__number"
)
# A publication has a case of the family's among its entries.
_OWN_CASE_AMONG = WhoseAmong("entries", _OWN_CASE_OF)


CASE = Workflow(
    "assistance.case",
    "assistance_application",
    S,
    (
        Step(
            "receive",
            _("收到申请"),
            (),
            (S.RECEIVED,),
            _RECEIVE,
            starts=(ClockKind.INTAKE,),
            public=pgettext_lazy("public step", "提交申请"),
        ),
        Step(
            "withdraw",
            _("撤回申请"),
            _WITHDRAWABLE,
            (S.WITHDRAWN,),
            (*_RECEIVE, *_DIRECTOR),
            hand="by_withdrawn",
            stops=_ALL_CLOCKS,
            explain=_("应申请人要求撤回；作出决定之前都可以。"),
            # Nobody is left whom this community could assess.
            main=lambda case: case.is_over,
            danger=True,
        ),
        Step(
            "team",
            pgettext_lazy("step", "组成评估小组"),
            (S.ACCEPTED, S.OBJECTED, S.ASSESSED, S.OPINION_GIVEN, S.REVIEWED, S.PUBLISHED),
            (S.ASSESSING,),
            _OFFICE,
            hand="by_team_formed",
            needs=(_somebody_left, _reason_to_visit),
            explain=_("社区工作者、社会工作者、志愿者各一人；与该家庭有亲属关系的人不能参加。"),
            main=lambda case: case.state in (S.ACCEPTED, S.OBJECTED) or bool(case.change),
        ),
        Step(
            "change_team",
            pgettext_lazy("step", "更换评估小组"),
            (S.ASSESSING,),
            (),
            _OFFICE,
            needs=(_somebody_left,),
            explain=_(
                "有人生病、调离或需要回避时更换；新小组重新入户、重新签名，原来填写的内容留在办理记录里，期限照旧计算。"
            ),
        ),
        Step(
            "answer_objection",
            pgettext_lazy("step", "答复异议"),
            (S.ASSESSING, S.ASSESSED, S.OPINION_GIVEN, S.REVIEWED),
            (),
            _STREET,
            needs=(_visited_again,),
            explain=_("重新入户调查之后答复，写明结论。"),
            main=True,
        ),
        Step(
            "accept",
            pgettext_lazy("step", "受理"),
            (S.RECEIVED,),
            (S.ACCEPTED,),
            _OFFICE,
            hand="by_accepted",
            needs=(_somebody_left, _papers_complete),
            starts=(ClockKind.DECISION,),
            stops=(ClockKind.INTAKE,),
            explain=_("材料齐全，受理后开始计算审核确认期限，并生成受理通知书。"),
            main=True,
            public=pgettext_lazy("public step", "受理"),
        ),
        Step(
            "supplement",
            pgettext_lazy("step", "一次性告知补正"),
            (S.RECEIVED,),
            (S.AWAITING_PAPERS,),
            _OFFICE,
            hand="by_supplement_asked",
            needs=(_told_once, _papers_missing),
            explain=_("把所缺材料一次全部告知申请人，受理答复期限暂停，材料补齐后恢复。只能告知一次。"),
            main=True,
        ),
        Step(
            "restore",
            _("恢复申请"),
            (S.WITHDRAWN,),
            _WITHDRAWABLE,
            _DIRECTOR,
            needs=(_same_day,),
            explain=_("当天误撤的申请恢复到撤回之前的环节，办理期限照旧计算。"),
            takes_back="withdraw",
        ),
        Step(
            "turn_away",
            pgettext_lazy("step", "不予受理"),
            (S.RECEIVED,),
            (S.NOT_ACCEPTED,),
            _OFFICE,
            hand="by_not_accepted",
            stops=_ALL_CLOCKS,
            explain=_("理由会写进告知书，申请人可以看到。"),
            danger=True,
        ),
        Step("resume", _("材料补齐"), (S.AWAITING_PAPERS,), (S.RECEIVED,), by=_("登记材料时")),
        Step("lapse", _("逾期终止"), (S.AWAITING_PAPERS,), (S.LAPSED,), by=_PRODUCT, stops=_ALL_CLOCKS),
        Step(
            "complete",
            _("签署评估报告"),
            (S.ASSESSING,),
            (S.ASSESSED,),
            by=_("评估小组三人"),
            public=pgettext_lazy("public step", "入户调查"),
        ),
        Step(
            "opinion",
            pgettext_lazy("step", "签署初审意见"),
            (S.ASSESSED,),
            (S.OPINION_GIVEN,),
            _DIRECTOR,
            hand="signed_by_id",
            needs=(_as_assessed, _not_of_the_sheet),
            explain=_("依据评估报告提出拟予批准或拟不予批准，提交街道复核。"),
            main=True,
            public=pgettext_lazy("public step", "社区初审"),
        ),
        Step(
            "take_back_opinion",
            pgettext_lazy("step", "收回初审意见"),
            (S.OPINION_GIVEN,),
            (S.ASSESSED,),
            _STREET,
            explain=_("街道复核之前可以收回重签；原意见留在办理记录里。"),
            takes_back="opinion",
        ),
        Step(
            "take_back_review",
            pgettext_lazy("step", "收回复核意见"),
            (S.REVIEWED,),
            (S.OPINION_GIVEN,),
            (Role.DISTRICT_OFFICER,),
            needs=(_unprepared,),
            explain=_("准备公示或作出决定之前可以收回重新复核；原意见留在办理记录里。"),
            takes_back="review",
        ),
        Step(
            "review",
            pgettext_lazy("step", "街道复核"),
            (S.OPINION_GIVEN,),
            (S.REVIEWED, S.ASSESSED),
            _STREET,
            hand="reviewed_by_id",
            barred=("signed_by_id",),
            needs=(_unopposed, _not_of_the_sheet),
            explain=_("同意后进入公示（拟不予批准的直接作出决定）；退回时写明理由。复核人不能再作决定。"),
            main=True,
            public=pgettext_lazy("public step", "街道复核"),
        ),
        Step(
            "publish",
            pgettext_lazy("step", "准备公示"),
            (S.REVIEWED,),
            (),
            _PREPARE,
            hand="prepared_by_id",
            needs=(_proposed, _unprepared, _unopposed, _as_assessed),
            explain=_("生成脱敏的公示内容，由另一人核对后张贴。"),
            main=True,
        ),
        Step(
            "post",
            pgettext_lazy("step", "核对并张贴公示"),
            (S.REVIEWED,),
            (S.PUBLISHED,),
            _POST,
            hand="by_published",
            barred=("prepared_by_id",),
            needs=(_prepared, _as_assessed),
            main=True,
            public=pgettext_lazy("public step", "张贴公示"),
        ),
        Step(
            "object",
            pgettext_lazy("step", "登记异议"),
            (S.PUBLISHED, S.OBJECTED),
            (S.OBJECTED,),
            (*_PREPARE, *_STREET),
            explain=_("异议期间不能作出决定；须重新入户调查、重新公示。提出人的姓名加密保存。"),
        ),
        Step(
            "grant",
            pgettext_lazy("step", "决定批准"),
            (S.PUBLISHED,),
            (S.GRANTED,),
            _STREET,
            hand="by_granted",
            barred=("signed_by_id", "reviewed_by_id"),
            needs=(_unopposed, _publication_over, _as_assessed, _not_of_the_sheet),
            stops=_ALL_CLOCKS,
            explain=_("同时建立待遇、占用预算、生成决定书。复核人不能作决定。"),
            main=True,
            public=pgettext_lazy("public step", "公示期满后决定"),
        ),
        Step(
            "refuse",
            pgettext_lazy("step", "决定不予批准"),
            (S.REVIEWED, S.PUBLISHED),
            (S.REFUSED,),
            _STREET,
            hand="by_refused",
            barred=("signed_by_id", "reviewed_by_id"),
            needs=(_unopposed, _as_assessed),
            stops=_ALL_CLOCKS,
            explain=_("理由和救济途径会写进决定书。"),
            main=lambda case: case.proposal == Proposal.REFUSE,
            danger=True,
        ),
    ),
    _OWN_CASE,
)

PUBLICATION = Workflow(
    "assistance.publication",
    "assistance_publication",
    PublicationState,
    (
        Step(
            "prepare",
            pgettext_lazy("step", "准备公示"),
            (),
            (PublicationState.PREPARED,),
            _PREPARE,
            hand="prepared_by_id",
        ),
        Step(
            "post",
            pgettext_lazy("step", "核对并张贴公示"),
            (PublicationState.PREPARED,),
            (PublicationState.POSTED,),
            _POST,
            hand="posted_by_id",
            barred=("prepared_by_id",),
            main=True,
        ),
        Step(
            "discard",
            _("作废公示稿"),
            (PublicationState.PREPARED,),
            (PublicationState.DISCARDED,),
            tuple(dict.fromkeys((*_PREPARE, *_POST))),
            explain=_("作废后，其中的申请可以重新准备公示。"),
            danger=True,
        ),
        Step("expire", _("公示到期撤下"), (PublicationState.POSTED,), (PublicationState.EXPIRED,), by=_PRODUCT),
    ),
    _OWN_CASE_AMONG,
)


def _rechecked(objection: Any, _hand: int | None, _on: date) -> DomainError | None:
    """The family was visited again since."""
    return None if objection.is_rechecked else RecheckMissing()


OBJECTION = Workflow(
    "assistance.objection",
    "assistance_objection",
    ObjectionState,
    (
        Step("take", pgettext_lazy("step", "登记异议"), (), (ObjectionState.OPEN,), (*_PREPARE, *_STREET)),
        Step(
            "answer",
            pgettext_lazy("step", "答复异议"),
            (ObjectionState.OPEN,),
            (ObjectionState.UPHELD, ObjectionState.REJECTED),
            _STREET,
            hand="answered_by_id",
            needs=(_rechecked,),
        ),
    ),
    _OWN_CASE_OF,
)


RENEWAL = Workflow(
    "assistance.renewal",
    "assistance_renewal",
    R,
    (
        Step("open", _("年度复核开始"), (), (R.OPEN, R.REAPPLY), by=_PRODUCT),
        Step(
            "confirm",
            pgettext_lazy("step", "核实"),
            (R.OPEN, R.CONFIRMED),
            (R.CONFIRMED,),
            _OFFICE,
            hand="confirmed_by_id",
            main=lambda row: row.state == R.OPEN,
        ),
        Step(
            "take_back",
            _("收回核实"),
            (R.CONFIRMED,),
            (R.OPEN,),
            _DIRECTOR,
            takes_back="confirm",
        ),
        Step("reapply", _("告知重新申请"), (R.OPEN, R.CONFIRMED), (R.REAPPLY,), _OFFICE),
        Step(
            "decide",
            _("决定续发"),
            (R.CONFIRMED,),
            (R.RENEWED, R.ENDED),
            _STREET,
            hand="decided_by_id",
            barred=("confirmed_by_id",),
            main=True,
        ),
        Step("end", _("不再续发"), (R.OPEN, R.CONFIRMED, R.REAPPLY), (R.ENDED,), _STREET),
        # Every award was ended meanwhile, or goes on by a new application.
        Step("close", _("已无待续发的待遇"), (R.OPEN, R.CONFIRMED, R.REAPPLY), (R.ENDED,), by=_PRODUCT),
        Step("follow", _("已按新的申请批准"), (R.OPEN, R.CONFIRMED), (R.REAPPLY,), by=_("批准新的申请时")),
    ),
    _OWN_CASE_OF,
)
