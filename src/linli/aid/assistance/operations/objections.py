"""异议: somebody objects to a published proposal, and is answered after another visit."""

from uuid import uuid4

from linli.aid.assistance.codes import (
    EventKind,
    ObjectionState,
)
from linli.aid.assistance.models import Objection
from linli.aid.assistance.operations.common import (
    ApplicationNotFound,
    check_case,
    lock_application,
    move,
    write_events,
)
from linli.aid.assistance.steps import CASE, OBJECTION
from linli.foundation.data.crypto import seal
from linli.foundation.data.locks import locked
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.users.queries import check_step
from linli.kernel.act import Act
from linli.kernel.canonical import digest
from linli.kernel.errors import reason_of


@act
def take_objection(act: Act, *, application_id: int, content: str, objector: str = "") -> Objection:
    """Somebody objects while the proposal is published: the decision is blocked. The objector's name is sealed.

    Raises ReasonMissing for an empty objection, StepNotPossible, NotPermitted.
    """
    application = lock_application(application_id)
    check_case(act, "object", [application])
    content = reason_of(content, field="content")
    move(act, [application], "object")
    row_key = uuid4().hex
    objection = Objection.objects.create(
        application=application,
        round=application.round,
        received_date=act.on,
        row_key=row_key,
        objector_envelope=seal(objector.strip(), aad=f"assistance_objection|{row_key}|objector"),
        content=content,
        state=ObjectionState.OPEN,
        **application.stamp.columns(),
    )
    write_events(act, EventKind.OBJECTED, [application])
    audit.record(act, where=application.stamp, subject=application.subject, note={"objection": digest(content)})
    return objection


@act
def answer_objection(act: Act, *, objection_id: int, upheld: bool, answer: str) -> Objection:
    """Answer after the re-check: upheld or not, with the reason. Street officers do this.

    Raises RecheckMissing, ReasonMissing, StepNotPossible when it was answered already, ApplicationNotFound,
    NotPermitted.
    """
    rows = Objection.objects.filter(pk=objection_id).select_related("application")
    objection: Objection | None = locked(rows).first()
    if objection is None:
        raise ApplicationNotFound
    application = objection.application
    check_step(act, OBJECTION, "answer", objection)
    CASE.check_state("answer_objection", application)
    answer = reason_of(answer, field="answer")
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    objection.answer, objection.answered_at, objection.answered_by_id = answer, act.at, act.by.pk
    objection.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    write_events(act, EventKind.OBJECTION_ANSWERED, {application: objection.state})
    audit.record(act, where=application.stamp, subject=application.subject, note={"upheld": upheld})
    return objection
