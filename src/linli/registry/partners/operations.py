"""Acts on agreements: write down, sign, review, renew, end; what comes on its day by itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.numbering import take_labels
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act
from linli.ground.areas.queries import stamp_of
from linli.ground.users.operations.stepping import take_step
from linli.ground.users.queries import authority, check_system
from linli.kernel.act import Act
from linli.kernel.errors import DomainError
from linli.registry.partners.codes import AgreementState, PromiseKind
from linli.registry.partners.models import Agreement, Promise
from linli.registry.partners.steps import AGREEMENT, WRITERS


class TermReversed(DomainError):
    """An agreement ends after it begins, and is reviewed while it lasts."""

    message = _("结束日期须在开始日期之后，回顾日期须在两者之间")


@act
def draft(act: Act, /, *, community_id: int, **told: Any) -> Agreement:
    """Write an agreement down for another person to sign: columns of Agreement, and by kind what is promised.

    Raises NotPermitted, TermReversed.
    """
    stamp = stamp_of(community_id)
    authority(act).check(stamp, *WRITERS)
    promises = {kind: told.pop(kind, None) for kind in PromiseKind}
    return _written(act, promises, **told, **stamp.columns())


@act
def sign(act: Act, *, agreement_id: int) -> Agreement:
    """The second person signs. Raises NotPermitted, SamePerson, StepNotPossible."""
    return take_step(act, AGREEMENT, "sign", Agreement, agreement_id)


@act
def review(act: Act, *, agreement_id: int, review_date: date, note: str) -> Agreement:
    """Both sides looked at what was promised; the next day. Raises NotPermitted, StepNotPossible, TermReversed."""
    row = take_step(act, AGREEMENT, "review", Agreement, agreement_id, note, review_date=review_date)
    _check_term(row.valid_from, row.valid_until, review_date)
    return row


@act
def renew(act: Act, *, agreement_id: int, valid_until: date) -> Agreement:
    """The same for another term, to be signed by another person. Raises NotPermitted, StepNotPossible, TermReversed."""
    row = take_step(act, AGREEMENT, "renew", Agreement, agreement_id)
    same = {name: getattr(row, name) for name in ("partner", "kind", "purpose", "contact")}
    term = {"valid_from": max(act.on, row.valid_until), "valid_until": valid_until, "review_date": valid_until}
    promises = dict(row.promises.values_list("kind", "quantity"))
    return _written(act, promises, renews=row, **same, **term, **row.stamp.columns())


@act
def end(act: Act, *, agreement_id: int, note: str) -> Agreement:
    """It is over before its time. Raises NotPermitted, StepNotPossible."""
    return take_step(act, AGREEMENT, "end", Agreement, agreement_id, note)


@act
def turn(act: Act) -> None:
    """What has been signed begins on its first day, what runs ends with its last. The product's own act."""
    check_system(act)
    due = Q(state=AgreementState.RUNNING, valid_until__lte=act.on)
    due |= Q(state=AgreementState.SIGNED, valid_from__lte=act.on)
    rows = list(Agreement.objects.filter(due).order_by("state", "pk").values_list("pk", "state"))
    for pk, state in rows:
        take_step(act, AGREEMENT, "lapse" if state == AgreementState.RUNNING else "begin", Agreement, pk)
    audit.record(act, where=0, subject=f"agreements:{act.on.isoformat()}", lines=rows)


def _written(act: Act, promises: Mapping[Any, int | None], **told: Any) -> Agreement:
    _check_term(told["valid_from"], told["valid_until"], told["review_date"])
    row = Agreement.objects.create(number=take_labels("XY", act.on.year)[0], drafted_by_id=act.by.pk, **told)
    Promise.objects.bulk_create(Promise(agreement=row, kind=kind, quantity=n) for kind, n in promises.items() if n)
    audit.record(act, where=row.stamp, subject=f"agreement:{row.number}")
    return row


def _check_term(start: date, until: date, review_date: date) -> None:
    if not start < until or not start <= review_date <= until:
        raise TermReversed(field="valid_until" if start >= until else "review_date")
