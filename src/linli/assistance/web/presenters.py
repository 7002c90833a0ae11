"""From a case to what its page shows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, pgettext, pgettext_lazy

from linli.assistance.codes import ApplicationState as S
from linli.assistance.codes import EventKind, PaperState
from linli.assistance.queries.detail import ApplicationDetail, AssessmentView
from linli.assistance.queries.papers import PaperView
from linli.assistance.queries.reasons import Reason, reason_chain, shown
from linli.assistance.queries.screens import changes_that_matter
from linli.foundation.screens.texts import day_text, is_english, pack_text, short_day_text
from linli.policies.engine.changes import WhatIf
from linli.policies.engine.text import Text
from linli.policies.queries import pack_of, work_calendar

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
_PAPER_TONES = {
    PaperState.PRESENT: "ok",
    PaperState.WAIVED: "info",
    PaperState.PROMISED: "soon",
    PaperState.MISSING: "late",
    PaperState.EXPIRED: "late",
}


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
    return [_stage(place, label, days[place], now, word) for place, (_states, label) in enumerate(_STAGES)]


def _stage(place: int, label: object, day: date | None, now: int, word: str) -> dict[str, Any]:
    done = place < now
    text = f"{label} {short_day_text(day)}" if day is not None and (done or word == "stopped") else str(label)
    return {"label": text, "state": "done" if done else word if place == now else ""}


def ended_by(events: Sequence[tuple[EventKind, date]]) -> dict[EventKind, date]:
    """The last day of each kind of event."""
    return dict(events)


def paper_lines(papers: Sequence[PaperView]) -> list[dict[str, Any]]:
    """The checklist: each paper, why it is demanded, its state in words."""
    return [
        {
            "code": paper.code,
            "label": pack_text(paper.label),
            "because": gettext("因为:%(why)s") % {"why": listed(paper.because_of)},
            "state": _paper_state(paper),
            "tone": _PAPER_TONES[paper.state],
            "note": paper.note,
            "file_name": paper.file_name if paper.file_key else "",
        }
        for paper in papers
    ]


def listed(texts: Sequence[Text | Mapping[str, str]]) -> str:
    """Several texts of a pack as one, in the reader's language."""
    return (", " if is_english() else "、").join(pack_text(one) for one in texts)


def _paper_state(paper: PaperView) -> str:
    if paper.state == PaperState.PRESENT and paper.expires_date:
        return gettext("有效至 %(day)s") % {"day": day_text(paper.expires_date)}
    if paper.state == PaperState.PROMISED:
        return gettext("承诺 %(day)s 前补交") % {"day": day_text(paper.promised_date)}
    return str(paper.state.label)


def lacking(papers: Sequence[PaperView]) -> list[PaperView]:
    """What stands in the way of acceptance."""
    return [paper for paper in papers if paper.state in LACKING]


def current_assessment(case: ApplicationDetail) -> AssessmentView | None:
    """The assessment of the present round, if a team was formed."""
    return next((one for one in reversed(case.assessments) if one.round == case.round), None)


def reasons(case: ApplicationDetail) -> tuple[list[Reason], int | None]:
    """The reason chain of the latest completed assessment and the sum a month; nothing before it."""
    done = [one for one in case.assessments if one.determination is not None]
    if not done or done[-1].determination is None:
        return [], None
    chain = reason_chain(pack_of(case.pack_version_id), done[-1].determination, case.group_codes)
    return chain, sum(result.amount_fen for result in done[-1].results)


def what_if(case: ApplicationDetail) -> str:
    """What change of one fact would alter the result, one sentence each."""
    return " ".join(_sentence(programme, one) for programme, one in changes_that_matter(case))


def _sentence(programme: Text, one: WhatIf) -> str:
    places = {
        "fact": pack_text(one.label) + (f" {one.fact_member_key}" if one.fact_member_key else ""),
        "current": pack_text(shown(one.unit, one.current)),
        "needed": pack_text(shown(one.unit, one.needed)),
        "programme": pack_text(programme),
    }
    if one.eligible:
        return gettext("如果“%(fact)s”由 %(current)s 变为 %(needed)s,就符合“%(programme)s”。") % places
    return gettext("如果“%(fact)s”由 %(current)s 变为 %(needed)s,就不再符合“%(programme)s”。") % places


def events(case: ApplicationDetail, looks: Sequence[tuple[datetime, str]] = ()) -> list[Mapping[str, Any]]:
    """The timeline, newest first; ``looks`` are who opened the case when."""
    lines = [(one.at, str(one.kind.label), one.by, _note(one.note)) for one in case.events]
    lines += [(at, pgettext("event", "查看"), name, "") for at, name in looks]
    ordered = sorted(lines, key=lambda line: line[0], reverse=True)
    return [
        {"at": at, "title": title, "by": by, "note": note, "mark": place == 0}
        for place, (at, title, by, note) in enumerate(ordered)
    ]


def _note(text: str) -> str:
    try:
        return day_text(text) if len(text) == len("2026-01-01") else text
    except ValueError:
        return text


def supplement_letter(case: ApplicationDetail, on: date) -> str:
    """The ONE list of what is missing, in the words of the letter that will be written."""
    pack = pack_of(case.pack_version_id)
    days = int(pack.parameters_on(on)["supplement_lapse_days"])
    places = {
        "applicant": case.applicant,
        "number": case.number,
        "papers": listed([paper.label for paper in lacking(case.papers)]),
        "deadline": day_text(work_calendar().add_calendar_days(on, days).date),
        "date": day_text(on),
    }
    return pack_text(pack.notices["INCOMPLETE"].body) % places
