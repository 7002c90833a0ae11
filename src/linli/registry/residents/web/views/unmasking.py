"""The full value of a masked field: purpose first, then a page that nothing keeps."""

from django.http import Http404, HttpRequest, HttpResponse

from linli.foundation.screens.pages import act_of, no_store, render_page
from linli.registry.residents.codes import SealedField
from linli.registry.residents.operations import Unmasked, unmask
from linli.registry.residents.web.forms import UNMASKED, UnmaskForm
from linli.registry.residents.web.views.desk import Desk, attempt, household_or_404, reading, resident_or_404


@reading
def unmask_field(request: HttpRequest, desk: Desk, number: str, field: str) -> HttpResponse:
    """Ask for the purpose; show the value once. Without JavaScript it is a page of its own."""
    if field not in SealedField.values:
        raise Http404
    sealed = SealedField(field)
    resident_id = household_id = None
    if sealed == SealedField.ADDRESS:
        household = household_or_404(request, desk, number)
        household_id, back, subject = household.household_id, number, household.number
    else:
        resident = resident_or_404(request, desk, number)
        resident_id, back, subject = resident.person.resident_id, resident.household_number, resident.person.name
    form = UnmaskForm(request.POST or None)
    shown: Unmasked | None = None
    if request.method == "POST" and form.is_valid():
        purpose = form.cleaned_data["purpose"]
        _done, shown = attempt(
            form,
            lambda: unmask(
                act_of(request), resident_id=resident_id, household_id=household_id, field=sealed, purpose=purpose
            ),
        )
    context = {"form": form, "shown": shown, "label": UNMASKED[sealed], "subject": subject, "number": back}
    return no_store(render_page(request, "residents/unmask_field.html", context, fragment="residents/_unmasked.html"))
