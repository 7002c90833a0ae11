"""Codes of the case, stored as UPPER_SNAKE and shown through their labels."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from linli.kernel.tones import Tone, toned


@toned(
    RECEIVED=Tone.INFO,
    AWAITING_PAPERS=Tone.INFO,
    ACCEPTED=Tone.INFO,
    ASSESSING=Tone.INFO,
    ASSESSED=Tone.INFO,
    OPINION_GIVEN=Tone.INFO,
    REVIEWED=Tone.INFO,
    PUBLISHED=Tone.INFO,
    OBJECTED=Tone.INFO,
    GRANTED=Tone.OK,
    REFUSED=Tone.PAUSED,
    NOT_ACCEPTED=Tone.PAUSED,
    LAPSED=Tone.PAUSED,
    WITHDRAWN=Tone.PAUSED,
)
class ApplicationState(TextChoices):
    RECEIVED = "RECEIVED", _("待受理答复")
    AWAITING_PAPERS = "AWAITING_PAPERS", _("待补正")
    ACCEPTED = "ACCEPTED", _("已受理")
    ASSESSING = "ASSESSING", _("入户调查中")
    ASSESSED = "ASSESSED", _("已调查")
    OPINION_GIVEN = "OPINION_GIVEN", _("已出初审意见")
    REVIEWED = "REVIEWED", _("街道已复核")
    PUBLISHED = "PUBLISHED", _("公示中")
    OBJECTED = "OBJECTED", _("有异议")
    GRANTED = "GRANTED", _("批准")
    REFUSED = "REFUSED", _("不予批准")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("不予受理")
    LAPSED = "LAPSED", _("逾期终止")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


CLOSED_STATES = (
    ApplicationState.GRANTED,
    ApplicationState.REFUSED,
    ApplicationState.NOT_ACCEPTED,
    ApplicationState.LAPSED,
    ApplicationState.WITHDRAWN,
)


# A published row of an application in one of these is not shown any more.
HIDDEN_STATES = (ApplicationState.WITHDRAWN, ApplicationState.REFUSED)


class Channel(TextChoices):
    COUNTER = "COUNTER", _("窗口")
    ONLINE = "ONLINE", _("网上")
    HOME = "HOME", _("上门代办")


@toned(PRESENT=Tone.OK, MISSING=Tone.LATE, EXPIRED=Tone.LATE, WAIVED=Tone.INFO, PROMISED=Tone.SOON)
class PaperState(TextChoices):
    PRESENT = "PRESENT", _("已交")
    MISSING = "MISSING", _("缺")
    EXPIRED = "EXPIRED", _("已过期")
    WAIVED = "WAIVED", _("免交")
    PROMISED = "PROMISED", _("承诺后补")


class ClockKind(TextChoices):
    INTAKE = "INTAKE", _("受理答复")
    DECISION = "DECISION", _("审核确认")


class EscalationLevel(TextChoices):
    COMMUNITY = "COMMUNITY", _("提醒社区")
    STREET = "STREET", _("报告街道")
    DISTRICT = "DISTRICT", _("报告区")


class AnswerKind(TextChoices):
    ACCEPTED = "ACCEPTED", _("受理")
    SUPPLEMENT = "SUPPLEMENT", _("一次性告知补正")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("不予受理")


class AssessorCapacity(TextChoices):
    COMMUNITY_WORKER = "COMMUNITY_WORKER", _("社区工作者")
    SOCIAL_WORKER = "SOCIAL_WORKER", _("社会工作者")
    VOLUNTEER = "VOLUNTEER", _("志愿者")


class Proposal(TextChoices):
    GRANT = "GRANT", _("拟予批准")
    REFUSE = "REFUSE", _("拟不予批准")


@toned(PREPARED=Tone.SOON, POSTED=Tone.OK, EXPIRED=Tone.PAUSED, DISCARDED=Tone.PAUSED)
class PublicationState(TextChoices):
    PREPARED = "PREPARED", _("待张贴")
    POSTED = "POSTED", _("公示中")
    EXPIRED = "EXPIRED", _("已撤下")
    DISCARDED = "DISCARDED", _("已作废")


@toned(OPEN=Tone.SOON, UPHELD=Tone.INFO, REJECTED=Tone.INFO)
class ObjectionState(TextChoices):
    OPEN = "OPEN", _("核查中")
    UPHELD = "UPHELD", _("异议成立")
    REJECTED = "REJECTED", _("异议不成立")


class EventKind(TextChoices):
    RECEIVED = "RECEIVED", _("收到申请")
    PAPERS_RECORDED = "PAPERS_RECORDED", _("登记材料")
    SUPPLEMENT_ASKED = "SUPPLEMENT_ASKED", _("一次性告知补正")
    SUPPLEMENTED = "SUPPLEMENTED", _("材料补齐")
    ACCEPTED = "ACCEPTED", _("受理")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("不予受理")
    LAPSED = "LAPSED", _("逾期终止")
    WITHDRAWN = "WITHDRAWN", _("撤回申请")
    TEAM_FORMED = "TEAM_FORMED", _("组成评估小组")
    TEAM_CHANGED = "TEAM_CHANGED", _("更换评估小组")
    KINSHIP_DECLARED = "KINSHIP_DECLARED", _("声明无亲属关系")
    VISITED = "VISITED", _("入户调查")
    SIGNED = "SIGNED", _("签署评估报告")
    DETERMINED = "DETERMINED", _("规则计算")
    OPINION_GIVEN = "OPINION_GIVEN", _("初审意见")
    REVIEWED = "REVIEWED", _("街道复核")
    SENT_BACK = "SENT_BACK", _("退回社区")
    PUBLISHED = "PUBLISHED", _("张贴公示")
    OBJECTED = "OBJECTED", _("收到异议")
    OBJECTION_ANSWERED = "OBJECTION_ANSWERED", _("答复异议")
    GRANTED = "GRANTED", _("决定批准")
    REFUSED = "REFUSED", _("决定不予批准")
    ESCALATED = "ESCALATED", _("期限预警")
    RECOMPUTED = "RECOMPUTED", _("期限重新计算")
    RENEWAL_OPENED = "RENEWAL_OPENED", _("年度复核开始")
    RENEWAL_CONFIRMED = "RENEWAL_CONFIRMED", _("年度复核核实")
    RENEWED = "RENEWED", _("决定续发")
    NOT_RENEWED = "NOT_RENEWED", _("不再续发")
    REAPPLY_ASKED = "REAPPLY_ASKED", _("告知重新申请")
    TAKEN_BACK = "TAKEN_BACK", _("收回")
    APPLICANT_CHANGED = "APPLICANT_CHANGED", _("申请人变更为户主")


class Step(TextChoices):
    """What waits to be done, for work lists."""

    ANSWER = "ANSWER", _("答复申请")
    WAIT_FOR_PAPERS = "WAIT_FOR_PAPERS", _("等待补正")
    FORM_TEAM = "FORM_TEAM", _("组成评估小组")
    ASSESS = "ASSESS", _("入户调查")
    COMPLETE = "COMPLETE", _("完成评估报告")
    GIVE_OPINION = "GIVE_OPINION", _("签署初审意见")
    REVIEW = "REVIEW", _("街道复核")
    PUBLISH = "PUBLISH", _("公示")
    WAIT_FOR_PUBLICATION = "WAIT_FOR_PUBLICATION", _("等待公示期满")
    ANSWER_OBJECTION = "ANSWER_OBJECTION", _("核查异议")
    DECIDE = "DECIDE", _("作出决定")
    ASK_FOR_PROMISED = "ASK_FOR_PROMISED", _("催交承诺材料")
    LOOK_INTO_DELAY = "LOOK_INTO_DELAY", _("督办期限")
    ASSESS_AGAIN = "ASSESS_AGAIN", _("家庭有变化，重新入户核实")
    CLOSE_CASE = "CLOSE_CASE", _("家庭已不在，结束本案")


@toned(OPEN=Tone.SOON, CONFIRMED=Tone.SOON, RENEWED=Tone.OK, ENDED=Tone.PAUSED, REAPPLY=Tone.SOON)
class RenewalState(TextChoices):
    """Where a yearly review stands."""

    OPEN = "OPEN", _("待核实")
    CONFIRMED = "CONFIRMED", _("待决定")
    RENEWED = "RENEWED", _("已续发")
    ENDED = "ENDED", _("不再续发")
    REAPPLY = "REAPPLY", _("须重新申请")


class RenewalMethod(TextChoices):
    """How somebody made sure that what is on record of a family is true today."""

    VISIT = "VISIT", _("入户查看")
    PHONE = "PHONE", _("电话核实")
    DATA = "DATA", _("信息核对")
