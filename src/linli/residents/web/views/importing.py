"""The household table: template out, file in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.files.tables import RowProblem
from linli.foundation.screens.pages import act_of, add_refusal, render_page
from linli.foundation.trail.acts import ActRepeated
from linli.kernel.errors import DomainError
from linli.residents.operations import (
    HouseholdTable,
    ImportRefused,
    import_households,
    read_households,
)
from linli.residents.operations import (
    household_template as template_bytes,
)
from linli.residents.web.forms import ImportForm
from linli.residents.web.presenters import problem_view
from linli.residents.web.views.desk import Desk, registering

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A page of problems that a person can work through; the count says how many there are.
_SHOWN = 200


@registering
def household_import(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Upload a file: everything of it or, with every problem named, nothing."""
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: tuple[RowProblem, ...] = ()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            table = read_households(upload.read(), filename=upload.name, scope=desk.registers, on=desk.on)
            return _imported(request, table)
        except ActRepeated:
            return redirect("resident_list")
        except ImportRefused as refused:
            problems = refused.problems
            add_refusal(form, refused)
        except DomainError as error:
            form.add_error("file", str(error))
    context = {
        "form": form,
        "problems": [problem_view(problem) for problem in problems[:_SHOWN]],
        "hidden": max(len(problems) - _SHOWN, 0),
    }
    return render_page(request, "residents/household_import.html", context)


@registering
def household_template(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """The empty table."""
    response = HttpResponse(template_bytes(), content_type=_XLSX)
    response["Content-Disposition"] = 'attachment; filename="households-template.xlsx"'
    return response


def _imported(request: HttpRequest, table: HouseholdTable) -> HttpResponse:
    result = import_households(act_of(request), table=table)
    counts = {
        "households": len(result.households_added),
        "people": result.people_added,
        "unchanged": result.people_unchanged,
    }
    sentence = gettext("已导入 %(households)s 户、%(people)s 人;%(unchanged)s 人已有记录,未改动")
    messages.success(request, sentence % counts)
    return redirect("resident_list")
