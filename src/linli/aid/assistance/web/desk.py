"""What every view of the case begins with: who it is, where they may read, the day; and how a refusal is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext

from linli.aid.assistance.operations.papers import (
    PaperDateImpossible,
    PaperNeedsOffice,
    PaperNotDemanded,
    PaperNoteMissing,
    PaperNotPromisable,
    PaperNotWaivable,
)
from linli.aid.assistance.permissions import READ, RECEIVE
from linli.aid.assistance.queries.detail import ApplicationDetail, application_detail
from linli.aid.assistance.refusals import EvidenceMissing
from linli.aid.assistance.web.presenters import listed
from linli.foundation.screens.desks import pages_at
from linli.foundation.screens.pages import add_refusal, found_or_404, perform
from linli.foundation.screens.reads import note_read
from linli.foundation.trail import audit
from linli.ground.users.queries import names as user_names
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import Actor
from linli.kernel.bilingual import Text
from linli.kernel.errors import DomainError
from linli.law.policies.queries import installed, pack_of

T = TypeVar("T")

# A page for whoever may read cases anywhere.
reading = pages_for("assistance", *READ)
# … and for whoever receives applications.
receiving = pages_for("assistance", *RECEIVE)


@dataclass(frozen=True)
class Own:
    """Somebody on pages about what is theirs: a family at home, an assessor with a sheet."""

    person: Actor
    on: date


# A page for whoever is logged in: what is not theirs is not there.
own = pages_at("my_applications", Own, lambda _desk: True)


def case_or_404(request: HttpRequest, desk: Desk, number: str) -> ApplicationDetail:
    """One case within reach, the reading of it audited. Out of scope looks like not there."""
    found = found_or_404(application_detail, desk.reads, number, desk.on)
    note_read(request, where=found.stamp, subject=f"application:{number}")
    return found


def looks_at(case: ApplicationDetail) -> list[tuple[datetime, str]]:
    """Who opened the case, each person once, at the last time."""
    lines = audit.lines([case.stamp.chain], subject=f"application:{case.number}")
    last: dict[int, datetime] = {}
    for line in lines:  # newest first
        if line.act == "read" and line.actor_id is not None:
            last.setdefault(line.actor_id, line.at)
    known = user_names(last)
    return [(at, known.get(user_id, "")) for user_id, at in last.items()]


def attempt(form: forms.BaseForm, deed: Callable[[], T]) -> tuple[bool, T | None]:
    """As ``perform``, with the papers that are missing by their names."""
    try:
        return perform(None, deed)
    except DomainError as error:
        add_refusal(form, readable(error))
        return False, None


def readable(error: DomainError) -> DomainError:
    """The refusal, papers that are missing named in the reader's language."""
    if not isinstance(error, EvidenceMissing):
        return error
    labels = _paper_labels()
    found: Mapping[str, Sequence[str]] = error.missing  # type: ignore[assignment]  # a detail of the refusal
    words = [
        gettext("%(number)s 缺 %(papers)s")
        % {"number": number, "papers": listed([labels.get(code, Text(code, code)) for code in codes])}
        for number, codes in found.items()
    ]
    return EvidenceMissing(missing=found, papers=gettext("；").join(words))


def _paper_labels() -> dict[str, Text]:
    return {code: paper.label for version in installed() for code, paper in pack_of(version.pk).papers.items()}


# --- where on a paper's form a refusal belongs: by the field that has to change --------------------


_ABOUT_STATE = (PaperNeedsOffice, PaperNotDemanded, PaperNotPromisable, PaperNotWaivable)


def place_of(
    error: DomainError, form: forms.BaseForm, papers: Mapping[str, forms.Form]
) -> tuple[forms.BaseForm, DomainError]:
    """The form that says a refusal: of the paper (by code) that it names, at the field to change; else ``form``."""
    paper = papers.get(error.field)
    if paper is not None:
        error.field = _field(paper, error)
    return paper or form, error


def _field(form: forms.Form, error: DomainError) -> str:
    said = form.cleaned_data
    if isinstance(error, _ABOUT_STATE):
        return "state"
    if isinstance(error, PaperNoteMissing):
        # With words there, what is missing is the promise's day.
        return _day(form, promised=True) if str(said.get("note", "")).strip() else "note"
    if isinstance(error, PaperDateImpossible):
        return _day(form, promised=said.get("state") == "PROMISED")
    return error.field if error.field in form.fields else ""


def _day(form: forms.Form, *, promised: bool) -> str:
    """A form at the counter has one day for both."""
    if "day" in form.fields:
        return "day"
    return "promised_date" if promised else "issued_date"
