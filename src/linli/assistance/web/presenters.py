"""From a case to what its page shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.assistance.codes import ApplicationState as S
from linli.assistance.codes import PaperState
from linli.assistance.queries.detail import ApplicationDetail, AssessmentView
from linli.assistance.queries.papers import PaperView
from linli.assistance.queries.reasons import Reason, reason_chain
from linli.foundation.screens.texts import day_text, pack_text
from linli.policies.queries import pack_of

_ORDER = (
    (frozenset({S.RECEIVED, S.AWAITING_PAPERS}), _("申请")),
    (frozenset({S.ACCEPTED}), _("受理")),
    (frozenset({S.ASSESSING, S.OBJECTED}), _("入户调查")),
    (frozenset({S.ASSESSED, S.OPINION_GIVEN}), _("初审与复核")),
    (frozenset({S.REVIEWED, S.PUBLISHED}), _("公示")),
    (frozenset({S.GRANTED, S.REFUSED}), _("决定")),
)
_PAPER_TONES = {
    PaperState.PRESENT: "ok",
    PaperState.WAIVED: "info",
    PaperState.PROMISED: "soon",
    PaperState.MISSING: "late",
    PaperState.EXPIRED: "late",
}


def progress(case: ApplicationDetail) -> list[dict[str, Any]]:
    """The steps bar: what is done, where the case stands."""
    now = next((place for place, (states, _name) in enumerate(_ORDER) if case.state in states), -1)
    closed = case.decision is not None
    return [
        {"label": label, "state": "done" if place < now or closed else "now" if place == now else ""}
        for place, (_states, label) in enumerate(_ORDER)
    ]


def paper_lines(papers: Sequence[PaperView]) -> list[dict[str, Any]]:
    """The checklist: each paper, why it is demanded, its state in words."""
    return [
        {
            "code": paper.code,
            "label": pack_text(paper.label),
            "because": gettext("因为:%(why)s") % {"why": "、".join(pack_text(one) for one in paper.because_of)}
            if paper.because_of
            else "",
            "state": _paper_state(paper),
            "tone": _PAPER_TONES[paper.state],
            "note": paper.note,
        }
        for paper in papers
    ]


def _paper_state(paper: PaperView) -> str:
    if paper.state == PaperState.PRESENT and paper.expires_date:
        return gettext("有效至 %(day)s") % {"day": day_text(paper.expires_date)}
    if paper.state == PaperState.PROMISED:
        return gettext("承诺 %(day)s 前补交") % {"day": day_text(paper.promised_date)}
    return str(paper.state.label)


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


def events(case: ApplicationDetail) -> list[Mapping[str, Any]]:
    """The timeline, newest first."""
    return [
        {"at": one.at, "title": one.kind.label, "by": one.by, "note": one.note, "mark": place == 0}
        for place, one in enumerate(reversed(case.events))
    ]
