"""The full value of a masked field: purpose first, then a page that nothing keeps."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.screens.acting import filled
from linli.foundation.screens.heads import Head
from linli.foundation.screens.pages import act_of, no_store, perform, render_page
from linli.foundation.screens.texts import joined_by_dot
from linli.ground.users.queries.desks import Desk
from linli.registry.residents.codes import SealedField
from linli.registry.residents.operations import Unmasked, unmask
from linli.registry.residents.web.forms import UnmaskForm
from linli.registry.residents.web.views.desk import household_or_404, reading, resident_or_404


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
    form = filled(request, UnmaskForm)
    shown: Unmasked | None = None
    if request.method == "POST" and form.is_valid():
        purpose = form.cleaned_data["purpose"]
        _done, shown = perform(
            form,
            lambda: unmask(
                act_of(request), resident_id=resident_id, household_id=household_id, field=sealed, purpose=purpose
            ),
        )
    home = reverse("household_detail", args=[back]) if back else reverse("resident_list")
    told = joined_by_dot(subject, sealed.label)
    head = Head(gettext("查看完整信息"), told, [(back, home)] if back else [])
    context = {"head": head, "form": form, "shown": shown, "home": home}
    page = render_page(request, "residents/unmask_field.html", context, status=422 if form.errors else 200)
    return no_store(page)
