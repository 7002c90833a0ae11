"""Where on a paper's form a refusal belongs: by the field that has to change."""

from django import forms

from linli.aid.assistance.operations.papers import (
    PaperDateImpossible,
    PaperNeedsOffice,
    PaperNotDemanded,
    PaperNoteMissing,
    PaperNotPromisable,
    PaperNotWaivable,
)
from linli.foundation.screens.pages import sentence
from linli.kernel.errors import DomainError

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
