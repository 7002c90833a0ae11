"""Publications 公示: the public page, and the office's list."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linli.aid.assistance.codes import HIDDEN_STATES, PublicationState
from linli.aid.assistance.models import Publication, PublicationEntry
from linli.foundation.data.scope import Scope, Stamp, within
from linli.ground.areas.queries import NO_OFFICE, offices
from linli.ground.areas.queries import names as area_names
from linli.ground.notifications.queries import office_line
from linli.ground.users.queries import names as user_names
from linli.kernel.bilingual import LANGUAGES, Text
from linli.kernel.calendar import WorkCalendar
from linli.kernel.money import Fen, yuan
from linli.law.policies.engine.clauses import Clause, clauses_at
from linli.law.policies.engine.letters import office_of_pack
from linli.law.policies.engine.model import Pack
from linli.law.policies.queries import pack_of, work_calendar

_AMOUNT = "AMOUNT"
_NO_MONEY = yuan(Fen(0))


@dataclass(frozen=True)
class PublicationPage:
    """What hangs on the board: masked rows in the pack's columns; nothing but the dates once it is ``gone``."""

    number: str
    title: Text
    community: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    posted_date: date | None
    last_date: date | None
    office: Text | None  # telephone and address of the office, where known
    gone: bool
    provisional: bool  # as in PublicationRow


@dataclass(frozen=True)
class RunningNotice:
    """A notice that hangs on the board today: where, which, until when, and its address."""

    number: str
    community: str
    title: Text
    posted_date: date | None
    last_date: date | None
    token: str


@dataclass(frozen=True)
class PublicationRow:
    """One line of the office's list; ``count`` says how many rows it has.

    ``provisional``: the last day lies in a year whose working days are not published yet, and may still move.
    """

    publication_id: int
    number: str
    community: str
    state: PublicationState
    count: int
    prepared_by_id: int
    prepared_by: str
    posted_by: str
    posted_date: date | None
    last_date: date | None
    expires_date: date | None
    token: str
    provisional: bool
    stamp: Stamp

    @property
    def entries(self) -> QuerySet[PublicationEntry]:
        """The rows, as a step asks for whose they are."""
        return PublicationEntry.objects.filter(publication_id=self.publication_id)


@dataclass(frozen=True)
class PublicationEntryView:
    """A row with the case behind it; ``hidden`` when the case was withdrawn or refused since."""

    number: str
    round: int
    row: dict[str, str]
    hidden: bool


@dataclass(frozen=True)
class PublicationDetail:
    """A publication as the office sees it."""

    row: PublicationRow
    title: Text
    columns: tuple[str, ...]
    days: int
    proof_note: str
    proof_key: str
    entries: tuple[PublicationEntryView, ...]
    office: Text  # telephone and address of the office, or blanks
    clauses: Sequence[Clause]  # what the days of publication rest on


def publication_page(token: str, on: date) -> PublicationPage | None:
    """The public page on a day: None for an address that never was, ``gone`` when its time is over.

    It goes by its date, whether or not the daily job ran. Cases withdrawn or refused meanwhile are left out.
    """
    posted = (PublicationState.POSTED, PublicationState.EXPIRED)
    publication = Publication.objects.filter(token=token, state__in=posted).first() if token else None
    if publication is None:
        return None
    gone = publication.state == PublicationState.EXPIRED or _is_over(publication, on)
    shown, pack = [] if gone else _entries(publication), pack_of(publication.pack_version_id)
    return PublicationPage(
        publication.number,
        pack.publication.label,
        area_names([publication.community_id]).get(publication.community_id or 0, ""),
        tuple(publication.columns.split(",")),
        tuple(entry.row for entry in shown if not entry.hidden),
        publication.posted_date,
        publication.last_date,
        _office(publication, pack) if _is_known(publication, pack) else None,
        gone,
        is_provisional(work_calendar(), publication.last_date),
    )


