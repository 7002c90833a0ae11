"""Reads of letters. A letter is visible where its subject is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext

from linli.foundation.data.scope import Scope, within
from linli.foundation.files.documents import render_pdf
from linli.foundation.screens.texts import day_text
from linli.ground.areas.queries import names as area_names
from linli.ground.notifications.models import Letter
from linli.ground.notifications.rules.document import Words, letter_data, office_line
from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of

__all__ = [
    "Letter",
    "letter",
    "letter_pdf",
    "letters_about",
    "letters_to_own",
    "office_line",
    "sender_of",
    "undelivered",
]


def letters_about(scope: Scope, subject: str) -> QuerySet[Letter, Letter]:
    """Letters about one subject, oldest first, deliveries ready."""
    return within(Letter.objects.filter(subject=subject), scope).order_by("id").prefetch_related("deliveries")


def letters_to_own(subjects: Sequence[str]) -> QuerySet[Letter, Letter]:
    """Letters about subjects that the caller has shown to be the reader's own."""
    return Letter.objects.filter(subject__in=subjects).order_by("id").prefetch_related("deliveries")


def letter(scope: Scope, number: str) -> Letter | None:
    """One letter, None when it is not there or not in scope."""
    return within(Letter.objects.filter(number=number), scope).first()


def undelivered(scope: Scope) -> QuerySet[Letter, Any]:
    """Letters that nobody has recorded as delivered, oldest first."""
    return within(Letter.objects.filter(deliveries__isnull=True), scope).order_by("id")


def sender_of(letter: Letter) -> str:
    """The office that wrote it: the street where an officer of the street signed, else the community."""
    issuer = authority_of(_Issuer(letter.issued_by_id), letter.issued_date)
    by_street = letter.street_id is not None and issuer.may(letter.stamp, Role.STREET_OFFICER)
    area = letter.street_id if by_street else letter.community_id or letter.street_id or letter.district_id
    return area_names([area]).get(area or 0, "")


def letter_pdf(letter: Letter, language: str) -> bytes:
    """The letter on paper with the place of the seal, in zh-hans or en."""
    with translation.override(language):
        words = Words(gettext("计算过程如下："), (gettext("步骤"), gettext("依据"), gettext("结果")), gettext("："))
        data = letter_data(
            letter.content,
            number=letter.number,
            sender=sender_of(letter),
            date=day_text(letter.issued_date),
            language=language,
            words=words,
        )
    return render_pdf("letter.typ", data, language=language)


@dataclass(frozen=True)
class _Issuer:
    pk: int
