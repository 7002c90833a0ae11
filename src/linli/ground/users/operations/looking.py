"""How often somebody may look at what is masked: so many times a day by role.

Above that a second person allows as many again for the day, or somebody opens them at once with a reason, for half an
hour, which an auditor reviews (break-glass).
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.locks import locked
from linli.foundation.data.numbering import take_labels
from linli.foundation.screens.texts import joined_by_dot
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, check_sure, surely, within_act
from linli.foundation.trail.purposes import Purpose
from linli.ground.users.codes import LooksKind, LooksState, NoticeKind
from linli.ground.users.models import ExtraLooks, User
from linli.ground.users.operations.notices import tell
from linli.ground.users.operations.stepping import take_step
from linli.ground.users.queries import authority
from linli.ground.users.queries.looks import check_ask_for_looks, looks_of_day, place_of_looks
from linli.ground.users.steps import LOOKS
from linli.kernel.act import Act
from linli.kernel.errors import DomainError, reason_of

# What is opened at once stays open so long.
_OPEN = timedelta(minutes=30)
_LONG_ENOUGH = 6  # characters that say why


class PurposeUnknown(DomainError):
    """A purpose of the list, and words for it where the list has none."""

    message = _("请选择查看目的；选“其他”或紧急查看的，请用至少 %(least)s 个字写明")


@within_act
def look(act: Act, *, purpose: str, detail: str = "", urgent: bool = False) -> dict[str, object]:
    """What the trail notes of a look at something masked; ``urgent`` opens extra looks where the day has no more.

    Raises PurposeUnknown, LooksSpent, UrgentLooksSpent; NotSure, on which the browser shows a second factor.
    """
    check_sure(act)
    said = detail.strip()
    if purpose not in Purpose.values or ((purpose == Purpose.OTHER or urgent) and len(said) < _LONG_ENOUGH):
        raise PurposeUnknown(field="detail" if purpose in Purpose.values else "purpose", least=_LONG_ENOUGH)
    # One after another, so that those asked for in one instant are counted too.
    locked(User.objects.filter(pk=act.by.pk)).get()
    extra = _above(act, purpose, said, urgent=urgent)
    return {"purpose": purpose, **({"detail": said} if said else {}), **({"looks": extra} if extra else {})}


def _above(act: Act, purpose: str, said: str, *, urgent: bool) -> str:
    """The number of the extra looks by which this one is possible; empty where the day still has some.

    Raises LooksSpent, UrgentLooksSpent.
    """
    day = looks_of_day(authority(act), act.on, act.at)
    if refusal := day.refusal(urgent=urgent):
        raise refusal
    if not day.spent:
        return ""
    return (day.opening or _begin(act, LooksKind.URGENT, LooksState.OPENED, purpose, said)).number


@within_act
def _begin(act: Act, /, kind: LooksKind, state: LooksState, purpose: str, reason: str) -> ExtraLooks:
    row = ExtraLooks.objects.create(
        number=take_labels("CK", act.on.year)[0],
        kind=kind,
        area=place_of_looks(authority(act)),
        asked_by_id=act.by.pk,
        asked_at=act.at,
        purpose=purpose,
        reason=reason,
        state=state,
        ends_at=act.at + _OPEN if state == LooksState.OPENED else None,
    )
    note = {"kind": kind.value, "purpose_asked": purpose, "reason": reason}
    audit.record(act, where=row.stamp, subject=f"looks:{row.number}", note=note)
    return row


@act
def ask_for_looks(act: Act, *, purpose: str, reason: str) -> ExtraLooks:
    """Ask a second person for as many looks again today.

    Raises NotPermitted for whose roles give none, PurposeUnknown, LooksAsked, ReasonMissing; NobodyAllows where no
    other person could.
    """
    if purpose not in Purpose.values:
        raise PurposeUnknown(field="purpose", least=_LONG_ENOUGH)
    said = reason_of(reason)
    if purpose == Purpose.OTHER and len(said) < _LONG_ENOUGH:
        raise PurposeUnknown(field="reason", least=_LONG_ENOUGH)
    locked(User.objects.filter(pk=act.by.pk)).get()
    check_ask_for_looks(act, act.on)
    return _begin(act, LooksKind.MORE, LooksState.PROPOSED, purpose, said)


@within_act
def _end(act: Act, /, code: str, kind: NoticeKind, looks_id: int, said: str, **values: object) -> ExtraLooks:
    """Another's step that ends the matter: who asked, or opened, is told what came of it."""
    row = take_step(act, LOOKS, code, ExtraLooks, looks_id, said, **values)
    tell(act, User.objects.get(pk=row.asked_by_id), kind, joined_by_dot(row.number, said))
    return row


@act
@surely
def allow_looks(act: Act, *, looks_id: int, note: str = "") -> ExtraLooks:
    """A second person allows as many looks again for today. Raises NotPermitted, SamePerson, StepNotPossible."""
    said = note.strip()
    return _end(act, "allow", NoticeKind.ALLOWED, looks_id, said, decision=said, valid_date=act.on)


@act
def refuse_looks(act: Act, *, looks_id: int, note: str) -> ExtraLooks:
    """They do not. Raises NotPermitted, SamePerson, StepNotPossible, ReasonMissing."""
    said = reason_of(note, field="note")
    return _end(act, "refuse", NoticeKind.REFUSED, looks_id, said, decision=said)


@act
def withdraw_looks(act: Act, *, looks_id: int) -> ExtraLooks:
    """Who asked needs them no more, wherever they work now. Raises NotYourRequest, StepNotPossible."""
    return take_step(act, LOOKS, "withdraw", ExtraLooks, looks_id)


@act
def find_looks_right(act: Act, *, looks_id: int, note: str) -> ExtraLooks:
    """An auditor finds that what was opened at once was for its reason.

    Raises NotPermitted, SamePerson, StepNotPossible, ReasonMissing.
    """
    said = reason_of(note, field="note")
    return _end(act, "find_right", NoticeKind.REVIEWED, looks_id, said, decision=said)


@act
def question_looks(act: Act, *, looks_id: int, note: str) -> ExtraLooks:
    """An auditor doubts it: work for whoever answers for security. Who opened it is told what comes of that.

    Raises NotPermitted, SamePerson, StepNotPossible, ReasonMissing.
    """
    said = reason_of(note, field="note")
    return take_step(act, LOOKS, "question", ExtraLooks, looks_id, said, decision=said)


@act
def settle_looks(act: Act, *, looks_id: int, note: str) -> ExtraLooks:
    """Whoever answers for security has looked into what an auditor doubts.

    Raises NotPermitted, SamePerson, StepNotPossible, ReasonMissing.
    """
    said = reason_of(note, field="note")
    return _end(act, "settle", NoticeKind.SETTLED, looks_id, said, settlement=said)
