"""The assessor's sheet: declare, visit, sign, close. It shows no number, account or address."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from linli.assistance import operations
from linli.assistance.operations import Visit
from linli.assistance.queries.assessor_sheet import FactLine, Sheet, sheet
from linli.assistance.rules.results import Departure
from linli.assistance.web.forms import VisitForm
from linli.foundation.screens.pages import act_of, actor, add_refusal, perform, render_page, today
from linli.foundation.screens.texts import pack_text
from linli.kernel.errors import DomainError
from linli.kernel.money import parse_yuan, yuan


@login_required
@require_http_methods(["GET", "POST"])
def assessment_sheet(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """One page for one visit; the button pressed says which of its four steps is meant."""
    seen = sheet(actor(request).pk, assessment_id, today())
    if seen is None:
        raise Http404
    step = request.POST.get("step", "")
    form = _form(seen, request if step == "visit" else None)
    blank = forms.Form(request.POST or None)
    if request.method == "POST" and _take(request, seen, step, form, blank):
        messages.success(request, gettext("已保存"))
        still = sheet(actor(request).pk, assessment_id, today())
        return redirect("assessment_sheet", assessment_id=assessment_id) if still else redirect("home")
    failed = bool(form.errors or blank.errors) and request.method == "POST"
    members = [(member, [form[_name(member.key, line)] for line in member.facts]) for member in seen.members]
    context = {
        "sheet": seen,
        "form": form,
        "blank": blank,
        "members": members,
        "household": [form[_name("", line)] for line in seen.household_facts],
    }
    return render_page(request, "assistance/assessment_sheet.html", context, status=422 if failed else 200)


def _take(request: HttpRequest, seen: Sheet, step: str, form: forms.Form, blank: forms.Form) -> bool:
    act, pk = act_of(request), seen.assessment_id
    blank.is_valid()
    if step == "declare":
        return perform(blank, lambda: operations.declare_no_kinship(act, assessment_id=pk))[0]
    if step == "sign":
        shown = request.POST.get("version", "")
        version = int(shown) if shown.isdigit() else 0
        dissent = request.POST.get("dissent", "")
        return perform(blank, lambda: operations.sign(act, assessment_id=pk, version=version, dissent=dissent))[0]
    if step == "complete":
        try:
            departures = _departures(request.POST)
        except DomainError as error:
            add_refusal(blank, error)
            return False
        return perform(blank, lambda: operations.complete(act, assessment_id=pk, departures=departures))[0]
    if step != "visit" or not form.is_valid():
        return False
    visit = _visit(seen, form.cleaned_data)
    shown = request.POST.get("version", "")
    version = int(shown) if shown.isdigit() else 0
    return perform(form, lambda: operations.record_visit(act, assessment_id=pk, visit=visit, version=version))[0]


def _form(seen: Sheet, request: HttpRequest | None) -> VisitForm:
    """The visit form with a field for every fact that the scheme asks for."""
    initial: dict[str, Any] = {
        "visited_date": seen.visited_date or today(),
        "needs": seen.needs,
        "observations": seen.observations,
    }
    form = VisitForm(request.POST if request else None, initial=initial)
    for key, lines in [("", seen.household_facts), *((member.key, member.facts) for member in seen.members)]:
        for line in lines:
            form.fields[_name(key, line)] = _field(line)
            form.initial[_name(key, line)] = _shown(line)
    return form


def _name(key: str, line: FactLine) -> str:
    return f"{key or 'household'}-{line.code}"


def _field(line: FactLine) -> forms.Field:
    label = pack_text(line.label)
    hint = ""
    if line.known is not None and line.source:
        hint = gettext("已知:%(value)s(%(source)s)") % {"value": _words(line, line.known), "source": line.source}
    if line.unit == "BOOL":
        choices = [("", "—"), ("1", gettext("是")), ("0", gettext("否"))]
        return forms.ChoiceField(label=label, choices=choices, required=False, help_text=hint)
    if line.unit == "FEN":
        return forms.CharField(label=f"{label}({gettext('元')})", required=False, help_text=hint)
    low, high = line.low, line.high
    return forms.IntegerField(label=label, min_value=low, max_value=high, required=False, help_text=hint)


def _shown(line: FactLine) -> Any:
    value = line.observed if line.is_observed else line.known
    if value is None:
        return ""
    return yuan(int(value)) if line.unit == "FEN" else str(int(value))


def _words(line: FactLine, value: int) -> str:
    if line.unit == "BOOL":
        return gettext("是") if value else gettext("否")
    return f"{yuan(value)} {gettext('元')}" if line.unit == "FEN" else str(value)


def _visit(seen: Sheet, data: dict[str, Any]) -> Visit:
    observed: dict[str, dict[str, int | bool | None]] = {}
    everything: Sequence[tuple[str, Sequence[FactLine]]] = [
        ("", seen.household_facts),
        *((member.key, member.facts) for member in seen.members),
    ]
    for key, lines in everything:
        for line in lines:
            value = data.get(_name(key, line))
            if value not in ("", None):
                observed.setdefault(key, {})[line.code] = _typed(line, value)
    return Visit(data["visited_date"], data["needs"], data["observations"], observed)


def _typed(line: FactLine, value: Any) -> int | bool:
    if line.unit == "BOOL":
        return value == "1"
    return parse_yuan(str(value)) if line.unit == "FEN" else int(value)


def _departures(data: Any) -> list[Departure]:
    """The assessors' own amount, where one was written."""
    amount = data.get("departure_amount", "").strip()
    if not amount:
        return []
    fen = parse_yuan(amount, field="departure_amount")
    return [Departure(data.get("departure_programme", ""), data.get("departure_unit", ""), fen, data.get("reason", ""))]
