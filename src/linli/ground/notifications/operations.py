"""Issue letters and record their delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.foundation.data.crypto import seal
from linli.foundation.data.locks import locked
from linli.foundation.data.numbering import take_labels
from linli.foundation.data.scope import Stamp
from linli.foundation.trail import audit
from linli.foundation.trail.acts import act, open_act, within_act
from linli.ground.areas.queries import NO_OFFICE, Office, offices
from linli.ground.notifications.codes import DeliveryMethod
from linli.ground.notifications.models import Delivery, DeliveryUndone, Letter, titled
from linli.ground.notifications.permissions import check_deliver, check_undo
from linli.ground.notifications.rules.document import office_line
from linli.ground.users.queries import names
from linli.kernel.act import CHINA_TIME, Act
from linli.kernel.bilingual import LANGUAGES
from linli.kernel.canonical import canonical_json, digest
from linli.kernel.errors import DomainError


class LetterDelivered(DomainError):
    """Somebody was faster, or it was recorded before."""

    message = _("%(number)s 已由%(by)s于 %(day)s 记录送达")


class DeliveryBeforeIssue(DomainError):
    """A letter cannot arrive before it was written."""

    message = _("送达日期早于文书日期 %(issued)s")


class DeliveryInFuture(DomainError):
    """Delivery is recorded when it has happened."""

    message = _("送达日期不能在将来")


class LetterNotFound(DomainError):
    """No such letter."""

    message = _("找不到该文书")


class ReceiptMissing(DomainError):
    """Hand delivery needs the name of the person who signed."""

    message = _("当面或上门送达须填写签收人")


@dataclass(frozen=True)
class NewLetter:
    """A letter to issue: ``content`` as :attr:`Letter.content` returns it, the ``office`` no line of it yet."""

    kind: str
    subject: str
    content: Mapping[str, object]
    stamp: Stamp


@within_act
def issue(act: Act, *, letters: Sequence[NewLetter]) -> list[Letter]:
    """Issue letters inside the act that they tell of, each with where its office is reached. In the order given."""
    if not letters:
        return []
    numbers = take_labels("WS", act.on.year, len(letters))
    reached = offices(new.stamp for new in letters)
    rows = []
    for number, new in zip(numbers, letters, strict=True):
        plain = canonical_json(_signed(new.content, reached.get(new.stamp, NO_OFFICE)))
        rows.append(
            Letter(
                number=number,
                kind=new.kind,
                subject=new.subject,
                content_envelope=seal(plain, aad=Letter.aad(number)),
                digest=digest(plain),
                issued_date=act.on,
                issued_at=act.at,
                issued_by_id=act.by.pk,
                **new.stamp.columns(),
            )
        )
    open_act().papers += [(row.number, titled(new.content)) for row, new in zip(rows, letters, strict=True)]
    return Letter.objects.bulk_create(rows)


def _signed(content: Mapping[str, Any], office: Office) -> dict[str, Any]:
    """The content with the line of its office: the place's, else what the content brings as ``office``, else blanks."""
    signed = dict(content)
    for language in LANGUAGES:
        text = dict(content[language])
        line = office_line(language, office, text.pop("office", ()))
        signed[language] = {**text, "closing": [*text.get("closing", ()), line]}
    return signed


@act
def undo_delivery(act: Act, *, delivery_ids: Sequence[int]) -> list[DeliveryUndone]:
    """Deliveries recorded by mistake are undone, by who recorded them or answers for the place: their letters wait
    again. Raises NotPermitted, LetterNotFound.
    """
    rows = list(Delivery.objects.filter(pk__in=delivery_ids).select_related("letter").order_by("pk"))
    if not rows or len(rows) != len(set(delivery_ids)):
        raise LetterNotFound
    check_undo(act, rows)
    undone = DeliveryUndone.objects.bulk_create(
        DeliveryUndone(delivery=row, undone_at=act.at, undone_by_id=act.by.pk) for row in rows
    )
    first = rows[0].letter
    audit.record(act, where=first.stamp, subject=first.subject, lines=[row.letter.number for row in rows])
    return undone


@act
def record_delivery(
    act: Act, *, letter_ids: Sequence[int], method: DeliveryMethod, delivered_date: date, receipt: str = ""
) -> list[Delivery]:
    """Record that letters arrived.

    Raises LetterNotFound, LetterDelivered, ReceiptMissing, DeliveryInFuture, DeliveryBeforeIssue, NotPermitted.
    """
    letters = list(locked(Letter.objects.filter(pk__in=letter_ids)))
    if not letters or len(letters) != len(set(letter_ids)):
        raise LetterNotFound
    check_deliver(act, [letter.stamp for letter in letters])
    _check_waiting(letters)
    if method in (DeliveryMethod.HAND, DeliveryMethod.HOME) and not receipt.strip():
        raise ReceiptMissing(field="receipt")
    if delivered_date > act.on:
        raise DeliveryInFuture(field="delivered_date")
    for letter in letters:
        if delivered_date < letter.issued_date:
            raise DeliveryBeforeIssue(field="delivered_date", issued=letter.issued_date)
    rows = Delivery.objects.bulk_create(
        [
            Delivery(
                letter=letter,
                method=method,
                delivered_date=delivered_date,
                receipt=receipt.strip(),
                recorded_at=act.at,
                recorded_by_id=act.by.pk,
            )
            for letter in letters
        ]
    )
    audit.record(act, where=letters[0].stamp, subject=letters[0].subject, lines=[letter.number for letter in letters])
    return rows


def _check_waiting(letters: Sequence[Letter]) -> None:
    known = Delivery.objects.filter(letter__in=letters).select_related("letter").order_by("letter_id", "pk").first()
    if known is not None:
        by = names([known.recorded_by_id]).get(known.recorded_by_id, "")
        day = known.recorded_at.astimezone(CHINA_TIME).date()
        raise LetterDelivered(number=known.letter.number, by=by, day=day)
