"""Steps taken back until the next is taken: the case stands as it stood, with its time limits, and both stay told."""

from collections.abc import Sequence
from datetime import date

from django.db.models import F

from linli.aid.assistance.codes import ApplicationState as S
from linli.aid.assistance.codes import ClockKind, EventKind
from linli.aid.assistance.models import Application, ApplicationEvent, Clock, FirstOpinion
from linli.aid.assistance.operations.common import check_case, lock_applications, subject_of, write_events
from linli.aid.assistance.operations.opinion import current_opinions
from linli.aid.assistance.steps import CASE
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.kernel.act import CHINA_TIME, Act

# Where an event leads; taking back leads to where the one before it led.
_LEADS_TO = {
    EventKind.RECEIVED: S.RECEIVED,
    EventKind.SUPPLEMENT_ASKED: S.AWAITING_PAPERS,
    EventKind.SUPPLEMENTED: S.RECEIVED,
    EventKind.ACCEPTED: S.ACCEPTED,
    EventKind.TEAM_FORMED: S.ASSESSING,
    EventKind.DETERMINED: S.ASSESSED,
    EventKind.OPINION_GIVEN: S.OPINION_GIVEN,
    EventKind.REVIEWED: S.REVIEWED,
    EventKind.SENT_BACK: S.ASSESSED,
    EventKind.PUBLISHED: S.PUBLISHED,
    EventKind.OBJECTED: S.OBJECTED,
    EventKind.WITHDRAWN: S.WITHDRAWN,
}


@act
def take_back(act: Act, *, application_ids: Sequence[int], code: str) -> list[Application]:
    """Take the step back that ``code`` takes back: the cases stand where they stood and since then, their clocks too.

    Raises StepNotPossible, NotPermitted, and what the step needs.
    """
    applications = lock_applications(application_ids)
    check_case(act, code, applications)
    for application in applications:
        application.state, application.state_since = _before(application)
        application.version = F("version") + 1
    Application.objects.bulk_update(applications, ["state", "state_since", "version"])
    _run_again(applications, CASE.step(CASE.step(code).takes_back).stops, act.on)
    if code == "take_back_review":
        undone = {"reviewed_at": None, "reviewed_by_id": None, "agreed": None, "review_text": ""}
        ids = [opinion.pk for opinion in current_opinions(applications).values()]
        FirstOpinion.objects.filter(pk__in=ids).update(**undone)
    write_events(act, EventKind.TAKEN_BACK, dict.fromkeys(applications, code))
    numbers = [application.number for application in applications]
    audit.record(act, where=applications[0].stamp, subject=subject_of(applications), lines=numbers, note={"step": code})
    return lock_applications(application_ids)


def _before(application: Application) -> tuple[S, date]:
    """Where the application stood before its last step, and since when."""
    stood: list[tuple[S, date]] = []
    for event in ApplicationEvent.objects.filter(application=application).order_by("pk"):
        if event.kind == EventKind.TAKEN_BACK and event.note != "take_back":
            stood.pop()
        elif event.kind in _LEADS_TO:
            stood.append((_LEADS_TO[EventKind(event.kind)], event.at.astimezone(CHINA_TIME).date()))
    return stood[-2]


def _run_again(applications: Sequence[Application], stopped: Sequence[str], on: date) -> None:
    """The clock that ran where the case stands again runs on, as if it had not been stopped that day."""
    for application in applications:
        early = application.state in (S.RECEIVED, S.AWAITING_PAPERS)
        kind = ClockKind.INTAKE if early else ClockKind.DECISION
        if kind in stopped:
            Clock.objects.filter(application=application, kind=kind, finished_date=on).update(finished_date=None)