def running_notices(on: date, limit: int) -> list[RunningNotice]:
    """What hangs on the boards on a day, community by community, the newest of each first; at most so many."""
    rows = Publication.objects.filter(state=PublicationState.POSTED, expires_date__gt=on).order_by(
        "community_id", "-pk"
    )
    found = list(rows[:limit])
    places = area_names([row.community_id for row in found])
    return [
        RunningNotice(
            row.number,
            places.get(row.community_id or 0, ""),
            pack_of(row.pack_version_id).publication.label,
            row.posted_date,
            row.last_date,
            row.token,
        )
        for row in found
    ]


def publications(scope: Scope, *, state: str = "") -> QuerySet[Publication, Any]:
    """Publications in the scope, newest first, with what :func:`publication_rows` needs."""
    entries = PublicationEntry.objects.filter(publication=OuterRef("pk")).order_by().values("publication")
    counted = Coalesce(Subquery(entries.annotate(number=Count("pk")).values("number")), 0)
    rows = within(Publication.objects.all(), scope).annotate(count=counted).order_by("-pk")
    return rows.filter(state=state) if state else rows


def publication_rows(found: Sequence[Any]) -> list[PublicationRow]:
    """What a list shows of each publication, in their order."""
    people = user_names([pk for row in found for pk in (row.prepared_by_id, row.posted_by_id)])
    places = area_names([row.community_id for row in found])
    calendar = work_calendar()
    return [
        PublicationRow(
            row.pk,
            row.number,
            places.get(row.community_id or 0, ""),
            PublicationState(row.state),
            row.count,
            row.prepared_by_id,
            people.get(row.prepared_by_id, ""),
            people.get(row.posted_by_id or 0, ""),
            row.posted_date,
            row.last_date,
            row.expires_date,
            row.token,
            is_provisional(calendar, row.last_date),
            row.stamp,
        )
        for row in found
    ]


def publication_detail(scope: Scope, number: str) -> PublicationDetail | None:
    """One publication with its rows; None when it is not there or not in the scope."""
    publication = publications(scope).filter(number=number).first()
    if publication is None:
        return None
    [row] = publication_rows([publication])
    pack = pack_of(publication.pack_version_id)
    return PublicationDetail(
        row,
        pack.publication.label,
        tuple(publication.columns.split(",")),
        publication.days,
        publication.proof_note,
        publication.proof_key,
        tuple(_entries(publication)),
        _office(publication, pack),
        clauses_at(pack, "publication"),
    )


def _office(publication: Publication, pack: Pack) -> Text:
    """Where objections are received today: by the office's own entry, else by the pack, else blanks."""
    own = offices([publication.stamp]).get(publication.stamp, NO_OFFICE)
    return Text(*(office_line(language, own, office_of_pack(pack, language)) for language in LANGUAGES))


def _is_known(publication: Publication, pack: Pack) -> bool:
    """A screen has no blanks to fill in by hand."""
    return publication.stamp in offices([publication.stamp]) or any(any(office_of_pack(pack, one)) for one in LANGUAGES)


def is_provisional(calendar: WorkCalendar, last: date | None) -> bool:
    """Whether a last day was counted into a year without a table."""
    return last is not None and not calendar.is_published(last.year)


def _is_over(publication: Publication, on: date) -> bool:
    return publication.expires_date is not None and publication.expires_date <= on


def _entries(publication: Publication) -> list[PublicationEntryView]:
    rows = PublicationEntry.objects.filter(publication=publication).select_related("application").order_by("pk")
    return [
        PublicationEntryView(
            entry.application.number, entry.round, _shown(entry), entry.application.state in HIDDEN_STATES
        )
        for entry in rows
    ]


def _shown(entry: PublicationEntry) -> dict[str, str]:
    """The row as people read it: a case that brings services has no sum, not a sum of nothing."""
    row: dict[str, str] = json.loads(entry.row)
    return {column: "—" if column == _AMOUNT and text == _NO_MONEY else text for column, text in row.items()}
