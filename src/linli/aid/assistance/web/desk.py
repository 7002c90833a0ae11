"""What every view of the case begins with: who it is, where they may read, the day; and how a refusal is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
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
from linli.foundation.screens.exporting import download
from linli.foundation.screens.pages import found_or_404, perform, sentence
from linli.foundation.screens.reads import note_read
from linli.foundation.trail import audit
from linli.ground.users.queries import names as user_names
from linli.ground.users.queries.desks import Desk, pages_for
from linli.kernel.act import Actor
from linli.kernel.bilingual import Text
from linli.kernel.errors import DomainError
from linli.law.policies.queries import installed, pack_of

T = TypeVar("T")
PDF = "application/pdf"

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

    def run() -> T:
        try:
            return deed()
        except EvidenceMissing as error:
            raise readable(error) from error

    return perform(form, run)


def refusal_text(error: DomainError) -> str:
    """One line's refusal in words."""
    return sentence(readable(error) if isinstance(error, EvidenceMissing) else error)


def readable(error: EvidenceMissing) -> EvidenceMissing:
    """The same refusal, its papers named in the reader's language."""
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


def show_pdf(data: bytes, name: str) -> HttpResponse:
    """A paper that browsers show, and that nobody keeps."""
    return download(data, name, PDF, inline=True)


# --- where on a paper's form a refusal belongs: by the field that has to change --------------------


_ABOUT_STATE = (PaperNeedsOffice, PaperNotDemanded, PaperNotPromisable, PaperNotWaivable)


def refuse_paper(form: forms.Form, error: DomainError) -> None:
    """Show a refusal on the form of the paper that it names: by its field, on top where the form has no such field."""
    name = _field(form, error)
    form.add_error(name if name in form.fields else None, sentence(error))


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
