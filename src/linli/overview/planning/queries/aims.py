"""What a year is measured by: the plan's targets, and everything else that it promises in numbers or in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from linli.kernel.bilingual import Text
from linli.law.policies.engine import Pack
from linli.overview.planning.engine import (
    Plan,
)
from linli.overview.planning.engine.plan import Event, Visit

# --- words of plan against actual, in both languages: the demonstration prints them without a request ---


RECIPIENTS = Text("领取", "recipients")
OPENING = Text("年初在册", "opening caseload")
RECEIVED = Text("到账", "received")
RECOGNISED = Text("已认定", "recognised")
APPLICATIONS = Text("救助申请", "Applications")
ANSWERED = Text("{label}在 {days} {unit}内", "{label} within {days} {unit}")
DAYS = {"WORKING_DAYS": Text("个工作日", "working days"), "DAYS": Text("日", "days")}

NOTE_NOT_YET = Text("尚未建设：系统还没有这类记录", "Not yet: the product keeps no such records so far")
NOTE_UNITS = Text("至少发放过一次的不重复领取数", "Paid at least once, each counted once")
NOTE_OPENING = Text("自首个发放月起享受待遇", "With an award from the first paid month on")
NOTE_HOUSEHOLDS = Text(
    "已认定的不重复户数；各类人群会重叠，不能相加",
    "Households recognised, each counted once; groups overlap and are never added up",
)
NOTE_GROUP = Text(
    "已认定 {persons} 人、涉及 {households} 户；各类人群会重叠，不能相加",
    "{persons} people in {households} households recognised; groups overlap and are never added up",
)
NOTE_PAID = Text("银行已付讫的金额", "What the bank has paid")
NOTE_RECEIVED = Text("已到账的金额", "What was received")
NOTE_ANSWERED = Text(
    "已答复或已到期 {due} 件，其中按时 {timely} 件", "{timely} of {due} that were answered or fell due were in time"
)
NOTE_BY_STATE = Text("其中批准 {granted} 件", "{granted} of them granted")


APPLICATIONS_CODE, ANSWERS_CODE = "APPLICATIONS", "INTAKE_ANSWERS"


@dataclass(frozen=True)
class Aim:
    """What is measured: a label and the figure of the plan that it points at (none for an aim in words).

    ``recorded`` is False where records of the figure are of something else: who was recognised was not served yet.
    """

    code: str
    label: Text
    figure: str = ""
    recorded: bool = True


def aims(pack: Pack, plan: Plan) -> Iterator[Aim]:
    """The plan's targets, then people recognised, recipients, opening caseloads, money by source, services and classes.

    Last the time to answer, aims in words and applications. No figure has two rows but the target of a group: whom the
    plan means to serve, and who was recognised.
    """
    yield from (Aim(t.code, t.label, t.figure, recorded=not t.figure.startswith("groups.")) for t in plan.targets)
    yield from (
        Aim(f"GROUP_{group.code}", _joined(group.label, RECOGNISED), f"groups.{group.code}.target")
        for group in plan.groups
    )
    named = {target.figure for target in plan.targets}
    yield from (aim for aim in (*_money(plan), *_services(plan)) if aim.figure not in named)
    yield Aim(ANSWERS_CODE, _answers(pack, plan))
    for number, words in enumerate(pack.plan.notes if pack.plan else (), start=1):
        yield Aim(f"NOTE_{number}", words)
    yield Aim(APPLICATIONS_CODE, APPLICATIONS)


def _money(plan: Plan) -> Iterator[Aim]:
    for suffix, words in (("recipients", RECIPIENTS), ("opening_caseload", OPENING)):
        for programme in plan.programmes:
            figure = f"programmes.{programme.code}.{suffix}"
            yield Aim(f"{suffix.upper()}_{programme.code}", _joined(programme.label, words), figure)
    for source in plan.sources:
        yield Aim(f"SOURCE_{source.code}", _joined(source.label, RECEIVED), f"sources.{source.code}.amount")


def _services(plan: Plan) -> Iterator[Aim]:
    services: tuple[Visit | Event, ...] = (*plan.visits, *plan.events)
    for service in services:
        yield Aim(f"FREQUENCY_{service.code}", plan.names[service.frequency_path], service.frequency_path)
    for course in plan.classes:
        for code, path in (("SEATS", course.seats_path), ("SHARE", course.share_path)):
            yield Aim(f"{code}_{course.code}", _joined(course.label, plan.names[path]), path)


def _answers(pack: Pack, plan: Plan) -> Text:
    """The time limit in the pack's words, with its length when the plan's year begins."""
    spec = pack.deadlines["intake_answer"]
    days = pack.parameters[spec.days]
    length = days.value_on(max(date(plan.year, 1, 1), pack.valid_from))
    unit = DAYS[days.unit]
    return Text(
        ANSWERED.zh.format(label=spec.label.zh, days=length, unit=unit.zh),
        ANSWERED.en.format(label=spec.label.en, days=length, unit=unit.en),
    )


def _joined(label: Text, words: Text) -> Text:
    return Text(f"{label.zh} · {words.zh}", f"{label.en}: {words.en}")
