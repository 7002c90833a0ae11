"""What this room adds to what is shared: the words of its acts, its invariants, what waits in it."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.aid.assistance import family
from linli.aid.assistance.codes import RenewalState, Step
from linli.aid.assistance.models import Reckoning
from linli.aid.assistance.operations.turns import reckon_turns
from linli.aid.assistance.permissions import READ, RECEIVE
from linli.aid.assistance.queries import measures as own
from linli.aid.assistance.queries.files import uploaded
from linli.aid.assistance.queries.invariants import invariants as own_invariants
from linli.aid.assistance.queries.listing import cases
from linli.aid.assistance.queries.notices import publications
from linli.aid.assistance.queries.people import applicants
from linli.aid.assistance.queries.renewals import ending_alone, renewal_work
from linli.aid.assistance.queries.together import TOGETHER
from linli.aid.assistance.queries.turns import TURNS
from linli.aid.assistance.queries.worklist import WorkItem, work_items, work_numbers
from linli.aid.assistance.steps import CASE, RENEWAL
from linli.foundation.measures import measures
from linli.foundation.screens import families
from linli.foundation.screens.finding import numbered, series
from linli.foundation.screens.front import Door, doors
from linli.foundation.screens.guides import Habit, Rhythm, habits
from linli.foundation.screens.lights import Light, lights
from linli.foundation.screens.texts import counted
from linli.foundation.screens.work import SOON, Pile, Todo, Together, listed, together, work
from linli.foundation.trail import words
from linli.foundation.trail.invariants import invariants, recent
from linli.foundation.trail.keeping import Kept, kept
from linli.ground.notifications.queries import TO, addressees
from linli.ground.users.codes import OFFICER_ROLES, Role
from linli.ground.users.queries import Authority
from linli.ground.users.queries.doubts import SINCE, doubts
from linli.kernel.tones import Tone
from linli.law.policies.queries import work_calendar
from linli.money.awards.queries import Award
from linli.registry.residents.queries import Whose, head_names

words.acts.put(
    {
        "assistance.accept": pgettext_lazy("audit", "受理申请"),
        "assistance.ask_to_reapply": pgettext_lazy("audit", "告知重新申请"),
        "assistance.answer_objection": pgettext_lazy("audit", "答复异议"),
        "assistance.ask_for_supplement": pgettext_lazy("audit", "一次性告知补正"),
        "assistance.complete": pgettext_lazy("audit", "完成入户评估"),
        "assistance.confirm_renewals": pgettext_lazy("audit", "年度复核核实"),
        "assistance.decide_renewals": pgettext_lazy("audit", "年度复核决定"),
        "assistance.declare_no_kinship": pgettext_lazy("audit", "声明无亲属关系"),
        "assistance.discard": pgettext_lazy("audit", "作废公示稿"),
        "assistance.end_renewals": pgettext_lazy("audit", "年度复核不再续发"),
        "assistance.escalate": pgettext_lazy("audit", "超期上报"),
        "assistance.expire_publications": pgettext_lazy("audit", "公示到期撤下"),
        "assistance.form_team": pgettext_lazy("audit", "组成评估小组"),
        "assistance.change_team": pgettext_lazy("audit", "更换评估小组"),
        "assistance.give_opinion": pgettext_lazy("audit", "签署初审意见"),
        "assistance.grant": pgettext_lazy("audit", "决定给予救助"),
        "assistance.look_up": pgettext_lazy("audit", "公开查询进度"),
        "assistance.lapse_overdue": pgettext_lazy("audit", "逾期未补，视为放弃"),
        "assistance.open_renewals": pgettext_lazy("audit", "年度复核开始"),
        "assistance.post": pgettext_lazy("audit", "张贴公示"),
        "assistance.prepare": pgettext_lazy("audit", "拟定公示"),
        "assistance.receive": pgettext_lazy("audit", "收到申请"),
        "assistance.recompute_deadlines": pgettext_lazy("audit", "重新计算期限"),
        "assistance.record_papers": pgettext_lazy("audit", "登记材料"),
        "assistance.record_visit": pgettext_lazy("audit", "记录入户走访"),
        "assistance.refuse": pgettext_lazy("audit", "决定不予救助"),
        "assistance.review": pgettext_lazy("audit", "街道审核"),
        "assistance.sign": pgettext_lazy("audit", "签署评估"),
        "assistance.take_back": pgettext_lazy("audit", "收回办理"),
        "assistance.take_back_confirmations": pgettext_lazy("audit", "收回年度复核核实"),
        "assistance.take_objection": pgettext_lazy("audit", "登记异议"),
        "assistance.turn_away": pgettext_lazy("audit", "不予受理"),
        "assistance.withdraw": pgettext_lazy("audit", "撤回申请"),
    }
)
words.subjects.put(
    {
        "waiting": pgettext_lazy("audit", "待办申请清单"),
        "publications": pgettext_lazy("audit", "公示清单"),
        "application": pgettext_lazy("audit", "申请"),
        "publication": pgettext_lazy("audit", "公示"),
        "applications": pgettext_lazy("audit", "申请清单"),
        "renewals": pgettext_lazy("audit", "年度复核"),
        "guess": pgettext_lazy("audit", "查询不符的申请"),
        "escalate": pgettext_lazy("audit", "超期申请"),
        "expire": pgettext_lazy("audit", "到期公示"),
        "lapse": pgettext_lazy("audit", "逾期未补的申请"),
        "recompute": pgettext_lazy("audit", "申请期限"),
    }
)
words.parts.put(
    {
        "accept": pgettext_lazy("audit", "待受理"),
        "opinion": pgettext_lazy("audit", "待初审"),
        "review": pgettext_lazy("audit", "待街道审核"),
        "publish": pgettext_lazy("audit", "待公示"),
        "grant": pgettext_lazy("audit", "待决定"),
    }
)


# Awards are looked after by those who are not of the household.
_OF_HOUSEHOLDS = Whose(household="household_id")
# A yearly review that is due within so many days is urgent.
_URGENT = timedelta(days=30)


def _cases(authority: Authority, on: date) -> Iterator[Pile]:
    def read(kinds: Collection[str], number: int) -> list[Todo]:
        return [_todo(item) for item in work_items(authority, on, [Step(kind) for kind in kinds], number)]

    for step, number in work_numbers(authority, on, SOON).items():
        first = partial(read, [step.value])
        yield Pile(step.value, step.label, number.total, first, number.late, number.soon, shared=read)


def _todo(item: WorkItem) -> Todo:
    seat = item.assessment_id is not None
    return Todo(
        item.step.value,
        item.step.label,
        item.number,
        "assessment_sheet" if seat else item.page,
        (item.assessment_id if seat else item.number,),
        who=item.applicant,
        place=item.place,
        because=item.deadline or item.because,
        due_date=item.due_date,
        days_left=item.days_left,
        colour=item.colour,
        article=item.article,
        provisional=item.provisional,
    )


def _renewals(authority: Authority, on: date) -> Iterator[Todo]:
    """The yearly review is one line of the office for each step, due on the day of its most urgent family."""
    for one in renewal_work(authority, on):
        told = {
            RenewalState.OPEN: counted("%(count)s 户待核实", one.number),
            RenewalState.REAPPLY: counted("%(count)s 户须重新申请，还没有申请", one.number),
            RenewalState.CONFIRMED: counted("%(count)s 户待决定", one.number),
        }
        yield Todo(
            "RENEWALS",
            _("年度复核"),
            told[one.state],
            "renewal_list",
            verb=pgettext_lazy("verb", "复核"),
            because=_("待遇到期前办完"),
            due_date=one.due_date,
            days_left=work_calendar().working_days_between(on, one.due_date),
            colour="RED" if one.due_date < on else "AMBER" if one.due_date - on <= _URGENT else "GREEN",
        )


def _ending(authority: Authority, on: date) -> Iterator[Pile]:
    """Awards that end soon with nothing to follow them."""
    scope = authority.scope(*RENEWAL.step("confirm").roles)
    rows = _OF_HOUSEHOLDS.others(ending_alone(scope, on), authority, on) if scope else None
    total = rows.count() if rows is not None else 0
    title, why = _("待遇即将到期"), _("到期后不再发放；还需要的，请家庭重新申请")

    def first(number: int) -> list[Todo]:
        page = list(rows[:number]) if rows is not None else []
        heads = head_names(row.household_id for row in page)
        return [one(row, heads.get(row.household_id, "")) for row in page]

    def one(row: Award, who: str) -> Todo:
        left = work_calendar().working_days_between(on, row.last_date)
        due: Any = {"due_date": row.last_date, "days_left": left, "colour": "AMBER"}
        verb = pgettext_lazy("verb", "核实")
        return Todo("ENDING", title, row.number, "award_detail", (row.number,), verb=verb, who=who, because=why, **due)

    if total:
        yield Pile("ENDING", title, total, first, soon=total)


work.put({"assistance.ending": _ending})
_ALL = _("多件一起办")
together.put(
    {step.value: Together(_ALL, "application_bulk", (code,), CASE.step(code).roles) for code, step in TOGETHER.items()}
)
work.put({"assistance.cases": _cases, "assistance.renewals": listed(_renewals)})
families.parts.put({"assistance": family.part})
families.stories.put({"assistance": family.story})
invariants.put({"assistance": own_invariants})
recent.put({"assistance": uploaded})
measures.put(
    {
        "assistance.applications": own.APPLICATIONS,
        "assistance.answered_in_time": own.ANSWERED_IN_TIME,
        "assistance.households_recognised": own.HOUSEHOLDS_RECOGNISED,
        "assistance.people_recognised": own.PEOPLE_RECOGNISED,
    }
)
lights.put(
    {
        "assistance.open": Light(_("在办申请"), own.OPEN_CASES, OFFICER_ROLES),
        "assistance.late": Light(_("已超期"), own.LATE_CASES, OFFICER_ROLES, Tone.LATE),
        "assistance.soon": Light(_("快到期"), own.CASES_DUE_SOON, OFFICER_ROLES, Tone.SOON),
        "assistance.guesses": Light(
            _("公开查询不符"),
            doubts("assistance.look_up", subject__startswith="guess:"),
            (Role.AUDITOR,),
            Tone.SOON,
            note=SINCE,
        ),
    }
)
doors.put(
    {
        "assistance.progress": Door(_("办件进度"), _("凭回执编号，看办到哪一步。"), "progress"),
        "assistance.notices": Door(pgettext_lazy("page", "公示"), _("现在公示的拟救助名单。"), "public_notices"),
    }
)
kept.put({TURNS: Kept(Reckoning, "application_id", reckon_turns)})
addressees.put({"application": applicants, TO: applicants})
numbered("assistance.case", pgettext_lazy("audit", "申请"), READ, series("JZ"), "application_detail", cases)
numbered("assistance.notice", pgettext_lazy("page", "公示"), READ, series("GS"), "publication_detail", publications)
_WORKERS, _DIRECTOR, _STREET = RECEIVE, (Role.COMMUNITY_DIRECTOR,), (Role.STREET_OFFICER,)
_SEES_ALL = (Role.DISTRICT_OFFICER, Role.AUDITOR)
habits.put(
    {
        "assistance.receive": Habit(
            Rhythm.DAY, _WORKERS, _("窗口来的申请当场登记，缺什么材料一次说清。"), "application_new"
        ),
        "assistance.visit": Habit(
            Rhythm.DAY,
            (Role.VOLUNTEER,),
            _("看有没有要去的入户调查；去之前声明有无亲属关系，去了当天填调查表。"),
            "my_work",
        ),
        "assistance.sign": Habit(
            Rhythm.WEEK, (Role.VOLUNTEER,), _("看过调查表再签名；别人改过的，要重新签。"), "my_work"
        ),
        "assistance.opinion": Habit(Rhythm.DAY, _DIRECTOR, _("给评估完的申请写初审意见。"), "application_list"),
        "assistance.post": Habit(
            Rhythm.DAY, (*_DIRECTOR, *_STREET), _("核对别人准备的公示，张贴并留下凭证。"), "publication_list"
        ),
        "assistance.decide": Habit(
            Rhythm.DAY, _STREET, _("复核初审意见；公示期满、没有异议的，按期决定。"), "application_list"
        ),
        "assistance.stuck": Habit(Rhythm.WEEK, _WORKERS, _("看哪些申请还缺材料、谁承诺了没交。"), "application_list"),
        "assistance.late": Habit(Rhythm.WEEK, _SEES_ALL, _("看哪些社区有超期的申请，问清原因。"), "application_list"),
        "assistance.confirm": Habit(
            Rhythm.MONTH, RENEWAL.step("confirm").roles, _("年度复核：核实待遇快到期的家庭。"), "renewal_list"
        ),
        "assistance.renew": Habit(Rhythm.MONTH, _STREET, _("年度复核：决定续发或不再续发。"), "renewal_list"),
        "assistance.own": Habit(
            Rhythm.DAY, (Role.RESIDENT,), _("申请以后，看办到哪一步、有没有要补的材料。"), "my_applications"
        ),
        "assistance.apply": Habit(
            Rhythm.NEEDED, (Role.RESIDENT,), _("需要帮助时在这里申请，可以分几次填。"), "my_applications"
        ),
    }
)
