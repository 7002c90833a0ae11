"""From a case to what its page shows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext, pgettext_lazy

from linli.aid.assistance.codes import ApplicationState as S
from linli.aid.assistance.codes import EventKind, PaperState, PublicationState, Step
from linli.aid.assistance.operations.common import limit
from linli.aid.assistance.queries.detail import ApplicationDetail, AssessmentView
from linli.aid.assistance.queries.notices import is_provisional
from linli.aid.assistance.queries.papers import PaperView
from linli.foundation.screens.texts import day_text, joined, pack_text, short_day_text
from linli.kernel.bilingual import Text
from linli.kernel.tones import Tone, tone_of
from linli.law.policies.queries import pack_of, work_calendar

LACKING = (PaperState.MISSING, PaperState.EXPIRED)
STOPPED = (S.NOT_ACCEPTED, S.LAPSED, S.WITHDRAWN)
_STAGES = (
    (frozenset({S.RECEIVED, S.AWAITING_PAPERS}), pgettext_lazy("stage", "申请")),
    (frozenset[str](), pgettext_lazy("stage", "受理")),
    (frozenset({S.ACCEPTED, S.ASSESSING, S.OBJECTED}), pgettext_lazy("stage", "入户调查")),
    (frozenset({S.ASSESSED, S.OPINION_GIVEN}), pgettext_lazy("stage", "初审与复核")),
    (frozenset({S.REVIEWED, S.PUBLISHED}), pgettext_lazy("stage", "公示")),
    (frozenset[str](), pgettext_lazy("stage", "决定")),
    (frozenset({S.GRANTED}), pgettext_lazy("stage", "发放")),
)
# The event that ends each stage, for cases whose family sees events alone.
_ENDS = (
    (EventKind.RECEIVED,),
    (EventKind.ACCEPTED,),
    (EventKind.DETERMINED,),
    (EventKind.REVIEWED,),
    (EventKind.PUBLISHED,),
    (EventKind.GRANTED, EventKind.REFUSED),
    (),
)


def posting(state: PublicationState, last_date: date | None, on: date) -> tuple[str, Tone]:
    """A publication's state as the day has it: one whose days are over is over before the daily job takes it down."""
    if state == PublicationState.POSTED and last_date is not None and last_date < on:
        return gettext("公示期满"), tone_of(PublicationState.EXPIRED)
    return str(state.label), tone_of(state)


def unsure(case: ApplicationDetail) -> bool:
    """Whether a time limit that runs, or a publication that hangs, was counted into a year without its table."""
    running = any(one.provisional and one.finished_date is None for one in case.clocks)
    up = case.publications[-1] if case.publications else None
    return running or (
        up is not None and is_provisional(work_calendar(), up.last_date) and case.step == Step.WAIT_FOR_PUBLICATION
    )


def waits_for(case: ApplicationDetail) -> str:
    """What the case waits for and from whom, for readers who cannot take the step themselves; empty when closed."""
    if case.step == Step.WAIT_FOR_PAPERS:
        last = next((one.lapses_date for one in reversed(case.answers) if one.lapses_date), None)
        return gettext("等待申请人补齐材料，%(day)s 前未补齐即终止") % {"day": day_text(last)}
    if case.step == Step.WAIT_FOR_PUBLICATION:
        up = case.publications[-1] if case.publications else None
        return gettext("等待公示期满，最后一天 %(day)s") % {"day": day_text(up.last_date if up else None)}
    if case.step is None:
        return ""
    roles = joined(str(role.label) for role in case.step_roles)
    who = gettext("下一步：%(step)s（%(roles)s）") if roles else gettext("下一步：%(step)s")
    return who % {"step": case.step.label, "roles": roles}


def progress(state: S, ended: Mapping[EventKind, date]) -> list[dict[str, Any]]:
    """The steps bar: what is done and when, where the case stands, or where it stopped."""
    days = [next((ended[kind] for kind in kinds if kind in ended), None) for kinds in _ENDS]
    last = max((place for place, day in enumerate(days) if day is not None), default=0)
    if state in STOPPED:
        now, word = min(last + 1, len(_STAGES) - 1), "stopped"
    elif state == S.REFUSED:
        now, word = 5, "stopped"
    else:
        now = next(place for place, (states, _label) in enumerate(_STAGES) if state in states)
        word = "now"
    stages = []
    for place, (_states, label) in enumerate(_STAGES):
        day, done, text = days[place], place < now, str(label)
        if day is not None and (done or word == "stopped"):
            text = f"{label} {short_day_text(day)}"
        stages.append({"label": text, "state": "done" if done else word if place == now else ""})
    return stages


def ended_by(events: Sequence[tuple[EventKind, date]]) -> dict[EventKind, date]:
    """The last day of each kind of event."""
    return dict(events)


def paper_lines(papers: Sequence[PaperView]) -> list[dict[str, Any]]:
    """The checklist: each paper, why it is demanded, its state in words."""
    return [
        {
            "code": paper.code,
            "label": pack_text(paper.label),
            "because": gettext("因为：%(why)s") % {"why": listed(paper.because_of)},
            "state": _paper_state(paper),
            "tone": tone_of(paper.state),
            "paper": paper.state,
            "note": paper.note,
            "file_name": paper.file_name if paper.file_key else "",
        }
        for paper in papers
    ]


def listed(texts: Sequence[Text | Mapping[str, str]]) -> str:
    """Several texts of a pack as one, in the reader's language."""
    return joined([pack_text(one) for one in texts])


def _paper_state(paper: PaperView) -> str:
    if paper.state == PaperState.PRESENT and paper.expires_date:
        return gettext("有效至 %(day)s") % {"day": day_text(paper.expires_date)}
    if paper.state == PaperState.PROMISED:
        return gettext("承诺 %(day)s 前补交") % {"day": day_text(paper.promised_date)}
    return str(paper.state.label)


def lacking(papers: Sequence[PaperView]) -> list[PaperView]:
    """What stands in the way of acceptance."""
    return [paper for paper in papers if paper.state in LACKING]


def takes_papers(case: ApplicationDetail) -> bool:
    """Whether papers may still be recorded: while the case is open, and what was promised after the grant too."""
    return case.clock is not None or case.state == S.GRANTED


def current_assessment(case: ApplicationDetail) -> AssessmentView | None:
    """The assessment of the present round, if a team was formed."""
    return next((one for one in reversed(case.assessments) if one.round == case.round), None)


def earlier_visits(case: ApplicationDetail) -> list[AssessmentView]:
    """What teams before the present one found, the newest first."""
    return [one for one in reversed(case.assessments) if one.round != case.round and one.visited_date]


def supplement_letter(case: ApplicationDetail, on: date) -> str:
    """The ONE list of what is missing, in the words of the letter that will be written."""
    pack = pack_of(case.pack_version_id)
    days, unit = limit(pack, "supplement_lapse", on)
    calendar = work_calendar()
    count = calendar.add_calendar_days if unit == "DAYS" else calendar.add_working_days
    places = {
        "applicant": case.applicant,
        "number": case.number,
        "papers": listed([paper.label for paper in lacking(case.papers)]),
        "deadline": day_text(count(on, days).date),
        "date": day_text(on),
    }
    return pack_text(pack.notices["INCOMPLETE"].body) % places
