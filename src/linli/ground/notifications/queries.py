"""Reads of letters. A letter is visible where its subject is."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.foundation.data.scope import Scope, Stamp, within
from linli.foundation.files.documents import render_pdf
from linli.foundation.measures import Measure, Shown, Window, by_place
from linli.foundation.screens.texts import day_text, joined_by_dot
from linli.foundation.shelves import Shelf
from linli.foundation.trail.invariants import Violation
from linli.foundation.trail.words import subject_words
from linli.ground.areas.queries import names as area_names
from linli.ground.notifications.models import UNDELIVERED_SUMS, Delivery, Letter, Undelivered, UndeliveredSum
from linli.ground.notifications.rules.document import Words, letter_data, office_line
from linli.ground.users.codes import Role
from linli.ground.users.queries import authority_of

__all__ = [
    "LETTERS_TO_DELIVER",
    "TO",
    "Addressee",
    "Letter",
    "addressees",
    "addressees_of",
    "done_since",
    "invariants",
    "letter",
    "letter_pdf",
    "letters_about",
    "letters_of",
    "letters_pdf",
    "letters_to_own",
    "office_line",
    "said_since",
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


OLDEST_WAITING = ("waits__letter_id",)


def undelivered(scope: Scope, text: str = "") -> QuerySet[Letter, Letter]:
    """Letters that nobody has recorded as delivered, oldest first; by number, theirs or that of what they are about."""
    # By the kept row, which the index of a place leads to: most letters have long arrived.
    rows = within(Letter.objects.select_related("waits"), scope, prefix="waits__").order_by(*OLDEST_WAITING)
    return rows.filter(Q(number=text) | Q(subject__in=[f"{kind}:{text}" for kind in addressees])) if text else rows


def _undelivered(window: Window) -> QuerySet[Any, Any]:
    return undelivered(window.scope).annotate(place=F("community_id"))


def _kept(window: Window, by: str) -> Mapping[Any, int] | None:
    return by_place(UndeliveredSum.objects.all(), window.scope) if by == "place" else None


LETTERS_TO_DELIVER = Measure(
    _undelivered,
    unit="pk",
    line="number",
    shown=(
        Shown(_("文书编号"), "number", page="letter_detail"),
        Shown(_("签发日期"), "issued_date", "DATE"),
        Shown(_("关于"), "subject", words=lambda subject: " ".join(map(str, subject_words(subject)))),
    ),
    kept=_kept,
)


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes: number, name, where they live, the building, the door (empty for who does not deliver
    there), and when the person died; ``moved_to`` names the community where they live now, of a letter of another.
    """

    number: str
    name: str
    stamp: Stamp
    place: str
    door: str
    died_date: date | None
    moved_to: str = ""

    @property
    def way(self) -> str:
        """The way to the door, as far as the reader may know it: who moved away is not found where the letter lies."""
        gone = gettext("已迁往%(place)s") % {"place": self.moved_to} if self.moved_to else ""
        return joined_by_dot(gone, self.place, self.door)


Finding = Callable[[Collection[str], Scope, date], Mapping[str, Addressee]]
# What the content of a letter names whom it is written to by (a resident's number), where that is not whom its subject
# says: about a dead person's award the family is written to.
TO: Final = "resident"
# Who is written to about what, by the kind of subject ("application"): of each number, doors within the scope. What one
# function finds for several kinds is asked of it at once; their numbers differ.
addressees: Shelf[Finding] = Shelf()


def addressees_of(letters: Iterable[Letter], delivers: Scope, on: date) -> Mapping[int, Addressee]:
    """To whom each letter goes (by its id); ``delivers`` is where the reader may know doors."""
    asked: dict[Finding, dict[str, list[int]]] = {}
    asked_for = {one.pk: one for one in letters}
    for one in asked_for.values():
        subject, _colon, about = one.subject.partition(":")
        named = one.content.get(TO)
        kind, number = (TO, named) if named else (subject, about)
        if kind in addressees:
            asked.setdefault(addressees[kind], {}).setdefault(number, []).append(one.pk)
    found = ((wanted, find(wanted, delivers, on)) for find, wanted in asked.items())
    to = {pk: people[number] for wanted, people in found for number in wanted.keys() & people for pk in wanted[number]}
    return to | _moved_away({pk: one for pk, one in to.items() if _is_elsewhere(one.stamp, asked_for[pk])})


Since = Callable[[Sequence[Letter], date], Mapping[int, object]]
# Of letters that ask for something, by their kind (notice code): of which (id) it was done since, and in what words.
done_since: Shelf[Since] = Shelf()


def said_since(letters: Iterable[Letter], on: date) -> Mapping[int, object]:
    """Of the letters (ids) that ask for what was done since: that it was."""
    asked: dict[Since, list[Letter]] = {}
    for one in letters:
        if one.kind in done_since:
            asked.setdefault(done_since[one.kind], []).append(one)
    return {pk: words for find, rows in asked.items() for pk, words in find(rows, on).items()}


def _is_elsewhere(stamp: Stamp, letter: Letter) -> bool:
    return None not in (stamp.community_id, letter.community_id) and stamp.community_id != letter.community_id


def _moved_away(to: Mapping[int, Addressee]) -> dict[int, Addressee]:
    names = area_names({one.stamp.community_id for one in to.values()}) if to else {}
    return {pk: replace(one, moved_to=names.get(one.stamp.community_id or 0, "")) for pk, one in to.items()}


def sender_of(letter: Letter) -> str:
    """The office that wrote it: the street where an officer of the street signed, else the community."""
    return _sender(letter.issued_by_id, letter.issued_date, letter.stamp)


def _sender(issued_by: int, issued_date: date, stamp: Stamp) -> str:
    issuer = authority_of(_Issuer(issued_by), issued_date)
    by_street = stamp.street_id is not None and issuer.may(stamp, Role.STREET_OFFICER)
    area = stamp.street_id if by_street else stamp.community_id or stamp.street_id or stamp.district_id
    return area_names([area]).get(area or 0, "")


def invariants() -> list[Violation]:
    """What must always hold of letters: those kept as undelivered are those without a delivery that stands."""
    arrived = set(Delivery.objects.values_list("letter_id", flat=True))
    of = ("district_id", "street_id", "community_id", "grid_id")
    said = {row[1:] for row in Letter.objects.values_list("pk", "number", *of) if row[0] not in arrived}
    wrong = said ^ set(Undelivered.objects.values_list("letter__number", *of))
    return [
        *(Violation("notifications.waits_differs_from_deliveries", row[0]) for row in sorted(wrong, key=str)),
        *(
            Violation("notifications.sums_differ_from_letters", str(key["community_id"]))
            for key in UNDELIVERED_SUMS.differing(Undelivered, UndeliveredSum)
        ),
    ]


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
