"""Reads of letters. A letter is visible where its subject is."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Scope, Stamp, within
from linli.foundation.files.documents import render_pdf
from linli.foundation.measures import Measure, Shown, Window
from linli.foundation.screens.texts import day_text
from linli.foundation.shelves import Shelf
from linli.foundation.trail.words import subject_words
from linli.ground.areas.queries import names as area_names
from linli.ground.notifications.models import Delivery, Letter
from linli.ground.notifications.rules.document import Words, letter_data, office_line
from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of

__all__ = [
    "LETTERS_TO_DELIVER",
    "Addressee",
    "Letter",
    "addressees",
    "addressees_of",
    "letter",
    "letter_pdf",
    "letters_about",
    "letters_of",
    "letters_pdf",
    "letters_to_own",
    "office_line",
    "sender_of",
    "undelivered",
]


def letters_about(scope: Scope, subject: str) -> QuerySet[Letter, Letter]:
    """Letters about one subject, oldest first, deliveries ready."""
    return within(Letter.objects.filter(subject=subject), scope).order_by("id").prefetch_related("deliveries")


def letters_of(scope: Scope, subjects: Sequence[str]) -> QuerySet[Letter, Letter]:
    """Letters about any of the subjects, newest first, deliveries ready."""
    rows = within(Letter.objects.filter(subject__in=subjects), scope)
    return rows.order_by("-id").prefetch_related("deliveries")


def letters_to_own(subjects: Sequence[str]) -> QuerySet[Letter, Letter]:
    """Letters about subjects that the caller has shown to be the reader's own."""
    return Letter.objects.filter(subject__in=subjects).order_by("id").prefetch_related("deliveries")


def letter(scope: Scope, number: str) -> Letter | None:
    """One letter, None when it is not there or not in scope."""
    return within(Letter.objects.filter(number=number), scope).first()


def undelivered(scope: Scope, text: str = "") -> QuerySet[Letter, Letter]:
    """Letters that nobody has recorded as delivered, oldest first; by number, theirs or that of what they are about."""
    arrived = Exists(Delivery.objects.filter(letter=OuterRef("pk")))
    rows = within(Letter.objects.filter(~arrived), scope).order_by("id")
    return rows.filter(Q(number=text) | Q(subject__in=[f"{kind}:{text}" for kind in addressees])) if text else rows


def _undelivered(window: Window) -> QuerySet[Any, Any]:
    return undelivered(window.scope).annotate(place=F("community_id"))


LETTERS_TO_DELIVER = Measure(
    _undelivered,
    unit="pk",
    line="number",
    shown=(
        Shown(_("文书编号"), "number", page="letter_detail"),
        Shown(_("签发日期"), "issued_date", "DATE"),
        Shown(_("关于"), "subject", words=lambda subject: " ".join(map(str, subject_words(subject)))),
    ),
)


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes: number, name, where they live, the building, the door (empty for who does not deliver
    there), and when the person died.
    """

    number: str
    name: str
    stamp: Stamp
    place: str
    door: str
    died_date: date | None


# Who is written to about what, by the kind of subject ("application"): of each number, doors within the scope.
addressees: Shelf[Callable[[Collection[str], Scope, date], Mapping[str, Addressee]]] = Shelf()


def addressees_of(letters: Iterable[Letter], delivers: Scope, on: date) -> Mapping[int, Addressee]:
    """To whom each letter goes (by its id); ``delivers`` is where the reader may know doors."""
    by_kind: dict[str, dict[str, list[int]]] = {}
    for one in letters:
        kind, _colon, number = one.subject.partition(":")
        by_kind.setdefault(kind, {}).setdefault(number, []).append(one.pk)
    found = ((by_kind[kind], addressees[kind](by_kind[kind], delivers, on)) for kind in by_kind if kind in addressees)
    return {pk: people[number] for asked, people in found for number in asked.keys() & people for pk in asked[number]}


def sender_of(letter: Letter) -> str:
    """The office that wrote it: the street where an officer of the street signed, else the community."""
    return _sender(letter.issued_by_id, letter.issued_date, letter.stamp)


def _sender(issued_by: int, issued_date: date, stamp: Stamp) -> str:
    issuer = authority_of(_Issuer(issued_by), issued_date)
    by_street = stamp.street_id is not None and issuer.may(stamp, Role.STREET_OFFICER)
    area = stamp.street_id if by_street else stamp.community_id or stamp.street_id or stamp.district_id
    return area_names([area]).get(area or 0, "")


def letter_pdf(letter: Letter, language: str) -> bytes:
    """The letter on paper with the place of the seal, in zh-hans or en."""
    return render_pdf("letter.typ", _on_paper(letter, sender_of(letter), language), language=language)


def letters_pdf(letters: Iterable[Letter], language: str) -> bytes:
    """Letters on paper in one file, each with its own page numbers."""
    sender = cache(_sender)
    data = [_on_paper(one, sender(one.issued_by_id, one.issued_date, one.stamp), language) for one in letters]
    return render_pdf("letters.typ", {"letters": data}, language=language)


def _on_paper(letter: Letter, sender: str, language: str) -> dict[str, Any]:
    with translation.override(language):
        words = Words(gettext("计算过程如下："), (gettext("步骤"), gettext("依据"), gettext("结果")), gettext("："))
        day = day_text(letter.issued_date)
    return letter_data(letter.content, number=letter.number, sender=sender, date=day, language=language, words=words)


@dataclass(frozen=True)
class _Issuer:
    pk: int
